"""A plain cut through `VideoReader` and `VideoWriter` against one FFmpeg command that does the same.

Both decode the same file, scale it if asked, and encode it with libx264 veryfast, CRF 20, two threads. Runs
alternate; the medians of wall time and of processor time (all processes) are compared. Above 1 we are faster.

    python benchmarks/media/reencode.py FILE [WIDTHxHEIGHT]
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rushlight.media.decode import VideoReader
from rushlight.media.encode import VideoWriter
from rushlight.media.ffmpeg import ffmpeg_version, file_url, run_ffmpeg
from rushlight.media.probe import probe

ROUNDS = 5


def _spent() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _cost(work: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), _spent()
    work()
    return time.perf_counter() - wall, _spent() - cpu


def main() -> None:
    source = Path(sys.argv[1])
    video = probe(source).video
    assert video is not None
    width, height = video.display_width_px, video.display_height_px
    if len(sys.argv) > 2:
        width, height = (int(part) for part in sys.argv[2].split("x"))
    count = video.frame_count or int(video.duration * video.rate)
    gop = str(round(2 * video.rate))
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder) / "theirs.mp4", Path(folder) / "ours.mp4"
        scale = ["-vf", f"scale={width}:{height}"] if len(sys.argv) > 2 else []
        coder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", gop, "-threads", "2"]

        def one_command() -> None:
            run_ffmpeg(["-i", file_url(source), "-an", *scale, *coder, "-y", file_url(theirs)])

        def through_us() -> None:
            size = {"width_px": width, "height_px": height}
            with (
                VideoReader(source, rate=video.rate, **size) as reader,
                VideoWriter(ours, rate=video.rate, **size) as writer,
            ):
                for frame in reader.frames(reader.rate * 0, count):
                    writer.write(frame)

        runs = [(_cost(one_command), _cost(through_us)) for _ in range(ROUNDS)]
    for index, name in enumerate(("wall", "processor")):
        peer = statistics.median(run[0][index] for run in runs)
        mine = statistics.median(run[1][index] for run in runs)
        print(f"{name} time: FFmpeg {peer:.2f} s, Rushlight {mine:.2f} s, ratio {peer / mine:.2f}")
    version = ".".join(map(str, ffmpeg_version()))
    print(f"{source.name}, {count} frames to {width}×{height}, FFmpeg {version}, {ROUNDS} rounds")


if __name__ == "__main__":
    main()
