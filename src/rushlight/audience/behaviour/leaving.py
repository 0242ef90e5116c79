"""Visits as labels: where, when and what, and whether they ended at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.predicting.history import seconds_since_last
from rushlight.audience.predicting.occasions import Occasions

__all__ = ["Visits", "said_value", "visits_of"]

_DAYPARTS = (("night", 0, 5), ("morning", 5, 11), ("daytime", 11, 17), ("evening", 17, 23), ("night", 23, 24))
_MOST_VALUES = 8
_LEAST_SHARE = 0.02
OTHER = "other"
_SAID = {
    ("daypart", "night"): "at night",
    ("daypart", "morning"): "in the morning",
    ("daypart", "daytime"): "in the daytime",
    ("daypart", "evening"): "in the evening",
    ("days", "weekend"): "at weekends",
    ("days", "weekday"): "on weekdays",
    ("visit", "first"): "first visit",
    ("visit", "again"): "had been there before",
}
_FORMS = {"device": "on {}", "traffic_source": "from {}", "category": "at {}", "title": "at {}"}


@dataclass(frozen=True)
class Visits:
    """Visits with their labels.

    Attributes:
        names: of the attributes.
        values: what each attribute's numbers mean.
        numbers: number of the value each visit has, int64, one array an attribute.
        bounced: whether it ended at once.
        seconds: how long it lasted.
        viewer: number of the viewer.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    numbers: tuple[NDArray[np.int64], ...]
    bounced: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    viewer: NDArray[np.int64]


def said_value(name: str, value: str) -> str:
    """A value in words."""
    if value == OTHER:
        return {"device": "on other devices", "traffic_source": "from elsewhere"}.get(name, f"at another {name}")
    return _SAID.get((name, value)) or _FORMS.get(name, "{}").format(value)


def visits_of(rows: Occasions, within_seconds: float, notes: list[str]) -> Visits:
    """Labels of visits; those that the network or the player ended are left out."""
    ended = rows.afterwards.get("ended")
    if ended is not None:
        broken = np.isin(ended, ("network", "error"))
        if broken.any():
            notes.append(f"{int(broken.sum()):,} visits that the network or the player ended are left out.")
        rows = rows.taken(~broken)
    seconds = rows.afterwards.get("content_seconds", rows.outcome)
    whole = rows.afterwards["ended"] == "end" if ended is not None else seconds >= 0.98 * rows.duration_seconds
    bounced = (seconds < within_seconds) & ~whole
    labels: dict[str, NDArray[np.str_]] = {
        name: values for name, values in rows.labels.items() if name in ("device", "traffic_source", "category")
    }
    if "category" not in labels:
        labels["title"] = np.array(rows.titles or ("",), np.str_)[rows.title]
    daypart = np.full(24, "night", "<U7")
    for name, first, end in _DAYPARTS:
        daypart[first:end] = name
    labels["daypart"] = daypart[rows.hour]
    labels["days"] = np.where(rows.weekday >= 5, "weekend", "weekday")
    if (rows.viewer >= 0).any():
        labels["visit"] = np.where(np.isnan(seconds_since_last(rows.viewer, rows.at)), "first", "again")
    names, values, numbers = [], [], []
    for name, words in labels.items():
        kept = _commonest(words)
        place = {word: number for number, word in enumerate(kept)}
        number = np.array([place.get(word, len(kept)) for word in words.tolist()], np.int64)
        names.append(name)
        values.append((*kept, OTHER))
        numbers.append(number)
    return Visits(tuple(names), tuple(values), tuple(numbers), bounced, np.asarray(seconds, np.float64), rows.viewer)


def _commonest(words: NDArray[np.str_]) -> tuple[str, ...]:
    found, counts = np.unique(words[words != ""], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_MOST_VALUES]
    return tuple(str(found[one]) for one in order if counts[one] >= _LEAST_SHARE * len(words))
