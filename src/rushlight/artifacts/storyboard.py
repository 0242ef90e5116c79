"""What is seen in each beat, and why that was chosen."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds

__all__ = ["Panel", "Storyboard"]


class Panel(BaseModel):
    """One picture of the film: a still, a clip or a graphic drawn by Rushlight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beat_id: str
    start: Seconds
    end: Seconds
    form: Literal["still", "clip", "graphic"]
    file: FileRef | None = None
    """The photo or clip; None for a graphic."""
    clip_start: Seconds = 0  # type: ignore[assignment]
    """Where in the clip this panel begins."""
    graphic: dict[str, Any] | None = None
    """For a graphic, what to draw: `{"kind": "bar_chart", …}`; see `rushlight.timeline.graphics`."""
    move: str = "none"
    """Camera move over a still: `push_in`, `pull_out`, `pan_left`, `pan_right`, `tilt_up`, `tilt_down`, `none`."""
    focus: tuple[float, float] = (0.5, 0.5)
    """Where to look in the picture, as fractions of width and height."""
    enter: Literal["", "cut", "dissolve", "fade"] = ""
    """How it follows the picture before; empty for the film's usual way."""
    reason: str = ""
    """Why this picture, in words a person can check."""
    weak: bool = False
    """True when something better was wanted and not found."""


class Storyboard(Artifact):
    """All panels in order, without gaps, from zero to the film's end."""

    panels: tuple[Panel, ...]
    duration: Seconds
