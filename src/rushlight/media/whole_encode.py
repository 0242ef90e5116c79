"""Stretches of any video encoded again whole, as the way out where packets cannot be copied."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from rushlight.artifacts.media import Media
from rushlight.core.errors import MediaError, ToolError
from rushlight.media.ffmpeg import ffmpeg_version, file_url, is_vulnerable, run_ffmpeg
from rushlight.media.join import frame_timescale
from rushlight.media.mp4_file import Packets, Track, configuration_box, video_entry
from rushlight.media.source import CODECS, CONTAINERS
from rushlight.media.splice import PacketTable, Picture, decoding_times, read_table

__all__ = ["encode_stretches"]


def encode_stretches(
    media: Media, spans: Sequence[tuple[Fraction, Fraction]], *, crf: int, preset: str, scratch: Path
) -> Picture:
    """Stretches of a video as H.264 at its frame rate, 4:2:0, upright.

    Args:
        media: the video.
        spans: start and end of each stretch in seconds from second 0.
        crf: quality, as x264 counts it.
        preset: speed.
        scratch: a folder for the pieces, which must live until the stream is written.

    Raises:
        MediaError: not one frame of a stretch can be decoded.
        ToolError: FFmpeg is unsafe for untrusted media, or failed.
    """
    if is_vulnerable(ffmpeg_version()):
        raise ToolError(
            "This FFmpeg has a known security fault, so media files are not opened with it.",
            hint="Run `pip install --upgrade imageio-ffmpeg`.",
        )
    video = media.video
    assert video is not None
    rate = video.rate
    made: list[PacketTable] = []
    exact, laid = Fraction(0), 0
    for number, (start, end) in enumerate(spans):
        # Edges are rounded from the exact sum, so that nothing adds up.
        exact += end - start
        count = max(round(exact * rate) - laid, 1)
        laid += count
        path = scratch / f"whole-{number}.mp4"
        # Half a frame early, so that rounding cannot lose the first frame.
        early = float(max(video.clock_start - video.start + start - Fraction(1, 2) / rate, Fraction(0)))
        size = f"scale={video.display_width_px // 2 * 2}:{video.display_height_px // 2 * 2},setsar=1"
        run_ffmpeg([
            "-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS, "-codec_whitelist",
            ",".join(sorted(CODECS)), "-seek_timestamp", "1", "-ss", f"{early:.6f}", "-i", file_url(media.file.path),
            "-map", "0:v:0", "-frames:v", str(count),
            "-vf", f"fps={rate},{size},settb={rate.denominator}/{rate.numerator},setpts=N",
            "-c:v", "libx264", "-crf", str(crf), "-preset", preset, "-pix_fmt", "yuv420p", "-threads", "2",
            "-x264-params", "open-gop=0", "-fps_mode", "passthrough",
            "-enc_time_base", f"{rate.denominator}:{rate.numerator}", "-fflags", "+bitexact", "-flags:v", "+bitexact",
            "-map_metadata", "-1", "-f", "mp4", "-y", file_url(path),
        ], timeout_seconds=4 * 3600, memory_mb=8192)  # fmt: skip
        made.append(read_table(path, trusted=True))
    return _joined(made, [start for start, _ in spans], rate, media)


def _joined(made: list[PacketTable], starts: list[Fraction], rate: Fraction, media: Media) -> Picture:
    counts = [len(table.rows) for table in made]
    if not all(counts) or len({table.video["extradata"] for table in made}) != 1:
        raise MediaError("A stretch of this video cannot be decoded.", path=media.file.path)
    parts = [table.of(0) for table in made]
    firsts = np.concatenate([[0], np.cumsum(counts)])
    frames = np.concatenate([np.argsort(np.argsort(part["pts"])) + at for part, at in zip(parts, firsts, strict=False)])
    files = np.repeat(np.arange(len(made)), counts)
    whole = {name: np.concatenate([part[name] for part in parts]) for name in ("offset", "size", "is_key")}
    packets = Packets(tuple(table.path for table in made), files, whole["offset"], whole["size"])
    scale = frame_timescale(rate)
    times = np.arange(len(frames) + 1) * int(scale / rate)
    pts, dts, skipped = decoding_times(times[frames], times)
    facts = made[0].video
    size = (int(facts["width_px"]), int(facts["height_px"]))
    configuration = configuration_box(b"avcC", bytes.fromhex(facts["extradata"]))
    entry = video_entry(b"avc1", *size, configuration, colour=facts["colour"], full_range=facts["full_range"])
    track = Track(
        packets, entry, scale, dts, pts, int(scale / rate), whole["is_key"] > 0, skipped, int(times[-1]), size
    )  # fmt: skip
    return Picture(track, counts, 0, len(frames), [int(at) for at in firsts[:-1]], [], starts, times)
