"""The capability `read_screenplay`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Document, Screenplay
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, LimitError
from rushlight.create.sources.plain import decode, read_bytes
from rushlight.timeline.screenplay.fountain import MAX_CHARACTERS, parse_fountain

__all__ = ["SCREENPLAY_SUFFIXES", "load_screenplay", "read_screenplay"]

MAX_BYTES = 8_000_000
_FOUNTAIN = (".fountain", ".spmd", ".txt", ".text", ".md", "")
SCREENPLAY_SUFFIXES = (".fountain", ".spmd", ".fdx")
"""Names of files that are screenplays and nothing else."""


@capability(version=1)
def read_screenplay(
    document: Document,
    /,
    *,
    language: Annotated[str, Field(description="Language as a tag, such as en or de-CH.")] = "en",
) -> Screenplay:
    """Read a screenplay: Fountain (`.fountain`, `.spmd`, `.txt`) or Final Draft (`.fdx`), with nothing lost.

    Any text can be read as Fountain; what is unclear in it, such as a note that is never closed, is said in `notes`.

    Raises:
        InputError: it is empty, binary, of another form, or a broken Final Draft file; with the place.
        LimitError: it is too large to be one screenplay.
    """
    return load_screenplay(document.file.path, language=language)


def load_screenplay(path: Path, *, language: str = "en") -> Screenplay:
    """Read a screenplay from disk: what `read_screenplay` does, without a project.

    Args:
        path: a Fountain or Final Draft file.
        language: language as a tag.

    Raises:
        InputError: it is missing, empty, binary, of another form, or a broken Final Draft file; with the place.
        LimitError: it is too large to be one screenplay.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix != ".fdx" and suffix not in _FOUNTAIN:
        raise InputError(
            f"Files of the form {suffix} cannot be read as a screenplay.",
            path=path,
            hint="Give Fountain (.fountain, .txt) or Final Draft (.fdx); other programs can save one of these.",
        )
    try:
        data = read_bytes(path, limit_bytes=MAX_BYTES)
    except LimitError as error:
        raise LimitError(
            error.message, path=path, hint="The screenplay of a feature film has 0.2 MB, as Final Draft 3: split it."
        ) from error
    except InputError as error:
        if error.message == "This file is empty.":
            raise InputError(error.message, path=path, hint="There is no screenplay in it.") from error
        raise
    try:
        if suffix == ".fdx":
            from rushlight.timeline.screenplay.fdx import parse_fdx

            return parse_fdx(data, language=language)
        return parse_fountain(_text(data, path), language=language)
    except (InputError, LimitError) as error:
        if error.path is not None:
            raise
        raise type(error)(error.message, path=path, where=error.where, hint=error.hint) from error


def _text(data: bytes, path: Path) -> str:
    """The file's text exactly as it is where it is UTF-8; other encodings are recognised."""
    if len(data) > MAX_CHARACTERS * 4:
        raise LimitError("This file is too large for a screenplay.", path=path)
    try:
        known = decode(data, path)
    except InputError as error:
        hint = "Give Fountain (.fountain, .txt) or Final Draft (.fdx)." if "binary" in error.message else error.hint
        raise InputError(error.message, path=path, where=error.where, hint=hint) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return known
