"""What a film is made from: a brief, an article or a table, read once and kept as plain text or cells."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["Document", "Heading", "Source", "TableColumn"]


class Document(Artifact):
    """A file to make a film from, not yet read: a brief (TOML), an article (Markdown, text, HTML) or a table."""

    file: FileRef


class Heading(BaseModel):
    """A heading of an article; `start` is the character offset in `Source.text` where its section begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    level: int
    start: int


class TableColumn(BaseModel):
    """One column of a table, with what it means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: Literal["number", "integer", "text", "date", "boolean"]
    """`date` covers days, months and whole years."""
    unit: str = ""
    """Unit as the header states it: `%`, `km/h`, `€`, `millions`, `€ millions`; empty when unknown."""
    label: str = ""
    """The column's name in words, for speech and charts."""


class Source(Artifact):
    """A brief, an article or a table. Traces in a script point into `text` (characters) or into cells."""

    form: Literal["brief", "article", "table"]
    title: str
    file: FileRef
    language: str = "en"
    text: str = ""
    """The plain text that character offsets count in; empty for a table."""
    headings: tuple[Heading, ...] = ()
    columns: tuple[TableColumn, ...] = ()
    row_count: int = 0
    settings: dict[str, str] = {}
    """What a brief asks for besides its text: `length`, `aspect`, `style`, `voice`, `audience`, …"""
