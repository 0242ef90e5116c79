"""Occasions: a viewer before a title at a moment, and what came of it. Read from a warehouse or from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Occasions", "coded"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Occasions:
    """Rows in order of time.

    Attributes:
        viewer: number of the viewer; −1 where nothing is known of who it was.
        title: number of the title.
        at: when it began, seconds since 1970, set right where the viewer's clock was wrong.
        known_at: when what came of it is known.
        outcome: seconds watched, or 1 for a click and 0 for none; NaN where it is yet to come.
        hour: of the viewer's day, 0 to 23, as a fraction never.
        weekday: 0 is Monday.
        duration_seconds: length of the title; NaN where unknown.
        position: place on the page, from 1; NaN where unknown.
        labels: words such as the device, empty where unknown; by name.
        numbers: further columns that the person named; NaN where missing.
        viewers: name of each viewer.
        titles: name of each title.
        afterwards: what became known only afterwards, and is never a feature; by name.
        notes: what was left out or set right, in sentences.
    """

    viewer: Ints
    title: Ints
    at: Floats
    known_at: Floats
    outcome: Floats
    hour: Ints
    weekday: Ints
    duration_seconds: Floats
    position: Floats
    labels: dict[str, NDArray[np.str_]]
    numbers: dict[str, Floats]
    viewers: tuple[str, ...]
    titles: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    afterwards: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Occasions:
        """These rows, in this order."""
        arrays = {
            name: getattr(self, name)[rows]
            for name in ("viewer", "title", "at", "known_at", "outcome", "hour", "weekday", "duration_seconds",
                         "position")
        }  # fmt: skip
        return Occasions(
            **arrays,
            labels={name: values[rows] for name, values in self.labels.items()},
            numbers={name: values[rows] for name, values in self.numbers.items()},
            viewers=self.viewers, titles=self.titles, notes=self.notes,
            afterwards={name: values[rows] for name, values in self.afterwards.items()},
        )  # fmt: skip

    def in_order(self) -> Occasions:
        """Rows by time; of one instant by viewer and title, so that the same rows always stand the same way."""
        return self.taken(np.lexsort((self.title, self.viewer, self.at)))

    def followed_by(self, other: Occasions) -> Occasions:
        """These rows with those of another table after them, names of viewers and titles brought together."""
        viewers, viewer = _joined(self.viewers, other.viewers)
        titles, title = _joined(self.titles, other.titles)
        both: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("at", "known_at", "outcome", "hour", "weekday", "duration_seconds", "position")
        }
        return Occasions(
            viewer=np.concatenate([self.viewer, np.where(other.viewer >= 0, viewer[other.viewer], -1)]),
            title=np.concatenate([self.title, title[other.title]]),
            **both,
            labels={
                name: np.concatenate([values, other.labels.get(name, np.full(len(other), "", dtype=values.dtype))])
                for name, values in self.labels.items()
            },
            numbers={
                name: np.concatenate([values, other.numbers.get(name, np.full(len(other), np.nan))])
                for name, values in self.numbers.items()
            },
            viewers=viewers, titles=titles, notes=self.notes,
        )  # fmt: skip


def coded(names: NDArray[np.str_]) -> tuple[tuple[str, ...], Ints]:
    """Distinct names in order, and the number of each row's; −1 for an empty one."""
    if not len(names):
        return (), np.zeros(0, np.int64)
    known, number = np.unique(names, return_inverse=True)
    number = number.astype(np.int64)
    if known[0] == "":
        return tuple(str(name) for name in known[1:]), number - 1
    return tuple(str(name) for name in known), number


def _joined(names: tuple[str, ...], more: tuple[str, ...]) -> tuple[tuple[str, ...], Ints]:
    places = {name: number for number, name in enumerate(names)}
    for name in more:
        places.setdefault(name, len(places))
    return tuple(places), np.array([places[name] for name in more] or [0], np.int64)
