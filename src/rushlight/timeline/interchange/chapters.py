"""Chapters from markers: FFmpeg's metadata text, which it writes into MP4 and Matroska, and the lines YouTube reads."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from rushlight.core.errors import InputError
from rushlight.timeline.interchange.sequence import Marker, Sequence

__all__ = ["write_ffmetadata", "write_youtube_chapters"]

_SHORTEST_SECONDS = 10


def _chapters(sequence: Sequence) -> list[tuple[Fraction, Fraction, str]]:
    marks = sorted(sequence.markers, key=lambda marker: marker.at)
    if not marks:
        raise InputError("This cut has no markers to make chapters of.", hint="Set markers with names first.")
    if marks[0].at > 0:
        marks = [Marker(0, sequence.name), *marks]
    ends = [*(marker.at for marker in marks[1:]), sequence.count]
    return [(mark.at / sequence.rate, end / sequence.rate, mark.name) for mark, end in zip(marks, ends, strict=True)]


def write_ffmetadata(sequence: Sequence) -> str:
    """Chapters as FFmpeg reads them (`ffmpeg -i FILM -i CHAPTERS -map_metadata 1 -c copy …`), exact to the frame.

    Raises:
        InputError: no markers.
    """
    base = 1 / sequence.rate
    lines = [";FFMETADATA1", f"title={_escaped(sequence.name)}"]
    for start, end, name in _chapters(sequence):
        lines += ["[CHAPTER]", f"TIMEBASE={base}", f"START={round(start * sequence.rate)}",
                  f"END={round(end * sequence.rate)}", f"title={_escaped(name)}"]  # fmt: skip
    sequence.lose("clips: chapters hold only markers")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in text)


def write_youtube_chapters(sequence: Sequence) -> str:
    """Chapters as lines for a video's description: the first at 0:00, whole seconds, rounded down.

    Raises:
        InputError: no markers.
    """
    lines = []
    for start, end, name in _chapters(sequence):
        if end - start < _SHORTEST_SECONDS:
            sequence.lose(f"the chapter {name!r}, which YouTube does not show: it is shorter than 10 s")
        minutes, seconds = divmod(floor(start), 60)
        hours, minutes = divmod(minutes, 60)
        lines.append(f"{f'{hours}:{minutes:02d}' if hours else minutes}:{seconds:02d} {' '.join(name.split())}")
    if len(lines) < 3:
        sequence.lose("chapters on YouTube, which wants at least three")
    sequence.lose("clips: chapters hold only markers")
    return "\n".join(lines) + "\n"
