"""Decoding around joins, to see that a player gets every frame (it runs inside the guarded process)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from rushlight.media.source import checked_codec, open_container, picture_stream

__all__ = ["decode_around"]


def decode_around(path: str, trusted: bool, windows: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """For each window of time: times of the frames that a decoder gives in it, and how many errors it met."""
    with open_container(path, trusted=trusted) as container:
        stream = picture_stream(container)
        assert stream is not None
        checked_codec(stream, path)
        for start, end in windows:
            yield _decode_window(container, stream, Fraction(start), Fraction(end))


def _decode_window(container: InputContainer, stream: VideoStream, start: Fraction, end: Fraction) -> dict[str, Any]:
    base = stream.time_base or Fraction(1)
    container.seek(int(start / base), stream=stream, backward=True)
    decoder = _fresh_decoder(stream)
    shown, errors = list[str](), 0
    for packet in _and_the_end(container, stream):
        try:
            frames = decoder.decode(packet)
        except av.error.FFmpegError:
            errors += 1
            continue
        errors += sum(frame.is_corrupt for frame in frames)
        times = [frame.pts * base for frame in frames if frame.pts is not None]
        shown += [str(time) for time in times if start <= time < end]
        if any(time >= end for time in times):
            break
    return {"shown": shown, "errors": errors}


def _fresh_decoder(stream: VideoStream) -> VideoCodecContext:
    """A decoder of the window's own: one that was used before may still hold pictures after a seek."""
    decoder = av.CodecContext.create(stream.codec_context.name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = stream.codec_context.extradata
    decoder.thread_type = "AUTO"
    return decoder


def _and_the_end(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream] | None]:
    for packet in container.demux(stream):
        if packet.size:
            yield packet
    yield None  # so that the decoder gives what it still holds
