"""Which sound is heard when: the cue sheet of a film."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds

__all__ = ["SoundCue", "SoundCues"]


class SoundCue(BaseModel):
    """One sound effect on the film's clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Seconds
    end: Seconds
    sound: str
    """Name in the library, such as `rain` or `door_open`."""
    kind: Literal["bed", "spot", "transition"]
    """A bed lies under a whole scene, a spot is one event, a transition joins two scenes."""
    scene: int
    why: str
    """The words that ask for it."""
    level_db: float = Field(default=0.0, ge=-60, le=12)
    pan: float = Field(default=0.0, ge=-1, le=1)
    """From -1 (left) to 1 (right)."""
    fade_in_seconds: float = Field(default=0.01, ge=0)
    fade_out_seconds: float = Field(default=0.05, ge=0)
    file: FileRef | None = None
    """The person's own recording; None for a synthesised sound."""
    source: str = "synthesised by Rushlight"
    licence: str = "none needed"


class SoundCues(Artifact):
    """Every sound effect of a film in order of time."""

    duration: Seconds
    cues: tuple[SoundCue, ...]
