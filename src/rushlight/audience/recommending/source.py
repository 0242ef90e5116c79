"""Choices from a warehouse: what viewers who agreed to be recommended to watched or rated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from rushlight.audience.recommending.interactions import Context, Interactions
from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

if TYPE_CHECKING:
    import ibis

__all__ = ["Wanted", "read_interactions"]

_HOURS = 24


@dataclass(frozen=True)
class Wanted:
    """What counts as a choice.

    Attributes:
        purpose: what a viewer must have agreed to; empty for everybody whose events may be kept.
        least_share: share of a title that has to be watched, each part once.
        least_rating: lowest rating that is a choice; all by default.
    """

    purpose: str = "personalise"
    least_share: float = 0.3
    least_rating: float | None = None


def read_interactions(warehouse: Warehouse, engine: Engine, wanted: Wanted) -> Interactions:
    """Choices of a warehouse: titles watched far enough or liked, and ratings.

    A viewer whose latest event does not name the purpose is left out altogether. Ratings come without consent of their
    own: who imports them vouches for it, unless the viewer's events say otherwise.

    Raises:
        InputError: nobody agreed, or nobody chose anything.
    """
    refused = _refused(warehouse, engine, wanted.purpose)
    manifest = warehouse.manifest()
    watched = _watched(warehouse, engine, wanted)
    rated = _rated(warehouse, engine)
    liked = rated if wanted.least_rating is None else [row for row in rated if row[2] >= wanted.least_rating]
    chosen = [(viewer, title) for viewer, title, *_ in (*watched, *liked) if viewer not in refused]
    if not chosen:
        raise InputError(
            f"No viewer who agreed to {wanted.purpose or 'be measured'} has watched or rated anything.",
            path=warehouse.folder,
            hint="Ask viewers for that purpose, or import ratings: rushlight audience import FILE --form ratings.",
        )
    made = Interactions.of(
        [row[0] for row in chosen], [row[1] for row in chosen], catalogue=sorted(manifest.titles), facts=manifest.titles
    )
    return replace(
        made,
        ratings=_ratings(made, [row for row in rated if row[0] not in refused]),
        contexts=_contexts(made, [row for row in watched if row[0] not in refused]),
    )


def _refused(warehouse: Warehouse, engine: Engine, purpose: str) -> set[str]:
    """Viewers whose latest word on consent does not name the purpose."""
    if not purpose:
        return set()
    import ibis

    events = warehouse.table(engine, "events")
    last = ibis.row_number().over(
        ibis.window(group_by="viewer", order_by=[ibis.desc("ts_client"), ibis.desc("event_id")])
    )
    latest = events.select("viewer", "consent", place=last).filter(lambda row: row.place == 0)
    return {
        str(row["viewer"])
        for row in engine.rows(latest.select("viewer", "consent"))
        if purpose not in str(row["consent"] or "").split()
    }


def _watched(warehouse: Warehouse, engine: Engine, wanted: Wanted) -> list[tuple[str, str, int, str]]:
    """Viewer, title, hour of the day and device of views that went far enough."""
    views = warehouse.table(engine, "views")
    enough = views.content_seconds >= wanted.least_share * views.duration_seconds
    rows = engine.rows(
        views.filter(enough.fill_null(False) | (views.ended == "end"))
        .select("viewer", "title_id", "device", "tz", "started_at")
        .order_by(["viewer", "title_id", "started_at"])
    )
    events = warehouse.table(engine, "events")
    likes: ibis.Table = events.filter(events.event == "like").select("viewer", "title_id").distinct()
    liked = [(str(row["viewer"]), str(row["title_id"]), -1, "") for row in engine.rows(likes.order_by(["viewer", "title_id"]))]
    return [(str(row["viewer"]), str(row["title_id"]), _hour(row), str(row["device"] or "")) for row in rows] + liked


def _hour(row: dict[str, Any]) -> int:
    """Hour of the viewer's day; of UTC where their time zone is not known."""
    from datetime import UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    stamp = row["started_at"]
    if stamp is None:
        return -1
    try:
        zone = ZoneInfo(str(row["tz"])) if row["tz"] else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = UTC
    return int(stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(zone).hour)


def _rated(warehouse: Warehouse, engine: Engine) -> list[tuple[str, str, float]]:
    table = warehouse.table(engine, "ratings")
    rows = engine.columns(table.select("viewer", "title_id", "rating").order_by(["viewer", "title_id"]))
    return list(zip(map(str, rows["viewer"]), map(str, rows["title_id"]), map(float, rows["rating"]), strict=True))


def _ratings(made: Interactions, rated: list[tuple[str, str, float]]) -> sparse.csr_matrix | None:
    viewers = {name: place for place, name in enumerate(made.viewers)}
    titles = {name: place for place, name in enumerate(made.titles)}
    known = [(viewers[v], titles[t], r) for v, t, r in rated if v in viewers and t in titles]
    if not known:
        return None
    rows, columns, values = (np.array(part) for part in zip(*known, strict=True))
    found = sparse.csr_matrix((values.astype(np.float64), (rows, columns)), made.chosen.shape)
    found.sort_indices()
    return found


def _contexts(made: Interactions, watched: list[tuple[str, str, int, str]]) -> dict[str, Context]:
    titles = {name: place for place, name in enumerate(made.titles)}
    hours = np.zeros((_HOURS, len(titles)))
    devices = sorted({row[3] for row in watched if row[3]})
    on = np.zeros((len(devices), len(titles)))
    for _, title, hour, device in watched:
        if hour >= 0:
            hours[hour, titles[title]] += 1
        if device:
            on[devices.index(device), titles[title]] += 1
    found = {"hour": Context(tuple(str(hour) for hour in range(_HOURS)), hours)} if hours.any() else {}
    return {**found, **({"device": Context(tuple(devices), on)} if devices else {})}
