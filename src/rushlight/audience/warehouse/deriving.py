"""Playback tables of the days that an import or an erasure touched, written beside the events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rushlight.audience.warehouse import playback
from rushlight.audience.warehouse.engine import DuckDB, quoted
from rushlight.audience.warehouse.schema import FIELDS
from rushlight.audience.warehouse.warehouse import (
    DERIVED,
    DataFile,
    Manifest,
    Warehouse,
    bucket_of,
    staged_files,
)
from rushlight.core.run import current_run

if TYPE_CHECKING:
    import ibis

__all__ = ["derive"]

_TYPES = {"VARCHAR": "string", "TIMESTAMP": "timestamp", "DOUBLE": "float64", "BOOLEAN": "boolean", "INTEGER": "int32"}


def derive(
    warehouse: Warehouse,
    manifest: Manifest,
    base: DuckDB,
    dates: set[str],
    staging: Path,
    buckets: set[int] | None = None,
) -> Manifest:
    """Work out stretches, spans, covered parts and views of some days anew.

    A view belongs to the day it begins on and may run into the next, so a day's neighbours are worked out with it.

    Args:
        warehouse: whose.
        manifest: its state, events of the new days included.
        base: where to compute.
        dates: days whose events changed.
        staging: a folder for what is being written.
        buckets: only these; all by default.

    Returns:
        The manifest with the derived files of those days replaced.
    """
    wanted = {str(date.fromisoformat(day) + timedelta(days=shift)) for day in dates for shift in (-1, 0, 1)}
    near = {str(date.fromisoformat(day) + timedelta(days=shift)) for day in wanted for shift in (-1, 0, 1)}
    chosen = [
        file for file in manifest.of("events") if file.date in near and (buckets is None or file.bucket in buckets)
    ]
    kept = tuple(
        file
        for file in manifest.files
        if file.table not in DERIVED or file.date not in wanted or (buckets is not None and file.bucket not in buckets)
    )
    if not chosen:
        return manifest.model_copy(update={"files": kept})
    added, columns = _write(warehouse, manifest, base, chosen, wanted, staging)
    return manifest.model_copy(update={"files": (*kept, *added), "columns": {**manifest.columns, **columns}})


def _write(
    warehouse: Warehouse, manifest: Manifest, base: DuckDB, chosen: list[DataFile], wanted: set[str], staging: Path
) -> tuple[list[DataFile], dict[str, dict[str, str]]]:
    import ibis

    names = ", ".join(quoted(warehouse.folder / file.path) for file in chosen)
    source = f"read_parquet([{names}], hive_partitioning=false, union_by_name=true)"
    there = {row[0] for row in base.rows(f"DESCRIBE SELECT * FROM {source}")}
    fields = ", ".join(item.name if item.name in there else f"NULL::{item.type} AS {item.name}" for item in FIELDS)
    base.run(f"CREATE OR REPLACE VIEW events AS SELECT {fields} FROM {source}")
    tables = {"events": ibis.table({item.name: _TYPES[item.type] for item in FIELDS}, name="events")}
    days = ", ".join(f"DATE {quoted(day)}" for day in sorted(wanted))
    added: list[DataFile] = []
    columns: dict[str, dict[str, str]] = {}
    for number, (name, made) in enumerate(_expressions().items()):
        current_run().progress(0.8 + 0.05 * number, f"working out {name}")
        expression = made(tables)
        schema = expression.schema()
        columns[name] = {column: str(kind) for column, kind in schema.items()}
        tables[name] = ibis.table(schema, name=name)
        base.run(f"CREATE OR REPLACE TABLE {name} AS {ibis.to_sql(expression, dialect='duckdb')}")
    begun = "SELECT view, min(started_at)::DATE AS date FROM stretches GROUP BY view"
    for name in DERIVED:
        target = staging / name
        base.run(
            f"COPY (SELECT t.*, v.date, {bucket_of('t.viewer', manifest.buckets)} AS bucket FROM {name} t "
            f"JOIN ({begun}) v USING (view) WHERE v.date IN ({days}) ORDER BY ALL) "
            f"TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, bucket))"
        )
        if name != "stretches":
            base.run(f"DROP TABLE {name}")
        for day, bucket, path in staged_files(staging, name):
            added.append(warehouse.filed(path, table=name, generation=manifest.generation, date=day, bucket=bucket))
    base.run("DROP TABLE stretches")
    return added, columns


def _expressions() -> dict[str, Callable[[dict[str, ibis.Table]], ibis.Table]]:
    """How each table follows from those before it."""
    return {
        "stretches": lambda t: playback.stretches(t["events"]),
        "spans": lambda t: playback.spans(t["stretches"]),
        "covered": lambda t: playback.covered(t["spans"]),
        "views": lambda t: playback.views(t["stretches"], t["covered"]),
    }
