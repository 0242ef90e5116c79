"""Damaged recordings that tests make from a whole one: cut short, overwritten in the middle, without an index."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rushlight.media.ffmpeg import file_url, run_ffmpeg

SECONDS = 12
_PICTURE = ["-f", "lavfi", "-i", f"testsrc2=size=192x108:rate=25:duration={SECONDS}"]
# A second of tone, a second of hiss, in turn.
_SOUND = ["-f", "lavfi", "-i", f"aevalsrc='0.3*sin(2*PI*220*t)*lt(mod(t,2),1)+0.003*random(0)':s=48000:d={SECONDS}"]
_H264 = ["-c:v", "libx264", "-g", "25", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def whole(folder: Path, name: str = "whole.mp4", *, index_first: bool = True, rate: int = 25) -> Path:
    """A recording with picture and sound."""
    path = folder / name
    flags = ["-movflags", "+faststart"] if index_first and path.suffix == ".mp4" else []
    run_ffmpeg([*_PICTURE, *_SOUND, "-r", str(rate), *_H264, "-c:a", "aac", *flags, "-y", file_url(path)])
    return path


def picture_only(folder: Path) -> Path:
    """A recording without sound."""
    path = folder / "mute.mp4"
    run_ffmpeg([*_PICTURE, *_H264, "-y", file_url(path)])
    return path


def sound_only(folder: Path, name: str = "voice.wav", seconds: int = SECONDS) -> Path:
    """A recording without picture."""
    path = folder / name
    run_ffmpeg([*_SOUND, "-t", str(seconds), "-y", file_url(path)])
    return path


def cut_short(source: Path, part: float = 0.6) -> Path:
    """The first part of a file's bytes."""
    path = source.with_name(f"short-{source.name}")
    data = source.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


def overwritten(source: Path, start: float = 0.5, part: float = 0.1, *, noise: bool = True) -> Path:
    """The file with some of its bytes replaced by noise or zeros."""
    path = source.with_name(f"overwritten-{source.name}")
    data = np.frombuffer(source.read_bytes(), np.uint8).copy()
    first, count = int(len(data) * start), int(len(data) * part)
    data[first : first + count] = np.random.default_rng(1).integers(0, 256, count) if noise else 0
    path.write_bytes(data.tobytes())
    return path
