"""Error of retention curves that are published under differential privacy.

Simulated titles of 600 s with 1,000, 10,000 and 100,000 viewers are published as curves of 100 points at ε = 0.5, 1 and
2 (whole path: warehouse, counting, OpenDP's noise, division by a noisy count), and compared with the true curve of the
same warehouse. The figure is the mean absolute error over all points of several releases.

Run: `python benchmarks/publish_retention/run.py`
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from results import write_results
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.publishing import publish_retention
from rushlight.audience.warehouse.warehouse import Warehouse

SECONDS, POINTS, RELEASES = 600, 100, 10


def watched(folder: Path, viewers: int, seed: int) -> tuple[Warehouse, np.ndarray]:
    """A warehouse of one view a viewer, and the true share that plays the middle of each point."""
    rng = np.random.default_rng(seed)
    left = np.minimum(rng.exponential(250, viewers), SECONDS)
    path = folder / "events.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for viewer, until in enumerate(left):
            base = {
                "viewer": f"u{viewer}",
                "view_id": "one",
                "title_id": "film",
                "consent": "measure",
                "duration_seconds": SECONDS,
            }
            for number, place in enumerate((0.0, float(until))):
                minute, second = divmod(int(place), 60)
                stamp = f"2026-10-01T12:{minute:02}:{second:02}.{int(place % 1 * 1e6):06d}Z"
                row = {**base, "event_id": f"{viewer}-{number}", "event": "pause" if number else "play",
                       "ts_client": stamp,                       "current_time_seconds": round(place, 3)}  # fmt: skip
                file.write(json.dumps(row) + "\n")
    warehouse = Warehouse.create(folder / "audience", buckets=8)
    import_events(warehouse, [path])
    middle = (np.arange(POINTS) + 0.5) * SECONDS / POINTS
    return warehouse, (left[None, :] > middle[:, None]).mean(axis=1)


def main() -> None:
    rows = [["viewers", "ε", "mean absolute error", "said beforehand", "target"]]
    for viewers in (1_000, 10_000, 100_000):
        with tempfile.TemporaryDirectory() as name:
            warehouse, truth = watched(Path(name), viewers, viewers)
            for epsilon in (0.5, 1.0, 2.0):
                made = [
                    publish_retention(warehouse, "film", epsilon=epsilon, points=POINTS, budget=1e9)
                    for _ in range(RELEASES)
                ]
                error = float(np.mean([np.abs(np.array(one.watching) - truth).mean() for one in made]))
                target = "≤ 0.02" if (viewers, epsilon) == (10_000, 1.0) else ""
                rows.append([f"{viewers:,}", f"{epsilon:g}", f"{error:.4f}", f"{made[0].error:.4f}", target])
    write_results(
        __file__, __doc__.split("Run:")[0], rows, [f"{RELEASES} releases of each; the noise itself takes no seed."]
    )


if __name__ == "__main__":
    main()
