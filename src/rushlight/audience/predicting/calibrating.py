"""Probabilities that mean what they say: a map from log-odds, chosen and fitted on rows the model has not seen.

Reference:
    Platt 1999, "Probabilistic outputs for support vector machines" (with his targets for few rows); Zadrozny & Elkan
    2002 (isotonic regression); Naeini et al. 2015 (ECE).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize

from rushlight.audience.predicting.fitting import sigmoid
from rushlight.audience.statistics.intervals import wilson

__all__ = ["Bin", "Calibration", "choose_calibration", "expected_calibration_error", "reliability"]

Floats = NDArray[np.float64]
Method = Literal["none", "platt", "isotonic"]

_FOLDS = 5
_BINS = 10


@dataclass(frozen=True)
class Calibration:
    """A map from log-odds to probabilities.

    Attributes:
        method: `none`, `platt` or `isotonic`.
        at: `platt`: slope and intercept of the log-odds; `isotonic`: log-odds at which the curve is known.
        probability: `isotonic`: the probability there; between two it goes straight.
    """

    method: Method
    at: Floats
    probability: Floats

    def __call__(self, raw: Floats) -> Floats:
        """Probabilities, float64, none of them 0 or 1."""
        if self.method == "none":
            return sigmoid(raw)
        if self.method == "platt":
            return sigmoid(self.at[0] * raw + self.at[1])
        return np.asarray(np.interp(raw, self.at, self.probability))


@dataclass(frozen=True)
class Bin:
    """One bin of a reliability curve: what was said, what came of it, between which bounds, of how many."""

    predicted: float
    observed: float
    low: float
    high: float
    count: int


def choose_calibration(raw: Floats, outcome: Floats) -> tuple[Calibration, dict[str, float]]:
    """The map with the least logarithmic loss over five folds in order of time, fitted again on all rows.

    Returns:
        The map, and the loss of each method.
    """
    methods: tuple[Method, ...] = ("none", "platt", "isotonic")
    if outcome.sum() < _FOLDS or (1 - outcome).sum() < _FOLDS:
        return Calibration("none", np.zeros(0), np.zeros(0)), {}
    fold = np.arange(len(raw)) * _FOLDS // len(raw)
    losses: dict[str, float] = {}
    for method in methods:
        lost = 0.0
        for number in range(_FOLDS):
            said = _fitted(method, raw[fold != number], outcome[fold != number])(raw[fold == number])
            happened = outcome[fold == number]
            lost -= float((happened * np.log(said) + (1 - happened) * np.log1p(-said)).sum())
        losses[method] = round(lost / len(raw), 9)
    best = min(methods, key=lambda method: losses[method])
    return _fitted(best, raw, outcome), losses


def _fitted(method: Method, raw: Floats, outcome: Floats) -> Calibration:
    if method == "none" or not 0 < outcome.sum() < len(outcome):
        return Calibration("none", np.zeros(0), np.zeros(0))
    return _platt(raw, outcome) if method == "platt" else _isotonic(raw, outcome)


def _platt(raw: Floats, outcome: Floats) -> Calibration:
    hits = outcome.sum()
    target = np.where(outcome > 0, (hits + 1) / (hits + 2), 1 / (len(outcome) - hits + 2))

    def loss(line: Floats) -> tuple[float, Floats]:
        z = line[0] * raw + line[1]
        left = sigmoid(z) - target
        return float((np.logaddexp(0.0, z) - target * z).mean()), np.array([(left * raw).mean(), left.mean()])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-9})
    return Calibration("platt", np.asarray(found.x, np.float64), np.zeros(0))


def _isotonic(raw: Floats, outcome: Floats) -> Calibration:
    order = np.argsort(raw, kind="stable")
    steps = np.asarray(isotonic_regression(outcome[order]).x, np.float64)
    # No number of rows proves that a thing never or always happens.
    edge = 1 / (len(outcome) + 2)
    places, first = np.unique(raw[order], return_index=True)
    groups = np.diff(np.append(first, len(order)))
    means = np.add.reduceat(steps, first) / groups
    means = np.clip(means, edge, 1 - edge)
    # Only corners are kept: between equal neighbours the curve is flat.
    corner = np.ones(len(places), bool)
    corner[1:-1] = (means[1:-1] != means[:-2]) | (means[1:-1] != means[2:])
    return Calibration("isotonic", places[corner], means[corner])


def reliability(said: Floats, outcome: Floats, bins: int = _BINS) -> tuple[Bin, ...]:
    """What came of predictions, in bins of equally many."""
    found = []
    for rows in np.array_split(np.argsort(said, kind="stable"), bins):
        if not len(rows):
            continue
        observed = float(outcome[rows].mean())
        low, high = wilson(np.array([observed]), len(rows))
        found.append(Bin(float(said[rows].mean()), observed, float(low[0]), float(high[0]), len(rows)))
    return tuple(found)


def expected_calibration_error(said: Floats, outcome: Floats, bins: int = _BINS) -> float:
    """ECE: mean distance between what was said and what came of it, over bins of equally many."""
    if not len(said):
        return 0.0
    parts = np.array_split(np.argsort(said, kind="stable"), bins)
    return float(sum(abs(float((said[rows] - outcome[rows]).sum())) for rows in parts) / len(said))
