"""Packets of a media file as a table, read with PyAV (it runs inside the guarded process).

The payload stays in the file: the table says where each packet's bytes lie, so that whoever copies them reads plain
bytes and never opens the file with a demuxer. What is read there is compared byte for byte: in MP4, which says where
its packets lie, for every key frame and one packet in some hundred; elsewhere for all.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import IO, Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from rushlight.core.errors import LimitError, MediaError
from rushlight.media.source import checked_codec, open_container, picture_stream, presentation_zero

__all__ = ["COLUMNS", "NOWHERE", "read_packets"]

COLUMNS = ("stream", "pts", "dts", "duration", "is_key", "size", "offset")
"""Columns of a row, all 64-bit integers: stream 0 is the picture, 1 the sound."""
NOWHERE = -(1 << 62)
"""A missing time or place."""
_MOST_PACKETS = 20_000_000
# A Matroska block's payload follows its head; a lace may push it further.
_SEARCHED_BYTES = 64
# Comparing takes three times as long as reading the table.
_COMPARED_EVERY = 97


def read_packets(path: str, trusted: bool) -> tuple[dict[str, Any], array[int]]:
    """Facts of the picture and sound streams, and one row a packet in the file's order.

    Raises:
        MediaError: no picture, or a codec that is not let in.
        LimitError: more packets than are planned with.
    """
    with open_container(path, trusted=trusted) as container, Path(path).open("rb") as file:
        picture, sound = picture_stream(container), container.streams.best("audio")
        if picture is None:
            raise MediaError("This file has no picture.", path=path, hint="Give a video.")
        chosen: list[Any] = [picture, *([sound] if isinstance(sound, AudioStream) else [])]
        for stream in chosen:
            checked_codec(stream, path)
        facts: dict[str, Any] = {"zero": str(presentation_zero(container)), "video": _video_facts(picture)}
        facts["sound"] = _sound_facts(sound) if isinstance(sound, AudioStream) else None
        every = _COMPARED_EVERY if container.format.name.startswith("mov,") else 1
        rows = _rows(container, chosen, file, path, every)
    return facts, rows


def _rows(container: InputContainer, chosen: list[Any], file: IO[bytes], path: str, every: int) -> array[int]:
    rows = array("q")
    number = {stream.index: place for place, stream in enumerate(chosen)}
    packets = container.demux(*chosen)
    most, count = _MOST_PACKETS, 0
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return rows  # the end, or cut short: what came before still counts
        size = packet.size
        if not size:
            continue
        if count >= most:
            raise LimitError("This file has more packets than are planned with.", path=path)
        kind, pts, dts, place = number[packet.stream_index], packet.pts, packet.dts, packet.pos
        is_key = packet.is_keyframe
        if packet.is_corrupt:
            place = NOWHERE
        elif place is None or place < 0 or not count % every or (is_key and not kind):
            place = _place(packet, file)
        rows.extend((
            kind, NOWHERE if pts is None else pts, NOWHERE if dts is None else dts, packet.duration or 0, is_key, size,
            place,
        ))  # fmt: skip
        count += 1


def _place(packet: Packet[Any], file: IO[bytes]) -> int:
    """Where the packet's bytes lie in the file, one after the other; `NOWHERE` when they do not."""
    if packet.pos is None or packet.pos < 0:
        return NOWHERE
    data = bytes(packet)
    file.seek(packet.pos)
    found = file.read(len(data) + _SEARCHED_BYTES)
    ahead = found.find(data) if found[: len(data)] != data else 0
    return packet.pos + ahead if ahead >= 0 else NOWHERE


def _video_facts(stream: VideoStream) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "codec": context.codec.canonical_name,
        "width_px": context.width,
        "height_px": context.height,
        "pixel_format": context.pix_fmt or "",
        "profile": context.profile or "",
        "extradata": bytes(context.extradata or b"").hex(),
        "time_base": str(stream.time_base),
        "sample_aspect": str(stream.sample_aspect_ratio or 1),
        "colour": [int(context.color_primaries), int(context.color_trc), int(context.colorspace)],
        "full_range": int(context.color_range) == 2,
    }


def _sound_facts(stream: AudioStream) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "codec": context.codec.canonical_name,
        "profile": context.profile or "",
        "sample_rate": context.sample_rate,
        "channels": len(context.layout.channels),
        "layout": context.layout.name,
        "bit_rate": context.bit_rate or 0,
        "extradata": bytes(context.extradata or b"").hex(),
        "time_base": str(stream.time_base),
    }
