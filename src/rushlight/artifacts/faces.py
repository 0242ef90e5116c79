"""Where faces are in a film, and when."""

from __future__ import annotations

from bisect import bisect_right

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Rate, Seconds, format_clock

__all__ = ["FaceBox", "FaceTrack", "Faces"]


class FaceBox(BaseModel):
    """A face in one frame, from forehead to chin and ear to ear, in shares of the upright picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frame: int = Field(ge=0)
    """Frames count from 0 as they are stored."""
    left: float
    """From the left edge, in widths of the picture; below 0 where the face reaches over it."""
    top: float
    width: float = Field(gt=0)
    height: float = Field(gt=0)
    found: bool = True
    """Whether the detector saw it; else it was followed here."""


class FaceTrack(BaseModel):
    """One face through one shot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shot: int = Field(ge=0)
    """Number of the shot, from 0."""
    start: Seconds
    end: Seconds
    boxes: tuple[FaceBox, ...] = Field(min_length=1)
    """At the frames that were looked at, in order; between them it is on the straight line."""
    confidence: float = Field(ge=0, le=1)
    """How surely it is a face."""

    def at(self, frame: int) -> FaceBox | None:
        """The face in any frame, or None where it is not seen."""
        place = bisect_right(self.boxes, frame, key=lambda box: box.frame)
        if place == 0:
            return None
        before = self.boxes[place - 1]
        if before.frame == frame:
            return before
        if place == len(self.boxes):
            return None
        after = self.boxes[place]
        share = (frame - before.frame) / (after.frame - before.frame)
        left, top, width, height = (
            getattr(before, side) * (1 - share) + getattr(after, side) * share
            for side in ("left", "top", "width", "height")
        )
        return FaceBox(frame=frame, left=left, top=top, width=width, height=height, found=False)

    @property
    def tallest(self) -> float:
        """Its greatest height, in heights of the picture."""
        return max(box.height for box in self.boxes)


class Faces(Artifact):
    """All faces of a film, each through one shot, in the order they begin. Who they are is not said."""

    tracks: tuple[FaceTrack, ...]
    rate: Rate
    frame_count: int = Field(ge=0)
    duration: Seconds
    picture_sha256: str = ""
    """Digest of the film that was looked at."""
    detector: str = ""
    notes: tuple[str, ...] = ()

    def in_frame(self, frame: int) -> tuple[FaceBox, ...]:
        """The faces in one frame."""
        found = (track.at(frame) for track in self.tracks)
        return tuple(box for box in found if box is not None)

    def as_text(self) -> str:
        """A line for each face in each shot."""
        lines = []
        for number, track in enumerate(self.tracks):
            box = track.boxes[len(track.boxes) // 2]
            middle = f"at {box.left + box.width / 2:4.0%} across, {box.top + box.height / 2:4.0%} down"
            lines.append(
                f"{number + 1:4}  {format_clock(track.start)}  {float(track.end - track.start):7.2f} s  "
                f"shot {track.shot + 1:<4} {middle}, {track.tallest:4.0%} high  {track.confidence:4.0%}"
            )
        many = "1 face" if len(lines) == 1 else f"{len(lines)} faces"
        total = f"{many} in {float(self.duration):.1f} s" if lines else "No face was found."
        return "\n".join([*lines, total, *self.notes])

    def as_csv(self) -> str:
        """The boxes as a table that spreadsheets open."""
        rows = ["face,shot,frame,left,top,width,height,found"]
        for number, track in enumerate(self.tracks):
            for box in track.boxes:
                sides = f"{box.left:.5f},{box.top:.5f},{box.width:.5f},{box.height:.5f}"
                rows.append(f"{number + 1},{track.shot + 1},{box.frame},{sides},{int(box.found)}")
        return "\n".join(rows) + "\n"
