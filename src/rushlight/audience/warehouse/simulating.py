"""Simulated audiences: events with a known truth, for tests, benchmarks and trying things out. Always called simulated.

A viewer starts, leaves each second with the hazard of that second, and now and then seeks, pauses or comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SimulatedGroup", "SimulatedTitle", "simulate_events", "simulate_population", "write_events"]

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


@dataclass(frozen=True)
class SimulatedGroup:
    """Viewers of one kind.

    Attributes:
        share: of all viewers.
        views: mean number of views of a viewer.
        finishing: probability of playing a title to its end; otherwise a random part of it is played.
        hour: around which they watch, UTC; their views spread over some three hours.
        weekend: probability that a view is on a Saturday or Sunday.
        categories: how much they like each category; weights.
        repeating: probability that a view is of a title they had already.
    """

    share: float
    views: float = 20.0
    finishing: float = 0.5
    hour: float = 18.0
    weekend: float = 2 / 7
    categories: tuple[float, ...] = (1.0, 1.0, 1.0)
    repeating: float = 0.1


def simulate_population(
    groups: Sequence[SimulatedGroup], *, viewers: int, seed: int, titles: int = 30, spread: float = 0.15
) -> tuple[list[dict[str, Any]], dict[str, int], dict[str, str]]:
    """Views of viewers of several kinds, each differing somewhat from the others of their kind.

    Args:
        groups: the kinds.
        viewers: how many in all.
        seed: same seed, same events.
        titles: how many titles there are, spread evenly over the categories.
        spread: how much viewers of one kind differ: deviation of the log-odds and logarithms of what a kind states.

    Returns:
        Events; the kind of each viewer; the category of each title.
    """
    rng = np.random.default_rng(seed)
    count = len(groups[0].categories)
    categories = {f"title-{index}": f"kind {index % count}" for index in range(titles)}
    of_kind = [[name for index, name in enumerate(categories) if index % count == kind] for kind in range(count)]
    shares = np.array([group.share for group in groups])
    kinds = rng.choice(len(groups), viewers, p=shares / shares.sum())
    rows: list[dict[str, Any]] = []
    for viewer, kind in enumerate(kinds):
        group, name = groups[kind], f"viewer-{viewer}"
        finishing, weekend, repeating = (
            _nudged(value, spread * 3, rng) for value in (group.finishing, group.weekend, group.repeating)
        )
        hour = group.hour + rng.normal(0, spread * 4)
        weights = np.array(group.categories) * np.exp(rng.normal(0, spread * 2, count))
        seen: list[str] = []
        for number in range(int(rng.poisson(group.views * np.exp(rng.normal(0, spread))))):
            kind_of = int(rng.choice(count, p=weights / weights.sum()))
            again = bool(seen) and rng.random() < repeating
            title = seen[int(rng.integers(len(seen)))] if again else str(rng.choice(of_kind[kind_of]))
            seen.append(title)
            day = int(rng.choice((2, 3)) if rng.random() < weekend else rng.choice((0, 1, 4, 5, 6)))
            begin = _START + timedelta(
                days=day + 7 * int(rng.integers(4)), hours=float((hour + rng.normal(0, 1.5)) % 24)
            )
            whole = 300.0
            until = whole if rng.random() < finishing else float(rng.uniform(2, whole - 1))
            base = {"viewer": name, "title_id": title, "view_id": f"{name}-{number}", "consent": "measure",
                    "duration_seconds": whole}  # fmt: skip
            key = f"{name}-{number}"
            rows.append(_row(base, f"{key}-0", "play", begin, current_time_seconds=0.0))
            rows.append(
                _row(base, f"{key}-1", "end" if until >= whole else "pause", begin + timedelta(seconds=until),
                     current_time_seconds=until)
            )  # fmt: skip
    return rows, {f"viewer-{viewer}": int(kind) for viewer, kind in enumerate(kinds)}, categories


def _nudged(share: float, spread: float, rng: np.random.Generator) -> float:
    """A share moved by a normal amount of log-odds."""
    share = min(max(share, 1e-3), 1 - 1e-3)
    return float(1 / (1 + np.exp(-(np.log(share / (1 - share)) + rng.normal(0, spread)))))


def write_events(rows: list[dict[str, Any]], path: Path) -> Path:
    """Rows as a JSONL file."""
    import json

    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path
