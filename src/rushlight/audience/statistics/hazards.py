"""Survival of views: Kaplan–Meier, and a pooled piecewise-exponential hazard with clustered errors.

Reference:
    Kaplan, Meier 1958; Greenwood 1926; Friedman 1982, "Piecewise exponential models for survival data with covariates";
    Cox 1972 (the model with a free baseline is its Poisson form, Whitehead 1980); Liang, Zeger 1986 (clustered errors);
    Benjamini, Hochberg 1995 (false discovery rate).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from scipy.stats import norm, t

__all__ = [
    "Fit",
    "discovery_rates",
    "fit_hazard",
    "free_baseline",
    "identified_share",
    "kaplan_meier",
    "smooth_baseline",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_RIDGE = 1e-6
_MOST_ROUNDS = 50


def kaplan_meier(at_risk: Floats, exits: Floats, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Share that is left after each step, by the product-limit estimator.

    Args:
        at_risk: views that played each step.
        exits: views that left in it.
        confidence: of the bounds (Greenwood's variance, log-log form, so they stay between 0 and 1).

    Returns:
        Survival after each step, its lower and its upper bound.
    """
    safe = np.maximum(at_risk, 1e-12)
    hazard = np.where(at_risk > 0, np.clip(exits / safe, 0, 1), 0)
    survival = np.cumprod(1 - hazard)
    terms = np.where((at_risk > exits) & (exits > 0), exits / (safe * np.maximum(at_risk - exits, 1e-12)), 0)
    inner = np.clip(survival, 1e-12, 1 - 1e-12)
    spread = norm.ppf(0.5 + confidence / 2) * np.sqrt(np.cumsum(terms)) / np.abs(np.log(inner))
    low, high = inner ** np.exp(spread), inner ** np.exp(-spread)
    certain = np.cumsum(exits) == 0
    return survival, np.where(certain, survival, low), np.where(certain, survival, high)


def smooth_baseline(seconds: Floats, share: Floats, knots: int = 6) -> Floats:
    """Columns of a smooth hazard of time: cubic B-splines of log(1 + seconds), and of the place in the film.

    Args:
        seconds: time of each cell.
        share: the same as a share of its film.
        knots: columns of each kind.
    """
    return np.hstack([_spline(np.log1p(seconds), knots), _spline(share, knots - 1)])


def _spline(values: Floats, columns: int) -> Floats:
    """Cubic B-splines on quantile knots, without the first, which the effects of titles take up."""
    degree = 3
    inner = np.quantile(values, np.linspace(0, 1, columns - degree + 2)[1:-1]) if columns > degree else np.array([])
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros((len(values), 0))
    places = np.concatenate([np.repeat(low, degree + 1), np.unique(inner), np.repeat(high, degree + 1)])
    return np.asarray(
        BSpline.design_matrix(np.clip(values, low, high), places, degree).toarray()[:, 1:], dtype=np.float64
    )


def free_baseline(bins: Whole) -> Floats:
    """A column for each time bin but the first: the baseline of Cox's model."""
    kinds, place = np.unique(bins, return_inverse=True)
    return np.eye(len(kinds))[place][:, 1:]


def identified_share(properties: Floats, titles: Whole, bins: Whole, weights: Floats) -> Floats:
    """Share of each property's variance that neither the title nor the moment in it explains.

    Everyone at second t of a film sees the same shot: within one film a property is a function of time, so a free
    hazard of time takes up all of it, and this is 0. Only films that show different things at the same moment tell a
    shot from a moment.

    Args:
        properties: shape (cells, properties).
        titles: title of each cell.
        bins: time bin of each cell, the same for all titles.
        weights: time at risk of each cell.
    """
    root = np.sqrt(weights)[:, None]
    design = np.hstack([np.eye(titles.max() + 1)[titles], free_baseline(bins)]) * root
    wanted = properties * root
    left = wanted - design @ np.linalg.lstsq(design, wanted, rcond=None)[0]
    mean = (properties * weights[:, None]).sum(0) / weights.sum()
    total = ((properties - mean) ** 2 * weights[:, None]).sum(0)
    return np.where(total > 1e-12, (left**2).sum(0) / np.maximum(total, 1e-12), 0.0)


@dataclass(frozen=True)
class Fit:
    """A fitted hazard.

    Attributes:
        effects: log hazard ratio of each property.
        errors: their standard errors, clustered by title.
        p: two-sided, by Student's t with titles less one degrees of freedom.
        expected: exits that each cell was expected to have by title, source and time alone.
        rounds: iterations it took.
    """

    effects: Floats
    errors: Floats
    p: Floats
    expected: Floats
    rounds: int


def fit_hazard(
    exits: Floats, exposure: Floats, properties: Floats, baseline: Floats, titles: Whole, sources: Whole
) -> Fit:
    """Fit log λ = title + source + baseline(time) + properties · β to counts of exits and time at risk.

    Counts are Poisson given the time at risk; the size of the problem is that of the cells, not of the viewers.

    Args:
        exits: exits in each cell, a title by source by time bin.
        exposure: time at risk in it.
        properties: shape (cells, properties).
        baseline: columns of the hazard of time.
        titles: title of each cell, from 0; sources likewise.
    """
    fixed = [np.eye(titles.max() + 1)[titles], np.eye(sources.max() + 1)[sources][:, 1:], baseline]
    nuisance = np.hstack(fixed)
    beta, mean, rounds = _poisson(np.hstack([properties, nuisance]), exits, exposure)
    design, number = np.hstack([properties, nuisance]), properties.shape[1]
    weighted = design * mean[:, None]
    bread = np.linalg.inv(design.T @ weighted + _RIDGE * np.eye(design.shape[1]))
    clusters = int(titles.max()) + 1
    scores = np.zeros((clusters, design.shape[1]))
    np.add.at(scores, titles, design * (exits - mean)[:, None])
    meat = scores.T @ scores * (clusters / max(clusters - 1, 1))
    errors = np.sqrt(np.maximum(np.diag(bread @ meat @ bread), 0))[:number]
    statistic = beta[:number] / np.maximum(errors, 1e-300)
    alone, expected, _ = _poisson(nuisance, exits, exposure)
    del alone
    return Fit(beta[:number], errors, 2 * t.sf(np.abs(statistic), max(clusters - 1, 1)), expected, rounds)


def _poisson(design: Floats, counts: Floats, exposure: Floats) -> tuple[Floats, Floats, int]:
    """Poisson regression with an offset, by iteratively reweighted least squares with steps halved where needed."""
    offset = np.log(exposure)
    rate = np.log(max(counts.sum(), 0.5) / exposure.sum())
    beta = np.linalg.lstsq(design, np.full(len(counts), rate), rcond=None)[0]
    ridge = _RIDGE * np.eye(design.shape[1])

    def value(at: Floats) -> float:
        linear = np.clip(design @ at + offset, -40, 40)
        return float(np.exp(linear).sum() - counts @ linear + 0.5 * _RIDGE * at @ at)

    last = value(beta)
    rounds = 0
    while rounds < _MOST_ROUNDS:
        rounds += 1
        mean = np.exp(np.clip(design @ beta + offset, -40, 40))
        step = np.linalg.solve(design.T @ (design * mean[:, None]) + ridge, design.T @ (counts - mean) - _RIDGE * beta)
        for _ in range(20):
            now = value(beta + step)
            if now <= last + 1e-10 * abs(last):
                break
            step = step / 2
        beta = beta + step
        if abs(last - now) <= 1e-9 * (abs(last) + 1):
            break
        last = now
    return beta, np.exp(np.clip(design @ beta + offset, -40, 40)), rounds


def discovery_rates(p: Floats) -> Floats:
    """Benjamini–Hochberg q-values: the false discovery rate at which each would be called found."""
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    values = np.minimum.accumulate(ranked[::-1])[::-1]
    found = np.empty_like(values)
    found[order] = np.minimum(values, 1.0)
    return found
