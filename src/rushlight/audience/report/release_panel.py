"""The panel of releases: good days to come."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.source import Document
from rushlight.audience.plan_release import plan_release
from rushlight.audience.report.charts import bars
from rushlight.audience.report.forecast_panel import days_of
from rushlight.audience.report.panels import Context, Panel
from rushlight.core.errors import InputError, ModelError

__all__ = ["release_panel"]

_LEAST_DAYS = 28


def release_panel(context: Context) -> Panel | None:
    """The best days of the coming weeks; nothing where less than four weeks are known."""
    if days_of(context) < _LEAST_DAYS:
        return None
    manifest = Document(file=context.events.manifest)
    try:
        found = plan_release(manifest, (), None, least_viewers=context.least_viewers, engine=context.engine)
    except (InputError, ModelError):
        return None
    chart = bars(
        [(f"{one.weekday} {one.date}", one.index, f"{one.index:.2f}×") for one in found.options],
        label="Demand of the opening week against that of the average day",
    )
    hour = "" if found.hour is None else f" Most start at {found.hour}:00 or in the two hours after."
    body = Markup('<figure><p class="soft">{}</p>{}</figure>').format(
        f"Demand in the {found.opening_days} days after a release, against the average of {found.looked_at} days "
        f"looked at.{hour}",
        chart,
    )
    told = found.as_text().splitlines()
    notes = tuple(line for line in told if line.startswith(("Chosen so", "No day is surely", "Less than two years")))
    return Panel("release", "When to bring a title out", 375, body, notes)
