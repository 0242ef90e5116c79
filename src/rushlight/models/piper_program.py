# mypy: ignore-errors
"""Speak text with Piper, as a program of its own.

piper-tts is GPL-3, so it is never imported into Rushlight's process: this file is run by a second Python
(`python -I piper_program.py`) and imports nothing of Rushlight.

Request: `{"model": path, "speed": float, "texts": [[word, …], …]}`; an empty word is one that is not said. No texts
asks for facts only. The answer is that of `kokoro_program.py`, with no list of voices.
"""

import contextlib
import json
import os
import sys

PUNCTUATION = ".,;:!?"
PEAK = 0.8


def _groups(voice, words):
    """Sentences of (word number, phonemes of that word); words said as one are asked for one by one."""
    said = [(number, token) for number, word in enumerate(words) for token in word.split()]
    sentences = [_words_of(phonemes) for phonemes in voice.phonemize(" ".join(token for _, token in said))]
    if sum(map(len, sentences)) == len(said):
        numbers = iter(number for number, _ in said)
        return [[(next(numbers), group) for group in sentence] for sentence in sentences]
    alone = []
    for number, token in said:
        found = [symbol for phonemes in voice.phonemize(token) for symbol in phonemes if symbol != " "]
        # A lone word is given a full stop that the line does not have.
        while found and found[-1] in PUNCTUATION and token[-1:] != found[-1]:
            found.pop()
        if found:
            alone.append((number, found))
    return [alone] if alone else []


def _words_of(phonemes):
    groups = [[]]
    for symbol in phonemes:
        if symbol == " ":
            groups.append([])
        else:
            groups[-1].append(symbol)
    return [group for group in groups if any(symbol not in PUNCTUATION for symbol in group)]


def _sentence(voice, groups, settings):
    import numpy as np

    line, owners = [], []
    for place, (number, group) in enumerate(groups):
        if place:
            line.append(" ")
            owners.append(None)
        line += group
        owners += [number] * len(group)
    ids = voice.phonemes_to_ids(line)
    audio, lengths = voice.phoneme_ids_to_audio(ids, settings, include_alignments=True)
    audio = np.atleast_1d(np.asarray(audio, np.float32))
    known = voice.config.phoneme_id_map
    start = len(known["^"]) + len(known["_"])
    ends = None
    if lengths is not None and len(lengths) == len(ids) and lengths.sum() > 0:
        ends = np.concatenate([[0], np.cumsum(lengths)]) * (len(audio) / lengths.sum())
    found = []
    for symbol, number in zip(line, owners, strict=True):
        if symbol not in known:
            continue
        after = start + len(known[symbol]) + len(known["_"])
        if number is not None and symbol not in PUNCTUATION:
            span = [round(float(ends[start])), round(float(ends[after]))] if ends is not None else None
            found.append((symbol, number, span))
        start = after
    return audio, found


def _speak(voice, settings, words):
    import numpy as np

    sounds, phonemes, at = [], [], 0
    for groups in _groups(voice, words):
        audio, found = _sentence(voice, groups, settings)
        phonemes += [(symbol, number, span and [span[0] + at, span[1] + at]) for symbol, number, span in found]
        sounds.append(audio)
        at += len(audio)
    sound = np.concatenate(sounds) if sounds else np.zeros(0, np.float32)
    peak = float(np.abs(sound).max(initial=0.0))
    return sound * (PEAK / peak) if peak > 1e-6 else sound, {
        "samples": len(sound),
        "phonemes": [symbol for symbol, _, _ in phonemes],
        "owners": [number for _, number, _ in phonemes],
        "times": [span for _, _, span in phonemes] if all(span for _, _, span in phonemes) else [],
    }


def _answer(request):
    import numpy as np
    import onnxruntime
    from piper import PiperVoice
    from piper.config import SynthesisConfig

    # Its network draws noise: the same request has to give the same sound.
    onnxruntime.set_seed(1)
    voice = PiperVoice.load(request["model"], include_alignments=True)
    settings = SynthesisConfig(length_scale=voice.config.length_scale / min(max(request["speed"], 0.4), 2.5))
    has_times = len(voice.session.get_outputs()) > 1
    answer = {"sample_rate": voice.config.sample_rate, "has_times": has_times, "texts": []}
    sounds = []
    for words in request["texts"]:
        sound, facts = _speak(voice, settings, words)
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
            answer = {"error": f"Piper cannot be loaded: {error}.", "hint": "Run `pip install 'rushlight[piper]'`."}
        except Exception as error:
            hint = "It needs the .onnx file and the .onnx.json beside it, as their makers publish them."
            answer = {"error": f"The Piper voice cannot be used ({type(error).__name__}: {error}).", "hint": hint}
    out.write(json.dumps(answer).encode() + b"\n")
    for sound in sounds:
        out.write(sound)
    out.flush()


if __name__ == "__main__":
    main()
