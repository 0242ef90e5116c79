"""Conversations put together of readers' recordings, and who speaks when in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.find_silence.sessions import RATE, level_db

__all__ = ["Spoken", "conversation", "turns_of"]

Floats = NDArray[np.float32]
Spoken = list[tuple[float, float, int]]
TURNS = 14


def turns_of(samples: Floats) -> list[Floats]:
    """A reader's recording in turns of 1.5 to 8 s, parted at its pauses."""
    level = level_db(samples)
    quiet = np.convolve(level < np.percentile(level, 95) - 30, np.ones(50), "same") >= 45
    found, first = [], 0
    for at in [*np.flatnonzero(np.diff(quiet.astype(int)) == 1).tolist(), len(level)]:
        if 1.5 <= (at - first) / 200 <= 8:
            on = np.flatnonzero(level[first:at] > np.percentile(level, 95) - 30)
            if len(on) and on[-1] - on[0] > 200:
                found.append(samples[(first + on[0]) * 80 : (first + on[-1] + 1) * 80])
            first = at
        elif (at - first) / 200 > 8:
            found.append(samples[first * 80 : (first + 1200) * 80])
            first = at
    return found


def conversation(readers: Sequence[list[Floats]], rng: np.random.Generator, snr_db: float) -> tuple[Floats, Spoken]:
    """Readers take turns, seldom the same twice in a row, over hiss; and who speaks when."""
    parts, truth, at, last = [], [], 0, -1
    orders = [rng.permutation(len(turns)).tolist() for turns in readers]
    for _ in range(TURNS):
        who = int(rng.integers(len(readers)))
        if who == last:
            who = int(rng.integers(len(readers)))
        if not orders[who]:
            continue
        turn = readers[who][orders[who].pop()]
        turn = turn * np.float32(0.08 / (turn.std() + 1e-6))
        gap = np.zeros(int(rng.uniform(0.15, 0.8) * RATE), np.float32)
        truth += [((at + len(gap)) / RATE + start, (at + len(gap)) / RATE + end, who) for start, end in _spoken(turn)]
        parts += [gap, turn]
        at += len(gap) + len(turn)
        last = who
    samples = np.concatenate(parts)
    return (samples + rng.normal(0, samples.std() * 10 ** (-snr_db / 20), len(samples))).astype(np.float32), truth


def _spoken(turn: Floats) -> list[tuple[float, float]]:
    """What surely is speech: within 20 dB of the loud parts, holes under 0.15 s filled; in seconds."""
    level = level_db(turn)
    on = np.concatenate(([False], level > np.percentile(level, 95) - 20, [False])).astype(np.int8)
    found: list[tuple[float, float]] = []
    for start, end in np.flatnonzero(np.diff(on)).reshape(-1, 2) / 200:
        if found and start - found[-1][1] < 0.15:
            found[-1] = (found[-1][0], float(end))
        else:
            found.append((float(start), float(end)))
    return found
