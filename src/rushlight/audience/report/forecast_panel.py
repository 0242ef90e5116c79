"""The panel of forecasts: what is expected of the largest titles, and whether such forecasts were any good."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from rushlight.artifacts.forecast import SeriesForecast
from rushlight.artifacts.source import Document
from rushlight.audience.forecast_demand import forecast_demand
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.report.planning_charts import forecast_line
from rushlight.core.errors import InputError, ModelError

__all__ = ["days_of", "forecast_panel"]

_LEAST_DAYS, _MOST_TITLES = 28, 4


def days_of(context: Context) -> int:
    """Days from the first event to the last."""
    first, last = context.events.first_date, context.events.last_date
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 if first and last else 0


def forecast_panel(context: Context) -> Panel | None:
    """The largest titles with their bounds; nothing where less than four weeks are known."""
    if days_of(context) < _LEAST_DAYS:
        return None
    try:
        found = forecast_demand(
            Document(file=context.events.manifest), None, most=_MOST_TITLES, least_viewers=context.least_viewers,
            engine=context.engine,
        )  # fmt: skip
    except ModelError as error:
        return Panel("forecast", "What will be wanted", 360, Markup(""), (f"{error.message} {error.hint}",))
    except InputError:
        return None
    names = context.warehouse.manifest().titles
    body = Markup("").join(_figure(one, names.get(one.name, {}).get("name", one.name)) for one in found.series)
    card = found.card
    notes = list(found.notes)
    if card.mase is not None and card.naive_mase is not None:
        verdict = "better than" if card.mase < card.naive_mase else "NO better than"
        notes.append(
            f"On moments of the past forecasts were {verdict} the last week again (MASE {card.mase:.2f} and "
            f"{card.naive_mase:.2f})."
        )
    if card.held is not None:
        notes.append(f"Intervals of {found.confidence:.0%} held {card.held:.0%} of the past.")
    return Panel("forecast", "What will be wanted", 360, body, (*notes, card.limits))


def _figure(one: SeriesForecast, name: str) -> Markup:
    said = (
        f"{one.total:,.0f} views expected in the next {len(one.mean)} days; "
        + (
            f"such forecasts were off by {one.mase:.2f} of what the last week again is usually off by"
            if one.mase is not None else "too little is known to look back"
        )
        + "."
    )  # fmt: skip
    chart = forecast_line(one.history, one.mean, one.low, one.high, label=f"Views a day of {name}, and those expected")
    return Markup('<figure><h3>{}</h3><p class="soft">{}</p>{}</figure>').format(name, said, chart)
