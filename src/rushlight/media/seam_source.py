"""Decoding around joins, to see that a player gets every frame (it runs inside the guarded process)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from rushlight.media.source import open_container, picture_stream

__all__ = ["decode_around"]


def decode_around(path: str, trusted: bool, windows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """For each window of time: times of the frames that a decoder gives in it, and how many errors it met."""
    return [_decode_window(path, trusted, Fraction(start), Fraction(end)) for start, end in windows]


def _decode_window(path: str, trusted: bool, start: Fraction, end: Fraction) -> dict[str, Any]:
    # Each with a decoder of its own: one that was used before may still hold pictures after a seek.
    with open_container(path, trusted=trusted) as container:
        stream = picture_stream(container)
        assert stream is not None
        base = stream.time_base or Fraction(1)
        container.seek(int(start / base), stream=stream, backward=True)
        shown, errors = list[str](), 0
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                errors += 1
                continue
            errors += sum(frame.is_corrupt for frame in frames)
            times = [frame.pts * base for frame in frames if frame.pts is not None]
            shown += [str(time) for time in times if start <= time < end]
            if any(time >= end for time in times):
                break
    return {"shown": shown, "errors": errors}
