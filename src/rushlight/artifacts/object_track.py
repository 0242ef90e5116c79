"""Where one thing is, frame by frame, through a shot."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Rate, Seconds, format_clock

__all__ = ["ObjectBox", "ObjectTrack"]


class ObjectBox(BaseModel):
    """Where it is in one frame, in shares of the upright picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frame: int = Field(ge=0)
    """Frames count from 0 as they are stored."""
    left: float
    top: float
    width: float = Field(gt=0)
    height: float = Field(gt=0)
    likeness: float = Field(ge=0, le=1)
    """How like its colours are to those it began with."""


class ObjectTrack(Artifact):
    """One thing, from the frame in which it was pointed at to the end of the shot or to where it was lost."""

    boxes: tuple[ObjectBox, ...]
    start: Seconds
    end: Seconds
    ended: Literal["cut", "lost", "end of the film"]
    rate: Rate
    picture_sha256: str = ""

    def as_text(self) -> str:
        """When it was followed, where to, and why no further."""
        first, last = self.boxes[0], self.boxes[-1]
        way = f"from {first.left:.2f}, {first.top:.2f} to {last.left:.2f}, {last.top:.2f}"
        span = f"{format_clock(self.start)} to {format_clock(self.end)}"
        return f"Followed {span}, {len(self.boxes)} frames, {way}; then {self.ended}."

    def as_csv(self) -> str:
        """A row for each frame."""
        rows = ["frame,left,top,width,height,likeness"]
        for box in self.boxes:
            rows.append(f"{box.frame},{box.left:.5f},{box.top:.5f},{box.width:.5f},{box.height:.5f},{box.likeness:.3f}")
        return "\n".join(rows) + "\n"
