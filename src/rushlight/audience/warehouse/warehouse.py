"""A warehouse of events: a folder of Parquet files and one manifest that says which of them count.

    audience/
        warehouse.json                       the manifest: what is live, replaced in one rename
        key                                  makes pseudonyms; stays on this machine (mode 0600)
        events/date=2026-10-01/bucket=07/    events as they came, by day and by a hash of the viewer
        stretches|spans|covered|views/…      playback worked out from them
        quarantine/                          what was refused, line by line, with the reason
        inbox/                               what the collector took in and is not yet imported

A change writes new files, then renames the manifest into place, then deletes what it replaced: whoever reads sees all
of it or none, and a killed import leaves the old state.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.events import Events
from rushlight.audience.warehouse.schema import FIELDS, SCHEMA_VERSION
from rushlight.core.artifact import FileRef, file_sha256
from rushlight.core.errors import InputError, ProjectError, StorageError
from rushlight.core.store import write_atomically

if TYPE_CHECKING:
    import ibis

    from rushlight.audience.warehouse.engine import Engine

__all__ = ["DERIVED", "DataFile", "Manifest", "Warehouse", "bucket_of", "read_events", "staged_files"]

MANIFEST = "warehouse.json"
DERIVED = ("stretches", "spans", "covered", "views")
_BUCKETS = 64


class DataFile(BaseModel):
    """One live Parquet file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    path: str
    date: str
    bucket: int
    rows: int


class Manifest(BaseModel):
    """What a warehouse holds at one moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: str = SCHEMA_VERSION
    buckets: int = _BUCKETS
    generation: int = 0
    files: tuple[DataFile, ...] = ()
    columns: dict[str, dict[str, str]] = {}
    """Ibis types of every table's columns, so that an empty one is still a table."""
    titles: dict[str, dict[str, str]] = {}
    """What is known of titles: name, category, and the like."""
    aggregates: tuple[str, ...] = ()
    """Files of figures that came as aggregates; never mixed with events of persons."""
    privacy_spent: dict[str, float] = {}
    """ε that differentially private releases of each title have cost so far."""
    keep_days: int = 0
    """Days after which events are erased; 0 keeps them until told."""

    def of(self, table: str) -> tuple[DataFile, ...]:
        """The live files of one table."""
        return tuple(file for file in self.files if file.table == table)


class Warehouse:
    """A folder of events. Open one with `Warehouse(folder)`, make one with `Warehouse.create(folder)`."""

    def __init__(self, folder: Path):
        self.folder = folder.absolute()
        if not (self.folder / MANIFEST).is_file():
            raise ProjectError(
                "There is no event warehouse here.", path=folder, hint="Make one: rushlight audience import EVENTS."
            )

    @classmethod
    def create(cls, folder: Path, buckets: int = _BUCKETS) -> Warehouse:
        """Open a warehouse, made first if there is none."""
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MANIFEST).exists():
            write_atomically(folder / MANIFEST, Manifest(buckets=buckets).model_dump_json(indent=0))
        return cls(folder)

    @classmethod
    def of(cls, events: Events) -> Warehouse:
        """The warehouse that an artifact stands for.

        Raises:
            InputError: it has changed since the artifact was made.
        """
        found = cls(events.folder)
        if file_sha256(found.folder / MANIFEST) != events.manifest.sha256:
            raise InputError(
                "This warehouse has changed since it was read.",
                path=found.folder,
                hint="Read it again and measure anew.",
            )
        return found

    def manifest(self) -> Manifest:
        """What is live now.

        Raises:
            StorageError: the manifest is damaged, or was written by a newer Rushlight.
        """
        try:
            found = Manifest.model_validate_json((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StorageError(
                "This warehouse's manifest cannot be read.",
                path=str(self.folder / MANIFEST),
                hint="Restore it from a backup.",
            ) from error
        if found.schema_version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
            raise StorageError(
                f"This warehouse has event schema {found.schema_version}; this Rushlight reads {SCHEMA_VERSION}.",
                path=str(self.folder),
                hint="Use the Rushlight that wrote it.",
            )
        return found

    def key(self) -> bytes:
        """The secret that makes pseudonyms, 32 bytes; made on first use, readable by its owner alone."""
        path = self.folder / "key"
        if not path.exists():
            fresh = path.with_name(f".writing-key-{os.getpid()}")
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.urandom(32))
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()

    def paths(self, table: str, manifest: Manifest | None = None) -> list[Path]:
        """Live files of one table, in a stable order."""
        files = (manifest or self.manifest()).of(table)
        return [self.folder / file.path for file in sorted(files, key=lambda file: file.path)]

    def table(self, engine: Engine, name: str) -> ibis.Table:
        """A table on an engine; empty where nothing is there yet."""
        manifest = self.manifest()
        return engine.table(self.paths(name, manifest), manifest.columns.get(name, _COLUMNS[name]))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one that changes this warehouse.

        Raises:
            ProjectError: another process is changing it.
        """
        with (self.folder / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ProjectError(
                    "Another process is changing this warehouse.", path=self.folder, hint="Wait until it is done."
                ) from error
            self._sweep()
            yield

    def filed(self, path: Path, *, table: str, generation: int, date: str = "", bucket: int) -> DataFile:
        """Move a staged Parquet file to where its table, day and bucket lie; live once a manifest names it.

        A table that belongs to no day lies by bucket alone, and no storage limit by days reaches it.
        """
        import pyarrow.parquet as parquet

        day = f"date={date}/" if date else ""
        to = f"{table}/{day}bucket={bucket:02d}/{generation:06d}-{path.stem}.parquet"
        target = self.folder / to
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        return DataFile(
            table=table, path=to, date=date, bucket=bucket, rows=int(parquet.read_metadata(target).num_rows)
        )

    def commit(self, manifest: Manifest) -> None:
        """Make a manifest the live one, then delete the files it no longer names."""
        old = {file.path for file in self.manifest().files}
        write_atomically(self.folder / MANIFEST, manifest.model_dump_json(indent=0))
        for path in old - {file.path for file in manifest.files}:
            (self.folder / path).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Delete what a killed change left: staging folders, and files no manifest names."""
        import shutil

        for left in self.folder.glob(".staging-*"):
            shutil.rmtree(left, ignore_errors=True)
        live = {file.path for file in self.manifest().files}
        for table in ("events", "segments", "ratings", *DERIVED):
            for path in (self.folder / table).rglob("*.parquet"):
                if str(path.relative_to(self.folder)) not in live:
                    path.unlink()

    def events(self) -> Events:
        """This warehouse as an artifact for measures to read."""
        manifest = self.manifest()
        rows = sum(file.rows for file in manifest.of("events"))
        dates = sorted({file.date for file in manifest.of("events")})
        return Events(
            manifest=FileRef.of(self.folder / MANIFEST, "application/json"),
            rows=rows,
            views=sum(file.rows for file in manifest.of("views")),
            first_date=dates[0] if dates else "",
            last_date=dates[-1] if dates else "",
            schema_version=manifest.schema_version,
        )


def read_events(path: Path) -> Events:
    """A warehouse as an artifact, from its folder, its manifest, or a project that has one in `audience/`.

    Raises:
        InputError: there is none.
    """
    for folder in (path, path.parent, path / "audience"):
        if (folder / MANIFEST).is_file():
            return Warehouse(folder).events()
    raise InputError(
        "This is no event warehouse.", path=path, hint="Import first: rushlight audience import EVENTS.jsonl."
    )


def staged_files(staging: Path, table: str) -> Iterable[tuple[str, int, Path]]:
    """The partition files an engine wrote: date, bucket and path of each, in a stable order."""
    for path in sorted((staging / table).rglob("*.parquet")):
        parts = dict(part.split("=", 1) for part in path.parts if "=" in part)
        yield parts["date"], int(parts["bucket"]), path


def bucket_of(column: str, buckets: int) -> str:
    """SQL for the bucket of a viewer: from the first digits of the pseudonym, which are as good as random."""
    return f"('0x' || {column}[3:6])::INTEGER % {buckets}"


_VIEW = {
    "view": "string", "viewer": "string", "title_id": "string", "cut_id": "string", "experiment_id": "string",
    "variant": "string", "policy_id": "string", "traffic_source": "string", "device": "string", "tz": "string",
}  # fmt: skip
_VIEWED = {
    "started_at": "timestamp", "last_at": "timestamp", "duration_seconds": "float64", "played_seconds": "float64",
    "played_content_seconds": "float64", "first_seconds": "float64", "furthest_seconds": "float64", "seeks": "int64",
    "last_seconds": "float64", "events": "int64", "content_seconds": "float64", "clock_ahead_seconds": "int64",
    "ended": "string",
}  # fmt: skip
_TYPES = {"VARCHAR": "string", "TIMESTAMP": "timestamp", "DOUBLE": "float64", "BOOLEAN": "boolean", "INTEGER": "int32"}
_COLUMNS: dict[str, dict[str, str]] = {
    "events": {item.name: _TYPES[item.type] for item in FIELDS},
    "ratings": {"viewer": "string", "title_id": "string", "rating": "float64", "rated_at": "timestamp"},
    "segments": {"viewer": "string", "segment": "string"},
    "stretches": {},
    "spans": {**_VIEW, "start_seconds": "float64", "end_seconds": "float64", "started_at": "timestamp"},
    "covered": {"view": "string", "viewer": "string", "title_id": "string", "cut_id": "string",
                "start_seconds": "float64", "end_seconds": "float64"},
    "views": {**_VIEW, **_VIEWED},
}  # fmt: skip
