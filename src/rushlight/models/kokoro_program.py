# mypy: ignore-errors
"""Speak text with Kokoro through kokoro-onnx, as a program of its own.

kokoro-onnx finds phonemes with phonemizer and eSpeak NG, both GPL-3, so it is never imported into Rushlight's
process: this file is run by a second Python (`python -I kokoro_program.py`) and imports nothing of Rushlight.

Request: `{"model": path, "voices": path, "voice": str, "language": str, "speed": float, "texts": [[word, …], …]}`;
an empty word is one that is not said. No texts asks for facts only.

Answer: one line of JSON, then the samples of each text, float32 little-endian mono. The JSON holds `sample_rate`,
`has_times`, `voices` and, for each text, `{"samples": count, "phonemes": [symbol, …], "owners": [word number, …],
"times": [[first sample, one after the last], …]}`; `times` is empty when the model reports no durations. Or it holds
`error` and `hint`.
"""

import contextlib
import json
import os
import sys


def _groups(kokoro, words, language):
    """Phonemes of each word, in a string of its own. Words said as one ("of the") are asked for one by one."""
    said = [(number, token) for number, word in enumerate(words) for token in word.split()]
    together = kokoro.tokenizer.phonemize(" ".join(token for _, token in said), language).split()
    if len(together) != len(said):
        together = [kokoro.tokenizer.phonemize(token, language).replace(" ", "") for _, token in said]
    return [(number, group) for (number, _), group in zip(said, together, strict=True) if group]


def _speak(kokoro, request, words):
    import numpy as np

    groups = _groups(kokoro, words, request["language"])
    if not groups:
        return np.zeros(0, np.float32), {"samples": 0, "phonemes": [], "owners": [], "times": []}
    speed = min(max(request["speed"], 0.5), 2.0)
    text = " ".join(group for _, group in groups)
    audio, rate, timings = kokoro.create_timed(text, request["voice"], speed, request["language"], is_phonemes=True)
    known = [(symbol, number) for number, group in groups for symbol in group if symbol in kokoro.tokenizer.vocab]
    spans = [(t.phoneme, round(t.start * rate), round(t.end * rate)) for t in timings if t.phoneme != " "]
    times = [[start, end] for _, start, end in spans] if [s for s, _, _ in spans] == [s for s, _ in known] else []
    keep = [i for i, (symbol, _) in enumerate(known) if symbol.isalpha() or symbol in "ˈˌː"]
    return np.asarray(audio, np.float32), {
        "samples": len(audio),
        "phonemes": [known[i][0] for i in keep],
        "owners": [known[i][1] for i in keep],
        "times": [times[i] for i in keep] if times else [],
    }


def _answer(request):
    import numpy as np
    import onnxruntime
    from kokoro_onnx import SAMPLE_RATE, Kokoro

    # Its network draws noise: the same request has to give the same sound.
    onnxruntime.set_seed(1)
    np.random.seed(1)
    kokoro = Kokoro(request["model"], request["voices"])
    answer = {"sample_rate": SAMPLE_RATE, "has_times": kokoro.has_timings, "voices": kokoro.get_voices(), "texts": []}
    sounds = []
    for words in request["texts"]:
        sound, facts = _speak(kokoro, request, words)
        sounds.append(np.ascontiguousarray(sound, "<f4").tobytes())
        answer["texts"].append(facts)
    return answer, sounds


def main():  # noqa: D103 - a program's entry
    request = json.load(sys.stdin.buffer)
    # Whatever the libraries print must not come between the answer and its reader.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sounds = []
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer, sounds = _answer(request)
        except ImportError as error:
            answer = {"error": f"Kokoro cannot be loaded: {error}.", "hint": "Run `pip install 'rushlight[kokoro]'`."}
        except Exception as error:
            hint = "Fetch it again: `rushlight models fetch kokoro-v1.0`."
            answer = {"error": f"The Kokoro model cannot be used ({type(error).__name__}: {error}).", "hint": hint}
    out.write(json.dumps(answer).encode() + b"\n")
    for sound in sounds:
        out.write(sound)
    out.flush()


if __name__ == "__main__":
    main()
