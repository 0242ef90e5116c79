"""The capability `measure_engagement`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from rushlight.artifacts.engagement import Engagement, EngagementRow
from rushlight.artifacts.events import Events
from rushlight.audience.behaviour.clock import with_hour
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.people import without_bots
from rushlight.audience.warehouse.playback import exact
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.capability import capability
from rushlight.core.run import current_run

if TYPE_CHECKING:
    import ibis

__all__ = ["measure_engagement"]

Grouping = Literal["title_id", "category", "segment", "device", "hour", "traffic_source", "cut_id", "variant"]
BOUNCE_SECONDS = 10.0
# How the interest score weighs choosing against staying.
_CHOSEN, _STAYED = 0.7, 0.3


@capability(version=1, metrics=("views", "watch_hours"))
def measure_engagement(
    events: Events,
    /,
    *,
    by: Annotated[Grouping, Field(description="What the figures are of.")] = "title_id",
    least_viewers: Annotated[int, Field(ge=1, description="Groups of fewer viewers are left out.")] = 10,
    keep_bots: Annotated[bool, Field(description="Count viewers that no person can be.")] = False,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Engagement:
    """Measure what was shown, chosen, watched, finished and come back to, by title or another grouping.

    Watch time counts seconds of playing, content watched each part of a title once. The interest score is
    100 · (0.7 · start rate + 0.3 · engagement): what share of the viewers a title was shown to chose it, and how much
    of it they then watched. Where nothing is known of impressions there is no score, rather than one made up.

    Returns:
        `Engagement`, the most watched group first; groups of too few viewers are left out and said so.

    Raises:
        InputError: an unknown engine.
        ModelError: the engine is not installed.
    """
    warehouse = Warehouse.of(events)
    notes: list[str] = []
    with open_engine(engine) as served:
        views, shown = _tables(warehouse, served, by, keep_bots, notes)
        played = {row["key"]: row for row in served.rows(_played(views, ["key"]))}
        seen = {row["key"]: row for row in served.rows(_shown(shown, views, ["key"]))}
        whole_played, whole_seen = served.rows(_played(views, [])), served.rows(_shown(shown, views, []))
    current_run().progress(0.9, "figures")
    rows, small = [], 0
    for key in sorted({*played, *seen}, key=str):
        made = _row("unknown" if key is None else str(key), played.get(key, {}), seen.get(key, {}))
        if made.viewers >= least_viewers:
            rows.append(made)
        else:
            small += 1
    if small:
        notes.append(f"{small} of {small + len(rows)} groups have fewer than {least_viewers} viewers and are left out.")
    total = _row("all", whole_played[0] if whole_played else {}, whole_seen[0] if whole_seen else {})
    if not total.impressions:
        notes.append("No impressions are known, so there are no click-through, start rate and interest.")
    current_run().figure("views", total.views)
    current_run().figure("watch_hours", total.watch_hours)
    rows.sort(key=(lambda row: int(row.group)) if by == "hour" else (lambda row: (-row.watch_hours, row.group)))
    return Engagement(
        by=by, rows=tuple(rows), total=total if total.viewers >= least_viewers else None, notes=tuple(notes)
    )


def _tables(
    warehouse: Warehouse, engine: Engine, by: str, keep_bots: bool, notes: list[str]
) -> tuple[ibis.Table, ibis.Table]:
    """Views that played something, and what was shown and done, each with the group it belongs to as `key`."""
    views, events = warehouse.table(engine, "views"), warehouse.table(engine, "events")
    if not keep_bots:
        views, events, bots = without_bots(engine, views, events)
        if bots:
            notes.append(f"{bots} viewers that no person can be were left out (more than a day a day, or 500 views).")
    shown = events.filter(events.event.isin(["impression", "click", "like", "comment", "share"]))
    views = views.filter(views.played_seconds > 0)
    if by == "category":
        return _joined(warehouse, views, "title_id"), _joined(warehouse, shown, "title_id")
    if by == "segment":
        return _segmented(warehouse, engine, views), _segmented(warehouse, engine, shown)
    if by == "hour":
        return with_hour(engine, views, "started_at"), with_hour(engine, shown, "ts_client")
    return views.mutate(key=views[by]), shown.mutate(key=shown[by])


def _joined(warehouse: Warehouse, table: ibis.Table, on: str) -> ibis.Table:
    """The category of each title, as it was told to the warehouse."""
    import ibis

    known = {title: facts["category"] for title, facts in warehouse.manifest().titles.items() if "category" in facts}
    if not known:
        return table.mutate(key=ibis.null("string"))
    return table.mutate(key=table[on].cases(*sorted(known.items()), else_=ibis.null("string")))


def _segmented(warehouse: Warehouse, engine: Engine, table: ibis.Table) -> ibis.Table:
    segments = warehouse.table(engine, "segments").select("viewer", key="segment")
    return table.left_join(segments, "viewer").drop("viewer_right")


def _played(views: ibis.Table, keys: list[str]) -> ibis.Table:
    """Sums over views: one expression on any engine."""
    share = exact((views.content_seconds / views.duration_seconds).clip(upper=1.0), bits=30)
    bounced = (views.ended != "end") & (views.content_seconds < BOUNCE_SECONDS)
    rows = views.mutate(share=share, ended_well=(views.ended == "end").cast("int64"), bounced=bounced.cast("int64"))
    each = rows.group_by([*keys, "title_id", "viewer"]).agg(
        views=rows.count(), watch=exact(rows.played_seconds).sum(), content=exact(rows.content_seconds).sum(),
        share=rows.share.sum(), shares=rows.share.count(), ended=rows.ended_well.sum(), bounced=rows.bounced.sum(),
    )  # fmt: skip
    sums = {
        "views": each.views.sum(),
        "watch": each.watch.sum(),
        "content": each.content.sum(),
        "share": each.share.sum(),
        "shares": each.shares.sum(),
        "ended": each.ended.sum(),
        "bounced": each.bounced.sum(),
        "pairs": each.count(),
        "repeated": (each.views > 1).cast("int64").sum(),
        "viewers": each.viewer.nunique(),
    }
    return each.group_by(keys).agg(**sums) if keys else each.agg(**sums)


def _shown(shown: ibis.Table, views: ibis.Table, keys: list[str]) -> ibis.Table:
    """Counts of what was shown and done, and how many of those it was shown to started."""
    faced = shown.filter(shown.event == "impression").select(*keys, "title_id", "viewer").distinct()
    started = views.select("title_id", "viewer").distinct().mutate(began=1)
    joined = faced.left_join(started, ["title_id", "viewer"])
    reached = {"faced": joined.count(), "began": joined.began.sum()}
    counts = {
        "impressions": (shown.event == "impression").cast("int64").sum(),
        "clicks": (shown.event == "click").cast("int64").sum(),
        "responses": shown.event.isin(["like", "comment", "share"]).cast("int64").sum(),
        "shown_to": shown.viewer.nunique(),
    }
    if not keys:
        return shown.agg(**counts).cross_join(joined.agg(**reached))
    left = shown.group_by(keys).agg(**counts)
    right = joined.group_by(keys).agg(**reached)
    return left.left_join(right, [left["key"].identical_to(right["key"])]).select(*left.columns, "faced", "began")


def _row(group: str, played: dict[str, Any], seen: dict[str, Any]) -> EngagementRow:
    def number(row: dict[str, Any], name: str) -> float:
        return row.get(name) or 0

    def ratio(part: float, whole: float) -> float | None:
        return round(part / whole, 6) if whole else None

    views, engagement = int(number(played, "views")), ratio(number(played, "share"), number(played, "shares"))
    start_rate = ratio(number(seen, "began"), number(seen, "faced"))
    interest = None
    if start_rate is not None and engagement is not None:
        interest = round(100 * (_CHOSEN * start_rate + _STAYED * engagement), 2)
    return EngagementRow(
        group=group,
        viewers=int(max(number(played, "viewers"), number(seen, "shown_to"))),
        impressions=int(number(seen, "impressions")),
        clicks=int(number(seen, "clicks")),
        click_through=ratio(number(seen, "clicks"), number(seen, "impressions")),
        start_rate=start_rate,
        views=views,
        watch_hours=round(number(played, "watch") / 3600, 6),
        content_hours=round(number(played, "content") / 3600, 6),
        engagement=engagement,
        completion=ratio(number(played, "ended"), views),
        bounce=ratio(number(played, "bounced"), views),
        repeat=ratio(number(played, "repeated"), number(played, "pairs")),
        responses=int(number(seen, "responses")),
        interest=interest,
    )
