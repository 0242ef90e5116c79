"""Putting stretches of sound one after the other with short crossfades, AAC packets copied where they can be.

AAC packets stand on a grid of 1,024 samples, and cuts do not. Where packets are copied a stretch moves by up to half
a packet (11 ms at 48 kHz) against its picture, each stretch by its own amount, so that nothing adds up; the packets
around every cut are encoded again from the decoded sound, with the crossfade in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.mp4_file import Packets, Track, aac_entry, write_mp4
from rushlight.media.packet_source import NOWHERE
from rushlight.media.sound_reader import SoundReader
from rushlight.media.splice import PacketTable, read_table

__all__ = ["Stretch", "can_copy_sound", "splice_sound_copied", "splice_sound_exact"]

Samples = NDArray[np.float32]
BLOCK = 1024
_FADE_SECONDS = Fraction(1, 100)
# Packets encoded again on either side of a cut, and more that only bring the encoder into the right state.
_AROUND, _LEAD = 3, 3
_LOWEST_RATE = 44_100
# Joined files have breaks in the row of packets; with more than one in this many, copying saves nothing.
_PACKETS_A_BREAK = 100


@dataclass(frozen=True)
class Stretch:
    """A stretch of the source: where it starts, on the source's clock, and how long it is."""

    start: Fraction
    duration: Fraction


def can_copy_sound(table: PacketTable) -> str:
    """Empty when AAC packets of this file can be copied; else why not."""
    facts = table.sound
    if facts is None:
        return "there is no sound"
    if facts["codec"] != "aac" or facts["profile"] != "LC" or len(facts["extradata"]) < 4:
        return f"{facts['codec']} sound is encoded again as AAC"
    packets = table.of(1)
    if facts["sample_rate"] < _LOWEST_RATE:
        return f"a packet at {facts['sample_rate']} Hz is too long to stay with the picture"
    if Fraction(facts["time_base"]) != Fraction(1, facts["sample_rate"]):
        return "the sound's clock is too coarse to copy packets by"
    if (packets["offset"] == NOWHERE).any() or not len(packets["pts"]):
        return "some of its packets are damaged"
    if (np.diff(packets["pts"]) != BLOCK).sum() > len(packets["pts"]) // _PACKETS_A_BREAK:
        return "the sound has too many gaps"
    return ""


def _faded(parts: Sequence[Samples], lengths: Sequence[int], fade: int) -> Samples:
    """Stretches with `fade` / 2 samples more at either side, crossfaded so that they keep their lengths."""
    half = fade // 2
    rise = (np.sin(np.pi / 2 * (np.arange(2 * half) + 0.5) / max(2 * half, 1)) ** 2).astype(np.float32)[:, None]
    total = np.zeros((sum(lengths) + 2 * half, parts[0].shape[1]), np.float32)
    at = 0
    for index, (part, length) in enumerate(zip(parts, lengths, strict=True)):
        shaped = part.copy()
        if index:
            shaped[: 2 * half] *= rise[: len(shaped)]
        if index < len(parts) - 1:
            shaped[-2 * half :] *= rise[::-1][-len(shaped) :]
        total[at : at + length + 2 * half] += shaped
        at += length
    return total[half : half + sum(lengths)]


def splice_sound_exact(
    path: Path, table: PacketTable, stretches: Sequence[Stretch], lengths: Sequence[int], scratch: Path
) -> Track:
    """The sound of stretches, cut exactly to the sample and encoded as AAC.

    Args:
        path: the source.
        table: its packets.
        stretches: what is kept.
        lengths: samples of each stretch, at the source's sample rate.
        scratch: a folder for what the stream rests on, which must live until it is written.
    """
    facts = table.sound
    assert facts is not None
    rate, channels = int(facts["sample_rate"]), int(facts["channels"])
    fade = int(_FADE_SECONDS * rate) // 2 * 2
    parts, reader = [], SoundReader(rate, channels)
    for stretch, length in zip(stretches, lengths, strict=True):
        start = max(stretch.start - Fraction(fade // 2, rate), Fraction(0))
        missing = fade // 2 - round((stretch.start - start) * rate)
        wanted = Fraction(length + fade - missing, rate)
        read = reader.read(path, start, wanted)
        parts.append(np.concatenate([np.zeros((missing, channels), np.float32), read]))
    sound = _faded(parts, lengths, fade)
    return _encoded_track(sound, facts["layout"], rate, channels, int(facts["bit_rate"]), scratch)


def _encoded_track(sound: Samples, layout: str, rate: int, channels: int, bit_rate: int, scratch: Path) -> Track:
    table = _encode(sound, layout, rate, channels, bit_rate, scratch / "sound.mp4")
    assert table.sound is not None
    rows = table.of(1)
    count = min(len(rows["size"]), -(-len(sound) // BLOCK) + 1)
    packets = Packets((table.path,), np.zeros(count, np.int64), rows["offset"][:count], rows["size"][:count])
    entry = aac_entry(bytes.fromhex(table.sound["extradata"]), rate, channels)
    times = np.arange(count, dtype=np.int64) * BLOCK
    return Track(packets, entry, rate, times, times, BLOCK, None, BLOCK, len(sound))


def _encode(sound: Samples, layout: str, rate: int, channels: int, bit_rate: int, out: Path) -> PacketTable:
    """AAC packets of some sound, with a tiny picture beside them because tables want one."""
    raw = out.with_suffix(".f32")
    raw.write_bytes(np.ascontiguousarray(sound).tobytes())
    kilobits = min(max(bit_rate // 1000, 64 * channels), 192 * channels)
    run_ffmpeg([
        "-f", "lavfi", "-i", "color=size=16x16:rate=1:duration=1", "-f", "f32le", "-ar", str(rate),
        "-ch_layout", layout, "-i", file_url(raw), "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-c:a", "aac",
        "-b:a", f"{kilobits}k", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp4", "-y", file_url(out),
    ], timeout_seconds=3600)  # fmt: skip
    raw.unlink()
    return read_table(out, trusted=True)


@dataclass(frozen=True)
class _Laid:
    """A stretch on the result's grid: first sample, end, and what is added to get the source's sample.

    It lies in one unbroken row of packets: `base` up to `stop`, the first heard from sample `origin` of the source.
    """

    first: int
    end: int
    shift: int
    origin: int
    base: int
    stop: int

    def packet(self, at: int) -> int:
        """The source's packet that a sample of the source is heard in; -1 outside the row."""
        found = self.base + (at - self.origin) // BLOCK
        return found if self.base <= found < self.stop else -1


def splice_sound_copied(
    table: PacketTable, stretches: Sequence[Stretch], lengths: Sequence[int], scratch: Path
) -> tuple[Track, int, Fraction]:
    """The sound of stretches with AAC packets copied but for those around cuts.

    Args:
        table: the source; `can_copy_sound` says nothing against it.
        stretches: what is kept.
        lengths: samples of each stretch.
        scratch: a folder for what the stream rests on, which must live until it is written.

    Returns:
        The stream, how many packets were copied, and the largest move of a stretch against its picture in seconds.
    """
    facts = table.sound
    assert facts is not None
    rate, channels = int(facts["sample_rate"]), int(facts["channels"])
    rows = table.of(1)
    laid, moved = _lay(rows["pts"] - round(table.zero * rate), stretches, lengths, rate)
    at = sum(lengths)
    count = -(-at // BLOCK) + 1
    source = np.full(count, -1, np.int64)
    for one in laid:
        # Packet k is heard from sample (k - 1) * BLOCK.
        low, high = -(-one.first // BLOCK) + 1 + _AROUND, one.end // BLOCK + 1 - _AROUND
        ks = np.arange(low, max(low, high))
        indices = one.base + ((ks - 1) * BLOCK + one.shift - one.origin) // BLOCK
        good = (indices >= one.base) & (indices < one.stop)
        source[ks[good]] = indices[good]
    sound = _Blocks(table, rows, channels, rate, scratch)
    regions = _regions(source)
    for first, end in regions:
        sound.want(first - _LEAD, end + _LEAD, laid)
    sound.decode()
    pieces = [sound.heard(first - _LEAD, end + _LEAD, laid) for first, end in regions]
    made = _encode(
        np.concatenate(pieces), facts["layout"], rate, channels, int(facts["bit_rate"]), scratch / "ends.mp4"
    )
    again = made.of(1)
    file = np.where(source >= 0, 0, 1)
    known = np.maximum(source, 0)
    place, size = rows["offset"][known], rows["size"][known]
    before = 0
    for (first, end), piece in zip(regions, pieces, strict=True):
        # Encoded packet n is heard one block later than the block it was given.
        taken = before // BLOCK + _LEAD + 1 + np.arange(end - first)
        place[first:end], size[first:end] = again["offset"][taken], again["size"][taken]
        before += len(piece)
    packets = Packets((table.path, made.path), file, place, size)
    times = np.arange(count, dtype=np.int64) * BLOCK
    entry = aac_entry(bytes.fromhex(facts["extradata"]), rate, channels)
    return Track(packets, entry, rate, times, times, BLOCK, None, BLOCK, at), int((source >= 0).sum()), moved


def _lay(
    pts: NDArray[np.int64], stretches: Sequence[Stretch], lengths: Sequence[int], rate: int
) -> tuple[list[_Laid], Fraction]:
    """Stretches on the grid, divided where the row of packets breaks, and the largest move in seconds."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(pts) != BLOCK) + 1])
    stops = np.append(starts[1:], len(pts))
    origins = pts[starts]
    laid, at, moved = list[_Laid](), 0, Fraction(0)
    for stretch, length in zip(stretches, lengths, strict=True):
        begin = round(stretch.start * rate)
        end, now = begin + length, begin
        row = max(int(np.searchsorted(origins, begin, side="right")) - 1, 0)
        while now < end:
            last = end if row + 1 == len(starts) else min(int(origins[row + 1]), end)
            if last > now:
                origin, exact = int(origins[row]), now - at
                shift = exact + (origin - exact + BLOCK // 2) % BLOCK - BLOCK // 2
                moved = max(moved, Fraction(abs(shift - exact), rate))
                laid.append(_Laid(at, at + last - now, shift, origin, int(starts[row]), int(stops[row])))
                at += last - now
                now = last
            row += 1
    return laid, moved


def _regions(source: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Packets that are not copied, as first and end of each row of them."""
    missing = np.concatenate([[False], source < 0, [False]])
    edges = np.flatnonzero(np.diff(missing.astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


class _Blocks:
    """Decoded blocks of the source around cuts, all decoded at once from a file that holds only what is needed."""

    def __init__(
        self, table: PacketTable, rows: dict[str, NDArray[np.int64]], channels: int, rate: int,
        scratch: Path,
    ) -> None:  # fmt: skip
        self.table, self.rows = table, rows
        self.channels, self.rate, self.scratch = channels, rate, scratch
        self.fade = int(_FADE_SECONDS * rate) // 2 * 2
        self.wanted: set[int] = set()
        self.at: dict[int, int] = {}
        self.samples = np.zeros((0, channels), np.float32)

    def _spans(self, first: int, end: int, laid: Sequence[_Laid]) -> list[tuple[int, int, _Laid]]:
        """Stretches heard from packet `first` up to `end`, with half a fade more: samples of the result."""
        low, high = (first - 1) * BLOCK, (end - 1) * BLOCK
        half = self.fade // 2
        return [
            (max(low, one.first - half), min(high, one.end + half), one)
            for one in laid
            if one.first - half < high and one.end + half > low
        ]

    def want(self, first: int, end: int, laid: Sequence[_Laid]) -> None:
        """Note what `heard` will need; a decoder needs a packet before to begin with."""
        for low, high, one in self._spans(first, end, laid):
            block = one.base + (low + one.shift - one.origin) // BLOCK
            last = one.base + (high - 1 + one.shift - one.origin) // BLOCK
            self.wanted |= set(range(max(block - 2, one.base), min(last + 1, one.stop)))

    def decode(self) -> None:
        """Decode what is wanted."""
        chosen = np.array(sorted(self.wanted), np.int64)
        if not len(chosen):
            return
        self.at = {int(index): place for place, index in enumerate(chosen)}
        packets = Packets(
            (self.table.path,), np.zeros(len(chosen), np.int64), self.rows["offset"][chosen],
            self.rows["size"][chosen],
        )  # fmt: skip
        small, raw = self.scratch / "sound-packets.mp4", self.scratch / "sound-packets.f32"
        times = np.arange(len(chosen), dtype=np.int64) * BLOCK
        assert self.table.sound is not None
        entry = aac_entry(bytes.fromhex(self.table.sound["extradata"]), self.rate, self.channels)
        length = len(chosen) * BLOCK
        write_mp4(small, [Track(packets, entry, self.rate, times, times, BLOCK, None, 0, length)])
        run_ffmpeg([
            "-protocol_whitelist", "file,pipe", "-format_whitelist", "mov", "-i", file_url(small), "-map", "0:a:0",
            "-c:a", "pcm_f32le", "-f", "f32le", "-y", file_url(raw),
        ])  # fmt: skip
        self.samples = np.nan_to_num(np.fromfile(raw, np.float32)).reshape(-1, self.channels)
        raw.unlink()
        small.unlink()

    def _source(self, first: int, end: int, one: _Laid) -> Samples:
        """Samples of the source; silence where it has none."""
        out = np.zeros((end - first, self.channels), np.float32)
        at = first
        while at < end:
            block, inside = one.packet(at), (at - one.origin) % BLOCK
            count = min(BLOCK - inside, end - at)
            if block in self.at:
                place = self.at[block] * BLOCK + inside
                found = self.samples[place : place + count]
                out[at - first : at - first + len(found)] = found
            at += count
        return out

    def heard(self, first: int, end: int, laid: Sequence[_Laid]) -> Samples:
        """What packets `first` up to `end` of the result let hear."""
        low, half = (first - 1) * BLOCK, self.fade // 2
        out = np.zeros(((end - first) * BLOCK, self.channels), np.float32)
        for start, stop, one in self._spans(first, end, laid):
            part = self._source(start + one.shift, stop + one.shift, one)
            times = np.arange(start, stop)
            gain = np.ones(stop - start, np.float32)
            if half and one is not laid[0]:
                gain *= np.sin(np.pi / 2 * np.clip((times - one.first + half + 0.5) / (2 * half), 0, 1)) ** 2
            if half and one is not laid[-1]:
                gain *= np.sin(np.pi / 2 * np.clip((one.end + half - times - 0.5) / (2 * half), 0, 1)) ** 2
            out[start - low : stop - low] += part * gain[:, None]
        return out
