"""The embedded voice: eSpeak NG, run as a program of its own because it is GPL-3. Robotic, tireless, exact."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from rushlight.core.errors import ModelError
from rushlight.models.reading import SpokenWord
from rushlight.models.voice import TimedSound, Utterance
from rushlight.models.voice_program import ask_program, require_package

__all__ = ["EspeakVoice", "load", "voices"]

# Characters that no voice can say: they end a C string, are no text at all, or could be taken for markup.
_UNSPEAKABLE = re.compile(r"[<>\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PROGRAM = Path(__file__).with_name("espeak_program.py")
# Below this the engine's own "words a minute" no longer follows; above it speech cannot be understood.
_SLOWEST, _FASTEST = 80, 320
_PITCH, _HIGHEST = 45, 99


def _ask(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    require_package("espeakng_loader", "The embedded voice (eSpeak NG)", "espeak")
    return ask_program(_PROGRAM, request)


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
    """The voice `espeak/NAME`; NAME is a language such as `en-gb`, with `+f4` or `+m3` for another timbre.

    `@60` at the end sets the pitch, from 0 (deep) to 99; 45 is usual.

    Raises:
        ModelError: eSpeak NG is not installed or does not know the language, or the pitch is out of range.
    """
    spoken, _, height = (name or "en-gb").partition("@")
    if height and not (height.isascii() and height.isdigit() and int(height) <= _HIGHEST):
        raise ModelError(f"{height!r} is not a pitch.", hint="Write it as espeak/en-gb+f4@60, from 0 to 99.")
    language, _, variant = spoken.partition("+")
    known = {voice["language"]: voice["identifier"] for voice in voices()}
    if language not in known:
        # "fr" is known as fr-fr, fr-be and fr-ch only.
        own = f"{language}-{language}"
        language = next((other for other in (own, *sorted(known)) if other in known and
                         other.startswith(f"{language}-")), language)  # fmt: skip
    if language not in known:
        near = get_close_matches(language, sorted(known), 3) or sorted(known)[:8]
        raise ModelError(f"eSpeak NG has no voice {language!r}.", hint=f"Did you mean {', '.join(near)}?")
    if variant and variant not in (timbres := _timbres()):
        near = get_close_matches(variant, timbres, 5, 0.4) or list(timbres[:8])
        raise ModelError(f"eSpeak NG has no timbre {variant!r}.", hint=f"Did you mean +{', +'.join(near)}?")
    return EspeakVoice(
        name or "en-gb", language, known[language] + (f"+{variant}" if variant else ""), int(height or _PITCH)
    )


@cache
def _timbres() -> tuple[str, ...]:
    """Names of the variants; the engine itself passes over one it does not know without a word."""
    package = find_spec("espeakng_loader")
    places = list(package.submodule_search_locations or ()) if package else []
    return tuple(sorted(path.name for place in places for path in Path(place).glob("espeak-ng-data/voices/!v/*")))


class EspeakVoice:
    """One eSpeak NG voice. Word and phoneme times come from the engine's events, exact to the sample."""

    exact_times = True
    trained = False
    licence = "GPL-3.0-or-later"
    sample_rate = 22050

    def __init__(self, name: str, language: str, identifier: str, pitch: int = _PITCH) -> None:
        self.name = f"espeak/{name}"
        self._pitch = pitch
        self._voice = identifier
        self.language = language
        self.revision = _version()

    def speak(self, lines: Sequence[Sequence[SpokenWord]], *, words_per_minute: float) -> list[Utterance]:
        """Read lines aloud; see `Voice.speak`."""
        if not lines:
            return []
        texts = [_ssml(line) for line in lines]
        request = {
            "voice": self._voice,
            "words_per_minute": round(min(max(words_per_minute, _SLOWEST), _FASTEST)),
            "pitch": self._pitch,
            "range": 60,
            "texts": [text for text, _ in texts],
        }
        answer, sound = _ask(request)
        samples = np.frombuffer(sound, dtype="<i2")
        found, position = [], 0
        for line, (_, places), events in zip(lines, texts, answer["texts"], strict=True):
            part = samples[position : position + events["samples"]]
            position += events["samples"]
            found.append(_utterance(line, places, part.astype(np.float32) * np.float32(1 / 32768), events))
        return found


def _ssml(line: Sequence[SpokenWord]) -> tuple[str, list[int]]:
    """A line for the engine, and where in it each word begins, in characters."""
    text, places = "<speak>", []
    for word in line:
        if word.pause_seconds:
            text += f'<break time="{round(word.pause_seconds * 1000)}ms"/>'
        said = escape(_UNSPEAKABLE.sub(" ", word.spoken))
        if not any(map(str.isalnum, said)):
            # The engine would name a lone mark ("exclamation mark"); at most a rest is meant.
            said = "," if "," in said else ""
        strong = bool(word.emphasis and said.strip())
        text += '<emphasis level="strong">' if strong else ""
        places.append(len(text))
        text += said + ("</emphasis> " if strong else " ")
    return text + "</speak>", places


def _utterance(
    line: Sequence[SpokenWord], places: Sequence[int], samples: np.ndarray[Any, np.dtype[np.float32]], events: Any
) -> Utterance:
    total = len(samples)
    phonemes, spans = _phonemes_of_words(line, events["events"], places, total)
    _part_joined_words(line, spans, phonemes)
    words, reached = [], 0
    for word, (first, after) in zip(line, spans, strict=True):
        if after > first:
            start, reached = phonemes[first].start, phonemes[after - 1].end
        else:
            start = reached
        words.append(TimedSound(word.text, start, reached))
    return Utterance(samples, tuple(words), tuple(phonemes))


def _phonemes_of_words(
    line: Sequence[SpokenWord], events: Sequence[tuple[str, Any, int]], places: Sequence[int], total: int
) -> tuple[list[TimedSound], list[tuple[int, int]]]:
    """The phonemes, and for each word which of them are its own: (first, one after the last).

    The order of the events decides, not their times: where the engine runs words together, a word carries the time
    at which the phoneme before it begins.
    """
    sounds = [(symbol, min(at, total)) for kind, symbol, at in events if kind == "phoneme"]
    ends = [at for _, at in sounds[1:]] + [total]
    phonemes: list[TimedSound] = []
    owners: list[int] = []
    index = owner = 0
    for kind, what, _ in events:
        if kind == "word":
            following = max(owner, bisect_right(places, what) - 1)
            # The engine counts lone marks as words too, and reports them early.
            owner = following if any(map(str.isalnum, line[following].spoken)) else owner
            continue
        (symbol, start), end = sounds[index], ends[index]
        index += 1
        # An empty symbol is a pause: it ends the sound before it and is none itself.
        if symbol and end > start:
            phonemes.append(TimedSound(symbol, start, end))
            owners.append(owner)
    return phonemes, [(bisect_left(owners, number), bisect_right(owners, number)) for number in range(len(places))]


def _part_joined_words(
    line: Sequence[SpokenWord], spans: list[tuple[int, int]], phonemes: Sequence[TimedSound]
) -> None:
    """Give words that the engine says as one with the word before ("of the" is one entry of its lexicon) their part.

    A word of letters that got no phonemes shares those of the nearest word before it: from the "th" on where it
    begins with one, else in proportion to letters, each word at least one phoneme.
    """
    said = [number for number, word in enumerate(line) if any(map(str.isalnum, word.spoken))]
    place = 0
    while place < len(said):
        group = [said[place]]
        while place + len(group) < len(said) and _empty(spans[said[place + len(group)]]):
            group.append(said[place + len(group)])
        place += len(group)
        first, after = spans[group[0]]
        if len(group) == 1 or after - first < len(group):
            continue
        letters = [len(line[number].spoken) for number in group]
        cuts = [first]
        for index, number in enumerate(group[1:], 1):
            low, high = cuts[-1] + 1, after - len(group) + index
            cut = first + round(sum(letters[:index]) / sum(letters) * (after - first))
            voiced = [at for at in range(low, high + 1) if phonemes[at].text[-1] in "ðθ"]
            if line[number].spoken.lower().startswith("th") and voiced:
                cut = voiced[-1]
            cuts.append(min(max(cut, low), high))
        for number, start, end in zip(group, cuts, [*cuts[1:], after], strict=True):
            spans[number] = (start, end)


def _empty(span: tuple[int, int]) -> bool:
    return span[0] == span[1]
