"""Traces as footnotes: `characters 120-188`, or `cells: Year@0-23 = max(Year)`; and back."""

from __future__ import annotations

import json
import re
from itertools import groupby

from pydantic import ValidationError

from rushlight.artifacts import CellRef, Trace
from rushlight.core.errors import InputError

__all__ = ["escape_text", "read_trace", "trace_text", "unescape_text"]

_SPAN = re.compile(r"^characters (\d+)-(\d+)(?: = (.*))?$")
_ESCAPED = re.compile(r"\\(.)")


def escape_text(text: str) -> str:
    """A text on one line: backslashes and line ends are escaped."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def unescape_text(text: str) -> str:
    """What `escape_text` was given; a backslash before any other character stands for that character."""
    return _ESCAPED.sub(lambda match: {"n": "\n", "r": "\r"}.get(match.group(1), match.group(1)), text)


def trace_text(trace: Trace, source: str) -> str:
    """A trace as a footnote; `source` is the digest that need not be said."""
    if trace.derivation != trace.derivation.strip():  # spaces at the ends of a footnote do not survive
        return "json " + trace.model_dump_json()
    if trace.start is not None and trace.end is not None and not trace.cells:
        text = f"characters {trace.start}-{trace.end}"
    elif trace.start is None and trace.end is None:
        text = "cells" + (f": {_cells_text(trace.cells)}" if trace.cells else "")
    else:
        return "json " + trace.model_dump_json()
    if trace.derivation:
        text += f" = {escape_text(trace.derivation)}"
    return text if trace.source_sha256 == source else f"{text} @source {trace.source_sha256}"


def _cells_text(cells: tuple[CellRef, ...]) -> str:
    """Cells as runs: `Year@0-23, 'GDP ($)'@4`."""
    runs: list[tuple[str, int, int]] = []
    for cell in cells:
        if runs and runs[-1][0] == cell.column and cell.row == runs[-1][2] + 1:
            runs[-1] = (cell.column, runs[-1][1], cell.row)
        else:
            runs.append((cell.column, cell.row, cell.row))
    written = []
    for column, run in groupby(runs, key=lambda run: run[0]):
        name = column if re.fullmatch(r"\w+", column) else json.dumps(column, ensure_ascii=False)
        rows = "+".join(str(first) if first == last else f"{first}-{last}" for _, first, last in run)
        written.append(f"{name}@{rows}")
    return ", ".join(written)


def read_trace(body: str, source: str, number: int) -> Trace:
    """Read a footnote's body back.

    Args:
        body: what stands after `[^1]:`.
        source: digest of the source that a footnote means when it names none.
        number: the line it stands on, for messages.

    Raises:
        InputError: it is not a footnote of this form.
    """
    where = f"line {number}"
    try:
        if body.startswith("json "):
            return Trace.model_validate_json(body[5:])
        body, marker, other = body.partition(" @source ")
        sha256 = other.strip() if marker else source
        if match := _SPAN.match(body):
            start, end = int(match.group(1)), int(match.group(2))
            return Trace(source_sha256=sha256, start=start, end=end, derivation=unescape_text(match.group(3) or ""))
        if body.startswith("cells"):
            listed, _, derivation = _part_derivation(body[5:])
            return Trace(source_sha256=sha256, cells=_read_cells(listed), derivation=unescape_text(derivation))
    except (ValueError, ValidationError) as error:
        raise InputError("This footnote cannot be read.", where=where, hint="Leave footnotes as they are.") from error
    raise InputError(
        "This footnote is neither `characters A-B` nor `cells: …`.", where=where, hint="Leave footnotes as they are."
    )


def _part_derivation(text: str) -> tuple[str, str, str]:
    """The cells and the derivation of a footnote; column names in quotation marks may hold anything."""
    match = re.match(r'^(?::\s*((?:"(?:[^"\\]|\\.)*"|[^"=])*?))?\s*(?:=\s(.*))?$', text, re.DOTALL)
    if match is None:
        raise ValueError(text)
    return (match.group(1) or "").strip(), "=", match.group(2) or ""


def _read_cells(text: str) -> tuple[CellRef, ...]:
    cells: list[CellRef] = []
    at = 0
    while at < len(text):
        match = re.compile(r'\s*(?:(?P<name>\w+)|(?P<quoted>"(?:[^"\\]|\\.)*"))@(?P<rows>[\d+-]+)\s*(?:,|$)').match(
            text, at
        )
        if match is None:
            raise ValueError(text)
        name = match.group("name") or json.loads(match.group("quoted"))
        for run in match.group("rows").split("+"):
            first, _, last = run.partition("-")
            if int(last or first) - int(first) > 5_000_000:
                raise ValueError(run)
            cells += [CellRef(row=row, column=name) for row in range(int(first), int(last or first) + 1)]
        at = match.end()
    return tuple(cells)
