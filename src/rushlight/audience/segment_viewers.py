"""The capability `segment_viewers`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.events import Events
from rushlight.artifacts.segments import Segment, SegmentCandidate, Segments, Trait
from rushlight.audience.behaviour.viewers import SAID, Ways, ways_of_viewers
from rushlight.audience.statistics.clusters import Clustering, find_clusters, standardised
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["segment_viewers"]

_MOST_TRAITS = 5
# Less than this is no difference that anybody would see.
_LEAST_DIFFERENCE = 0.35


@capability(version=1, metrics=("segments", "viewers"))
def segment_viewers(
    events: Events,
    /,
    *,
    most: Annotated[int, Field(ge=2, le=20, description="At most so many segments.")] = 8,
    least_views: Annotated[int, Field(ge=1, description="Viewers with fewer views are left out.")] = 5,
    least_viewers: Annotated[int, Field(ge=1, description="A smaller segment is not shown.")] = 10,
    seed: Annotated[int, Field(ge=0, description="Same seed, same segments.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Segments:
    """Find groups of viewers who watch alike, with their profiles in words, or say that there are none.

    K-means on how much, what, when and how each viewer watches. The number of segments is the largest whose groups come
    out again from halves of the data and stand apart from each other; an audience that is one cloud has none. Device
    and origin take no part: they would give a segment to each device.

    Returns:
        `Segments`, with a table of who is in which, to import again and group other figures by.

    Raises:
        InputError: an unknown engine.
        ModelError: the engine or scikit-learn is not installed.
    """
    warehouse = Warehouse.of(events)
    with open_engine(engine) as served:
        current_run().progress(0.1, "reading how they watch")
        ways = ways_of_viewers(warehouse, served, least_views)
    current_run().progress(0.4, "looking for groups")
    found = find_clusters(standardised(ways.scaled), most=most, seed=seed)
    notes = _notes(ways, found, least_views)
    segments = _described(ways, found) if found.k > 1 else []
    small = [one for one in segments if one.viewers < least_viewers]
    if small:
        notes.append(f"{len(small)} of {len(segments)} segments have fewer than {least_viewers} viewers: not shown.")
    shown = tuple(one for one in segments if one.viewers >= least_viewers)
    members = None
    if shown:
        kept = {one.name for one in shown}
        members = _members(ways, found, [one.name for one in segments], kept, current_run().scratch / "segments.csv")
    current_run().figure("segments", len(shown))
    current_run().figure("viewers", len(ways.viewers))
    return Segments(
        segments=shown,
        candidates=tuple(
            SegmentCandidate(k=one.k, within=one.within, strength=one.strength, silhouette=one.silhouette,
                             valley_p=one.valley_p) for one in found.candidates
        ),
        stability=found.stability, viewers=len(ways.viewers), members=members, notes=tuple(notes),
    )  # fmt: skip


def _notes(ways: Ways, found: Clustering, least_views: int) -> list[str]:
    notes = []
    if ways.few:
        notes.append(f"{ways.few:,} viewers have fewer than {least_views} views and are left out.")
    if ways.bots:
        notes.append(f"{ways.bots} viewers that no person can be were left out (more than a day a day, or 500 views).")
    if found.k > 1:
        notes.append(f"{found.stability:.0%} stay together when the viewers are halved and grouped anew.")
    elif not found.candidates:
        notes.append(f"{len(ways.viewers):,} viewers are too few, or too alike, to look for segments.")
    else:
        notes.append(
            "No segments: viewers differ by degrees. No number of groups came out again from halves of the viewers "
            "with fewer viewers between the groups than in them."
        )
    return notes


def _described(ways: Ways, found: Clustering) -> list[Segment]:
    """Every group with what it does otherwise, and a name of its own from that."""
    spread = np.where(ways.scaled.std(axis=0) > 0, ways.scaled.std(axis=0), 1.0)
    segments: list[Segment] = []
    taken: set[str] = set()
    for group in range(found.k):
        inside = found.labels == group
        # Against the others, in deviations of all: a large group is the average otherwise.
        difference = (ways.scaled[inside].mean(axis=0) - ways.scaled[~inside].mean(axis=0)) / spread
        order = sorted(range(len(ways.names)), key=lambda index: (-abs(difference[index]), index))
        traits = [_trait(ways, inside, index, float(difference[index])) for index in order[:_MOST_TRAITS]
                  if abs(difference[index]) >= _LEAST_DIFFERENCE]  # fmt: skip
        segments.append(
            Segment(
                name=_name(traits, taken, group), viewers=int(inside.sum()), share=float(inside.mean()),
                traits=tuple(traits),
            )
        )  # fmt: skip
    return segments


def _trait(ways: Ways, inside: NDArray[np.bool_], index: int, difference: float) -> Trait:
    name = ways.names[index]
    more, less = SAID.get(name, (f"watch {name.removeprefix('category ')}", f"little {name.removeprefix('category ')}"))
    return Trait(
        name=name, value=float(ways.values[inside, index].mean()), overall=float(ways.values[:, index].mean()),
        difference=difference, words=more if difference > 0 else less,
    )  # fmt: skip


def _name(traits: list[Trait], taken: set[str], group: int) -> str:
    """The fewest words that no other segment has."""
    words = [trait.words for trait in traits]
    for count in range(1, len(words) + 1):
        name = ", ".join(words[:count]).capitalize()
        if name not in taken:
            taken.add(name)
            return name
    return f"Segment {group + 1}"


def _members(ways: Ways, found: Clustering, names: list[str], kept: set[str], path: Path) -> FileRef:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["viewer", "segment"])
        rows.writerows(
            [viewer, names[group]]
            for viewer, group in zip(ways.viewers, found.labels, strict=True) if names[group] in kept
        )  # fmt: skip
    return FileRef.of(path, "text/csv")
