"""Events written by hand, for tests that know what must come out."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

START = datetime(2026, 10, 1, 12)


def event(
    key: object, name: str, second: float, place: float | None = None, *, viewer: str = "ann", view: str | None = "one",
    title: str = "harbour", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """One event, `second` seconds after noon."""
    stamp = f"{(START + timedelta(seconds=second)).isoformat(timespec='milliseconds')}Z"
    return {
        "event_id": sha256(f"{title}-{viewer}-{view}-{key}".encode()).hexdigest()[:16], "event": name,
        "ts_client": stamp, "ts_server": stamp, "viewer": viewer,
        "view_id": view, "title_id": title, "cut_id": "cut-1", "consent": "measure", "current_time_seconds": place,
        "duration_seconds": 100.0, "playback_rate": 1.0, "device": "tv", **more,
    }  # fmt: skip


def played(viewer: str, *parts: tuple[float, float], begin: float = 0.0, **more: Any) -> list[dict[str, Any]]:
    """A view that plays these parts of the title, seeking from one to the next, with a heartbeat every five seconds."""
    rows, clock = [], begin

    def add(name: str, place: float) -> None:
        rows.append(event(len(rows), name, clock, place, viewer=viewer, **more))

    for number, (start, end) in enumerate(parts):
        if number:
            add("seek_start", parts[number - 1][1])
            add("seek_end", start)
        else:
            add("play", start)
        place = start
        while place + 5 < end:
            place, clock = place + 5, clock + 5
            add("ping", place)
        clock += end - place
    add("end" if parts[-1][1] >= 100 else "pause", parts[-1][1])
    return rows
