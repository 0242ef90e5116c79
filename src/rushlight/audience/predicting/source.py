"""Occasions from a warehouse: views with the seconds that were watched, impressions with whether they were clicked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.behaviour.clock import with_hour
from rushlight.audience.predicting.occasions import Occasions, coded
from rushlight.audience.predicting.tables import (
    MOST_IMPRESSIONS_A_DAY,
    MOST_ROWS,
    TableForm,
    local_hour_and_weekday,
    read_table,
)
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.people import pseudonym, without_bots
from rushlight.audience.warehouse.warehouse import MANIFEST, Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError

if TYPE_CHECKING:
    import ibis

__all__ = ["read_impressions", "read_occasions", "read_views", "read_wanted", "refusing"]

Floats = NDArray[np.float64]

_CLOCK_SECONDS = 60


def read_views(warehouse: Warehouse, engine: Engine) -> Occasions:
    """Views that played something, with the seconds they played.

    Raises:
        InputError: there are none.
    """
    notes: list[str] = []
    views = _people(warehouse, engine, notes)
    views = views.filter((views.played_seconds > 0) & views.viewer.notnull() & views.started_at.notnull())
    views = with_hour(engine, views, "started_at", "hour")
    ahead = (views.clock_ahead_seconds > _CLOCK_SECONDS).ifelse(views.clock_ahead_seconds, 0)
    found = _columns(
        engine, views.select(
            "viewer", "title_id", "device", "traffic_source", "hour", "duration_seconds", "played_seconds",
            "content_seconds", "ended",
            began=views.started_at.cast("timestamp"), finished=views.last_at.cast("timestamp"), ahead=ahead,
        ), "began", notes,
    )  # fmt: skip
    if not len(found["viewer"]):
        raise InputError(
            "No view was played yet, so there is nothing to learn from.", path=warehouse.folder,
            hint="Import events of a player: rushlight audience import EVENTS.",
        )  # fmt: skip
    shifted = found["ahead"].astype(np.float64)
    if (shifted > 0).any():
        notes.append(f"{int((shifted > 0).sum()):,} views came with a clock that was ahead; it was set right.")
    began, ended = (_seconds(found[name]) - shifted for name in ("began", "finished"))
    made = _made(warehouse, found, began, np.maximum(ended, began), found["played_seconds"].astype(float), notes)
    made.afterwards.update(ended=_words(found["ended"]), content_seconds=found["content_seconds"].astype(float))
    return made


def read_impressions(warehouse: Warehouse, engine: Engine, within_seconds: float) -> Occasions:
    """Impressions, each with whether the viewer clicked that title within so long, before it was shown again.

    Raises:
        InputError: there are none.
    """
    notes: list[str] = []
    views, events, bots = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
    del views
    _say_bots(bots, notes)
    late = events.ts_server.notnull() & (
        events.ts_client.epoch_seconds() - events.ts_server.epoch_seconds() > _CLOCK_SECONDS
    )
    events = events.mutate(moment=late.ifelse(events.ts_server, events.ts_client).cast("timestamp"))
    shown = with_hour(engine, events.filter(events.event == "impression"), "moment", "hour")
    fields = ("viewer", "title_id", "device", "traffic_source", "hour", "duration_seconds", "position", "moment")
    found = _columns(engine, shown.select(*fields, "event_id"), "moment", notes)
    if not len(found["viewer"]):
        raise InputError(
            "No impressions are known, so nothing can be said of clicks.", path=warehouse.folder,
            hint="Send an `impression` event when a title is shown, or give a table of impressions.",
        )  # fmt: skip
    clicks = _columns(
        engine, events.filter(events.event == "click").select("viewer", "title_id", "moment", "event_id"), "moment", []
    )
    found, robots = _without_robots(found)
    if robots:
        notes.append(f"{robots:,} viewers with more than {MOST_IMPRESSIONS_A_DAY:,} impressions a day are left out.")
    at = _seconds(found["moment"])
    outcome, lost = _clicked(found, at, clicks, within_seconds)
    if lost:
        notes.append(f"{lost:,} clicks follow no impression within {within_seconds / 60:.0f} minutes: not counted.")
    return _made(warehouse, found, at, at + within_seconds, outcome, notes)


def refusing(warehouse: Warehouse, engine: Engine, purpose: str) -> set[str]:
    """Viewers whose latest word on consent does not name the purpose."""
    import ibis

    events = warehouse.table(engine, "events")
    order = [ibis.desc("ts_client"), ibis.desc("event_id")]
    latest = events.select(
        "viewer", "consent", n=ibis.row_number().over(ibis.window(group_by="viewer", order_by=order))
    )
    rows = engine.rows(latest.filter(latest.n == 0).select("viewer", "consent"))
    return {str(row["viewer"]) for row in rows if purpose not in str(row["consent"] or "").split()}


def _people(warehouse: Warehouse, engine: Engine, notes: list[str]) -> ibis.Table:
    views, _, bots = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
    _say_bots(bots, notes)
    return views


def _say_bots(bots: int, notes: list[str]) -> None:
    if bots:
        notes.append(f"{bots} viewers that no person can be were left out (more than a day a day, or 500 views).")


def _columns(engine: Engine, table: ibis.Table, when: str, notes: list[str]) -> dict[str, NDArray[Any]]:
    """Columns of the latest rows."""
    import ibis

    order = [ibis.desc(when), *(name for name in ("viewer", "title_id", "event_id") if name in table.columns)]
    found = engine.columns(table.order_by(order).limit(MOST_ROWS))
    if len(found[when]) == MOST_ROWS:
        notes.append(f"Only the latest {MOST_ROWS:,} rows were looked at.")
    return found


def _without_robots(found: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], int]:
    day = np.floor(_seconds(found["moment"]) / 86_400).astype(np.int64)
    names, who = coded(_words(found["viewer"]))
    key = who * np.int64(100_000) + day % 100_000
    pairs, counts = np.unique(key, return_counts=True)
    wrong = np.unique(pairs[counts > MOST_IMPRESSIONS_A_DAY] // 100_000)
    del names
    kept = ~np.isin(who, wrong)
    return {name: values[kept] for name, values in found.items()}, len(wrong)


def _clicked(
    found: dict[str, NDArray[Any]], at: Floats, clicks: dict[str, NDArray[Any]], within_seconds: float
) -> tuple[Floats, int]:
    """1 for each impression that a click follows; a click belongs to the last impression before it. And clicks lost."""
    shown = np.char.add(np.char.add(_words(found["viewer"]), "|"), _words(found["title_id"]))
    clicked = np.char.add(np.char.add(_words(clicks["viewer"]), "|"), _words(clicks["title_id"]))
    outcome = np.zeros(len(at))
    if not len(clicked):
        return outcome, 0
    when = _seconds(clicks["moment"])
    names = {name: number for number, name in enumerate(np.unique(shown).tolist())}
    of_shown = np.array([names[name] for name in shown.tolist()], np.int64)
    of_click = np.array([names.get(name, -1) for name in clicked.tolist()], np.int64)
    order = np.lexsort((at, of_shown))
    lost = 0
    # One number per moment of a pair, so that one search finds the last impression before each click.
    span = max(at.max(), when.max()) - min(at.min(), when.min()) + within_seconds + 1.0
    origin = min(at.min(), when.min())
    places = of_shown[order] * span + (at[order] - origin)
    for pair, moment in zip(of_click.tolist(), when.tolist(), strict=True):
        place = int(np.searchsorted(places, pair * span + (moment - origin), side="right")) - 1
        row = order[place] if pair >= 0 and place >= 0 else -1
        if row < 0 or of_shown[row] != pair or moment - at[row] > within_seconds:
            lost += 1
        else:
            outcome[row] = 1.0
    return outcome, lost


def _made(
    warehouse: Warehouse, found: dict[str, NDArray[Any]], at: Floats, known_at: Floats, outcome: Floats,
    notes: list[str],
) -> Occasions:  # fmt: skip
    hour = found["hour"].astype(np.int64)
    utc = np.floor(at % 86_400 / 3_600)
    _, weekday = local_hour_and_weekday(at + 3_600 * ((hour - utc + 12) % 24 - 12))
    viewers, viewer = coded(_words(found["viewer"]))
    titles, title = coded(_words(found["title_id"]))
    facts = warehouse.manifest().titles
    labels = {name: _words(found[name]) for name in ("device", "traffic_source")}
    if any(facts.get(name, {}).get("category") for name in titles):
        labels["category"] = np.array([facts.get(name, {}).get("category", "") for name in titles], np.str_)[title]
    empty = np.full(len(at), np.nan)

    def numbers(name: str) -> Floats:
        return np.asarray(found[name], dtype=np.float64) if name in found else empty

    return Occasions(
        viewer, title, at, known_at, outcome, hour, weekday, numbers("duration_seconds"), numbers("position"),
        labels, {}, viewers, titles, notes,
    )  # fmt: skip


def _words(values: NDArray[Any]) -> NDArray[np.str_]:
    return np.array(["" if value is None else str(value) for value in values.tolist()], dtype=np.str_)


def _seconds(values: NDArray[Any]) -> Floats:
    return np.asarray(values.astype("datetime64[us]").astype(np.int64) / 1e6)


def read_occasions(
    file: FileRef, outcome: str, engine: str, *, features: tuple[str, ...] = (), within_seconds: float = 1_800.0
) -> Occasions:
    """Occasions with what came of them, of a warehouse (its `warehouse.json`) or of a table.

    Args:
        file: where they lie.
        outcome: `watched` or `click`.
        engine: what reads a warehouse.
        features: further columns of a table.
        within_seconds: a click counts up to so long after an impression.

    Raises:
        InputError: nothing of the kind is there, or columns were named that a warehouse does not have.
    """
    if file.path.name != MANIFEST:
        return read_table(file.path, TableForm(outcome, features, within_seconds))
    if features:
        raise InputError("A warehouse has no further columns.", hint="Leave out --features, or give a table.")
    warehouse = Warehouse(file.path.parent)
    with open_engine(engine) as served:
        if outcome == "click":
            return read_impressions(warehouse, served, within_seconds)
        return read_views(warehouse, served)


def read_wanted(
    file: FileRef, source: FileRef, engine: str, *, purpose: str, features: tuple[str, ...] = ()
) -> Occasions:
    """Occasions to predict, of a table; viewers of a warehouse under their pseudonyms.

    Who did not agree to the purpose is predicted as a viewer of whom nothing is known.
    """
    found = read_table(file.path, TableForm("", features))
    if source.path.name != MANIFEST:
        return found
    warehouse = Warehouse(source.path.parent)
    with open_engine(engine) as served:
        refused = refusing(warehouse, served, purpose) if purpose else set()
    names = tuple(pseudonym(warehouse, name) for name in found.viewers)
    may = np.array([name not in refused for name in names] or [True])
    known = found.viewer >= 0
    viewer = np.where(known & may[np.where(known, found.viewer, 0)], found.viewer, -1)
    facts = warehouse.manifest().titles
    labels = dict(found.labels)
    if "category" not in labels:
        words = np.array([facts.get(name, {}).get("category", "") for name in found.titles], np.str_)
        labels["category"] = words[found.title]
    return replace(found, viewer=viewer, viewers=names, labels=labels)
