"""The capability `cluster_bounces`."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.stats import fisher_exact

from rushlight.artifacts.bounces import BounceCandidate, BounceGroup, BounceRate, Bounces, BounceTrait
from rushlight.artifacts.source import Document
from rushlight.audience.behaviour.leaving import Visits, said_value, visits_of
from rushlight.audience.predicting.source import read_occasions
from rushlight.audience.statistics.excess import Excess, find_excess
from rushlight.audience.statistics.intervals import wilson
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["cluster_bounces"]

_LEAST_BOUNCES = 60
_LEAST_VIEWERS = 10
_FALSE = 0.05
_MOST_TRAITS = 4
_LEAST_DIFFERENCE = 0.1
_LEAST_RATE_DIFFERENCE = 0.02


@capability(version=1, metrics=("groups", "bounces"))
def cluster_bounces(
    views: Document,
    /,
    *,
    within_seconds: Annotated[float, Field(gt=0, le=600, description="What ends within so long ended at once.")] = 10.0,
    most: Annotated[int, Field(ge=2, le=12, description="At most so many groups.")] = 6,
    least_viewers: Annotated[int, Field(ge=1, description="Groups of fewer viewers are not shown.")] = 10,
    seed: Annotated[int, Field(ge=0, description="Same seed, same groups.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Bounces:
    """Find groups among visits that ended at once, by where, when and what, or say that there are none.

    First what makes leaving likely, one trait at a time: device, origin, time of day, days of the week, category or
    title, first visit or not. Then groups: visits that ended at once are a mixture of the whole audience and of groups
    with traits of their own, so that what is true of everybody makes no group. How many there are is decided by BIC and
    by whether they come out again from halves of the visits; none is a possible answer. Visits that the network or the
    player ended are left out.

    Args:
        views: a warehouse (its folder or `warehouse.json`), or a table with title_id, started_at, watch_seconds and
            any of viewer, duration_seconds, device, traffic_source, category, tz.

    Returns:
        `Bounces`.

    Raises:
        InputError: no such table or column, or not one viewing.
        ModelError: the engine is not installed.

    Reference:
        Latent classes: Goodman 1974; BIC: Schwarz 1978; false discoveries: Benjamini & Hochberg 1995.
    """
    run = current_run()
    run.progress(0.1, "reading visits")
    rows = read_occasions(views.file, "watched", engine).in_order()
    notes = list(rows.notes)
    visits = visits_of(rows, within_seconds, notes)
    count, bounces = len(visits.bounced), int(visits.bounced.sum())
    run.figure("bounces", bounces)
    viewers = len(np.unique(visits.viewer[visits.viewer >= 0]))
    if not count or 0 < viewers < _LEAST_VIEWERS:
        run.figure("groups", 0)
        notes.append(f"{count:,} visits of {viewers} viewers are too few to say anything.")
        return Bounces(within_seconds=within_seconds, visits=count, bounces=bounces, notes=tuple(notes))
    rates = _rates(visits, least_viewers, notes)
    found = None
    if bounces < _LEAST_BOUNCES:
        notes.append(
            f"{bounces:,} visits that ended at once are too few to look for groups: at least {_LEAST_BOUNCES}."
        )
    else:
        run.progress(0.4, "looking for groups")
        found = _found(visits, most, seed, notes)
    groups = _groups(visits, found, least_viewers, notes) if found else ()
    run.figure("groups", len(groups))
    return Bounces(
        within_seconds=within_seconds, visits=count, bounces=bounces, rate=round(bounces / count, 9), groups=groups,
        rates=rates,
        candidates=tuple(
            BounceCandidate(k=one.k, bic=one.bic, stability=one.stability)
            for one in (found.candidates if found else ())
        ),
        stability=round(found.stability, 6) if found else 0.0, notes=tuple(notes),
    )  # fmt: skip


def _rates(visits: Visits, least_viewers: int, notes: list[str]) -> tuple[BounceRate, ...]:
    """How often visits with each value end at once, and whether that differs from the others."""
    found, chances, small = [], [], 0
    total, bounced = len(visits.bounced), int(visits.bounced.sum())
    for name, values, numbers in zip(visits.names, visits.values, visits.numbers, strict=True):
        for number, value in enumerate(values):
            inside = numbers == number
            size, hits = int(inside.sum()), int(visits.bounced[inside].sum())
            if not size or size == total:
                continue
            if _people(visits.viewer[inside]) < least_viewers:
                small += 1
                continue
            rest = total - size
            chances.append(float(fisher_exact([[hits, size - hits], [bounced - hits, rest - (bounced - hits)]]).pvalue))
            low, high = wilson(np.array([hits / size]), size)
            found.append((name, value, size, hits / size, float(low[0]), float(high[0])))
    if small:
        notes.append(f"{small} kinds of visits have fewer than {least_viewers} viewers: not shown.")
    differs = _discoveries(np.array(chances))
    overall = bounced / total
    rows = [
        BounceRate(trait=name, value=value, words=said_value(name, value), visits=size, rate=round(rate, 9),
                   low=round(low, 9), high=round(high, 9),
                   differs=bool(is_one) and abs(rate - overall) >= _LEAST_RATE_DIFFERENCE)
        for (name, value, size, rate, low, high), is_one in zip(found, differs, strict=True)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda one: (not one.differs, -abs(one.rate - overall), one.trait, one.value)))


def _discoveries(chances: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of many tests count when one in twenty of those that do may be false (Benjamini & Hochberg 1995)."""
    order = np.argsort(chances, kind="stable")
    passed = chances[order] <= _FALSE * np.arange(1, len(chances) + 1) / max(len(chances), 1)
    last = int(np.flatnonzero(passed)[-1]) if passed.any() else -1
    found = np.zeros(len(chances), bool)
    found[order[: last + 1]] = True
    return found


def _found(visits: Visits, most: int, seed: int, notes: list[str]) -> Excess:
    """Groups of visits that ended at once, beyond what all visits are like."""
    every = np.stack(visits.numbers, axis=1)
    levels = [len(values) for values in visits.values]
    found = find_excess(every[visits.bounced], every, levels, most=most, seed=seed)
    if not found.k:
        notes.append(
            "No groups: those who left at once came where, when and to what everybody comes; no group beyond that "
            "came out again from halves of them."
        )
    return found


def _groups(visits: Visits, found: Excess, least_viewers: int, notes: list[str]) -> tuple[BounceGroup, ...]:
    out, total = visits.bounced, int(visits.bounced.sum())
    made, small, taken = [], 0, set[str]()
    for group in range(1, found.k + 1):
        like = found.reference_labels == group
        inside = np.flatnonzero(like & out)
        viewers = _people(visits.viewer[inside])
        if viewers < least_viewers:
            small += 1
            continue
        rate = len(inside) / int(like.sum())
        low, high = wilson(np.array([rate]), int(like.sum()))
        traits = _traits(visits, like & out, ~like & out)
        made.append(
            BounceGroup(
                name=_name(traits, taken, group), visits=len(inside), viewers=viewers,
                share=round(len(inside) / total, 9), rate=round(rate, 9), rate_low=round(float(low[0]), 9),
                rate_high=round(float(high[0]), 9), median_seconds=round(float(np.median(visits.seconds[inside])), 3),
                traits=traits,
            )
        )  # fmt: skip
    if small:
        notes.append(f"{small} of {found.k} groups have fewer than {least_viewers} viewers: not shown.")
    if made:
        rest = int((found.labels == 0).sum())
        notes.append(
            f"{rest:,} visits that ended at once belong to no group. {found.stability:.0%} of the least sure group "
            "come out again when the visits are halved and grouped anew."
        )
    return tuple(made)


def _people(viewer: NDArray[np.int64]) -> int:
    """How many viewers there are; where nothing is known of who it was, each visit is one."""
    return len(np.unique(viewer[viewer >= 0])) + int((viewer < 0).sum())


def _traits(visits: Visits, inside: NDArray[np.bool_], others: NDArray[np.bool_]) -> tuple[BounceTrait, ...]:
    found = []
    for name, values, numbers in zip(visits.names, visits.values, visits.numbers, strict=True):
        for number, value in enumerate(values):
            here, there = float((numbers[inside] == number).mean()), float((numbers[others] == number).mean())
            if here - there >= _LEAST_DIFFERENCE:
                found.append(
                    BounceTrait(trait=name, value=value, words=said_value(name, value), share=round(here, 9),
                                others=round(there, 9))
                )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.others - one.share, one.trait, one.value))[:_MOST_TRAITS])


def _name(traits: tuple[BounceTrait, ...], taken: set[str], group: int) -> str:
    """The fewest words, but at least two traits, that no other group has."""
    words = [trait.words for trait in traits]
    for count in range(min(2, len(words)), len(words) + 1):
        name = ", ".join(words[:count])
        name = name[:1].upper() + name[1:]
        if name and name not in taken:
            taken.add(name)
            return name
    return f"Group {group + 1}"
