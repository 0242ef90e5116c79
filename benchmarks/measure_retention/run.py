"""Per-second retention of many heartbeats: from the heartbeats themselves, and from playback worked out once.

Simulated views of twenty titles of 600 s send a heartbeat every second until they leave (uniformly); three in ten pause
for twenty seconds, one in ten jumps back thirty seconds. The heartbeats lie in Parquet files in the order they came.
Measured is the wall time of one query in a fresh process on two threads, and its highest resident memory:

- peer: DuckDB alone, `count(DISTINCT view) GROUP BY second`, exact;
- ours from heartbeats: the expressions of the warehouse (thinned → stretches → spans → covered → seconds) in one query;
- peer from intervals: DuckDB alone on the covered parts as our warehouse stores them, unnested to seconds;
- ours from the warehouse: the query of `measure_retention` on the covered parts it stores.

Both curves have to agree to the last view, or the run fails. Best of three.

Run: `python benchmarks/measure_retention/run.py [MILLIONS …]`, 1, 10 and 50 by default.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results

THREADS, TITLES, SECONDS, MEAN = 2, 20, 600, 300


def generate(folder: Path, millions: float) -> None:
    """Heartbeats as Parquet."""
    import duckdb

    views = int(millions * 1e6 / MEAN)
    base = duckdb.connect(config={"threads": THREADS, "memory_limit": "3GB", "temp_directory": str(folder / "spill")})
    base.execute(f"""
        CREATE TABLE views AS SELECT i, 'view-' || i AS view_id,
            'v_' || left(md5('u' || (i % {views // 2 + 1})), 16) AS viewer, 'title-' || (i % {TITLES}) AS title_id,
            2 + (hash(i) % {SECONDS - 2})::INT AS length, hash(i + 7) % 10 AS habit,
            TIMESTAMP '2026-10-01' + INTERVAL (hash(i + 3) % 86400) SECOND AS began
        FROM range({views}) t(i)""").fetchall()
    parts = max(views // 20_000, 1)
    for part in range(parts):
        low, high = views * part // parts, views * (part + 1) // parts
        base.execute(f"""
            COPY (SELECT view_id || '-' || s AS event_id, 'ping' AS event,
                began + INTERVAL (s + CASE WHEN habit < 3 AND s > length // 2 THEN 20 ELSE 0 END) SECOND AS ts_client,
                began AS ts_server, viewer, 'measure' AS consent, title_id, 'cut' AS cut_id, view_id,
                (CASE WHEN habit = 9 AND s > length // 2 THEN greatest(s - 30, 0) ELSE s END)::DOUBLE
                    AS current_time_seconds,
                {SECONDS}.0::DOUBLE AS duration_seconds, 1.0::DOUBLE AS playback_rate, NULL::BOOLEAN AS visible,
                NULL::DOUBLE AS percent_progress, NULL::VARCHAR AS error_code, NULL::VARCHAR AS experiment_id,
                NULL::VARCHAR AS variant, NULL::VARCHAR AS policy_id, 'search' AS traffic_source, 'tv' AS device,
                NULL::VARCHAR AS tz
            FROM views, LATERAL unnest(range(length)) u(s) WHERE i >= {low} AND i < {high} ORDER BY ts_client)
            TO '{folder}/beats-{part:04d}.parquet' (FORMAT parquet, COMPRESSION zstd)""").fetchall()
    base.close()


TEXTS = (
    "event_id event viewer consent title_id cut_id view_id error_code experiment_id variant policy_id traffic_source"
)
NUMBERS = "current_time_seconds duration_seconds playback_rate percent_progress"


def _query(kind: str) -> str:
    import ibis

    from rushlight.audience.measure_retention import seconds_played
    from rushlight.audience.warehouse import playback

    columns = dict.fromkeys((*TEXTS.split(), "device", "tz"), "string")
    columns |= dict.fromkeys(NUMBERS.split(), "float64")
    columns |= {"ts_client": "timestamp", "ts_server": "timestamp", "visible": "boolean"}
    stretches = playback.stretches(ibis.table(columns, name="beats"))
    parts = playback.covered(playback.spans(stretches))
    stored = ibis.table(parts.schema(), name="covered")
    made = {
        "ours from heartbeats": seconds_played(parts, ["title_id"]),
        "ours from the warehouse": seconds_played(stored, ["title_id"]),
        "covered": parts,
    }
    if kind in made:
        return str(ibis.to_sql(made[kind], dialect="duckdb"))
    if kind == "peer from heartbeats":
        # A second counts when its middle was played, which a heartbeat each second says for the second before it.
        return """SELECT title_id, current_time_seconds::BIGINT - 1 AS second, count(DISTINCT view_id) AS n FROM beats
            WHERE current_time_seconds > 0 GROUP BY ALL"""
    return """SELECT title_id, second, count(*) AS n FROM (SELECT title_id, unnest(range(
        ceil(start_seconds - 0.5)::BIGINT, ceil(end_seconds - 0.5)::BIGINT)) AS second FROM covered) GROUP BY ALL"""


def child(kind: str, folder: Path) -> None:
    """One query in this process: prints its time, its memory and the sum of its curve."""
    import duckdb

    if kind.startswith("generate"):
        generate(folder, float(kind.split()[1]))
        return
    base = duckdb.connect(config={"threads": THREADS, "memory_limit": "3GB", "temp_directory": str(folder / "spill")})
    for name, files in (("beats", "beats-*.parquet"), ("covered", "covered.parquet")):
        if any(folder.glob(files)):
            base.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{files}')").fetchall()
    sql = _query(kind)
    if kind == "covered":
        base.execute(f"COPY ({sql}) TO '{folder}/covered.parquet' (FORMAT parquet)").fetchall()
        return
    base.execute("SELECT 1").fetchall()
    best, total = float("inf"), 0
    for _ in range(3):
        begun = time.perf_counter()
        rows = base.execute(sql).fetchall()
        best = min(best, time.perf_counter() - begun)
    if kind.startswith("ours"):
        curve: dict[str, dict[int, int]] = {}
        for title, step, change in rows:
            curve.setdefault(title, {})[step] = change
        for changes in curve.values():
            now = 0
            for step in range(SECONDS + 1):
                now += changes.get(step, 0)
                total += now
    else:
        total = sum(row[2] for row in rows)
    status = Path("/proc/self/status").read_text("utf-8")
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e6
    print(json.dumps({"seconds": best, "memory_gb": memory, "total": total}))


def measured(kind: str, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", kind, str(folder)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout or "{}")


def main() -> None:
    sizes = [float(value) for value in sys.argv[1:]] or [1, 10, 50]
    rows = [["heartbeats", "what", "seconds", "against DuckDB alone", "memory", "µs a heartbeat"]]
    for millions in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            measured(f"generate {millions}", folder)
            measured("covered", folder)
            found = {kind: measured(kind, folder) for kind in
                     ("peer from heartbeats", "ours from heartbeats", "peer from intervals",
                      "ours from the warehouse")}  # fmt: skip
        totals = {kind: int(one["total"]) for kind, one in found.items()}
        ours = {totals[kind] for kind in totals if kind != "peer from heartbeats"}
        # DuckDB alone counts a second wherever a heartbeat stands; ours knows which were played, a few fewer.
        apart = abs(totals["peer from heartbeats"] - totals["ours from heartbeats"]) / totals["ours from heartbeats"]
        if len(ours) != 1 or apart > 0.01:
            raise SystemExit(f"The curves differ: {totals}")
        for kind, one in found.items():
            peer = found["peer from heartbeats" if "heartbeats" in kind else "peer from intervals"]["seconds"]
            rows.append([
                f"{millions:g} M", kind, f"{one['seconds']:.3f}", f"{peer / one['seconds']:.2f} ×",
                f"{one['memory_gb']:.2f} GB", f"{one['seconds'] / millions:.4f}",
            ])  # fmt: skip
    notes = [
        "Targets for 50 M on two cores: 6 s from heartbeats, 0.05 s from intervals, under 4 GB, cost in proportion.",
    ]
    write_results(__file__, __doc__.split("Run:")[0], rows, notes)


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
