"""What each shot of a film is like: a table that assembling, trailers and audience models build on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds, format_clock

__all__ = ["COLOURS_SECONDS", "ShotDescription", "ShotTable"]

COLOURS_SECONDS = 4
"""How often the colours of a long shot are told."""


class ShotDescription(BaseModel):
    """One shot in figures. What could not be measured is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Seconds
    end: Seconds
    framing: str = "none"
    """By the largest face: `close`, `medium`, `wide`; `none` where no face is found."""
    faces: int = 0
    """Most faces seen at once."""
    camera_motion: float = 0.0
    """Mean speed at which the whole picture moves, in picture widths a second."""
    zoom: float = 0.0
    """Mean rate at which it grows (above 0) or shrinks, in parts of itself a second."""
    subject_motion: float = 0.0
    """Mean speed of what moves against the rest, in picture widths a second, over the parts that move."""
    brightness: float = 0.0
    """Mean luma, 0 to 1."""
    contrast: float = 0.0
    """Standard deviation of luma, 0 to 0.5."""
    saturation: float = 0.0
    """Mean saturation (HSV), 0 to 1."""
    warmth: float = 0.0
    """Mean of red less blue, −1 to 1."""
    sharpness: float = 0.0
    """Fine detail over coarser detail in the sharpest parts; out of focus below 0.5."""
    neighbour_contrast: float = 0.0
    """How unlike the colours of the shots before and after are, 0 to 1 (Hellinger distance)."""
    loudness_db: float | None = None
    """Mean level of the sound, in dB of full scale."""
    speech_share: float | None = None
    """Share of it in which somebody speaks."""
    speech_rate: float | None = None
    """Words a second while somebody speaks, when a transcript was given."""
    words: str = ""
    music_energy: float | None = None
    """Share of its sound energy that is steady tones, outside speech."""
    novelty: float = 0.0
    """How unlike the other shots of the film it is, 0 to 1: the mean distance to them, ranked."""
    valence: float = 0.0
    """Pleasantness of the picture, −1 to 1."""
    arousal: float = 0.0
    """Excitement of picture and sound, −1 to 1."""
    colours: tuple[float, ...] = ()
    """Histogram of its colours: 8 hues by 3 brightnesses and 6 greys, summing to 1."""
    colours_over_time: tuple[tuple[float, ...], ...] = ()
    """The same of each stretch of `COLOURS_SECONDS`, the last may be shorter; empty where the shot is not longer."""
    interest: tuple[float, ...] = ()
    """How much happens in each half second of it, 0 to 1 within the film."""


class ShotTable(Artifact):
    """A description of every shot, in the order of the shots they were made from."""

    rows: tuple[ShotDescription, ...]
    picture_sha256: str = ""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each shot."""
        head = "shot  at            long    frame   camera  subject  light  colour  valence  arousal  words"
        lines = [head]
        for number, row in enumerate(self.rows, 1):
            lines.append(
                f"{number:4}  {format_clock(row.start)}  {float(row.end - row.start):6.2f}  {row.framing:<6}  "
                f"{row.camera_motion:6.2f}  {row.subject_motion:7.2f}  {row.brightness:5.2f}  {row.saturation:6.2f}  "
                f"{row.valence:+7.2f}  {row.arousal:+7.2f}  {row.words[:40]}"
            )
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """The table as spreadsheets and data frames open it."""
        left_out = {"colours", "colours_over_time", "interest"}
        names = [name for name in ShotDescription.model_fields if name not in left_out]
        rows = [",".join(["shot", *names])]
        for number, row in enumerate(self.rows, 1):
            values = [getattr(row, name) for name in names]
            cells = [_cell(float(value) if name in ("start", "end") else value)
                     for name, value in zip(names, values, strict=True)]  # fmt: skip
            rows.append(",".join([str(number), *cells]))
        return "\n".join(rows) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return '"{}"'.format(text.replace('"', '""')) if any(sign in text for sign in ',"\n') else text
