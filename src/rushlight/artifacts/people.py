"""Who is seen in a film, by number, and when. The numbers mean something inside this film only."""

from __future__ import annotations

from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from rushlight.artifacts.faces import FaceBox, FaceTrack
from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Rate, Seconds, format_clock

__all__ = ["People", "Person"]


class Person(BaseModel):
    """One person: every time their face is seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    """From 1, those seen longest first."""
    tracks: tuple[FaceTrack, ...] = Field(min_length=1)
    """In the order they begin; each lies in one shot."""
    picture: FileRef | None = None
    """Where they are seen best."""

    @property
    def seconds(self) -> Fraction:
        """For how long they are seen."""
        return sum((track.end - track.start for track in self.tracks), Fraction(0))

    @property
    def shots(self) -> tuple[int, ...]:
        """Numbers of the shots they are seen in, from 0."""
        return tuple(sorted({track.shot for track in self.tracks}))


class People(Artifact):
    """The people of a film. Nothing is kept by which they could be known again in another."""

    people: tuple[Person, ...]
    rate: Rate
    duration: Seconds
    picture_sha256: str = ""
    """Digest of the film that was looked at."""
    page: FileRef | None = None
    """The same as a page with pictures, to open in a browser."""
    notes: tuple[str, ...] = ()

    def in_frame(self, frame: int) -> tuple[tuple[int, FaceBox], ...]:
        """Numbers and faces of those who are seen in one frame."""
        seen = ((person.number, track.at(frame)) for person in self.people for track in person.tracks)
        return tuple((number, box) for number, box in seen if box is not None)

    def as_text(self) -> str:
        """A line for each person, and one for each time they are seen."""
        lines = []
        for person in self.people:
            shots = ", ".join(str(shot + 1) for shot in person.shots)
            where = "shot" if len(person.shots) == 1 else "shots"
            lines.append(f"person {person.number}: {float(person.seconds):.2f} s in {where} {shots}")
            lines += [f"   {format_clock(track.start)} to {format_clock(track.end)}" for track in person.tracks]
        many = "1 person" if len(self.people) == 1 else f"{len(self.people)} people"
        total = f"{many} in {float(self.duration):.1f} s" if lines else "No person's face was found."
        return "\n".join([*lines, total, *self.notes])

    def as_csv(self) -> str:
        """When each is seen, as a table that spreadsheets open."""
        rows = ["person,shot,start_seconds,end_seconds,left,top,width,height"]
        for person in self.people:
            for track in person.tracks:
                box = track.boxes[len(track.boxes) // 2]
                sides = f"{box.left:.5f},{box.top:.5f},{box.width:.5f},{box.height:.5f}"
                span = f"{float(track.start):.6f},{float(track.end):.6f}"
                rows.append(f"{person.number},{track.shot + 1},{span},{sides}")
        return "\n".join(rows) + "\n"
