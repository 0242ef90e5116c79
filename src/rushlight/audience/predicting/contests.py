"""Which of two variants is clicked more: a line through their properties with all that is not known carried along.

The log-odds of a click of variant i of test t are α_t + w·x_i + u_i. What a test has in common, α_t, is free; u_i,
which no property explains, is normal with deviation τ; w is normal around 0, with a deviation for each group of
properties.
The deviations are those under which the tests as they came out are likeliest (empirical Bayes), the counts' own noise
taken into account; so where properties say nothing, w is drawn to nothing and every pair to one half.

Reference:
    Thurstone 1927, "A law of comparative judgment"; Morris 1983, "Parametric empirical Bayes inference"; Lindley &
    Smith 1972.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

__all__ = ["Contest", "PairwiseModel", "chance", "fit_contest", "log_odds_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST, _GREATEST = -9.0, 2.0


@dataclass(frozen=True)
class Contest:
    """Tests as they came out.

    Attributes:
        test: number of the test of each variant, int64, in order.
        values: properties, float64 of shape (variants, properties); NaN where there is none.
        groups: number of the group of each property.
        odds: log-odds of a click.
        noise: variance of them from counting alone.
    """

    test: Ints
    values: Floats
    groups: Ints
    odds: Floats
    noise: Floats

    def of(self, tests: Ints) -> Contest:
        """These tests alone."""
        rows = np.isin(self.test, tests)
        return Contest(self.test[rows], self.values[rows], self.groups, self.odds[rows], self.noise[rows])


@dataclass(frozen=True)
class PairwiseModel:
    """A fitted line.

    Attributes:
        scale: usual step of each property between variants of one test.
        weights: of each property per usual step, float64.
        covariance: of the weights.
        spread: τ.
        deviations: prior deviation of the weights of each group.
    """

    scale: Floats
    weights: Floats
    covariance: Floats
    spread: float
    deviations: Floats

    def steps(self, values: Floats, towards: Floats) -> Floats:
        """Differences of properties in usual steps; none where either is unknown."""
        return np.asarray(np.nan_to_num((values - towards) / self.scale))

    def compare(self, steps: Floats, noise: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """Expected differences of log-odds of pairs, and their deviations.

        Args:
            steps: differences of properties, float64 of shape (pairs, properties).
            noise: variance that is added, such as that of counting.
        """
        variance = np.einsum("ij,jk,ik->i", steps, self.covariance, steps) + 2 * self.spread**2 + noise
        return np.asarray(steps @ self.weights), np.sqrt(variance)


def log_odds_of(impressions: Floats, clicks: Floats) -> tuple[Floats, Floats]:
    """Empirical log-odds and their variance (Haldane's half added); both finite for any counts."""
    misses = impressions - clicks
    odds = np.log(clicks + 0.5) - np.log(misses + 0.5)
    return np.asarray(odds), np.asarray(1 / (clicks + 0.5) + 1 / (misses + 0.5))


def fit_contest(contest: Contest, start: PairwiseModel | None = None) -> PairwiseModel:
    """Fit the line and its deviations.

    Args:
        contest: the tests.
        start: a model of nearly the same tests, to begin the search from.
    """
    scale = _usual_steps(contest)
    centred = _centred(contest.values / scale, contest.test)
    groups = int(contest.groups.max(initial=-1)) + 1
    begin = np.full(groups + 1, -2.5)
    if start is not None:
        begin = np.log(np.maximum(np.append(start.deviations, start.spread), np.exp(_LEAST)))

    def loss(logs: Floats) -> float:
        return _evidence(contest, centred, np.exp(np.clip(logs, _LEAST, _GREATEST)))[0]

    rounds = 60 * (groups + 1) if start is None else 15 * (groups + 1)
    found = minimize(loss, begin, method="Nelder-Mead", options={"maxfev": rounds, "xatol": 0.05, "fatol": 0.02})
    deviations = np.exp(np.clip(found.x, _LEAST, _GREATEST))
    _, weights, covariance = _evidence(contest, centred, deviations)
    return PairwiseModel(scale, weights, covariance, float(deviations[-1]), deviations[:-1])


def _usual_steps(contest: Contest) -> Floats:
    """Deviation of each property within tests; 1 where it does not vary."""
    centred = _centred(contest.values, contest.test)
    spread = np.sqrt((centred**2).mean(axis=0)) if len(centred) else np.ones(centred.shape[1])
    return np.where(spread > 1e-12, spread, 1.0)


def _centred(values: Floats, test: Ints) -> Floats:
    """Values less their mean in the test; nothing where they are unknown."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    _, number = np.unique(test, return_inverse=True)
    sums = np.zeros((number.max(initial=-1) + 1, values.shape[1]))
    counts = np.zeros_like(sums)
    np.add.at(sums, number, filled)
    np.add.at(counts, number, known.astype(np.float64))
    return np.where(known, filled - (sums / np.maximum(counts, 1))[number], 0.0)


def _evidence(contest: Contest, centred: Floats, deviations: Floats) -> tuple[float, Floats, Floats]:
    """Minus the logarithm of the marginal likelihood with the tests' own levels free, and the posterior of weights."""
    weight = 1 / (contest.noise + deviations[-1] ** 2)
    _, number = np.unique(contest.test, return_inverse=True)
    total = np.bincount(number, weight)
    odds = contest.odds - (np.bincount(number, weight * contest.odds) / total)[number]
    columns = centred - (_sums(number, weight[:, None] * centred, len(total)) / total[:, None])[number]
    precision = 1 / deviations[:-1][contest.groups] ** 2
    weighted = columns * weight[:, None]
    matrix = weighted.T @ columns + np.diag(precision)
    right = weighted.T @ odds
    factor = np.linalg.cholesky(matrix)
    half = np.linalg.solve(factor, right)
    value = (
        -np.log(weight).sum() + np.log(total).sum() + (weight * odds**2).sum() - half @ half
        + 2 * np.log(np.diag(factor)).sum() - np.log(precision).sum()
    ) / 2  # fmt: skip
    inverse = np.linalg.inv(matrix)
    return float(value), np.asarray(inverse @ right), np.asarray((inverse + inverse.T) / 2)


def _sums(number: Ints, values: Floats, count: int) -> Floats:
    found = np.zeros((count, values.shape[1]))
    np.add.at(found, number, values)
    return found


def chance(mean: Floats, deviation: Floats) -> Floats:
    """Probability that a difference is above 0."""
    return np.asarray(norm.cdf(mean / deviation))
