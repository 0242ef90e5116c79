"""The beats of a piece of music."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds, format_clock

__all__ = ["Beat", "Beats"]


class Beat(BaseModel):
    """One beat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Seconds
    place: int = Field(ge=1)
    """Which beat of its bar, from 1; 1 is the downbeat."""


class Beats(Artifact):
    """Beats in order."""

    beats: tuple[Beat, ...]
    tempo_bpm: float = 0.0
    """Beats a minute, the median; 0 without beats."""
    beats_a_bar: int = 4
    confidence: float = Field(default=0.0, ge=0, le=1)
    """How regular and how strong they are, as a probability that these are the beats a person would tap."""
    duration: Seconds
    sound_sha256: str = ""

    def as_text(self) -> str:
        """A line for each bar."""
        lines = [f"{self.tempo_bpm:.1f} beats a minute, {self.beats_a_bar} in a bar, {self.confidence:.0%} sure"]
        lines += [f"{format_clock(beat.at)}  bar" for beat in self.beats if beat.place == 1]
        return "\n".join(lines)

    def as_csv(self) -> str:
        """Time and place in the bar of every beat."""
        return "seconds,beat\n" + "".join(f"{float(beat.at):.4f},{beat.place}\n" for beat in self.beats)
