"""The FFmpeg program: where it is, which version, and how it is run: under limits, never through a shell."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

from rushlight.core.errors import LimitError, StorageError, ToolError
from rushlight.media.launcher import launch_command

__all__ = [
    "ffmpeg_binary",
    "ffmpeg_version",
    "file_url",
    "is_vulnerable",
    "kill_group",
    "run_ffmpeg",
    "start_ffmpeg",
]

_MEGABYTE = 1 << 20
_VERSION = re.compile(r"ffmpeg version n?(\d+(?:\.\d+)+)")
_OUT_OF_MEMORY = ("Cannot allocate memory", "malloc of size")


@cache
def ffmpeg_binary() -> Path:
    """The FFmpeg program that the imageio-ffmpeg package carries.

    Raises:
        ToolError: the package is not installed, or carries no program for this system.
    """
    try:
        import imageio_ffmpeg

        path = Path(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise ToolError("FFmpeg was not found.", hint="Run `pip install imageio-ffmpeg`.") from error
    if not os.access(path, os.X_OK):
        raise ToolError("FFmpeg cannot be run.", path=path, hint="Run `pip install --force-reinstall imageio-ffmpeg`.")
    return path


@cache
def ffmpeg_version(binary: Path | None = None) -> tuple[int, ...]:
    """Version of an FFmpeg program, such as `(9, 0, 2)`; empty when it does not name a release."""
    program = str(binary or ffmpeg_binary())
    try:
        done = subprocess.run([program, "-version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError("FFmpeg cannot be run.", path=program) from error
    match = _VERSION.search(done.stdout.decode(errors="replace"))
    return tuple(int(part) for part in match.group(1).split(".")) if match else ()


def is_vulnerable(version: tuple[int, ...]) -> bool:
    """Whether an FFmpeg of this version has the memory fault CVE-2026-8461, mended in 7.1.5, 8.0.3 and 8.1.2.

    A version that does not name a release (an empty tuple) counts as vulnerable.
    """
    if version[:2] == (8, 0):
        return version < (8, 0, 3)
    if version[:1] == (8,):
        return version < (8, 1, 2)
    return version < (7, 1, 5)


def file_url(path: str | os.PathLike[str]) -> str:
    """A path as FFmpeg must be given it, so that no name is read as an option, a pattern or a protocol."""
    return f"file:{Path(path).absolute()}"


def start_ffmpeg(
    arguments: list[str],
    *,
    stdin: int,
    stdout: int | IO[bytes],
    stderr: IO[bytes],
    memory_mb: int,
    output_mb: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start FFmpeg in its own process group, under limits; it dies with the thread that started it."""
    program = [str(ffmpeg_binary()), "-hide_banner", "-nostdin", "-loglevel", "error", *arguments]
    limits = {"parent": os.getpid(), "memory_bytes": memory_mb * _MEGABYTE, "without_network": 1}
    if output_mb is not None:
        limits["file_bytes"] = output_mb * _MEGABYTE
    try:
        return subprocess.Popen(
            launch_command(program, limits), stdin=stdin, stdout=stdout, stderr=stderr, process_group=0
        )
    except OSError as error:
        raise ToolError("FFmpeg could not be started.", path=ffmpeg_binary()) from error


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all its children at once, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def explain_failure(returncode: int, stderr: bytes) -> ToolError | LimitError | StorageError:
    """The error for an FFmpeg that ended badly, with the last line it wrote."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit status {returncode}"
    if returncode == -signal.SIGXFSZ or "File too large" in last:
        return LimitError("FFmpeg wrote more than it was allowed to.", hint="Raise the output limit.")
    if any("No space left on device" in line for line in lines):
        return StorageError(
            "The disk is full.", hint="Free some space and run the command again; finished steps are kept."
        )
    if returncode == -signal.SIGXCPU:
        return LimitError("FFmpeg used more processor time than it was allowed to.")
    if any(sign in line for line in lines for sign in _OUT_OF_MEMORY):
        return LimitError("FFmpeg needed more memory than it was allowed to.", hint="Use a smaller picture.")
    return ToolError(f"FFmpeg failed: {last}")


def run_ffmpeg(
    arguments: list[str],
    *,
    timeout_seconds: float = 600,
    memory_mb: int = 4096,
    output_mb: int | None = None,
    stdin: bytes | None = None,
) -> bytes:
    """Run FFmpeg to its end and return what it wrote to standard output.

    It runs without network, in its own process group, and is killed when this process dies. Give file names through
    `file_url`, so that no name can be taken for an option or a protocol.

    Args:
        arguments: everything after the program's name.
        timeout_seconds: wall time after which it is killed.
        memory_mb: most address space it may use.
        output_mb: most megabytes any one output (file or standard output) may reach.
        stdin: bytes to feed to standard input.

    Raises:
        ToolError: it failed; the message holds its last line.
        LimitError: it ran too long, needed too much memory, or wrote too much.
    """
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
        given.write(stdin or b"")
        given.seek(0)
        process = start_ffmpeg(
            arguments, stdin=given.fileno(), stdout=output, stderr=errors, memory_mb=memory_mb, output_mb=output_mb
        )
        try:
            process.wait(timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise LimitError(
                f"FFmpeg was stopped after {timeout_seconds:g} seconds.", hint="Use a shorter or smaller input."
            ) from error
        finally:
            kill_group(process)
        output.seek(0)
        errors.seek(0)
        said = errors.read()
        # Out of memory in a filter or demuxer can end with exit status 0 and no output.
        if process.returncode != 0 or any(sign.encode() in said for sign in _OUT_OF_MEMORY):
            raise explain_failure(process.returncode, said)
        return output.read()
