"""Where the shots of a film begin and end, and how one gives way to the next."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Rate, Seconds, format_clock

__all__ = ["ShotSpan", "Shots", "Transition", "TransitionKind"]

TransitionKind = Literal["cut", "dissolve", "fade", "wipe", "transition"]
"""`transition` where the detector does not tell gradual kinds apart."""


class Transition(BaseModel):
    """From one shot to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TransitionKind
    start_frame: int = Field(ge=0)
    """The last frame that shows the old shot alone; frames count from 0 as they are stored."""
    end_frame: int = Field(ge=1)
    """The first frame that shows the new shot alone; of a cut, the frame after `start_frame`."""
    start: Seconds
    """When `start_frame` is first seen."""
    end: Seconds
    """When `end_frame` is first seen."""
    probability: float = Field(ge=0, le=1)


class ShotSpan(BaseModel):
    """One shot: the frames that show it alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    """One past its last frame."""
    start: Seconds
    end: Seconds
    """When what follows begins."""
    scene: int | None = None
    """Number of the scene it belongs to, from 0, once scenes are found."""


class Shots(Artifact):
    """All shots of a film in order, and the transitions between them: one fewer."""

    shots: tuple[ShotSpan, ...]
    transitions: tuple[Transition, ...]
    rate: Rate
    frame_count: int
    duration: Seconds
    picture_sha256: str = ""
    """Digest of the film that was looked at."""
    detector: str = ""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each shot, with what leads into it."""
        lines = []
        for number, shot in enumerate(self.shots):
            into = self.transitions[number - 1] if number else None
            lead = f"{into.kind} ({into.end_frame - into.start_frame} frames)" if into and into.kind != "cut" else (
                "cut" if into else "begins"
            )  # fmt: skip
            sure = f"{into.probability:4.0%}" if into else "    "
            scene = f"  scene {shot.scene + 1}" if shot.scene is not None else ""
            seconds = float(shot.end - shot.start)
            lines.append(f"{number + 1:4}  {format_clock(shot.start)}  {seconds:7.2f} s  {sure}  {lead}{scene}")
        return "\n".join([*lines, f"{len(self.shots)} shots in {float(self.duration):.1f} s", *self.notes])

    def as_csv(self) -> str:
        """The shots as a table that spreadsheets open."""
        rows = [
            "shot,start_frame,end_frame,start_seconds,end_seconds,transition_in,transition_frames,probability,scene"
        ]
        for number, shot in enumerate(self.shots):
            into = self.transitions[number - 1] if number else None
            lead = f"{into.kind},{into.end_frame - into.start_frame},{into.probability:.3f}" if into else ",,"
            span = f"{shot.start_frame},{shot.end_frame},{float(shot.start):.6f},{float(shot.end):.6f}"
            scene = "" if shot.scene is None else str(shot.scene + 1)
            rows.append(f"{number + 1},{span},{lead},{scene}")
        return "\n".join(rows) + "\n"
