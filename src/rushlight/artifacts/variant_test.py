"""What a test of variants says, and whether it may be believed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["Arm", "Comparison", "VariantTest"]


class Arm(BaseModel):
    """One variant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: str
    viewers: int
    mean: float
    """Of the metric, a viewer who was shown it, whether they started or not."""


class Comparison(BaseModel):
    """One variant against the control on one metric."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: str
    metric: str
    difference: float | None
    low: float | None
    high: float | None
    """Bounds that hold however often the test is looked at; None while too few were shown it."""
    relative: float | None = None
    """Difference as a share of the control's mean."""
    p: float
    verdict: Literal["better", "worse", "no difference yet", "too few viewers"]
    smallest_found: float | None = None
    """The difference that this many viewers would show with probability 0.8."""
    viewers_needed: int | None = None
    """Viewers in both arms for the difference that is wanted, with probability 0.8."""


class VariantTest(Artifact):
    """A test of variants; looking at it early or often makes no false alarm likelier."""

    experiment_id: str
    metric: str
    control: str
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    guardrails: tuple[Comparison, ...] = ()
    """Metrics that must not get worse."""
    valid: bool
    """False when the sample ratio is not as planned: then nothing above may be believed."""
    sample_ratio_p: float
    confidence: float = 0.95
    variance_reduction: float = 0.0
    """Share of variance that what was known of viewers before took away (CUPED)."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A sentence for each comparison, after whether the test is sound."""
        lines = [f"{self.experiment_id}: {self.metric.replace('_', ' ')} a viewer who was shown it"]
        lines += [f"  {arm.variant:<12}{arm.viewers:>9,} viewers  {arm.mean:10.3f}" for arm in self.arms]
        if not self.valid:
            lines.append(
                f"NOT VALID: the sample ratio is not as planned (p = {self.sample_ratio_p:.2g}); "
                "look for lost events or a broken assignment before anything else."
            )
        for one in (*self.comparisons, *self.guardrails):
            guard = "guardrail " if one in self.guardrails else ""
            if one.difference is None or one.low is None or one.high is None:
                lines.append(f"{guard}{one.metric}: {one.variant} against {self.control}: too few viewers.")
                continue
            share = "" if one.relative is None else f" ({one.relative:+.1%})"
            lines.append(
                f"{guard}{one.metric}: {one.variant} against {self.control}: {one.difference:+.4g}{share}, "
                f"{self.confidence:.0%} sequence {one.low:+.4g} to {one.high:+.4g}, p = {one.p:.3g}: {one.verdict}"
            )
            if one.verdict == "no difference yet" and one.smallest_found is not None:
                lines.append(
                    f"  This many viewers would show a difference of {one.smallest_found:.4g} four times in five."
                )
            if one.viewers_needed:
                lines.append(f"  The difference that is wanted needs {one.viewers_needed:,} viewers.")
        return "\n".join([*lines, *self.notes])
