"""Functional harmony: chord progressions drawn from a grammar of tonic, subdominant and dominant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import exp

import numpy as np
import numpy.typing as npt

from rushlight.timeline.music.form import Form, Phrase
from rushlight.timeline.music.theory import Chord, Mode, chord_of

__all__ = ["ChordSlot", "harmonise"]


@dataclass(frozen=True)
class ChordSlot:
    """One chord of the piece and how long it lasts, in beats."""

    start: Fraction
    length: Fraction
    chord: Chord
    phrase: int
    """Index of the phrase; the closing chord has the number of phrases."""


@dataclass(frozen=True)
class _Word:
    """A chord of the grammar: its function, how common it is, and for a secondary dominant where it must go."""

    numeral: str
    function: str
    weight: float
    target: str = ""


_FUNCTION_MOVES = {
    "T": {"T": 0.22, "S": 0.48, "D": 0.30},
    "S": {"T": 0.27, "S": 0.18, "D": 0.55},
    "D": {"T": 0.82, "S": 0.08, "D": 0.10},
}
"""Chance that a function follows another: tonic rests, subdominant leaves, dominant wants home."""


def _words(text: str) -> tuple[_Word, ...]:
    found = []
    for item in text.split():
        function, numeral, weight, *target = item.split(":")
        found.append(_Word(numeral, function, float(weight), target[0] if target else ""))
    return tuple(found)


_GRAMMAR: dict[Mode, tuple[_Word, ...]] = {
    "major": _words(
        "T:I:.55 T:vi:.32 T:iii:.13 S:IV:.48 S:ii:.30 S:ii7:.12 S:iv:.03 D:V:.68 D:V7:.24 D:viio:.04"
        " S:V/V:.05:V S:V/vi:.05:vi S:V/ii:.03:ii"
    ),
    "minor": _words(
        "T:i:.52 T:VI:.28 T:III:.20 S:iv:.55 S:VI:.25 S:iio:.07 D:V:.48 D:V7:.18 D:VII:.30 S:V/iv:.05:iv S:V/V:.03:V"
    ),
    "dorian": _words("T:i:.62 T:III:.20 S:IV:.55 S:ii:.25 S:VII:.20 D:VII:.45 D:v:.35 D:V:.16"),
    "mixolydian": _words("T:I:.66 T:vi:.24 S:IV:.50 S:ii:.22 S:VII:.28 D:VII:.42 D:v:.26 D:V:.28"),
    "lydian": _words("T:I:.62 T:vi:.22 T:iii:.16 S:II:.60 S:vi:.20 D:V:.70 D:vii:.20"),
}

_HOME = {"major": "I", "minor": "i", "dorian": "i", "mixolydian": "I", "lydian": "I"}
_PREDOMINANT = {"major": ("IV", "ii", "ii7"), "minor": ("iv", "iio", "VI"), "dorian": ("IV", "ii"),
                "mixolydian": ("IV", "ii"), "lydian": ("II", "vi")}  # fmt: skip
_ROOT_MOVES = {5: 1.5, 7: 1.1, 8: 1.25, 9: 1.25, 2: 1.2, 10: 1.0, 3: 0.8, 4: 0.8, 1: 0.8, 11: 0.7, 6: 0.4}
"""Taste for the root's rise in semitones: a fifth down (5 up) before all, thirds down and steps up next."""


def _transitions(words: tuple[_Word, ...], chords: list[Chord]) -> npt.NDArray[np.float64]:
    table = np.zeros((len(words), len(words)))
    for i, here in enumerate(words):
        for j, there in enumerate(words):
            if here.target:
                table[i, j] = float(there.numeral.rstrip("7") == here.target)
                continue
            rise = (chords[j].root - chords[i].root) % 12
            table[i, j] = _FUNCTION_MOVES[here.function][there.function] * there.weight * _ROOT_MOVES.get(rise, 0.04)
            if here.numeral.endswith("7") and here.function == "D" and there.function != "T":
                table[i, j] = 0.0
    return table


def _cadence(kind: str, mode: Mode, length: int) -> list[tuple[str, ...]]:
    """What the last chords of a phrase may be. `final` leads to the closing chord outside the phrase."""
    home, before = _HOME[mode], _PREDOMINANT[mode]
    away = ("VI",) if home == "i" and mode == "minor" else ("vi",) if home == "I" else ("IV",)
    dominant = ("V", "V7")
    endings: dict[str, list[tuple[str, ...]]] = {
        "half": [before, ("V",)],
        "deceptive": [dominant, away],
        "authentic": [before, dominant, (home,)],
        "final": [before, dominant],
    }
    return endings[kind][-length:]


def _draw(
    weights: list[npt.NDArray[np.float64]], table: npt.NDArray[np.float64], rng: np.random.Generator
) -> list[int]:
    """Draw a path whose probability is the product of slot weights and transitions (filter back, draw forward)."""
    beliefs = [weights[-1]]
    for weight in reversed(weights[:-1]):
        message = weight * (table @ beliefs[0])
        beliefs.insert(0, message / max(message.sum(), 1e-300))
    path: list[int] = []
    for belief in beliefs:
        chance = belief * (table[path[-1]] if path else 1.0)
        if chance.sum() <= 0:
            chance = belief if belief.sum() > 0 else np.ones_like(belief)
        path.append(int(rng.choice(len(chance), p=chance / chance.sum())))
    return path


class _Harmoniser:
    def __init__(self, form: Form, tonic: int, mode: Mode, loop: float, rng: np.random.Generator) -> None:
        self.form, self.tonic, self.mode, self.loop, self.rng = form, tonic, mode, loop, rng
        self.words = list(_GRAMMAR[mode])
        for numeral in ("V", "V7"):  # every mode may close with a true dominant
            if all(word.numeral != numeral for word in self.words):
                self.words.append(_Word(numeral, "D", 0.002))
        self.chords = [chord_of(word.numeral, tonic, mode) for word in self.words]
        self.table = _transitions(tuple(self.words), self.chords)
        self.themes: dict[str, list[str]] = {}

    def numerals(self, phrase: Phrase, count: int, mood: float) -> list[str]:
        """A progression for a phrase; a theme heard before mostly keeps its chords."""
        common = np.array([word.weight for word in self.words])
        colour = np.array([exp(0.9 * mood * (1 if chord.is_bright else -1)) for chord in self.chords])
        weights = [np.where(common > 0.01, colour, 0.02) for _ in range(count)]
        known = self.themes.get(phrase.theme, [])
        for slot, numeral in enumerate(known[:count]):
            weights[slot] = weights[slot] * np.array([self.loop if w.numeral == numeral else 1.0 for w in self.words])
        opens = not self.themes and count > 1
        ending = _cadence(phrase.cadence, self.mode, count - opens)
        for slot, allowed in zip(range(count - len(ending), count), ending, strict=True):
            weights[slot] = weights[slot] * np.array([float(word.numeral in allowed) for word in self.words])
        if count > len(ending):
            home = _HOME[self.mode]
            other = 0.0 if opens else 1.0  # the piece opens on the tonic
            start = [6.0 if w.numeral == home else other if w.function == "T" else 0.05 * other for w in self.words]
            weights[0] = weights[0] * np.array(start)
        found = [self.words[i].numeral for i in _draw(weights, self.table, self.rng)]
        self.themes.setdefault(phrase.theme, found)
        return found


def _slots_of(phrase: Phrase, arousal: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Chord starts and lengths: one a bar; two in stirring bars and before a cadence, so that it pulls."""
    slots: list[tuple[int, int]] = []
    for index, bar in enumerate(phrase.bars):
        last_but_one = index == len(phrase.bars) - (1 if phrase.cadence == "final" else 2)
        alone = len(phrase.bars) == 1 and bar.start == 0 and bar.length > 1  # a tiny film still goes home, away, home
        stirring = bar.length >= 4 and rng.random() < (0.3 if arousal > 0.65 else 0.0)
        split = stirring or alone or (bar.length >= 4 and last_but_one and index > 0)
        if split:
            half = bar.length // 2
            slots += [(bar.start, half), (bar.start + half, bar.length - half)]
        else:
            slots.append((bar.start, bar.length))
    return slots


def harmonise(form: Form, tonic: int, mode: Mode, *, loop: float, rng: np.random.Generator) -> list[ChordSlot]:
    """Write the chords of a piece: every phrase ends in its cadence, the piece in dominant and tonic.

    Args:
        form: bars, phrases and cadences.
        tonic: pitch class of the key note.
        mode: the scale.
        loop: how strongly a returning theme keeps its chords; 1 is not at all.
        rng: source of chance.
    """
    writer = _Harmoniser(form, tonic, mode, loop, rng)
    mean = sum(s.valence * float(s.end - s.start) for s in form.sections) / float(form.duration)
    slots: list[ChordSlot] = []
    for index, phrase in enumerate(form.phrases):
        section = form.sections[phrase.bars[0].section]
        spans = _slots_of(phrase, section.arousal, rng)
        numerals = writer.numerals(phrase, len(spans), section.valence - mean)
        for (start, length), numeral in zip(spans, numerals, strict=True):
            slots.append(ChordSlot(Fraction(start), Fraction(length), chord_of(numeral, tonic, mode), index))
    lift = mode == "minor" and form.sections[-1].valence > 0.35
    home = "I" if lift else _HOME[mode]  # a minor film that ends well may close in major
    rest = form.total_beats - form.final_beat
    slots.append(ChordSlot(Fraction(form.final_beat), rest, chord_of(home, tonic, mode), len(form.phrases)))
    return slots
