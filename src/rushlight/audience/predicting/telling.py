"""What was learned as an artifact: card, verdict, stored model, and the predictions that were asked for."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts.prediction import Prediction, PredictionCard
from rushlight.audience.predicting.explaining import MOST_ERROR, gap_of
from rushlight.audience.predicting.features import features_of, group_of, said_of
from rushlight.audience.predicting.fitting import Task, one_thread
from rushlight.audience.predicting.learning import LEAST_VIEWERS, Learned, learn, predicted, too_little, with_durations
from rushlight.audience.predicting.occasions import Occasions
from rushlight.audience.predicting.storing import StoredPredictor, write_predictor
from rushlight.core.artifact import FileRef
from rushlight.core.run import current_run

__all__ = ["tell"]

Floats = NDArray[np.float64]

_REASONS = 3


def tell(task: Task, rows: Occasions, wanted: Occasions | None, *, fitted_on: str, seed: int) -> Prediction:
    """Learn from rows and say how good it is; predict what is wanted.

    Args:
        task: `watch_time` or `click`.
        rows: occasions with outcomes.
        wanted: occasions to predict.
        fitted_on: SHA-256 of where the rows come from.
        seed: of trees and bootstrap.
    """
    rows = with_durations(rows.in_order())
    notes = list(rows.notes)
    viewers = len(np.unique(rows.viewer[rows.viewer >= 0]))
    # Fewer viewers than this would be figures of persons.
    mean = None if 0 < viewers < LEAST_VIEWERS else round(float(rows.outcome.mean()), 9)
    why = too_little(task, rows)
    facts = {
        "task": task, "fitted_on": fitted_on, "viewers": viewers, "titles": len(np.unique(rows.title)),
        "first_day": _day(rows.at[0]), "last_day": _day(rows.at[-1]),
    }  # fmt: skip
    if why:
        if wanted is not None:
            notes.append("Nothing was predicted, for nothing could be learned.")
        if mean is not None:
            notes.append(f"On average {_amount(task, mean)}.")
        card = PredictionCard.model_validate({**facts, "model": "", "rows": 0, "held_back": 0})
        return Prediction(card=card, verdict=why, mean=mean, notes=tuple(notes))
    with one_thread():
        learned = learn(task, rows, seed=seed)
    card = PredictionCard.model_validate({
        **facts, "model": learned.fitted.model.name, "settings": learned.fitted.settings,
        "rows": len(learned.parts.fitted),
        "held_back": len(learned.parts.scored), "features": learned.table.names,
        "calibration": learned.calibration.method if learned.calibration else "",
    })  # fmt: skip
    stored = current_run().new_file("predictor.safetensors")
    write_predictor(StoredPredictor(learned.fitted.model, learned.calibration, learned.table.names, card), stored)
    notes += learned.notes
    told = None
    if wanted is not None:
        told = _predictions(task, learned, rows, wanted, current_run().new_file("predictions.csv"), notes)
    return Prediction(
        card=card, verdict=_verdict(task, learned), better=learned.better, mean=mean, scores=learned.scores,
        reliability=learned.bins, calibration_floor=learned.floor, effects=learned.explained.effects,
        base=round(learned.explained.base, 9), explanation_error=float(f"{learned.explained.error:.1e}"),
        explanation_withheld=learned.explained.withheld, model=FileRef.of(stored),
        predictions=FileRef.of(told, "text/csv") if told else None, notes=tuple(notes),
    )  # fmt: skip


def _verdict(task: Task, learned: Learned) -> str:
    own = learned.scores[0]
    rival = next(one for one in learned.scores if one.name == learned.rival)
    what = "error" if task == "watch_time" else "loss"
    count = len(learned.parts.scored)
    held = f"{count:,} later {'viewings' if task == 'watch_time' else 'impressions'} held back"
    span = f"{abs(rival.gain):.1%} ({rival.gain_low:.1%} to {rival.gain_high:.1%})"
    if learned.better:
        return f"Better than the best simple guess, the {rival.name}: {span} less {what} on {held}."
    if learned.better is None:
        which = "less" if rival.gain >= 0 else "more"
        return (
            f"Not shown to be better than the {rival.name}: {abs(rival.gain):.1%} {which} {what}, anything from "
            f"{rival.gain_low:.1%} to {rival.gain_high:.1%} less, on {held}. Use that instead, or wait for more data."
        )
    less = abs(1 - own.loss / rival.loss)
    return f"Worse than the {rival.name}, by {less:.1%} of its {what}, on {held}: use that instead."


def _amount(task: Task, value: float) -> str:
    return f"{value:.0f} s are watched" if task == "watch_time" else f"{value:.2%} of impressions are clicked"


def _day(at: float) -> str:
    return datetime.fromtimestamp(float(at), UTC).date().isoformat()


def _predictions(
    task: Task, learned: Learned, rows: Occasions, wanted: Occasions, path: Path, notes: list[str]
) -> Path:
    """A table of what is predicted for what is wanted, each with its strongest reasons."""
    latest = float(max(rows.known_at.max(), rows.at.max())) + 1.0
    moment = np.where(np.isnan(wanted.at), latest, wanted.at)
    late = np.isnan(wanted.at)
    if late.any():
        notes.append(f"{int(late.sum()):,} rows to predict name no time: taken as the moment after the last one known.")
    asked = replace(wanted, at=moment, known_at=moment)
    both = rows.followed_by(asked)
    order = np.argsort(both.at, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    learned_from = np.zeros(len(both), bool)
    learned_from[place[: len(rows)][learned.parts.fitted]] = True
    usual = float(rows.outcome[learned.parts.fitted].mean())
    table = features_of(with_durations(both.taken(order)), learned_from, usual, as_odds=task == "click")
    values = table.values[place[len(rows) :]]
    said = predicted(task, learned.fitted, learned.calibration, values)
    base, parts = learned.fitted.model.explain(values)
    sound = gap_of(learned.fitted.model.raw(values), base, parts) <= MOST_ERROR
    unit = "seconds" if task == "watch_time" else "probability"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(["viewer", "title_id", unit, "because"])
        for row in range(len(wanted)):
            viewer = wanted.viewers[wanted.viewer[row]] if wanted.viewer[row] >= 0 else ""
            because = _because(task, table.names, parts[row]) if sound else ""
            sheet.writerow([viewer, wanted.titles[wanted.title[row]], f"{said[row]:.6g}", because])
    return path


def _because(task: Task, names: tuple[str, ...], parts: Floats) -> str:
    groups: dict[str, float] = {}
    for name, share in zip(names, parts.tolist(), strict=True):
        groups[group_of(name)] = groups.get(group_of(name), 0.0) + share
    strongest = sorted(groups.items(), key=lambda item: (-abs(item[1]), item[0]))[:_REASONS]
    unit = " s" if task == "watch_time" else ""
    return "; ".join(f"{said_of(name)} {share:+.3g}{unit}" for name, share in strongest if share)
