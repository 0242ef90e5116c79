"""Terms that more people write than their season explains.

Counted are people a day, not comments, and bots not at all. What is expected of the last days is a term's level
before them, times what the weekday does to it, times what the same days did in earlier years. How far counts stray
from such expectations is told from the term's own past, and the false discovery rate over all terms is held.

Reference:
    Farrington, Andrews, Beale, Catchpole 1996, "A statistical algorithm for the early detection of outbreaks", for
    the frame; Benjamini and Hochberg 1995, "Controlling the false discovery rate".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Excess", "discovered", "expected_and_excess"]

Floats = NDArray[np.float64]
_WEEK, _YEAR = 7, 365
# A term's own weekday and time of year are believed as if this many people had spoken for the usual ones before.
_PRIOR_WEEKDAY, _PRIOR_YEAR = 40.0, 3.0
# A season shows where a week lies so many deviations off, when counts stray so much more than by chance.
_CLEAR, _USUAL_STRAY = 2.0, 2.0
_LEVEL_DAYS = 56
_LEAST_HISTORY_WINDOWS = 6
_LEAST_OF_KIND = 20


@dataclass(frozen=True)
class Excess:
    """What was found of one term.

    Attributes:
        expected: people a day, as expected, for all days.
        people: in the last days; `likely` as many as were expected.
        p_value: how likely as many or more are, were nothing new.
    """

    expected: Floats
    people: float
    likely: float
    p_value: float


def expected_and_excess(counts: Floats, window_days: int, kinds: NDArray[np.int64] | None = None) -> list[Excess]:
    """What is expected of each term and how far the last days are above it.

    Args:
        counts: people a day, shape (terms, days), float64; days without a gap, the last one last.
        window_days: how many of the last days are judged.
        kinds: a number for each term; what most terms of a kind do together is no
            rise of any of them; below 0 each stands for itself.
    """
    terms, days = counts.shape
    past = counts[:, : days - window_days]
    weekday = _weekdays(past, days)
    steady = past / weekday[:, : days - window_days]
    level = _levels(steady, days, window_days)
    likely = level * weekday
    season, doubts = _years(counts, likely)
    likely *= season
    doubt = doubts[:, -window_days:].mean(axis=1)
    likely[:, -window_days:] *= _common(counts, likely, window_days, kinds)[:, None]
    found = []
    for index in range(terms):
        own, expected = counts[index], np.maximum(likely[index], 1e-3)
        people, sum_likely = float(own[-window_days:].sum()), float(expected[-window_days:].sum())
        stray = _stray(own, expected, window_days)
        tail = _tail(people, sum_likely, stray * (1 + sum_likely * doubt[index]))
        found.append(Excess(expected, people, sum_likely, tail))
    return found


def _weekdays(past: Floats, days: int) -> Floats:
    """What each weekday does to each term, mean 1: its own share, drawn towards that of all terms."""
    terms, length = past.shape
    own, every = np.zeros((terms, _WEEK)), np.zeros(_WEEK)
    for day in range(_WEEK):
        own[:, day] = past[:, day::_WEEK].sum(axis=1)
        every[day] = past[:, day::_WEEK].sum()
    seen = np.asarray([len(range(day, length, _WEEK)) for day in range(_WEEK)], dtype=np.float64)
    usual = (every + 1) / np.maximum(seen, 1)
    usual /= usual.mean()
    share = (own + _PRIOR_WEEKDAY * usual / _WEEK) / np.maximum(seen, 1)
    share /= np.maximum(share.mean(axis=1, keepdims=True), 1e-12)
    return np.maximum(share[:, np.arange(days) % _WEEK], 0.05)


def _levels(steady: Floats, days: int, window_days: int) -> Floats:
    """The level of each day from the days before it; of the last days, from those before all of them."""
    total = np.concatenate([np.zeros((len(steady), 1)), np.cumsum(steady, axis=1)], axis=1)
    length = steady.shape[1]
    ends = np.minimum(np.maximum(np.arange(days) - window_days + 1, 0), length)
    starts = np.maximum(ends - _LEVEL_DAYS, 0)
    size = np.maximum(ends - starts, 1)
    found: Floats = (total[:, ends] - total[:, starts] + 0.5) / (size + 1)
    return found


def _years(counts: Floats, likely: Floats) -> tuple[Floats, Floats]:
    """What the time of year does, where the same days of earlier years lay clearly off what was expected then.

    Returns:
        A factor for each term and day, 1 where no season shows, and how unsure it is: one over the people it rests on.
    """
    terms, days = counts.shape
    factor, doubt = np.ones((terms, days)), np.zeros((terms, days))
    for day in range(_YEAR + _LEVEL_DAYS // 2, days):
        sums = np.zeros((4, terms))
        for year in range(1, day // _YEAR + 1):
            middle = day - year * _YEAR
            if middle < _LEVEL_DAYS // 2:
                continue
            near, wide = slice(middle - 1, middle + 2), slice(middle - 3, middle + 4)
            sums += [counts[:, near].sum(1), likely[:, near].sum(1), counts[:, wide].sum(1), likely[:, wide].sum(1)]
        is_season = np.abs(sums[2] - sums[3]) > _CLEAR * np.sqrt(_USUAL_STRAY * sums[3] + 2)
        factor[:, day] = np.where(is_season, (sums[0] + _PRIOR_YEAR) / (sums[1] + _PRIOR_YEAR), 1.0)
        doubt[:, day] = np.where(is_season, 1 / (sums[2] + _PRIOR_YEAR), 0.0)
    return factor, doubt


def _common(counts: Floats, likely: Floats, window_days: int, kinds: NDArray[np.int64] | None) -> Floats:
    """How far the middle term of each kind is above what was expected: never below 1, and 1 where a kind has few."""
    factor = np.ones(len(counts))
    if kinds is None:
        return factor
    ratios = counts[:, -window_days:].sum(axis=1) / np.maximum(likely[:, -window_days:].sum(axis=1), 0.5)
    for kind in np.unique(kinds):
        if kind >= 0 and (kinds == kind).sum() >= _LEAST_OF_KIND:
            factor[kinds == kind] = max(float(np.median(ratios[kinds == kind])), 1.0)
    return factor


def _stray(own: Floats, expected: Floats, window_days: int) -> float:
    """Variance over mean of sums of as many days, from the term's own past; at least that of chance (1)."""
    length = len(own) - window_days
    starts = range(length % window_days, length, window_days)
    pairs = [
        (own[s : s + window_days].sum(), expected[s : s + window_days].sum()) for s in starts if s >= _LEVEL_DAYS // 2
    ]
    if len(pairs) < _LEAST_HISTORY_WINDOWS:
        return 2.0
    ratios = np.asarray([(a - b) ** 2 / max(b, 0.5) for a, b in pairs])
    # One earlier rise must not hide the next.
    top = np.quantile(ratios, 0.95)
    return float(max(np.minimum(ratios, top).mean(), 1.0))


def _tail(people: float, likely: float, stray: float) -> float:
    """P(X ≥ people) of a negative binomial with this mean and variance over mean; of a Poisson where that is 1."""
    from scipy.stats import nbinom, poisson

    if people <= 0:
        return 1.0
    if stray <= 1.01:
        return float(poisson.sf(people - 1, likely))
    # The level itself is only known from so many people.
    return float(nbinom.sf(people - 1, likely / (stray - 1), 1 / stray))


def discovered(p_values: Floats, false_rate: float, tests: int = 0) -> NDArray[np.bool_]:
    """Which hypotheses to believe so that about `false_rate` of them are wrong.

    Args:
        p_values: of those that may be believed.
        false_rate: the share that may be wrong.
        tests: how many there were before those without a chance were left out; as many as are given by default.
    """
    count = max(len(p_values), tests)
    believed = np.zeros(len(p_values), dtype=np.bool_)
    order = np.argsort(p_values, kind="stable")
    passed = p_values[order] <= false_rate * np.arange(1, len(p_values) + 1) / max(count, 1)
    if passed.any():
        believed[order[: int(np.flatnonzero(passed)[-1]) + 1]] = True
    return believed
