"""Text in a face where every character is as wide as the next, broken into rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rushlight.timeline.screenplay.inline import Run

__all__ = ["upper", "width_of", "wrap"]

Cell = tuple[str, tuple[bool, bool, bool]]


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def width_of(text: str) -> int:
    """How many columns a text takes; Chinese, Japanese and Korean signs take two."""
    return sum(map(_columns, text))


def upper(runs: Sequence[Run]) -> list[Run]:
    """The runs in capitals."""
    return [run._replace(text=run.text.upper()) for run in runs]


def wrap(runs: Sequence[Run], columns: int) -> list[list[Run]]:
    """Runs as rows of at most so many columns, broken at spaces; a word longer than a row is cut.

    Space at a paragraph's start stays; tabs are four columns.
    """
    rows: list[list[Run]] = []
    line: list[Cell] = []
    for run in runs:
        for char in run.text.replace("\t", "    "):
            if char == "\n":
                rows += _rows(line, columns)
                line = []
            elif not unicodedata.category(char).startswith("C") or char == "\u200d":
                line.append((char, (run.bold, run.italic, run.underline)))
    return rows + _rows(line, columns)


def _rows(cells: list[Cell], columns: int) -> list[list[Run]]:
    rows: list[list[Cell]] = []
    start = 0
    while True:
        used, end, space = 0, start, -1
        while end < len(cells) and used + _columns(cells[end][0]) <= columns:
            used += _columns(cells[end][0])
            space = end if cells[end][0] == " " else space
            end += 1
        if end >= len(cells):
            rows.append(cells[start:])
            break
        if cells[end][0] == " ":
            space = end
        # A row of spaces only, as before a long word, is no place to break.
        cut = space if any(cell[0] != " " for cell in cells[start : max(space, start)]) else end
        cut = max(cut, start + 1)
        rows.append(cells[start:cut])
        start = cut
        while start < len(cells) and cells[start][0] == " ":
            start += 1
        if start >= len(cells):
            break
    return [_runs(row) for row in rows]


def _runs(cells: list[Cell]) -> list[Run]:
    while cells and cells[-1][0] == " ":
        cells = cells[:-1]
    runs: list[Run] = []
    for char, style in cells:
        if runs and runs[-1][1:] == style:
            runs[-1] = runs[-1]._replace(text=runs[-1].text + char)
        else:
            runs.append(Run(char, *style))
    return runs
