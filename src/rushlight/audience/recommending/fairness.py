"""How evenly a recommender treats groups of titles and of viewers, and lists put in another order to be fairer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.measures import bootstrap, discounts, ndcg
from rushlight.audience.recommending.recommender import best

__all__ = [
    "FairLists",
    "bonuses_for_parity",
    "exposure",
    "fair_lists",
    "grouped",
    "parity_bounds",
    "parity_ratio",
    "typical_reach",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_ROUNDS = 60
_MARGIN = 0.07
_REACH = 50


def parity_ratio(rates: Floats) -> float:
    """How near P(Y=1|A=0) = P(Y=1|A=1) is to hold: the lowest rate of any group divided by the highest, 0 to 1.

    Y is being recommended (or being served well), A the group. 1 is statistical parity; below 0.8 is commonly taken
    for disparate (the four-fifths rule). It is 1 where no group has any.

    Args:
        rates: P(Y=1|A=a) of each group.
    """
    top = float(rates.max()) if len(rates) else 0.0
    return float(rates.min()) / top if top > 0 else 1.0


def exposure(tops: Whole, groups: Whole, shares: Floats) -> Floats:
    """How much each group of titles is shown in each list, for what it would have if all were shown alike.

    A place counts 1 / log₂(place + 1), as people look less at what stands lower.

    Args:
        tops: columns, lists × places.
        groups: of every title, from 0; -1 for none.
        shares: of each group in the catalogue (or in what is watched); they add up to 1.

    Returns:
        Lists × groups; the mean of a column is 1 where the group is shown as much as its share.
    """
    weight = discounts(tops.shape[1])
    group = np.where(tops >= 0, groups[np.maximum(tops, 0)], -1)
    seen = np.stack([((group == one) * weight).sum(axis=1) for one in range(len(shares))], axis=1)
    made: Floats = seen / weight.sum() / np.maximum(shares, 1e-12)
    return made


def parity_bounds(values: Floats, seed: int, rounds: int = 500, confidence: float = 0.95) -> tuple[float, float]:
    """Bounds of the parity ratio of the column means of rows × groups, when viewers are drawn again (bootstrap)."""
    rng = np.random.default_rng(seed)
    count = len(values)
    if not count:
        return 1.0, 1.0
    draws = [parity_ratio(values[rng.integers(0, count, count)].mean(axis=0)) for _ in range(rounds)]
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def typical_reach(scores: Floats, histories: sparse.csr_matrix) -> float:
    """The distance between the first and the fiftieth title that a viewer could be shown, its mean over viewers.

    Scores of the shipped models are near to probabilities of choosing, so one bonus means the same to every viewer
    when it is in units that are the same for all: those who would lose much by it keep their order.
    """
    _, value = best(scores, histories, min(_REACH, scores.shape[1]))
    reach = float((value[:, 0] - value[:, -1]).mean()) if value.size else 0.0
    return reach if reach > 0 else 1.0


def bonuses_for_parity(
    scores: Floats, histories: sparse.csr_matrix, groups: Whole, shares: Floats, most: int, least_parity: float
) -> Floats:
    """What is added to the scores of each group so that groups are shown alike, and no more than needed.

    Lists that are best in sum of scores under a bound on exposure are those best by score plus one price for each
    group (Lagrange), so prices are all that is searched: first those that give parity, then the smallest share of
    them that still gives `least_parity`.

    Args:
        scores: in units of their reach, rows × titles.
        histories: what is not shown again.
        groups: of every title, from 0; -1 for none.
        shares: what each group would have of all places at parity.
        most: places of a list.
        least_parity: wanted ratio.

    Returns:
        A bonus of each group.
    """

    def rates(bonus: Floats) -> Floats:
        tops, _ = best(scores + _spread(bonus, groups), histories, most)
        made: Floats = exposure(tops, groups, shares).mean(axis=0)
        return made

    found = np.zeros(len(shares))
    now = rates(found)
    if parity_ratio(now) >= least_parity:
        return found
    nearest, reached = found, parity_ratio(now)
    for number in range(_ROUNDS):
        step = 0.5 / (1 + number / 8)
        found = found + step * np.clip(np.log(np.maximum(now.mean(), 1e-9) / np.maximum(now, 1e-9)), -2, 2)
        found = found - found.max()
        now = rates(found)
        if parity_ratio(now) > reached:
            nearest, reached = found, parity_ratio(now)
        if reached > 0.97:
            break
    low, high = 0.0, 1.0
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (low, middle) if parity_ratio(rates(middle * nearest)) >= least_parity else (middle, high)
    return high * nearest


def _spread(bonus: Floats, groups: Whole) -> Floats:
    return np.where(groups >= 0, bonus[np.maximum(groups, 0)], 0.0)


@dataclass(frozen=True)
class FairLists:
    """Lists before and after, and what it cost.

    Attributes:
        bonuses: of each group, in units of `reach`.
        reach: distance between the first and the fiftieth title of a list, on average.
        before: parity ratio, its low and high bound.
        after: the same of the new lists.
        rates: exposure of each group for its share, before and after.
        ndcg_before: of the old lists on what was held back.
        ndcg_after: of the new ones.
        lost: share of NDCG lost, its low and high bound; below zero when some was gained.
    """

    bonuses: Floats
    reach: float
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    rates: tuple[Floats, Floats]
    ndcg_before: float
    ndcg_after: float
    lost: tuple[float, float, float]


def fair_lists(
    scores: Floats,
    histories: sparse.csr_matrix,
    held: sparse.csr_matrix,
    groups: Whole,
    shares: Floats,
    *,
    most: int = 10,
    least_parity: float = 0.8,
    seed: int = 0,
) -> FairLists:
    """Reorder lists until groups of titles are shown alike enough, and measure the price on choices held back.

    The bonuses are found on one half of the viewers and measured on the other, so that what is reported is what a new
    viewer would get.
    """
    rows = np.random.default_rng(seed).permutation(scores.shape[0])
    half = len(rows) // 2
    learn, check = np.sort(rows[:half]), np.sort(rows[half:])
    reach = typical_reach(scores, histories)
    even = scores / reach
    # A little more than wanted, for other viewers are not the same viewers.
    wanted = min(least_parity + _MARGIN, 0.98)
    bonuses = bonuses_for_parity(even[learn], histories[learn], groups, shares, most, wanted)
    old, _ = best(even[check], histories[check], most)
    new, _ = best(even[check] + _spread(bonuses, groups), histories[check], most)
    shown_old, shown_new = exposure(old, groups, shares), exposure(new, groups, shares)
    worth_old, worth_new = ndcg(old, held[check]), ndcg(new, held[check])
    known = ~np.isnan(worth_old)
    first, second = worth_old[known], worth_new[known]
    base = float(first.mean()) if len(first) else 0.0
    unit = max(base, 1e-12)
    low, high = bootstrap(first - second, seed) if base else (0.0, 0.0)
    price = float((first - second).mean()) / unit if base else 0.0
    return FairLists(
        bonuses=bonuses,
        reach=reach,
        before=(parity_ratio(shown_old.mean(axis=0)), *parity_bounds(shown_old, seed)),
        after=(parity_ratio(shown_new.mean(axis=0)), *parity_bounds(shown_new, seed)),
        rates=(shown_old.mean(axis=0), shown_new.mean(axis=0)),
        ndcg_before=base,
        ndcg_after=float(second.mean()) if len(second) else 0.0,
        lost=(price, low / unit, high / unit),
    )


def grouped(names: Sequence[str], least: int = 1) -> tuple[list[str], Whole]:
    """Names as numbers: the groups in order, and the group of each, -1 for none or for groups of fewer than `least`."""
    count = {name: names.count(name) for name in sorted(set(names)) if name}
    kept = [name for name, number in count.items() if number >= least]
    place = {name: number for number, name in enumerate(kept)}
    return kept, np.array([place.get(name, -1) for name in names], dtype=np.int64)
