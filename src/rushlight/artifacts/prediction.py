"""A fitted model of what viewers do: how good it is on rows held back, what its predictions are made of."""

from __future__ import annotations

import csv
import io
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["FeatureEffect", "FeatureStep", "Prediction", "PredictionCard", "PredictorScore", "ReliabilityBin"]


class PredictorScore(BaseModel):
    """One model or baseline on the rows that were held back, all of them later than those it was fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    loss: float
    """Root mean squared error in seconds; for clicks the logarithmic loss in nats."""
    low: float
    high: float
    """Bootstrap over viewers, 95 %."""
    gain: float = 0.0
    """Share of this one's loss that the model takes away; below 0 when the model is worse."""
    gain_low: float = 0.0
    gain_high: float = 0.0
    mean_error: float | None = None
    """Mean absolute error in seconds."""
    brier: float | None = None
    area: float | None = None
    """Area under the ROC curve."""
    calibration_error: float | None = None
    """ECE over ten bins of equally many."""


class ReliabilityBin(BaseModel):
    """What came of predictions of about the same size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    predicted: float
    observed: float
    low: float
    high: float
    """Wilson's interval, 95 %."""
    rows: int


class FeatureStep(BaseModel):
    """What a feature adds on average where it has about this value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    effect: float
    """Seconds; for clicks log-odds before calibration."""
    rows: int


class FeatureEffect(BaseModel):
    """What a feature, or a group of columns that mean one thing, adds to predictions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: str
    words: str
    strength: float
    """Mean size of its Shapley value."""
    steps: tuple[FeatureStep, ...] = ()


class PredictionCard(BaseModel):
    """What a fitted model is and what it may be used for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Literal["watch_time", "click"]
    model: str
    """`trees`, `linear` or `blend`; empty when nothing was fitted."""
    settings: str = ""
    fitted_on: str
    """SHA-256 of the table, or of the warehouse's manifest."""
    rows: int
    """Rows of the fit."""
    held_back: int
    """Rows of the scores, all later than those of the fit."""
    viewers: int
    titles: int
    first_day: str = ""
    last_day: str = ""
    features: tuple[str, ...] = ()
    calibration: str = ""
    licence: str = "as the viewers' consent allows; not for others"
    limits: str = (
        "Learned from what was shown and watched, so it says what to expect of visits like those, not what a change "
        "would bring about. It knows nothing of a title or viewer before their first visit, and grows old."
    )


class Prediction(Artifact):
    """A fitted model with its scores; `scores` is empty when there was too little to learn from."""

    card: PredictionCard
    verdict: str
    """In a sentence: whether the model is better than the simplest thing that could work."""
    better: bool | None = None
    """None where that is not sure either way."""
    mean: float | None = None
    """Mean seconds, or share of clicks, of all rows; None when too few viewers stand behind it."""
    scores: tuple[PredictorScore, ...] = ()
    """The model first, then baselines."""
    reliability: tuple[ReliabilityBin, ...] = ()
    calibration_floor: float | None = None
    """ECE that a perfectly calibrated model would show on as many rows, by chance alone."""
    effects: tuple[FeatureEffect, ...] = ()
    base: float = 0.0
    """What predictions start from before any feature is known."""
    explanation_error: float = 0.0
    """Largest distance between a prediction and the sum of its explanation, relative to the prediction."""
    explanation_withheld: str = ""
    model: FileRef | None = None
    """Weights (safetensors), with the card."""
    predictions: FileRef | None = None
    """A table of the predictions that were asked for, with what they are made of."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The verdict, scores, what predictions are made of, and notes."""
        card, is_click = self.card, self.card.task == "click"
        unit = "" if is_click else " s"
        lines = [self.verdict]
        for one in self.scores:
            said = f"  {one.name:<32}{'log loss' if is_click else 'RMSE'} {one.loss:.5g}{unit} "
            said += f"({one.low:.5g}–{one.high:.5g})"
            if one.mean_error is not None:
                said += f", off by {one.mean_error:.4g} s on average"
            if one.brier is not None:
                said += f", Brier {one.brier:.5f}"
            if one.area is not None:
                said += f", AUC {one.area:.3f}"
            if one.calibration_error is not None:
                said += f", ECE {one.calibration_error:.5f}"
            lines.append(said)
        if self.calibration_floor is not None:
            lines.append(
                f"  calibration: {card.calibration}; chance alone would give an ECE of {self.calibration_floor:.5f}"
            )
        if self.effects:
            lines.append(f"What predictions are made of ({'log-odds' if is_click else 'seconds'}, on average ±):")
            lines += [f"  {one.words:<72}{one.strength:.4g}" for one in self.effects]
        if self.explanation_withheld:
            lines.append(self.explanation_withheld)
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """The predictions that were asked for; else a row for each step of each feature."""
        if self.predictions is not None:
            return self.predictions.path.read_text(encoding="utf-8")
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["feature", "strength", "value", "effect", "rows"])
        for one in self.effects:
            for step in one.steps:
                rows.writerow([one.feature, f"{one.strength:.6g}", step.label, f"{step.effect:.6g}", step.rows])
        return sheet.getvalue()
