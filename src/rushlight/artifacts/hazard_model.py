"""What makes viewers leave: effects of properties of shots, and shots that lose more than expected."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact
from rushlight.core.units import format_clock

__all__ = ["HazardModel", "PropertyEffect", "ShotHazard", "Survival"]


class PropertyEffect(BaseModel):
    """How one property of shots goes with leaving."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    status: Literal["identified", "weakly identified", "not identified"]
    unit: float
    """Standard deviation over all shots: effects are of one such step."""
    identified_share: float
    """Share of its variance that neither title nor moment explains."""
    hazard_ratio: float | None = None
    """Factor on the rate of leaving; None where it is not identified."""
    log_effect: float | None = None
    low: float | None = None
    high: float | None = None
    """Bounds of the hazard ratio, clustered by title."""
    p: float | None = None
    q: float | None = None
    """False discovery rate over all properties (Benjamini–Hochberg)."""


class ShotHazard(BaseModel):
    """One shot of one title: who left in it, and how many were expected to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title_id: str
    shot: int
    """From 1, as in the table of shots."""
    start_seconds: float
    end_seconds: float
    at_risk_seconds: float
    exits: int
    expected: float
    """By title, source and moment alone."""
    ratio: float
    """Exits to expected, drawn towards 1 where there are few (gamma prior of 10 exits)."""
    q: float


class Survival(BaseModel):
    """Kaplan–Meier curve of one title."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title_id: str
    step_seconds: float
    left: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class HazardModel(Artifact):
    """A model of leaving, pooled over titles. It is associational: only a randomised cut shows a cause."""

    properties: tuple[PropertyEffect, ...]
    shots: tuple[ShotHazard, ...]
    survival: tuple[Survival, ...]
    titles: int
    views: int
    exits: int
    event: str
    """What is modelled as leaving: `exit` or `skip`."""
    baseline: str
    confidence: float = 0.95
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each property, then the shots that lose most."""
        counts = f"{self.event} of {self.views:,} views of {self.titles} titles, {self.exits:,} times"
        lines = [f"{counts}, {self.baseline} baseline"]
        for one in self.properties:
            if one.hazard_ratio is None or one.low is None or one.high is None or one.q is None:
                lines.append(f"  {one.name:<20}not identified: these films cannot tell it from the moment it stands at")
                continue
            lines.append(
                f"  {one.name:<20}× {one.hazard_ratio:.3f} ({one.low:.3f}–{one.high:.3f}) for {one.unit:.3g} more, "
                f"q = {one.q:.3g}" + (", weakly identified" if one.status == "weakly identified" else "")
            )
        worst = sorted((shot for shot in self.shots if shot.q < 0.05 and shot.ratio > 1), key=lambda shot: -shot.ratio)
        for shot in worst[:10]:
            lines.append(
                f"  {shot.title_id} shot {shot.shot} at {format_clock(shot.start_seconds)}: {shot.exits} left, "
                f"{shot.expected:.0f} expected, q = {shot.q:.2g}"
            )
        return "\n".join([*lines, *self.notes, "Associational: only a randomised test shows a cause."])

    def as_csv(self) -> str:
        """The shots as a table."""
        lines = [",".join(ShotHazard.model_fields)]
        for shot in self.shots:
            values = shot.model_dump()
            title = '"{}"'.format(str(values.pop("title_id")).replace('"', '""'))
            lines.append(",".join([title, *(f"{value:g}" for value in values.values())]))
        return "\n".join(lines) + "\n"
