"""Chapters from markers and back: FFmpeg's metadata text, WebVTT chapters, the lines YouTube reads, chapters of films.

FFmpeg's text is exact: it counts in frames. WebVTT has milliseconds, YouTube whole seconds, rounded down.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence as Items
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

import opentimelineio as otio

from rushlight.core.errors import InputError
from rushlight.core.units import format_clock
from rushlight.timeline.cutfile import seconds_of
from rushlight.timeline.interchange.sequence import Marker, Sequence

__all__ = [
    "Chapter",
    "chapters_of",
    "checked_chapters",
    "ffmetadata_text",
    "markers_of",
    "read_chapters",
    "timeline_chapters",
    "write_ffmetadata",
    "write_webvtt_chapters",
    "write_youtube_chapters",
]

_SHORTEST_SECONDS = 10
_MOST_CHAPTERS = 10_000
_LONGEST_TITLE = 500
_NO_CHAPTERS = "Give FFmpeg metadata, WebVTT, lines such as `1:23 Title`, or a film with chapters."
_VTT_TIMES = re.compile(r"((?:\d+:)?\d{1,2}:\d{2}\.\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}\.\d{1,3})", re.ASCII)
_LINE = re.compile(r"\s*[\[(]?((?:\d{1,3}:)?\d{1,2}:\d{2})(?:\.\d+)?[\])]?\s*(?:[-–—|:]\s+)?(\S.*)", re.ASCII)


@dataclass(frozen=True)
class Chapter:
    """A named stretch of a film, in seconds; `end` is None where a list says only where chapters begin."""

    start: Fraction
    end: Fraction | None
    title: str


def chapters_of(markers: Items[Marker], name: str, count: int, rate: Fraction) -> list[Chapter]:
    """Chapters that lie between markers: the first begins at 0, each ends with the next, the last with the film.

    Args:
        markers: in any order; of several on one frame the last counts.
        name: title of what lies before the first marker.
        count: frames of the film.
        rate: frames a second.
    """
    placed = {mark.at: mark for mark in markers if 0 <= mark.at < count}
    if not placed:
        return []
    marks = [placed[at] for at in sorted(placed)]
    if marks[0].at > 0:
        marks = [Marker(0, name), *marks]
    ends = [*(mark.at for mark in marks[1:]), count]
    return [Chapter(mark.at / rate, end / rate, mark.name) for mark, end in zip(marks, ends, strict=True)]


def timeline_chapters(timeline: otio.schema.Timeline, rate: Fraction) -> list[tuple[Fraction, Fraction, str]]:
    """Start and end in seconds and title of the chapters between a timeline's markers; empty when it has none."""
    markers = [
        Marker(round(seconds_of(marker.marked_range.start_time) * rate), marker.name)
        for marker in timeline.tracks.markers
    ]
    count = round(seconds_of(timeline.duration()) * rate)
    found = chapters_of(markers, timeline.name or "Start", count, rate)
    return [(one.start, one.end or one.start, " ".join(one.title.split())) for one in found]


def markers_of(chapters: Items[Chapter], rate: Fraction) -> list[Marker]:
    """A marker where each chapter begins, on the nearest frame."""
    return [Marker(round(chapter.start * rate), chapter.title) for chapter in chapters]


def _chapters(sequence: Sequence) -> list[Chapter]:
    found = chapters_of(sequence.markers, sequence.name, sequence.count, sequence.rate)
    if not found:
        raise InputError("This cut has no markers to make chapters of.", hint="Set markers with names first.")
    sequence.lose("clips: chapters hold only markers")
    return found


def write_ffmetadata(sequence: Sequence) -> str:
    """Chapters as FFmpeg reads them (`ffmpeg -i FILM -i CHAPTERS -map_metadata 1 -c copy …`), exact to the frame.

    Raises:
        InputError: no markers.
    """
    return ffmetadata_text(_chapters(sequence), sequence.rate, sequence.name)


def ffmetadata_text(chapters: Items[Chapter], rate: Fraction, title: str) -> str:
    """Chapters, each with its end, as FFmpeg's metadata text, counted in frames."""
    lines = [";FFMETADATA1", f"title={_escaped(title)}"]
    for chapter in chapters:
        assert chapter.end is not None
        lines += ["[CHAPTER]", f"TIMEBASE={1 / rate}", f"START={round(chapter.start * rate)}",
                  f"END={round(chapter.end * rate)}", f"title={_escaped(chapter.title)}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in text)


def write_webvtt_chapters(sequence: Sequence) -> str:
    """Chapters as WebVTT, for `<track kind="chapters">`.

    Raises:
        InputError: no markers.
    """
    blocks = [
        f"{format_clock(chapter.start)} --> {format_clock(chapter.end or chapter.start)}\n"
        + html.escape(" ".join(chapter.title.split()), quote=False)
        for chapter in _chapters(sequence)
    ]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def write_youtube_chapters(sequence: Sequence) -> str:
    """Chapters as lines for a video's description: the first at 0:00, whole seconds, rounded down.

    Raises:
        InputError: no markers.
    """
    lines = []
    for chapter in _chapters(sequence):
        if (chapter.end or chapter.start) - chapter.start < _SHORTEST_SECONDS:
            sequence.lose(f"the chapter {chapter.title!r}, which YouTube does not show: it is shorter than 10 s")
        minutes, seconds = divmod(floor(chapter.start), 60)
        hours, minutes = divmod(minutes, 60)
        clock = f"{hours}:{minutes:02d}" if hours else str(minutes)
        lines.append(f"{clock}:{seconds:02d} {' '.join(chapter.title.split())}")
    if len(lines) < 3:
        sequence.lose("chapters on YouTube, which wants at least three")
    return "\n".join(lines) + "\n"


def read_chapters(text: str) -> list[Chapter]:
    """Chapters from FFmpeg's metadata text, WebVTT, or lines that each begin with a time; in order of time.

    Raises:
        InputError: none are in it, too many, or one that ends before it begins.
    """
    start = text.lstrip("\ufeff \r\n\t")
    if start.startswith(";FFMETADATA"):
        found = _from_ffmetadata(text)
    elif start.startswith("WEBVTT"):
        found = _from_webvtt(text)
    else:
        found = _from_lines(text)
    return checked_chapters(found)


def checked_chapters(found: list[Chapter]) -> list[Chapter]:
    """Chapters in order of time, when they can be used.

    Raises:
        InputError: none, too many, or one that ends before it begins.
    """
    if not found:
        raise InputError("There are no chapters in this file.", hint=_NO_CHAPTERS)
    if len(found) > _MOST_CHAPTERS:
        raise InputError(f"There are more than {_MOST_CHAPTERS} chapters in this file.", hint="Give fewer.")
    for chapter in found:
        if chapter.start < 0 or (chapter.end is not None and chapter.end < chapter.start):
            raise InputError(f"The chapter {chapter.title!r} ends before it begins.", hint="Correct its times.")
    return sorted(found, key=lambda chapter: chapter.start)


def _titled(title: str, number: int) -> str:
    return " ".join(title.split())[:_LONGEST_TITLE] or f"Chapter {number}"


def _from_ffmetadata(text: str) -> list[Chapter]:
    found = []
    # An escaped line break goes on in the title.
    sections = re.split(r"^\[CHAPTER\]\s*$", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]
    for number, section in enumerate(sections, 1):
        section = re.split(r"^\[", section, maxsplit=1, flags=re.MULTILINE)[0]
        pairs = re.findall(r"^(\w+)=(.*)$", section, flags=re.MULTILINE)
        said = {key.upper(): re.sub(r"\\(.)", r"\1", value) for key, value in pairs}
        try:
            base = Fraction(said.get("TIMEBASE", "1/1000000000"))
            start, end = int(said["START"]) * base, int(said["END"]) * base
        except (KeyError, ValueError, ZeroDivisionError) as error:
            raise InputError(f"Chapter {number} has no times.", hint="It needs TIMEBASE, START and END.") from error
        found.append(Chapter(start, end, _titled(said.get("TITLE", ""), number)))
    return found


def _seconds(clock: str) -> Fraction:
    total = Fraction(0)
    for part in clock.split(":"):
        total = total * 60 + Fraction(part)
    return total


def _from_webvtt(text: str) -> list[Chapter]:
    found = list[Chapter]()
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        times = _VTT_TIMES.search(block)
        if times is not None:
            title = re.sub(r"<[^>]*>", "", block[times.end() :].partition("\n")[2])
            title = _titled(html.unescape(title), len(found) + 1)
            found.append(Chapter(_seconds(times[1]), _seconds(times[2]), title))
    return found


def _from_lines(text: str) -> list[Chapter]:
    starts = [
        (_seconds(match[1]), _titled(match[2], number))
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _LINE.match(line))
    ]
    starts.sort(key=lambda one: one[0])
    ends = [after for _, (after, _) in pairwise(starts)]
    return [Chapter(start, end, title) for (start, title), end in zip(starts, [*ends, None], strict=False)]
