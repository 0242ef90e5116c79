"""Whose words carry far: the graph of who passes on whom, and how many a comment is expected to move.

An account's reach is what its comments set off over all steps: r_u = Σ_v p_uv (1 + r_v), with p_uv the share of u's
comments that v passed on, drawn towards what is usual where u wrote little. Paths that come back to who has written
already do not count twice, so each account is moved at most once.

Reference:
    Kempe, Kleinberg, Tardos 2003, "Maximizing the spread of influence through a social network" (independent cascades);
    Page, Brin 1998 (PageRank).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Passing", "Reach", "find_reach", "quick_accounts"]

Floats = NDArray[np.float64]
_STEPS = 8
_PRIOR_COMMENTS = 3.0
_DAMPING = 0.85
_QUICK_SECONDS, _LEAST_QUICK = 5.0, 5


@dataclass(frozen=True, slots=True)
class Passing:
    """`by` answered or shared a comment of `of`, so many seconds later; None where times are unknown."""

    of: str
    by: str
    after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What was found of one account: see `artifacts.Influencer`."""

    author: str
    reach: float
    direct: int
    centrality: float


def quick_accounts(passings: Sequence[Passing]) -> set[str]:
    """Accounts that pass on faster than a person reads, most of the time."""
    delays: dict[str, list[float]] = defaultdict(list)
    for one in passings:
        if one.after_seconds is not None:
            delays[one.by].append(one.after_seconds)
    return {
        name
        for name, all_of in delays.items()
        if len(all_of) >= _LEAST_QUICK and float(np.median(all_of)) < _QUICK_SECONDS
    }


def find_reach(passings: Sequence[Passing], written: dict[str, int]) -> list[Reach]:
    """The reach of every account, the farthest first.

    Args:
        passings: who passed on whom; bots left out already.
        written: how many comments each account wrote, passed on ones among them.
    """
    names = sorted({one.of for one in passings} | {one.by for one in passings} | set(written))
    place = {name: index for index, name in enumerate(names)}
    pairs = Counter((place[one.of], place[one.by]) for one in passings if one.of != one.by)
    if not pairs:
        return []
    rows = np.asarray([pair[0] for pair in pairs], dtype=np.int64)
    columns = np.asarray([pair[1] for pair in pairs], dtype=np.int64)
    times = np.asarray(list(pairs.values()), dtype=np.float64)
    own = np.asarray([max(written.get(name, 0), 1) for name in names], dtype=np.float64)
    odds = np.minimum(times / (own[rows] + _PRIOR_COMMENTS), 0.95)
    reach = _expected(rows, columns, odds, len(names))
    rank = _page_rank(columns, rows, times, len(names))
    direct = np.bincount(rows, minlength=len(names))
    found = [Reach(name, float(reach[i]), int(direct[i]), float(rank[i])) for i, name in enumerate(names)]
    return sorted(found, key=lambda one: (-one.reach, -one.centrality, one.author))


def _expected(rows: NDArray[np.int64], columns: NDArray[np.int64], odds: Floats, count: int) -> Floats:
    """People moved, step by step; nobody hears it from more people than there are, so late steps saturate."""
    reach = np.zeros(count)
    for _ in range(_STEPS):
        moved = np.bincount(rows, weights=odds * (1 + reach[columns]), minlength=count)
        reach = count * (1 - np.exp(-moved / count))
    return reach


def _page_rank(sources: NDArray[np.int64], targets: NDArray[np.int64], weights: Floats, count: int) -> Floats:
    """Standing in the graph: who is passed on by those who are passed on."""
    out = np.bincount(sources, weights=weights, minlength=count)
    rank = np.full(count, 1 / count)
    for _ in range(60):
        flow = np.bincount(targets, weights=weights / out[sources] * rank[sources], minlength=count)
        loose = rank[out == 0].sum()
        rank = (1 - _DAMPING) / count + _DAMPING * (flow + loose / count)
    return rank
