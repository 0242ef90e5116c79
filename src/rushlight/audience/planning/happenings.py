"""Days on which something happens (holidays, releases, campaigns) and what they do to demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from rushlight.audience.planning.series import DemandSeries, DemandTable, period_of
from rushlight.audience.planning.tables import moment, number, read_table
from rushlight.core.errors import InputError

__all__ = ["Effect", "Happenings", "effects_of", "factors", "load_happenings", "releases_as_happenings"]

Floats = NDArray[np.float64]

_COLUMNS = {
    "date": ("date", "day", "ds", "start"),
    "event": ("event", "name", "holiday", "what", "label"),
    "series": ("series", "unique_id", "title_id", "category"),
    "days": ("days", "length_days", "duration_days"),
}
# How far apart events are from having no effect, before anything is known of them: a deviation in logarithms.
_PRIOR = 0.5
_NEAR_SEASONS = 4
_RELEASE_DAYS = 7
_MOST_DAYS = 366


@dataclass(frozen=True)
class Happenings:
    """What happens in which periods.

    Attributes:
        named: by event, the periods of it; with the series they are about, empty for all.
        notes: what could not be read.
    """

    named: Mapping[str, frozenset[tuple[int, str]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def on(self, series: str, period: int) -> list[str]:
        """The names of what happens to a series in a period."""
        return [name for name, when in sorted(self.named.items()) if (period, series) in when or (period, "") in when]


@dataclass(frozen=True)
class Effect:
    """What an event multiplies demand by; `seen` times before, 0 when it is new and nothing is known."""

    event: str
    ratio: float
    low: float
    high: float
    seen: int
    deviation: float


def load_happenings(path: Path, every: str) -> Happenings:
    """A table of date and event, and, if wanted, series and days (how long it lasts).

    Raises:
        InputError: no such table, or no row of it can be read.
    """
    rows, _ = read_table(path, _COLUMNS, ("date", "event"))
    named: dict[str, set[tuple[int, str]]] = defaultdict(set)
    bad = 0
    for row in rows:
        at, name = moment(row["date"]), row["event"][:80]
        days = number(row.get("days") or "1")
        if at is None or not name or days is None or not 1 <= days <= _MOST_DAYS:
            bad += 1
            continue
        for step in range(int(days)):
            named[name].add((period_of(at.date() + timedelta(days=step), every), row.get("series", "")))
    if not named:
        raise InputError(
            "This calendar has no row with a date and an event.",
            path=path,
            hint="Write: 2026-12-25,Christmas below date,event.",
        )
    notes = (
        (f"{bad:,} rows of the calendar have no date, no event or no length that can be read: left out.",)
        if bad
        else ()
    )
    return Happenings({name: frozenset(when) for name, when in sorted(named.items())}, notes)


def releases_as_happenings(releases: Mapping[str, Sequence[date]], every: str) -> Happenings:
    """The week after a title of a series came out."""
    when = {
        (period_of(day + timedelta(days=step), every), name)
        for name, days in releases.items() for day in days for step in range(_RELEASE_DAYS)
    }  # fmt: skip
    return Happenings({"release": frozenset(when)} if when else {})


def effects_of(table: DemandTable, happenings: Happenings, confidence: float = 0.9) -> dict[str, Effect]:
    """What each event did to demand, from the same days of the weeks around it, over all series.

    What several series do on one day counts once, for it is one event. An effect is drawn to none by how much days
    differ anyway.
    """
    season = 7 if table.every == "day" else 1
    by_event: dict[str, dict[int, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    usual: list[float] = []
    for series in table.series:
        logs = np.log1p(series.values)
        taken = {
            period - series.first
            for when in happenings.named.values()
            for period, of in when
            if of in ("", series.name)
        }
        weight = float(np.mean(logs))
        for at in range(len(logs)):
            expected = _around(logs, at, season, taken)
            if expected is None:
                continue
            if at not in taken:
                usual.append(float(logs[at] - expected))
                continue
            for name in happenings.on(series.name, series.first + at):
                by_event[name][series.first + at].append((float(logs[at] - expected), weight))
    noise = float(np.std(usual)) if len(usual) > 10 else 0.3
    reach = float(norm.ppf(0.5 + confidence / 2))
    found = {}
    for name in happenings.named:
        days = [
            sum(value * max(weight, 1e-9) for value, weight in parts) / sum(max(weight, 1e-9) for _, weight in parts)
            for parts in by_event[name].values()
        ]
        count = len(days)
        error = noise / np.sqrt(count) if count else np.inf
        kept = _PRIOR**2 / (_PRIOR**2 + error**2) if count else 0.0
        size = kept * float(np.mean(days)) if count else 0.0
        deviation = float(np.sqrt(kept) * error) if count else _PRIOR
        found[name] = Effect(name, float(np.exp(size)), float(np.exp(size - reach * deviation)),
                             float(np.exp(size + reach * deviation)), count, deviation)  # fmt: skip
    return found


def _around(logs: Floats, at: int, season: int, taken: set[int]) -> float | None:
    near = [
        logs[place]
        for step in range(1, _NEAR_SEASONS + 1) for place in (at - step * season, at + step * season)
        if 0 <= place < len(logs) and place not in taken
    ]  # fmt: skip
    return float(np.median(near)) if len(near) >= 3 else None


def factors(series: DemandSeries, happenings: Happenings, effects: Mapping[str, Effect], horizon: int) -> Floats:
    """What each period of a series, then each to come, is multiplied by; 1 where nothing known happens."""
    length = len(series.values) + horizon
    made = np.ones(length)
    for name, when in happenings.named.items():
        effect = effects[name]
        if not effect.seen:
            continue
        for period, of in when:
            if of in ("", series.name) and 0 <= period - series.first < length:
                made[period - series.first] *= effect.ratio
    return made
