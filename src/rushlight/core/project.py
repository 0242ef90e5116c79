"""A project: a folder a person can read, move and put in git, and the place where capabilities are run."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import re
import shutil
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import psutil

from rushlight.core.artifact import Artifact, FileRef, file_sha256
from rushlight.core.capability import Capability, find_capability, registry
from rushlight.core.errors import InputError, ProjectError, StorageError
from rushlight.core.record import InputUse, Ledger, Record, cache_key
from rushlight.core.run import Run, running
from rushlight.core.store import Store, storage_explained, write_atomically

__all__ = ["Project", "Watcher", "create_project", "find_project", "open_project"]

R = TypeVar("R", bound=Artifact)

MARKER = "rushlight.toml"
FOLDERS = ("media", "scripts", "timelines", "renders")
WATTS_PER_CORE = 15.0


@dataclass
class Watcher:
    """Who is told what happens: the command line draws bars from it, tests read it."""

    on_step: Callable[[str, bool], None] = lambda title, kept: None
    on_progress: Callable[[float, str], None] = lambda done, what: None
    on_weak: Callable[[str], None] = lambda message: None
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass
class Project:
    """A folder with `rushlight.toml`, media, scripts, timelines, renders, and its memory in `.rushlight/`."""

    root: Path
    watcher: Watcher = field(default_factory=Watcher)
    workers: int = 1
    asked_by: str = ""
    used: list[str] = field(default_factory=list)
    """Keys of the records that this object's runs made or took from the store, in order, each once."""
    _job: str = ""

    def __post_init__(self) -> None:
        self.root = self.root.absolute()
        self.memory = self.root / ".rushlight"
        self.store = Store(self.memory / "objects")
        self.ledger = Ledger(self.memory / "records")
        self._made_by: dict[str, str] = {}

    # -- settings ------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """`rushlight.toml` as a dictionary.

        Raises:
            InputError: the file is not valid TOML; the message names the line.
        """
        path = self.root / MARKER
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"This is not valid TOML: {error}.", path=path, hint="Mend that line.") from error

    # -- running capabilities ------------------------------------------------------------------

    def run(
        self, step: str | Callable[..., R], /, *inputs: Artifact | tuple[Artifact, ...] | None, **parameters: Any
    ) -> R:
        """Run a capability here: validate, look the result up, else do the work, meter it, keep and record it.

        Args:
            step: a capability function, or the name of one.
            inputs: its artifacts, in order.
            parameters: its parameters, by name.

        Returns:
            The artifact, its files in the project's store.
        """
        found = self._find(step)
        checked = found.check(parameters)
        uses = self._inputs(found, inputs)
        revision = found.revision_of(checked)
        given = checked.model_dump(mode="json")
        key = cache_key(found.name, found.version, given, [(use.name, use.digest) for use in uses], revision)
        known = self.ledger.get(key)
        if known is not None:
            artifact = self._load(found, known)
            if artifact is not None:
                self._use(key)
                self.watcher.on_step(found.name, True)
                for message in known.weak:
                    self.watcher.on_weak(message)
                return artifact  # type: ignore[return-value]
        self.watcher.on_step(found.name, False)
        artifact, record = self._work(found, inputs, checked, uses, key, revision, tuple(parameters))
        self.ledger.add(record)
        self._made_by[record.output_digest] = key
        self._use(key)
        return artifact  # type: ignore[return-value]

    def _use(self, key: str) -> None:
        if key not in self.used:
            self.used.append(key)

    def _find(self, step: str | Callable[..., Any]) -> Capability:
        if isinstance(step, str):
            return find_capability(step)
        found = registry().get(getattr(step, "__name__", ""))
        if found is None:
            raise InputError(f"{step!r} is not a capability.")
        return found

    def _inputs(self, found: Capability, inputs: tuple[Any, ...]) -> list[InputUse]:
        slots = found.inputs
        if len(inputs) > len(slots) or any(not (slot.optional or slot.many) for slot in slots[len(inputs) :]):
            wanted = ", ".join(f"{slot.name} ({slot.artifact.kind()})" for slot in slots)
            raise InputError(f"{found.name} takes {wanted or 'no input'}; {len(inputs)} given.")
        uses = []
        for slot, value in zip(slots, inputs, strict=False):
            values = value if slot.many and value is not None else ((value,) if value is not None else ())
            if not values and not slot.optional and not slot.many:
                raise InputError(f"{found.name} needs {slot.name} ({slot.artifact.kind()}).")
            for item in values:
                if not isinstance(item, slot.artifact):
                    raise InputError(
                        f"{found.name}: {slot.name} must be {slot.artifact.kind()}, not {type(item).__name__}."
                    )
                digest = item.digest()
                uses.append(
                    InputUse(
                        name=slot.name,
                        kind=item.kind(),
                        digest=digest,
                        made_by=self._maker_of(digest),
                        files=tuple(file.sha256 for file in item.files()),
                    )
                )
        return uses

    def _maker_of(self, digest: str) -> str:
        if not self._made_by:
            self._made_by = {record.output_digest: record.key for record in self.ledger.all()}
        return self._made_by.get(digest, "")

    def _work(
        self,
        found: Capability,
        inputs: tuple[Any, ...],
        checked: Any,
        uses: list[InputUse],
        key: str,
        revision: str,
        passed: tuple[str, ...],
    ) -> tuple[Artifact, Record]:
        with self._scratch() as scratch:
            run = Run(
                scratch=scratch,
                on_progress=self.watcher.on_progress,
                is_cancelled=self.watcher.is_cancelled,
                cache=self.memory / "cache",
                workers=self.workers,
            )
            arguments = {name: getattr(checked, name) for name in type(checked).model_fields}
            started, clock, cpu = datetime.now(UTC), time.perf_counter(), _cpu_seconds()
            with running(run), storage_explained(self.root):
                artifact = found.function(*inputs, **arguments)
            seconds, cpu_used = time.perf_counter() - clock, _cpu_seconds() - cpu
            if not isinstance(artifact, found.returns):
                raise InputError(f"{found.name} returned {type(artifact).__name__}, not {found.returns.kind()}.")
            artifact = artifact.with_files(lambda file: self._keep(file, scratch))
        for message in run.weak:
            self.watcher.on_weak(message)
        record = Record(
            key=key,
            capability=found.name,
            version=found.version,
            parameters=checked.model_dump(mode="json"),
            passed=passed,
            inputs=tuple(uses),
            output_kind=artifact.kind(),
            output_digest=artifact.digest(),
            output=artifact.with_files(self._relative).model_dump(mode="json"),
            models=tuple({"name": use.name, "revision": use.revision, "licence": use.licence} for use in run.models),
            revision=revision,
            seed=arguments.get("seed"),
            asked_by=self.asked_by or _user(),
            started=started,
            seconds=round(seconds, 4),
            cpu_seconds=round(cpu_used, 4),
            peak_memory_mb=round(psutil.Process().memory_info().rss / 1e6, 1),
            energy_wh=round(cpu_used * WATTS_PER_CORE / 3600, 6),
            figures=run.figures,
            weak=tuple(run.weak),
            action=found.action,
            source_type=run.source_type or found.source_type,
            job=self._job,
            rushlight_version=_version(),
        )
        return artifact, record

    def _keep(self, file: FileRef, scratch: Path) -> FileRef:
        return self.store.adopt(file) if file.path.is_relative_to(scratch) else file

    def _relative(self, file: FileRef) -> FileRef:
        if file.path.is_relative_to(self.root):
            return file.model_copy(update={"path": file.path.relative_to(self.root)})
        return file

    def _load(self, found: Capability, record: Record) -> Artifact | None:
        artifact = found.returns.model_validate(record.output).with_files(
            lambda file: file.model_copy(update={"path": self.root / file.path})
        )
        return artifact if all(self.store.holds(file) for file in artifact.files()) else None

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        area = self.memory / "scratch"
        try:
            area.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=area))
        except OSError as error:
            raise StorageError(
                f"The project folder cannot be written ({error.strerror}).",
                path=self.root,
                hint="Check its rights and the free space, or choose another folder with --project.",
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # -- whole jobs ----------------------------------------------------------------------------

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """Mark everything inside as part of one job, and let no second job work here meanwhile.

        Raises:
            ProjectError: another process is at work in this project.
        """
        try:
            self.memory.mkdir(parents=True, exist_ok=True)
            lock = (self.memory / "lock").open("a+")
        except OSError as error:
            raise StorageError(
                f"The project folder cannot be written ({error.strerror}).",
                path=self.root,
                hint="Check its rights and the free space, or choose another folder with --project.",
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ProjectError(
                    "Another Rushlight is at work in this project.", path=self.root, hint="Wait until it is done."
                ) from error
            self._sweep()
            outer, self._job = self._job, f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
            try:
                yield
            finally:
                self._job = outer

    def _sweep(self) -> None:
        """Remove what killed runs left behind."""
        for folder in (self.memory / "scratch").glob("*-*"):
            if not psutil.pid_exists(int(folder.name.split("-")[0])):
                shutil.rmtree(folder, ignore_errors=True)
        for pattern in ("*/.writing-*", ".rushlight/*/.writing-*", ".rushlight/objects/*/.writing-*"):
            for leftover in self.root.glob(pattern):
                leftover.unlink(missing_ok=True)

    # -- files that people may edit ------------------------------------------------------------

    def publish(self, content: FileRef | bytes | str, to: str) -> Path:
        """Write a result under a plain name in the project, remembering what was written.

        The hash is noted before the file is renamed into place, so that a kill in between never makes our own
        file look like a person's edit.
        """
        target = self.root / to
        if isinstance(content, FileRef):
            digest = content.sha256
        else:
            content = content.encode() if isinstance(content, str) else content
            digest = _sha256(content)
        notes = self._written()
        if not (target.exists() and notes.get(to, [None])[-1] == digest and file_sha256(target) == digest):
            notes[to] = [*notes.get(to, [])[-1:], digest]
            write_atomically(self.memory / "written.json", json.dumps(notes, indent=1, sort_keys=True))
            write_atomically(target, content.path if isinstance(content, FileRef) else content)
        return target

    def edited(self, name: str) -> FileRef | None:
        """The file under this name if a person put it there or changed it since we wrote it, else None."""
        path = self.root / name
        if not path.is_file():
            return None
        file = FileRef.of(path)
        return None if file.sha256 in self._written().get(name, []) else file

    def is_written(self, name: str, path: Path) -> bool:
        """Whether a file has the content we last wrote under this name, or the one before."""
        return path.is_file() and file_sha256(path) in self._written().get(name, [])

    def is_last_written(self, name: str, content: str) -> bool:
        """Whether this text is what we last wrote under a name, so that a person's version was made from it."""
        return self._written().get(name, [""])[-1] == _sha256(content.encode())

    def note_edit(self, file: FileRef, replaces: str) -> None:
        """Record that a person's version of a file is used from here on."""
        key = _sha256(f"person\n{replaces}\n{file.sha256}".encode())
        if self.ledger.get(key) is None:
            record = Record(
                key=key,
                capability="person",
                version=1,
                parameters={"file": replaces},
                output_kind="File",
                output=FileRef.model_dump(self._relative(file), mode="json"),
                asked_by=self.asked_by or _user(),
                started=datetime.now(UTC),
                action="c2pa.edited",
                source_type="humanEdits",
                job=self._job,
                rushlight_version=_version(),
            )
            self.ledger.add(record)

    def films(self) -> dict[str, Path]:
        """Names of the films made here, and the documents they were made from."""
        try:
            noted = json.loads((self.memory / "films.json").read_text(encoding="utf-8"))
            return {name: Path(os.path.normpath(self.root / path)) for name, path in noted.items()}
        except (FileNotFoundError, ValueError, AttributeError, TypeError):
            return {}

    def note_film(self, name: str, document: Path) -> None:
        """Remember which document a film is made from, so that another of the same name gets files of its own."""
        noted = {**self.films(), name: document}
        paths = {key: os.path.relpath(path, self.root) for key, path in noted.items()}
        write_atomically(self.memory / "films.json", json.dumps(paths, indent=1, sort_keys=True, ensure_ascii=False))

    def _written(self) -> dict[str, list[str]]:
        try:
            notes: dict[str, list[str]] = json.loads((self.memory / "written.json").read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise StorageError(
                "The list of written files is damaged.",
                path=self.memory / "written.json",
                hint="Delete it; then every script, timeline and caption file counts as yours and is kept.",
            ) from error
        return notes


def create_project(root: str | os.PathLike[str], *, title: str = "") -> Project:
    """Make a new project folder.

    Raises:
        ProjectError: there is a project already.
        InputError: the folder exists and is not empty.
        StorageError: the folder cannot be made.
    """
    folder = Path(root).absolute()
    if (folder / MARKER).exists():
        raise ProjectError(
            "There is a Rushlight project here already.", path=folder, hint="Open it, or pick a new name."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("This folder is not empty.", path=folder, hint="Pick a new name.")
    name = title or folder.name
    quoted = json.dumps(name, ensure_ascii=False)
    write_atomically(
        folder / MARKER,
        f"# A Rushlight project. Everything here may be changed by hand.\n[project]\ntitle = {quoted}\n\n"
        "[defaults]\n"
        '# voice = "espeak/en-gb"     # which voice narrates\n'
        '# writer = "extractive"      # which writer turns an article into a script\n'
        '# style = "house"            # look: fonts, colours, logo\n'
        "# disclosure = true          # say on screen that the film was made with AI\n"
        "# credentials = true         # sign where each film comes from into it\n"
        "\n# [trust]\n"
        "# watermark = true           # put a mark into what is signed, by which it is known without credentials\n",
    )
    for part in FOLDERS:
        (folder / part).mkdir(exist_ok=True)
    return Project(folder)


def find_project(start: str | os.PathLike[str] = ".") -> Project | None:
    """The project that `start` lies in, or None."""
    here = Path(start).absolute()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return Project(folder)
    return None


def open_project(path: str | os.PathLike[str] = ".") -> Project:
    """The project that `path` is or lies in.

    Raises:
        ProjectError: there is none.
    """
    project = find_project(path)
    if project is None:
        raise ProjectError(
            "There is no Rushlight project here.", path=Path(path), hint="`rushlight new NAME` makes one."
        )
    return project


def slug(text: str) -> str:
    """A file name made of a title: lower case, letters and digits of any script, hyphens; never empty."""
    words = re.sub(r"[^\w]+", "-", text.lower()).strip("-_")
    return words[:60].rstrip("-") or "film"


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _version() -> str:
    from rushlight import __version__

    return __version__
