"""Explanations: what each feature adds to predictions, shown only when it adds up to them.

What is explained is the model's own number, seconds or log-odds, before it is calibrated or kept above nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts.prediction import FeatureEffect, FeatureStep
from rushlight.audience.predicting.features import FeatureTable, group_of, said_of
from rushlight.audience.predicting.fitting import Model, sigmoid

__all__ = ["MOST_ERROR", "Explained", "explain_rows", "gap_of"]

Floats = NDArray[np.float64]

MOST_ERROR = 1e-6
_MOST_ROWS = 2_000
_STEPS = 5
# A step of fewer rows would speak of persons.
_LEAST_ROWS = 10
_MOST_GROUPS = 12


@dataclass(frozen=True)
class Explained:
    """What features add, or why that is not said.

    Attributes:
        error: largest distance between a prediction and the sum of its shares, as a share of the prediction.
        withheld: why there is no explanation; empty when there is one.
        effects: of each group of features, the strongest first.
        base: what predictions start from.
    """

    error: float
    withheld: str
    effects: tuple[FeatureEffect, ...]
    base: float


def gap_of(raw: Floats, base: float, parts: Floats) -> float:
    """Largest |base + Σ shares − prediction| ÷ |prediction|."""
    if not len(raw):
        return 0.0
    return float((np.abs(base + parts.sum(axis=1) - raw) / np.maximum(np.abs(raw), 1e-12)).max())


def explain_rows(model: Model, table: FeatureTable, rows: NDArray[np.int64], seed: int) -> Explained:
    """Explain rows of a table, at most two thousand drawn from them."""
    if len(rows) > _MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:_MOST_ROWS])
    values = table.values[rows]
    base, parts = model.explain(values)
    error = gap_of(model.raw(values), base, parts)
    if not error <= MOST_ERROR:
        said = (
            f"The shares of features miss the predictions by {error:.1e}, more than {MOST_ERROR:.0e}; "
            "the explanation is withheld."
        )
        return Explained(error, said, (), base)
    groups: dict[str, list[int]] = {}
    for column, name in enumerate(table.names):
        groups.setdefault(group_of(name), []).append(column)
    effects = [_effect(name, columns, table, values, parts) for name, columns in groups.items()]
    effects = [one for one in effects if one.strength > 0]
    effects.sort(key=lambda one: (-one.strength, one.feature))
    return Explained(error, "", tuple(effects[:_MOST_GROUPS]), base)


def _effect(name: str, columns: list[int], table: FeatureTable, values: Floats, parts: Floats) -> FeatureEffect:
    share = parts[:, columns].sum(axis=1)
    labelled = [column for column in columns if table.names[column].startswith(f"{name}: ")]
    is_words = name in table.labels
    column = values[:, columns[0]]
    steps = (
        _of_labels(table, values, share, labelled, name) if is_words
        else _of_numbers(sigmoid(column) if name in table.odds else column, share)
    )  # fmt: skip
    return FeatureEffect(
        feature=name,
        words=said_of(name),
        strength=round(float(np.abs(share).mean()), 9),
        steps=tuple(step for step in steps if step.rows >= _LEAST_ROWS),
    )


def _of_labels(
    table: FeatureTable, values: Floats, share: Floats, columns: list[int], name: str
) -> tuple[FeatureStep, ...]:
    found, others = [], np.ones(len(values), bool)
    for column in columns:
        inside = values[:, column] > 0
        others &= ~inside
        if inside.any():
            found.append(_step(table.names[column].removeprefix(f"{name}: "), share[inside]))
    if others.any():
        found.append(_step("others", share[others]))
    return tuple(found)


def _of_numbers(column: Floats, share: Floats) -> tuple[FeatureStep, ...]:
    known = np.flatnonzero(~np.isnan(column))
    found = []
    distinct = np.unique(column[known])
    if len(distinct) <= _STEPS:
        found = [_step(_figure(value), share[column == value]) for value in distinct.tolist()]
    else:
        edges = np.unique(np.quantile(column[known], np.linspace(0, 1, _STEPS + 1)))
        place = np.clip(np.searchsorted(edges, column[known], side="right") - 1, 0, len(edges) - 2)
        for number in range(len(edges) - 1):
            inside = known[place == number]
            if len(inside):
                found.append(_step(f"{_figure(edges[number])} to {_figure(edges[number + 1])}", share[inside]))
    missing = np.isnan(column)
    if missing.any():
        found.append(_step("unknown", share[missing]))
    return tuple(found)


def _step(label: str, share: Floats) -> FeatureStep:
    return FeatureStep(label=label, effect=round(float(share.mean()), 9), rows=len(share))


def _figure(value: float) -> str:
    return f"{value:.3g}"
