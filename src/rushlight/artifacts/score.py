"""Music as notes, before it is sound."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = ["MusicPlan", "Note", "Score", "Section"]


class Section(BaseModel):
    """A stretch of film with one mood, as music should follow it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Seconds
    end: Seconds
    valence: float = Field(ge=-1, le=1)
    arousal: float = Field(ge=0, le=1)
    label: str = ""


class MusicPlan(Artifact):
    """The emotional curve of a film: what music is composed from."""

    duration: Seconds
    sections: tuple[Section, ...]


class Note(BaseModel):
    """One note. Times are in beats (quarter notes) from the start, so a change of tempo moves nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    track: str
    pitch: int = Field(ge=0, le=127)
    """MIDI note number; 60 is middle C."""
    start_beats: Seconds
    duration_beats: Seconds
    velocity: int = Field(ge=1, le=127)


class Score(Artifact):
    """A composed piece that fits a film exactly."""

    duration: Seconds
    """Length of the film it was composed for; sound ends on its last sample."""
    tempo_bpm: Seconds
    """Quarter notes a minute, exact."""
    beats_per_bar: int
    tonic: int = Field(ge=0, le=11)
    """Pitch class of the key note, C = 0."""
    mode: Literal["major", "minor", "dorian", "mixolydian", "lydian"]
    genre: str
    instruments: dict[str, str]
    """Track to instrument, such as `{"pad": "strings"}`."""
    notes: tuple[Note, ...]
    sections: tuple[Section, ...]
    chords: tuple[tuple[str, str], ...] = ()
    """Start in beats (a fraction as text) and Roman numeral of every chord."""
