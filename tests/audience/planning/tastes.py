"""A small audience with known tastes: sea or city, evening or morning, and who agreed to what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

__all__ = ["THEMES", "TITLES", "rows_of_tastes", "titles_table", "view"]

THEMES = ("sea", "city")
TITLES = tuple(f"{theme}-{number}" for number in range(8) for theme in THEMES)
START = datetime(2026, 3, 2)


def view(viewer: str, title: str, at: datetime, seconds: float = 90.0, **more: Any) -> list[dict[str, Any]]:
    """A view of a hundred seconds' title, in two events."""
    base = {
        "viewer": viewer, "title_id": title, "view_id": f"{viewer}-{title}-{at.isoformat()}", "duration_seconds": 100.0,
        "consent": "measure personalise contact", **more,
    }  # fmt: skip
    rows = []
    for number, (event, place) in enumerate((("play", 0.0), ("pause", seconds))):
        stamp = f"{(at + timedelta(seconds=place)).isoformat(timespec='milliseconds')}Z"
        rows.append({**base, "event_id": f"{base['view_id']}-{number}", "event": event, "ts_client": stamp,
                     "ts_server": stamp, "current_time_seconds": place})  # fmt: skip
    return rows


def rows_of_tastes(viewers: int = 240, seed: int = 1) -> list[dict[str, Any]]:
    """Viewers of even numbers like the sea and watch at nine in the evening, the others the city, at seven in the
    morning; every tenth did not agree to be written to. A title comes out every day."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for viewer in range(viewers):
        likes, hour = THEMES[viewer % 2], (21, 7)[viewer % 2]
        consent = "measure personalise" if viewer % 10 == 9 else "measure personalise contact"
        for number, title in enumerate(TITLES):
            if rng.random() < (0.6 if title.startswith(likes) else 0.08):
                at = START + timedelta(days=number, hours=hour, minutes=int(rng.integers(40)))
                rows += view(f"viewer-{viewer}", title, at, consent=consent)
    return rows


def titles_table() -> str:
    """What is known of the titles, as a table."""
    lines = [f"{title},Film {title},{title.partition('-')[0]}" for title in TITLES]
    return "title_id,name,category\n" + "\n".join(lines) + "\n"
