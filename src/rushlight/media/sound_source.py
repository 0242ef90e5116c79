"""Samples of a sound stream by time, exact to the sample, on PyAV alone (it runs inside the guarded process)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from rushlight.core.errors import LimitError, MediaError
from rushlight.media.source import checked_codec, opened, presentation_zero

__all__ = ["SoundHead", "SoundSource"]

_EXACT_SEEK = frozenset(["mov", "wav", "w64", "aiff", "flac"])
_RUN_UP_SECONDS = Fraction(1)
# AAC may make up noise from a random state that depends on all packets before, so it is decoded from the start
# (400 times faster than it plays) until that takes long.
_LONG_SECONDS = {"aac": Fraction(120)}
# How far a frame's time may be from the count of samples before it means a gap. Clocks of milliseconds round, and
# Vorbis packets of changing length carry times that are off by up to half a block.
_JITTER_SECONDS = Fraction(1, 500)
_VORBIS_JITTER_SECONDS = Fraction(1, 16)
_SILENCE_BLOCK = 1 << 16


@dataclass(frozen=True)
class SoundHead:
    """What the samples of a stream are."""

    sample_rate: int
    channels: tuple[str, ...]
    """Speaker names, such as `FL`, `FR`."""


class SoundSource:
    """The sound of one file, as interleaved 32-bit float samples counted from the file's second 0.

    Priming, edit lists and gaps are honoured: what a player would skip is skipped, where it would be silent there is
    silence.
    """

    def __init__(self, path: str, *, trusted: bool, max_seconds: int = 0) -> None:
        self.path, self._max_seconds = path, max_seconds
        self._container: InputContainer = opened(path, trusted=trusted)
        if not self._container.streams.audio:
            raise MediaError("This file has no sound.", path=path)
        chosen = self._container.streams.best("audio")
        assert isinstance(chosen, AudioStream)
        self._stream = chosen
        checked_codec(chosen, path)
        self._zero = presentation_zero(self._container)
        self._base = chosen.time_base or Fraction(1, chosen.codec_context.sample_rate or 48_000)
        self._frames = self._decoded()
        self._first = next(self._frames, None)
        if self._first is None:
            raise MediaError("Not one sample of this file can be decoded; it is damaged.", path=path)
        layout = self._first.layout
        self.head = SoundHead(self._first.sample_rate, tuple(channel.name for channel in layout.channels))
        self._layout = layout.name
        self._resampler: tuple[tuple[object, ...], AudioResampler] | None = None

    def _decoded(self) -> Iterator[AudioFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):
                return  # the end, or cut short: what came before still counts
            try:
                yield from packet.decode()
            except MemoryError as error:
                raise LimitError("Decoding needs more memory than is allowed.", path=self.path) from error
            except av.error.FFmpegError:
                continue  # a damaged packet leaves a gap, which becomes silence

    def blocks(self, first: int, end: int | None) -> Iterator[bytes]:
        """Samples `first` up to, not including, `end` (None: to the end of the sound), as bytes in order.

        Stops early where the sound ends.
        """
        frames = self._from(first)
        last = self._last_sample()
        end = last if end is None else min(end, last) if last is not None else end
        width = 4 * len(self.head.channels)
        position: int | None = None
        written = first
        for frame in frames:
            data = self._floats(frame)
            count = len(data) // width
            position = self._place(frame, position)
            if position + count > written:
                if position > written:
                    gap = position - written if end is None else min(position, end) - written
                    yield from self._silence(gap, width)
                    written += max(gap, 0)
                skip = written - position
                take = count - skip if end is None else min(count - skip, end - written)
                if take > 0:
                    yield data[skip * width : (skip + take) * width]
                    written += take
            position += count
            if end is not None and written >= end:
                return

    def _silence(self, count: int, width: int) -> Iterator[bytes]:
        if self._max_seconds and count > self._max_seconds * self.head.sample_rate:
            raise LimitError("The sound has a gap longer than the longest film that is opened.", path=self.path)
        while count > 0:
            yield bytes(min(count, _SILENCE_BLOCK) * width)
            count -= _SILENCE_BLOCK

    def _last_sample(self) -> int | None:
        """Where an edit list ends the sound; the decoder does not cut the last packet to it."""
        stream = self._stream
        if "mov" not in self._container.format.name.split(",") or not stream.duration:
            return None
        end = ((stream.start_time or 0) + stream.duration) * self._base - self._zero
        return floor(end * self.head.sample_rate + Fraction(1, 2))

    def _place(self, frame: AudioFrame, expected: int | None) -> int:
        """The number of a frame's first sample; small disagreement of the clock with the count is rounding."""
        rate = self.head.sample_rate
        if frame.pts is None:
            return expected or 0
        exact = (frame.pts * (frame.time_base or self._base) - self._zero) * rate
        jitter = _VORBIS_JITTER_SECONDS if "vorbis" in self._stream.codec_context.name else _JITTER_SECONDS
        if expected is not None and abs(exact - expected) <= max(jitter, 2 * self._base) * rate:
            return expected
        return round(exact)

    def _from(self, first: int) -> Iterator[AudioFrame]:
        """Frames from one that starts at or before a sample; by seeking where that keeps exact counts."""
        assert self._first is not None
        wanted = Fraction(first, self.head.sample_rate) - _RUN_UP_SECONDS
        names = self._container.format.name.split(",")
        exact = self._base == Fraction(1, self._stream.codec_context.sample_rate or 1)
        if (
            wanted > _LONG_SECONDS.get(self._stream.codec_context.name, 2)
            and exact
            and not _EXACT_SEEK.isdisjoint(names)
        ):
            try:
                self._container.seek(int((wanted + self._zero) / self._base), stream=self._stream, backward=True)
            except av.error.FFmpegError:
                pass
            else:
                frames = self._decoded()
                landed = next(frames, None)
                if landed is not None and self._place(landed, None) <= first:
                    yield landed
                    yield from frames
                    return
            self._container.close()
            self._container = opened(self.path, trusted=True)
            chosen = self._container.streams.best("audio")
            assert isinstance(chosen, AudioStream)
            self._stream = chosen
            yield from self._decoded()
            return
        yield self._first
        yield from self._frames

    def _floats(self, frame: AudioFrame) -> bytes:
        key = (frame.format.name, frame.layout.name, frame.sample_rate)
        if key == ("flt", self._layout, self.head.sample_rate):
            return _packed(frame, len(self.head.channels))
        if self._resampler is None or self._resampler[0] != key:
            self._resampler = key, AudioResampler("flt", self._layout, self.head.sample_rate)
        return b"".join(_packed(part, len(self.head.channels)) for part in self._resampler[1].resample(frame))


def _packed(frame: AudioFrame, channels: int) -> bytes:
    with memoryview(frame.planes[0]) as plane:
        return bytes(plane[: frame.samples * channels * 4])
