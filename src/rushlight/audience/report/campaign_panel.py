"""The panel of campaigns: who may be written to, and at which hour they watch."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.audience.planning.reaching import consents_of
from rushlight.audience.planning.sending import habits_of, hours_held_out, read_sittings
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.report.planning_charts import day_hours
from rushlight.audience.warehouse.engine import open_engine

__all__ = ["campaign_panel"]

_PURPOSE = "contact"


def campaign_panel(context: Context) -> Panel | None:
    """Hours of those who agreed to be written to; nothing where too few did."""
    with open_engine(context.engine) as engine:
        consents = consents_of(context.warehouse, engine)
        agreed = sorted(viewer for viewer, purposes in consents.items() if _PURPOSE in purposes)
        if len(agreed) < context.least_viewers:
            return None
        sittings, zones = read_sittings(context.warehouse, engine)
    known = {viewer: sittings[viewer] for viewer in agreed if viewer in sittings}
    if len(known) < context.least_viewers:
        return None
    _, crowd = habits_of(known, zones, [])
    best = max(range(24), key=lambda hour: crowd.hours[hour])
    chart = day_hours([float(share) for share in crowd.hours], marked=best, label="Starts by hour of the viewers' day")
    body = Markup('<figure><p class="soft">{}</p>{}</figure>').format(
        f"{len(agreed):,} of {len(consents):,} viewers agreed to be written to; most of them start at {best}:00.", chart
    )
    hours = hours_held_out(known)
    notes = ("Too few have watched often enough to know an hour of their own.",)
    if hours is not None:
        own, crowds, count = hours
        verdict = "more often than" if own > crowds else "no more often than"
        notes = (
            f"An hour of their own meets the next start of {own:.0%} of {count:,} viewers within an hour, {verdict} "
            f"one hour for all ({crowds:.0%}).",
        )
    return Panel("campaign", "When they can be told", 370, body, notes)
