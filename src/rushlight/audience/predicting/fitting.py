"""Fitting: trees and a line, with what chooses between them, on rows that neither was fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.predicting.blend import Blend
from rushlight.audience.predicting.linear import LinearModel
from rushlight.audience.predicting.trees import BoostedTrees
from rushlight.core.errors import ModelError

__all__ = ["Fitted", "Model", "Task", "choose_model", "fit_line", "loss_of", "one_thread", "sigmoid"]

Floats = NDArray[np.float64]
Model = BoostedTrees | LinearModel | Blend
Task = Literal["watch_time", "click"]

_MOST_TREES = 300
_RATE = 0.06
_LEAVES = (6, 16)
_MOST_DEPTH = 6
# Strengths of the ridge, as a share of the number of rows.
_RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_SHARES = (0.0, 1.0, 0.5, 0.25, 0.75)
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class Fitted:
    """A model and what it was chosen by.

    Attributes:
        model: trees, a line or both.
        settings: what was chosen, in words.
        losses: loss on the rows that choose, by name of each model that was tried.
    """

    model: Model
    settings: str
    losses: dict[str, float]


def sigmoid(raw: Floats) -> Floats:
    """Probability of log-odds."""
    return np.asarray(0.5 * (1 + np.tanh(raw / 2)))


def loss_of(task: Task, raw: Floats, outcome: Floats) -> Floats:
    """Loss of each row: squared error in seconds², or the logarithmic loss in nats."""
    if task == "watch_time":
        return np.asarray((raw - outcome) ** 2)
    return np.asarray(np.logaddexp(0.0, raw) - outcome * raw)


def choose_model(
    task: Task, rows: Floats, outcome: Floats, choosing: Floats, chosen_by: Floats, *, seed: int, simple: int = -1
) -> Fitted:
    """Fit lines of several strengths and trees of several sizes; what has the least loss on other rows is chosen.

    The best line and the best trees are then blended in the share that has the least loss there, and both are fitted
    again on all rows with what was chosen. The simple guess itself takes part, so that what cannot be bettered stays.

    Args:
        task: what is predicted.
        rows: features of the rows of the fit, float64 of shape (n, features).
        outcome: what came of them.
        choosing: features of the rows that choose.
        chosen_by: what came of those.
        seed: of the trees.
        simple: column that is the simple guess, in seconds or log-odds; −1 where there is none.

    Raises:
        ModelError: scikit-learn is not installed, or of a version whose trees are read wrongly.
    """
    every, came = np.concatenate([rows, choosing]), np.concatenate([outcome, chosen_by])

    def loss(raw: Floats) -> float:
        return float(loss_of(task, raw, chosen_by).mean())

    with one_thread():
        lines = [(loss(line.raw(choosing)), ridge, line) for ridge, line in _lines(task, rows, outcome, simple)]
        line_loss, ridge, line = min(lines, key=lambda one: one[0])
        grown = [(*_fewest_loss(task, trees := _trees(task, rows, outcome, leaves, seed), choosing, chosen_by), leaves,
                  trees) for leaves in _LEAVES]  # fmt: skip
        tree_loss, count, leaves, trees = min(grown, key=lambda one: one[0])
        trees = trees.first(count)
        raw_trees, raw_line = trees.raw(choosing), line.raw(choosing)
        # Nothing is blended for a gain of less than a thousandth: the simpler comes first.
        shares = [(loss(share * raw_trees + (1 - share) * raw_line), share) for share in _SHARES]
        least = min(one for one, _ in shares)
        share = next(share for one, share in shares if one <= least * 1.001)
        line = line if ridge < 0 else fit_line(task, every, came, ridge)
        if share > 0:
            trees = _trees(task, every, came, leaves, seed, count)
    losses = {"linear": round(line_loss, 9), "trees": round(tree_loss, 9), "blend": round(least, 9)}
    said_line = "the simple guess itself" if ridge < 0 else f"a line of ridge {ridge:g}"
    said_trees = f"{count} trees of at most {leaves} leaves, rate {_RATE}"
    if share == 0:
        return Fitted(line, said_line, losses)
    if share == 1:
        return Fitted(trees, said_trees, losses)
    return Fitted(Blend(trees, line, share), f"{said_trees} ({share:.0%}) and {said_line}", losses)


def _lines(task: Task, rows: Floats, outcome: Floats, simple: int) -> Iterator[tuple[float, LinearModel]]:
    """Lines with their ridge; the simple guess, with a ridge of −1, first."""
    if simple >= 0:
        yield -1.0, _guess(rows, simple)
    for ridge in _RIDGES:
        yield ridge, fit_line(task, rows, outcome, ridge)


def _guess(rows: Floats, column: int) -> LinearModel:
    """The line that is one column."""
    centres, weights = _finite_mean(rows), np.zeros(rows.shape[1])
    weights[column] = 1.0
    everything = np.full(rows.shape[1], np.inf)
    return LinearModel(float(centres[column]), weights, centres, -everything, everything)


def fit_line(task: Task, rows: Floats, outcome: Floats, ridge: float) -> LinearModel:
    """A ridge on standard units, written back into the units of the features."""
    centres = _finite_mean(rows)
    filled = np.where(np.isnan(rows), 0.0, rows - centres)
    spread = filled.std(axis=0)
    scale = np.where(spread > _LEAST_SPREAD, spread, 1.0)
    scaled = np.where(spread > _LEAST_SPREAD, filled / scale, 0.0)
    strength = ridge * len(rows)
    if task == "watch_time":
        base = float(outcome.mean())
        gram = scaled.T @ scaled + strength * np.eye(scaled.shape[1])
        weights = np.linalg.solve(gram, scaled.T @ (outcome - base))
    else:
        fitted = _sklearn().LogisticRegression(C=1 / strength, max_iter=500, tol=1e-8).fit(scaled, outcome)
        base, weights = float(fitted.intercept_[0]), fitted.coef_[0]
    low, high = (np.where(known, edge, 0.0) for known, edge in _edges(rows))
    return LinearModel(base, np.asarray(weights / scale, np.float64), centres, low, high)


def _edges(rows: Floats) -> tuple[tuple[NDArray[np.bool_], Floats], ...]:
    """Least and greatest of each column, and whether anything is known of it."""
    known = ~np.isnan(rows)
    some = known.any(axis=0)
    return (some, np.where(known, rows, np.inf).min(axis=0)), (some, np.where(known, rows, -np.inf).max(axis=0))


def _finite_mean(rows: Floats) -> Floats:
    known = ~np.isnan(rows)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _trees(task: Task, rows: Floats, outcome: Floats, leaves: int, seed: int, count: int = _MOST_TREES) -> BoostedTrees:
    ensemble = _sklearn_ensemble()
    kind = ensemble.HistGradientBoostingRegressor if task == "watch_time" else ensemble.HistGradientBoostingClassifier
    fitted = kind(
        learning_rate=_RATE, max_iter=count, max_leaf_nodes=leaves, max_depth=_MOST_DEPTH,
        min_samples_leaf=max(20, len(rows) // 1000), l2_regularization=1.0, early_stopping=False, random_state=seed,
    ).fit(rows, outcome)  # fmt: skip
    trees = trees_of(fitted)
    sample = rows[:: max(len(rows) // 200, 1)]
    theirs = fitted.predict(sample) if task == "watch_time" else fitted.decision_function(sample)
    if not np.allclose(trees.raw(sample), theirs, rtol=1e-9, atol=1e-9):
        raise ModelError(
            "This version of scikit-learn writes its trees in a way that is not known.",
            hint='pip install -U "rushlight[people]"',
        )
    return trees


def trees_of(fitted: Any) -> BoostedTrees:
    """The trees of a fitted HistGradientBoosting model of scikit-learn that predicts one number."""
    nodes = [grown[0].nodes for grown in fitted._predictors]
    starts = np.cumsum([0, *(len(one) for one in nodes[:-1])]).astype(np.int64)
    every = np.concatenate(nodes)
    leaf = every["is_leaf"].astype(bool)
    return BoostedTrees(
        base=float(np.asarray(fitted._baseline_prediction).ravel()[0]),
        starts=starts,
        feature=np.where(leaf, -1, every["feature_idx"].astype(np.int64)),
        threshold=every["num_threshold"].astype(np.float64),
        missing_left=every["missing_go_to_left"].astype(bool),
        left=every["left"].astype(np.int64),
        right=every["right"].astype(np.int64),
        value=np.where(leaf, every["value"], 0.0).astype(np.float64),
        cover=every["count"].astype(np.float64),
    )


def _fewest_loss(task: Task, trees: BoostedTrees, rows: Floats, outcome: Floats) -> tuple[float, int]:
    """The least loss on these rows and how many trees have it; at least one."""
    raw, losses = np.full(len(rows), trees.base), []
    for number in range(len(trees.starts)):
        raw = raw + trees.only(number).raw(rows)
        losses.append(float(loss_of(task, raw, outcome).mean()))
    return min(losses), int(np.argmin(losses)) + 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Let sums be added up in one order, so that the same rows give the same model."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise _missing() from error
    with threadpool_limits(limits=1):
        yield


def _sklearn() -> Any:
    try:
        import sklearn.linear_model
    except ImportError as error:
        raise _missing() from error
    return sklearn.linear_model


def _sklearn_ensemble() -> Any:
    try:
        import sklearn.ensemble
    except ImportError as error:
        raise _missing() from error
    return sklearn.ensemble


def _missing() -> ModelError:
    return ModelError("scikit-learn is not installed.", hint='pip install "rushlight[people]"')
