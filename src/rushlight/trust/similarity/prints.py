"""All that is kept of a work to find it again: points of frames a second apart, and bits of its sound."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError, RushlightError
from rushlight.media.decode import read_still
from rushlight.media.probe import probe
from rushlight.media.thumbnails import read_thumbnails
from rushlight.trust.fingerprints import sound_bits
from rushlight.trust.similarity.points import LONG_SIDE_PX, Points, find_points

__all__ = ["FramePoints", "Print", "pack", "take_print", "unpack"]

_MOST_FRAMES = 600
_VERSION = 1
# Speeds that sound is played at to pass unnoticed, pitch and all.
_SPEEDS = (0.9, 0.95, 1.05, 1.1)


@dataclass(frozen=True)
class FramePoints:
    """Points of one frame, and of its mirror image where that was asked for."""

    time: float
    points: Points
    mirrored: Points | None = None


@dataclass(frozen=True)
class Print:
    """What is kept of one work."""

    frames: tuple[FramePoints, ...] = ()
    moves: bool = False
    sound: NDArray[np.uint32] | None = None
    sped: tuple[tuple[float, NDArray[np.uint32]], ...] = ()
    """The sound as it would be played slower or faster, for looking something up."""
    notes: tuple[str, ...] = field(default=())


def take_print(path: Path, *, mirrored: bool = False) -> Print:
    """Take the print of a picture, film or recording.

    Args:
        path: the file.
        mirrored: of frames both ways round, for looking something up.

    Raises:
        InputError: no such file.
        MediaError: nothing of it can be decoded.
    """
    media = probe(path)
    notes: list[str] = []
    frames: tuple[FramePoints, ...] = ()
    if media.is_still:
        luma = np.asarray(cv2.cvtColor(read_still(path), cv2.COLOR_RGB2GRAY), np.uint8)
        frames = (_points(0.0, luma, mirrored),)
    elif media.video is not None:
        frames = tuple(_of_film(path, media.video.display_width_px, media.video.display_height_px, mirrored))
        if media.duration > _MOST_FRAMES:
            notes.append(f"The first {_MOST_FRAMES // 60} minutes of picture were looked at.")
    sound, sped = None, list[tuple[float, NDArray[np.uint32]]]()
    if media.sound is not None and media.duration > 0:
        try:
            sound = sound_bits(path)
            for speed in _SPEEDS if mirrored and sound is not None else ():
                other = sound_bits(path, speed)
                sped += [(speed, other)] if other is not None else []
        except RushlightError as error:
            notes.append(f"The sound was not looked at: {error.message}")
    return Print(frames, media.video is not None and not media.is_still, sound, tuple(sped), tuple(notes))


def _of_film(path: Path, wide: int, high: int, mirrored: bool) -> list[FramePoints]:
    scale = LONG_SIDE_PX / max(wide, high)
    size = max(round(wide * scale), 16), max(round(high * scale), 16)
    found, following = list[FramePoints](), Fraction(1, 4)
    for block in read_thumbnails(path, width_px=size[0], height_px=size[1], threads=1):
        for time, frame in zip(block.times, block.frames, strict=True):
            if time >= following or not found:
                luma = np.asarray(cv2.cvtColor(np.asarray(frame), cv2.COLOR_RGB2GRAY), np.uint8)
                found.append(_points(float(time), luma, mirrored))
                following = time + 1
                if len(found) == _MOST_FRAMES:
                    return found
    return found


def _points(time: float, luma: NDArray[np.uint8], mirrored: bool) -> FramePoints:
    flipped = find_points(np.ascontiguousarray(luma[:, ::-1])) if mirrored else None
    return FramePoints(time, find_points(luma), flipped)


def pack(kept: Print) -> bytes:
    """A print as bytes for an index, without mirror images."""
    counts = [len(one.points.places) for one in kept.frames]
    file = io.BytesIO()
    np.savez_compressed(
        file,
        version=np.array([_VERSION]),
        moves=np.array([kept.moves]),
        times=np.array([one.time for one in kept.frames], np.float64),
        areas=np.array([one.points.area for one in kept.frames], np.float64),
        counts=np.array(counts, np.int64),
        places=np.concatenate([one.points.places for one in kept.frames] or [np.zeros((0, 2), np.float32)]),
        signs=np.concatenate([one.points.signs for one in kept.frames] or [np.zeros((0, 2), np.uint64)]),
        sound=kept.sound if kept.sound is not None else np.zeros(0, np.uint32),
    )
    return file.getvalue()


def unpack(data: bytes) -> Print:
    """The print in some bytes.

    Raises:
        InputError: they are damaged, or of another version.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as read:
            if int(read["version"][0]) != _VERSION:
                raise InputError("This print is of another version.", hint="Take it again.")
            ends = np.cumsum(read["counts"])
            places, signs = np.split(read["places"], ends[:-1]), np.split(read["signs"], ends[:-1])
            frames = tuple(
                FramePoints(float(time), Points(place, sign, float(area)))
                for time, area, place, sign in zip(read["times"], read["areas"], places, signs, strict=False)
            )
            sound = read["sound"]
            return Print(frames, bool(read["moves"][0]), sound if len(sound) else None)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError("This print is damaged.", hint="Take it again.") from error
