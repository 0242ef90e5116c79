"""Demand as series, from a warehouse or a table of date, series and value: in order, gaps filled or counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.planning.tables import moment, number, read_table
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.people import without_bots
from rushlight.audience.warehouse.playback import exact
from rushlight.audience.warehouse.warehouse import MANIFEST, Warehouse
from rushlight.core.errors import InputError

if TYPE_CHECKING:
    import ibis

__all__ = ["By", "DemandSeries", "DemandTable", "Every", "Gaps", "Measure", "load_demand", "period_of", "period_start"]

Floats = NDArray[np.float64]
Every = Literal["auto", "day", "week", "month"]
Gaps = Literal["auto", "zero", "unknown"]
Measure = Literal["views", "watch_hours"]
By = Literal["title_id", "category", "all"]

_COLUMNS = {
    "date": ("date", "day", "ds", "week", "month", "time", "timestamp", "ts", "ts_client"),
    "series": ("series", "unique_id", "title_id", "title", "category", "name", "id"),
    "value": ("value", "y", "views", "watch_hours", "demand", "count", "plays", "clicks"),
}
_MOST_PERIODS = 20_000
# A table of more gaps than this leaves out its zeros rather than forget days.
_FORGOTTEN_SHARE, _SMALL = 0.1, 5.0
_WHOLE_DAY = 0.9


@dataclass(frozen=True)
class DemandSeries:
    """One series without gaps.

    Attributes:
        name: of the title, category or whatever it is of.
        first: its first period, as `period_of` counts them.
        values: demand of each period from there.
    """

    name: str
    first: int
    values: Floats

    @property
    def last(self) -> int:
        """Its last period."""
        return self.first + len(self.values) - 1


@dataclass(frozen=True)
class DemandTable:
    """Series of one pace.

    Attributes:
        series: the largest first.
        every: day, week or month.
        notes: what was left out and how gaps were taken, in sentences.
        releases: days on which titles of each series came out, where it is known.
    """

    series: tuple[DemandSeries, ...]
    every: Literal["day", "week", "month"]
    notes: tuple[str, ...] = ()
    releases: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


def period_of(day: date, every: str) -> int:
    """The number of the day, week (from Monday) or month that a day lies in."""
    if every == "week":
        return (day.toordinal() - 1) // 7
    return day.year * 12 + day.month - 1 if every == "month" else day.toordinal()


def period_start(period: int, every: str) -> date:
    """The first day of a period."""
    if every == "month":
        return date(period // 12, period % 12 + 1, 1)
    return date.fromordinal(period * 7 + 1 if every == "week" else period)


def load_demand(
    path: Path, *, every: Every = "auto", measure: Measure = "views", by: By = "title_id", gaps: Gaps = "auto",
    least_viewers: int = 10, most: int = 200, engine: str = "duckdb",
) -> DemandTable:  # fmt: skip
    """Series of a warehouse (its manifest, `warehouse.json`) or of a table.

    Args:
        path: the file.
        every: pace; that of the dates by default.
        measure: of a warehouse: what is counted.
        by: of a warehouse: what the series are of.
        gaps: what a missing period of a table is.
        least_viewers: of a warehouse: series of fewer viewers are left out.
        most: the largest so many are kept.
        engine: of a warehouse: what counts.

    Raises:
        InputError: nothing that could be forecast.
    """
    if path.name == MANIFEST:
        return _of_warehouse(Warehouse(path.parent), every, measure, by, least_viewers, most, engine)
    return _of_table(path, every, gaps, most)


def _of_table(path: Path, every: Every, gaps: Gaps, most: int) -> DemandTable:
    rows, found = read_table(path, _COLUMNS, ("date", "value"))
    notes: list[str] = []
    # A moment that comes twice for a series was exported twice; several moments of a day add up.
    known: dict[tuple[str, datetime], float] = {}
    undated = wordless = negative = doubled = 0
    for row in rows:
        at, value = moment(row["date"]), number(row["value"])
        undated += at is None
        wordless += at is not None and value is None
        if at is None or value is None:
            continue
        if value < 0:
            negative += 1
            continue
        key = (row.get("series", "") or "all", at)
        doubled += key in known
        known[key] = value
    _count(notes, undated, "no date that can be read", "left out")
    _count(notes, wordless, "no number", "left out")
    _count(notes, negative, "a negative value", "left out: demand cannot be below 0")
    _count(notes, doubled, "a date that their series already has", "taken as a correction of it")
    if not known:
        raise InputError(
            "This table has no row with a date and a number.", path=path,
            hint="Write rows such as 2026-01-31,harbour,120 below the line date,series,value.",
        )  # fmt: skip
    pace = _pace(known) if every == "auto" else every
    sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    unfinished = _unfinished(max(at for _, at in known).date(), pace, _pace(known))
    for (name, at), value in sorted(known.items()):
        if (period := period_of(at.date(), pace)) != unfinished:
            sums[name][period] += value
    if unfinished is not None:
        notes.append(f"The last {pace} is not over yet and is left out.")
    if not sums:
        raise InputError(f"There is not one whole {pace} in this table.", path=path, hint="Choose --every day.")
    if "series" not in found:
        notes.append("The table has no column `series`: all rows are one series.")
    series = _filled(sums, gaps, pace, notes, path)
    return DemandTable(_largest(series, most, notes), pace, tuple(notes))


def _count(notes: list[str], count: int, what: str, done: str) -> None:
    if count:
        notes.append(f"{count:,} row{'s have' if count > 1 else ' has'} {what}: {done}.")


def _pace(known: Mapping[tuple[str, datetime], float]) -> Literal["day", "week", "month"]:
    """What the dates of most series are apart by."""
    days: dict[str, set[date]] = defaultdict(set)
    for name, at in known:
        days[name].add(at.date())
    steps = [
        (after - before).days for dates in days.values() for before, after in zip(*_pairs(sorted(dates)), strict=True)
    ]
    # The commonest step, the shorter of two: forgotten days make some steps longer, never shorter.
    usual = min(set(steps), key=lambda step: (-steps.count(step), step)) if steps else 1
    return "month" if 28 <= usual <= 31 else "week" if usual == 7 else "day"


def _unfinished(last: date, every: str, steps: str) -> int | None:
    """The period that a table of days breaks off in."""
    period = period_of(last, every)
    return period if steps == "day" and period_of(last + timedelta(days=1), every) == period else None


def _pairs(dates: Sequence[date]) -> tuple[Sequence[date], Sequence[date]]:
    return dates[:-1], dates[1:]


def _filled(
    sums: Mapping[str, Mapping[int, float]], gaps: Gaps, every: str, notes: list[str], path: Path
) -> list[DemandSeries]:
    """Series without gaps; all end with the table, for one that stops early has no demand any more or is cut off."""
    last = max(max(periods) for periods in sums.values())
    zeros = unknown = 0
    series = []
    for name, periods in sorted(sums.items()):
        first = min(periods)
        if last - first >= _MOST_PERIODS:
            raise InputError(
                f"Series {name!r} spans more than {_MOST_PERIODS:,} {every}s.", path=path, hint="Check its dates."
            )
        values = np.array([periods.get(at, np.nan) for at in range(first, last + 1)])
        missing = np.isnan(values)
        end = max(periods) - first + 1
        if missing.any():
            inside = float(missing[:end].mean())
            is_zero = gaps == "zero" or (
                gaps == "auto" and (inside > _FORGOTTEN_SHARE or float(np.nanmedian(values)) < _SMALL)
            )
            if is_zero:
                zeros += int(missing.sum())
                values = np.where(missing, 0.0, values)
            else:
                values = _bridged(values[:end], 7 if every == "day" else 1)
                unknown += int(missing[:end].sum())
        series.append(DemandSeries(name, first, values))
    if zeros:
        notes.append(f"{zeros:,} {every}s without a row count as 0 (--gaps unknown to fill them from around).")
    if unknown:
        notes.append(f"{unknown:,} {every}s without a row are filled from around them (--gaps zero: count as 0).")
    return series


def _bridged(values: Floats, season: int) -> Floats:
    """Gaps filled with the mean of the nearest same days of the week before and after."""
    filled = values.copy()
    for at in np.flatnonzero(np.isnan(values)):
        near = []
        for step in (-season, season):
            place = at + step
            while 0 <= place < len(values) and np.isnan(values[place]):
                place += step
            if 0 <= place < len(values):
                near.append(values[place])
        filled[at] = np.mean(near) if near else np.nanmean(values)
    return filled


def _largest(series: Sequence[DemandSeries], most: int, notes: list[str]) -> tuple[DemandSeries, ...]:
    order = sorted(series, key=lambda one: (-float(one.values.sum()), one.name))
    if len(order) > most:
        notes.append(f"The {most:,} largest of {len(order):,} series are forecast (--most for more).")
    return tuple(order[:most])


def _of_warehouse(
    warehouse: Warehouse, every: Every, measure: Measure, by: By, least_viewers: int, most: int, engine: str
) -> DemandTable:
    manifest = warehouse.manifest()
    category = {title: facts.get("category", "").split("|")[0].split(",")[0].strip() or "no category"
                for title, facts in manifest.titles.items()}  # fmt: skip

    def group(title: str) -> str:
        return title if by == "title_id" else category.get(title, "no category") if by == "category" else "all"

    pace: Literal["day", "week", "month"] = "day" if every == "auto" else every
    notes: list[str] = []
    with open_engine(engine) as served:
        counted = _count_views(warehouse, served, by, category, notes)
    sums = _kept(counted, pace, measure, least_viewers, warehouse, notes)
    last = period_of(counted.whole, pace)
    if _unfinished(counted.whole, pace, "day") is not None:
        notes.append(f"The last {pace} is not over yet and is left out.")
        sums = {name: {at: value for at, value in periods.items() if at < last} for name, periods in sums.items()}
        sums = {name: periods for name, periods in sums.items() if periods}
        last -= 1
    if not sums:
        raise InputError(f"There is not one whole {pace} yet.", path=warehouse.folder, hint="Choose --every day.")
    for periods in sums.values():
        periods[last] = periods.get(last, 0.0)
    series = _largest(_filled(sums, "zero", pace, [], warehouse.folder), most, notes)
    return DemandTable(series, pace, tuple(notes), _releases(manifest.titles, group) if by != "title_id" else {})


@dataclass(frozen=True)
class _Counted:
    """Views and seconds of each key and day, viewers of each key, and the last day that is over."""

    rows: Sequence[Mapping[str, Any]]
    viewers: Mapping[str, int]
    whole: date


def _count_views(
    warehouse: Warehouse, engine: Engine, by: By, category: Mapping[str, str], notes: list[str]
) -> _Counted:
    views, _, bots = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
    if bots:
        notes.append(f"{bots} viewers that no person can be were left out.")
    views = views.filter(views.played_seconds > 0)
    views = views.mutate(day=views.started_at.cast("date"), key=_key(views, by, category))
    counted = views.group_by(["key", "day"]).agg(views=views.count(), seconds=exact(views.played_seconds).sum())
    rows = engine.rows(counted.order_by(["key", "day"]))
    if not rows:
        raise InputError(
            "Nobody has played anything yet, so there is no demand to forecast.", path=warehouse.folder,
            hint="Import events first, or give a table of date, series and value.",
        )  # fmt: skip
    people = views.group_by("key").agg(viewers=views.viewer.nunique())
    hours = views.mutate(hour=(views.started_at.epoch_seconds() % 86_400 / 3600).floor().cast("int64"))
    by_hour = hours.group_by("hour").agg(views=hours.count(), first=hours.started_at.min(), last=hours.started_at.max())
    viewers = {str(row["key"]): int(row["viewers"]) for row in engine.rows(people)}
    return _Counted(rows, viewers, _last_whole_day(engine.rows(by_hour)))


def _kept(
    counted: _Counted, pace: str, measure: Measure, least_viewers: int, warehouse: Warehouse, notes: list[str]
) -> dict[str, dict[int, float]]:
    """Demand by period of series of enough viewers, up to the last day that is over."""
    sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    cut = False
    for row in counted.rows:
        day = _as_date(row["day"])
        if day > counted.whole:
            cut = True
            continue
        value = float(row["views"]) if measure == "views" else float(row["seconds"]) / 3600
        sums[str(row["key"])][period_of(day, pace)] += value
    if cut:
        notes.append("The last day is not over yet, by the hours at which people watch: left out.")
    few = [name for name in sums if counted.viewers[name] < least_viewers]
    for name in few:
        del sums[name]
    if few:
        notes.append(f"{len(few):,} of {len(few) + len(sums):,} series have under {least_viewers} viewers: left out.")
    if not sums:
        raise InputError(
            f"No series has {least_viewers} viewers.", path=warehouse.folder,
            hint="Lower --least-viewers, or group by all.",
        )  # fmt: skip
    return sums


def _as_date(value: object) -> date:
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value)[:10])


def _key(views: ibis.Table, by: By, category: Mapping[str, str]) -> ibis.Value:
    """What each view belongs to, as an expression."""
    import ibis

    if by == "title_id":
        return views.title_id
    if by == "all" or not category:
        return ibis.literal("all" if by == "all" else "no category")
    return views.title_id.cases(*sorted(category.items()), else_="no category")


def _last_whole_day(by_hour: Sequence[Mapping[str, Any]]) -> date:
    """The last day, or the one before it where the last usually sees much of its demand after its latest view."""
    first = min(row["first"] for row in by_hour)
    last = max(row["last"] for row in by_hour)
    done = sum(row["views"] for row in by_hour if row["hour"] <= last.hour) / sum(row["views"] for row in by_hour)
    day = _as_date(last)
    return day - timedelta(days=1) if done < _WHOLE_DAY and _as_date(first) < day else day


def _releases(titles: Mapping[str, Mapping[str, str]], group: object) -> dict[str, tuple[date, ...]]:
    assert callable(group)
    found: dict[str, set[date]] = defaultdict(set)
    for title, facts in titles.items():
        at = moment(facts.get("released", ""))
        if at is not None:
            found[group(title)].add(at.date())
    return {name: tuple(sorted(days)) for name, days in sorted(found.items())}
