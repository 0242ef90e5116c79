"""The capability `plan_release`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from rushlight.artifacts.release_plan import ReleaseOption, ReleasePlan
from rushlight.artifacts.source import Document
from rushlight.audience.planning.catalogue import warehouse_titles
from rushlight.audience.planning.combining import combine
from rushlight.audience.planning.happenings import (
    Happenings,
    effects_of,
    factors,
    load_happenings,
    releases_as_happenings,
)
from rushlight.audience.planning.models_of_demand import require_statsforecast
from rushlight.audience.planning.releasing import (
    Opening,
    Rival,
    backtest,
    day_named,
    days_between,
    opening_of,
    read_rivals,
    rival_factors,
    rivals_near,
    score_days,
)
from rushlight.audience.planning.sending import habits_of, read_sittings
from rushlight.audience.planning.series import DemandSeries, DemandTable, load_demand, period_of
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import MANIFEST, Warehouse
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["plan_release"]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_DAYS = 180
_LEAST_DAYS = 21
# A rival's effect is measured from as many days of earlier ones.
_LEAST_RIVAL_DAYS = 14
_HOURS_AFTER = 3


@capability(version=1, metrics=("days",))
def plan_release(
    demand: Document,
    calendars: tuple[Document, ...],
    rivals: Document | None = None,
    /,
    *,
    title: Annotated[str, Field(max_length=200, description="What comes out.")] = "the title",
    category: Annotated[str, Field(description="Series or category whose audience counts; all by default.")] = "",
    earliest: Annotated[str, Field(description="First possible day, 2026-12-01; two weeks on by default.")] = "",
    latest: Annotated[str, Field(description="Last day that is possible; four weeks later by default.")] = "",
    weekdays: Annotated[tuple[Weekday, ...], Field(description="Only these days of the week: mon, fri.")] = (),
    opening_days: Annotated[int, Field(ge=1, le=28, description="Days after the release that count.")] = 7,
    rival_share: Annotated[
        float, Field(ge=0, le=0.9, description="What a rival of equal size takes at first, where not measured.")
    ] = 0.15,
    most: Annotated[int, Field(ge=1, le=60, description="At most so many days are shown.")] = 5,
    confidence: Annotated[float, Field(ge=0.5, le=0.99, description="Of bounds.")] = 0.9,
    least_viewers: Annotated[int, Field(ge=1, description="Of a warehouse: fewer viewers are not shown.")] = 10,
    seed: Annotated[int, Field(ge=0, description="Of the errors that are drawn again.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> ReleasePlan:
    """Plan when to bring a title out and by which channels, with other days and how sure the choice is.

    Every day that is possible is scored by the demand forecast for the opening days, weighed as earlier titles lived,
    with what holidays did before, and less what rivals take. Bounds, and how likely each day is the best, come from
    errors of past forecasts. The hour is that at which viewers start; channels stand in the order in which viewers of
    earlier titles came by them. `--out release.ics` is a calendar.

    Args:
        demand: a warehouse by its `warehouse.json`, or a table (CSV) of date, series and value.
        calendars: tables of date and event, with series and days if wanted.
        rivals: a table of date and title of others, with size if wanted: 1 is as large as ours. Past ones let their
            effect be measured.

    Returns:
        `ReleasePlan`.

    Raises:
        InputError: no demand, too little of it, or no day that is possible.
        ModelError: statsforecast is not installed.
    """
    require_statsforecast()
    path = demand.file.path
    notes: list[str] = []
    table = load_demand(path, every="day", by="category" if category else "all", least_viewers=least_viewers, most=5000,
                        engine=engine)  # fmt: skip
    series = _series(table, category, notes, path.name)
    days, starts = _possible(series, earliest, latest, weekdays, opening_days)
    horizon = max(starts) + opening_days
    table = DemandTable((series,), "day", table.notes, table.releases)
    others, said = read_rivals(rivals.file.path) if rivals else ((), ())
    notes += said
    happenings = _happenings(calendars, table, others, notes)
    effects = effects_of(table, happenings, confidence)
    measured = effects.get("a rival")
    is_measured = measured is not None and measured.seen >= _LEAST_RIVAL_DAYS
    share = max(1 - measured.ratio, 0.0) if measured is not None and is_measured else rival_share
    known = Happenings({name: when for name, when in happenings.named.items() if name != "a rival"})
    current_run().progress(0.3, "forecasting demand")
    whole = factors(series, known, effects, horizon)
    calm = series.values / whole[: len(series.values)]
    made = combine(calm, horizon, "day")
    coming = whole[len(series.values) :]
    first = date.fromordinal(series.last + 1)
    opening, hour, hour_share = _habits(path, category, opening_days, engine, notes)
    factor = coming * rival_factors(others, first, horizon, share)
    scored = score_days(made, factor, opening.days, starts, confidence=confidence, seed=seed)
    current_run().progress(0.8, "choosing days of the past")
    card = backtest(calm, opening.days)
    average = max(float(scored.mean.mean()), 1e-9)
    order = sorted(range(len(starts)), key=lambda at: (-scored.mean[at], starts[at]))[:most]
    options = tuple(
        ReleaseOption(
            date=days[at].isoformat(), demand=round(float(scored.mean[at]), 6), low=round(float(scored.low[at]), 6),
            high=round(float(scored.high[at]), 6), index=round(float(scored.mean[at]) / average, 6),
            best_probability=round(float(scored.best[at]), 6), rivals=rivals_near(others, days[at]),
            events=tuple(dict.fromkeys(
                name
                for step in range(opening_days)
                for name in known.on(series.name, period_of(days[at], "day") + step)
            )),
        )
        for at in order
    )  # fmt: skip
    if options[0].best_probability < 0.5 and len(options) > 1:
        notes.append("No day is surely the best: those shown differ by less than forecasts are off.")
    current_run().figure("days", len(starts))
    if card.gain is not None and card.gain_of_weekday is not None:
        current_run().figure("gain", card.gain)
        current_run().figure("gain_of_weekday", card.gain_of_weekday)
    return ReleasePlan(
        title=title, options=options, hour=hour, hour_share=hour_share, channels=opening.channels,
        opening_days=opening_days, looked_at=len(starts), confidence=confidence, rival_effect=round(share, 6),
        rival_effect_is_measured=is_measured, card=card, notes=(*table.notes, *notes),
    )  # fmt: skip


def _series(table: DemandTable, category: str, notes: list[str], file: str) -> DemandSeries:
    """The series that counts, all of them added up where none is named."""
    if category:
        found = next((one for one in table.series if one.name == category), None)
        if found is None:
            known = ", ".join(one.name for one in table.series[:8])
            raise InputError(f"There is no series {category!r}.", hint=f"There are {known}.")
    else:
        first = min(one.first for one in table.series)
        last = max(one.last for one in table.series)
        total = np.zeros(last - first + 1)
        for one in table.series:
            total[one.first - first : one.last - first + 1] += one.values
        found = DemandSeries("all", first, total)
    if len(found.values) < _LEAST_DAYS:
        raise InputError(
            f"Demand is known of {len(found.values)} days only; at least {_LEAST_DAYS} are needed.",
            where=file, hint="Wait for more, or choose by hand.",
        )  # fmt: skip
    if len(found.values) < 2 * 365:
        notes.append("Less than two years of demand are known, so seasons of the year are not.")
    return found


def _possible(
    series: DemandSeries, earliest: str, latest: str, weekdays: Sequence[str], opening_days: int
) -> tuple[list[date], list[int]]:
    """Days that may be chosen, and how far each lies after the last that is known."""
    known = date.fromordinal(series.last)
    first = max(day_named(earliest, known + timedelta(days=14)), known + timedelta(days=1))
    last = day_named(latest, first + timedelta(days=27))
    if (last - known).days + opening_days > _MOST_DAYS:
        raise InputError(
            f"{last} lies more than {_MOST_DAYS - opening_days} days after the last that is known ({known}).",
            hint="Plan nearer to it, or bring newer demand.",
        )  # fmt: skip
    days = [day for day in days_between(first, last) if not weekdays or _WEEKDAYS[day.weekday()] in weekdays]
    if not days:
        hint = "Widen --earliest, --latest or --weekdays."
        raise InputError(f"No day is possible between {first} and {last}.", hint=hint)
    return days, [(day - known).days - 1 for day in days]


def _happenings(
    calendars: Sequence[Document], table: DemandTable, rivals: Sequence[Rival], notes: list[str]
) -> Happenings:
    named = dict(releases_as_happenings(table.releases, "day").named)
    for one in calendars:
        found = load_happenings(one.file.path, "day")
        notes += found.notes
        for name, when in found.named.items():
            named[name] = named.get(name, frozenset()) | when
    if rivals:
        named["a rival"] = frozenset(
            (period_of(one.day, "day") + step, "") for one in rivals for step in range(7) if one.size > 0
        )
    return Happenings(named)


def _habits(
    path: Path, category: str, opening_days: int, engine: str, notes: list[str]
) -> tuple[Opening, int | None, float | None]:
    """How titles open, and at which hour viewers start; of a table nothing of that is known."""
    if path.name != MANIFEST:
        notes.append("A table knows no hours and no channels; days of the opening weigh alike.")
        return Opening(np.ones(opening_days), (), 0), None, None
    warehouse = Warehouse(path.parent)
    titles = None
    if category:
        known = warehouse_titles(warehouse.manifest().titles)
        titles = {key for key, one in known.items() if any(name == category for _, name in one.properties)}
    with open_engine(engine) as served:
        opening = opening_of(warehouse, served, opening_days, titles)
        sittings, zones = read_sittings(warehouse, served)
    if not opening.titles:
        notes.append("Too few titles came out here to say how they open or by which channels: days weigh alike.")
    if not sittings:
        return opening, None, None
    _, crowd = habits_of(sittings, zones, [])
    shares = [float(np.take(crowd.hours, range(hour, hour + _HOURS_AFTER), mode="wrap").sum()) for hour in range(24)]
    hour = int(np.argmax(shares))
    return opening, hour, round(shares[hour], 6)
