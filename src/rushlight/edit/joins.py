"""Where to cut so that nobody hears it: between words, where it is quietest, on whole frames; and the room's sound."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

__all__ = ["levels_db", "quiet_point", "quietest_stretch", "snap_to_frames"]

Floats = NDArray[np.float32]

STEP = Fraction(1, 200)
"""Levels are taken every 5 ms, over 10 ms."""


def levels_db(sound: Floats, sample_rate: int) -> NDArray[np.float64]:
    """RMS level over 10 ms, every 5 ms, of the loudest channel.

    Args:
        sound: float32, shape (n, channels).
        sample_rate: samples a second.

    Returns:
        float64, decibels below full scale; entry k is the level around k · 5 ms.
    """
    step = round(sample_rate * STEP)
    power = (sound.astype(np.float64) ** 2).max(axis=1)
    sums = np.concatenate(([0.0], np.cumsum(power)))
    centres = np.arange(0, len(power) + 1, step)
    first, after = np.maximum(centres - step, 0), np.minimum(centres + step, len(power))
    return np.asarray(10 * np.log10((sums[after] - sums[first]) / np.maximum(after - first, 1) + 1e-12))


def quiet_point(
    levels: NDArray[np.float64], at: Fraction, low: Fraction, high: Fraction, *, reach: Fraction = Fraction(15, 100)
) -> Fraction:
    """The moment with the quietest 10 ms near `at`; of equally quiet ones (within 1 dB), the nearest.

    Args:
        levels: as `levels_db` gives them.
        at: where the cut was wished for, in seconds.
        low, high: a word ends and the next begins here; the moment found is never outside, unless they cross.
        reach: how far it may go.
    """
    first = max(at - reach, low, Fraction(0))
    last = min(at + reach, high, (len(levels) - 1) * STEP)
    if first >= last:
        return min(max(at, low), high) if low <= high else (low + high) / 2
    places = np.arange(ceil(first / STEP), floor(last / STEP) + 1)
    if not len(places):
        return min(max(at, low), high)
    found = levels[places]
    quiet = places[found <= found.min() + 1.0]
    wanted = float(at / STEP)
    return int(quiet[np.argmin(np.abs(quiet - wanted))]) * STEP


def snap_to_frames(
    start: Fraction, end: Fraction, rate: Fraction, levels: NDArray[np.float64], low: Fraction, high: Fraction
) -> Fraction:
    """An end near `end` so that the stretch has whole frames and picture and sound stay together.

    Of the two nearest numbers of frames the one that ends more quietly is taken, if it lies between `low` and `high`
    (the end of the last word and the beginning of the next); at least one frame is kept.
    """
    frames = (end - start) * rate
    choices = [start + Fraction(count) / rate for count in sorted({max(floor(frames), 1), max(ceil(frames), 1)})]
    inside = [choice for choice in choices if low <= choice <= high] or choices[-1:]

    def level(choice: Fraction) -> float:
        return float(levels[min(max(round(choice / STEP), 0), len(levels) - 1)])

    return min(inside, key=lambda choice: (round(level(choice)), abs(choice - end)))


def quietest_stretch(
    levels: NDArray[np.float64], *, seconds: Fraction = Fraction(1, 2), avoid: Sequence[tuple[Fraction, Fraction]] = ()
) -> tuple[Fraction, Fraction] | None:
    """A stretch of the room alone: the steadiest quiet one, away from words.

    Digital silence is no room. Returns start and end in seconds; None when there is none.
    """
    count = max(ceil(seconds / STEP), 2)
    if len(levels) <= count:
        return None
    usable = levels > -110
    for start, end in avoid:
        usable[max(floor(start / STEP) - 4, 0) : ceil(end / STEP) + 4] = False
    windows = np.lib.stride_tricks.sliding_window_view(levels, count)
    free = np.lib.stride_tricks.sliding_window_view(usable, count).all(axis=1)
    if not free.any():
        return None
    # Quiet and even: a door or a breath inside makes it uneven.
    cost = windows.mean(axis=1) + 2 * windows.std(axis=1)
    cost[~free] = np.inf
    first = int(np.argmin(cost))
    return first * STEP, (first + count) * STEP
