"""Groups in points, if there are any: K-means with a number of groups that must prove itself, or none.

K-means always finds k groups. Here a number counts only when the same groups come out of halves of the data
(prediction strength), and when between any two of them there are fewer points than on either side (a valley that one
hill would not show by chance). Where no number passes there are no groups.

Reference:
    K-means: J = Σ_k Σ_{x∈C_k} ‖x − μ_k‖², Lloyd 1982; prediction strength: Tibshirani & Walther 2005, J. Comput. Graph.
    Stat. 14; one hill or two: Silverman 1981, JRSS B 43; which components stand out of noise: Marchenko & Pastur 1967.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError

__all__ = ["Candidate", "Clustering", "find_clusters", "one_hill_p", "standardised"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_STRENGTH = 0.8
LEAST_VALLEY_P = 0.05
_SPLITS = 4
_MOST_POINTS = 4_000
_LEAST_POINTS = 60
_BINS = 256
_BOOTSTRAPS = 100
# Silverman's test rejects far too rarely; with this factor its level is near 0.05 (Hall & York 2001, Stat. Sinica 11).
_CALIBRATION = 1.13


@dataclass(frozen=True)
class Candidate:
    """One number of groups and how it did.

    Attributes:
        k: how many groups.
        within: J / n, the mean squared distance of a point to the middle of its group.
        strength: prediction strength, 0 to 1.
        silhouette: mean silhouette, −1 to 1.
        valley_p: the largest p-value, over pairs of groups, of there being one hill and not two.
    """

    k: int
    within: float
    strength: float
    silhouette: float
    valley_p: float

    @property
    def stands(self) -> bool:
        """Whether the groups come out again, and are apart."""
        return self.strength >= LEAST_STRENGTH and self.valley_p <= LEAST_VALLEY_P


@dataclass(frozen=True)
class Clustering:
    """What was found.

    Attributes:
        labels: group of each point, int64 of shape (n,), from 0, the largest group first; all 0 where there are none.
        centres: middle of each group in standard units, float64 of shape (k, features).
        candidates: every number that was tried.
        stability: share of pairs in one group that stay together when the data are halved, at the chosen number.
    """

    labels: Ints
    centres: Floats
    candidates: tuple[Candidate, ...]
    stability: float

    @property
    def k(self) -> int:
        """How many groups; 1 is none."""
        return len(self.centres)


def standardised(points: Floats) -> Floats:
    """Every column with mean 0 and deviation 1; those without variation are all 0."""
    if not len(points):
        return points
    spread = points.std(axis=0)
    return np.asarray((points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def find_clusters(points: Floats, *, most: int = 8, seed: int = 0) -> Clustering:
    """Find groups of points.

    Args:
        points: float64 of shape (n, features), finite, in standard units.
        most: the largest number of groups to try.
        seed: same seed, same groups.

    Raises:
        ModelError: scikit-learn is not installed.
    """
    if not len(points):
        return Clustering(np.zeros(0, np.int64), np.zeros((0, points.shape[1])), (), 0.0)
    whole = _out_of_noise(points)
    rng = np.random.default_rng(seed)
    sample = whole if len(whole) <= _MOST_POINTS else whole[rng.permutation(len(whole))[:_MOST_POINTS]]
    candidates: list[Candidate] = []
    if len(sample) >= _LEAST_POINTS and whole.shape[1]:
        candidates = [_tried(sample, k, seed) for k in range(2, most + 1) if len(sample) >= 20 * k]
    standing = [one for one in candidates if one.stands]
    if not standing:
        return Clustering(np.zeros(len(points), np.int64), points.mean(axis=0, keepdims=True), tuple(candidates), 0.0)
    chosen = max(standing, key=lambda one: one.k)
    centres = _centres(sample, chosen.k, seed)
    labels = _nearest(whole, centres)
    order = np.argsort(-np.bincount(labels, minlength=chosen.k), kind="stable")
    labels = np.argsort(order)[labels].astype(np.int64)
    middles = np.stack([points[labels == group].mean(axis=0) for group in range(chosen.k)])
    return Clustering(labels, middles, tuple(candidates), chosen.strength)


def _out_of_noise(points: Floats) -> Floats:
    """Points on the principal components whose variance is more than that of noise alone.

    Of uncorrelated columns of variance σ² no component has more than σ²(1 + √(p/n))², for large n. Where groups make
    much of the variance the noise has less than 1: at most that of the middle component.
    """
    varied = points[:, points.std(axis=0) > 0]
    count, width = varied.shape
    if count < 2 or not width:
        return varied[:, :0]
    variances, axes = np.linalg.eigh(np.cov(varied, rowvar=False).reshape(width, width))
    edge = min(1.0, float(np.median(variances))) * (1 + np.sqrt(width / count)) ** 2
    kept = variances > (edge if width > 1 else 0.0)
    # Groups that differ in one column alone show in no component; whether they are groups is asked later anyway.
    kept = kept if kept.any() else ~kept
    return np.asarray((varied - varied.mean(axis=0)) @ axes[:, kept][:, ::-1])


def _centres(points: Floats, k: int, seed: int, starts: int = 8) -> Floats:
    try:
        from sklearn.cluster import KMeans
    except ImportError as error:
        raise ModelError("scikit-learn is not installed.", hint='pip install "rushlight[people]"') from error
    return np.asarray(KMeans(k, n_init=starts, random_state=seed).fit(points).cluster_centers_, dtype=np.float64)


def _nearest(points: Floats, centres: Floats) -> Ints:
    distances = (centres**2).sum(axis=1)[None, :] - 2 * points @ centres.T
    return np.asarray(distances.argmin(axis=1), dtype=np.int64)


def _tried(points: Floats, k: int, seed: int) -> Candidate:
    from sklearn.metrics import silhouette_score

    centres = _centres(points, k, seed)
    labels = _nearest(points, centres)
    within = float(((points - centres[labels]) ** 2).sum(axis=1).mean())
    silhouette = float(silhouette_score(points, labels, sample_size=min(len(points), 1_500), random_state=seed))
    valleys = [
        one_hill_p(_between(points[(labels == a) | (labels == b)], centres[a], centres[b]), seed)
        for a in range(k) for b in range(a) if (labels == a).sum() > 4 and (labels == b).sum() > 4
    ]  # fmt: skip
    strength, valley = _strength(points, k, seed), max(valleys, default=1.0)
    # The last digits hang on the order in which threads add up.
    return Candidate(k, round(within, 9), round(strength, 9), round(silhouette, 9), valley)


def _between(points: Floats, one: Floats, other: Floats) -> Floats:
    """Where points lie on the line from one centre to another."""
    return np.asarray((points - one) @ (other - one))


def _strength(points: Floats, k: int, seed: int) -> float:
    """How surely two points of a group found in one half belong together by the groups of the other half.

    The least sure group of each split counts; the mean is taken over splits.
    """
    rng, found = np.random.default_rng([seed, k]), []
    for _ in range(_SPLITS):
        order = rng.permutation(len(points))
        halves = points[order[: len(points) // 2]], points[order[len(points) // 2 :]]
        theirs, own = (_centres(half, k, seed, starts=3) for half in halves)
        by_theirs, by_own = _nearest(halves[1], theirs), _nearest(halves[1], own)
        sure = []
        for group in range(k):
            counts = np.bincount(by_theirs[by_own == group], minlength=k).astype(float)
            size = counts.sum()
            if size > 1:
                sure.append(float((counts * (counts - 1)).sum() / (size * (size - 1))))
        found.append(min(sure, default=0.0))
    return float(np.mean(found))


def one_hill_p(values: Floats, seed: int = 0) -> float:
    """p-value of one hill, against two or more: how often one hill that is as smooth as it may be shows several.

    Args:
        values: float64 of shape (n,).
        seed: of the bootstrap.

    Reference:
        Silverman 1981; tails are left out of the count, for single points there are hills of their own.
    """
    spread = values.std()
    if len(values) < 8 or spread == 0:
        return 1.0
    low, high = 0.0, 2.0 * float(spread)
    for _ in range(24):
        middle = (low + high) / 2
        if _hills(values, middle) > 1:
            low = middle
        else:
            high = middle
    rng, width = np.random.default_rng(seed), high
    shrink = 1 / np.sqrt(1 + (width / spread) ** 2)
    several = 0
    for _ in range(_BOOTSTRAPS):
        drawn = rng.choice(values, len(values)) + width * rng.standard_normal(len(values))
        several += _hills(values.mean() + (drawn - values.mean()) * shrink, width * _CALIBRATION) > 1
    return several / _BOOTSTRAPS


def _hills(values: Floats, width: float) -> int:
    """Local maxima of a density estimate with Gaussian kernels of this width, tails left out."""
    from scipy.ndimage import gaussian_filter1d

    first, last = np.quantile(values, (0.02, 0.98))
    margin = 3 * width
    counts, edges = np.histogram(values, _BINS, (values.min() - margin, values.max() + margin))
    density = gaussian_filter1d(counts.astype(float), width / (edges[1] - edges[0]), mode="constant")
    rising = np.diff(density) > 0
    peaks = np.flatnonzero(rising[:-1] & ~rising[1:]) + 1
    middles = (edges[peaks] + edges[peaks + 1]) / 2
    return int(((middles >= first) & (middles <= last)).sum())
