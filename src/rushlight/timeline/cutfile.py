"""Cuts as files: OpenTimelineIO, with what Rushlight adds under `metadata["rushlight"]`, versioned.

What we add to a timeline: `version`, `width_px`, `height_px`, `style` (a name and changes), `made_by`.
To a clip: `beat`, `reason`, `move` or `zoom`/`center_x`/`center_y`/`opacity`/`crop` keyframes, `gain_db` keyframes,
`fade_in_seconds`, `fade_out_seconds`. Graphics are `GeneratorReference`s of kind `rushlight.KIND`.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlparse

import opentimelineio as otio

from rushlight.artifacts import Cut
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError

__all__ = ["METADATA_VERSION", "extra", "make_cut", "media_path", "plain", "rational", "read_timeline", "seconds_of", "write_timeline"]

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


def write_timeline(timeline: otio.schema.Timeline, path: Path, *, relative_to: Path | None = None) -> None:
    """Write a timeline as `.otio`; media inside `relative_to` are linked by relative paths so that a project can move."""
    if relative_to is not None:
        timeline = timeline.deepcopy()
        for clip in timeline.find_clips():
            reference = clip.media_reference
            if isinstance(reference, otio.schema.ExternalReference):
                place = Path(unquote(urlparse(reference.target_url).path))
                if place.is_absolute() and place.is_relative_to(relative_to):
                    reference.target_url = quote(os.path.relpath(place, path.parent))
    text = otio.adapters.write_to_string(timeline, "otio_json", indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def read_timeline(path: Path) -> otio.schema.Timeline:
    """Read an `.otio` file.

    Raises:
        InputError: not an OTIO timeline.
    """
    try:
        found = otio.adapters.read_from_string(path.read_text(encoding="utf-8"), "otio_json")
    except (OSError, UnicodeDecodeError, ValueError, otio.exceptions.OTIOError) as error:
        raise InputError("This is not an OpenTimelineIO file.", path=path, hint="Export the cut as .otio.") from error
    if not isinstance(found, otio.schema.Timeline):
        raise InputError(f"This file holds a {type(found).__name__}, not a timeline.", path=path)
    return found


def media_path(clip: otio.schema.Clip, base: Path) -> Path | None:
    """The file a clip plays, or None for a graphic or missing media.

    Raises:
        InputError: the clip points to something that is not a local file.
    """
    reference = clip.media_reference
    if not isinstance(reference, otio.schema.ExternalReference):
        return None
    parts = urlparse(reference.target_url)
    if parts.scheme not in ("", "file"):
        raise InputError(
            f"The clip {clip.name!r} plays {parts.scheme}: media.", hint="Only local files can be rendered; relink it."
        )
    place = Path(unquote(parts.path))
    return place if place.is_absolute() else (base / place)


def make_cut(
    timeline: otio.schema.Timeline, path: Path, *, width_px: int, height_px: int, rate: Fraction
) -> Cut:
    """Describe a written timeline as a `Cut`, with the media it uses.

    Raises:
        InputError: a media file is missing.
    """
    media: dict[str, FileRef] = {}
    for clip in timeline.find_clips():
        place = media_path(clip, path.parent)
        if place is not None and str(place) not in media:
            if not place.is_file():
                raise InputError(f"The clip {clip.name!r} plays a file that is not there.", path=place, hint="Relink it.")
            media[str(place)] = FileRef.of(place)
    return Cut(
        file=FileRef.of(path, "application/json"),
        media=tuple(media[name] for name in sorted(media)),
        rate=rate,
        width_px=width_px,
        height_px=height_px,
        duration=seconds_of(timeline.duration()),
    )
