"""Fitting: trees and a line, and what chooses between them: rows that neither was fitted on.

Rows are cut into stretches of time. Each is predicted by models of the others, so that all rows choose, and calibrate,
without having been fitted on; what was chosen is then fitted on all of them.
"""

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

__all__ = ["Fitted", "Model", "Task", "choose_model", "fit_line", "loss_of", "one_thread", "sigmoid", "stretches"]

Floats = NDArray[np.float64]
Model = BoostedTrees | LinearModel | Blend
Task = Literal["watch_time", "click"]

_MOST_TREES = 100
_FOLDS = 4
# More rows than this choose no better.
_MOST_CHOOSING = 100_000
_RATE = 0.1
_LEAVES = (8,)
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
        losses: mean loss on stretches held back, by name of each kind of model.
        held: predictions of the rows of the fit by models that were not fitted on them; NaN where there are none.
    """

    model: Model
    settings: str
    losses: dict[str, float]
    held: Floats


def sigmoid(raw: Floats) -> Floats:
    """Probability of log-odds."""
    return np.asarray(0.5 * (1 + np.tanh(raw / 2)))


def loss_of(task: Task, raw: Floats, outcome: Floats) -> Floats:
    """Loss of each row: squared error in seconds², or the logarithmic loss in nats."""
    if task == "watch_time":
        return np.asarray((raw - outcome) ** 2)
    return np.asarray(np.logaddexp(0.0, raw) - outcome * raw)


def choose_model(task: Task, rows: Floats, outcome: Floats, *, seed: int, simple: int = -1) -> Fitted:
    """Fit lines of several strengths and trees of several sizes; what has the least loss on rows held back is chosen.

    The best line and the best trees are then blended in the share that has the least loss there. The simple guess
    itself takes part, so that what cannot be bettered stays.

    Args:
        task: what is predicted.
        rows: features, float64 of shape (n, features), in order of time.
        outcome: what came of them.
        seed: of the trees.
        simple: column that is the simple guess, in seconds or log-odds; −1 where there is none.

    Raises:
        ModelError: scikit-learn is not installed, or of a version whose trees are read wrongly.
    """
    latest = np.arange(max(len(rows) - _MOST_CHOOSING, 0), len(rows))
    near, came = rows[latest], outcome[latest]
    folds = stretches(len(latest))

    def loss(raw: Floats) -> float:
        return float(loss_of(task, raw, came).mean())

    with one_thread():
        lines = [(ridge, _held_line(task, near, came, folds, ridge, simple)) for ridge in _ridges(simple)]
        ridge, raw_line = min(lines, key=lambda one: loss(one[1]))
        grown = [(leaves, *_held_trees(task, near, came, folds, leaves, seed)) for leaves in _LEAVES]
        leaves, count, raw_trees = min(grown, key=lambda one: loss(one[2]))
        # Nothing is blended for a gain of less than a thousandth: the simpler comes first.
        shares = [(loss(share * raw_trees + (1 - share) * raw_line), share) for share in _SHARES]
        least = min(one for one, _ in shares)
        share = next(share for one, share in shares if one <= least * 1.001)
        line = _guess(rows, simple) if ridge < 0 else fit_line(task, rows, outcome, ridge)
        trees = _trees(task, rows, outcome, leaves, seed, count) if share > 0 else None
    losses = {"linear": loss(raw_line), "trees": loss(raw_trees), "blend": least}
    held = np.full(len(rows), np.nan)
    held[latest] = share * raw_trees + (1 - share) * raw_line
    said_line = "the simple guess itself" if ridge < 0 else f"a line of ridge {ridge:g}"
    said_trees = f"{count} trees of at most {leaves} leaves, rate {_RATE}"
    if trees is None:
        return Fitted(line, said_line, losses, held)
    if share == 1:
        return Fitted(trees, said_trees, losses, held)
    return Fitted(Blend(trees, line, share), f"{said_trees} ({share:.0%}) and {said_line}", losses, held)


def stretches(count: int) -> NDArray[np.int64]:
    """Which stretch of time each of so many rows in order belongs to."""
    return np.arange(count) * _FOLDS // max(count, 1)


def _ridges(simple: int) -> tuple[float, ...]:
    """Strengths of the ridge to try; −1, which comes first, is the simple guess."""
    return (-1.0, *_RIDGES) if simple >= 0 else _RIDGES


def _held_line(
    task: Task, rows: Floats, outcome: Floats, folds: NDArray[np.int64], ridge: float, simple: int
) -> Floats:
    """Predictions of each stretch by a line through the others."""
    if ridge < 0:
        return _guess(rows, simple).raw(rows)
    raw = np.empty(len(rows))
    for fold in range(_FOLDS):
        inside = folds == fold
        raw[inside] = fit_line(task, rows[~inside], outcome[~inside], ridge).raw(rows[inside])
    return raw


def _held_trees(
    task: Task, rows: Floats, outcome: Floats, folds: NDArray[np.int64], leaves: int, seed: int
) -> tuple[int, Floats]:
    """How many trees have the least loss on stretches held back, and the predictions of that many."""
    grown = [_trees(task, rows[folds != fold], outcome[folds != fold], leaves, seed) for fold in range(_FOLDS)]
    losses = np.zeros(min(len(trees.starts) for trees in grown))
    for fold, trees in enumerate(grown):
        inside = folds == fold
        raw = np.full(int(inside.sum()), trees.base)
        for number in range(len(losses)):
            raw = raw + trees.only(number).raw(rows[inside])
            losses[number] += loss_of(task, raw, outcome[inside]).sum()
    count = int(losses.argmin()) + 1
    found = np.empty(len(rows))
    for fold, trees in enumerate(grown):
        found[folds == fold] = trees.first(count).raw(rows[folds == fold])
    return count, found


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
    some = np.asarray(known.any(axis=0), np.bool_)
    low, high = np.where(known, rows, np.inf).min(axis=0), np.where(known, rows, -np.inf).max(axis=0)
    return (some, low), (some, high)


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


@contextmanager
def one_thread() -> Iterator[None]:
    """Let sums be added up in one order, so that the same rows give the same model."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise _missing() from error
    # Only libraries that are loaded by now are held to one thread.
    _sklearn_ensemble()
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
