"""Cuts as files: OpenTimelineIO, with what Rushlight adds under `metadata["rushlight"]`, versioned.

What we add to a timeline: `version`, `width_px`, `height_px`, `style` (a name and changes), `made_by`.
To a clip: `beat`, `reason`, `move` or `zoom`/`center_x`/`center_y`/`opacity`/`crop` keyframes, `gain_db` keyframes,
`fade_in_seconds`, `fade_out_seconds`, `sha256` of the media it was laid with, `timecode_frames` of its first frame, and
`timecode_in_range` where source times count in that timecode.
Graphics are `GeneratorReference`s of kind `rushlight.KIND`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlparse

import opentimelineio as otio

from rushlight.artifacts import Cut
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.units import parse_rate

__all__ = [
    "METADATA_VERSION",
    "MediaFinder",
    "exact_rate",
    "extra",
    "linked_text",
    "make_cut",
    "plain",
    "rational",
    "read_cut",
    "read_timeline",
    "seconds_of",
    "write_timeline",
]

METADATA_VERSION = 1


def rational(seconds: Fraction, rate: Fraction) -> otio.opentime.RationalTime:
    """Exact seconds as a count of frames; `seconds` must fall on a frame.

    OTIO keeps rates as floats: NTSC rates are passed as the float nearest to n/1001 and restored by `seconds_of`.
    """
    return otio.opentime.RationalTime(float(round(seconds * rate)), float(rate))


def seconds_of(time: otio.opentime.RationalTime, rate: Fraction | None = None) -> Fraction:
    """Exact seconds of an OTIO time; its float rate is read as the rational frame rate it stands for."""
    return Fraction(time.value).limit_denominator(10_000) / (rate or exact_rate(time.rate))


def exact_rate(rate: float) -> Fraction:
    """The rational frame rate that a float stands for: 29.97002997 is 30000/1001."""
    for nominal in (24, 30, 48, 60, 120):
        if abs(rate - nominal * 1000 / 1001) < 0.006:
            return Fraction(nominal * 1000, 1001)
    return Fraction(rate).limit_denominator(1001)


def extra(thing: otio.core.SerializableObjectWithMetadata) -> dict[str, Any]:
    """Our metadata on a timeline, track or clip, brought up to the present version; empty when there is none."""
    found = dict(thing.metadata.get("rushlight", {}))
    version = int(found.get("version", METADATA_VERSION))
    if version > METADATA_VERSION:
        raise InputError(
            f"This cut was written by a newer Rushlight (metadata version {version}).", hint="Update Rushlight."
        )
    return plain(found)  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """OTIO's own containers as plain dictionaries and lists."""
    if hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (str, bytes, int, float, bool)) or value is None:
        return value
    return [plain(item) for item in value] if hasattr(value, "__iter__") else value


def write_timeline(timeline: otio.schema.Timeline, path: Path) -> None:
    """Write a timeline as `.otio`, its media linked as they are."""
    text = otio.adapters.write_to_string(timeline, "otio_json", indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def linked_text(
    timeline: otio.schema.Timeline, folder: Path, find: Callable[[otio.schema.Clip], FileRef | None]
) -> str:
    """A timeline as `.otio` text for a file in `folder`, every clip linked by a path relative to that folder."""
    linked = timeline.deepcopy()
    for clip in linked.find_clips():
        if (file := find(clip)) is not None:
            clip.media_reference.target_url = quote(os.path.relpath(file.path, folder))
    return str(otio.adapters.write_to_string(linked, "otio_json", indent=1)) + "\n"


def read_timeline(path: Path) -> otio.schema.Timeline:
    """Read an `.otio` file; clips that `export_cut` let count in their media's timecode count from its first frame.

    Raises:
        InputError: not an OTIO timeline.
    """
    try:
        found = otio.adapters.read_from_string(path.read_text(encoding="utf-8"), "otio_json")
    except (OSError, LookupError, TypeError, RuntimeError, ValueError, otio.exceptions.OTIOError) as error:
        raise InputError("This is not an OpenTimelineIO file.", path=path, hint="Export the cut as .otio.") from error
    if not isinstance(found, otio.schema.Timeline):
        what = getattr(found, "schema_name", lambda: "something else")()
        raise InputError(f"This file holds no timeline but {what}.", path=path, hint="Export the cut as .otio.")
    for clip in found.find_clips():
        _count_from_first_frame(clip)
    return found


def _count_from_first_frame(clip: otio.schema.Clip) -> None:
    """Undo what `export_cut` does for editors that relink by timecode."""
    ours, reference = clip.metadata.get("rushlight", {}), clip.media_reference
    there = reference.available_range if isinstance(reference, otio.schema.ExternalReference) else None
    if not ours.get("timecode_in_range") or there is None:
        return
    if clip.source_range is not None:
        clip.source_range = otio.opentime.TimeRange(
            clip.source_range.start_time - there.start_time, clip.source_range.duration
        )
    zero = otio.opentime.RationalTime(0, there.start_time.rate)
    reference.available_range = otio.opentime.TimeRange(zero, there.duration)
    del ours["timecode_in_range"]


class MediaFinder:
    """Finds the file that a clip plays: where its link points, else the known file with the hash noted on the clip.

    Args:
        base: folder that relative links start from.
        known: files that the cut was laid with.
    """

    def __init__(self, base: Path, known: Iterable[FileRef] = ()) -> None:
        self._base = base
        self._by_hash = {file.sha256: file for file in known}
        self._by_path = {file.path: file for file in known}

    def __call__(self, clip: otio.schema.Clip) -> FileRef | None:
        """The file, or None for a graphic.

        Raises:
            InputError: the media is missing, or is not a local file.
        """
        reference = clip.media_reference
        if isinstance(reference, otio.schema.GeneratorReference):
            return None
        if not isinstance(reference, otio.schema.ExternalReference):
            raise InputError(f"The clip {clip.name!r} has no media.", hint="Relink it in your editor and export again.")
        parts = urlparse(reference.target_url)
        if parts.scheme not in ("", "file"):
            raise InputError(
                f"The clip {clip.name!r} plays {parts.scheme}: media.", hint="Only local files can be rendered."
            )
        place = self._base / unquote(parts.path)
        if place in self._by_path:
            return self._by_path[place]
        if place.is_file():
            self._by_path[place] = FileRef.of(place)
            return self._by_path[place]
        noted = str(extra(clip).get("sha256", ""))
        if noted in self._by_hash:
            return self._by_hash[noted]
        raise InputError(f"The clip {clip.name!r} plays a file that is not there.", path=place, hint="Relink it.")


def make_cut(
    timeline: otio.schema.Timeline,
    path: Path,
    *,
    width_px: int,
    height_px: int,
    rate: Fraction,
    known: Iterable[FileRef] = (),
) -> Cut:
    """Describe a written timeline as a `Cut`, with the media it uses.

    Raises:
        InputError: a media file is missing.
    """
    find = MediaFinder(path.parent, known)
    media = {file.sha256: file for clip in timeline.find_clips() if (file := find(clip)) is not None}
    return Cut(
        file=FileRef.of(path, "application/json"),
        media=tuple(media[digest] for digest in sorted(media)),
        rate=rate,
        width_px=width_px,
        height_px=height_px,
        duration=seconds_of(timeline.duration()),
    )


def read_cut(path: Path, known: Iterable[FileRef] = ()) -> Cut:
    """A cut from an `.otio` file, such as one a person edited; size and rate from our metadata or the first clip.

    Raises:
        InputError: not a timeline, or media is missing.
    """
    timeline = read_timeline(path)
    found = extra(timeline)
    rate = parse_rate(found["rate"]) if "rate" in found else exact_rate(timeline.duration().rate)
    return make_cut(
        timeline,
        path,
        width_px=int(found.get("width_px", 1280)),
        height_px=int(found.get("height_px", 720)),
        rate=rate,
        known=known,
    )
