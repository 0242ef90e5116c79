"""The capability `mark_chapters`."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio

from rushlight.artifacts import Cut
from rushlight.artifacts.source import Document
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, LimitError, RushlightError
from rushlight.core.run import current_run
from rushlight.media.chapter_list import media_chapters
from rushlight.timeline.cutfile import MediaFinder, make_cut, read_timeline, write_timeline
from rushlight.timeline.interchange.chapters import Chapter, checked_chapters, markers_of, read_chapters

__all__ = ["mark_chapters"]

_LARGEST_BYTES = 4 << 20
_TEXTS = frozenset([".txt", ".vtt", ".ffmeta", ".ffmetadata", ".md"])


@capability(version=1, metrics=("chapters",))
def mark_chapters(cut: Cut, document: Document, /) -> Cut:
    """Set a marker in a cut where each chapter of a list begins; films rendered from it then carry the chapters.

    The list may be FFmpeg metadata, WebVTT, lines that each begin with a time (as under a YouTube video), or a film
    with chapters of its own. Markers that the cut has stay, but for those on the same frames. Chapters that begin
    after the end of the cut are named and left out.

    Raises:
        InputError: no chapters in the list, or media of the cut is missing.
        LimitError: the list is too large.
    """
    path = document.file.path
    chapters = _read(path, document.file.bytes)
    timeline = read_timeline(cut.file.path)
    find = MediaFinder(cut.file.path.parent, cut.media)
    for clip in timeline.find_clips():
        if (file := find(clip)) is not None:
            clip.media_reference.target_url = str(file.path)
    run = current_run()
    inside = [chapter for chapter in chapters if chapter.start < cut.duration]
    for chapter in chapters[len(inside) :]:
        run.note_weak(f"The chapter {chapter.title!r} begins after the end of the cut and is left out.")
    marks = {mark.at: mark for mark in markers_of(inside, cut.rate)}
    kept = [
        marker
        for marker in timeline.tracks.markers
        if round(marker.marked_range.start_time.rescaled_to(float(cut.rate)).value) not in marks
    ]
    del timeline.tracks.markers[:]
    timeline.tracks.markers.extend(kept)
    for mark in marks.values():
        span = otio.opentime.TimeRange(
            otio.opentime.RationalTime(mark.at, float(cut.rate)), otio.opentime.RationalTime(0, float(cut.rate))
        )
        timeline.tracks.markers.append(otio.schema.Marker(mark.name, span))
    out = run.new_file("cut.otio")
    write_timeline(timeline, out)
    run.figure("chapters", len(marks))
    return make_cut(
        timeline, out, width_px=cut.width_px, height_px=cut.height_px, rate=cut.rate, known=cut.media
    )  # fmt: skip


def _read(path: Path, size: int) -> list[Chapter]:
    try:
        if path.suffix.lower() not in _TEXTS:
            return checked_chapters([Chapter(*one) for one in media_chapters(path)])
        if size > _LARGEST_BYTES:
            raise LimitError(f"This list has more than {_LARGEST_BYTES >> 20} MB.", path=path)
        return read_chapters(path.read_text(encoding="utf-8", errors="replace"))
    except RushlightError as error:
        if isinstance(error, InputError):
            raise InputError(error.message, path=error.path or path, where=error.where, hint=error.hint) from error
        raise
