"""The capability `export_cut`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import opentimelineio as otio
from pydantic import Field

from rushlight.artifacts import Cut
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, RushlightError
from rushlight.core.run import current_run
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import METADATA_VERSION, MediaFinder, extra, rational, read_timeline, write_timeline
from rushlight.timeline.edl import parse_edl_timecode
from rushlight.timeline.interchange import format_of, write_sequence
from rushlight.timeline.interchange.sequence import Clip, Sequence, sequence_of

__all__ = ["export_cut"]


@capability(version=1, metrics=("clips", "lost"))
def export_cut(
    cut: Cut,
    /,
    *,
    format: Annotated[  # noqa: A002 - the word a person types
        Literal["otio", "edl", "fcpxml", "premiere", "kdenlive", "mlt", "csv", "ffmetadata", "webvtt", "youtube"],
        Field(
            description="Program or form: otio, edl, fcpxml, premiere, kdenlive, mlt, csv; for chapters ffmetadata, "
            "webvtt, youtube."
        ),
    ] = "otio",
    drop_frame: Annotated[
        bool | None, Field(description="Drop-frame timecode; as the media has it by default.")
    ] = None,
) -> Document:
    """Write a cut as a file that another editor opens, with the timecode and length of every recording.

    What the format cannot hold is named in the record, one note a thing.

    Raises:
        InputError: media is missing, or the format cannot say the frame rate.
    """
    timeline = read_timeline(cut.file.path)
    find = MediaFinder(cut.file.path.parent, cut.media)
    run = current_run()
    if format == "otio":
        path = run.new_file("cut.otio")
        _bear_timecode(timeline, find, cut)
        for clip in timeline.find_clips():
            if (file := find(clip)) is not None:
                # Absolute, since the file will lie elsewhere than where it is written.
                clip.media_reference.target_url = file.path.as_uri()
        write_timeline(timeline, path)
        run.figure("clips", len(timeline.find_clips()))
        run.figure("lost", 0)
        return Document(file=FileRef.of(path, "application/json"))
    for clip in timeline.find_clips():
        if (file := find(clip)) is not None:
            clip.media_reference.target_url = str(file.path)
    made = sequence_of(timeline, rate=cut.rate)
    made.width_px, made.height_px = cut.width_px or made.width_px, cut.height_px or made.height_px
    _add_facts(made, drop_frame)
    text = write_sequence(made, format)
    path = run.new_file(f"{_plain_name(made.name)}{format_of(format).suffix}")
    path.write_text(text, encoding="utf-8", newline="\n")
    for what in made.lost:
        run.note_weak(f"{format} cannot hold {what}.")
    run.figure("clips", sum(not clip.is_gap for line in made.lines for clip in line.clips))
    run.figure("lost", len(made.lost))
    return Document(file=FileRef.of(path, "text/plain"))


def _bear_timecode(timeline: Any, find: MediaFinder, cut: Cut) -> None:
    """Let clips count in their media's timecode, as Resolve relinks by, and say so for `import_cut`."""
    made = Sequence("", cut.rate)
    for clip in timeline.find_clips():
        file = find(clip)
        if file is None:
            continue
        length, timecode, _ = _facts(file.path, made)
        if not timecode or clip.source_range is None:
            continue
        shift = rational(timecode / cut.rate, cut.rate)
        clip.media_reference.available_range = otio.opentime.TimeRange(shift, rational(length / cut.rate, cut.rate))
        clip.source_range = otio.opentime.TimeRange(clip.source_range.start_time + shift, clip.source_range.duration)
        clip.metadata["rushlight"] = {
            **extra(clip), "version": METADATA_VERSION, "timecode_in_range": True, "timecode_frames": timecode,
        }  # fmt: skip


def _plain_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_" else "-" for letter in name).strip()[:80] or "cut"


def _add_facts(made: Sequence, drop_frame: bool | None) -> None:
    """Timecode, length and a reel name for every clip, as its file has them."""
    known: dict[str, tuple[int, int, bool]] = {}
    for line in made.lines:
        for index, clip in enumerate(line.clips):
            if clip.is_gap:
                continue
            if clip.path not in known:
                known[clip.path] = _facts(Path(clip.path), made)
            length, timecode, _ = known[clip.path]
            line.clips[index] = _with_facts(clip, length, timecode)
    if drop_frame is not None:
        made.drop = drop_frame
    elif any(drop for _, _, drop in known.values()):
        made.drop = True
    if made.drop and (made.rate.denominator != 1001 or -(-made.rate.numerator // 1001) % 30):
        raise InputError(f"There is no drop-frame timecode at {made.rate} frames a second.")


def _with_facts(clip: Clip, length: int, timecode: int) -> Clip:
    name = "".join(letter for letter in Path(clip.path).stem.upper() if letter.isascii() and letter.isalnum())
    return replace(
        clip,
        media_count=clip.media_count or length,
        timecode=clip.timecode or timecode,
        reel=clip.reel or name[:32] or "AX",
        path=Path(clip.path).as_uri(),
    )


def _facts(path: Path, made: Sequence) -> tuple[int, int, bool]:
    """Length and first timecode of a file in frames of the cut, and whether it counts in drop-frame."""
    try:
        media = probe(path)
    except RushlightError as error:
        made.lose(f"length and timecode of {path.name}, which cannot be read ({error.message})")
        return 0, 0, False
    if not media.timecode:
        return int(media.duration * made.rate), 0, False
    rate = media.video.rate if media.video else made.rate
    try:
        seconds = parse_edl_timecode(media.timecode, rate) / rate
    except InputError:
        made.lose(f"the timecode {media.timecode} of {path.name}, which is none at its frame rate")
        return int(media.duration * made.rate), 0, False
    exact = seconds * made.rate
    if exact.denominator != 1:
        made.lose(f"the exact timecode of {path.name}, which has another frame rate")
    return int(media.duration * made.rate), round(exact), ";" in media.timecode and rate == made.rate
