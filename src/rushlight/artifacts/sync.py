"""Where recordings of one event lie on one clock, and how far sound and picture of a recording are apart."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds

__all__ = ["LipSync", "SignedSeconds", "Sync", "SyncedRecording"]

SignedSeconds = Annotated[
    Fraction,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "description": "exact seconds, also below zero, such as -3/25 or 0.04"}),
]
"""A difference of times: exact seconds, below zero where something is earlier."""


class SyncedRecording(BaseModel):
    """One recording on the clock of the first: its second t is heard at `offset + t · (1 + drift_ppm / 10⁶)` there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: FileRef
    duration: Seconds
    offset: SignedSeconds | None
    """When it begins on the first recording's clock; None when that could not be told."""
    drift_ppm: float = 0.0
    """How much slower its clock runs than the first one's, in millionths."""
    confidence: float = Field(default=0.0, ge=0, le=1)
    reason: str = ""
    """What was found, in words a person can check."""


class Sync(Artifact):
    """Recordings in the order in which they were given; the first gives the clock."""

    recordings: tuple[SyncedRecording, ...]

    def as_text(self) -> str:
        """A line for each recording."""
        lines = []
        for item in self.recordings:
            name = item.file.path.name
            if item.offset is None:
                lines.append(f"{name}: not placed, {item.reason}")
            else:
                where = f"{float(item.offset):+.4f} s  {item.drift_ppm:+.1f} ppm  {item.confidence:.0%}"
                lines.append(f"{name}: {where}  {item.reason}")
        return "\n".join(lines)


class LipSync(Artifact):
    """How far the sound of a film is from its picture."""

    offset: SignedSeconds | None
    """How much later than its picture the sound is heard; below zero when it is early; None when unsure."""
    confidence: float = Field(ge=0, le=1)
    method: str = ""
    """`events` (claps and flashes), `faces` or `motion`."""
    reason: str = ""

    def as_text(self) -> str:
        """One sentence."""
        if self.offset is None:
            return f"Not sure: {self.reason}"
        what = "late" if self.offset > 0 else "early" if self.offset < 0 else "in time"
        return f"The sound is {abs(float(self.offset)) * 1000:.0f} ms {what} ({self.confidence:.0%}): {self.reason}"
