"""Captions: what is shown when, in lines that fit the screen."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.narration import Word
from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = ["Captions", "Cue"]


class Cue(BaseModel):
    """One caption: at most two lines, shown from `start` until `end`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Seconds
    end: Seconds
    lines: tuple[str, ...]
    speaker: str = ""
    words: tuple[Word, ...] = ()
    """When each word of the lines is heard, in their order; empty when that is not known."""


class Captions(Artifact):
    """All captions of a film in one language, in order, none overlapping."""

    language: str = "en"
    cues: tuple[Cue, ...]
