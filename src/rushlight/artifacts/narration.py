"""Speech with exact times: the clock of a made film."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds

__all__ = ["Narration", "NarrationLine", "Phoneme", "Word"]


class Word(BaseModel):
    """One written word of a line and when it is heard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    """As written in `Line.text`, with the punctuation that touches it."""
    start: Seconds
    end: Seconds


class Phoneme(BaseModel):
    """One speech sound: an IPA symbol and when it is heard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: str
    start: Seconds
    end: Seconds


class NarrationLine(BaseModel):
    """One line of the script as it was spoken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beat_id: str
    index: int
    """Which line of the beat, from zero."""
    speaker: str
    start: Seconds
    end: Seconds
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...] = ()


class Narration(Artifact):
    """All spoken lines in one sound file, mono, with word and phoneme times on the film's clock."""

    is_media: ClassVar[bool] = True

    audio: FileRef
    sample_rate: int
    duration: Seconds
    lines: tuple[NarrationLine, ...]
    voices: dict[str, str]
    """Speaker to voice, such as `{"narrator": "espeak/en-gb"}`."""
    language: str = "en"
    exact_times: bool = True
    """False when word times are estimated rather than reported by the voice."""
