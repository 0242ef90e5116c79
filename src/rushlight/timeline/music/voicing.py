"""Voice leading: four voices through a progression with the least motion and no parallel fifths or octaves."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from rushlight.timeline.music.theory import Chord, pitches_between

__all__ = ["ALTO", "BASS", "SOPRANO", "TENOR", "Voicing", "lead_voices", "parallels"]

BASS, TENOR, ALTO, SOPRANO = (33, 50), (48, 60), (53, 67), (59, 74)
"""Lowest and highest MIDI note of each voice."""

Voicing = tuple[int, int, int, int]
"""MIDI notes from the bass up: bass, tenor, alto, soprano."""

_FORBIDDEN = 1e4


def _is_complete(chord: Chord, voicing: Voicing) -> bool:
    classes = [pitch % 12 for pitch in voicing]
    needed = set(chord.tones[:3]) if len(chord.tones) == 3 else {chord.tones[0], chord.tones[1], chord.tones[3]}
    third = chord.tones[1]
    doubled_third = chord.is_bright and classes.count(third) > 1  # a doubled leading note or major third sticks out
    doubled_seventh = len(chord.tones) == 4 and classes.count(chord.tones[3]) > 1
    return needed <= set(classes) and not doubled_third and not doubled_seventh


def _candidates(chord: Chord) -> list[Voicing]:
    found: list[Voicing] = []
    basses = pitches_between(chord.tones[:2], *BASS)  # root position or first inversion
    for tenor, alto, soprano in product(
        pitches_between(chord.tones, *TENOR),
        pitches_between(chord.tones, *ALTO),
        pitches_between(chord.tones, *SOPRANO),
    ):
        if not (tenor < alto < soprano and alto - tenor <= 12 and soprano - alto <= 12):
            continue
        found += [v for bass in basses if _is_complete(chord, v := (bass, tenor, alto, soprano)) and bass < tenor]
    return found


def parallels(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    """How many pairs of voices move in the same direction from a fifth to a fifth or an octave to an octave."""
    count = 0
    for low in range(len(before)):
        for high in range(low + 1, len(before)):
            moves = (after[low] - before[low], after[high] - before[high])
            old, new = (before[high] - before[low]) % 12, (after[high] - after[low]) % 12
            count += old == new and old in (0, 7) and moves[0] * moves[1] > 0
    return count


def _static_cost(chord: Chord, voicings: npt.NDArray[np.int64], must_be_root: bool) -> npt.NDArray[np.float64]:
    inverted = voicings[:, 0] % 12 != chord.root
    cost = inverted * (_FORBIDDEN if must_be_root else 3.5)
    centre = np.abs(voicings[:, 3] - 67) * 0.12 + np.abs(voicings[:, 0] - 41) * 0.12
    gap = np.maximum(voicings[:, 1] - voicings[:, 0] - 16, 0) * 0.3
    close = np.sum(np.diff(voicings[:, 1:], axis=1) < 3, axis=1) * 1.0  # seconds are muddy in a pad
    mud = (voicings[:, 1] - voicings[:, 0] < 7) * 4.0  # thirds this low blur the bass
    return np.asarray(cost + centre + gap + close + mud, dtype=np.float64)


def _motion_cost(before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    moves = after[None, :, :] - before[:, None, :]
    size = np.abs(moves)
    cost = size[:, :, 1:].sum(axis=2) * 1.0 + np.maximum(size[:, :, 1:] - 4, 0).sum(axis=2) * 2.0
    cost = cost + size[:, :, 0] * 0.35 + (size[:, :, 0] > 9) * 4.0 + (size[:, :, 0] == 6) * 2.0
    for low in range(4):
        for high in range(low + 1, 4):
            old = (before[:, high] - before[:, low]) % 12
            new = (after[:, high] - after[:, low]) % 12
            same = moves[:, :, low] * moves[:, :, high] > 0
            perfect = (old[:, None] == new[None, :]) & np.isin(old, (0, 7))[:, None] & same
            cost = cost + perfect * _FORBIDDEN
            if (low, high) == (0, 3):  # hidden fifths and octaves: the top leaps into one the bass also moves to
                cost = cost + (same & np.isin(new, (0, 7))[None, :] & (size[:, :, 3] > 2)) * 3.0
    return np.asarray(cost, dtype=np.float64)


def lead_voices(chords: list[Chord], root_position: list[bool]) -> list[Voicing]:
    """Choose a voicing for every chord: the cheapest path by dynamic programming over all complete voicings.

    Args:
        chords: the progression.
        root_position: for each chord, whether its root must lie in the bass (cadences, phrase starts).

    Returns:
        One voicing per chord, every voice inside its range.
    """
    if not chords:
        return []
    tables: dict[Chord, npt.NDArray[np.int64]] = {}
    for chord in chords:
        if chord not in tables:
            tables[chord] = np.array(_candidates(chord), dtype=np.int64)
    motions: dict[tuple[Chord, Chord], npt.NDArray[np.float64]] = {}
    best = _static_cost(chords[0], tables[chords[0]], root_position[0])
    history: list[npt.NDArray[np.int64]] = []
    for before, after, rooted in zip(chords, chords[1:], root_position[1:], strict=False):
        if (before, after) not in motions:
            motions[before, after] = _motion_cost(tables[before], tables[after])
        total = best[:, None] + motions[before, after]
        history.append(total.argmin(axis=0))
        best = total.min(axis=0) + _static_cost(after, tables[after], rooted)
    index = int(best.argmin())
    path = [index]
    for step in reversed(history):
        index = int(step[index])
        path.append(index)
    path.reverse()
    return [
        (int(v[0]), int(v[1]), int(v[2]), int(v[3]))
        for v in (tables[chord][i] for chord, i in zip(chords, path, strict=True))
    ]
