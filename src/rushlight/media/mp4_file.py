"""Writing MP4 files from packets that exist already, wherever their bytes lie.

PyAV cannot write a stream without a template opened from a file, and muxing each of an hour's packets apart takes
longer than the rest of a smart render; here tables are written with NumPy, and neighbouring packets copied at once.

Reference:
    ISO/IEC 14496-12 (file format), 14496-14 (esds), 14496-15 (avcC, hvcC), the AV1 and VP9 bindings to it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

__all__ = ["Packets", "Track", "aac_entry", "configuration_box", "video_entry", "write_mp4"]

Counts = NDArray[np.int64]
_CHUNK_SECONDS = 1
_COPY_BYTES = 1 << 22


@dataclass
class Packets:
    """Packets in decoding order; `place[i]` is where the bytes of packet i begin in `files[file[i]]`."""

    files: tuple[Path, ...]
    file: Counts
    place: Counts
    size: Counts
    before: dict[int, bytes] = field(default_factory=dict)
    """Bytes put in front of a packet, such as parameter sets."""
    after: dict[int, bytes] = field(default_factory=dict)
    """Bytes put behind a packet, such as the end of a sequence."""

    def written_sizes(self) -> Counts:
        """Size of each packet with what is put around it."""
        sizes = self.size.copy()
        for added in (self.before, self.after):
            for index, data in added.items():
                sizes[index] += len(data)
        return sizes


@dataclass
class Track:
    """One stream of the file.

    Attributes:
        packets: what it holds.
        entry: its sample entry, as `video_entry` or `aac_entry` makes it.
        timescale: ticks a second.
        dts: decoding time of each packet in ticks, from 0.
        pts: when it is shown, in ticks, never before `dts`.
        duration: ticks of the last packet.
        keys: which packets decoding can begin at; None when all are.
        skipped: ticks at the start that are decoded and not shown.
        shown: how many ticks are shown.
        size_px: width and height as shown, for a picture.
        rotation_degrees: how far the picture is turned counter-clockwise for showing.
    """

    packets: Packets
    entry: bytes
    timescale: int
    dts: Counts
    pts: Counts
    duration: int
    keys: NDArray[np.bool_] | None
    skipped: int
    shown: int
    size_px: tuple[int, int] | None = None
    rotation_degrees: int = 0


def _box(kind: bytes, *parts: bytes) -> bytes:
    size = 8 + sum(len(part) for part in parts)
    return struct.pack(">I4s", size, kind) + b"".join(parts)


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def video_entry(
    kind: bytes,
    width_px: int,
    height_px: int,
    configuration: bytes,
    *,
    colour: Sequence[int] = (2, 2, 2),
    full_range: bool = False,
    aspect: Fraction = Fraction(1),
) -> bytes:
    """The sample entry of a picture: `avc1`, `hev1`, `vp09` or `av01`.

    Args:
        kind: one of those.
        width_px: coded width.
        height_px: coded height.
        configuration: the whole box `avcC`, `hvcC`, `vpcC` or `av1C`, as `configuration_box` makes it.
        colour: primaries, transfer and matrix as ISO/IEC 23091-2 numbers them.
        full_range: whether samples use their whole range.
        aspect: width to height of a pixel.
    """
    head = struct.pack(">6xH16xHHIIIH32xHh", 1, width_px, height_px, 0x480000, 0x480000, 0, 1, 24, -1)
    boxes = [configuration]
    if tuple(colour) != (2, 2, 2):
        boxes.append(_box(b"colr", b"nclx", struct.pack(">HHHB", *colour, full_range << 7)))
    if aspect != 1:
        boxes.append(_box(b"pasp", struct.pack(">II", aspect.numerator, aspect.denominator)))
    return _box(kind, head, *boxes)


def configuration_box(kind: bytes, payload: bytes, *, full: bool = False) -> bytes:
    """A decoder's configuration as a box; `full` for `vpcC`, which has a version."""
    return _full(kind, 1, 0, payload) if full else _box(kind, payload)


def aac_entry(specific: bytes, sample_rate: int, channels: int) -> bytes:
    """The sample entry of AAC sound from its AudioSpecificConfig."""

    def described(tag: int, payload: bytes) -> bytes:
        return bytes((tag, 0x80, 0x80, 0x80, len(payload))) + payload

    decoder = described(4, struct.pack(">BB3xII", 0x40, 0x15, 0, 0) + described(5, specific))
    stream = described(3, struct.pack(">HB", 0, 0) + decoder + described(6, b"\x02"))
    head = struct.pack(">6xH8xHHHHI", 1, channels, 16, 0, 0, min(sample_rate, 65535) << 16)
    return _box(b"mp4a", head, _full(b"esds", 0, 0, stream))


def write_mp4(path: Path, tracks: Sequence[Track]) -> None:
    """Write a file with its index in front; it appears under its name when all of it is written.

    Frame times, what is skipped and what is shown are exact: the edit lists count in a timescale that every track's
    ticks fit in.
    """
    chunks = _interleaved(tracks)
    movie = lcm(*(track.timescale for track in tracks))
    if movie >= 1 << 32:
        movie = tracks[0].timescale
    kind = _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2avc1mp41")
    size = sum(int(track.packets.written_sizes().sum()) for track in tracks)
    head = struct.pack(">I4sQ", 1, b"mdat", size + 16)
    # The index's size does not depend on the places in it.
    start = len(kind) + len(_movie(tracks, chunks, movie, 0)) + len(head)
    beside = path.with_name(f".writing-{path.name}")
    try:
        with beside.open("wb") as out:
            out.write(kind + _movie(tracks, chunks, movie, start) + head)
            _write_payload(out, tracks, chunks)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _interleaved(tracks: Sequence[Track]) -> list[tuple[int, int, int]]:
    """Track, first and end packet of each chunk, in the order of the file: about a second of each in turn."""
    chunks = []
    for number, track in enumerate(tracks):
        seconds = track.dts // (track.timescale * _CHUNK_SECONDS)
        edges = [0, *(np.flatnonzero(np.diff(seconds)) + 1).tolist(), len(seconds)]
        chunks += [(int(seconds[a]), number, a, b) for a, b in zip(edges, edges[1:], strict=False) if b > a]
    return [chunk[1:] for chunk in sorted(chunks)]


def _movie(tracks: Sequence[Track], chunks: list[tuple[int, int, int]], movie: int, start: int) -> bytes:
    length = max(-(-track.shown * movie // track.timescale) for track in tracks)
    unity = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = struct.pack(">QQIQIH10x", 0, 0, movie, length, 0x10000, 0x100) + unity + bytes(24)
    places: list[list[int]] = [[] for _ in tracks]
    sizes = [np.concatenate([[0], np.cumsum(track.packets.written_sizes())]) for track in tracks]
    at = start
    for number, first, end in chunks:
        places[number].append(at)
        at += int(sizes[number][end] - sizes[number][first])
    boxes = []
    for number, track in enumerate(tracks):
        counts = [end - first for owner, first, end in chunks if owner == number]
        boxes.append(_track(number + 1, track, movie, counts, places[number]))
    return _box(b"moov", _full(b"mvhd", 1, 0, head + struct.pack(">I", len(tracks) + 1)), *boxes)


def _track(number: int, track: Track, movie: int, counts: list[int], places: list[int]) -> bytes:
    shown = track.shown * movie // track.timescale
    width, height = track.size_px or (0, 0)
    a, b = {0: (1, 0), 90: (0, -1), 180: (-1, 0), 270: (0, 1)}[track.rotation_degrees % 360]
    matrix = struct.pack(">9i", a << 16, b * 65536, 0, -b * 65536, a << 16, 0, 0, 0, 0x40000000)
    volume = 0 if track.size_px else 0x100
    head = struct.pack(">QQI4xQ8xHHH2x", 0, 0, number, shown, 0, 0, volume) + matrix
    head += struct.pack(">II", width << 16, height << 16)
    edit = _full(b"elst", 1, 0, struct.pack(">IQqI", 1, shown, track.skipped, 0x10000))
    length = int(track.dts[-1]) + track.duration
    media = _full(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, track.timescale, length, 0x55C4, 0))
    handler, about = b"soun", _full(b"smhd", 0, 0, bytes(4))
    if track.size_px:
        handler, about = b"vide", _full(b"vmhd", 0, 1, bytes(8))
    named = _full(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"Rushlight\0")
    data = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    media_box = _box(b"mdia", media, named, _box(b"minf", about, data, _table(track, counts, places)))
    return _box(b"trak", _full(b"tkhd", 1, 3, head), _box(b"edts", edit), media_box)


def _table(track: Track, counts: list[int], places: list[int]) -> bytes:
    steps = np.append(np.diff(track.dts), track.duration)
    boxes = [_full(b"stsd", 0, 0, struct.pack(">I", 1), track.entry), _full(b"stts", 0, 0, _runs(steps))]
    if (track.pts != track.dts).any():
        boxes.append(_full(b"ctts", 0, 0, _runs(track.pts - track.dts)))
    if track.keys is not None:
        keys = np.flatnonzero(track.keys) + 1
        boxes.append(_full(b"stss", 0, 0, struct.pack(">I", len(keys)), keys.astype(">u4").tobytes()))
    heads = [index for index, count in enumerate(counts) if not index or count != counts[index - 1]]
    rows = np.array([(index + 1, counts[index], 1) for index in heads], ">u4")
    sizes = track.packets.written_sizes()
    boxes += [
        _full(b"stsc", 0, 0, struct.pack(">I", len(rows)), rows.tobytes()),
        _full(b"stsz", 0, 0, struct.pack(">II", 0, len(sizes)), sizes.astype(">u4").tobytes()),
        _full(b"co64", 0, 0, struct.pack(">I", len(places)), np.array(places, ">u8").tobytes()),
    ]
    return _box(b"stbl", *boxes)


def _runs(values: Counts) -> bytes:
    """A table of counts and values, as `stts` and `ctts` hold them."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
    counts = np.diff(np.append(edges, len(values)))
    return struct.pack(">I", len(edges)) + np.stack([counts, values[edges]], axis=1).astype(">u4").tobytes()


def _write_payload(out: IO[bytes], tracks: Sequence[Track], chunks: list[tuple[int, int, int]]) -> None:
    opened = [[path.open("rb") for path in track.packets.files] for track in tracks]
    runs = [_run_ends(track.packets) for track in tracks]
    try:
        for number, first, end in chunks:
            packets, at = tracks[number].packets, first
            while at < end:
                stop = min(int(runs[number][at]), end)
                last = stop - 1
                out.write(packets.before.get(at, b""))
                _copy(opened[number][packets.file[at]], out, int(packets.place[at]),
                      int(packets.place[last] + packets.size[last] - packets.place[at]))  # fmt: skip
                out.write(packets.after.get(last, b""))
                at = stop
    finally:
        for files in opened:
            for file in files:
                file.close()


def _run_ends(packets: Packets) -> Counts:
    """For each packet, the end of the row of packets that lie in one file one after the other, nothing put between."""
    count = len(packets.size)
    breaks = (packets.place[1:] != (packets.place + packets.size)[:-1]) | (packets.file[1:] != packets.file[:-1])
    edges = {*(np.flatnonzero(breaks) + 1).tolist(), *packets.before, *(last + 1 for last in packets.after), count}
    ends = np.array(sorted(edges - {0}), np.int64)
    return ends[np.searchsorted(ends, np.arange(count), side="right")]


def _copy(file: IO[bytes], out: IO[bytes], place: int, count: int) -> None:
    file.seek(place)
    while count > 0:
        data = file.read(min(count, _COPY_BYTES))
        if not data:
            raise OSError("the source became shorter while it was copied")
        out.write(data)
        count -= len(data)
