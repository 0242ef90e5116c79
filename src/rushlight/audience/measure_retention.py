"""The capability `measure_retention`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.events import Events
from rushlight.artifacts.retention import Retention, RetentionCurve
from rushlight.audience.statistics.intervals import wilson
from rushlight.audience.statistics.moments import find_moments
from rushlight.audience.warehouse.aggregates import read_aggregates
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.playback import exact
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.capability import capability
from rushlight.core.run import current_run

if TYPE_CHECKING:
    import ibis

__all__ = ["Group", "measure_retention", "seconds_played"]

Group = Literal["", "cut_id", "device", "traffic_source", "variant"]
Floats = NDArray[np.float64]
Key = tuple[str, str]
_MOST_SECONDS = 86_400
# A rank among fewer titles than this says little.
_LEAST_PEERS = 5
_SIMILAR = 0.25
_LEVEL = 1e-9


@capability(version=1, metrics=("curves", "views"))
def measure_retention(
    events: Events,
    /,
    *,
    titles: Annotated[tuple[str, ...], Field(description="Only these titles; the most watched by default.")] = (),
    by: Annotated[Group, Field(description="A curve for each of these; empty for all views together.")] = "",
    most: Annotated[int, Field(ge=1, le=1000, description="At most so many titles.")] = 20,
    step_seconds: Annotated[float, Field(ge=0.1, le=60, description="Length of a step of the curve.")] = 1.0,
    confidence: Annotated[float, Field(ge=0.5, le=0.999, description="Of the intervals.")] = 0.95,
    least_viewers: Annotated[int, Field(ge=1, description="Groups of fewer viewers are left out.")] = 10,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Retention:
    """Measure how many views still play each second of a film, with intervals, rewatches, skips and moments.

    A step counts as played when its middle was. Views are the unit; because views of one viewer are alike, intervals
    are those of fewer, independent views: n / deff with deff = Σ m² / Σ m, m the views of each viewer (the design
    effect of Kish at full correlation, so they are rather too wide).

    Returns:
        `Retention`; aggregates of platforms that were imported stand in it as curves of their own.

    Raises:
        InputError: an unknown engine.
        ModelError: the engine is not installed.

    Reference:
        Fields after YouTube's audience retention report and Mux's hotspots; Kish 1965, "Survey Sampling".
    """
    warehouse = Warehouse.of(events)
    notes: list[str] = []
    with open_engine(engine) as served:
        counted = _Counts(warehouse, served, titles, by, step_seconds)
        curves = counted.curves(most, confidence, least_viewers, notes)
    imported = [one for one in read_aggregates(warehouse) if not titles or one.title_id in titles]
    curves = _ranked(curves)
    current_run().figure("curves", len(curves) + len(imported))
    current_run().figure("views", sum(curve.views for curve in curves))
    if not curves and not imported:
        notes.append("No view of these titles was played.")
    return Retention(curves=(*curves, *imported), confidence=confidence, notes=tuple(notes))


def seconds_played(spans: ibis.Table, keys: list[str], step_seconds: float = 1.0, point: float = 0.5) -> ibis.Table:
    """Changes in how many play, step by step: +1 at the first step whose middle a span covers, -1 after the last.

    Summed up from the start they are the number of spans that play each step. It costs the number of spans, not the
    number of seconds. With `point` 0 the beginning of a step has to be covered: who leaves in a step was at risk in it.
    """
    import ibis

    first = (spans.start_seconds / step_seconds - point).ceil().cast("int64")
    after = (spans.end_seconds / step_seconds - point).ceil().cast("int64")
    spans = spans.mutate(first=first, after=after).filter(lambda row: row.after > row["first"])
    begins = spans.select(*keys, step="first", change=ibis.literal(1, "int64"))
    ends = spans.select(*keys, step="after", change=ibis.literal(-1, "int64"))
    return begins.union(ends).group_by([*keys, "step"]).agg(change=lambda row: row.change.sum())


class _Counts:
    """What was counted of every title and group."""

    def __init__(self, warehouse: Warehouse, engine: Engine, titles: tuple[str, ...], by: str, step_seconds: float):
        self.engine, self.by, self.step = engine, by, step_seconds
        self.keys = ["title_id", by] if by else ["title_id"]
        self.views = self._chosen(warehouse.table(engine, "views"), titles)
        self.spans = self._chosen(warehouse.table(engine, "spans"), titles)
        self.covered = self._chosen(warehouse.table(engine, "covered"), titles)
        if by not in ("", "cut_id"):
            names = self.views.select("view", by)
            self.covered = self.covered.join(names, "view")

    def _chosen(self, table: ibis.Table, titles: tuple[str, ...]) -> ibis.Table:
        return table.filter(table.title_id.isin(list(titles))) if titles else table

    def curves(self, most: int, confidence: float, least_viewers: int, notes: list[str]) -> list[RetentionCurve]:
        """The curves of the most watched titles."""
        facts = self._facts()
        order = sorted(facts, key=lambda key: (-facts[key]["views"], key))
        watched = list(dict.fromkeys(key[0] for key in order))[:most]
        if len({key[0] for key in order}) > most:
            notes.append(f"The {most} most watched of {len({key[0] for key in order})} titles; --most gives more.")
        current_run().progress(0.3, "counting seconds")
        watching, plays = self._series(self.covered), self._series(self.spans)
        reached = self._series(self._reached())
        small, found = 0, []
        for key in order:
            if key[0] not in watched:
                continue
            if facts[key]["viewers"] < least_viewers:
                small += 1
                continue
            found.append(self._curve(key, facts[key], watching, plays, reached, confidence))
        if small:
            word = "group" if small == 1 else "groups"
            notes.append(f"{small} {word} of fewer than {least_viewers} viewers left out, to protect them.")
        return found

    def _facts(self) -> dict[Key, dict[str, float]]:
        """Views, viewers, design effect, length and content watched of each title and group."""
        played = self.views.filter(self.views.content_seconds > 0)
        each = played.group_by([*self.keys, "viewer"]).agg(
            views=played.count(), content=exact(played.content_seconds).sum(), duration=played.duration_seconds.max(),
            furthest=played.furthest_seconds.max(),
        )  # fmt: skip
        totals = each.group_by(self.keys).agg(
            viewers=each.count(),
            views=each.views.sum(),
            squares=(each.views * each.views).sum(),
            content=each.content.sum(),
            duration=each.duration.max(),
            furthest=each.furthest.max(),
        )
        return {self._key(row): row for row in self.engine.rows(totals)}

    def _key(self, row: dict[str, object]) -> Key:
        group = row.get(self.by) if self.by else ""
        return str(row["title_id"]), "unknown" if group is None else str(group)

    def _reached(self) -> ibis.Table:
        """From where each view came in to where it got: what it did not play in between it jumped over."""
        keys = [*self.keys, "view"]
        table = self.covered
        return table.group_by(keys).agg(start_seconds=table.start_seconds.min(), end_seconds=table.end_seconds.max())

    def _series(self, spans: ibis.Table) -> dict[Key, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        rows = self.engine.columns(seconds_played(spans, self.keys, self.step).order_by([*self.keys, "step"]))
        titles = rows["title_id"]
        groups = rows[self.by] if self.by else np.full(len(titles), "", dtype=object)
        found: dict[Key, list[int]] = {}
        for index, pair in enumerate(zip(titles, groups, strict=True)):
            found.setdefault(self._key({"title_id": pair[0], self.by: pair[1]}), []).append(index)
        return {
            key: (
                np.asarray(rows["step"])[places].astype(np.int64),
                np.asarray(rows["change"])[places].astype(np.int64),
            )
            for key, places in found.items()
        }

    def _curve(
        self, key: Key, facts: dict[str, float], watching: dict[Key, tuple[NDArray[np.int64], NDArray[np.int64]]],
        plays: dict[Key, tuple[NDArray[np.int64], NDArray[np.int64]]],
        reached: dict[Key, tuple[NDArray[np.int64], NDArray[np.int64]]], confidence: float,
    ) -> RetentionCurve:  # fmt: skip
        duration = min(float(facts["duration"] or facts["furthest"] or 0), _MOST_SECONDS)
        steps = max(int(np.ceil(duration / self.step)), 1)
        views = int(facts["views"])
        at, again, came = (
            _summed(series.get(key), steps) / views for series in (watching, plays, reached)
        )  # fmt: skip
        effective = views * views / facts["squares"]
        low, high = wilson(at, effective, confidence)
        skipped = np.maximum(came - at, 0)
        return RetentionCurve(
            title_id=key[0],
            group=key[1],
            views=views,
            viewers=int(facts["viewers"]),
            duration_seconds=duration,
            step_seconds=self.step,
            watching=_rounded(at),
            low=_rounded(low),
            high=_rounded(high),
            plays=_rounded(again),
            skipped=_rounded(skipped),
            average_seconds=round(float(facts["content"]) / views, 3),
            moments=find_moments(at, again, skipped, effective=effective, step_seconds=self.step),
        )


def _summed(series: tuple[NDArray[np.int64], NDArray[np.int64]] | None, steps: int) -> Floats:
    """Changes summed up to a value for each step."""
    changes = np.zeros(steps + 1)
    if series is not None:
        np.add.at(changes, np.clip(series[0], 0, steps), series[1])
    return np.cumsum(changes)[:steps]


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _ranked(curves: list[RetentionCurve]) -> list[RetentionCurve]:
    """Each curve with its rank among titles of similar length, where there are enough of them."""
    whole = [curve for curve in curves if not curve.group and curve.duration_seconds > 0]
    places = np.linspace(0, 1, 101)
    known = {
        curve.title_id: np.interp(places, np.linspace(0, 1, len(curve.watching)), curve.watching) for curve in whole
    }
    found = []
    for curve in curves:
        peers = [
            known[other.title_id]
            for other in whole
            if other.title_id != curve.title_id
            and abs(other.duration_seconds - curve.duration_seconds) <= _SIMILAR * curve.duration_seconds
        ]
        if len(peers) < _LEAST_PEERS:
            found.append(curve)
            continue
        at = np.linspace(0, 1, len(curve.watching))
        own, others = np.asarray(curve.watching), [np.interp(at, places, peer) for peer in peers]
        # As many as are below, and half of those that are level.
        rank = np.mean([(own > other + _LEVEL) + 0.5 * (abs(own - other) <= _LEVEL) for other in others], axis=0)
        found.append(curve.model_copy(update={"relative": _rounded(rank)}))
    return found
