"""What is known of an occasion before it: the moment, the device, and the past of its viewer and its title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.predicting.history import past_sums, seconds_since_last, shrunk_mean
from rushlight.audience.predicting.occasions import Occasions

__all__ = ["FeatureTable", "features_of", "group_of", "log_odds", "said_of"]

Floats = NDArray[np.float64]

# So many usual outcomes are added to those of a title or viewer, so that one view makes no habit.
_PRIOR = 5.0
_MOST_LABELS = 8
_EDGE = 1e-6
# What came of something so far: of clicks it is a share, and told to a model as log-odds.
_SHARES = ("title so far", "viewer so far", "category so far")
_LEAST_LABEL_SHARE = 0.01
_SAID = {
    "title so far": "what came of this title so far",
    "title known": "how often the title was seen so far",
    "title age": "days since the title was first seen",
    "viewer so far": "what came of this viewer's visits so far",
    "viewer beyond": "how much more or less than others this viewer gave to titles so far",
    "viewer known": "how often the viewer came so far",
    "viewer away": "days since the viewer's last visit",
    "pair so far": "what came of this viewer at this title so far",
    "pair known": "how often this viewer met this title so far",
    "category so far": "what came of this category so far",
    "viewer category": "what this viewer gave to this category so far",
    "hour": "hour of the viewer's day",
    "weekday": "day of the week",
    "duration": "length of the title",
    "position": "place on the page",
    "device": "device",
    "traffic_source": "where the viewer came from",
    "category": "category",
}


@dataclass(frozen=True)
class FeatureTable:
    """Features of occasions.

    Attributes:
        names: of the columns; those of one group share what stands before a colon.
        values: float64 of shape (rows, names); NaN where nothing is known.
        title_mean: the outcome of the row's title so far, drawn to what is usual: the simple baseline.
        overall_mean: the outcome of everything so far.
        labels: categories that have a column, by name.
        odds: columns that are log-odds of a share.
    """

    names: tuple[str, ...]
    values: Floats
    title_mean: Floats
    overall_mean: Floats
    labels: dict[str, tuple[str, ...]]
    odds: frozenset[str] = frozenset()


def log_odds(share: Floats) -> Floats:
    """Log-odds of shares, those of 0 and 1 taken as a millionth from them."""
    inside = np.clip(share, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def group_of(name: str) -> str:
    """The group of a column: what stands before the colon."""
    return name.split(":")[0]


def said_of(group: str) -> str:
    """A group of columns in words."""
    return _SAID.get(group, group)


def features_of(
    rows: Occasions, learned_from: NDArray[np.bool_], usual: float, *, as_odds: bool = False
) -> FeatureTable:
    """Features of rows in order of time, each from what was known strictly before the row's own moment.

    Args:
        rows: occasions in order.
        learned_from: rows whose labels may have a column; later ones count as others.
        usual: outcome to expect before anything is known.
        as_odds: outcomes are 0 or 1, so that means of them are shares.
    """
    at, known, outcome = rows.at, rows.known_at, rows.outcome
    days = 86_400.0

    def so_far(keys: NDArray[np.int64], towards: Floats) -> tuple[Floats, Floats]:
        count, total = past_sums(keys, at, known, outcome)
        return count, shrunk_mean(count, total, towards, _PRIOR)

    _, overall = so_far(np.zeros(len(rows), np.int64), np.full(len(rows), usual))
    title_count, title_mean = so_far(rows.title, overall)
    columns: dict[str, Floats] = {
        "title so far": title_mean,
        "title known": np.log1p(title_count),
        "title age": _age(rows.title, at) / days,
    }
    if (rows.viewer >= 0).any():
        viewer_count, viewer_mean = so_far(rows.viewer, overall)
        beyond_count, beyond = past_sums(rows.viewer, at, known, outcome - title_mean)
        pair = np.where(rows.viewer >= 0, rows.viewer * np.int64(len(rows.titles)) + rows.title, -1)
        pair_count, pair_sum = past_sums(pair, at, known, outcome)
        met = np.where(pair_count > 0, pair_sum / np.maximum(pair_count, 1), np.nan)
        columns |= {
            "viewer so far": viewer_mean,
            "viewer beyond": beyond / (beyond_count + _PRIOR),
            "viewer known": np.log1p(viewer_count),
            "viewer away": seconds_since_last(rows.viewer, at) / days,
            "pair so far": met,
            "pair known": np.log1p(pair_count),
        }
    if "category" in rows.labels:
        columns |= _of_categories(rows, overall, title_mean)
    hour = rows.hour.astype(np.float64)
    turn = 2 * np.pi * hour / 24
    columns |= {"hour": hour, "hour: sine": np.sin(turn), "hour: cosine": np.cos(turn)}
    columns |= {"weekday": rows.weekday.astype(np.float64), "weekday: weekend": (rows.weekday >= 5).astype(np.float64)}
    columns |= {"duration": rows.duration_seconds, "position": rows.position, **rows.numbers}
    labels: dict[str, tuple[str, ...]] = {}
    for name, values in rows.labels.items():
        labels[name] = _commonest(values[learned_from])
        columns |= {f"{name}: {label}": (values == label).astype(np.float64) for label in labels[name]}
    odds = frozenset(name for name in _SHARES if as_odds and name in columns)
    columns |= {name: log_odds(columns[name]) for name in odds}
    # A column that never varies where it is learned from can say nothing.
    kept = [name for name, column in columns.items() if _varies(column[learned_from])]
    table = np.stack([columns[name] for name in kept], axis=1) if kept else np.zeros((len(rows), 0))
    return FeatureTable(tuple(kept), np.asarray(table, np.float64), title_mean, overall, labels, odds)


def _of_categories(rows: Occasions, overall: Floats, title_mean: Floats) -> dict[str, Floats]:
    names, category = np.unique(rows.labels["category"], return_inverse=True)
    category = np.where(names[category] == "", -1, category).astype(np.int64)
    count, total = past_sums(category, rows.at, rows.known_at, rows.outcome)
    both = np.where((rows.viewer >= 0) & (category >= 0), rows.viewer * np.int64(len(names)) + category, -1)
    both_count, both_sum = past_sums(both, rows.at, rows.known_at, rows.outcome - title_mean)
    return {
        "category so far": shrunk_mean(count, total, overall, _PRIOR),
        "viewer category": both_sum / (both_count + _PRIOR),
    }


def _age(keys: NDArray[np.int64], at: Floats) -> Floats:
    """Seconds since the first moment of the same key; rows are in order of time."""
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(at - at[first][number])


def _commonest(values: NDArray[np.str_]) -> tuple[str, ...]:
    names, counts = np.unique(values[values != ""], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_MOST_LABELS]
    return tuple(str(names[one]) for one in order if counts[one] >= _LEAST_LABEL_SHARE * max(len(values), 1))


def _varies(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    return bool(len(known)) and (bool(np.isnan(column).any()) or float(known.min()) < float(known.max()))
