from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from rushlight.core.errors import LimitError, MediaError, RushlightError, ToolError
from rushlight.media.decode import VideoReader, read_still
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from rushlight.media.sandbox import GuardedProcess, Limits
from rushlight.media.sound import read_sound
from rushlight.media.source import check_library
from tests.media.conftest import Make
from tests.media.test_encode import write_numbered


def refused_by_all(path: Path, kind: type[RushlightError] = MediaError) -> None:
    with pytest.raises(kind):
        probe(path)
    with pytest.raises(kind), VideoReader(path, width_px=64, height_px=48, rate=Fraction(25)) as video:
        video.frame_at(Fraction(0))
    with pytest.raises(kind):
        read_sound(path)


def test_playlist_under_a_films_name(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "part.mp4").write_bytes(clip.read_bytes())
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", "#EXTINF:1.0,", str(tmp_path / "part.mp4"), "#EXT-X-ENDLIST"]
    (tmp_path / "film.mp4").write_text("\n".join(lines) + "\n")
    refused_by_all(tmp_path / "film.mp4")


def test_concatenation_list_under_a_films_name(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "part.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "film.mp4").write_text("ffconcat version 1.0\nfile part.mp4\n")
    refused_by_all(tmp_path / "film.mp4")


def bomb_png(path: Path, side: int) -> None:
    """A PNG of one colour, small on disk, huge in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\x00" + bytes(side * 3)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(64)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def test_picture_of_too_many_pixels(tmp_path: Path) -> None:
    bomb_png(tmp_path / "a.png", 13_000)
    with pytest.raises(LimitError, match="13000×13000"):
        read_still(tmp_path / "a.png")
    with pytest.raises(LimitError, match="13000×13000"):
        probe(tmp_path / "a.png")


def test_picture_of_too_many_pixels_inside_a_film(tmp_path: Path) -> None:
    bomb_png(tmp_path / "a.png", 13_000)
    run_ffmpeg(["-f", "png_pipe", "-i", file_url(tmp_path / "a.png"), "-c", "copy", file_url(tmp_path / "a.mkv")])
    with pytest.raises(LimitError, match="13000×13000"):
        probe(tmp_path / "a.mkv")
    with (
        pytest.raises(LimitError, match="13000×13000"),
        VideoReader(tmp_path / "a.mkv", width_px=64, height_px=48, rate=Fraction(25)) as video,
    ):
        video.frame_at(Fraction(0))


def test_day_long_film_in_a_small_file(tmp_path: Path) -> None:
    still = ["-f", "lavfi", "-i", "color=size=16x16:rate=1/60:duration=86400"]
    path = tmp_path / "day.mp4"
    run_ffmpeg([*still, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", file_url(path)])
    assert path.stat().st_size < 1_000_000
    with pytest.raises(LimitError, match="24:00:00"):
        probe(path)


def test_day_of_sound_in_a_small_file(make: Make) -> None:
    path = make("long.m4a", "-f", "lavfi", "-i", "anullsrc=sample_rate=8000:channel_layout=mono:duration=1200")
    with pytest.raises(LimitError):
        read_sound(path, limits=Limits(max_output_mb=16))


@pytest.mark.parametrize(
    "name", ["-y.mp4", "a'[v];movie=x[w],.mp4", "a%03d.mp4", "http:--x.mp4", "a:b.mp4", "-i", "ä ö\n.mp4", "a|b.mp4"]
)
def test_names_that_could_be_read_as_something_else(
    tmp_path: Path, clip: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(clip.read_bytes())
    monkeypatch.chdir(tmp_path)
    media = probe(Path(name))
    assert media.video is not None
    with VideoReader(Path(name), width_px=64, height_px=48, rate=Fraction(25)) as video:
        assert video.frame_at(Fraction(0)).any()
    assert len(read_sound(Path(name))) == 48_000


def test_empty_and_cut_short(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    with pytest.raises(MediaError, match="empty"):
        probe(tmp_path / "empty.mp4")
    refused_by_all(tmp_path / "empty.mp4")
    data = clip.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 2])  # its index stood at the end
    refused_by_all(tmp_path / "cut.mp4")


def test_unknown_codec_is_refused_before_decoding(make: Make) -> None:
    path = make("a.avi", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=0.2", "-c:v", "zmbv")
    with pytest.raises(MediaError, match="zmbv"):
        probe(path)
    with (
        pytest.raises(MediaError, match="zmbv"),
        VideoReader(path, width_px=64, height_px=48, rate=Fraction(25)) as video,
    ):
        video.frame_at(Fraction(0))


@pytest.mark.parametrize("version", ["4.4.1", "n7.1.4", "8.0.2", "8.1.1", "N-1234-gabc", "8.1"])
def test_library_with_a_known_fault_is_refused(version: str) -> None:
    with pytest.raises(ToolError, match="security fault"):
        check_library(version)


@pytest.mark.parametrize("version", ["7.1.5", "8.0.3", "8.1.2", "n9.0-5-gabc"])
def test_mended_library_is_accepted(version: str) -> None:
    check_library(version)


def test_two_hundred_mutated_films_neither_crash_nor_hang(tmp_path: Path) -> None:
    """In one guarded process each hundred, as starting two hundred would take long; none may end badly."""
    film = write_numbered(tmp_path / "film.mp4", 0, 12, Fraction(25))
    original = np.frombuffer(film.read_bytes(), np.uint8)
    rng = np.random.default_rng(11)
    for number in range(200):
        data = original.copy()
        places = rng.integers(0, len(data), rng.integers(1, 30))
        data[places] = rng.integers(0, 256, len(places), np.uint8)
        kept = len(data) if number % 3 else int(rng.integers(1, len(data)))
        (tmp_path / f"m{number}.mp4").write_bytes(data.tobytes()[:kept])
    code = """
import sys, json
from fractions import Fraction
from rushlight.core.errors import RushlightError
from rushlight.media.facts import read_facts
from rushlight.media.launcher import restrict
from rushlight.media.picture_source import FrameSource, Shape
restrict(memory_bytes=3 << 30, cpu_seconds=60, file_bytes=0)
seen = {}
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    path = f"{sys.argv[1]}/m{number}.mp4"
    for what in ("facts", "frames"):
        try:
            if what == "facts":
                read_facts(path, False, 1_000_000)
            else:
                shape = Shape(96, 64, "cover")
                source = FrameSource(path, shape, trusted=False, lut_file=lambda t: "", max_pixels=1_000_000)
                for index in range(14):
                    source.show(Fraction(index, 25))
                    source.write_to(memoryview(bytearray(96 * 64 * 3 // 2)))
            name = "read"
        except RushlightError as error:
            name = type(error).__name__
        seen[name] = seen.get(name, 0) + 1
print(json.dumps(seen))
"""

    def batch(first: int) -> dict[str, int]:
        command = [sys.executable, "-c", code, str(tmp_path), str(first), str(first + 100)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        found: dict[str, int] = json.loads(done.stdout.decode().splitlines()[-1])
        return found

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(batch, (0, 100))
    assert sum(one.values()) + sum(two.values()) == 400
    assert one.get("MediaError", 0) > 10
    assert one.get("read", 0) > 10


def test_process_that_does_not_answer_is_ended(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")  # opening it would wait for ever
    with pytest.raises(RushlightError):
        probe(tmp_path / "pipe.mp4", limits=Limits(wall_seconds=1))


def test_wall_time(clip: Path) -> None:
    with pytest.raises(LimitError, match="without an answer"):
        read_sound(clip, limits=Limits(wall_seconds=0.001))
    assert not [child for child in psutil.Process().children() if "rushlight.media.child" in " ".join(child.cmdline())]


def test_processor_time(make: Make) -> None:
    busy = "testsrc2=size=1280x720:rate=50:duration=4"
    path = make("busy.mp4", "-f", "lavfi", "-i", busy, "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    video = VideoReader(path, width_px=640, height_px=480, rate=Fraction(50), limits=Limits(cpu_seconds=1))

    def keep_reading() -> None:
        for _ in range(30):
            for _ in video.frames(Fraction(0), 200):
                pass

    with pytest.raises(LimitError, match="processor time"):
        keep_reading()
    video.close()


def test_memory(make: Make) -> None:
    large = "color=size=4096x4096:rate=1:duration=1"
    path = make("big.mp4", "-f", "lavfi", "-i", large, "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    with (
        pytest.raises((LimitError, MediaError)),
        VideoReader(path, width_px=4096, height_px=4096, rate=Fraction(1), limits=Limits(memory_mb=260)) as video,
    ):
        video.frame_at(Fraction(0))


def test_the_process_holds_no_secrets_and_writes_no_files(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "do-not-tell")
    with VideoReader(clip, width_px=64, height_px=48, rate=Fraction(25)) as video:
        video.frame_at(Fraction(0))
        child = psutil.Process(video._process._process.pid)
        assert "SOME_API_KEY" not in child.environ()
        limits = Path(f"/proc/{child.pid}/limits")
        if limits.exists():
            row = next(line for line in limits.read_text().splitlines() if line.startswith("Max file size"))
            assert row.split()[3:5] == ["0", "0"]


def test_the_process_ends_with_its_reader(clip: Path) -> None:
    video = VideoReader(clip, width_px=64, height_px=48, rate=Fraction(25))
    video.frame_at(Fraction(0))
    pid = video._process._process.pid
    video.close()
    assert not psutil.pid_exists(pid)
    process = GuardedProcess("sound", clip)
    process.receive()
    process.close()
    assert not psutil.pid_exists(process._process.pid)
