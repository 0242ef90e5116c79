"""Playback from events: which parts of a title each view played, worked out as Ibis expressions for any engine.

A view is one playing of a title by a viewer. Between two of its events the part in between was played when the player
was playing and the position moved on no faster than the clock allows. Pauses, seeks, buffering and jumps break it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rushlight.audience.warehouse.schema import PLAYER_EVENTS

if TYPE_CHECKING:
    import ibis

__all__ = ["ATTRIBUTES", "covered", "exact", "spans", "stretches", "views"]

# A view without a name of its own ends after this pause.
VIEW_GAP_SECONDS = 1_800
# How much faster than the clock a position may move and still have been played: timers of browsers are coarse.
_SLACK = 1.1
_SLACK_SECONDS = 1.5
_BLOCK_SECONDS = 600
_ANCHOR_SECONDS = 4
_STOPPING = ("pause", "end", "error", "buffer_start", "seek_start")
ATTRIBUTES = (
    "viewer", "title_id", "cut_id", "experiment_id", "variant", "policy_id", "traffic_source", "device", "tz",
)  # fmt: skip
# A position this close to the end, in seconds or as a share, has reached it.
_END_SECONDS, _END_SHARE = 2.0, 0.02


def exact(column: ibis.Value, bits: int = 10) -> ibis.Value:
    """A number on a grid of binary fractions, about a thousandth by default.

    Sums of such numbers are exact, so they do not depend on the order in which an engine's threads add them up.
    """
    return (column * 2**bits).round() / 2**bits


def thinned(events: ibis.Table) -> ibis.Table:
    """Events without the heartbeats that say nothing new, which is most of them.

    While a view plays on, its position and its clock move together, so their difference, the anchor, stays the same.
    Heartbeats of one anchor within ten minutes, between which nothing else happened, are one run: all but its first
    and its last are left out. What is worked out from the rest is the same, in a tenth of the time.
    """
    import ibis

    keys = ["title_id", "viewer", "view_id", "block"]
    at = events.ts_client.epoch_seconds()
    rate = ibis.coalesce(events.playback_rate, 1.0)
    is_beat = (events.event == "ping") & events.current_time_seconds.notnull()
    offset = at - events.current_time_seconds / rate
    anchor = (offset / _ANCHOR_SECONDS).floor().cast("int64")
    rows = events.mutate(
        block=(at / _BLOCK_SECONDS).floor().cast("int64"),
        anchor=is_beat.ifelse(anchor, ibis.null("int64")),
        offset=offset,
    )
    beats = rows.filter(is_beat)
    rate = ibis.coalesce(beats.playback_rate, 1.0)
    runs = beats.group_by([*keys, "anchor"]).agg(
        beats=beats.count(),
        first=beats.ts_client.min(),
        last=beats.ts_client.max(),
        early=beats.offset.min(),
        late=beats.offset.max(),
        slow=rate.min(),
        fast=rate.max(),
        hidden=(beats.visible == False).cast("int64").sum().fill_null(0),  # noqa: E712 - a column, not a value
    )
    even = (runs.slow == runs.fast) & ((runs.hidden == 0) | (runs.hidden == runs.beats))
    runs = runs.mutate(smooth=even & (runs.beats > 2) & (runs.late - runs.early <= _SLACK_SECONDS))
    runs = runs.select(*keys, "anchor", "first", "last", "smooth")
    others = rows.filter(~is_beat)
    others = others.select(*keys, "anchor", first="ts_client", last="ts_client", smooth=ibis.literal(False))
    # A run that anything else stands in, or that another run reaches into, is looked at beat by beat.
    order = {"group_by": keys, "order_by": ["first", "last"]}
    both = runs.union(others)
    both = both.mutate(
        reached=both["last"].max().over(ibis.window(**order, rows=(None, -1))),
        next_first=both["first"].lead().over(ibis.window(**order)),
    )
    clear = (both.reached.isnull() | (both.reached <= both["first"])) & (
        both.next_first.isnull() | (both.next_first >= both["last"])
    )
    smooth = both.filter(both.smooth & clear).select(*keys, "anchor", smooth_from="first", smooth_to="last")
    joined = rows.left_join(smooth, [*keys, "anchor"])
    ends = (joined.ts_client == joined.smooth_from) | (joined.ts_client == joined.smooth_to)
    return joined.filter(joined.smooth_from.isnull() | ends).select(*events.columns)


def _named(events: ibis.Table, thin: bool) -> ibis.Table:
    """Player events with a view for each, sessions being made where the source names none."""
    import ibis

    playing = events.filter(events.event.isin(PLAYER_EVENTS))
    playing = thinned(playing) if thin else playing
    named = playing.filter(playing.view_id.notnull())
    named = named.mutate(view=named.title_id + "|" + named.viewer + "|" + named.view_id)
    loose = playing.filter(playing.view_id.isnull())
    window = ibis.window(group_by=["viewer", "title_id"], order_by=["ts_client", "event_id"])
    before = loose.ts_client.epoch_seconds().lag().over(window)
    loose = loose.mutate(
        fresh=(before.isnull() | (loose.ts_client.epoch_seconds() - before > VIEW_GAP_SECONDS)).cast("int64")
    )
    number = loose.fresh.sum().over(
        ibis.window(group_by=["viewer", "title_id"], order_by=["ts_client", "event_id"], preceding=None, following=0)
    )
    loose = loose.mutate(view=loose.title_id + "|" + loose.viewer + "|#" + number.cast("string")).drop("fresh")
    return named.union(loose)


def stretches(events: ibis.Table, *, thin: bool = True) -> ibis.Table:
    """Events joined into unbroken stretches of playback, each view having at least one.

    Args:
        events: events of the schema.
        thin: leave out heartbeats that say nothing new first; the result is the same.

    Returns:
        One row a stretch: `view`, its attributes, `start_seconds` and `end_seconds` (NULL where nothing was played),
        and what began and ended it.
    """
    import ibis

    rows = _named(events, thin)
    position = ibis.coalesce(
        rows.current_time_seconds, rows.percent_progress / 100 * rows.duration_seconds,
        (rows.event == "ready").ifelse(0.0, ibis.null("float64")),
    )  # fmt: skip
    # Of events with one time stamp, those that stop come before those that start.
    rank = (rows.event.isin(("pause", "seek_start", "buffer_start"))).ifelse(0, (rows.event == "seek_end").ifelse(1, 2))
    rows = rows.mutate(
        at=rows.ts_client.epoch_seconds(),
        place=ibis.least(position, ibis.coalesce(rows.duration_seconds, position)),
        rank=rank,
        rate=ibis.coalesce(rows.playback_rate, 1.0),
    )
    rows = rows.filter(rows.place.notnull() | rows.event.isin(_STOPPING))
    order = [rows.ts_client, rows["rank"], rows.event_id]
    window = ibis.window(group_by=[rows["view"]], order_by=order)
    rows = rows.mutate(
        before=rows.event.lag().over(window),
        from_place=rows.place.lag().over(window),
        from_at=rows["at"].lag().over(window),
        from_rate=rows.rate.lag().over(window),
        from_stamp=rows.ts_client.lag().over(window),
        after=rows.event.lead().over(window),
    )
    moved, passed = rows.place - rows.from_place, rows["at"] - rows.from_at
    plausible = (moved > 0) & (moved <= passed * rows.from_rate * _SLACK + _SLACK_SECONDS)
    rows = rows.mutate(
        played=(
            rows.before.notnull() & ~rows.before.isin(_STOPPING) & (rows.event != "seek_end") & plausible
        ).fill_null(False)
    )
    running = ibis.window(
        group_by=[rows["view"]], order_by=[rows.ts_client, rows["rank"], rows.event_id], preceding=None, following=0
    )
    rows = rows.mutate(stretch=(~rows.played).cast("int64").sum().over(running))
    broke = ~rows.played
    kept = {name: rows[name].max(where=broke) for name in ATTRIBUTES}
    return rows.group_by(["view", "stretch"]).agg(
        **kept,
        start_seconds=rows.from_place.min(where=rows.played),
        end_seconds=rows.place.max(where=rows.played),
        rate=rows.from_rate.max(where=rows.played),
        started_at=ibis.coalesce(rows.from_stamp.min(where=rows.played), rows.ts_client.min()),
        place=rows.place.max(where=broke),
        opened_by=rows.event.max(where=broke),
        duration_seconds=rows.duration_seconds.max(),
        hidden=(rows.visible == False).cast("int64").max(),  # noqa: E712 - a column, not a value
        last_event=rows.event.max(where=rows.after.isnull()),
        last_place=rows.place.max(where=rows.after.isnull()),
        last_at=rows.ts_client.max(),
        last_hidden=(rows.visible == False).cast("int64").max(where=rows.after.isnull()),  # noqa: E712
        last_error=rows.error_code.max(where=rows.after.isnull()),
        delay_seconds=(rows.ts_server.epoch_seconds() - rows["at"]).min(),
        events=rows.count(),
    )  # fmt: skip


def spans(stretches: ibis.Table) -> ibis.Table:
    """What was played, piece by piece, parts that were seen twice standing twice."""
    played = stretches.filter(stretches.start_seconds.notnull() & (stretches.end_seconds > stretches.start_seconds))
    return played.select(
        "view", *ATTRIBUTES, "start_seconds", "end_seconds", "started_at",
        rate=played.rate, hidden=played.hidden,
    )  # fmt: skip


def covered(spans: ibis.Table) -> ibis.Table:
    """What was played, each part of a title once a view: spans that touch or overlap are joined."""
    import ibis

    keys = {"group_by": ["view"], "order_by": ["start_seconds", "end_seconds"]}
    before, so_far = ibis.window(**keys, rows=(None, -1)), ibis.window(**keys, rows=(None, 0))
    rows = spans.select("view", "viewer", "title_id", "cut_id", "start_seconds", "end_seconds")
    rows = rows.mutate(reached=rows.end_seconds.max().over(before))
    rows = rows.mutate(fresh=(rows.reached.isnull() | (rows.start_seconds > rows.reached)).cast("int64"))
    rows = rows.mutate(piece=rows.fresh.sum().over(so_far))
    return (
        rows.group_by(["view", "viewer", "title_id", "cut_id", "piece"])
        .agg(start_seconds=rows.start_seconds.min(), end_seconds=rows.end_seconds.max())
        .drop("piece")
    )


def views(stretches: ibis.Table, covered: ibis.Table) -> ibis.Table:
    """One row a view: who, what, when, how much of it, how it began and ended.

    `ended` is `end` (reached the end), `network` (an error of the network: the viewer did not choose to leave),
    `error`, `background` (left in a tab that was not in front) or `exit`.
    """
    import ibis

    s = stretches
    found = s.group_by("view").agg(
        **{name: s[name].max() for name in ATTRIBUTES},
        started_at=s.started_at.min(),
        last_at=s.last_at.max(),
        # The shortest way from viewer to collector takes no less than nothing: what is less is a clock that is ahead.
        clock_ahead_seconds=ibis.greatest(-s.delay_seconds.min(), 0).fill_null(0),
        duration_seconds=s.duration_seconds.max(),
        played_seconds=((s.end_seconds - s.start_seconds) / s.rate).sum().fill_null(0.0),
        played_content_seconds=(s.end_seconds - s.start_seconds).sum().fill_null(0.0),
        first_seconds=s.start_seconds.argmin(s.stretch),
        furthest_seconds=s.end_seconds.max(),
        seeks=(s.opened_by == "seek_end").sum().fill_null(0),
        last_event=s.last_event.max(),
        last_seconds=s.last_place.max(),
        last_hidden=s.last_hidden.max(),
        last_error=s.last_error.max(),
        events=s.events.sum(),
    )
    watched = covered.group_by("view").agg(
        content_seconds=(covered.end_seconds - covered.start_seconds).sum(), reached_seconds=covered.end_seconds.max()
    )
    joined = found.left_join(watched, "view").drop("view_right")
    near = ibis.greatest(ibis.literal(_END_SECONDS), joined.duration_seconds * _END_SHARE)
    at_end = (joined.last_event == "end") | (
        joined.last_seconds.notnull()
        & joined.duration_seconds.notnull()
        & (joined.last_seconds >= joined.duration_seconds - near)
    )
    ended = ibis.cases(
        (at_end.fill_null(False), "end"),
        ((joined.last_event == "error") & joined.last_error.lower().startswith("network").fill_null(False), "network"),
        (joined.last_event == "error", "error"),
        ((joined.last_hidden == 1).fill_null(False), "background"),
        else_="exit",
    )
    return joined.mutate(ended=ended, content_seconds=joined.content_seconds.fill_null(0.0)).drop(
        "last_event", "last_hidden", "last_error", "reached_seconds"
    )
