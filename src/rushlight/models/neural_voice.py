"""What voices made by networks have in common: parts between pauses, words from groups of phonemes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.artifact import file_sha256
from rushlight.models.reading import SpokenWord
from rushlight.models.voice import TimedSound, Utterance
from rushlight.models.voice_program import ask_program

__all__ = ["NeuralVoice", "revision_of_files"]

# What counts as silence at the ends of a part when word times have to be estimated, in dB below its peak.
_QUIET_DB = -40.0


@cache
def _hash_of(path: Path, size: int, modified_ns: int) -> str:  # noqa: ARG001 - a changed file has another key
    return file_sha256(path)


def revision_of_files(*paths: Path) -> str:
    """One hash for the files that make a voice."""
    found = [_hash_of(path, path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()


@dataclass(frozen=True)
class _Part:
    """Words of a line between two pauses."""

    line: int
    pause_seconds: float
    first: int
    after: int


@dataclass
class NeuralVoice:
    """A voice that a network makes in a program of its own; see `Voice`.

    Word times come from the durations that the network gives its phonemes. Where a model gives none, a word's share
    of a part is estimated from its number of phonemes and `exact_times` is False.
    """

    name: str
    program: Path
    setting: dict[str, Any]
    """What the program needs to know besides the words: files, speaker, language."""
    revision: str
    licence: str
    sample_rate: int
    exact_times: bool
    natural_words_per_minute: float
    trained: bool = True

    def speak(self, lines: Sequence[Sequence[SpokenWord]], *, words_per_minute: float) -> list[Utterance]:
        """Read lines aloud; see `Voice.speak`. Emphasis is not followed: the networks have no such input."""
        parts = [part for number, line in enumerate(lines) for part in _parts(number, line)]
        spoken = [part for part in parts if any(_said(word) for word in lines[part.line][part.first : part.after])]
        answers: dict[_Part, tuple[NDArray[np.float32], dict[str, Any]]] = {}
        if spoken:
            texts = [[_said(word) for word in lines[part.line][part.first : part.after]] for part in spoken]
            speed = words_per_minute / self.natural_words_per_minute
            answer, sound = ask_program(self.program, {**self.setting, "speed": speed, "texts": texts})
            samples, at = np.frombuffer(sound, dtype="<f4"), 0
            for part, found in zip(spoken, answer["texts"], strict=True):
                answers[part] = (samples[at : at + found["samples"]].astype(np.float32), found)
                at += found["samples"]
        return [
            self._line(line, [part for part in parts if part.line == number], answers)
            for number, line in enumerate(lines)
        ]

    def _line(
        self,
        line: Sequence[SpokenWord],
        parts: Sequence[_Part],
        answers: dict[_Part, tuple[NDArray[np.float32], dict[str, Any]]],
    ) -> Utterance:
        sounds: list[NDArray[np.float32]] = []
        words: list[TimedSound] = []
        phonemes: list[TimedSound] = []
        at = 0
        for part in parts:
            silence = np.zeros(round(part.pause_seconds * self.sample_rate), np.float32)
            sounds.append(silence)
            at += len(silence)
            mine = line[part.first : part.after]
            if part not in answers:
                words += [TimedSound(word.text, at, at) for word in mine]
                continue
            samples, found = answers[part]
            timed = self._timed(found, samples)
            phonemes += [TimedSound(p.text, at + p.start, at + p.end) for p in timed]
            owners = found["owners"]
            reached = 0
            for number, word in enumerate(mine):
                own = [p for p, owner in zip(timed, owners, strict=True) if owner == number]
                start = own[0].start if own else reached
                reached = max(own[-1].end if own else start, reached)
                words.append(TimedSound(word.text, at + start, at + reached))
            sounds.append(samples)
            at += len(samples)
        whole = np.concatenate(sounds) if sounds else np.zeros(0, np.float32)
        return Utterance(whole, tuple(words), tuple(phonemes) if self.exact_times else ())

    def _timed(self, found: dict[str, Any], samples: NDArray[np.float32]) -> list[TimedSound]:
        if found["times"]:
            return [
                TimedSound(symbol, min(start, len(samples)), min(end, len(samples)))
                for symbol, (start, end) in zip(found["phonemes"], found["times"], strict=True)
            ]
        size = np.abs(samples)
        loud = np.flatnonzero(size > size.max(initial=0.0) * 10 ** (_QUIET_DB / 20))
        first, last = (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(samples))
        edges = np.linspace(first, last, len(found["phonemes"]) + 1).round().astype(int)
        return [
            TimedSound(symbol, int(start), int(end))
            for symbol, start, end in zip(found["phonemes"], edges, edges[1:], strict=False)
        ]


def _said(word: SpokenWord) -> str:
    return word.spoken if any(map(str.isalnum, word.spoken)) else ""


def _parts(number: int, line: Sequence[SpokenWord]) -> list[_Part]:
    edges = [0, *(place for place, word in enumerate(line) if place and word.pause_seconds), len(line)]
    return [
        _Part(number, float(line[first].pause_seconds), first, after)
        for first, after in zip(edges, edges[1:], strict=False)
        if after > first
    ]
