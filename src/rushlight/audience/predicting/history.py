"""What was known of viewers and titles before each moment: sums over outcomes that had ended by then, and no others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["past_sums", "seconds_since_last", "shrunk_mean"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GRID = 2.0**14


def past_sums(keys: Ints, at: Floats, known_at: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
    """How many outcomes of the same key were known strictly before each moment, and their sum.

    Args:
        keys: what the history is of, such as the title; −1 has none.
        at: when each row is predicted, in seconds.
        known_at: when its outcome is known, never before `at`.
        outcomes: what happened; NaN where it has not.

    Returns:
        Counts and sums, float64, one a row; outcomes count to a sixteen-thousandth.
    """
    count = len(keys)
    there = np.flatnonzero(~np.isnan(outcomes) & (keys >= 0))
    key = np.concatenate([keys, keys[there]])
    when = np.concatenate([at, known_at[there]])
    # At one instant the question comes first: what is known only now was not known before.
    is_outcome = np.concatenate([np.zeros(count, np.int8), np.ones(len(there), np.int8)])
    # On a grid of binary fractions sums are exact, so what comes later cannot show even in the last digit.
    value = np.concatenate([np.zeros(count), np.round(outcomes[there] * _GRID) / _GRID])
    order = np.lexsort((is_outcome, when, key))
    sums, numbers = np.cumsum(value[order]), np.cumsum(is_outcome[order].astype(np.float64))
    begins = np.flatnonzero(np.diff(key[order], prepend=-2))
    which = np.cumsum(np.diff(key[order], prepend=-2) != 0) - 1
    before = np.where(begins > 0, begins - 1, 0)
    sums -= np.where(begins > 0, sums[before], 0.0)[which]
    numbers -= np.where(begins > 0, numbers[before], 0.0)[which]
    found = np.zeros((2, len(order)))
    found[0, order], found[1, order] = numbers, sums
    found[:, :count][:, keys < 0] = 0.0
    return found[0, :count], found[1, :count]


def shrunk_mean(counts: Floats, sums: Floats, towards: Floats, weight: float) -> Floats:
    """Means drawn to what is usual, as if `weight` usual outcomes had been seen as well."""
    return np.asarray((sums + weight * towards) / (counts + weight))


def seconds_since_last(keys: Ints, at: Floats) -> Floats:
    """Seconds since the last earlier moment of the same key; NaN where there was none."""
    order = np.lexsort((at, keys))
    found = np.full(len(keys), np.nan)
    same = np.diff(keys[order], prepend=-2) == 0
    # Rows of one instant share what went before it.
    fresh = ~same | (np.diff(at[order], prepend=-np.inf) > 0)
    number = np.cumsum(fresh) - 1
    starts = np.flatnonzero(fresh)
    before = np.concatenate([[np.nan], at[order][starts][:-1]])
    before[~same[starts]] = np.nan
    found[order] = at[order] - before[number]
    found[keys < 0] = np.nan
    return found
