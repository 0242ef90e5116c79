"""Melody: a motif stated, varied and brought back, fitted note by note to the chords beneath it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rushlight.timeline.music.form import Bar, Form, Phrase
from rushlight.timeline.music.harmony import ChordSlot
from rushlight.timeline.music.theory import Mode, pitches_between, scale_for
from rushlight.timeline.music.voicing import Voicing

__all__ = ["MELODY_RANGE", "MelodyNote", "write_melody"]

MELODY_RANGE = (60, 79)
"""Middle C to G5: below 800 Hz, so that the tune stays out of the way of speech."""

_CELLS: dict[int, dict[str, tuple[tuple[Fraction, ...], ...]]] = {}


def _cell(text: str) -> tuple[Fraction, ...]:
    return tuple(Fraction(item) for item in text.split())


_CELLS[4] = {
    "calm": (_cell("0"), _cell("0 2"), _cell("0 3"), _cell("1 2")),
    "easy": (_cell("0 2 3"), _cell("0 3/2 2"), _cell("0 1 2"), _cell("1 2 3"), _cell("0 2 7/2")),
    "busy": (_cell("0 1 3/2 2 3"), _cell("0 1/2 1 2 3"), _cell("0 3/2 2 3 7/2"), _cell("1/2 1 2 5/2 3")),
}
_CELLS[3] = {
    "calm": (_cell("0"), _cell("0 2"), _cell("1")),
    "easy": (_cell("0 1"), _cell("0 3/2 2"), _cell("0 2"), _cell("0 1 2")),
    "busy": (_cell("0 1 3/2 2"), _cell("0 1/2 1 2"), _cell("0 1 2 5/2")),
}
"""Rhythms of one bar as onsets in beats, by beats in the bar and by how stirred the music is."""


@dataclass(frozen=True)
class MelodyNote:
    """One note of the tune."""

    start: Fraction
    length: Fraction
    pitch: int
    phrase: int


@dataclass(frozen=True)
class _Motif:
    """What makes a theme known again: two rhythms, a shape in scale steps above its first note, and a height."""

    rhythms: tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
    contour: tuple[int, ...]
    height: int


@dataclass(frozen=True)
class _Slot:
    """A note still without pitch."""

    start: Fraction
    length: Fraction
    strong: bool
    target: float
    chord_index: int
    phrase: int
    closing: bool = False


def _new_motif(theme: str, arousal: float, beats_per_bar: int, rng: np.random.Generator) -> _Motif:
    level = "calm" if arousal < 0.25 else "easy" if arousal < 0.6 else "busy"
    choices = _CELLS[4 if beats_per_bar >= 4 else 3]
    pool = [*choices[level], *(choices["calm"] if level == "easy" else choices["easy"])]
    one, two = (pool[int(i)] for i in rng.choice(len(pool), 2, replace=False))
    steps = rng.choice([-2, -1, 1, 2, 3], size=9, p=[0.14, 0.34, 0.34, 0.12, 0.06])
    contour = [0]
    for step in steps:
        contour.append(int(np.clip(contour[-1] + step, -3, 5)))
    height = {"A": 67, "B": 71, "C": 64}[theme] + int(rng.integers(-1, 3))
    return _Motif((one, two), tuple(contour), height)


def _bar_onsets(motif: _Motif, bar: Bar, position: int, count: int, varied: bool) -> list[Fraction]:
    """The motif's rhythm for a bar of a phrase: a b a' and a long note to close."""
    if position == count - 1:
        return [Fraction(0)]
    onsets = [onset for onset in motif.rhythms[position % 2] if onset < bar.length]
    if varied and position == count - 2 and bar.length >= 3:  # a varied return walks into its cadence
        onsets = sorted({*onsets, Fraction(bar.length - 1)})
    return onsets or [Fraction(0)]


def _phrase_slots(
    phrase: Phrase, index: int, motif: _Motif, chord_at: list[ChordSlot], rng: np.random.Generator
) -> list[_Slot]:
    found: list[_Slot] = []
    count, varied = len(phrase.bars), phrase.turn % 2 == 1
    sequence = int(rng.choice([-2, -1, 1, 2])) if phrase.turn == 0 else (-1) ** phrase.turn
    for position, bar in enumerate(phrase.bars):
        onsets = _bar_onsets(motif, bar, position, count, varied)
        ends = [*onsets[1:], Fraction(bar.length)]
        lift = sequence if position % 4 >= 2 else 0
        offset = 0 if position % 2 == 0 else len(motif.rhythms[0])
        for number, (onset, end) in enumerate(zip(onsets, ends, strict=True)):
            step = motif.contour[(offset + number) % len(motif.contour)]
            closing = position == count - 1
            length = end - onset
            if closing and length > 2 and phrase.cadence != "final":
                length -= 1  # the tune takes a breath between phrases
            start = bar.start + onset
            chord = bisect_right(chord_at, start, key=lambda slot: slot.start) - 1
            target = motif.height + 1.75 * (0 if closing else step + lift)
            strong = onset == 0 or chord_at[chord].start == start or (bar.length == 4 and onset == 2)
            found.append(_Slot(start, length, strong, target, chord, index, closing))
    return _split_at_chords(found, chord_at)


def _split_at_chords(slots: list[_Slot], chords: list[ChordSlot]) -> list[_Slot]:
    """End a note where the chord beneath it changes: a long note held into a foreign chord would clash."""
    kept = []
    for slot in slots:
        room = chords[slot.chord_index].start + chords[slot.chord_index].length - slot.start
        kept.append(
            _Slot(
                slot.start,
                min(slot.length, room),
                slot.strong,
                slot.target,
                slot.chord_index,
                slot.phrase,
                slot.closing,
            )
        )
    return kept


_LEAPS = np.array([1.2, 0, 0, 0.9, 1.2, 1.8, 9.0, 2.8, 4.5, 4.5, 12.0, 14.0, 6.0])
"""Price of an interval in semitones: steps are free, thirds cheap, the tritone and sevenths dear."""


def _note_cost(slot: _Slot, pitches: npt.NDArray[np.int64], tones: tuple[int, ...], close: tuple[int, ...]) -> (
    npt.NDArray[np.float64]
):  # fmt: skip
    foreign = ~np.isin(pitches % 12, tones)
    cost = np.abs(pitches - slot.target) * 0.4
    cost = cost + foreign * (12.0 if slot.strong or slot.length >= 1 else 0.6)
    if close:
        cost = cost + ~np.isin(pitches % 12, close) * 25.0
    return np.asarray(cost, dtype=np.float64)


def _move_cost(
    before: npt.NDArray[np.int64],
    after: npt.NDArray[np.int64],
    foreign: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    basses: tuple[int, int],
) -> npt.NDArray[np.float64]:
    rise = after[None, :] - before[:, None]
    size = np.abs(rise)
    cost = np.where(size <= 12, _LEAPS[np.minimum(size, 12)], 30.0)
    unresolved = (foreign[0][:, None] | foreign[1][None, :]) & (size > 2)
    cost = cost + unresolved * 8.0
    bass_move = basses[1] - basses[0]
    old, new = (before - basses[0]) % 12, (after - basses[1]) % 12
    perfect = (old[:, None] == new[None, :]) & np.isin(old, (0, 7))[:, None] & (rise * bass_move > 0)
    return np.asarray(cost + perfect * 1e3, dtype=np.float64)


def _fit(slots: list[_Slot], chords: list[ChordSlot], voicings: list[Voicing], tonic: int, mode: Mode) -> list[int]:
    """Pitch every slot by dynamic programming: near the motif, chord tones where it counts, steps where it can."""
    history: list[npt.NDArray[np.int64]] = []
    tables: list[npt.NDArray[np.int64]] = []
    best: npt.NDArray[np.float64] = np.zeros(0)
    was_foreign: npt.NDArray[np.bool_] = np.zeros(0, dtype=bool)
    for number, slot in enumerate(slots):
        chord = chords[slot.chord_index].chord
        pitches = np.array(pitches_between(scale_for(chord, tonic, mode), *MELODY_RANGE), dtype=np.int64)
        last = number == len(slots) - 1
        close = (chord.root,) if last else chord.tones[:2] if slot.closing else ()
        foreign = ~np.isin(pitches % 12, chord.tones)
        cost = _note_cost(slot, pitches, chord.tones, close)
        if number:
            basses = (voicings[slots[number - 1].chord_index][0], voicings[slot.chord_index][0])
            total = best[:, None] + _move_cost(tables[-1], pitches, (was_foreign, foreign), basses)
            history.append(total.argmin(axis=0))
            cost = cost + total.min(axis=0)
        best, was_foreign = cost, foreign
        tables.append(pitches)
    index = int(best.argmin())
    path = [index]
    for step in reversed(history):
        index = int(step[index])
        path.append(index)
    path.reverse()
    return [int(table[i]) for table, i in zip(tables, path, strict=True)]


def _sings(phrase: Phrase, index: int, total: int, arousal: float) -> bool:
    """Whether a phrase carries the tune: calm films leave every second phrase to the accompaniment."""
    if phrase.cadence == "final" or total <= 2:
        return True
    if index == 0:
        return arousal >= 0.45  # calm openings let the accompaniment set the scene
    return arousal >= 0.35 or index % 2 == 1


def write_melody(
    form: Form,
    chords: list[ChordSlot],
    voicings: list[Voicing],
    tonic: int,
    mode: Mode,
    rng: np.random.Generator,
) -> list[MelodyNote]:
    """Write the tune: theme A stated first, varied when it returns, B and C in contrast, and the key note last.

    Args:
        form: bars and phrases with their themes.
        chords: the progression, in order.
        voicings: the voices under it, for the bass the tune must not run parallel to.
        tonic: pitch class of the key note.
        mode: the scale.
        rng: source of chance.
    """
    motifs: dict[str, _Motif] = {}
    slots: list[_Slot] = []
    for index, phrase in enumerate(form.phrases):
        section = form.sections[phrase.bars[0].section]
        if phrase.theme not in motifs:
            motifs[phrase.theme] = _new_motif(phrase.theme, section.arousal, form.beats_per_bar, rng)
        if _sings(phrase, index, len(form.phrases), section.arousal):
            slots += _phrase_slots(phrase, index, motifs[phrase.theme], chords, rng)
    end = chords[-1]
    slots.append(_Slot(end.start, end.length, True, 68.0, len(chords) - 1, end.phrase, True))
    pitches = _fit(slots, chords, voicings, tonic, mode)
    return [MelodyNote(slot.start, slot.length, pitch, slot.phrase) for slot, pitch in zip(slots, pitches, strict=True)]
