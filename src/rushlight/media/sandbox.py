"""Guarded reading: hostile files are opened in a process of their own, under limits, and refused with a reason."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

from rushlight.core import errors as _errors
from rushlight.core.errors import InputError, LimitError, MediaError, RushlightError, ToolError
from rushlight.media.ffmpeg import kill_group

__all__ = ["DEFAULT_LIMITS", "GuardedProcess", "Limits"]

_MEGABYTE = 1 << 20
_HEADER = struct.Struct(">cI")


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    memory_mb: int = 3072
    """Address space of the process that reads it."""
    cpu_seconds: int = 4 * 3600
    wall_seconds: float = 60.0
    """Longest wait for one answer: a frame, a block of sound, the facts."""
    max_pixels: int = 100_000_000
    """Largest picture, width times height."""
    max_duration: Fraction = Fraction(12 * 3600)
    max_output_mb: int = 4096
    """Most decoded sound or pixels taken from one call."""


DEFAULT_LIMITS = Limits()


class GuardedProcess:
    """A process that reads one file; whatever the file does to it, we get an answer or an error.

    It dies with the thread that started it, so start it in a thread that lives as long as it is needed.

    Args:
        job: `picture`, `sound`, `still` or `probe`.
        path: the file.
        limits: what it may cost.
        trusted: true for files that Rushlight made itself: a library with known faults is then accepted.
        task: what the job needs besides.
        pass_fds: open files that the process shares.

    Raises:
        InputError: there is no such file.
    """

    def __init__(
        self,
        job: str,
        path: Path,
        *,
        limits: Limits = DEFAULT_LIMITS,
        trusted: bool = False,
        task: dict[str, Any] | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        self.path, self.limits = Path(path), limits
        if not self.path.is_file():
            kind = "does not exist"
            if self.path.exists():
                kind = "is a folder" if self.path.is_dir() else "is not a plain file"
            raise InputError(f"This file {kind}.", path=path, hint="Check the name and the folder you are in.")
        rlimits = {
            "parent": os.getpid(),
            "memory_bytes": limits.memory_mb * _MEGABYTE,
            "cpu_seconds": limits.cpu_seconds,
            "file_bytes": 0,
            "without_network": 1,
        }
        whole = {"job": job, "path": str(self.path.absolute()), "trusted": trusted, "max_pixels": limits.max_pixels}
        whole |= {"max_seconds": int(limits.max_duration), "max_bytes": limits.max_output_mb * _MEGABYTE}
        whole |= {"limits": rlimits, **(task or {})}
        command = [sys.executable, "-S", "-m", "rushlight.media.child", json.dumps(whole)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                pass_fds=pass_fds,
                process_group=0,
                bufsize=0,
            )
        except OSError as error:
            raise ToolError(f"The reading process could not be started ({error.strerror}).", path=path) from error
        assert self._process.stdout is not None
        # Not `select.select`, which knows only the first 1,024 open files.
        self._answers = select.poll()
        self._answers.register(self._process.stdout, select.POLLIN)

    def send(self, line: str) -> None:
        """Send one request."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it ended; what it said last is read next
            self._process.stdin.write(line.encode() + b"\n")

    def receive(self) -> tuple[bytes, bytes]:
        """The next answer: its kind and payload.

        Raises:
            RushlightError: the error that the process met, or a `LimitError` when it took too long, or a
                `MediaError` when the file made it crash.
        """
        deadline = time.monotonic() + self.limits.wall_seconds
        kind, length = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if length > self.limits.max_output_mb * _MEGABYTE:
            raise self._ended()
        payload = self._read(length, deadline)
        if kind == b"E":
            said = json.loads(payload)
            self.close()
            error_class: type[RushlightError] = getattr(_errors, said["kind"], MediaError)
            raise error_class(said["message"], path=self.path, where=said["where"], hint=said["hint"])
        return kind, payload

    def _read(self, count: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        data = bytearray()
        while len(data) < count:
            left = deadline - time.monotonic()
            if left <= 0 or not self._answers.poll(left * 1000):
                self.close()
                raise LimitError(
                    f"Reading this file was stopped after {self.limits.wall_seconds:g} seconds without an answer.",
                    path=self.path,
                )
            part = os.read(self._process.stdout.fileno(), count - len(data))
            if not part:
                raise self._ended()
            data += part
        return bytes(data)

    def _ended(self) -> RushlightError:
        """Why it ended without an answer."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.poll()
        self.close()
        if code == -signal.SIGXCPU:
            return LimitError("Reading this file needs more processor time than is allowed.", path=self.path)
        if code == -signal.SIGKILL:
            return LimitError("Reading this file was stopped: it needs too much memory or time.", path=self.path)
        return MediaError("This file is damaged in a way that made its decoder fail.", path=self.path)

    def close(self) -> None:
        """End the process."""
        kill_group(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _environment() -> dict[str, str]:
    """Only what the process needs: no key or token of ours is within a hostile file's reach."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "PYTHONDONTWRITEBYTECODE": "1"}
