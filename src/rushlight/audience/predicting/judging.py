"""How good predictions are on rows held back, with bounds: viewers are drawn again, for rows of one are no two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["Bounded", "Draws", "area_under_curve", "mean_of_draws"]

Floats = NDArray[np.float64]

_DRAWS = 500
_MOST_CLUSTERS = 5_000


@dataclass(frozen=True)
class Bounded:
    """A figure with the bounds of its bootstrap, 95 %."""

    value: float
    low: float
    high: float


class Draws:
    """Bootstrap draws of viewers; every figure is drawn with the same ones, so that differences can be taken.

    Args:
        viewer: number of the viewer of each row; −1 counts as a viewer of its own.
        seed: of the draws.
    """

    def __init__(self, viewer: NDArray[np.int64], seed: int) -> None:
        own = np.where(viewer >= 0, viewer, viewer.max(initial=-1) + 1 + np.arange(len(viewer)))
        _, number = np.unique(own, return_inverse=True)
        # Many viewers are drawn in bundles, whose sums vary as theirs do.
        self.cluster = number % _MOST_CLUSTERS
        count = int(self.cluster.max(initial=0)) + 1
        self._times = (
            np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), _DRAWS).astype(np.float64)
        )
        self._count = count

    def sums(self, values: Floats) -> Floats:
        """The sum of values in each draw, float64 of shape (draws,)."""
        return np.asarray(self._times @ np.bincount(self.cluster, values, self._count))

    def mean(self, values: Floats) -> Floats:
        """The mean of values in each draw."""
        return np.asarray(self.sums(values) / np.maximum(self.sums(np.ones(len(values))), 1.0))

    def weights(self, draw: int) -> Floats:
        """How often each row is in a draw."""
        return np.asarray(self._times[draw][self.cluster], np.float64)


def mean_of_draws(value: float, draws: Floats) -> Bounded:
    """A figure between the outer fortieths of its draws."""
    known = draws[np.isfinite(draws)]
    if not len(known):
        return Bounded(round(value, 9), round(value, 9), round(value, 9))
    low, high = np.quantile(known, [0.025, 0.975])
    return Bounded(round(value, 9), round(float(low), 9), round(float(high), 9))


def area_under_curve(said: Floats, outcome: Floats) -> float | None:
    """How often a row that was clicked is put above one that was not; None where one of the kinds is missing."""
    hits = float(outcome.sum())
    misses = len(outcome) - hits
    if not hits or not misses:
        return None
    ranks = rankdata(said)
    return float((ranks[outcome > 0].sum() - hits * (hits + 1) / 2) / (hits * misses))
