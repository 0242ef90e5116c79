"""How good a ranking is: measured on choices that were held back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.recommender import Recommender

__all__ = ["bootstrap", "discounts", "held_out_ndcg", "ndcg"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_ROWS = 2048


def discounts(most: int) -> Floats:
    """What a place counts: 1 / log₂(place + 1), from the first."""
    discount: Floats = 1 / np.log2(np.arange(2, most + 2))
    return discount


def ndcg(tops: Whole, held: sparse.csr_matrix) -> Floats:
    """NDCG of each row's list: Σ over hits 1/log₂(place + 1), divided by the best that could be had.

    Args:
        tops: columns, rows × places, -1 where there is none.
        held: rows × titles, what each row chose.

    Returns:
        One value a row, NaN for rows that hold nothing.

    Reference:
        Järvelin, Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques"; relevance is 0 or 1.
    """
    weight = discounts(tops.shape[1])
    count = np.diff(held.indptr)
    wanted = np.zeros(held.shape, dtype=bool)
    wanted[np.repeat(np.arange(len(count)), count), held.indices] = True
    hits = np.take_along_axis(wanted, np.maximum(tops, 0), axis=1) & (tops >= 0)
    ideal = np.cumsum(weight)[np.clip(count, 1, len(weight)) - 1]
    return np.where(count > 0, (hits * weight).sum(axis=1) / ideal, np.nan)


def held_out_ndcg(model: Recommender, histories: sparse.csr_matrix, held: sparse.csr_matrix, most: int = 10) -> Floats:
    """NDCG of a fitted model over the whole catalogue, for each row that something was held back of."""
    rows = np.flatnonzero(np.diff(held.indptr))
    found = []
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        tops, _ = model.top(histories[part], most)
        found.append(ndcg(tops, held[part]))
    return np.concatenate(found) if found else np.zeros(0)


def bootstrap(values: Floats, seed: int, rounds: int = 1000, confidence: float = 0.95) -> tuple[float, float]:
    """Bounds of the mean of values: its quantiles when the values are drawn again with replacement."""
    if not len(values):
        return 0.0, 0.0
    rng = np.random.default_rng(seed)
    draws = np.array([values[rng.integers(0, len(values), len(values))].mean() for _ in range(rounds)])
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
