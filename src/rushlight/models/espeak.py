"""The embedded voice: eSpeak NG, run as a program of its own because it is GPL-3. Robotic, tireless, exact."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from rushlight.core.errors import ModelError, ToolError
from rushlight.models.reading import SpokenWord
from rushlight.models.voice import TimedSound, Utterance

__all__ = ["EspeakVoice", "load", "voices"]

_PROGRAM = Path(__file__).with_name("espeak_program.py")
_TIMEOUT_SECONDS = 300
# Below this the engine's own "words a minute" no longer follows; above it speech cannot be understood.
_SLOWEST, _FASTEST = 80, 320


def _ask(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if find_spec("espeakng_loader") is None:
        raise ModelError(
            "The embedded voice (eSpeak NG) is not installed.",
            hint="Run `pip install 'rushlight[espeak]'`, or choose another voice with --voice.",
        )
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"The voice did not answer within {_TIMEOUT_SECONDS} s.") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise ToolError(f"The voice program failed: {last[0]}.", hint="`rushlight doctor` checks it.")
    head, _, sound = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(head)
    return answer, sound


@cache
def voices() -> tuple[dict[str, str], ...]:
    """Every language and accent eSpeak NG speaks, as `{"name", "identifier", "language"}`."""
    answer, _ = _ask({"voice": "", "words_per_minute": 160, "pitch": 50, "range": 50, "texts": []})
    return tuple(answer["voices"])


@cache
def _version() -> str:
    answer, _ = _ask({"voice": "", "words_per_minute": 160, "pitch": 50, "range": 50, "texts": []})
    return str(answer["version"])


def load(name: str) -> EspeakVoice:
    """The voice `espeak/NAME`; NAME is a language such as `en-gb`, with `+f3` or `+m2` for another timbre.

    Raises:
        ModelError: eSpeak NG is not installed or does not know the language.
    """
    language = (name or "en-gb").partition("+")[0]
    known = {voice["language"]: voice["identifier"] for voice in voices()}
    if language not in known:
        near = get_close_matches(language, sorted(known), 3) or sorted(known)[:8]
        raise ModelError(f"eSpeak NG has no voice {language!r}.", hint=f"Did you mean {', '.join(near)}?")
    variant = name.partition("+")[2]
    return EspeakVoice(name or "en-gb", language, known[language] + (f"+{variant}" if variant else ""))


class EspeakVoice:
    """One eSpeak NG voice. Word and phoneme times come from the engine's events, exact to the sample."""

    exact_times = True
    trained = False
    licence = "GPL-3.0-or-later"
    sample_rate = 22050

    def __init__(self, name: str, language: str, identifier: str) -> None:
        self.name = f"espeak/{name}"
        self._voice = identifier
        self.language = language
        self.revision = _version()

    def speak(self, lines: Sequence[Sequence[SpokenWord]], *, words_per_minute: float) -> list[Utterance]:
        """Read lines aloud; see `Voice.speak`."""
        if not lines:
            return []
        request = {
            "voice": self._voice,
            "words_per_minute": round(min(max(words_per_minute, _SLOWEST), _FASTEST)),
            "pitch": 45,
            "range": 60,
            "texts": [_ssml(line) for line in lines],
        }
        answer, sound = _ask(request)
        if "error" in answer:
            raise ModelError(f"eSpeak NG has no voice {self.name!r}.", hint="Leave out what follows the `+`.")
        samples = np.frombuffer(sound, dtype="<i2")
        found, position = [], 0
        for line, events in zip(lines, answer["texts"], strict=True):
            part = samples[position : position + events["samples"]]
            position += events["samples"]
            found.append(_utterance(line, part.astype(np.float32) * np.float32(1 / 32768), events))
        return found


def _ssml(line: Sequence[SpokenWord]) -> str:
    parts = []
    for number, word in enumerate(line):
        said = escape(word.spoken)
        if word.emphasis and said:
            said = f'<emphasis level="strong">{said}</emphasis>'
        pause = f'<break time="{round(word.pause_seconds * 1000)}ms"/>' if word.pause_seconds else ""
        parts.append(f'{pause}<mark name="{number}"/>{said}')
    return "<speak>" + " ".join(parts) + "</speak>"


def _utterance(line: Sequence[SpokenWord], samples: np.ndarray[Any, np.dtype[np.float32]], events: Any) -> Utterance:
    total = len(samples)
    raw = [(symbol, min(at, total)) for symbol, at in events["phonemes"]]
    ends = [at for _, at in raw[1:]] + [total]
    # An empty symbol is a pause: it ends the sound before it and is none itself.
    phonemes = tuple(
        TimedSound(symbol, start, end) for (symbol, start), end in zip(raw, ends, strict=True) if symbol and end > start
    )
    marks = {int(name): min(at, total) for name, at in events["marks"]}
    starts: list[int] = []
    for number in range(len(line)):
        starts.append(max(marks.get(number, starts[-1] if starts else 0), starts[-1] if starts else 0))
    _part_joined_words(line, starts, phonemes, total)
    words = []
    for number, word in enumerate(line):
        limit = starts[number + 1] if number + 1 < len(line) else total
        heard = [phoneme for phoneme in phonemes if starts[number] <= phoneme.start < limit]
        start = heard[0].start if heard else starts[number]
        words.append(TimedSound(word.text, start, max(heard[-1].end if heard else start, start)))
    return Utterance(samples, tuple(words), phonemes)


def _part_joined_words(
    line: Sequence[SpokenWord], starts: list[int], phonemes: tuple[TimedSound, ...], total: int
) -> None:
    """Spread words that the engine ran together ("of the" has one time) over the phonemes they share.

    Each word gets phonemes in proportion to its letters, at least one; words that are not said get no time.
    """
    first = 0
    while first < len(line):
        after = first + 1
        while after < len(line) and starts[after] == starts[first]:
            after += 1
        group = [number for number in range(first, after) if any(map(str.isalnum, line[number].spoken))]
        limit = starts[after] if after < len(line) else total
        shared = [phoneme for phoneme in phonemes if starts[first] <= phoneme.start < limit]
        if len(group) > 1 and len(shared) >= len(group):
            letters = [len(line[number].spoken) for number in group]
            for place, number in enumerate(group[1:], 1):
                share = sum(letters[:place]) / sum(letters)
                index = min(max(round(share * len(shared)), place), len(shared) - len(group) + place)
                starts[number] = shared[index].start
        first = after
