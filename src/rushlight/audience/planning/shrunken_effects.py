"""Effects of many properties at once, each drawn to none as far as little is known of it.

y = Cγ + Xβ + ε with β of each group normal around 0, its spread learned from the data, and ε normal. Spreads are not
taken as known: effects are averaged over what the data leave possible for them.

Reference:
    Lindley, Smith 1972, "Bayes estimates for the linear model"; Chung, Rabe-Hesketh, Dorie, Gelman, Liu 2013, "A
    nondegenerate penalized likelihood estimator for variance parameters in multilevel models"; Rue,
    Martino, Chopin 2009 (integrating over few spreads).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.special import ndtr
from scipy.stats import norm, qmc

__all__ = ["Posterior", "fit_effects", "mixture_quantile"]

Floats = NDArray[np.float64]

# Fixed effects are free; the usual spread of a group before anything is seen: e^0.4 is half as much again.
_FREE, _SPREAD_SCALE, _NOISE_SCALE = 10.0, 0.4, 1.0
_POINTS = 32
_STEP = 0.05


@dataclass(frozen=True)
class Posterior:
    """What is known of effects afterwards, as a mixture over possible spreads.

    Attributes:
        share: weight of each part of the mixture, shape (parts,).
        means: of all effects, controls first, shape (parts, effects).
        covariances: shape (parts, effects, effects).
        spreads: deviation of the effects of each group, shape (parts, groups).
        noise: deviation of what is left, shape (parts,).
    """

    share: Floats
    means: Floats
    covariances: Floats
    spreads: Floats
    noise: Floats

    def of(self, rows: Floats, unknown: Floats, *, with_noise: bool) -> tuple[Floats, Floats]:
        """Means and deviations of the sums of effects in each row, for each part of the mixture.

        Args:
            rows: what each sum consists of, shape (rows, effects).
            unknown: how many effects of each group are in it that nothing is known of, shape (rows, groups).
            with_noise: whether what is left belongs to it, as for a title to come.

        Returns:
            Both of shape (parts, rows).
        """
        middle = self.means @ rows.T
        variance = np.einsum("re,kef,rf->kr", rows, self.covariances, rows) + self.spreads**2 @ unknown.T
        if with_noise:
            variance = variance + (self.noise**2)[:, None]
        return middle, np.sqrt(np.maximum(variance, 1e-18))

    def correlation(self, first: int, second: int) -> float:
        """How what is known of two effects hangs together: -1 where only their sum is known."""
        cov = np.einsum("k,kef->ef", self.share, self.covariances)
        return float(cov[first, second] / np.sqrt(max(cov[first, first] * cov[second, second], 1e-24)))


def mixture_quantile(share: Floats, means: Floats, deviations: Floats, level: float) -> Floats:
    """A quantile of mixtures of normals, by halving; means and deviations have shape (parts, values)."""
    low, high = (means - 12 * deviations).min(axis=0), (means + 12 * deviations).max(axis=0)
    for _ in range(60):
        middle = (low + high) / 2
        below = share @ ndtr((middle - means) / deviations)
        low, high = np.where(below < level, middle, low), np.where(below < level, high, middle)
    found: Floats = (low + high) / 2
    return found


def fit_effects(
    outcome: Floats, controls: Floats, properties: Floats, groups: Sequence[int], weight: Floats | None = None
) -> Posterior:
    """Effects of properties on an outcome.

    Args:
        outcome: one value a title, such as the logarithm of its demand; shape (titles,).
        controls: intercept and what else is not shrunken, of unit scale; shape (titles, controls).
        properties: 1 where a title has a property; shape (titles, properties).
        groups: which group each property is of, from 0.
        weight: how exactly each outcome is known, 1 for as well as the best; shape (titles,).
    """
    design = np.concatenate([controls, properties], axis=1)
    known = np.ones(len(outcome)) if weight is None else weight
    system = _System(design.T @ (known[:, None] * design), design.T @ (known * outcome), float(known @ outcome**2),
                     len(outcome), controls.shape[1], np.asarray(groups, dtype=int))  # fmt: skip
    count = system.groups.max(initial=-1) + 2
    start = np.full(count, np.log(0.3))
    start[0] = np.log(max(float(np.std(outcome)) * 0.8, 1e-3))
    best = minimize(lambda at: -system.log_density(at), start, method="L-BFGS-B", bounds=[(-7.0, 4.0)] * count).x
    points, share = _possible(system, best)
    parts = [system.solved(point) for point in points]
    return Posterior(
        share, np.stack([mean for mean, _ in parts]), np.stack([cov for _, cov in parts]), np.exp(points[:, 1:]),
        np.exp(points[:, 0]),
    )  # fmt: skip


@dataclass(frozen=True)
class _System:
    """The sums that a fit rests on: XᵀWX, XᵀWy, yᵀWy."""

    gram: Floats
    cross: Floats
    square: float
    count: int
    free: int
    groups: NDArray[np.int_]

    def _precision(self, at: Floats) -> Floats:
        prior = np.full(len(self.cross), _FREE**-2)
        prior[self.free :] = np.exp(-2 * at[1:])[self.groups]
        return prior

    def log_density(self, at: Floats) -> float:
        """Of logarithms of the noise's and the groups' deviations: marginal likelihood and priors."""
        noise = float(np.exp(2 * at[0]))
        prior = self._precision(at)
        factor = cho_factor(self.gram / noise + np.diag(prior), lower=True)
        mean = cho_solve(factor, self.cross / noise)
        inside = -self.count * at[0] + 0.5 * float(np.log(prior).sum()) - float(np.log(np.diag(factor[0])).sum())
        inside -= 0.5 * (self.square - float(self.cross @ mean)) / noise
        inside += at[0] - np.log1p(float(np.exp(2 * at[0])) / _NOISE_SCALE**2)
        # Density τ / (1 + τ²/s²)^1.5: none at 0, where a group's effects would be said to be exactly none.
        return float(inside + (2 * at[1:] - 1.5 * np.log1p((np.exp(at[1:]) / _SPREAD_SCALE) ** 2)).sum())

    def solved(self, at: Floats) -> tuple[Floats, Floats]:
        """Mean and covariance of the effects, given all deviations."""
        noise = float(np.exp(2 * at[0]))
        factor = cho_factor(self.gram / noise + np.diag(self._precision(at)), lower=True)
        covariance = cho_solve(factor, np.eye(len(self.cross)))
        mean: Floats = covariance @ self.cross / noise
        return mean, covariance


def _possible(system: _System, best: Floats) -> tuple[Floats, Floats]:
    """Points that stand for what the deviations may be, and their weights: around the best, as wide as the density is
    there, corrected by the density itself."""
    size = len(best)
    curve = np.zeros((size, size))
    middle = system.log_density(best)
    for first in range(size):
        for second in range(first + 1):
            one, two = np.zeros(size), np.zeros(size)
            one[first], two[second] = _STEP, _STEP
            if first == second:
                ends = system.log_density(best + one) + system.log_density(best - one) - 2 * middle
            else:
                ends = (
                    system.log_density(best + one + two) + system.log_density(best - one - two)
                    - system.log_density(best + one - two) - system.log_density(best - one + two)
                ) / 4  # fmt: skip
            curve[first, second] = curve[second, first] = -ends / _STEP**2
    values, axes = np.linalg.eigh(curve)
    wide = axes @ np.diag(1 / np.sqrt(np.clip(values, 0.5, None)))
    # Regular rather than random points: the same data give the same answer.
    even = qmc.Sobol(size, scramble=False).random(_POINTS) + 0.5 / _POINTS
    normal = norm.ppf(np.clip(even, 1e-3, 1 - 1e-3))
    # Tails of the density may be longer than a normal's.
    normal = normal * 1.2
    points = np.clip(best + normal @ wide.T, -7.0, 4.0)
    log_weight = np.array([system.log_density(point) for point in points]) + 0.5 * (normal**2).sum(axis=1) / 1.44
    share = np.exp(log_weight - log_weight.max())
    return points, share / share.sum()
