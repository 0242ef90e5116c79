"""What a media file holds, read with PyAV and Pillow (it runs inside the guarded process)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rushlight.core.errors import MediaError
from rushlight.media.source import (
    checked_codec,
    colour_of,
    open_container,
    picture_stream,
    presentation_zero,
    stream_seconds,
)
from rushlight.media.still_source import check_pixels, open_still

__all__ = ["read_facts"]

_STILL_SIGNS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")
_STANDARD_RATES = [
    *(Fraction(n) for n in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 240)),
    *(Fraction(n * 1000, 1001) for n in (12, 15, 24, 30, 48, 60, 120)),
]
_SAMPLED_PACKETS = 600
_TURNED = {3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}


def read_facts(path: str, trusted: bool, max_pixels: int) -> dict[str, Any]:
    """Facts of a file as plain values; times and rates are fractions as text.

    Raises:
        MediaError: not media, damaged, or of a kind that is not opened.
        LimitError: too large.
    """
    with Path(path).open("rb") as file:
        start = file.read(16)
    if start.startswith(_STILL_SIGNS) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return _still_facts(path, max_pixels)
    with open_container(path, trusted=trusted) as container:
        picture = picture_stream(container)
        sound = container.streams.best("audio")
        if picture is None and not isinstance(sound, AudioStream):
            raise MediaError("This file has neither picture nor sound.", path=path)
        zero = presentation_zero(container)
        facts: dict[str, Any] = {"container": container.format.name, "is_still": False}
        facts["sound"] = _sound_facts(sound, container, zero, path) if isinstance(sound, AudioStream) else None
        facts["timecode"] = _timecode(container)
        facts["video"] = _video_facts(picture, container, zero, path, max_pixels) if picture is not None else None
    if facts["video"] and facts["container"] == "gif" and facts["video"]["frame_count"] == 1:
        return _still_facts(path, max_pixels)
    ends = [Fraction(facts[part]["end"]) for part in ("video", "sound") if facts[part]]
    facts["duration"] = str(max(ends))
    return facts


def _still_facts(path: str, max_pixels: int) -> dict[str, Any]:
    with open_still(path, max_pixels) as image:
        rotation = _TURNED.get(image.getexif().get(0x0112, 1), 0)
        shown = image.size[::-1] if rotation % 180 else image.size
        video = {
            "codec": (image.format or "").lower(),
            "width_px": image.width,
            "height_px": image.height,
            "display_width_px": shown[0],
            "display_height_px": shown[1],
            "rate": "1",
            "rotation_degrees": rotation,
            "pixel_format": image.mode.lower(),
            "bits": 16 if image.mode.startswith("I") else 8,
            "full_range": True,
            "transfer": "sdr",
            "duration": "0",
            "frame_count": 1,
        }
        return {
            "container": (image.format or "").lower(),
            "is_still": True,
            "timecode": "",
            "duration": "0",
            "sound": None,
            "video": video,
        }


def _sound_facts(stream: AudioStream, container: InputContainer, zero: Fraction, path: str) -> dict[str, Any]:
    context = stream.codec_context
    codec = checked_codec(stream, path)
    first: Any = None
    try:
        first = next(container.decode(stream), None)
    except av.error.FFmpegError:
        first = None
    start = (stream.start_time or 0) * (stream.time_base or Fraction(1))
    seconds = stream_seconds(stream, container) or _measured(path, "audio")
    return {
        "codec": codec,
        "sample_rate": first.sample_rate if first is not None else context.sample_rate,
        "channels": len(first.layout.channels) if first is not None else context.channels,
        "layout": first.layout.name if first is not None else context.layout.name,
        "duration": str(seconds),
        "end": str(max(start - zero, Fraction(0)) + seconds),
    }


def _timecode(container: InputContainer) -> str:
    places = [container.metadata, *(stream.metadata for stream in container.streams)]
    return next((place["timecode"] for place in places if "timecode" in place), "")


def _video_facts(
    stream: VideoStream, container: InputContainer, zero: Fraction, path: str, max_pixels: int
) -> dict[str, Any]:
    codec = checked_codec(stream, path)
    check_pixels(stream.codec_context.width, stream.codec_context.height, max_pixels, path)
    frame, stamps = _first_frame(path, max_pixels)
    matrix, full, transfer, _ = colour_of(frame)
    rotation = round(frame.rotation / 90) * 90 % 360
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    if not Fraction(1, 16) < aspect < 16:
        aspect = Fraction(1)
    width, height = round(frame.width * aspect), frame.height
    shown = (height, width) if rotation % 180 else (width, height)
    rate, variable = _rate(stream, stamps)
    seconds = stream_seconds(stream, container) or _measured(path, "video")
    start = (stream.start_time or 0) * (stream.time_base or Fraction(1))
    tagged = int(frame.colorspace) != 2 and not frame.format.is_rgb
    return {
        "codec": codec,
        "width_px": frame.width,
        "height_px": frame.height,
        "display_width_px": shown[0],
        "display_height_px": shown[1],
        "rate": str(rate),
        "variable_rate": variable,
        "rotation_degrees": rotation,
        "pixel_aspect": str(aspect),
        "pixel_format": frame.format.name,
        "bits": max(component.bits for component in frame.format.components),
        "matrix": matrix if tagged and matrix != "rgb" else "unknown",
        "full_range": full,
        "transfer": transfer if transfer != "sdr" or int(frame.color_trc) != 2 else "unknown",
        "interlaced": bool(frame.interlaced_frame),
        "start": str(max(start - zero, Fraction(0))),
        "clock_start": str(max(start, Fraction(0))),
        "duration": str(seconds),
        "frame_count": stream.frames or None,
        "end": str(max(start - zero, Fraction(0)) + seconds),
    }


def _first_frame(path: str, max_pixels: int) -> tuple[VideoFrame, list[int]]:
    """The first picture, and the times of the packets around it, in ticks and in order."""
    frame: VideoFrame | None = None
    stamps: list[int] = []
    with open_container(path, trusted=True) as container:  # its first opening was checked already
        stream = picture_stream(container)
        assert stream is not None
        try:
            for packet in islice(container.demux(stream), _SAMPLED_PACKETS):
                if packet.pts is not None:
                    stamps.append(packet.pts)
                if frame is None:
                    frame = next(iter(_decoded(packet)), None)
        except av.error.FFmpegError:
            pass  # cut short: what came before still counts
    if frame is None:
        raise MediaError("Not one frame of this file can be decoded; it is damaged.", path=path)
    check_pixels(frame.width, frame.height, max_pixels, path)
    return frame, sorted(stamps)


def _decoded(packet: Any) -> Iterable[VideoFrame]:
    try:
        frames: list[VideoFrame] = packet.decode()
    except av.error.FFmpegError:
        return []
    return frames


def _rate(stream: VideoStream, stamps: list[int]) -> tuple[Fraction, bool]:
    """Frames a second, and whether they do not keep to it."""
    base = stream.time_base or Fraction(1, 90_000)
    steps = [later - earlier for earlier, later in pairwise(stamps) if later > earlier]
    average = stream.average_rate or stream.guessed_rate or Fraction(25)
    if len(steps) < 2:
        return _standard(average), False
    usual = sorted(steps)[len(steps) // 2]
    # Rounding to ticks moves a frame by up to one; a file with ticks of a millisecond must not look irregular.
    even = all(abs(step - usual) <= 1 for step in steps) or max(steps) - min(steps) <= max(1, usual // 50)
    if even:
        measured = len(steps) / (sum(steps) * base)
        guessed = stream.guessed_rate
        return _standard(guessed if guessed and abs(guessed / measured - 1) < Fraction(1, 1000) else measured), False
    return _standard(average), True


def _standard(rate: Fraction) -> Fraction:
    """The usual rate that this one is, give or take what rounding to milliseconds does; else the rate itself."""
    near = min(_STANDARD_RATES, key=lambda known: abs(known / rate - 1))
    return near if abs(near / rate - 1) < Fraction(3, 10_000) else rate.limit_denominator(100_000)


def _measured(path: str, kind: str) -> Fraction:
    """The length of a stream whose file does not state it, by reading it to the end."""
    with open_container(path, trusted=True) as container:
        stream = picture_stream(container) if kind == "video" else container.streams.best("audio")
        assert stream is not None
        low, high = None, 0
        try:
            for packet in container.demux(stream):
                if packet.pts is not None:
                    low = packet.pts if low is None else min(low, packet.pts)
                    high = max(high, packet.pts + (packet.duration or 0))
        except av.error.FFmpegError:
            pass  # cut short: what came before still counts
        return (high - (low or 0)) * (stream.time_base or Fraction(1))
