"""A cut: an OpenTimelineIO timeline in a file, the one truth of what is shown when."""

from __future__ import annotations

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Rate, Seconds

__all__ = ["Cut"]


class Cut(Artifact):
    """A timeline file, with the media it uses so that a change in any of them is noticed."""

    file: FileRef
    """The `.otio` file."""
    media: tuple[FileRef, ...] = ()
    """Every file the timeline refers to."""
    rate: Rate
    width_px: int
    height_px: int
    duration: Seconds
