"""Erase one viewer from a warehouse of many events, and prove it.

Simulated heartbeats of a day are filed in a warehouse of 64 buckets as an import files them (events, and the playback
worked out from them), then viewers taken at random are erased one after the other. Measured is `erase_viewer` whole:
finding the files, writing them again, the manifest, striking lines, and the search of every table that proves it.

The peer is the plain way on the same files: DuckDB alone writing all events again without the viewer.

Run: `python benchmarks/erase_viewer/run.py [MILLIONS]`, 50 by default.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.audience.warehouse.deriving import derive
from rushlight.audience.warehouse.engine import DuckDB, quoted
from rushlight.audience.warehouse.people import access_viewer, erase_viewer
from rushlight.audience.warehouse.schema import FIELDS
from rushlight.audience.warehouse.warehouse import DataFile, Warehouse, bucket_of, staged_files

MEAN, SECONDS, ERASED = 300, 600, 5


def filled(folder: Path, millions: float) -> Warehouse:
    """A warehouse of that many heartbeats, filed and derived as an import does it."""
    warehouse = Warehouse.create(folder)
    views = int(millions * 1e6 / MEAN)
    values = {
        "event_id": "view_id || '-' || s", "event": "'ping'", "ts_client": "began + INTERVAL (s) SECOND",
        "ts_server": "began",
        "viewer": "viewer", "consent": "'measure'", "title_id": "title_id", "cut_id": "'cut'", "view_id": "view_id",
        "current_time_seconds": "s::DOUBLE", "duration_seconds": f"{SECONDS}::DOUBLE", "playback_rate": "1.0::DOUBLE",
        "device": "'tv'", "traffic_source": "'search'",
    }  # fmt: skip
    columns = ", ".join(f"({values.get(item.name, 'NULL')})::{item.type} AS {item.name}" for item in FIELDS)
    base = DuckDB([warehouse.folder])
    staging = warehouse.folder / ".staging-1"
    staging.mkdir()
    parts, added = max(round(views / 40_000), 1), []
    for part in range(parts):
        low, high = views * part // parts, views * (part + 1) // parts
        base.run(
            f"COPY (SELECT *, DATE '2026-10-01' AS date, {bucket_of('viewer', 64)} AS bucket "
            f"FROM (SELECT {columns} FROM ("
            f"SELECT 'view-' || i AS view_id, 'v_' || left(md5('u' || (i % {views // 3 + 1})), 16) AS viewer, "
            "'title-' || (i % 20) AS title_id, 2 + (hash(i) % 598)::INT AS length, "
            "TIMESTAMP '2026-10-01' + INTERVAL (hash(i + 3) % 80000) SECOND AS began "
            f"FROM range({low}, {high}) t(i)), LATERAL unnest(range(length)) u(s))) "
            f"TO {quoted(staging / f'part-{part}')} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, bucket))"
        )
        for date, bucket, path in staged_files(staging, f"part-{part}"):
            to = f"events/date={date}/bucket={bucket:02d}/000001-{part}-{path.stem}.parquet"
            (warehouse.folder / to).parent.mkdir(parents=True, exist_ok=True)
            path.replace(warehouse.folder / to)
            rows = base.rows(f"SELECT count(*) FROM read_parquet({quoted(warehouse.folder / to)})")[0][0]
            added.append(DataFile(table="events", path=to, date=date, bucket=bucket, rows=rows))
    manifest = warehouse.manifest().model_copy(update={"files": tuple(added), "generation": 1})
    warehouse.commit(derive(warehouse, manifest, base, {"2026-10-01"}, staging))
    base.close()
    shutil.rmtree(staging)
    return warehouse


def main() -> None:
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 50.0
    with tempfile.TemporaryDirectory() as name:
        begun = time.perf_counter()
        warehouse = filled(Path(name) / "audience", millions)
        print(f"filled in {time.perf_counter() - begun:.0f} s; {warehouse.events().as_text()}")
        base = DuckDB([warehouse.folder])
        wanted = [row[0] for row in base.rows(
            f"SELECT DISTINCT viewer FROM read_parquet({quoted(warehouse.paths('views')[0])}) ORDER BY 1 LIMIT {ERASED}"
        )]  # fmt: skip
        whole = ", ".join(quoted(path) for path in warehouse.paths("events"))
        begun = time.perf_counter()
        base.run(
            f"COPY (SELECT * FROM read_parquet([{whole}], hive_partitioning=false) "
            f"WHERE viewer <> {quoted(wanted[0])}) "
            f"TO {quoted(warehouse.folder / 'whole.parquet')} (FORMAT parquet, COMPRESSION zstd)"
        )
        peer = time.perf_counter() - begun
        base.close()
        (warehouse.folder / "whole.parquet").unlink()
        times, rows = [], 0
        for viewer in wanted:
            kept = access_viewer(warehouse, viewer)
            begun = time.perf_counter()
            done = erase_viewer(warehouse, viewer)
            times.append(time.perf_counter() - begun)
            rows += done.rows["events"]
            assert done.left == 0
            assert done.rows["events"] == len(kept["events"])
            assert access_viewer(warehouse, viewer) == {}
    ours = statistics.median(times)
    table = [
        ["what", f"seconds, {millions:g} M events", "against the plain way"],
        ["DuckDB alone, all written again", f"{peer:.2f}", "1.0 ×"],
        [f"erase_viewer, median of {ERASED} (proof included)", f"{ours:.2f}", f"{peer / ours:.0f} ×"],
        ["erase_viewer, slowest", f"{max(times):.2f}", f"{peer / max(times):.0f} ×"],
    ]
    notes = [f"{rows:,} events of {ERASED} viewers erased; a search of every table found none. Target: under 1 s."]
    write_results(__file__, __doc__.split("Run:")[0], table, notes)


if __name__ == "__main__":
    main()
