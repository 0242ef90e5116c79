"""Reading pictures: frames of a video by exact time, and stills."""

from __future__ import annotations

import atexit
import json
import mmap
import os
import shutil
import struct
import tempfile
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError, MediaError
from rushlight.media.colour import Transfer, cube_text, lut_for
from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = ["VideoReader", "read_still"]

_SLOTS = 4


class VideoReader:
    """Frames of a video by time, at one size, as I420 in BT.709 limited range.

    The file is decoded in a guarded process, which runs a few frames ahead while times rise evenly. Rotation, pixel
    aspect, edit lists, variable frame rate, interlace, colour standard and HDR are honoured. The same time gives the
    same frame, whatever was asked for before.

    Args:
        path: the file.
        width_px: width of the frames, even.
        height_px: height of the frames, even.
        rate: frames a second that `frames` counts in.
        fit: `cover` fills the frame and crops, `contain` shows all and adds black bars.
        trusted: true for files that Rushlight made itself.
        limits: what the file may cost.
        threads: decoder threads.

    Raises:
        InputError: no such file, or odd sizes.
        MediaError: no moving picture, damaged, or of a kind that is not opened (raised by the first frame).
        LimitError: the picture is too large, or reading it takes too much.
    """

    def __init__(
        self,
        path: Path,
        *,
        width_px: int,
        height_px: int,
        rate: Fraction,
        fit: Literal["cover", "contain"] = "cover",
        trusted: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        threads: int = 2,
    ) -> None:
        if width_px < 2 or height_px < 2 or width_px % 2 or height_px % 2:
            raise InputError(f"A frame cannot be {width_px}×{height_px}; width and height must be even.", path=path)
        self.path, self.rate = Path(path), Fraction(rate)
        self._size = width_px * height_px * 3 // 2
        self._shape = (height_px * 3 // 2, width_px)
        self._memory, shared = _shared_memory(self._size * _SLOTS)
        task = {"width_px": width_px, "height_px": height_px, "fit": fit, "threads": threads}
        task |= {"slots_fd": shared, "slots": _SLOTS}
        try:
            self._process = GuardedProcess(
                "picture", self.path, limits=limits, trusted=trusted, task=task, pass_fds=(shared,)
            )
        finally:
            os.close(shared)
        self._asked: deque[tuple[Fraction, int]] = deque()
        self._count = 0
        self._last: NDArray[np.uint8] | None = None
        self._last_time: Fraction | None = None
        self._step = Fraction(0)
        self._closed = False

    def frame_at(self, seconds: Fraction) -> NDArray[np.uint8]:
        """The frame on screen at a time: the last that starts then or before. Past the end it stays the last one.

        Returns:
            uint8, shape (height * 3 // 2, width), read-only; asking again for the same frame gives the same array.
        """
        seconds = Fraction(seconds)
        step = seconds - self._last_time if self._last_time is not None else Fraction(0)
        ahead = _SLOTS - 1 if 0 < step <= 1 and step == self._step else 0
        self._step = step
        return self._frame(seconds, step, ahead)

    def frames(self, start: Fraction, count: int) -> Iterator[NDArray[np.uint8]]:
        """Frames at `start`, `start + 1 / rate`, … , `count` of them, each as `frame_at` gives it."""
        for index in range(count):
            yield self._frame(start + index / self.rate, 1 / self.rate, min(_SLOTS - 1, count - 1 - index))

    def _frame(self, seconds: Fraction, step: Fraction, ahead: int) -> NDArray[np.uint8]:
        if self._closed:
            raise InputError("This video is already closed.", path=self.path)
        while self._asked and self._asked[0][0] != seconds:
            self._take()
        if not self._asked:
            self._ask(seconds)
        for index in range(len(self._asked), ahead + 1):
            self._ask(seconds + index * step)
        self._take()
        self._last_time = seconds
        assert self._last is not None
        return self._last

    def _ask(self, seconds: Fraction) -> None:
        slot = self._count % _SLOTS
        self._count += 1
        self._process.send(f"{seconds.numerator} {seconds.denominator} {slot}")
        self._asked.append((seconds, slot))

    def _take(self) -> None:
        """Take the oldest answer and copy its frame out of the shared memory."""
        _, slot = self._asked.popleft()
        kind, payload = self._process.receive()
        while kind == b"L":
            self._process.send(f"table {_table_file(payload.decode())}")
            kind, payload = self._process.receive()
        _, moved = struct.unpack(">I?", payload)
        if moved or self._last is None:
            whole = np.frombuffer(self._memory, np.uint8, self._size, slot * self._size)
            frame = whole.reshape(self._shape).copy()
            frame.flags.writeable = False
            self._last = frame

    def close(self) -> None:
        """End the reading process."""
        if not self._closed:
            self._closed = True
            self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self.close()


def _shared_memory(size: int) -> tuple[mmap.mmap, int]:
    """Memory that another process can map, and the open file to map it from."""
    if hasattr(os, "memfd_create"):
        shared = os.memfd_create("rushlight-frames")
    else:
        with tempfile.TemporaryFile() as file:
            shared = os.dup(file.fileno())
    os.ftruncate(shared, size)
    return mmap.mmap(shared, size), shared


@cache
def _table_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rushlight-colour-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _table_file(transfer: Transfer) -> Path:
    if transfer not in ("sdr", "hlg", "pq"):
        raise MediaError(f"The light of this video, {transfer!r}, is not known.")
    path = _table_folder() / f"{transfer}.cube"
    path.write_text(cube_text(lut_for(transfer)), encoding="ascii")
    return path


def read_still(
    path: Path, *, alpha: Literal["white", "keep"] = "white", limits: Limits = DEFAULT_LIMITS
) -> NDArray[np.uint8]:
    """Read a picture file (PNG, JPEG, WebP, BMP, TIFF, first frame of a GIF), upright and in sRGB.

    Args:
        path: the file.
        alpha: what to do with transparency: lay it over `white`, or `keep` it as a fourth channel.
        limits: what the file may cost.

    Returns:
        uint8, shape (h, w, 3), or (h, w, 4) with straight alpha when kept.

    Raises:
        InputError: no such file.
        MediaError: not a picture, or damaged.
        LimitError: too many pixels.
    """
    keep = alpha == "keep"
    with GuardedProcess("still", Path(path), limits=limits, task={"alpha": keep}) as process:
        head = json.loads(process.receive()[1])
        blocks = []
        while (answer := process.receive())[0] == b"S":
            blocks.append(answer[1])
    pixels = np.frombuffer(b"".join(blocks), np.uint8)
    return pixels.reshape(head["height"], head["width"], 4 if keep else 3)
