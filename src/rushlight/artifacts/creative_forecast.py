"""Which of several titles, pictures, trailers or advertisements will be clicked more, and how surely."""

from __future__ import annotations

import csv
import io

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.prediction import ReliabilityBin
from rushlight.core.artifact import Artifact, FileRef

__all__ = ["CreativeCandidate", "CreativeCard", "CreativeForecast", "CreativePair", "CreativeTrait"]


class CreativeTrait(BaseModel):
    """What one property of a variant goes with, in past tests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trait: str
    words: str
    ratio: float
    """By what the odds of a click are multiplied for one usual step of it; associational."""
    low: float
    high: float
    """95 % of the posterior."""


class CreativePair(BaseModel):
    """Two variants that were asked about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: str
    first: str
    second: str
    probability: float
    """That the first is clicked more."""


class CreativeCandidate(BaseModel):
    """One variant that was asked about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: str
    variant: str
    best: float
    """Probability that it is the best of its test."""
    ratio: float
    """Odds of a click against the mean of its test."""
    low: float
    high: float
    because: str = ""
    """What adds most to it, in hundredths of log-odds."""


class CreativeCard(BaseModel):
    """What the model is and what it may be used for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fitted_on: str
    """SHA-256 of the table, or of the warehouse's manifest."""
    tests: int
    variants: int
    impressions: int
    features: tuple[str, ...] = ()
    spread: float = 0.0
    """Deviation of the log-odds of variants of one test that no property explains."""
    explained: float = 0.0
    """Share of what variants of one test truly differ by that properties explain."""
    stretch: float = 1.0
    """By what the model's own certainty is multiplied to be right on tests held back."""
    licence: str = "the person's own"
    limits: str = (
        "Learned from the tests that were run, on those they were run with. It ranks drafts and says which to test; it "
        "does not replace the test. A property goes with clicks; that it makes them is not shown."
    )


class CreativeForecast(Artifact):
    """A forecast of creatives; `pairs` and `candidates` are empty when nothing was asked or too little is known."""

    card: CreativeCard
    verdict: str
    better: bool | None = None
    """Whether it is better than tossing a coin, on tests held back; None where that is not sure."""
    loss: float | None = None
    """Logarithmic loss of which of two was clicked more, on tests held back; a coin has 0.6931."""
    loss_low: float | None = None
    loss_high: float | None = None
    right: float | None = None
    """Share of pairs that the tests themselves decided in which the favourite won."""
    right_low: float | None = None
    right_high: float | None = None
    decided: int = 0
    """How many such pairs there are."""
    calibration_error: float | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    """What was said of the favourite of each pair held back, and how often it won."""
    traits: tuple[CreativeTrait, ...] = ()
    """Surest first."""
    candidates: tuple[CreativeCandidate, ...] = ()
    """Of each test that was asked about, the likeliest best first."""
    pairs: tuple[CreativePair, ...] = ()
    explanation_error: float = 0.0
    explanation_withheld: str = ""
    model: FileRef | None = None
    """Weights and their covariance (safetensors), with the card."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The verdict, what is expected of each variant, what goes with clicks, and notes."""
        lines = [self.verdict]
        test = None
        for one in self.candidates:
            if one.test != test:
                test = one.test
                lines.append(f"{test or 'Variants'}:")
            lines.append(
                f"  {one.variant:<40.40}best with {one.best:.0%}, odds of a click × {one.ratio:.2f} "
                f"({one.low:.2f}–{one.high:.2f})" + (f"; {one.because}" if one.because else "")
            )
        for pair in self.pairs:
            lines.append(f"  {pair.first:.40} is clicked more than {pair.second:.40}: {pair.probability:.0%}")
        if self.traits:
            lines.append("What goes with clicks (odds for one usual step):")
            lines += [f"  {one.words:<48}× {one.ratio:.2f} ({one.low:.2f}–{one.high:.2f})" for one in self.traits]
        if self.explanation_withheld:
            lines.append(self.explanation_withheld)
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each variant that was asked about; else for each property."""
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        if self.candidates:
            rows.writerow(["test", "variant", "best", "odds_ratio", "low", "high", "because"])
            for one in self.candidates:
                rows.writerow([one.test, one.variant, f"{one.best:.6f}", f"{one.ratio:.6f}", f"{one.low:.6f}",
                               f"{one.high:.6f}", one.because])  # fmt: skip
        else:
            rows.writerow(["property", "odds_ratio", "low", "high"])
            for trait in self.traits:
                rows.writerow([trait.trait, f"{trait.ratio:.6f}", f"{trait.low:.6f}", f"{trait.high:.6f}"])
        return sheet.getvalue()
