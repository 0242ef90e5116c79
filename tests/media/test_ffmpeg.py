from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from rushlight.core.errors import LimitError, ToolError
from rushlight.media.ffmpeg import ffmpeg_binary, ffmpeg_version, file_url, is_vulnerable, run_ffmpeg


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((4, 4, 9), True),
        ((5, 1, 9), True),
        ((6, 1, 4), True),
        ((7, 0, 9), True),
        ((7, 1, 4), True),
        ((7, 1, 5), False),
        ((8, 0, 2), True),
        ((8, 0, 3), False),
        ((8, 1), True),
        ((8, 1, 1), True),
        ((8, 1, 2), False),
        ((9, 0), False),
        ((10, 1), False),
        ((), True),
    ],
)
def test_versions_with_the_known_fault(version: tuple[int, ...], expected: bool) -> None:
    assert is_vulnerable(version) is expected


def test_our_binary_is_safe() -> None:
    version = ffmpeg_version()
    assert len(version) >= 2
    assert not is_vulnerable(version)


def test_version_of_a_program_that_names_no_release_is_empty_and_unsafe(tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho ffmpeg version N-12345-gabcdef Copyright\n")
    program.chmod(0o755)
    assert ffmpeg_version(program) == ()


def test_standard_output_and_input_pass_through() -> None:
    raw = bytes(range(256)) * 4
    formats = ["-f", "s16le", "-ar", "8000", "-ac", "1"]
    assert run_ffmpeg([*formats, "-i", "pipe:0", *formats, "pipe:1"], stdin=raw) == raw


def test_failure_carries_the_last_line() -> None:
    with pytest.raises(ToolError, match="No such file"):
        run_ffmpeg(["-i", file_url("/no/such/file.mp4"), "-f", "null", "-"])


def test_time_limit_kills_it(tmp_path: Path) -> None:
    endless = ["-re", "-f", "lavfi", "-i", "testsrc=size=64x48", "-f", "rawvideo", "-y", file_url(tmp_path / "x")]
    with pytest.raises(LimitError, match=r"0\.5 seconds"):
        run_ffmpeg(endless, timeout_seconds=0.5)
    assert not [child for child in psutil.Process().children() if "ffmpeg" in child.name()]


def test_output_limit(tmp_path: Path) -> None:
    big = ["-f", "lavfi", "-i", "testsrc=size=640x480:duration=20", "-f", "rawvideo", "-y", file_url(tmp_path / "x")]
    with pytest.raises(LimitError, match="more than it was allowed"):
        run_ffmpeg(big, output_mb=2)
    assert (tmp_path / "x").stat().st_size <= 2 << 20


def test_memory_limit() -> None:
    huge = ["-f", "lavfi", "-i", "color=size=15000x15000:duration=1", "-f", "null", "-"]
    with pytest.raises(LimitError, match="memory"):
        run_ffmpeg(huge, memory_mb=300)


def test_it_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "from rushlight.media.ffmpeg import run_ffmpeg\n"
        f"run_ffmpeg(['-re', '-f', 'lavfi', '-i', 'sine', '-metadata', 'comment={tmp_path}', '-f', 'null', '-'])"
    )
    starter = subprocess.Popen([sys.executable, "-c", code])
    ours = f"comment={tmp_path}"

    def running() -> list[int]:
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or [""]
            if ours in words and words[0] == str(ffmpeg_binary()):
                found.append(process.pid)
        return found

    deadline = time.monotonic() + 20
    while not running() and time.monotonic() < deadline:
        time.sleep(0.05)
    started = running()
    starter.kill()
    starter.wait()
    assert started
    deadline = time.monotonic() + 10
    while running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running()


def test_many_threads_may_run_it_at_once() -> None:
    results: list[bytes] = []

    def one() -> None:
        results.append(run_ffmpeg(["-f", "lavfi", "-i", "sine=duration=0.1", "-f", "s16le", "-"]))

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == 1


def test_it_has_no_network() -> None:
    if not Path("/proc/net/dev").exists() or os.uname().sysname != "Linux":
        pytest.skip("network namespaces are Linux's")
    probe = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("this system does not let us give up the network")
    with pytest.raises(ToolError, match=r"unreachable|Network"):
        run_ffmpeg(["-i", "tcp://127.0.0.1:9/", "-f", "null", "-"])
