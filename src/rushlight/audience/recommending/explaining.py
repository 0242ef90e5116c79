"""Why a title is recommended: what each title of the history gives, checked before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.recommender import Attribution, Recommender

__all__ = ["TOLERANCE", "explain", "shapley_values"]

TOLERANCE = 1e-6
_MOST_PARTS = 12


def shapley_values(value: Callable[[frozenset[int]], float], parts: int) -> NDArray[np.float64]:
    """What each part is worth, counted over all orders in which they may come (SHAP).

    φᵢ = Σ_S |S|!(|N|−|S|−1)!/|N|! · [f(S∪{i}) − f(S)], over all sets S of parts without i. They add up to f(N) − f(∅).

    Args:
        value: f, asked once for each of the 2ⁿ sets.
        parts: n, at most 12.

    Reference:
        Shapley 1953; Lundberg, Lee 2017, "A unified approach to interpreting model predictions".
    """
    if parts > _MOST_PARTS:
        raise ValueError(f"{parts} parts have too many sets")
    everything = range(parts)
    known = {
        frozenset(some): value(frozenset(some)) for size in range(parts + 1) for some in combinations(everything, size)
    }
    found = np.zeros(parts)
    for one in everything:
        for some, worth in known.items():
            if one not in some:
                weight = factorial(len(some)) * factorial(parts - len(some) - 1) / factorial(parts)
                found[one] += weight * (known[some | {one}] - worth)
    return found


def explain(model: Recommender, history: sparse.csr_matrix, title: int) -> Attribution | None:
    """What each title of one history gives to a title's score; None when it cannot be said exactly.

    Models that are sums are taken at their word; of others the SHAP values are counted, for histories of at most
    twelve titles. Either is withheld when it misses the score by more than 1e-6 of it.
    """
    made = model.attribution(history, title)
    if made is None and history.nnz <= _MOST_PARTS:
        made = _counted(model, history, title)
    if made is None:
        return None
    score = float(model.scores(history)[0, title])
    return made if abs(made.total - score) <= TOLERANCE * max(abs(score), 1e-9) else None


def _counted(model: Recommender, history: sparse.csr_matrix, title: int) -> Attribution:
    def value(some: frozenset[int]) -> float:
        kept = sorted(some)
        part = sparse.csr_matrix((history.data[kept], history.indices[kept], [0, len(kept)]), history.shape)
        return float(model.scores(part)[0, title])

    values = shapley_values(value, history.nnz)
    return Attribution(value(frozenset()), history.indices.astype(np.int64), values)
