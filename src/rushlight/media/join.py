"""Joining encoded segments into one film without encoding them again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from rushlight.core.errors import InputError, MediaError

__all__ = ["frame_timescale", "join_segments", "picture_clock"]


def frame_timescale(rate: Fraction) -> int:
    """Ticks a second in which every frame of this rate starts on a whole tick, at least 10,000."""
    return rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000


def join_segments(segments: list[Path], out: Path, *, rate: Fraction) -> None:
    """Join segments written by `VideoWriter` with the same settings into one MP4: every packet is copied.

    Frame n of the whole is shown from exactly n / rate. Packets keep their order; their decoding times are counted
    anew from the largest reordering any segment needs, so they rise by one frame throughout.

    Args:
        segments: the files, in order; each starts with a key frame.
        out: the MP4 to write.
        rate: frames a second of all segments.

    Raises:
        InputError: no segments.
        MediaError: a segment is damaged, or its settings or frame times differ from the others'.
    """
    if not segments:
        raise InputError("There are no segments to join.", path=out)
    beside = out.with_name(f".writing-{out.name}")
    try:
        delay = max(_reordering(segment, rate) for segment in segments)
        _copy(segments, beside, rate, delay)
        beside.replace(out)
    except av.error.FFmpegError as error:
        raise MediaError(f"The segments cannot be joined ({error}).", path=out) from error
    finally:
        beside.unlink(missing_ok=True)


def picture_clock(video: Path) -> tuple[Fraction, int]:
    """Exact length in seconds and ticks a second of a file's first picture stream, as one of ours has them."""
    try:
        with av.open(f"file:{video.absolute()}", options={"protocol_whitelist": "file"}) as container:
            if not container.streams.video:
                raise MediaError("This file has no picture.", path=video)
            stream = container.streams.video[0]
            base = stream.time_base
            if base is None:
                raise MediaError("This file has no clock.", path=video)
            end, start = 0, None
            for packet in container.demux(stream):
                if packet.pts is not None:
                    end = max(end, packet.pts + (packet.duration or 0))
                    start = packet.pts if start is None else min(start, packet.pts)
            return (end - (start or 0)) * base, base.denominator if base.numerator == 1 else 90_000
    except av.error.FFmpegError as error:
        raise MediaError(f"This file cannot be read ({error}).", path=video) from error


def _packets(segment: Path, rate: Fraction) -> Iterator[tuple[int, Packet[VideoStream], VideoStream]]:
    """Packets in decoding order, each with the number of the frame it holds."""
    with av.open(f"file:{segment.absolute()}", options={"protocol_whitelist": "file"}) as container:
        if not container.streams.video:
            raise MediaError("This segment has no picture.", path=segment)
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(0)
        for packet in container.demux(stream):
            if packet.size == 0:
                continue  # the mark that the file has ended
            if packet.pts is None:
                raise MediaError("A frame of this segment has no time.", path=segment)
            frame = packet.pts * base * rate
            if frame.denominator != 1:
                raise MediaError(f"A frame of this segment does not start on a frame of {rate}.", path=segment)
            yield int(frame), packet, stream


def _reordering(segment: Path, rate: Fraction) -> int:
    """How many frames decoding must run ahead of showing."""
    shown = [frame for frame, _, _ in _packets(segment, rate)]
    if sorted(shown) != list(range(len(shown))) or not shown:
        raise MediaError("This segment has missing or doubled frames.", path=segment)
    return max(position - frame for position, frame in enumerate(shown))


def _copy(segments: list[Path], out: Path, rate: Fraction, delay: int) -> None:
    base = Fraction(1, frame_timescale(rate))
    per_frame = int(1 / (rate * base))
    options = {"movie_timescale": str(lcm(base.denominator, 48_000)), "fflags": "+bitexact"}
    with av.open(str(out), "w", format="mp4", options=options) as container:
        joined: VideoStream | None = None
        settings: tuple[object, ...] = ()
        first = position = 0
        for segment in segments:
            count = 0
            for frame, packet, stream in _packets(segment, rate):
                if joined is None:
                    joined = container.add_stream_from_template(stream)
                    joined.time_base = base
                    settings = _settings(stream)
                elif not count and _settings(stream) != settings:
                    raise MediaError("This segment was encoded with other settings.", path=segment)
                packet.stream = joined
                packet.time_base = base
                packet.pts = (first + frame) * per_frame
                packet.dts = (position - delay) * per_frame
                packet.duration = per_frame
                container.mux(packet)
                position, count = position + 1, count + 1
            first += count


def _settings(stream: VideoStream) -> tuple[object, ...]:
    context = stream.codec_context
    return context.name, context.width, context.height, context.pix_fmt, context.extradata
