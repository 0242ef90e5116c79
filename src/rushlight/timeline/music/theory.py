"""Keys, modes and chords: from Roman numerals to pitch classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from rushlight.core.errors import InputError

__all__ = ["MODE_STEPS", "Chord", "Mode", "chord_of", "parse_key", "pitches_between", "scale_for"]

Mode = Literal["major", "minor", "dorian", "mixolydian", "lydian"]

MODE_STEPS: dict[Mode, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
"""Semitones above the tonic of the seven scale degrees."""

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_DEGREES = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_KEY = re.compile(r"^([A-Ga-g])\s*([#♯b♭]?)\s*([A-Za-z]*)$")
_NUMERAL = re.compile(r"^(b?)([IV]+|[iv]+)(o?)(7?)(?:/([ivIV]+))?$")


@dataclass(frozen=True)
class Chord:
    """A chord in a key: its Roman numeral and its pitch classes, root first."""

    numeral: str
    tones: tuple[int, ...]

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return self.tones[0]

    @property
    def is_bright(self) -> bool:
        """Whether its third is major."""
        return (self.tones[1] - self.tones[0]) % 12 == 4


def parse_key(text: str) -> tuple[int, Mode]:
    """Read a key as people write it: `A minor`, `F# dorian`, `Bb`, `Dm`.

    Raises:
        InputError: not a key.
    """
    match = _KEY.match(text.strip())
    word = (match.group(3) if match else "").lower()
    mode = {"": "major", "m": "minor", "maj": "major", "min": "minor"}.get(word, word)
    if match is None or mode not in get_args(Mode):
        raise InputError(
            f"{text!r} is not a key.",
            hint="Write a note and a mode, such as `A minor` or `F# dorian`; modes: " + ", ".join(get_args(Mode)) + ".",
        )
    shift = {"#": 1, "♯": 1, "b": -1, "♭": -1, "": 0}[match.group(2)]
    return (_LETTERS[match.group(1).upper()] + shift) % 12, cast(Mode, mode)


def _root_of(flat: str, roman: str, diminished: bool, mode: Mode) -> int:
    degree = _DEGREES[roman.upper()]
    if flat:
        return MODE_STEPS["major"][degree] - 1
    if degree == 6 and diminished:
        return 11  # the leading-note chord keeps its leading note in every mode
    return MODE_STEPS[mode][degree]


def chord_of(numeral: str, tonic: int, mode: Mode) -> Chord:
    """Spell a Roman numeral: `ii7`, `V/vi`, `viio`, `bVII`. Capitals are major, small letters minor, `o` diminished.

    Raises:
        ValueError: not a Roman numeral of this form.
    """
    match = _NUMERAL.match(numeral)
    if match is None or match.group(2).upper() not in _DEGREES:
        raise ValueError(f"{numeral!r} is not a Roman numeral")
    flat, roman, diminished, seventh, target = match.groups()
    root = _root_of(flat, roman, bool(diminished), mode)
    if target:
        root = _root_of("", target, False, mode) + MODE_STEPS["major"][_DEGREES[roman.upper()]]
    third = 4 if roman.isupper() else 3
    intervals = [0, third, 6 if diminished else 7]
    if seventh:
        intervals.append(9 if diminished and root == 11 else 10)
    return Chord(numeral, tuple((tonic + root + step) % 12 for step in intervals))


def scale_for(chord: Chord, tonic: int, mode: Mode) -> tuple[int, ...]:
    """Pitch classes a melody may use over a chord: the scale, with degrees the chord alters replaced by its own."""
    scale = [(tonic + step) % 12 for step in MODE_STEPS[mode]]
    foreign = [tone for tone in chord.tones if tone not in scale]
    kept = [tone for tone in scale if not any((tone - other) % 12 in (1, 11) for other in foreign)]
    return tuple(sorted({*kept, *foreign, *chord.tones}))


def pitches_between(classes: tuple[int, ...], low: int, high: int) -> list[int]:
    """All MIDI notes of these pitch classes from `low` to `high`, both included."""
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]
