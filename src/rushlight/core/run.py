"""What a capability may ask of whoever runs it: a place for files, progress, cancelling, and notes for the record."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from rushlight.core.errors import CancelledError

__all__ = ["ModelUse", "Run", "current_run", "running"]


@dataclass(frozen=True)
class ModelUse:
    """A model that served a step: its name, revision or hash, and licence."""

    name: str
    revision: str = ""
    licence: str = ""


@dataclass
class Run:
    """One call of a capability. Outside a project a call gets a plain one that keeps nothing."""

    scratch: Path
    on_progress: Callable[[float, str], None] = lambda done, what: None
    is_cancelled: Callable[[], bool] = lambda: False
    models: list[ModelUse] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    source_type: str = ""
    """IPTC digital source type of the result when it depends on the model that served; else the capability's own."""
    cache: Path | None = None
    workers: int = 1
    """How many processes may be used; never changes a result."""

    def new_file(self, name: str) -> Path:
        """A path for a new file with this name; the store adopts the file when the call succeeds."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        path = self.scratch / name
        count = 1
        while path.exists():
            path = self.scratch / f"{count}-{name}"
            count += 1
        return path

    def cached(self, key: str, suffix: str, make: Callable[[Path], None]) -> Path:
        """A file that depends only on `key`: taken from the project's cache, or made now and kept there.

        Lets one long step keep its finished parts, so that a killed step goes on where it was.
        """
        folder = self.cache or self.scratch
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{key}{suffix}"
        if not path.exists():
            beside = folder / f".writing-{os.getpid()}-{key}{suffix}"
            try:
                make(beside)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
        return path

    def progress(self, done: float, what: str = "") -> None:
        """Report how far the work is, 0 to 1, and stop here if the person asked for it.

        Raises:
            CancelledError: the person cancelled.
        """
        if self.is_cancelled():
            raise CancelledError("Stopped on request; finished steps are kept.")
        self.on_progress(min(max(done, 0.0), 1.0), what)

    def use_model(self, name: str, revision: str = "", licence: str = "") -> None:
        """Note a model that served this call."""
        self.models.append(ModelUse(name, revision, licence))

    def note_weak(self, message: str) -> None:
        """Note that something weaker than wished for was used, and why."""
        if message not in self.weak:
            self.weak.append(message)

    def figure(self, name: str, value: float) -> None:
        """Note a quality figure, such as `integrated_lufs`."""
        self.figures[name] = float(value)


_current: ContextVar[Run | None] = ContextVar("rushlight_run", default=None)


def current_run() -> Run:
    """The run this code is in; a throw-away one, with files in the system's temporary folder, when in none."""
    run = _current.get()
    if run is None:
        run = Run(scratch=Path(tempfile.mkdtemp(prefix="rushlight-")))
        _current.set(run)
    return run


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Make `run` the current one inside the block."""
    token = _current.set(run)
    try:
        yield run
    finally:
        _current.reset(token)
