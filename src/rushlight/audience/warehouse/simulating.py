"""Simulated audiences: events with a known truth, for tests, benchmarks and trying things out. Always called simulated.

A viewer starts, leaves each second with the hazard of that second, and now and then seeks, pauses or comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SimulatedTitle", "simulate_events", "write_events"]

_START = datetime(2026, 10, 1)
_DEVICES, _SOURCES = ("mobile", "desktop", "tv"), ("search", "home", "share")


@dataclass(frozen=True)
class SimulatedTitle:
    """A title and how people behave at it.

    Attributes:
        title_id: its id.
        hazard: probability of leaving in each second, float64, one value a second.
        rewatch_at: second that a share of views, `rewatch`, goes back to and plays again for ten seconds.
        skip_from: second at which a share of views, `skip`, jumps twenty seconds ahead.
        variant: the variant it is in, with its experiment.
    """

    title_id: str
    hazard: NDArray[np.float64]
    rewatch: float = 0.0
    rewatch_at: int = 0
    skip: float = 0.0
    skip_from: int = 0
    cut_id: str = "cut-1"
    experiment_id: str = ""
    variant: str = ""


def simulate_events(
    titles: list[SimulatedTitle],
    *,
    viewers: int,
    seed: int,
    ping_seconds: int = 10,
    impressions: float = 1.0,
    views_each: int = 1,
) -> list[dict[str, Any]]:
    """Events of viewers who each see an impression of each title, click, and play it.

    Args:
        titles: what is shown.
        viewers: how many people see each title.
        seed: same seed, same events.
        ping_seconds: a heartbeat every so many seconds.
        impressions: share of viewers that click on the impression and start.
        views_each: times that each who starts plays it.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for title in titles:
        survival = np.concatenate([[1.0], np.cumprod(1 - title.hazard)])
        for viewer in range(viewers):
            begin = _START + timedelta(seconds=int(rng.integers(0, 6 * 86_400)))
            base = {
                "viewer": f"viewer-{viewer}", "title_id": title.title_id, "cut_id": title.cut_id,
                "consent": "measure", "duration_seconds": float(len(title.hazard)), "playback_rate": 1.0,
                "device": _DEVICES[viewer % 3], "traffic_source": _SOURCES[viewer % 2], "tz": "Europe/Berlin",
                **({"experiment_id": title.experiment_id, "variant": title.variant} if title.variant else {}),
            }  # fmt: skip
            name = f"{title.title_id}-{title.variant}-{viewer}"
            rows.append(_row(base, f"{name}-i", "impression", begin - timedelta(seconds=5), position=1))
            if rng.random() >= impressions:
                continue
            rows.append(_row(base, f"{name}-c", "click", begin - timedelta(seconds=2), position=1))
            for number in range(views_each):
                left = int(np.searchsorted(-survival, -rng.random(), side="left")) - 1
                rows += _view(base, f"{name}-{number}", begin + timedelta(days=number), left, title, rng, ping_seconds)
    return rows


def _row(base: dict[str, Any], key: str, event: str, at: datetime, **more: Any) -> dict[str, Any]:
    stamp = f"{at.isoformat(timespec='milliseconds')}Z"
    return {"event_id": key, "event": event, "ts_client": stamp, "ts_server": stamp, **base, **more}


def _view(
    base: dict[str, Any],
    name: str,
    begin: datetime,
    left: int,
    title: SimulatedTitle,
    rng: np.random.Generator,
    ping: int,
) -> list[dict[str, Any]]:
    """One playing, up to the middle of the second in which the viewer leaves."""
    length = len(title.hazard)
    until = float(length) if left >= length else left + 0.5
    parts: list[tuple[float, float]] = [(0, until)]
    if title.rewatch and left >= title.rewatch_at + 10 and rng.random() < title.rewatch:
        at = title.rewatch_at + 10
        parts = [(0, at), (title.rewatch_at, at), (at, until)]
    elif title.skip and left >= title.skip_from + 20 and rng.random() < title.skip:
        parts = [(0, title.skip_from), (title.skip_from + 20, until)]
    rows: list[dict[str, Any]] = []
    clock = begin
    base = {**base, "view_id": name}

    def add(event: str, place: float) -> None:
        rows.append(_row(base, f"{name}-{len(rows)}", event, clock, current_time_seconds=float(place)))

    add("ready", 0)
    for number, (start, end) in enumerate(parts):
        if number:
            add("seek_start", parts[number - 1][1])
            add("seek_end", start)
        else:
            add("play", start)
        place = float(start)
        while place + ping < end:
            place += ping
            clock += timedelta(seconds=ping)
            add("ping", place)
        clock += timedelta(seconds=end - place)
    add("end" if parts[-1][1] >= length else "pause", parts[-1][1])
    return rows


def write_events(rows: list[dict[str, Any]], path: Path) -> Path:
    """Rows as a JSONL file."""
    import json

    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path
