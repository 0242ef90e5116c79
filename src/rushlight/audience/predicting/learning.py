"""From occasions to a model that was scored on later ones: the part that watch time and clicks have in common.

Rows are split by time: the model is chosen, calibrated and fitted on the first four fifths; the last fifth, which
nothing of it has seen, gives the scores. A row whose outcome was not known yet when the last fifth began is left out,
as it would have been on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts.prediction import PredictorScore, ReliabilityBin
from rushlight.audience.predicting.calibrating import (
    Calibration,
    choose_calibration,
    expected_calibration_error,
    reliability,
)
from rushlight.audience.predicting.explaining import Explained, explain_rows
from rushlight.audience.predicting.features import FeatureTable, features_of, log_odds
from rushlight.audience.predicting.fitting import (
    Fitted,
    Task,
    choose_model,
    fit_line,
    loss_of,
    one_thread,
    sigmoid,
    stretches,
)
from rushlight.audience.predicting.judging import Bounded, Draws, area_under_curve, mean_of_draws
from rushlight.audience.predicting.occasions import Occasions
from rushlight.core.run import current_run

__all__ = ["LEAST_ROWS", "LEAST_VIEWERS", "Learned", "Parts", "learn", "predicted", "too_little", "with_durations"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEAST_ROWS, LEAST_VIEWERS, LEAST_EACH = 100, 10, 20
_FITTED = 0.8
_FLOOR_DRAWS = 200


@dataclass(frozen=True)
class Parts:
    """Rows that are learned from, and later ones that give the scores; in order of time."""

    fitted: Rows
    scored: Rows


@dataclass(frozen=True)
class Learned:
    """A model with how it did on rows held back.

    Attributes:
        fitted: the model and how it was chosen.
        calibration: how its log-odds become probabilities; None for watch time.
        table: features of all rows.
        parts: which rows were for what.
        scores: the model, then baselines.
        better: whether it beats the best baseline; None where that is not sure.
        bins: the reliability curve of clicks.
        floor: ECE by chance alone.
        explained: what predictions are made of.
        rival: name of the best baseline.
    """

    fitted: Fitted
    calibration: Calibration | None
    table: FeatureTable
    parts: Parts
    scores: tuple[PredictorScore, ...]
    better: bool | None
    explained: Explained
    rival: str
    bins: tuple[ReliabilityBin, ...] = ()
    floor: float | None = None
    notes: list[str] = field(default_factory=list)


def with_durations(rows: Occasions) -> Occasions:
    """The same rows, unknown lengths filled in from other rows of the same title."""
    longest = np.full(max(len(rows.titles), 1), -1.0)
    np.maximum.at(longest, rows.title, np.where(np.isnan(rows.duration_seconds), -1.0, rows.duration_seconds))
    known = longest[rows.title]
    filled = np.where(np.isnan(rows.duration_seconds) & (known > 0), known, rows.duration_seconds)
    return replace(rows, duration_seconds=filled)


def too_little(task: Task, rows: Occasions) -> str:
    """Why nothing can be learned from these rows; empty when something can."""
    name = "viewings" if task == "watch_time" else "impressions"
    viewers = len(np.unique(rows.viewer[rows.viewer >= 0]))
    if 0 < viewers < LEAST_VIEWERS:
        return (
            f"{len(rows):,} {name} of {viewers} viewers are too few to say anything: at least {LEAST_VIEWERS} viewers."
        )
    if task == "click":
        clicks = int(rows.outcome.sum())
        for count, what in ((clicks, "led to a click"), (len(rows) - clicks, "led to no click")):
            if count < LEAST_EACH:
                return (
                    f"{count:,} of {len(rows):,} impressions {what}: too few to learn what makes one, "
                    f"which needs {LEAST_EACH}."
                )
    if len(rows) < LEAST_ROWS:
        return f"{len(rows):,} {name} are too few to learn from: at least {LEAST_ROWS}."
    if task == "watch_time" and float(np.ptp(rows.outcome)) == 0:
        return f"All {len(rows):,} viewings were watched for {rows.outcome[0]:.0f} s: there is nothing to tell apart."
    parts = split(rows)
    if min(len(parts.fitted), len(parts.scored)) < LEAST_ROWS // 10:
        return f"The {name} came so close together that too few had ended before the next ones began."
    if task == "click":
        folds, clicks_of = stretches(len(parts.fitted)), rows.outcome[parts.fitted]
        some = [clicks_of[folds != fold] for fold in range(int(folds.max()) + 1)] + [rows.outcome[parts.scored]]
        if any(not 2 <= part.sum() <= len(part) - 2 for part in some):
            return "Clicks came too unevenly over time: a part of the impressions has hardly any, or hardly any other."
    return ""


def split(rows: Occasions) -> Parts:
    """Parts of rows in order of time."""
    cut = int(_FITTED * len(rows))
    first = np.arange(cut)
    return Parts(first[rows.known_at[first] < rows.at[cut]], np.arange(cut, len(rows)))


def learn(task: Task, rows: Occasions, *, seed: int) -> Learned:
    """Fit, choose, calibrate, score and explain.

    Args:
        task: `watch_time` or `click`.
        rows: occasions in order of time, all with an outcome; `too_little` must have nothing to say of them.
        seed: of trees and bootstrap.

    Raises:
        ModelError: scikit-learn is not installed.
    """
    run = current_run()
    parts = split(rows)
    run.progress(0.3, "what was known before each moment")
    table = _features(task, rows, parts)
    run.progress(0.4, "fitting")
    fitted = choose_model(
        task, table.values[parts.fitted], rows.outcome[parts.fitted], seed=seed,
        simple=table.names.index("title so far") if "title so far" in table.names else -1,
    )  # fmt: skip
    run.progress(0.8, "scoring on later rows")
    calibration = None
    notes = []
    if task == "click":
        known = ~np.isnan(fitted.held)
        calibration, losses = choose_calibration(fitted.held[known], rows.outcome[parts.fitted][known])
        if not losses:
            notes.append("Too few clicks to choose a calibration by: probabilities are the model's own.")
    said = predicted(task, fitted, calibration, table.values[parts.scored])
    happened = rows.outcome[parts.scored]
    rivals = _rivals(task, table, rows, parts)
    draws = Draws(rows.viewer[parts.scored], seed)
    name = f"{fitted.model.name} ({len(table.names)} features)"
    scores, best, gain = _scores(task, {name: said, **rivals}, happened, draws)
    run.progress(0.9, "what predictions are made of")
    explained = explain_rows(fitted.model, table, parts.scored, seed)
    better = True if gain.low > 0 else False if gain.high < 0 else None
    bins: tuple[ReliabilityBin, ...] = ()
    if task == "click":
        bins = tuple(
            ReliabilityBin(predicted=round(one.predicted, 9), observed=round(one.observed, 9), low=round(one.low, 9),
                           high=round(one.high, 9), rows=one.count)
            for one in reliability(said, happened)
        )  # fmt: skip
    return Learned(
        fitted, calibration, table, parts, scores, better, explained, best, bins,
        _floor(said, seed) if task == "click" else None, notes,
    )  # fmt: skip


def predicted(task: Task, fitted: Fitted, calibration: Calibration | None, values: Floats) -> Floats:
    """Predictions as they are given out: seconds from 0 on, or calibrated probabilities."""
    raw = fitted.model.raw(values)
    if task == "watch_time" or calibration is None:
        return np.maximum(raw, 0.0)
    return calibration(raw)


def _features(task: Task, rows: Occasions, parts: Parts) -> FeatureTable:
    learned = np.zeros(len(rows), bool)
    learned[parts.fitted] = True
    return features_of(rows, learned, float(rows.outcome[parts.fitted].mean()), as_odds=task == "click")


def _rivals(task: Task, table: FeatureTable, rows: Occasions, parts: Parts) -> dict[str, Floats]:
    """The simplest things that could work, on the rows of the scores."""
    usual = float(rows.outcome[parts.fitted].mean())
    of_title = table.title_mean[parts.scored]
    if task == "watch_time":
        found = {"mean of all": np.full(len(of_title), usual), "mean of the title so far": of_title}
        if "viewer so far" in table.names:
            found["mean of the viewer so far"] = table.values[parts.scored, table.names.index("viewer so far")]
        return found
    before = log_odds(table.title_mean[parts.fitted])[:, None]
    with one_thread():
        line = fit_line("click", before, rows.outcome[parts.fitted], 1e-4)
    return {
        "rate of all": np.full(len(of_title), usual),
        "rate of the title so far": of_title,
        "line through the title's rate": sigmoid(line.raw(log_odds(of_title)[:, None])),
    }


def _scores(
    task: Task, said: dict[str, Floats], happened: Floats, draws: Draws
) -> tuple[tuple[PredictorScore, ...], str, Bounded]:
    """Scores of the model, which comes first, and of its rivals; the best rival, and what is gained over it."""
    root = np.sqrt if task == "watch_time" else np.asarray
    losses, drawn = {}, {}
    for name, values in said.items():
        each = loss_of(task, values if task == "watch_time" else log_odds(values), happened)
        losses[name], drawn[name] = float(root(each.mean())), root(draws.mean(each))
    own, *others = said
    best = min(others, key=lambda name: losses[name])
    found = []
    gains = {}
    for name, values in said.items():
        bounds = mean_of_draws(losses[name], drawn[name])
        whole, parts = losses[name], drawn[name]
        gains[name] = mean_of_draws(
            1 - losses[own] / whole if whole else 0.0, 1 - drawn[own] / np.where(parts > 0, parts, np.nan)
        )
        is_own = name == own
        found.append(
            PredictorScore(
                name=name, loss=bounds.value, low=bounds.low, high=bounds.high,
                gain=0.0 if is_own else gains[name].value, gain_low=0.0 if is_own else gains[name].low,
                gain_high=0.0 if is_own else gains[name].high, **_further(task, values, happened),
            )
        )  # fmt: skip
    return tuple(found), best, gains[best]


def _further(task: Task, said: Floats, happened: Floats) -> dict[str, float | None]:
    if task == "watch_time":
        return {"mean_error": round(float(np.abs(said - happened).mean()), 9)}
    area = area_under_curve(said, happened)
    return {
        "brier": round(float(((said - happened) ** 2).mean()), 9),
        "area": None if area is None else round(area, 9),
        "calibration_error": round(expected_calibration_error(said, happened), 9),
    }


def _floor(said: Floats, seed: int) -> float:
    """ECE of outcomes that are drawn from the predictions themselves, on average."""
    rng = np.random.default_rng(seed)
    drawn = [
        expected_calibration_error(said, (rng.random(len(said)) < said).astype(np.float64)) for _ in range(_FLOOR_DRAWS)
    ]
    return round(float(np.mean(drawn)), 9)
