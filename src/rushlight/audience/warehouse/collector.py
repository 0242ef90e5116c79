"""A collector: takes events over HTTP, answers only when they are on disk, and says what is being watched now.

    POST /v1/events     a JSON array, one object, or lines of JSON; at most 1 MB. 200 with what became of each
    GET  /v1/variant    the variant of a viewer in an experiment; always the same one
    GET  /v1/live       who watches what right now; answered on this machine only

A batch is acknowledged after it was written and synced, so a kill loses nothing that was acknowledged, and what a
client sends again is known by its event_id: nothing counts twice. When the disk cannot keep up the collector says 503
and when to come back, rather than hold events in memory. Viewer ids become pseudonyms before anything is written.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushlight.audience.statistics.sequences import assign
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.people import keyed_hash
from rushlight.audience.warehouse.schema import FIELDS, problem_of
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import ModelError, RushlightError

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Inbox", "Live", "collector_app", "import_inbox", "serve"]

MOST_BYTES = 1_000_000
MOST_EVENTS = 10_000
_MOST_PENDING_BYTES = 32_000_000
_ROTATE_SECONDS, _ROTATE_BYTES = 60.0, 64_000_000
_WATCHING_SECONDS = 30.0
_MOST_NAMES = 100_000
_NAMES = frozenset(item.name for item in FIELDS)


class Inbox:
    """Files of accepted events that wait to be imported. One writer gathers what arrives while it syncs.

    Args:
        folder: the warehouse's `inbox/`.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._pending = 0
        self._wake = asyncio.Event()
        self._file: Any = None
        self._opened, self._written, self._number = 0.0, 0, 0

    @property
    def is_full(self) -> bool:
        """Whether more waits to be written than may be held."""
        return self._pending > _MOST_PENDING_BYTES

    async def add(self, lines: bytes) -> None:
        """Write lines; returns when they are on disk.

        Raises:
            OSError: they could not be written.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((lines, done))
        self._pending += len(lines)
        self._wake.set()
        await done

    async def run(self) -> None:
        """Write what waits, batch by batch, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            if not batch:
                continue
            whole = b"".join(lines for lines, _ in batch)
            failed: OSError | None = None
            try:
                await asyncio.to_thread(self._write, whole)
            except OSError as error:
                failed = error
                self.rotate()
            self._pending -= len(whole)
            for _, done in batch:
                if not done.cancelled():
                    done.set_exception(failed) if failed else done.set_result(None)

    def _write(self, lines: bytes) -> None:
        now = time.monotonic()
        if self._file is not None and (now - self._opened > _ROTATE_SECONDS or self._written > _ROTATE_BYTES):
            self.rotate()
        if self._file is None:
            self._number += 1
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}-{self._number:05d}.open"
            self._file = (self.folder / name).open("ab", buffering=0)
            self._opened, self._written = now, 0
        view = memoryview(lines)
        while view:
            view = view[self._file.write(view) :]
        os.fsync(self._file.fileno())
        self._written += len(lines)

    def rotate(self) -> None:
        """Close the file that is being written, so that it can be imported."""
        if self._file is not None:
            path = Path(self._file.name)
            self._file.close()
            self._file = None
            path.replace(path.with_suffix(".jsonl"))


def import_inbox(warehouse: Warehouse, *, pid: int | None = None) -> int:
    """Import what the collector took in, and delete each file once it is in the warehouse. Gives events kept.

    Files that a killed collector left open are taken too; those of `pid`, which is still writing, are not.
    """
    import psutil

    folder = warehouse.folder / "inbox"
    kept = 0
    for path in sorted(folder.glob("*.open")):
        writer = int(path.stem.split("-")[1])
        if writer != pid and not psutil.pid_exists(writer):
            path.replace(path.with_suffix(".jsonl"))
    for path in sorted(folder.glob("*.jsonl")):
        if path.stat().st_size:
            try:
                kept += import_events(warehouse, [path], form="jsonl", viewers="pseudonym").kept
            except RushlightError:
                # Nothing in it could be kept: it lies in quarantine line by line.
                if any(path.stem[:40] in left.name for left in (warehouse.folder / "quarantine").glob("*.jsonl")):
                    path.unlink()
                    continue
                raise
        path.unlink()
    return kept


@dataclass
class _Title:
    """What is going on at one title."""

    places: OrderedDict[str, tuple[float, float | None]] = field(default_factory=OrderedDict)
    """Viewers by when they were last heard, with their position."""


class Live:
    """Figures of now, kept in memory and lost with it; they are never those of a report.

    Args:
        clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._titles: dict[str, _Title] = {}
        self._arrived: deque[tuple[float, int]] = deque()
        self.accepted = self.refused = self.without_consent = 0

    def note(self, rows: list[dict[str, Any]]) -> None:
        """Take notice of accepted events."""
        now = self._clock()
        self.accepted += len(rows)
        self._arrived.append((now, len(rows)))
        for row in rows:
            if row["event"] in ("impression", "click", "like", "comment", "share", "exposure"):
                continue
            title = self._titles.setdefault(row["title_id"], _Title())
            if row["event"] in ("pause", "end", "error"):
                title.places.pop(row["viewer"], None)
            else:
                title.places[row["viewer"]] = (now, row.get("current_time_seconds"))
                title.places.move_to_end(row["viewer"])
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._arrived and now - self._arrived[0][0] > 10:
            self._arrived.popleft()
        for name, title in list(self._titles.items()):
            while title.places and now - next(iter(title.places.values()))[0] > _WATCHING_SECONDS:
                title.places.popitem(last=False)
            if not title.places:
                del self._titles[name]

    def figures(self) -> dict[str, Any]:
        """Who watches now, by title, and how fast events arrive."""
        now = self._clock()
        self._forget(now)
        titles = [
            {
                "title_id": name,
                "watching": len(title.places),
                "median_seconds": _median([place for _, place in title.places.values() if place is not None]),
            }
            for name, title in self._titles.items()
        ]
        return {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "watching": sum(one["watching"] for one in titles),
            "events_per_second": round(sum(count for at, count in self._arrived) / 10, 1),
            "accepted": self.accepted,
            "refused": self.refused,
            "without_consent": self.without_consent,
            "titles": sorted(titles, key=lambda one: (-int(str(one["watching"])), str(one["title_id"])))[:100],
        }


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else None


class _Names:
    """Pseudonyms of the viewers that were heard last, so that each is worked out once."""

    def __init__(self, warehouse: Warehouse):
        self._key = warehouse.key()
        self._known: OrderedDict[str, str] = OrderedDict()

    def of(self, viewer: str) -> str:
        """The pseudonym of a viewer id. An id that looks like one is hashed as well: clients do not make them."""
        found = self._known.get(viewer)
        if found is None:
            found = keyed_hash(self._key, viewer)
            self._known[viewer] = found
            if len(self._known) > _MOST_NAMES:
                self._known.popitem(last=False)
        return found


def collector_app(warehouse: Warehouse, *, import_seconds: float = 60.0, origins: tuple[str, ...] = ()) -> FastAPI:
    """The collector as an ASGI application.

    Args:
        warehouse: where events go.
        import_seconds: how often what came in is imported; 0 leaves it in the inbox.
        origins: web pages that may send, such as `https://films.example`; none by default, players in apps may always.
    """
    try:
        from fastapi import FastAPI, Request, Response
        from fastapi.responses import JSONResponse
    except ImportError as error:
        raise ModelError("FastAPI is not installed.", hint='pip install "rushlight[audience]"') from error

    inbox, live, names = Inbox(warehouse.folder / "inbox"), Live(), _Names(warehouse)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        tasks = [asyncio.create_task(inbox.run())]
        if import_seconds:
            tasks.append(asyncio.create_task(_importing(warehouse, inbox, import_seconds)))
        yield
        for task in tasks:
            task.cancel()
        inbox.rotate()
        if import_seconds:
            await asyncio.to_thread(import_inbox, warehouse, pid=os.getpid())

    app = FastAPI(title="Rushlight collector", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    if origins:
        from fastapi.middleware.cors import CORSMiddleware

        app.add_middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["POST", "GET"], max_age=86_400)

    async def take(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return JSONResponse({"error": "A batch is at most 1 MB."}, 413)
        if inbox.is_full:
            return JSONResponse({"error": "Too much at once; send again."}, 503, {"Retry-After": "1"})
        try:
            rows = _parse(bytes(body))
        except ValueError as error:
            return JSONResponse({"error": f"This is no batch of events: {error}."}, 400)
        good, refused, without = _sort(rows, names)
        live.refused += len(refused)
        live.without_consent += without
        if good:
            lines = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in good)
            try:
                await inbox.add(lines)
            except OSError:
                return JSONResponse({"error": "Events cannot be written; send again."}, 503, {"Retry-After": "10"})
            live.note(good)
        return JSONResponse({"accepted": len(good), "without_consent": without, "refused": refused})

    async def variant(experiment_id: str, viewer: str, variants: str) -> dict[str, str]:
        choices = [name for name in variants.split(",")[:20] if name][:20] or ["a"]
        return {"experiment_id": experiment_id, "variant": assign(experiment_id, names.of(viewer), choices)}

    async def now(request: Request) -> Response:
        if request.client is None or request.client.host not in ("127.0.0.1", "::1", "testclient"):
            return JSONResponse({"error": "Live figures are given on this machine only."}, 403)
        return JSONResponse(live.figures())

    # Annotations above name what was imported in this function, which only these calls can resolve.
    for function in (take, now):
        function.__annotations__["request"] = Request
        function.__annotations__["return"] = Response
    app.add_api_route("/v1/events", take, methods=["POST"])
    app.add_api_route("/v1/variant", variant, methods=["GET"])
    app.add_api_route("/v1/live", now, methods=["GET"])
    return app


async def _importing(warehouse: Warehouse, inbox: Inbox, every: float) -> None:
    """Import again and again; what fails stays in the inbox and is tried with the next."""
    while True:
        await asyncio.sleep(every)
        try:
            inbox.rotate()
            await asyncio.to_thread(import_inbox, warehouse, pid=os.getpid())
        except RushlightError as error:
            import sys

            sys.stderr.write(f"Import is put off: {error}\n")


def _parse(body: bytes) -> list[Any]:
    """Events of a request body."""
    text = body.decode("utf-8").strip()
    if not text:
        raise ValueError("it is empty")
    try:
        whole = json.loads(text)
        rows = whole if isinstance(whole, list) else [whole]
    except ValueError:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    if len(rows) > MOST_EVENTS:
        raise ValueError(f"it holds more than {MOST_EVENTS:,}")
    return rows


def _sort(rows: list[Any], names: _Names) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Accepted events with pseudonyms and the collector's time, refused ones with reasons, how many lack consent."""
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    good: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    without = 0
    for index, row in enumerate(rows):
        problem = problem_of(row)
        if problem:
            refused.append({"index": index, "reason": problem})
        elif "measure" not in str(row.get("consent") or "").split():
            without += 1
        else:
            known = {name: value for name, value in row.items() if name in _NAMES and value is not None}
            good.append({**known, "viewer": names.of(str(row["viewer"])), "ts_server": stamp})
    return good, refused, without


def serve(warehouse: Warehouse, *, host: str, port: int, import_seconds: float, origins: tuple[str, ...]) -> None:
    """Run the collector until it is stopped. Nothing about viewers is logged."""
    import uvicorn

    app = collector_app(warehouse, import_seconds=import_seconds, origins=origins)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)
