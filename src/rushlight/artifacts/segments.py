"""Groups of viewers who watch alike, or that there are none."""

from __future__ import annotations

import csv
import io

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["Segment", "SegmentCandidate", "Segments", "Trait"]


class Trait(BaseModel):
    """One thing in which a group differs from the others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    value: float
    """Mean of the group, in the unit of the name."""
    overall: float
    """Mean of all."""
    difference: float
    """In standard deviations of all, on the scale on which they were compared."""
    words: str


class Segment(BaseModel):
    """One group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    viewers: int
    share: float
    traits: tuple[Trait, ...]
    """The most telling first."""


class SegmentCandidate(BaseModel):
    """One number of groups that was tried."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: int
    within: float
    strength: float
    silhouette: float
    valley_p: float


class Segments(Artifact):
    """Segments of an audience; no entry in `segments` when there are none."""

    segments: tuple[Segment, ...] = ()
    candidates: tuple[SegmentCandidate, ...] = ()
    stability: float = 0.0
    """How surely two viewers of a segment are together again when the data are halved, 0 to 1."""
    viewers: int = 0
    members: FileRef | None = None
    """A table of viewer and segment, for `rushlight audience import --form segments`."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Each segment in a paragraph, then the notes."""
        lines: list[str] = []
        for one in self.segments:
            lines.append(f"{one.name}: {one.viewers:,} viewers, {one.share:.0%}")
            lines += [
                f"    {trait.words} ({_figure(trait.value)}, all {_figure(trait.overall)})" for trait in one.traits
            ]
        return "\n".join([*(lines or ["No segments."]), *self.notes])

    def as_csv(self) -> str:
        """A row for each trait of each segment."""
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["segment", "viewers", "share", "trait", "value", "overall", "difference_sd"])
        for one in self.segments:
            for trait in one.traits:
                rows.writerow([one.name, one.viewers, f"{one.share:.6f}", trait.name, f"{trait.value:.6g}",
                               f"{trait.overall:.6g}", f"{trait.difference:.4f}"])  # fmt: skip
        return sheet.getvalue()


def _figure(value: float) -> str:
    return f"{value:.3g}"
