"""Fountain's marks inside a paragraph (emphasis, notes, escapes) as styled runs, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from rushlight.timeline.screenplay.lines import find_spans, without_spans

__all__ = ["Run", "notes_of", "read_runs", "write_runs"]

_MARK = re.compile(r"\\([^\w\s]|_)|(\*{1,3})(?!\*)|(_)")


class Run(NamedTuple):
    """Words in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


def notes_of(text: str) -> list[str]:
    """What stands in the notes inside a paragraph."""
    return [text[span.start + 2 : span.end - 2] for span in find_spans(text) if span.is_note]


def read_runs(text: str) -> list[Run]:
    """A paragraph as styled runs, without its notes and boneyards; lines stay parted by line feeds.

    Emphasis begins before and ends after something that is not white space, does not go over the end of a line, and an
    underscore inside a word is an underscore.
    """
    runs: list[Run] = []
    for number, line in enumerate(without_spans(text, find_spans(text)).split("\n")):
        if number:
            _append(runs, Run("\n"))
        for run in _line_runs(line.rstrip() if number == 0 or line.strip() else line):
            _append(runs, run)
    return runs


def _append(runs: list[Run], run: Run) -> None:
    if runs and runs[-1][1:] == run[1:]:
        runs[-1] = runs[-1]._replace(text=runs[-1].text + run.text)
    elif run.text:
        runs.append(run)


def _line_runs(line: str) -> Iterable[Run]:
    parts: list[str] = []
    """Literal text and, at odd places, marks."""
    marks: dict[int, str] = {}
    opened: dict[str, list[int]] = {"*": [], "**": [], "***": [], "_": []}
    done = 0
    for match in _MARK.finditer(line):
        if match.start() < done:
            continue
        parts.append(line[done : match.start()])
        done = match.end()
        if match[1]:
            parts.append(match[1])
            continue
        mark = match[2] or match[3]
        before, after = line[match.start() - 1 : match.start()], line[done : done + 1]
        place = len(parts)
        parts.append(mark)
        _pair(mark, place, before, after, opened, marks)
    parts.append(line[done:])
    bold = italic = underline = False
    for place, part in enumerate(parts):
        if place not in marks:
            yield Run(part, bold, italic, underline)
            continue
        on = marks[place] == "open"
        bold = on if part in ("**", "***") else bold
        italic = on if part in ("*", "***") else italic
        underline = on if part == "_" else underline


def _pair(mark: str, place: int, before: str, after: str, opened: dict[str, list[int]], marks: dict[int, str]) -> None:
    word = mark == "_"
    closes = bool(before.strip()) and not (word and after.isalnum())
    opens = bool(after.strip()) and not (word and before.isalnum())
    waiting = opened[mark]
    if closes and waiting and waiting[-1] < place - 1:
        start = waiting.pop()
        marks[start], marks[place] = "open", "close"
        for other in opened.values():
            while other and other[-1] > start:
                other.pop()
    elif opens:
        waiting.append(place)


def write_runs(runs: Iterable[Run]) -> str:
    """Runs as Fountain text. Lines and white space at a run's ends are kept out of its emphasis."""
    parts = []
    for run in runs:
        for piece in re.split(r"(\n)", run.text):
            words = piece.strip()
            if not words:
                parts.append(piece)
                continue
            mark = "*" * (2 * run.bold + run.italic)
            lead, trail = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
            inner = re.sub(r"([\\*_])", r"\\\1", words)
            line = "_" if run.underline else ""
            parts.append(f"{lead}{line}{mark}{inner}{mark}{line}{trail}")
    return "".join(parts)
