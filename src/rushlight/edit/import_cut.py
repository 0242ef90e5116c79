"""The capability `import_cut`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Annotated
from urllib.parse import unquote, urlparse

from pydantic import Field

from rushlight.artifacts import Cut
from rushlight.artifacts.source import Document
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, LimitError, RushlightError
from rushlight.core.run import current_run
from rushlight.core.units import Rate
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import make_cut, read_timeline, write_timeline
from rushlight.timeline.edl import parse_edl_timecode
from rushlight.timeline.interchange import read_sequence
from rushlight.timeline.interchange.sequence import Clip, Sequence, sequence_of, timeline_of

__all__ = ["import_cut"]

_LARGEST_BYTES = 64 << 20
_MOST_FILES = 100_000


@capability(version=1, metrics=("clips", "relinked"))
def import_cut(
    document: Document,
    /,
    *,
    media_folder: Annotated[str, Field(description="Folder to look for media that is not where the file says.")] = "",
    rate: Annotated[Rate | None, Field(description="Frame rate of an edit list that does not say its own.")] = None,
) -> Cut:
    """Read a cut that another editor wrote: OTIO, FCPXML, Premiere's XML, an edit list, Kdenlive, MLT or CSV.

    Media that is not where the file says is looked for by name, beside the file and in `media_folder`.

    Raises:
        InputError: not a cut, or media that is nowhere.
        LimitError: a file that is too large.
    """
    path = document.file.path
    if document.file.bytes > _LARGEST_BYTES:
        raise LimitError(f"This file has more than {_LARGEST_BYTES >> 20} MB.", path=path)
    try:
        if path.suffix.lower() == ".otio":
            made = sequence_of(read_timeline(path), rate=rate)
        else:
            made = read_sequence(path.read_bytes(), path.suffix, rate)
    except RushlightError as error:
        raise type(error)(error.message, path=error.path or path, where=error.where, hint=error.hint) from error
    relinked = _relink(made, path, Path(media_folder) if media_folder else None)
    run = current_run()
    timeline = timeline_of(made)
    out = run.new_file("cut.otio")
    write_timeline(timeline, out)
    for what in made.lost:
        run.note_weak(f"Not read: {what}.")
    run.figure("clips", sum(not clip.is_gap for line in made.lines for clip in line.clips))
    run.figure("relinked", relinked)
    return make_cut(timeline, out, width_px=made.width_px, height_px=made.height_px, rate=made.rate)


def _relink(made: Sequence, path: Path, folder: Path | None) -> int:
    """Point every clip at a file that is there; how many were found elsewhere than the file says."""
    places: dict[str, tuple[Path, bool]] = {}
    names: dict[str, Path] | None = None
    timecodes: dict[Path, int] = {}
    for line in made.lines:
        for index, clip in enumerate(line.clips):
            if clip.is_gap:
                continue
            if clip.path not in places:
                said = _local(clip, path)
                if said is not None and said.is_file():
                    places[clip.path] = said, False
                else:
                    names = names if names is not None else dict(_files(path.parent, folder))
                    places[clip.path] = _found(clip, names, path), True
            place = places[clip.path][0]
            line.clips[index] = _counted(replace(clip, path=str(place.resolve())), place, made, timecodes)
    return sum(moved for _, moved in places.values())


def _local(clip: Clip, path: Path) -> Path | None:
    parts = urlparse(clip.path)
    if parts.scheme not in ("", "file") and len(parts.scheme) > 1:
        raise InputError(
            f"The clip {clip.name!r} plays {parts.scheme}: media.", path=path, hint="Only local files are opened."
        )
    return path.parent / unquote(parts.path if parts.scheme == "file" or "%" in clip.path else clip.path)


def _base_name(text: str) -> str:
    return PureWindowsPath(unquote(text)).name


def _files(beside: Path, folder: Path | None) -> Iterator[tuple[str, Path]]:
    if folder is not None and not folder.is_dir():
        raise InputError("This folder of media does not exist.", path=folder, hint="Check its name.")
    count = 0
    for root, deep in ((folder, True), (beside, False)):
        if root is None:
            continue
        for file in sorted(root.rglob("*") if deep else root.iterdir(), reverse=True):
            count += 1
            if count > _MOST_FILES:
                raise LimitError("This folder holds too many files to look through.", path=root)
            if file.is_file():
                yield file.name, file


def _found(clip: Clip, names: dict[str, Path], path: Path) -> Path:
    for wanted in (_base_name(clip.path), clip.name):
        if wanted in names:
            return names[wanted]
    for wanted in (clip.name, clip.reel):
        same = [file for name, file in sorted(names.items()) if wanted and Path(name).stem.lower() == wanted.lower()]
        if len(same) == 1:
            return same[0]
    raise InputError(
        f"The media {_base_name(clip.path) or clip.name!r} of the clip {clip.name!r} is not there.",
        path=path,
        hint="Give the folder that holds it with --media-folder.",
    )


def _counted(clip: Clip, place: Path, made: Sequence, timecodes: dict[Path, int]) -> Clip:
    """Source times from the media's first frame, where the list counts in timecode without saying its start."""
    if clip.timecode or not clip.start:
        return clip
    if place not in timecodes:
        timecodes[place] = 0
        try:
            media = probe(place)
            if media.timecode:
                own = media.video.rate if media.video else made.rate
                timecodes[place] = round(parse_edl_timecode(media.timecode, own) / own * made.rate)
        except RushlightError:
            made.lose(f"the timecode of {place.name}, which cannot be read")
    first = timecodes[place]
    if first and clip.start >= first:
        return replace(clip, start=clip.start - first, timecode=first)
    return clip
