"""What is said, in beats, each line tied to the place in the source it comes from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = ["Beat", "CellRef", "Line", "Script", "Trace"]


class CellRef(BaseModel):
    """One cell of a table: `row` counts data rows from zero, in file order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: int
    column: str


class Trace(BaseModel):
    """Where a line's content stands in the source: a span of characters, or cells and how they were combined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_sha256: str
    """Digest of the `Source` file's bytes."""
    start: int | None = None
    end: int | None = None
    cells: tuple[CellRef, ...] = ()
    derivation: str = ""
    """How cells became the claim, such as `max(population)` or `(b - a) / a`; empty for a quotation."""


class Line(BaseModel):
    """One spoken sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    """As shown in captions. `*word*` marks emphasis."""
    spoken: str = ""
    """As read aloud, when that differs (abbreviations, pronunciations); empty means `text`."""
    speaker: str = "narrator"
    traces: tuple[Trace, ...] = ()
    pause_seconds: Seconds = Field(default=0, validate_default=True)
    """Extra silence after the line."""
    author: Literal["writer", "person"] = "writer"
    """`person` once a person wrote or reworded the line; it is then never written over."""


class Beat(BaseModel):
    """One thought of the film: some lines, one mood, one picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Stable and unique in the script, such as `b03`."""
    role: Literal["hook", "lead", "context", "development", "data", "turn", "close"]
    heading: str = ""
    lines: tuple[Line, ...]
    valence: float = Field(default=0.0, ge=-1, le=1)
    """Mood from sad or dark (-1) to glad (1)."""
    arousal: float = Field(default=0.3, ge=0, le=1)
    """Mood from calm (0) to stirring (1)."""
    picture: str = ""
    """What should be seen: words to look for among pictures, or empty for `any`."""
    chart: dict[str, Any] | None = None
    """For a data beat, what to plot: see `rushlight.timeline.graphics` for the form."""


class Script(Artifact):
    """The words of a film."""

    title: str
    language: str = "en"
    beats: tuple[Beat, ...]
    writer: str
    """Which writer made it, such as `extractive` or `data`; `person` once a person edited it."""
    source_sha256: str = ""
    notes: tuple[str, ...] = ()
    """What the writer had to leave out or could not do."""

    def lines(self) -> list[tuple[Beat, Line]]:
        """All lines in spoken order, each with its beat."""
        return [(beat, line) for beat in self.beats for line in beat.lines]
