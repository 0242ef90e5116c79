"""What is known of each viewer's ways: how much, what, when and how they watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.behaviour.clock import with_hour
from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.people import without_bots
from rushlight.audience.warehouse.playback import exact
from rushlight.audience.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    import ibis

__all__ = ["SAID", "Ways", "ways_of_viewers"]

Floats = NDArray[np.float64]

BOUNCE_SECONDS = 10.0
_MOST_CATEGORIES = 8
# So many views of the average viewer are added to each one's own, so that a share of three views is no certainty.
_PRIOR_VIEWS = 3.0
SAID: dict[str, tuple[str, str]] = {
    "views": ("watch often", "watch seldom"),
    "minutes_a_view": ("watch long at a time", "watch briefly at a time"),
    "finished": ("finish what they start", "rarely finish"),
    "left_at_once": ("often leave at once", "rarely leave at once"),
    "seeks_a_view": ("jump about", "watch straight through"),
    "repeats": ("come back to the same title", "do not come back to a title"),
    "morning": ("watch in the morning", "not in the morning"),
    "daytime": ("watch in the daytime", "not in the daytime"),
    "evening": ("watch in the evening", "not in the evening"),
    "night": ("watch at night", "not at night"),
    "weekend": ("watch at weekends", "watch on weekdays"),
}
_HOURS = {"morning": (5, 11), "daytime": (11, 17), "evening": (17, 23), "night": (23, 29)}


@dataclass(frozen=True)
class Ways:
    """Viewers and their ways.

    Attributes:
        viewers: pseudonyms, in order.
        names: of the columns; those of categories begin with `category `.
        values: what is said of each viewer, float64 of shape (viewers, names), in units a person can read.
        scaled: the same for statistics: counts as logarithms, shares drawn to the average and made even in variance.
        few: viewers left out for having too few views.
        bots: viewers left out because no person can be them.
    """

    viewers: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats
    scaled: Floats
    few: int
    bots: int


def ways_of_viewers(warehouse: Warehouse, engine: Engine, least_views: int) -> Ways:
    """Work out the ways of all viewers with at least so many views."""
    views, _, bots = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
    views = views.filter((views.played_seconds > 0) & views.viewer.notnull())
    categories = _categories(warehouse)
    found = engine.columns(_expression(with_hour(engine, views, "started_at", "hour"), categories).order_by("viewer"))
    # Pseudonyms differ from warehouse to warehouse; the same viewers have to give the same groups under any of them.
    figures = [np.asarray(found[name], dtype=np.float64) for name in sorted(found) if name != "viewer"]
    order = np.lexsort([np.asarray(found["viewer"], dtype=np.str_), *figures])
    found = {name: np.asarray(column)[order] for name, column in found.items()}
    number = np.asarray(found["views"], dtype=np.float64)
    kept = number >= least_views
    columns = _columns({name: np.asarray(column)[kept] for name, column in found.items()}, categories)
    names = tuple(name for name, (raw, _) in columns.items() if len(raw) and raw.std() > 0)
    empty = np.zeros((int(kept.sum()), 0))
    return Ways(
        viewers=tuple(str(name) for name in np.asarray(found["viewer"])[kept]),
        names=names,
        values=np.stack([columns[name][0] for name in names], axis=1) if names else empty,
        scaled=np.stack([columns[name][1] for name in names], axis=1) if names else empty,
        few=int((~kept).sum()),
        bots=bots,
    )


def _categories(warehouse: Warehouse) -> dict[str, list[str]]:
    """Titles of each of the commonest categories."""
    found: dict[str, list[str]] = {}
    for title, facts in sorted(warehouse.manifest().titles.items()):
        if facts.get("category"):
            found.setdefault(facts["category"], []).append(title)
    most = sorted(found, key=lambda name: (-len(found[name]), name))[:_MOST_CATEGORIES]
    return {name: found[name] for name in sorted(most)}


def _expression(views: ibis.Table, categories: dict[str, list[str]]) -> ibis.Table:
    def count(condition: ibis.Value) -> ibis.Value:
        return condition.cast("int64").sum()

    hours = {
        name: count(((views.hour >= low) & (views.hour < high)) | (views.hour + 24 < high))
        for name, (low, high) in _HOURS.items()
    }
    kinds = {f"kind_{index}": count(views.title_id.isin(titles)) for index, titles in enumerate(categories.values())}
    return views.group_by("viewer").agg(
        views=views.count(), titles=views.title_id.nunique(), seconds=exact(views.content_seconds).sum(),
        seeks=views.seeks.sum(), finished=count(views.ended == "end"),
        left=count((views.ended != "end") & (views.content_seconds < BOUNCE_SECONDS)),
        weekend=count(views.started_at.day_of_week.index() >= 5), **hours, **kinds,
    )  # fmt: skip


def _columns(
    found: dict[str, NDArray[np.generic]], categories: dict[str, list[str]]
) -> dict[str, tuple[Floats, Floats]]:
    """Each column as it is read and as it is compared."""
    views = found["views"].astype(float)

    def share(name: str) -> tuple[Floats, Floats]:
        part = found[name].astype(float)
        average = part.sum() / max(views.sum(), 1)
        drawn = (part + _PRIOR_VIEWS * average) / (views + _PRIOR_VIEWS)
        # The variance of a share depends on the share; that of its arcsine does not (Anscombe 1948).
        return part / views, np.arcsin(np.sqrt(drawn.clip(0, 1)))

    def amount(values: Floats) -> tuple[Floats, Floats]:
        return values, np.log1p(values)

    repeats = (views - found["titles"].astype(float)) / views
    return {
        "views": amount(views),
        "minutes_a_view": amount(found["seconds"].astype(float) / views / 60),
        "finished": share("finished"),
        "left_at_once": share("left"),
        "seeks_a_view": amount(found["seeks"].astype(float) / views),
        "repeats": (repeats, repeats),
        **{name: share(name) for name in (*_HOURS, "weekend")},
        **{f"category {name}": share(f"kind_{index}") for index, name in enumerate(categories)},
    }
