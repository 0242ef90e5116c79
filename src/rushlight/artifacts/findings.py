"""Places where something was found in a recording: silences, fillers, retakes, damage. A person decides about them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds, format_clock

__all__ = ["Finding", "FindingKind", "Findings"]

FindingKind = Literal["silence", "filler", "retake", "false_start", "damage"]


class Finding(BaseModel):
    """One place, on the clock of the recording."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FindingKind
    start: Seconds
    end: Seconds
    confidence: float = Field(ge=0, le=1)
    """How sure it is, as a probability."""
    reason: str = ""
    """Why, in words a person can check."""
    text: str = ""
    """What is said there, where that is known."""
    instead_start: Seconds | None = None
    """Of a retake: where the take that replaces it begins."""
    keep: bool = False
    """True when a person wants it left in."""


class Findings(Artifact):
    """All places in order of their start."""

    findings: tuple[Finding, ...]
    duration: Seconds
    """Of the recording."""
    sound_sha256: str = ""
    """Digest of the file that was listened to."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each place, and how much time they take together."""
        lines = []
        for found in self.findings:
            seconds, kept = float(found.end - found.start), "kept  " if found.keep else ""
            about = f"{found.kind:<12} {found.confidence:4.0%}  {kept}{found.text or found.reason}"
            lines.append(f"{format_clock(found.start)}  {seconds:7.2f} s  {about}")
        total = sum(float(found.end - found.start) for found in self.findings if not found.keep)
        places = f"{len(self.findings)} places, {total:.1f} of {float(self.duration):.1f} s"
        return "\n".join([*lines, places, *self.notes])
