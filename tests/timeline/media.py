"""Small pictures, clips, sounds and cuts that the tests of the timeline make for themselves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
from PIL import Image

from rushlight.artifacts import Panel, Storyboard
from rushlight.core.artifact import FileRef
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter, write_wav
from rushlight.timeline.build import FilmFormat

RATE = Fraction(12)
SIZE = (96, 64)
FILM = FilmFormat(*SIZE, RATE)
TITLE = {"kind": "title", "title": "A light", "subtitle": "", "variant": 0}


def still(path: Path, size: tuple[int, int] = SIZE) -> FileRef:
    """A still with a slope in every direction."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    rgb = np.stack([x * 255 // size[0], y * 255 // size[1], (x + y) % 256], axis=2).astype(np.uint8)
    Image.fromarray(rgb).save(path)
    return FileRef.of(path)


def clip(path: Path, frames: int = 12, size: tuple[int, int] = SIZE) -> FileRef:
    """A clip whose every frame is another grey."""
    with VideoWriter(path, width_px=size[0], height_px=size[1], rate=RATE, crf=10) as writer:
        for number in range(frames):
            writer.write(rgb_to_i420(np.full((size[1], size[0], 3), 20 + number * 200 // frames, np.uint8)))
    return FileRef.of(path)


def tone(path: Path, seconds: float = 1.0, level: float = 0.25) -> FileRef:
    """A steady level in both channels: any gain can be read off it."""
    write_wav(path, np.full((round(48_000 * seconds), 2), level, np.float32), 48_000)
    return FileRef.of(path)


def graphic_panel(start: Fraction | int, end: Fraction | int, beat: str = "b01", **graphic: Any) -> Panel:
    """A panel with a graphic."""
    return Panel(beat_id=beat, start=start, end=end, form="graphic", graphic={**TITLE, **graphic}, reason="a test")


def board(*panels: Panel) -> Storyboard:
    """A storyboard of panels that follow each other."""
    return Storyboard(panels=panels, duration=panels[-1].end)


def time(frames: int) -> otio.opentime.RationalTime:
    """A time in frames at the rate of the tests."""
    return otio.opentime.RationalTime(frames, float(RATE))


def media_item(file: FileRef, frames: int, **settings: Any) -> otio.schema.Clip:
    """A clip on a track that plays a file, with our settings."""
    item = otio.schema.Clip(
        file.path.stem, otio.schema.ExternalReference(str(file.path)),
        otio.opentime.TimeRange(time(0), time(frames)),
    )  # fmt: skip
    item.metadata["rushlight"] = {"version": 1, **settings}
    return item


def timeline_of(*items: otio.core.Composable, sounds: tuple[otio.core.Composable, ...] = ()) -> otio.schema.Timeline:
    """A timeline with one picture track and, if sounds are given, one sound track."""
    timeline = otio.schema.Timeline("test")
    for kind, content in (("Video", items), ("Audio", sounds)):
        if content:
            track = otio.schema.Track(kind, kind=getattr(otio.schema.TrackKind, kind))
            track.extend(list(content))
            timeline.tracks.append(track)
    return timeline


def gap(frames: int) -> otio.schema.Gap:
    """Nothing, for some frames."""
    return otio.schema.Gap(source_range=otio.opentime.TimeRange(duration=time(frames)))


def dissolve(half: int, kind: str = "dissolve") -> otio.schema.Transition:
    """A transition of twice `half` frames."""
    found = otio.schema.Transition(name=kind, in_offset=time(half), out_offset=time(half))
    found.metadata["rushlight"] = {"type": kind}
    return found
