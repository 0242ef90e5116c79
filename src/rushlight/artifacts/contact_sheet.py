"""Still frames of a film, one for each picture."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds

__all__ = ["ContactSheet", "Frame"]


class Frame(BaseModel):
    """One frame of a film as a picture file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Seconds
    file: FileRef
    beat_id: str = ""
    reason: str = ""


class ContactSheet(Artifact):
    """Frames of a film in order."""

    is_media: ClassVar[bool] = True

    frames: tuple[Frame, ...]
