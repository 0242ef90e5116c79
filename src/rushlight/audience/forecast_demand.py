"""The capability `forecast_demand`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.forecast import EventEffect, Forecast, ForecastCard, SeriesForecast
from rushlight.artifacts.source import Document
from rushlight.audience.planning.combining import Bounds, Combined, bounded, combine
from rushlight.audience.planning.happenings import (
    Effect,
    Happenings,
    effects_of,
    factors,
    load_happenings,
    releases_as_happenings,
)
from rushlight.audience.planning.models_of_demand import require_statsforecast
from rushlight.audience.planning.series import (
    By,
    DemandSeries,
    Every,
    Gaps,
    Measure,
    load_demand,
    period_start,
)
from rushlight.audience.warehouse.warehouse import MANIFEST
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["forecast_demand"]

Floats = NDArray[np.float64]

_SHOWN_BEFORE = 120


@capability(version=1, metrics=("series",))
def forecast_demand(
    demand: Document,
    calendar: Document | None = None,
    /,
    *,
    horizon: Annotated[int, Field(ge=1, le=366, description="How many days, weeks or months to come.")] = 14,
    every: Annotated[Every, Field(description="day, week or month; as the dates are by default.")] = "auto",
    confidence: Annotated[float, Field(ge=0.5, le=0.99, description="Share of intervals that are to hold.")] = 0.9,
    by: Annotated[By, Field(description="Of a warehouse: title_id, category or all.")] = "title_id",
    measure: Annotated[Measure, Field(description="Of a warehouse: views or watch_hours.")] = "views",
    gaps: Annotated[Gaps, Field(description="What a missing day of a table is: zero, unknown, or auto.")] = "auto",
    most: Annotated[int, Field(ge=1, le=5000, description="At most so many series, the largest.")] = 200,
    least_viewers: Annotated[int, Field(ge=1, description="Of a warehouse: fewer viewers are left out.")] = 10,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Forecast:
    """Forecast how much titles or categories will be wanted, with intervals that held in the past.

    Each series is forecast by several models (exponential smoothing, Theta, complex smoothing, seasonal means; others
    where demand is seldom), which weigh by how well they did from earlier moments of it. Intervals are conformal: as
    wide as forecasts of the past were off. Whether that is better than the last season again is measured and said.

    Args:
        demand: a warehouse by its `warehouse.json`, or a table (CSV) of date, series and value.
        calendar: a table of date and event, with series and days if wanted: holidays, releases, campaigns. What they
            did before is taken out of the past and put where they come again.

    Returns:
        `Forecast`.

    Raises:
        InputError: a column is missing, or no row can be read.
        ModelError: statsforecast is not installed.

    Reference:
        Bates, Granger 1969; Makridakis, Spiliotis, Assimakopoulos 2020, "The M4 competition".
    """
    require_statsforecast()
    path = demand.file.path
    table = load_demand(
        path, every=every, measure=measure, by=by, gaps=gaps, least_viewers=least_viewers, most=most, engine=engine
    )
    happenings = load_happenings(calendar.file.path, table.every) if calendar else Happenings()
    released = releases_as_happenings(table.releases, table.every)
    happenings = Happenings({**released.named, **happenings.named}, happenings.notes)
    effects = effects_of(table, happenings, confidence)
    made, moved = [], []
    for number, series in enumerate(table.series):
        current_run().progress(number / len(table.series), f"forecasting {series.name[:60]}")
        factor = factors(series, happenings, effects, horizon)
        moved.append(factor)
        made.append(combine(series.values / factor[: len(series.values)], horizon, table.every))
    calm = [one.values / factor[: len(one.values)] for one, factor in zip(table.series, moved, strict=True)]
    bounds = bounded(made, calm, confidence)
    unit = measure.replace("_", " ") if path.name == MANIFEST else "wanted"
    card = _card(made, bounds, table.series)
    current_run().figure("series", len(made))
    if card.mase is not None and card.naive_mase is not None:
        current_run().figure("mase", card.mase)
        current_run().figure("seasonal_naive_mase", card.naive_mase)
    return Forecast(
        every=table.every, measure=unit, confidence=confidence,
        series=tuple(
            _described(series, combined, bound, factor[len(series.values) :], happenings, effects, table.every)
            for series, combined, bound, factor in zip(table.series, made, bounds, moved, strict=True)
        ),
        effects=tuple(
            EventEffect(event=one.event, ratio=round(one.ratio, 6), low=round(one.low, 6), high=round(one.high, 6),
                        seen=one.seen) for one in effects.values()
        ),
        card=card, notes=(*table.notes, *happenings.notes, *_notes(made)),
    )  # fmt: skip


def _described(
    series: DemandSeries, made: Combined, bound: Bounds, factor: Floats, happenings: Happenings,
    effects: Mapping[str, Effect], every: str,
) -> SeriesForecast:  # fmt: skip
    first = series.last + 1
    coming = [happenings.on(series.name, first + step) for step in range(len(made.mean))]
    # What is not known of an event widens the bounds of its days.
    unsure = np.array([sum(effects[name].deviation ** 2 for name in names) ** 0.5 for names in coming])
    low, high = bound.low * factor * np.exp(-unsure), bound.high * factor * np.exp(unsure)

    def rounded(values: Floats) -> tuple[float, ...]:
        return tuple(round(float(value), 6) for value in values)

    return SeriesForecast(
        name=series.name, kind=made.shape.kind,
        periods=tuple(period_start(first + step, every).isoformat() for step in range(len(made.mean))),
        mean=rounded(made.mean * factor), low=rounded(low), high=rounded(high),
        history=rounded(series.values[-_SHOWN_BEFORE:]),
        weights={name: round(weight, 4) for name, weight in made.weights.items()},
        mase=None if made.mase is None else round(made.mase, 6),
        naive_mase=None if made.naive_mase is None else round(made.naive_mase, 6),
        events=tuple(dict.fromkeys(name for names in coming for name in names)),
    )  # fmt: skip


def _card(made: Sequence[Combined], bounds: Sequence[Bounds], series: Sequence[DemandSeries]) -> ForecastCard:
    scored = [(one.mase, one.naive_mase) for one in made if one.mase is not None and one.naive_mase is not None]
    held = [one.held for one in bounds if one.held is not None]
    return ForecastCard(
        series=len(series),
        mase=round(float(np.mean([score for score, _ in scored])), 6) if scored else None,
        naive_mase=round(float(np.mean([score for _, score in scored])), 6) if scored else None,
        held=round(float(np.mean(held)), 6) if held else None,
    )


def _notes(made: Sequence[Combined]) -> list[str]:
    notes = []
    worse = sum(one.mase is not None and one.naive_mase is not None and one.mase >= one.naive_mase for one in made)
    if worse:
        notes.append(f"{worse:,} of {len(made):,} series are forecast no better than by the last season again.")
    flat, short = (sum(one.shape.kind == kind for one in made) for kind in ("flat", "short"))
    if flat:
        notes.append(f"{flat:,} series never changed: the forecast says that they will not, and knows no more.")
    unchecked = sum(one.mase is None and one.shape.kind != "flat" for one in made)
    if unchecked or short:
        notes.append(
            f"{unchecked:,} series are too short to look back on: a mean, with bounds as of counts, unchecked."
        )
    return notes
