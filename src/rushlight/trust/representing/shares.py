"""Shares of groups with intervals that hold together, against a target, and whether raters agree.

References:
    Clopper and Pearson 1934, exact intervals of a share; Šidák 1967, so that all of several hold together.
    Krippendorff 2004, "Content analysis", chapter 11: agreement of raters beyond chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

__all__ = ["agreement", "exact_intervals", "misfit", "parity"]

_DRAWS = 10_000


@dataclass(frozen=True)
class Parity:
    """The least shown group against the most shown, each for its target share.

    Attributes:
        ratio: 1 where all are shown as the target wants, 0 where one is not shown at all.
        low: lower bound, 95 %.
        high: upper bound, 95 %.
    """

    ratio: float
    low: float
    high: float


def exact_intervals(counts: Sequence[int], confidence: float = 0.95) -> list[tuple[float, float]]:
    """Intervals of all shares that hold together: Clopper–Pearson, each at Šidák's level.

    Args:
        counts: how many of each group.
        confidence: that of all together.
    """
    total, level = sum(counts), confidence ** (1 / max(len(counts), 1))
    tail = (1 - level) / 2
    return [
        (
            0.0 if count == 0 else float(beta.ppf(tail, count, total - count + 1)),
            1.0 if count == total else float(beta.ppf(1 - tail, count + 1, total - count)),
        )
        for count in counts
    ]


def misfit(counts: Sequence[int], target: Sequence[float], seed: int) -> float:
    """How often chance alone would stray from the target as far as this, by Pearson's measure and simulation.

    A group with a target of 0 that is shown gives 0.
    """
    seen, wanted = np.asarray(counts, float), np.asarray(target, float)
    total = int(seen.sum())
    if np.any((wanted == 0) & (seen > 0)):
        return 0.0
    kept = wanted > 0
    expected = total * wanted[kept]
    found = float((((seen[kept] - expected) ** 2) / expected).sum())
    draws = np.random.default_rng(seed).multinomial(total, wanted[kept] / wanted[kept].sum(), _DRAWS)
    strayed = (((draws - expected) ** 2) / expected).sum(1)
    return float((1 + np.count_nonzero(strayed >= found - 1e-9)) / (1 + _DRAWS))


def parity(counts: Sequence[int], target: Sequence[float], seed: int) -> Parity:
    """Least share for its target against the greatest, with a bootstrap interval; groups of no target are left out."""
    seen, wanted = np.asarray(counts, float), np.asarray(target, float)
    kept = wanted > 0
    seen, wanted = seen[kept], wanted[kept]
    total = int(seen.sum())
    if total == 0 or len(seen) < 2:
        return Parity(1.0, 0.0, 1.0)

    def ratio(values: np.ndarray) -> np.ndarray:
        shown = values / wanted
        return np.asarray(shown.min(-1) / np.maximum(shown.max(-1), 1e-12))

    # Half a person more of each: a group that was not seen may still be there.
    smoothed = (seen + 0.5) / (total + 0.5 * len(seen))
    draws = np.random.default_rng(seed).multinomial(total, smoothed, _DRAWS)
    low, high = np.quantile(ratio(draws.astype(float)), [0.025, 0.975])
    value = float(ratio(seen[None])[0])
    return Parity(value, min(float(low), value), max(float(high), value))


def agreement(labels: Mapping[str, Sequence[str]]) -> float | None:
    """Krippendorff's alpha of nominal labels: 1 where raters agree, 0 where they do as by chance.

    Args:
        labels: for each person, what the raters said.

    Returns:
        None where nobody was rated twice, or everybody has the same label.
    """
    pairs: dict[tuple[str, str], float] = defaultdict(float)
    for said in labels.values():
        if len(said) < 2:
            continue
        counts = Counter(said)
        for one, first in counts.items():
            for other, second in counts.items():
                pairs[one, other] += first * (second - (one == other)) / (len(said) - 1)
    sums: dict[str, float] = defaultdict(float)
    for (one, _), weight in pairs.items():
        sums[one] += weight
    total = sum(sums.values())
    expected = sum(sums[one] * sums[other] for one in sums for other in sums if one != other)
    if total <= 1 or expected == 0:
        return None
    observed = sum(weight for (one, other), weight in pairs.items() if one != other)
    return float(1 - (total - 1) * observed / expected)
