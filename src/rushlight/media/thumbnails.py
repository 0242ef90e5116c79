"""Every frame of a video as a small picture, for whatever looks at all of it: shots, faults, motion, colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import MediaError
from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = ["Thumbnails", "read_thumbnails"]


@dataclass(frozen=True)
class Thumbnails:
    """Frames that follow each other."""

    times: tuple[Fraction, ...]
    """When each is first seen, in seconds from second 0."""
    frames: NDArray[np.uint8]
    """RGB, shape (n, height, width, 3), as stored: not turned upright."""


def read_thumbnails(
    path: Path, *, width_px: int, height_px: int, limits: Limits = DEFAULT_LIMITS, threads: int = 2
) -> Iterator[Thumbnails]:
    """Read all frames in order, each the area average of the whole picture, in a guarded process.

    Every stored frame comes once, whatever the frame rate; the proportions of the picture are not kept. A file that
    is damaged in the middle or cut short gives what can be decoded.

    Args:
        path: the video.
        width_px: width of the small frames.
        height_px: height of the small frames.
        limits: what the file may cost.
        threads: decoder threads.

    Yields:
        Blocks of up to 128 frames.

    Raises:
        MediaError: no moving picture, or not one frame can be decoded.
        LimitError: the file costs more than allowed.
    """
    task = {"width_px": width_px, "height_px": height_px, "threads": threads}
    size, seen = width_px * height_px * 3, False
    with GuardedProcess("thumbnails", path, limits=limits, task=task) as process:
        while True:
            kind, payload = process.receive()
            if kind == b"D":
                break
            count = len(payload) // (size + 16)
            stamps = np.frombuffer(payload, "<i8", 2 * count).reshape(count, 2)
            pixels = np.frombuffer(payload, np.uint8, offset=16 * count).reshape(count, height_px, width_px, 3)
            seen = True
            yield Thumbnails(tuple(Fraction(int(a), int(b)) for a, b in stamps), pixels)
    if not seen:
        raise MediaError("Not one frame of this file can be decoded; it is damaged.", path=path)
