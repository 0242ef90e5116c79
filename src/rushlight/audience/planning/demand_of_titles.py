"""How many people wanted each title of a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.people import without_bots
from rushlight.audience.warehouse.warehouse import Warehouse

__all__ = ["TitleDemand", "demand_of_titles"]


@dataclass(frozen=True)
class TitleDemand:
    """Viewers of each title; `measure` is viewers, or raters where nothing was played."""

    viewers: Mapping[str, float]
    measure: str
    last: date | None
    notes: tuple[str, ...] = ()


def demand_of_titles(warehouse: Warehouse, engine: str, least_viewers: int) -> TitleDemand:
    """Different viewers who played each title; who rated it, where nobody played anything."""
    notes = []
    with open_engine(engine) as served:
        views, _, bots = without_bots(served, warehouse.table(served, "views"), warehouse.table(served, "events"))
        views = views.filter(views.played_seconds > 0)
        rows = served.rows(views.group_by("title_id").agg(viewers=views.viewer.nunique(), last=views.started_at.max()))
        measure = "viewers"
        if not rows:
            ratings = warehouse.table(served, "ratings")
            rows = served.rows(
                ratings.group_by("title_id").agg(viewers=ratings.viewer.nunique(), last=ratings.rated_at.max())
            )
            measure = "raters"
    if bots:
        notes.append(f"{bots} viewers that no person can be were left out.")
    kept = {str(row["title_id"]): float(row["viewers"]) for row in rows if row["viewers"] >= least_viewers}
    if len(kept) < len(rows):
        notes.append(f"{len(rows) - len(kept):,} titles have under {least_viewers} {measure} and are left out.")
    days = [row["last"].date() for row in rows if row["last"] is not None]
    return TitleDemand(kept, measure, max(days, default=None), tuple(notes))
