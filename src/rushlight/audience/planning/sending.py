"""When and where each viewer is best told: by the hours and days at which they watch, drawn to those of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.people import without_bots
from rushlight.audience.warehouse.warehouse import Warehouse

__all__ = ["Habits", "Sitting", "best_prior", "habits_of", "hours_held_out", "read_sittings", "send_at"]

Floats = NDArray[np.float64]

_HOURS = 24
# Views of the crowd that are added to each viewer's own: the one that foretells best is taken.
_PRIOR_VIEWS = 4.0
_PRIORS = (2.0, 6.0, 20.0, 1e6)
_NEAR_HOURS = {-1: 0.5, 0: 1.0, 1: 0.5}
_WITHIN_HOURS = 1
_MOST_VIEWS = 2_000_000
# A viewer's clock that is ahead by more is set right.
_CLOCK_SECONDS = 60
_LEAST_STARTS, _LEAST_VIEWERS = 4, 20


@dataclass(frozen=True)
class Sitting:
    """One start of a view: hour and weekday by the viewer's clock, and where the viewer came from."""

    hour: int
    weekday: int
    source: str


@dataclass(frozen=True)
class Habits:
    """How much each hour and weekday is a viewer's, shrunk to the crowd; and their time zone.

    Attributes:
        hours: share of each hour, shape (24,), smoothed around the clock.
        weekdays: share of each day from Monday, shape (7,).
        sources: share of views by where they came from.
        zone: time zone; empty for UTC.
        views: how many of their own it rests on.
    """

    hours: Floats
    weekdays: Floats
    sources: Mapping[str, float]
    zone: str
    views: int


def read_sittings(warehouse: Warehouse, engine: Engine) -> tuple[dict[str, list[Sitting]], dict[str, str]]:
    """Viewers' starts in the order of time, and the time zone of each; where views are millions, of some viewers."""
    views, _, _ = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
    views = views.filter((views.played_seconds > 0) & views.viewer.notnull())
    count = int(engine.rows(views.agg(count=views.count()))[0]["count"])
    if count > _MOST_VIEWS:
        # Pseudonyms are as good as random: so many of their 256 last digits are kept.
        kept = max(256 * _MOST_VIEWS // count, 1)
        views = views.filter(views.viewer.right(2).isin([f"{number:02x}" for number in range(kept)]))
    rows = engine.rows(
        views.select("viewer", "started_at", "tz", "traffic_source", "view", "clock_ahead_seconds").order_by(
            ["viewer", "started_at", "view"]
        )
    )
    found: dict[str, list[Sitting]] = {}
    zones: dict[str, str] = {}
    for row in rows:
        stamp = row["started_at"]
        if stamp is None:
            continue
        name = str(row["viewer"])
        zones[name] = str(row["tz"] or zones.get(name, ""))
        ahead = int(row["clock_ahead_seconds"] or 0)
        if ahead > _CLOCK_SECONDS:
            stamp = stamp - timedelta(seconds=ahead)
        local = stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(_zone(zones[name]))
        found.setdefault(name, []).append(Sitting(local.hour, local.weekday(), str(row["traffic_source"] or "")))
    return found, zones


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def habits_of(
    sittings: Mapping[str, Sequence[Sitting]], zones: Mapping[str, str], viewers: Sequence[str],
    prior: float = _PRIOR_VIEWS,
) -> tuple[dict[str, Habits], Habits]:  # fmt: skip
    """Habits of viewers, and of the crowd, in which everybody counts alike however much they watch.

    Args:
        sittings: every viewer's starts.
        zones: their time zones.
        viewers: whose habits are wanted.
        prior: views of the crowd that are added to each viewer's own.
    """
    crowd_hours, crowd_days = np.full(_HOURS, 1e-3), np.full(7, 1e-3)
    crowd_sources: dict[str, float] = {}
    for own in sittings.values():
        for one in own:
            crowd_hours[one.hour] += 1 / len(own)
            crowd_days[one.weekday] += 1 / len(own)
            crowd_sources[one.source] = crowd_sources.get(one.source, 0.0) + 1 / len(own)
    total = max(sum(crowd_sources.values()), 1e-9)
    crowd = Habits(_smooth(crowd_hours / crowd_hours.sum()), crowd_days / crowd_days.sum(),
                   {name: value / total for name, value in crowd_sources.items()}, "", len(sittings))  # fmt: skip
    found = {}
    for viewer in viewers:
        own = sittings.get(viewer, ())
        hours, days = np.zeros(_HOURS), np.zeros(7)
        sources = {name: prior * value for name, value in crowd.sources.items()}
        for one in own:
            hours[one.hour] += 1
            days[one.weekday] += 1
            sources[one.source] = sources.get(one.source, 0.0) + 1
        whole = len(own) + prior
        found[viewer] = Habits(
            (_smooth(hours) + prior * crowd.hours) / whole, (days + prior * crowd.weekdays) / whole,
            {name: value / whole for name, value in sources.items()}, zones.get(viewer, ""), len(own),
        )  # fmt: skip
    return found, crowd


def _smooth(hours: Floats) -> Floats:
    found: Floats = np.sum([np.roll(hours, step) * share for step, share in _NEAR_HOURS.items()], axis=0)
    return found / sum(_NEAR_HOURS.values())


def send_at(habits: Habits, first: date, days: int, earliest: int, latest: int) -> datetime:
    """The hour, by the viewer's clock, at which they are likeliest to be there, on one of the coming days.

    Args:
        habits: of the viewer.
        first: the first day.
        days: how many days may be chosen from.
        earliest: no message comes before this hour; `latest`: none after it.
    """
    allowed = np.arange(earliest, latest + 1)
    hour = int(allowed[int(np.argmax(habits.hours[allowed]))])
    weekdays = [habits.weekdays[(first + timedelta(days=step)).weekday()] for step in range(days)]
    day = first + timedelta(days=int(np.argmax(weekdays)))
    return datetime.combine(day, time(hour), tzinfo=_zone(habits.zone))


def best_prior(sittings: Mapping[str, Sequence[Sitting]]) -> float:
    """How many views of the crowd to add to each viewer's own, by how often the last start is met from those before;
    the crowd alone where nobody's own hour says more."""
    known = {name: own for name, own in sittings.items() if len(own) >= _LEAST_STARTS}
    if len(known) < _LEAST_VIEWERS:
        return _PRIOR_VIEWS
    hits = {prior: _hits(known, prior) for prior in _PRIORS}
    return max(_PRIORS, key=lambda prior: (hits[prior], prior))


def hours_held_out(sittings: Mapping[str, Sequence[Sitting]]) -> tuple[float, float, int] | None:
    """How often each viewer's last start lay within an hour of their hour, and of the crowd's, from the starts before.

    Returns:
        Both shares and how many viewers; None where fewer than twenty have enough starts.
    """
    known = {name: own for name, own in sittings.items() if len(own) > _LEAST_STARTS}
    if len(known) < _LEAST_VIEWERS:
        return None
    prior = best_prior({name: own[:-1] for name, own in known.items()})
    return _hits(known, prior), _hits(known, _PRIORS[-1]), len(known)


def _hits(known: Mapping[str, Sequence[Sitting]], prior: float) -> float:
    habits, _ = habits_of({name: own[:-1] for name, own in known.items()}, {}, list(known), prior)
    met = [_apart(own[-1].hour, int(np.argmax(habits[name].hours))) <= _WITHIN_HOURS for name, own in known.items()]
    return sum(met) / len(met)


def _apart(first: int, second: int) -> int:
    gap = abs(first - second) % _HOURS
    return min(gap, _HOURS - gap)
