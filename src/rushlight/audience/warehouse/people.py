"""Viewers: which of them no person can be, what is kept of one, and taking all of it away."""

from __future__ import annotations

import hmac
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushlight.audience.warehouse.deriving import derive
from rushlight.audience.warehouse.engine import DuckDB, Engine, quoted
from rushlight.audience.warehouse.warehouse import DERIVED, DataFile, Warehouse
from rushlight.core.errors import InputError
from rushlight.core.store import write_atomically

if TYPE_CHECKING:
    import ibis

__all__ = [
    "Erasure",
    "access_viewer",
    "erase_before",
    "erase_outdated",
    "erase_viewer",
    "keep_days",
    "keyed_hash",
    "pseudonym",
    "without_bots",
]

_MOST_SECONDS_A_DAY, _MOST_VIEWS_A_DAY = 86_400 * 1.05, 500
_TABLES = ("events", *DERIVED, "segments", "ratings")


def pseudonym(warehouse: Warehouse, viewer: str) -> str:
    """The pseudonym of a viewer id in a warehouse: HMAC-SHA-256 under its key, 64 bits of it.

    A pseudonym of this form is its own: giving it gets the same viewer.
    """
    if len(viewer) == 18 and viewer.startswith("v_") and all(letter in "0123456789abcdef" for letter in viewer[2:]):
        return viewer
    return keyed_hash(warehouse.key(), viewer)


def keyed_hash(key: bytes, viewer: str) -> str:
    """A pseudonym from a key and an id, whatever the id looks like."""
    return "v_" + hmac.new(key, viewer.encode(), sha256).hexdigest()[:16]


def without_bots(engine: Engine, views: ibis.Table, events: ibis.Table) -> tuple[ibis.Table, ibis.Table, int]:
    """Views and events without viewers who played more than a day in a day, or more than 500 views in one.

    Returns:
        Both tables, and how many viewers were left out.
    """
    day = views.started_at.cast("date")
    daily = views.group_by(["viewer", day.name("day")]).agg(seconds=views.played_seconds.sum(), number=views.count())
    wrong = daily.filter((daily.seconds > _MOST_SECONDS_A_DAY) | (daily.number > _MOST_VIEWS_A_DAY))
    names = [row["viewer"] for row in engine.rows(wrong.select("viewer").distinct().order_by("viewer"))]
    if not names:
        return views, events, 0
    return views.filter(views.viewer.notin(names)), events.filter(events.viewer.notin(names)), len(names)


def access_viewer(warehouse: Warehouse, viewer: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of one viewer, by table; refused lines too."""
    name = pseudonym(warehouse, viewer)
    manifest = warehouse.manifest()
    bucket = _bucket(name, manifest.buckets)
    found: dict[str, list[dict[str, Any]]] = {}
    base = DuckDB([warehouse.folder])
    try:
        for table in _TABLES:
            files = [file for file in manifest.of(table) if file.bucket == bucket]
            if not files:
                continue
            rows = base.rows(
                f"SELECT to_json(t)::VARCHAR FROM {_read(warehouse, files)} t WHERE viewer = $viewer", {"viewer": name}
            )
            if rows:
                found[table] = [json.loads(row[0]) for row in rows]
    finally:
        base.close()
    lines = [line for path in _loose(warehouse) for line in path.read_text("utf-8").splitlines() if name in line]
    if lines:
        found["quarantine"] = [json.loads(line) for line in lines]
    return found


@dataclass
class Erasure:
    """What was taken away.

    Attributes:
        viewer: the pseudonym.
        rows: rows removed, by table.
        left: rows that a search of every table still finds; 0, or the erasure failed.
    """

    viewer: str
    rows: dict[str, int] = field(default_factory=dict)
    left: int = 0

    def as_text(self) -> str:
        """What was removed, and the proof."""
        if not any(self.rows.values()):
            return f"Nothing was kept of {self.viewer}."
        removed = ", ".join(f"{count:,} {table}" for table, count in self.rows.items() if count)
        return f"Removed of {self.viewer}: {removed}. A search of every table finds {self.left} rows."


def erase_viewer(warehouse: Warehouse, viewer: str) -> Erasure:
    """Take away everything that is kept of one viewer, and prove it by a search of every table.

    Only files of the viewer's bucket that name them are written again; what is left of the days is not worked out
    anew, for other viewers' playback does not depend on theirs.

    Raises:
        InputError: rows were still found afterwards.
    """
    name = pseudonym(warehouse, viewer)
    done = Erasure(name)
    with warehouse.writing():
        manifest = warehouse.manifest()
        bucket = _bucket(name, manifest.buckets)
        base = DuckDB([warehouse.folder])
        staging = warehouse.folder / f".staging-{manifest.generation + 1}"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            replaced: dict[str, DataFile | None] = {}
            for table in _TABLES:
                files = [file for file in manifest.of(table) if file.bucket == bucket]
                done.rows[table] = _rewrite(warehouse, base, files, name, manifest.generation + 1, replaced)
            files_now = [replaced.get(file.path, file) if file.path in replaced else file for file in manifest.files]
            live = tuple(file for file in files_now if file is not None)
            warehouse.commit(manifest.model_copy(update={"files": live, "generation": manifest.generation + 1}))
            done.rows["quarantine"] = _strike(warehouse, name)
            done.left = _count(warehouse, base, name)
        finally:
            base.close()
            shutil.rmtree(staging, ignore_errors=True)
    if done.left:
        raise InputError(f"{done.left} rows of this viewer are still there.", path=warehouse.folder)
    return done


def erase_before(warehouse: Warehouse, day: date) -> int:
    """Take away events and playback of the days before this one: the storage limit. Gives how many rows."""
    with warehouse.writing():
        manifest = warehouse.manifest()
        old = [file for file in manifest.files if file.date and file.date < str(day)]
        live = tuple(file for file in manifest.files if file not in set(old))
        manifest = manifest.model_copy(update={"files": live, "generation": manifest.generation + 1})
        base = DuckDB([warehouse.folder])
        staging = warehouse.folder / f".staging-{manifest.generation}"
        staging.mkdir(exist_ok=True)
        try:
            # Views that began before and ran on into the first day kept are cut there.
            dates = {file.date for file in manifest.of("events") if file.date == str(day)}
            warehouse.commit(derive(warehouse, manifest, base, dates, staging) if dates else manifest)
        finally:
            base.close()
            shutil.rmtree(staging, ignore_errors=True)
    return sum(file.rows for file in old if file.table == "events")


def keep_days(warehouse: Warehouse, days: int) -> int:
    """Set how many days events are kept, and erase what is older than that now. Gives how many events.

    Days count back from today, by the clock of this machine.
    """
    with warehouse.writing():
        manifest = warehouse.manifest()
        warehouse.commit(manifest.model_copy(update={"keep_days": days, "generation": manifest.generation + 1}))
    return erase_outdated(warehouse)


def erase_outdated(warehouse: Warehouse, today: date | None = None) -> int:
    """Erase events older than the warehouse keeps them. Gives how many."""
    days = warehouse.manifest().keep_days
    if not days:
        return 0
    limit = (today or datetime.now(UTC).date()) - timedelta(days=days)
    if all(file.date >= str(limit) for file in warehouse.manifest().of("events")):
        return 0
    return erase_before(warehouse, limit)


def _bucket(name: str, buckets: int) -> int:
    return int(name[2:6], 16) % buckets


def _read(warehouse: Warehouse, files: list[DataFile]) -> str:
    names = ", ".join(quoted(warehouse.folder / file.path) for file in files)
    return f"read_parquet([{names}], hive_partitioning=false, filename=true, union_by_name=true)"


def _rewrite(
    warehouse: Warehouse, base: DuckDB, files: list[DataFile], name: str, generation: int,
    replaced: dict[str, DataFile | None],
) -> int:  # fmt: skip
    """Write files again without one viewer; notes in `replaced` what stands in the place of each."""
    if not files:
        return 0
    held = base.rows(
        f"SELECT filename, count(*) FROM {_read(warehouse, files)} WHERE viewer = $viewer GROUP BY filename",
        {"viewer": name},
    )
    by_path = {str(warehouse.folder / file.path): file for file in files}
    removed = 0
    for path, count in held:
        file = by_path[path]
        removed += count
        if count == file.rows:
            replaced[file.path] = None
            continue
        to = f"{file.path.rsplit('/', 1)[0]}/{generation:06d}-{sha256(file.path.encode()).hexdigest()[:8]}.parquet"
        base.run(
            f"COPY (SELECT * FROM read_parquet({quoted(path)}, hive_partitioning=false) WHERE viewer <> $viewer) "
            f"TO {quoted(warehouse.folder / to)} (FORMAT parquet, COMPRESSION zstd)",
            {"viewer": name},
        )
        replaced[file.path] = file.model_copy(update={"path": to, "rows": file.rows - count})
    return removed


def _loose(warehouse: Warehouse) -> list[Path]:
    """Files of lines that may name a viewer: what was refused, and what waits to be imported."""
    return [path for name in ("quarantine", "inbox") for path in sorted((warehouse.folder / name).glob("*.jsonl"))]


def _strike(warehouse: Warehouse, name: str) -> int:
    """Strike a viewer's lines from files of lines."""
    struck = 0
    for path in _loose(warehouse):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if name not in line]
        if len(kept) < len(lines):
            struck += len(lines) - len(kept)
            write_atomically(path, "".join(kept))
    return struck


def _count(warehouse: Warehouse, base: DuckDB, name: str) -> int:
    """Rows of a viewer anywhere: every live file of every table, and every file of lines."""
    manifest = warehouse.manifest()
    found = 0
    for table in _TABLES:
        files = list(manifest.of(table))
        if files:
            where = {"viewer": name}
            rows = base.rows(f"SELECT count(*) FROM {_read(warehouse, files)} WHERE viewer = $viewer", where)
            found += int(rows[0][0])
    return found + sum(line.count(name) for path in _loose(warehouse) for line in [path.read_text("utf-8")])
