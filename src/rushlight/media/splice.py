"""Putting stretches of one video one after the other: whole groups of pictures copied, the ends encoded again.

What the file is comes as a table from a guarded process; its packets are copied as plain bytes, and the frames at the
ends are decoded by FFmpeg from small files that hold only the packets they need.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import MediaError
from rushlight.media.copying import Groups, Piece, plan_pieces
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.mp4_file import Packets, Track, configuration_box, video_entry, write_mp4
from rushlight.media.packet_source import COLUMNS, NOWHERE, read_packets
from rushlight.media.parameter_sets import (
    END_OF_SEQUENCE_HEVC,
    free_set_id,
    has_sequence_header,
    hevc_sets,
    level_of,
    merge_avc,
    unit_types,
    vp9_configuration,
)
from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = [
    "NotCopiableError",
    "PacketTable",
    "Picture",
    "decoding_times",
    "join_tracks",
    "read_table",
    "splice_picture",
]

Counts = NDArray[np.int64]
_TICKS = 512
# Pieces that one FFmpeg encodes: starting it takes as long as encoding some twenty small frames.
_PIECES_AT_ONCE = 6
_PROFILES = {
    "Baseline": "baseline", "Constrained Baseline": "baseline", "Main": "main", "High": "high", "High 10": "high10",
    "High 4:2:2": "high422", "High 4:4:4 Predictive": "high444",
}  # fmt: skip
_PIXELS = {
    "h264": ("yuv420p", "yuvj420p", "yuv420p10le", "yuv422p", "yuv422p10le", "yuv444p"),
    "hevc": ("yuv420p", "yuvj420p", "yuv420p10le"),
    "vp9": ("yuv420p",),
    "av1": ("yuv420p", "yuv420p10le"),
}
# Added to x264's quality number: roughly how far apart the encoders' own defaults are.
_QUALITY = {"h264": 0, "hevc": 2, "vp9": 10, "av1": 10}


class NotCopiableError(Exception):
    """Why packets of this file cannot be copied, in words."""


@dataclass(frozen=True)
class PacketTable:
    """The packets of a file: facts of its streams, and a row for each packet (`packet_source.COLUMNS`)."""

    path: Path
    zero: Fraction
    video: dict[str, Any]
    sound: dict[str, Any] | None
    rows: Counts

    def of(self, stream: int) -> dict[str, Counts]:
        """Columns of one stream's packets in decoding order: 0 is the picture, 1 the sound.

        What a file that was cut short has of its last packets is left out.
        """
        chosen = self.rows[self.rows[:, 0] == stream]
        columns = {name: chosen[:, index] for index, name in enumerate(COLUMNS)}
        whole = np.flatnonzero((columns["offset"] != NOWHERE) & (columns["pts"] != NOWHERE))
        count = int(whole[-1]) + 1 if len(whole) else 0
        return {name: column[:count] for name, column in columns.items()}


def read_table(path: Path, *, trusted: bool = False, limits: Limits = DEFAULT_LIMITS) -> PacketTable:
    """The packets of a file, read in a guarded process (a file of our own: in this one).

    Raises:
        MediaError: not media, damaged, or no picture.
        LimitError: too large.
    """
    if trusted:
        facts, made = read_packets(str(path), True)
        rows = np.array(made, np.int64)
    else:
        with GuardedProcess("packets", path, limits=limits) as process:
            facts = json.loads(process.receive()[1])
            blocks = []
            while (answer := process.receive())[0] == b"S":
                blocks.append(answer[1])
        rows = np.frombuffer(b"".join(blocks), np.int64)
    return PacketTable(path, Fraction(facts["zero"]), facts["video"], facts["sound"], rows.reshape(-1, len(COLUMNS)))


@dataclass
class _Encoded:
    """A piece encoded again."""

    path: Path
    table: PacketTable
    configuration: bytes


@dataclass
class Picture:
    """A spliced picture, ready to be written.

    Attributes:
        track: the stream.
        spans: how many frames each stretch has.
        copied_frames: frames whose packets were copied.
        encoded_frames: frames that were encoded again.
        joins: numbers of frames, in the result, at which another piece begins.
        first_frames: number of the source's frame that each stretch begins with.
        starts: when the first frame of each stretch is shown in the source, from its second 0.
        times: when each frame of the result is shown, in ticks of the track, and the end of the last one.
    """

    track: Track
    spans: list[int]
    copied_frames: int
    encoded_frames: int
    joins: list[int] = field(default_factory=list)
    first_frames: list[int] = field(default_factory=list)
    starts: list[Fraction] = field(default_factory=list)
    times: Counts = field(default_factory=lambda: np.zeros(0, np.int64))


class _Splicer:
    def __init__(self, table: PacketTable, rate: Fraction, crf: int, preset: str, scratch: Path, workers: int) -> None:
        self.table, self.rate, self.crf, self.preset = table, rate, crf, preset
        self.scratch, self.workers = scratch, workers
        self.facts = table.video
        self.codec = str(self.facts["codec"])
        self.extra = bytes.fromhex(self.facts["extradata"])
        self.packets = table.of(0)
        self.base = Fraction(self.facts["time_base"])
        self._check()
        self.keys = self._random_access()
        self.groups = Groups(self.packets["pts"], self.keys)

    def _check(self) -> None:
        if self.codec not in _PIXELS:
            raise NotCopiableError(f"{self.codec} is not a codec whose packets are copied")
        if self.facts["pixel_format"] not in _PIXELS[self.codec]:
            raise NotCopiableError(f"pixels of the form {self.facts['pixel_format']} are not encoded to match")
        if self.codec == "h264" and self.facts["profile"] not in _PROFILES:
            raise NotCopiableError(f"H.264 of the profile {self.facts['profile'] or 'unknown'} is not encoded to match")
        packets = self.packets
        if (packets["offset"] == NOWHERE).any() or (packets["pts"] == NOWHERE).any():
            raise NotCopiableError("some packets are damaged, have no time, or do not lie in one piece in the file")
        try:
            if self.codec == "h264":
                free_set_id(self.extra)
            elif self.codec == "hevc":
                hevc_sets(self.extra)
        except (ValueError, IndexError, StopIteration) as error:
            raise NotCopiableError(f"the parameter sets cannot be used ({error})") from error
        if self.codec == "av1" and len(self.extra) < 4:
            raise NotCopiableError("the file does not say how its AV1 is configured")

    def _read(self, packet: int) -> bytes:
        with self.table.path.open("rb") as file:
            file.seek(int(self.packets["offset"][packet]))
            return file.read(int(self.packets["size"][packet]))

    def _random_access(self) -> Counts:
        keys = np.flatnonzero(self.packets["is_key"])
        if self.codec == "h264":
            keys = np.array([key for key in keys if 5 in unit_types(self._read(int(key)), "h264")], np.int64)
        elif self.codec == "hevc":
            keys = np.array(
                [key for key in keys if any(16 <= kind <= 21 for kind in unit_types(self._read(int(key)), "hevc"))],
                np.int64,
            )
        if not len(keys) or keys[0] != 0:
            raise NotCopiableError("the picture does not begin with a picture that can be decoded alone")
        return keys

    def entry(self, configuration: bytes) -> bytes:
        kind, box = {
            "h264": (b"avc1", b"avcC"), "hevc": (b"hev1", b"hvcC"),
            "vp9": (b"vp09", b"vpcC"), "av1": (b"av01", b"av1C"),
        }[self.codec]  # fmt: skip
        if self.codec == "vp9":
            colour = tuple(int(number) for number in self.facts["colour"])
            assert len(colour) == 3
            configuration = vp9_configuration(0, 8, 1, colour, bool(self.facts["full_range"]))
        return video_entry(
            kind, self.facts["width_px"], self.facts["height_px"],
            configuration_box(box, configuration, full=self.codec == "vp9"),
            colour=self.facts["colour"], full_range=self.facts["full_range"],
            aspect=Fraction(self.facts["sample_aspect"]),
        )  # fmt: skip

    def encode(self, numbered: Sequence[tuple[int, Piece]]) -> dict[int, _Encoded]:
        """Frames of some pieces, each encoded to match by an encoder of its own, all in one process."""
        inputs: list[str] = []
        outputs: list[str] = []
        made: dict[int, Path] = {}
        for place, (number, piece) in enumerate(numbered):
            small, made[number] = self.scratch / f"packets-{number}.mp4", self.scratch / f"piece-{number}.mp4"
            begin = self._write_needed(small, piece)
            window = f"trim=start_pts={(piece.first - begin) * _TICKS}:end_pts={(piece.end - begin) * _TICKS}"
            rate = self.rate
            inputs += ["-protocol_whitelist", "file,pipe", "-format_whitelist", "mov", "-noautorotate", "-i",
                       file_url(small)]  # fmt: skip
            outputs += [
                "-map", f"{place}:v:0", "-vf", f"{window},settb={rate.denominator}/{rate.numerator},setpts=N",
                *self._encoder(), "-pix_fmt", self.facts["pixel_format"], "-threads", "2",
                "-fps_mode", "passthrough", "-enc_time_base", f"{rate.denominator}:{rate.numerator}",
                "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-f", "mp4",
                file_url(made[number]),
            ]  # fmt: skip
        run_ffmpeg(["-y", *inputs, *outputs], timeout_seconds=3600, memory_mb=8192)
        found: dict[int, _Encoded] = {}
        for number, piece in numbered:
            (self.scratch / f"packets-{number}.mp4").unlink()
            table = read_table(made[number], trusted=True)
            if len(table.rows) != piece.end - piece.first:
                raise NotCopiableError(
                    f"only {len(table.rows)} of the {piece.end - piece.first} frames at a cut can be decoded"
                )
            found[number] = _Encoded(made[number], table, bytes.fromhex(table.video["extradata"]))
        return found

    def _write_needed(self, small: Path, piece: Piece) -> int:
        """Write a file of only the packets that a piece is decoded from; returns the frame it begins with."""
        chosen = np.array(piece.packets, np.int64)
        ranks = self.groups.rank[chosen]
        begin = int(ranks.min())
        pts, dts, skipped = decoding_times((ranks - begin) * _TICKS, np.arange(len(ranks) + 1) * _TICKS)
        packets = Packets(
            (self.table.path,), np.zeros(len(chosen), np.int64), self.packets["offset"][chosen],
            self.packets["size"][chosen],
        )  # fmt: skip
        shown = int((ranks.max() - begin + 1) * _TICKS)
        size = (self.facts["width_px"], self.facts["height_px"])
        keys = np.isin(chosen, self.keys)
        write_mp4(small, [
            Track(packets, self.entry(self.extra), 25 * _TICKS, dts, pts, _TICKS, keys, skipped, shown, size)
        ])  # fmt: skip
        return begin

    def _encoder(self) -> list[str]:
        crf = str(self.crf + _QUALITY[self.codec])
        match self.codec:
            case "h264":
                fixed = f"open-gop=0:sps-id={free_set_id(self.extra)}"
                profile, level = _PROFILES[self.facts["profile"]], f"{level_of(self.extra) / 10:.1f}"
                return ["-c:v", "libx264", "-crf", crf, "-preset", self.preset, "-profile:v", profile,
                        "-level", level, "-x264-params", fixed]  # fmt: skip
            case "hevc":
                # A CRA picture that begins anew makes a decoder drop what it has not shown yet, so nothing may wait.
                fixed = "bframes=0:open-gop=0:log-level=error:info=0:pools=2:frame-threads=1:repeat-headers=0"
                return ["-c:v", "libx265", "-crf", crf, "-preset", self.preset, "-x265-params", fixed, "-tag:v", "hvc1"]
            case "vp9":
                return ["-c:v", "libvpx-vp9", "-crf", crf, "-b:v", "0", "-deadline", "good", "-cpu-used", "4"]
            case _:
                return ["-c:v", "libsvtav1", "-crf", crf, "-preset", "8", "-svtav1-params", "lp=2"]

    def ranges_of(self, spans: Sequence[tuple[Fraction, Fraction]], *, variable: bool) -> list[tuple[int, int]]:
        """Frames of stretches: first and end of each.

        A stretch begins with the frame nearest to its start, and ends where the sum of all lengths so far is met
        best: what one loses by going to a whole frame the next one gets back, so that nothing adds up.
        """
        times, count, found = self.groups.times, len(self.groups.times), list[tuple[int, int]]()
        usual = int(np.median(np.diff(times))) if count > 1 else 1
        whole = np.append(times, times[-1] + usual)
        owed = Fraction(0)
        for start, end in spans:
            first = self.groups.nearest((start + self.table.zero) / self.base)
            owed += end - start
            stop = _nearest(whole, whole[first] + owed / self.base) if variable else first + round(owed * self.rate)
            stop = max(min(stop, count), first + 1)
            owed -= int(whole[stop] - whole[first]) * self.base if variable else (stop - first) / self.rate
            if stop == count:
                owed = min(owed, Fraction(0))  # what lies behind the end is nowhere
            found.append((first, stop))
        return found


def _nearest(times: Counts, ticks: Fraction) -> int:
    at = int(np.searchsorted(times, float(ticks)))
    near = [index for index in (at - 1, at, at + 1) if 0 <= index < len(times)]
    return min(near, key=lambda index: abs(int(times[index]) - ticks))


def splice_picture(
    table: PacketTable,
    spans: Sequence[tuple[Fraction, Fraction]],
    *,
    rate: Fraction,
    variable: bool,
    scratch: Path,
    crf: int = 18,
    preset: str = "veryfast",
    workers: int = 1,
    size_px: tuple[int, int] | None = None,
    rotation_degrees: int = 0,
    copies: bool = True,
) -> Picture:
    """One stream out of stretches of a picture.

    Args:
        table: the source.
        spans: start and end of each stretch in seconds from the source's second 0; the nearest frames count.
        rate: frames a second; of a variable rate, the average.
        variable: whether frames keep the distances they have in the source.
        scratch: a folder for pieces, which must live until the stream is written.
        crf: quality of what is encoded again, as x264 counts it.
        preset: its speed.
        workers: pieces encoded at once.
        size_px: width and height as shown.
        rotation_degrees: how far the picture is turned for showing.
        copies: false to encode every frame.

    Raises:
        NotCopiableError: packets of this file cannot be copied.
        MediaError: the file is damaged.
    """
    splicer = _Splicer(table, rate, crf, preset, scratch, workers)
    ranges = splicer.ranges_of(spans, variable=variable)
    planned = [plan_pieces(splicer.groups, first, end, copies=copies) for first, end in ranges]
    pieces = [piece for span in planned for piece in span]
    again = [(number, piece) for number, piece in enumerate(pieces) if not piece.is_copied]
    batches = [again[at : at + _PIECES_AT_ONCE] for at in range(0, len(again), _PIECES_AT_ONCE)]
    with ThreadPoolExecutor(max(1, workers)) as pool:
        encoded = {number: one for made in pool.map(splicer.encode, batches) for number, one in made.items()}
    picture = _assemble(splicer, pieces, encoded, variable, size_px, rotation_degrees)
    picture.spans = [end - first for first, end in ranges]
    picture.first_frames = [first for first, _ in ranges]
    picture.starts = [splicer.groups.times[first] * splicer.base - table.zero for first, _ in ranges]
    return picture


def _assemble(
    splicer: _Splicer,
    pieces: list[Piece],
    encoded: dict[int, _Encoded],
    variable: bool,
    size_px: tuple[int, int] | None,
    rotation_degrees: int,
) -> Picture:
    configurations = {one.configuration for one in encoded.values()}
    if len(configurations) > 1 and splicer.codec == "h264":
        raise NotCopiableError("the encoder chose other settings for some pieces")
    configuration = splicer.extra
    if splicer.codec == "h264" and configurations:
        configuration = next(iter(configurations))
        if any(piece.is_copied for piece in pieces):
            configuration = merge_avc(splicer.extra, configuration)
    elif splicer.codec == "av1" and configurations and not any(piece.is_copied for piece in pieces):
        configuration = next(iter(configurations))
    columns: dict[str, list[Counts]] = {name: [] for name in ("file", "place", "size", "frame", "key")}
    none = np.zeros(0, np.int64)
    packets = Packets((splicer.table.path, *(one.path for one in encoded.values())), none, none, none)
    places = {number: place + 1 for place, number in enumerate(encoded)}
    at, joins = 0, []
    for number, piece in enumerate(pieces):
        joins.append(at)
        _wrap(splicer, packets, at, piece, encoded.get(number))
        if piece.is_copied:
            chosen = np.array(piece.packets, np.int64)
            rows = {name: column[chosen] for name, column in splicer.packets.items()}
            ranks = splicer.groups.rank[chosen] - piece.first
            file, key = 0, np.isin(chosen, splicer.keys).astype(np.int64)
        else:
            rows = encoded[number].table.of(0)
            ranks, file, key = np.argsort(np.argsort(rows["pts"])), places[number], rows["is_key"]
        columns["file"].append(np.full(len(ranks), file))
        columns["place"].append(rows["offset"])
        columns["size"].append(rows["size"])
        columns["frame"].append(ranks + at)
        columns["key"].append(key)
        at += piece.end - piece.first
    whole = {name: np.concatenate(parts) for name, parts in columns.items()}
    packets.file, packets.place, packets.size = whole["file"], whole["place"], whole["size"]
    scale, times = _frame_times(splicer, pieces, variable)
    pts, dts, skipped = decoding_times(times[whole["frame"]], times)
    last = int(times[-1] - times[-2])
    track = Track(
        packets, splicer.entry(configuration), scale, dts, pts, last, whole["key"] > 0, skipped, int(times[-1]),
        size_px or (splicer.facts["width_px"], splicer.facts["height_px"]), rotation_degrees,
    )  # fmt: skip
    copied = sum(piece.end - piece.first for piece in pieces if piece.is_copied)
    return Picture(track, [], copied, at - copied, joins, times=times)


def _wrap(splicer: _Splicer, packets: Packets, at: int, piece: Piece, encoded: _Encoded | None) -> None:
    """Parameter sets in front of a piece's first packet, and the end of a sequence behind the packet before it."""
    if splicer.codec == "hevc":
        packets.before[at] = hevc_sets(encoded.configuration if encoded else splicer.extra)
        if at and encoded is None and not {19, 20} & set(unit_types(splicer._read(piece.packets[0]), "hevc")):
            packets.after[at - 1] = END_OF_SEQUENCE_HEVC
    elif splicer.codec == "av1" and encoded is None and not has_sequence_header(splicer._read(piece.packets[0])):
        packets.before[at] = splicer.extra[4:]


def _frame_times(splicer: _Splicer, pieces: list[Piece], variable: bool) -> tuple[int, Counts]:
    """Ticks a second, and when each frame of the result is shown, with the end of the last one."""
    total = sum(piece.end - piece.first for piece in pieces)
    if not variable:
        rate = splicer.rate
        scale = rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000
        return scale, np.arange(total + 1) * int(scale / rate)
    times = splicer.groups.times
    usual = int(np.median(np.diff(times))) if len(times) > 1 else 1
    whole = np.append(times, times[-1] + usual)
    steps = np.concatenate([np.diff(whole[piece.first : piece.end + 1]) for piece in pieces])
    scale = splicer.base.denominator
    return scale, np.concatenate([[0], np.cumsum(steps)]) * splicer.base.numerator


def decoding_times(pts: Counts, times: Counts) -> tuple[Counts, Counts, int]:
    """Showing and decoding times from 0, and how far showing lags: as far as any reordering needs.

    Args:
        pts: when the frame of each packet is shown, in decoding order.
        times: all these times in order.
    """
    ordered = np.sort(pts)
    place = np.searchsorted(ordered, pts)
    delay = int((np.arange(len(pts)) - place).max(initial=0))
    step = int(np.diff(times).min()) if len(times) > 1 else 1
    dts = np.concatenate([ordered[0] - step * np.arange(delay, 0, -1), ordered])[: len(pts)]
    return pts - dts[0], dts - dts[0], int(ordered[0] - dts[0])


def join_tracks(picture: Picture, sound: Track | None, out: Path) -> None:
    """Write a spliced picture and its sound.

    Raises:
        MediaError: the source changed while it was copied.
    """
    try:
        write_mp4(out, [picture.track, *([sound] if sound else [])])
    except OSError as error:
        raise MediaError(f"The result cannot be written ({error}).", path=out) from error
