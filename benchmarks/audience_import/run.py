"""Events in: files imported with all checks, and a collector that is killed again and again.

Files: simulated heartbeats (15 fields; lean ones 8) as JSONL are imported into an empty warehouse:
typed, checked against every rule, pseudonymised, freed of doubles, filed by day and bucket; working out playback is
timed apart. The peer is DuckDB alone on the same file in the same run: `read_json` copied to Parquet by the same
partitions, with no check at all.

Collector: a real server in a process of its own takes batches of 200 events over loopback from eight connections. Then
it is killed (SIGKILL) fifty times while it takes events; batches that were not acknowledged are sent again, as a client
does. In the end every event has to be in the warehouse once.

Run: `python benchmarks/audience_import/run.py [MILLIONS] [KILLS]`, 2 and 50 by default.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import httpx

from results import write_results
from rushlight.audience.warehouse import importing
from rushlight.audience.warehouse.collector import import_inbox
from rushlight.audience.warehouse.warehouse import Warehouse

SERVER = """
import sys
from pathlib import Path
from rushlight.audience.warehouse.collector import serve
from rushlight.audience.warehouse.warehouse import Warehouse
serve(Warehouse(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), import_seconds=0, origins=())
"""


def generate(path: Path, count: int, lean: bool) -> None:
    """Heartbeats as lines of JSON, lean ones with what they cannot do without."""
    stamp = "strftime(TIMESTAMP '2026-10-01' + INTERVAL ((i // 500) % 80000 + i % 500) SECOND, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if lean:
        duckdb.sql(f"""
            COPY (SELECT i AS event_id, 'ping' AS event, {stamp} AS ts_client,
                'u' || (hash(i // 500) % 40000) AS viewer, 'measure' AS consent,
                't' || ((i // 500) % 20) AS title_id, 'w' || (i // 500) AS view_id,
                (i % 500)::DOUBLE AS current_time_seconds FROM range({count}) t(i)) TO '{path}' (FORMAT json)""")
        return
    duckdb.sql(f"""
        COPY (SELECT printf('%08x%08x', i // 1000, i) AS event_id, 'ping' AS event, {stamp} AS ts_client,
            {stamp} AS ts_server, 'user-' || (hash(i // 500) % 40000) AS viewer, 'view-' || (i // 500) AS view_id,
            'measure' AS consent, 'title-' || ((i // 500) % 20) AS title_id, 'cut-1' AS cut_id,
            (i % 500)::DOUBLE AS current_time_seconds, 600.0 AS duration_seconds, 1.0 AS playback_rate, false AS muted,
            'mobile' AS device, 'search' AS traffic_source FROM range({count}) t(i)) TO '{path}' (FORMAT json)""")


def files(folder: Path, millions: float, lean: bool = False) -> list[list[str]]:
    """Import against bare DuckDB."""
    folder = folder / ("lean" if lean else "full")
    folder.mkdir()
    count, path = int(millions * 1e6), folder / "events.jsonl"
    generate(path, count, lean)
    size = f"{path.stat().st_size / count:.0f} bytes an event"
    base = duckdb.connect(config={"threads": os.cpu_count() or 1})
    begun = time.perf_counter()
    base.execute(
        f"COPY (SELECT *, ts_client::DATE AS date, hash(viewer) % 64 AS bucket FROM read_json('{path}')) "
        f"TO '{folder / 'bare'}' (FORMAT parquet, PARTITION_BY (date, bucket))"
    ).fetchall()
    bare = time.perf_counter() - begun
    base.close()
    derived = 0.0
    derive = importing.derive

    def timed(*given, **named):  # type: ignore[no-untyped-def]
        nonlocal derived
        start = time.perf_counter()
        made = derive(*given, **named)
        derived += time.perf_counter() - start
        return made

    importing.derive = timed
    warehouse = Warehouse.create(folder / "audience")
    begun = time.perf_counter()
    report = importing.import_events(warehouse, [path])
    whole = time.perf_counter() - begun
    importing.derive = derive
    assert report.kept == count
    ours = whole - derived
    return [
        [f"DuckDB alone, no check, {size}", f"{count / bare / 1e6:.2f} M events/s", "1.00 ×"],
        [f"imported, checked, filed, {size}", f"{count / ours / 1e6:.2f} M events/s", f"{bare / ours:.2f} ×"],
        ["with playback worked out", f"{count / whole / 1e6:.2f} M events/s", f"{bare / whole:.2f} ×"],
    ]


def start(warehouse: Warehouse, port: int) -> subprocess.Popen[bytes]:
    """A collector, when it answers."""
    child = subprocess.Popen([sys.executable, "-c", SERVER, str(warehouse.folder), str(port)])
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/v1/live", timeout=1)
            return child
        except httpx.HTTPError:
            time.sleep(0.05)


def batches(count: int, size: int, prefix: str) -> list[bytes]:
    """Bodies of requests."""
    stamp = "2026-10-01T12:00:00.000Z"
    rows = [
        {"event_id": f"{prefix}-{n}", "event": "ping", "ts_client": stamp, "viewer": f"user-{n % 997}",
         "consent": "measure",
         "title_id": f"title-{n % 20}", "view_id": f"view-{n % 4999}", "current_time_seconds": float(n % 600),
         "duration_seconds": 600.0, "playback_rate": 1.0, "device": "tv"}
        for n in range(count)
    ]  # fmt: skip
    return [json.dumps(rows[at : at + size]).encode() for at in range(0, count, size)]


async def send(bodies: list[bytes], port: int, kill: subprocess.Popen[bytes] | None, after: float) -> list[bytes]:
    """Send bodies over eight connections, perhaps killing the server meanwhile; gives what was not acknowledged."""
    limits = httpx.Limits(max_connections=8)
    waiting, left = list(reversed(bodies)), []
    async with httpx.AsyncClient(limits=limits, timeout=10) as client:

        async def worker() -> None:
            while waiting:
                body = waiting.pop()
                try:
                    answer = await client.post(f"http://127.0.0.1:{port}/v1/events", content=body)
                    if answer.status_code != 200:
                        left.append(body)
                except httpx.HTTPError:
                    left.append(body)
                    if kill is not None:
                        return

        tasks = [asyncio.create_task(worker()) for _ in range(8)]
        if kill is not None:
            await asyncio.sleep(after)
            os.kill(kill.pid, signal.SIGKILL)
        await asyncio.gather(*tasks)
    return [*left, *waiting]


def collector(folder: Path, kills: int) -> tuple[list[list[str]], str]:
    """Speed without kills, then loss and doubling with them."""
    warehouse, port = Warehouse.create(folder / "collected", buckets=8), 18_731
    child = start(warehouse, port)
    bodies = batches(100_000, 200, "speed")
    begun = time.perf_counter()
    assert asyncio.run(send(bodies, port, None, 0)) == []
    speed = 100_000 / (time.perf_counter() - begun)
    child.kill()
    child.wait()
    rng, total = random.Random(7), 60_000
    waiting = batches(total, 40, "kill")
    killed = 0
    while waiting and killed < kills:
        child = start(warehouse, port)
        waiting = asyncio.run(send(waiting, port, child, rng.uniform(0.005, 0.06)))
        child.wait()
        killed += 1
    if waiting:
        child = start(warehouse, port)
        assert asyncio.run(send(waiting, port, None, 0)) == []
        child.kill()
        child.wait()
    import_inbox(warehouse)
    names = ", ".join(f"'{path}'" for path in warehouse.paths("events"))
    found, distinct = duckdb.sql(f"SELECT count(*), count(DISTINCT event_id) FROM read_parquet([{names}])").fetchall()[
        0
    ]
    lost, doubled = total + 100_000 - distinct, found - distinct
    rows = [["collector, batches of 200 over loopback", f"{speed:,.0f} events/s", ""]]
    rows.append([f"collector killed {killed} times", f"{lost} lost, {doubled} doubled of {total:,}", ""])
    return rows, f"Acknowledged and sent again batches together: every one of {total:,} events stands once."


def main() -> None:
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as name:
        rows = [*files(Path(name), millions), *files(Path(name), millions, lean=True)]
        more, note = collector(Path(name), kills)
    notes = [note, "Targets: at least 1 M events/s imported; at least 5,000 events/s collected, none lost or doubled."]
    write_results(__file__, __doc__.split("Run:")[0], [["what", "figure", "against DuckDB alone"], *rows, *more], notes)


if __name__ == "__main__":
    main()
