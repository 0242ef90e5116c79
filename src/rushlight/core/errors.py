"""Every error a person can meet, each also the fitting builtin, each with an exit code.

A message says what failed, on which file and where in it; the hint says what to do.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = [
    "ApprovalError",
    "CancelledError",
    "InputError",
    "LimitError",
    "MediaError",
    "ModelError",
    "ProjectError",
    "RushlightError",
    "StorageError",
    "ToolError",
]


class RushlightError(Exception):
    """Base of all errors that Rushlight raises on purpose.

    Args:
        message: one sentence: what failed.
        path: the file it failed on, if there is one.
        where: the place inside the file: a time, a line, a cell, a key.
        hint: what to do about it.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, path: str | os.PathLike[str] | None = None, where: str = "", hint: str = ""
    ) -> None:
        self.message, self.where, self.hint = message, where, hint
        self.path = Path(path) if path is not None else None
        place = ", ".join(part for part in (str(self.path) if self.path else "", where) if part)
        super().__init__(f"{place}: {message}" if place else message)


class InputError(RushlightError, ValueError):
    """What the person gave cannot be used: a value, a brief, an article, a table, an edited file."""

    exit_code = 3


class MediaError(RushlightError, ValueError):
    """A picture, sound or video file cannot be read, or is refused."""

    exit_code = 4


class ModelError(RushlightError, LookupError):
    """A model, voice, font or writer is unknown, not installed or broken."""

    exit_code = 5


class ToolError(RushlightError, RuntimeError):
    """A program that Rushlight runs (FFmpeg, a voice) is missing, unsafe or failed."""

    exit_code = 6


class ProjectError(RushlightError, FileNotFoundError):
    """There is no project here, or it is not in the expected form."""

    exit_code = 7


class StorageError(RushlightError, OSError):
    """Disk full, no permission, or a stored file is damaged."""

    exit_code = 8


class LimitError(RushlightError, RuntimeError):
    """A limit on memory, time, size, duration or pixels was reached."""

    exit_code = 9


class ApprovalError(RushlightError, PermissionError):
    """A person has to agree first."""

    exit_code = 10


class CancelledError(RushlightError, InterruptedError):
    """The person stopped the work; finished steps are kept."""

    exit_code = 130
