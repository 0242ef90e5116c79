"""Fitting: trees and a line, with what chooses between them, on rows that neither was fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.predicting.linear import LinearModel
from rushlight.audience.predicting.trees import BoostedTrees
from rushlight.core.errors import ModelError

__all__ = ["Fitted", "Model", "Task", "choose_model", "loss_of", "one_thread", "sigmoid"]

Floats = NDArray[np.float64]
Model = BoostedTrees | LinearModel
Task = Literal["watch_time", "click"]

_MOST_TREES = 300
_RATE = 0.06
_LEAVES = (6, 16)
_MOST_DEPTH = 6
# Strengths of the ridge, as a share of the number of rows.
_RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class Fitted:
    """A model and what it was chosen by.

    Attributes:
        model: trees or a line.
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
    task: Task, rows: Floats, outcome: Floats, choosing: Floats, chosen_by: Floats, *, seed: int, trees: bool = True
) -> Fitted:
    """Fit trees of several sizes and lines of several strengths; the least loss on other rows is chosen.

    Args:
        task: what is predicted.
        rows: features of the rows of the fit, float64 of shape (n, features).
        outcome: what came of them.
        choosing: features of the rows that choose.
        chosen_by: what came of those.
        seed: of the trees.
        trees: whether trees are tried, or lines only.

    Raises:
        ModelError: scikit-learn is not installed, or of a version whose trees are read wrongly.
    """
    best: tuple[float, Model, str] | None = None
    losses: dict[str, float] = {}
    for name, model, settings in _candidates(task, rows, outcome, choosing, chosen_by, seed if trees else None):
        loss = float(loss_of(task, model.raw(choosing), chosen_by).mean())
        losses[name] = min(losses.get(name, np.inf), round(loss, 9))
        # A tenth of a millionth is no gain: the simpler model, which comes first, stands.
        if best is None or loss < best[0] * (1 - 1e-7):
            best = (loss, model, settings)
    assert best is not None
    return Fitted(best[1], best[2], losses)


def _candidates(
    task: Task, rows: Floats, outcome: Floats, choosing: Floats, chosen_by: Floats, seed: int | None
) -> Iterator[tuple[str, Model, str]]:
    with one_thread():
        for ridge in _RIDGES:
            yield "linear", _line(task, rows, outcome, ridge), f"ridge {ridge:g}"
        for leaves in _LEAVES if seed is not None else ():
            assert seed is not None
            trees = _trees(task, rows, outcome, leaves, seed)
            count = _fewest_loss(task, trees, choosing, chosen_by)
            yield "trees", trees.first(count), f"{count} trees of at most {leaves} leaves, rate {_RATE}"


def _line(task: Task, rows: Floats, outcome: Floats, ridge: float) -> LinearModel:
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


def _trees(task: Task, rows: Floats, outcome: Floats, leaves: int, seed: int) -> BoostedTrees:
    ensemble = _sklearn_ensemble()
    kind = ensemble.HistGradientBoostingRegressor if task == "watch_time" else ensemble.HistGradientBoostingClassifier
    fitted = kind(
        learning_rate=_RATE, max_iter=_MOST_TREES, max_leaf_nodes=leaves, max_depth=_MOST_DEPTH,
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


def _fewest_loss(task: Task, trees: BoostedTrees, rows: Floats, outcome: Floats) -> int:
    """How many trees have the least loss on these rows; 0 when none helps."""
    raw = np.full(len(rows), trees.base)
    losses = [float(loss_of(task, raw, outcome).mean())]
    for number in range(len(trees.starts)):
        raw = raw + trees.only(number).raw(rows)
        losses.append(float(loss_of(task, raw, outcome).mean()))
    return int(np.argmin(losses))


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
