"""A screenplay as it is staged: scenes, shots, who stands where, who says what in which way."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.artifacts.script import Beat, Line, Script
from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = [
    "FRAMINGS", "LENSES_MM", "MOVEMENTS", "Cast", "Expression", "Figure", "Framing", "Movement", "Part", "Pose", "Shot",
    "ShotTimes", "StagedLine", "StagedScene", "Staging",
]  # fmt: skip

Framing = Literal[
    "extreme_wide", "wide", "full", "two_shot", "over_shoulder", "medium", "close", "extreme_close", "insert", "pov"
]
Movement = Literal[
    "static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "track_left", "track_right",
    "handheld",
]  # fmt: skip
Pose = Literal["standing", "sitting", "walking", "running", "pointing", "phoning", "lying"]
Expression = Literal["neutral", "glad", "sad", "angry", "afraid", "surprised", "tender", "thoughtful"]

FRAMINGS: dict[Framing, str] = {
    "extreme_wide": "EWS", "wide": "WS", "full": "FS", "two_shot": "2-SHOT", "over_shoulder": "OTS", "medium": "MS",
    "close": "CU", "extreme_close": "ECU", "insert": "INSERT", "pov": "POV",
}  # fmt: skip
"""Every framing with the short form that shot lists use."""
LENSES_MM: dict[Framing, int] = {
    "extreme_wide": 21, "wide": 24, "full": 35, "two_shot": 40, "over_shoulder": 65, "medium": 50, "close": 85,
    "extreme_close": 100, "insert": 100, "pov": 35,
}  # fmt: skip
"""The focal length (full frame) that each framing takes unless the shot says another."""
MOVEMENTS: tuple[Movement, ...] = (
    "static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "track_left", "track_right",
    "handheld",
)  # fmt: skip


class Figure(BaseModel):
    """Someone in a shot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    pose: Pose = "standing"
    facing: Literal["left", "right", "front", "back"] = "front"
    expression: Expression = "neutral"
    across: float = Field(default=0.5, ge=-0.5, le=1.5)
    """Where the figure stands, as a fraction of the picture's width."""


class StagedLine(BaseModel):
    """What someone says in one go, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    speaker: str
    text: str
    """With the markup of `rushlight.models.reading`: `*emphasis*`, `[pause 0.8s]`."""
    manner: str = ""
    """The parenthetical, as written."""
    delivery: Literal["plain", "whisper", "soft", "shout"] = "plain"
    pace: float = Field(default=1.0, ge=0.6, le=1.5)
    """Rate of speech against the film's own."""
    heard: Literal["on screen", "off screen", "voice over"] = "on screen"
    with_previous: bool = False
    """Begins together with the line before it: dual dialogue."""
    wait_seconds: Seconds = Field(default=Fraction(1, 4), validate_default=True)
    """Silence before it."""


class Shot(BaseModel):
    """One shot: what is framed, how the camera moves, who is seen, and either what happens or what is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Stable while the scene's words are, such as `s02-03`."""
    scene: int
    """Index in `Staging.scenes`."""
    label: str
    """As on a slate: scene number and a letter, `2C`."""
    framing: Framing
    movement: Movement = "static"
    lens_mm: int = Field(ge=8, le=1200)
    figures: tuple[Figure, ...] = ()
    subject: str = ""
    """Who or what the shot is about: a character, or the thing of an insert."""
    props: tuple[str, ...] = ()
    """Things named in the words, by the names that panels can draw."""
    action: str = ""
    """What happens, as written; shown as an action caption."""
    lines: tuple[StagedLine, ...] = ()
    hold_seconds: Seconds = Field(default=Fraction(0), validate_default=True)
    """Time without words: all of an action shot, or what stays after the last word of a spoken one."""
    asked_seconds: Seconds | None = None
    """Length a person asked for; words that need longer win."""
    enter: Literal["cut", "dissolve", "fade"] = "cut"
    reason: str = ""
    """Why it is framed so, in words a person can check."""


class StagedScene(BaseModel):
    """One scene's place, time, people and mood."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    number: str
    title: str
    """The heading as written."""
    setting: Literal["INT", "EXT", "INT/EXT", ""]
    place: str
    time_of_day: Literal["day", "night", "dawn", "dusk"]
    time_written: str = ""
    weather: Literal["clear", "rain", "storm", "snow", "fog", "wind"] = "clear"
    present: tuple[str, ...] = ()
    valence: float = Field(default=0.0, ge=-1, le=1)
    arousal: float = Field(default=0.3, ge=0, le=1)


class ShotTimes(BaseModel):
    """When a shot is seen and when each of its lines begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Seconds
    end: Seconds
    lines: tuple[Seconds, ...] = ()


class Staging(Artifact):
    """A screenplay in shots. Its clock is the length of its spoken lines and the time that its actions are held."""

    title: str
    byline: str = ""
    """Who wrote it, as the title page says."""
    language: str = "en"
    scenes: tuple[StagedScene, ...]
    shots: tuple[Shot, ...]
    title_seconds: Seconds = Field(default=Fraction(7, 2), validate_default=True)
    """How long the title card stands before the first shot."""
    close_seconds: Seconds = Field(default=Fraction(5, 2), validate_default=True)
    """How long the closing card stands."""
    notes: tuple[str, ...] = ()

    def clock(self, line_seconds: Sequence[Sequence[Fraction]]) -> tuple[ShotTimes, ...]:
        """When every shot begins and ends and every line is heard.

        Args:
            line_seconds: for each shot, how long each of its lines takes to say.
        """
        at, found = self.title_seconds, []
        for shot, lengths in zip(self.shots, line_seconds, strict=True):
            starts: list[Fraction] = []
            heard = at
            for line, length in zip(shot.lines, lengths, strict=True):
                begins = starts[-1] if line.with_previous and starts else heard + line.wait_seconds
                starts.append(begins)
                heard = max(heard, begins + length)
            end = heard + shot.hold_seconds
            if shot.asked_seconds is not None:
                end = max(at + shot.asked_seconds, heard)
            found.append(ShotTimes(start=at, end=end, lines=tuple(starts)))
            at = end
        return tuple(found)

    def script(self) -> Script:
        """The words alone: one beat for each shot, characters as speakers, pauses where the action holds."""
        moods = {scene.index: scene for scene in self.scenes}
        beats = tuple(
            Beat(
                id=shot.id,
                role="hook" if number == 0 else "close" if number == len(self.shots) - 1 else "development",
                heading=moods[shot.scene].title if number == 0 or self.shots[number - 1].scene != shot.scene else "",
                lines=tuple(
                    Line(
                        text=line.text,
                        speaker=line.speaker,
                        author="person",
                        pause_seconds=shot.hold_seconds if place == len(shot.lines) - 1 else Fraction(0),
                    )
                    for place, line in enumerate(shot.lines)
                ),
                valence=moods[shot.scene].valence,
                arousal=moods[shot.scene].arousal,
                picture=shot.action,
            )
            for number, shot in enumerate(self.shots)
        )
        return Script(title=self.title, language=self.language, beats=beats, writer="person")


class Part(BaseModel):
    """Who plays a character."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    character: str
    voice: str
    reason: str = ""
    pitch_hz: float = 0.0
    """Median fundamental frequency of the voice."""
    centroid_hz: float = 0.0
    """Spectral centroid: how bright the voice is."""
    nearest: str = ""
    """The part whose voice is most like this one."""
    distance: float = 0.0
    """How far that one is; at 1 two voices are told apart with ease."""


class Cast(Artifact):
    """Who is played by which voice, the narrator first."""

    parts: tuple[Part, ...]
    least_distance: float = 0.0
    """Between the two voices that are most alike."""

    def voices(self) -> dict[str, str]:
        """Character to voice."""
        return {part.character: part.voice for part in self.parts}
