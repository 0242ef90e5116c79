"""Choices from a warehouse: what viewers who agreed to be recommended to watched or rated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from scipy import sparse

from rushlight.audience.recommending.interactions import Context, Interactions
from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

__all__ = ["Wanted", "read_interactions"]

_HOURS = 24
_KNOWN_SHARE = 0.9


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
    chosen = [(viewer, title, day) for viewer, title, _, _, day in watched if viewer not in refused]
    chosen += [(viewer, title, day) for viewer, title, _, day in liked if viewer not in refused]
    if not chosen:
        raise InputError(
            f"No viewer who agreed to {wanted.purpose or 'be measured'} has watched or rated anything.",
            path=warehouse.folder,
            hint="Ask viewers for that purpose, or import ratings: rushlight audience import FILE --form ratings.",
        )
    made = Interactions.of(
        [row[0] for row in chosen],
        [row[1] for row in chosen],
        catalogue=sorted(manifest.titles),
        facts=manifest.titles,
        days=_days(chosen),
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


def _days(chosen: list[tuple[str, str, float | None]]) -> list[float] | None:
    """When each choice was, in days; None unless it is known of nearly all. Those it is not known of count as old."""
    known = [day for _, _, day in chosen if day is not None]
    if len(known) < _KNOWN_SHARE * len(chosen):
        return None
    first = min(known)
    return [first if day is None else day for _, _, day in chosen]


def _day(stamp: datetime | None) -> float | None:
    return None if stamp is None else stamp.replace(tzinfo=stamp.tzinfo or UTC).timestamp() / 86_400


def _watched(warehouse: Warehouse, engine: Engine, wanted: Wanted) -> list[tuple[str, str, int, str, float | None]]:
    """Viewer, title, hour of the day, device and day of views that went far enough."""
    views = warehouse.table(engine, "views")
    enough = views.content_seconds >= wanted.least_share * views.duration_seconds
    rows = engine.rows(
        views.filter(enough.fill_null(False) | (views.ended == "end"))
        .select("viewer", "title_id", "device", "tz", "started_at")
        .order_by(["viewer", "title_id", "started_at"])
    )
    events = warehouse.table(engine, "events")
    likes = events.filter(events.event == "like").group_by(["viewer", "title_id"])
    liked = [
        (str(row["viewer"]), str(row["title_id"]), -1, "", _day(row["at"]))
        for row in engine.rows(likes.agg(at=events.ts_client.max()).order_by(["viewer", "title_id"]))
    ]
    return [
        (str(row["viewer"]), str(row["title_id"]), _hour(row), str(row["device"] or ""), _day(row["started_at"]))
        for row in rows
    ] + liked


def _hour(row: dict[str, Any]) -> int:
    """Hour of the viewer's day; of UTC where their time zone is not known."""
    stamp = row["started_at"]
    if stamp is None:
        return -1
    try:
        zone = ZoneInfo(str(row["tz"])) if row["tz"] else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = UTC
    return int(stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(zone).hour)


def _rated(warehouse: Warehouse, engine: Engine) -> list[tuple[str, str, float, float | None]]:
    """Viewer, title, rating and day of ratings."""
    table = warehouse.table(engine, "ratings")
    rows = engine.rows(table.select("viewer", "title_id", "rating", "rated_at").order_by(["viewer", "title_id"]))
    return [(str(row["viewer"]), str(row["title_id"]), float(row["rating"]), _day(row["rated_at"])) for row in rows]


def _ratings(made: Interactions, rated: list[tuple[str, str, float, float | None]]) -> sparse.csr_matrix | None:
    viewers = {name: place for place, name in enumerate(made.viewers)}
    titles = {name: place for place, name in enumerate(made.titles)}
    known = [(viewers[v], titles[t], r) for v, t, r, _ in rated if v in viewers and t in titles]
    if not known:
        return None
    rows, columns, values = (np.array(part) for part in zip(*known, strict=True))
    found = sparse.csr_matrix((values.astype(np.float64), (rows, columns)), made.chosen.shape)
    found.sort_indices()
    return found


def _contexts(made: Interactions, watched: list[tuple[str, str, int, str, float | None]]) -> dict[str, Context]:
    titles = {name: place for place, name in enumerate(made.titles)}
    hours = np.zeros((_HOURS, len(titles)))
    devices = sorted({row[3] for row in watched if row[3]})
    on = np.zeros((len(devices), len(titles)))
    for _, title, hour, device, _ in watched:
        if hour >= 0:
            hours[hour, titles[title]] += 1
        if device:
            on[devices.index(device), titles[title]] += 1
    found = {"hour": Context(tuple(str(hour) for hour in range(_HOURS)), hours)} if hours.any() else {}
    return {**found, **({"device": Context(tuple(devices), on)} if devices else {})}
