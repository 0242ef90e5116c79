"""Reading a recording to its end to see what of it cannot be decoded (it runs inside the guarded process)."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from rushlight.core.errors import LimitError
from rushlight.media.source import checked_codec, open_container, picture_stream, presentation_zero, stream_seconds

__all__ = ["lost_parts"]

# Rounding of clocks, a codec's delay and a last packet without a length are no loss.
_SLACK_SECONDS = Fraction(1, 4)
_PACKETS_A_WORD = 500


@dataclass
class _Stream:
    """One stream while it is read: packets seen, and when what was decoded begins, in seconds."""

    kind: str
    stream: Any
    base: Fraction
    starts: list[Fraction] = field(default_factory=list)
    keys: list[Fraction] = field(default_factory=list)
    good: set[Fraction] = field(default_factory=set)
    end: Fraction = Fraction(0)


def lost_parts(path: str, trusted: bool, whole: bool, on_progress: Callable[[Fraction], None]) -> dict[str, Any]:
    """Stretches that are lost, for each stream, in seconds of the stream's clock less the file's second 0.

    Args:
        path: the recording.
        trusted: one of our own.
        whole: decode every frame; else only key frames.
        on_progress: told now and then up to which second the file was read.

    Returns:
        `stated` and `ends`: how long the file says it is, and when its last packet ends; `picture` and `sound`, where
        there are such: start and end of each lost stretch. All in seconds as text.

    Raises:
        MediaError: not media, or of a kind that is not opened.
        LimitError: it needs too much memory.
    """
    with open_container(path, trusted=trusted) as container:
        zero = presentation_zero(container)
        picture, sound = picture_stream(container), container.streams.best("audio")
        read: list[_Stream] = []
        for kind, stream in (("picture", picture), ("sound", sound if isinstance(sound, AudioStream) else None)):
            if stream is None:
                continue
            checked_codec(stream, path)
            if kind == "picture":
                stream.codec_context.thread_type = "AUTO"
                if not whole:
                    stream.codec_context.skip_frame = "NONKEY"
            read.append(_Stream(kind, stream, stream.time_base or Fraction(1, 90_000)))
        stated = max((stream_seconds(one.stream, container) for one in read), default=Fraction(0))
        _read_all(container, read, path, on_progress)
        found: dict[str, Any] = {"stated": str(stated)}
        ends = max((one.end for one in read), default=zero) - zero
        cut_short = "matroska" in container.format.name and stated - ends > _SLACK_SECONDS
        for one in read:
            lost = _picture_lost(one, whole) if one.kind == "picture" else _sound_lost(one)
            length = (one.stream.duration or 0) * one.base
            begin = (one.stream.start_time or 0) * one.base
            if length and begin + length - one.end > _SLACK_SECONDS:
                lost.append((one.end, begin + length))
            if cut_short:
                lost.append((one.end, stated + zero))
            found[one.kind] = [(str(start - zero), str(end - zero)) for start, end in _joined(lost)]
        found["ends"] = str(max(ends, Fraction(0)))
        return found


def _read_all(
    container: InputContainer, read: list[_Stream], path: str, on_progress: Callable[[Fraction], None]
) -> None:
    """Decode everything, as far as there is something to read."""
    by_index = {one.stream.index: one for one in read}
    packets = container.demux(*(one.stream for one in read))
    for count in range(sys.maxsize):
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            break  # the end, or cut short
        one = by_index[packet.stream_index]
        if packet.size:
            _note(one, packet)
            _decode(one, packet, path)
        if count % _PACKETS_A_WORD == 0:
            on_progress(one.end)
    for one in read:
        _decode(one, None, path)


def _decode(one: _Stream, packet: Packet[Any] | None, path: str) -> None:
    """Note what a packet gives, or (None) what the decoder still holds."""
    try:
        frames = one.stream.codec_context.decode(packet)
    except MemoryError as error:
        raise LimitError("Decoding needs more memory than is allowed.", path=path) from error
    except av.error.FFmpegError:
        return
    for frame in frames:
        if frame.pts is not None and not frame.is_corrupt:
            one.good.add(frame.pts * (frame.time_base or one.base))


def _note(one: _Stream, packet: Packet[Any]) -> None:
    at = packet.pts if packet.pts is not None else packet.dts
    if at is None:
        return
    seconds = at * one.base
    one.end = max(one.end, seconds + (packet.duration or 0) * one.base)
    if packet.is_discard:
        return  # an edit list hides it
    one.starts.append(seconds)
    if packet.is_keyframe:
        one.keys.append(seconds)


def _picture_lost(one: _Stream, whole: bool) -> list[tuple[Fraction, Fraction]]:
    """From each frame that was not decoded to the next key frame that was: what lies between is drawn on ruins."""
    keys = sorted(key for key in one.keys if key in one.good)
    expected = sorted(one.starts) if whole else sorted(one.keys)
    lost = list[tuple[Fraction, Fraction]]()
    for start in expected:
        if start in one.good or (lost and start < lost[-1][1]):
            continue
        after = bisect_right(keys, start)
        lost.append((start, keys[after] if after < len(keys) else one.end))
    return lost


def _sound_lost(one: _Stream) -> list[tuple[Fraction, Fraction]]:
    """Packets that gave no sound; the first may only bring the decoder into its state."""
    starts, lost = sorted(one.starts), list[tuple[Fraction, Fraction]]()
    good = sorted(one.good)
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else one.end
        # A frame may be cut at its start by an edit list, so any that begins inside the packet counts.
        place = bisect_right(good, end) - 1
        if number and not (place >= 0 and good[place] >= start) and end > start:
            lost.append((start, end))
    for before, after in zip(starts, starts[1:], strict=False):
        if after - before > _SLACK_SECONDS:
            lost.append((before, after))
    return lost


def _joined(lost: Iterable[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    joined = list[tuple[Fraction, Fraction]]()
    for start, end in sorted(lost):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        elif end > start:
            joined.append((start, end))
    return joined
