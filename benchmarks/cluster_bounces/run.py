"""Groups among visits that ended at once, in simulated worlds (always called simulated) whose groups are known.

**Worlds.** 5,000 visits each over device, origin, category, time of day and days of the week; in every second world
device and category go together for everybody. Some 6 % of visits end at once wherever they come from. In worlds with
groups, one to three, as many visits again that ended at once come from groups: each label is the group's own with
probability 0.8, else anybody's. Worlds without groups: nothing matters (`none`), or one device ends at once three times
as often (`one trait`), which is one group at most. These worlds are mixtures, which is what our model takes them for;
in `2 by rule` it is wrong: visits with at least three of four labels of one of two groups end at once with probability
0.6, all others rarely. Twelve worlds of each kind.

**Peers**, on the same visits that ended at once, labels as columns of 0 and 1: scikit-learn's K-means with k = 3,
K-means with the k of the best silhouette, and this project's own `find_clusters` (K-means that must prove itself),
which `segment_viewers` uses.

**Scores.** Right number of groups (none among them), and the adjusted Rand index of who is where, visits of no group
being a group of their own.

Run: `python benchmarks/cluster_bounces/run.py`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from results import write_results
from rushlight.artifacts.source import Document
from rushlight.audience.behaviour.leaving import visits_of
from rushlight.audience.cluster_bounces import cluster_bounces
from rushlight.audience.predicting.tables import TableForm, read_table
from rushlight.audience.statistics.clusters import find_clusters, standardised
from rushlight.audience.statistics.excess import find_excess
from rushlight.core.artifact import FileRef

DEVICES, SOURCES = ("tv", "mobile", "desktop"), ("search", "home", "share")
KINDS, HOURS, LEVELS = ("drama", "news", "comedy", "sport"), (3, 8, 14, 20), (3, 3, 4, 4, 2)
WORLDS, VISITS, BACKGROUND, KEEP = 12, 5_000, 0.06, 0.8


def anybody(rng: np.random.Generator, count: int, tied: bool) -> np.ndarray:
    """Labels of visits."""
    rows = np.stack([rng.integers(level, size=count) for level in LEVELS], axis=1)
    rows[:, 4] = rng.random(count) < 2 / 7
    if tied:
        rows[:, 2] = np.where(rng.random(count) < 0.5, rows[:, 0], rows[:, 2])
    return rows


def world(kind: str, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, which visits ended at once, and the group each of those belongs to, 0 for none."""
    rng, tied = np.random.default_rng([20261125, number, len(kind)]), bool(number % 2)
    rows = anybody(rng, VISITS, tied)
    lifted = np.where((rows[:, 0] == 1) & (kind == "one trait"), 3.0, 1.0)
    out = rng.random(VISITS) < BACKGROUND * lifted
    truth = np.zeros(VISITS, np.int64)
    count = int(kind[0]) if kind[0].isdigit() else 0
    centres: list[np.ndarray] = []
    while len(centres) < count:
        centre = np.array([rng.integers(level) for level in LEVELS])
        if all((centre[:4] != other[:4]).sum() >= 3 for other in centres):
            centres.append(centre)
    for group, centre in enumerate(centres, 1):
        if kind == "2 by rule":
            alike = (rows[:, :4] == centre[:4]).sum(axis=1) >= 3
            out = out | (alike & (rng.random(VISITS) < 0.6))
            truth = np.where(alike, group, truth)
            continue
        size = int(out[:VISITS].sum() / count)
        more = anybody(rng, size, tied)
        more = np.where(rng.random(more.shape) < KEEP, centre, more)
        rows, out = np.concatenate([rows, more]), np.concatenate([out, np.ones(size, bool)])
        truth = np.concatenate([truth, np.full(size, group)])
    return rows, out, truth


def as_table(rows: np.ndarray, out: np.ndarray, seed: int) -> str:
    """The same as a person's table."""
    rng = np.random.default_rng(seed)
    lines = ["viewer,title_id,started_at,watch_seconds,duration_seconds,device,traffic_source,category"]
    for (device, source, kind, hour, weekend), left in zip(rows.tolist(), out.tolist(), strict=True):
        day = int(rng.integers(5, 7)) if weekend else int(rng.integers(5))
        # Every visit is of another viewer, so that who comes again tells nothing.
        at = datetime(2026, 3, 2) + timedelta(days=day + 7 * int(rng.integers(8)), hours=HOURS[hour],
                                              seconds=int(rng.integers(3600)))  # fmt: skip
        seconds = rng.uniform(1, 9.5) if left else rng.uniform(12, 290)
        lines.append(
            f"u{len(lines)},t{kind},{at.isoformat()},{seconds:.2f},300,{DEVICES[device]},{SOURCES[source]},{KINDS[kind]}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the worlds and write the results."""
    right: dict[str, dict[str, list[bool]]] = {}
    rand: dict[str, list[float]] = {}
    taken = []
    kinds = ("none", "one trait", "1 group", "2 groups", "3 groups", "2 by rule")
    for kind in kinds:
        for number in range(WORLDS):
            rows, out, truth = world(kind, number)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "views.csv"
                path.write_text(as_table(rows, out, number), encoding="utf-8")
                begun = time.perf_counter()
                whole = cluster_bounces(Document(file=FileRef.of(path)))
                taken.append(time.perf_counter() - begun)
                read = read_table(path, TableForm("watched"))
            visits = visits_of(read, 10.0, [])
            every = np.stack(visits.numbers, axis=1)
            levels = [len(values) for values in visits.values]
            labels = find_excess(every[visits.bounced], every, levels, most=6, seed=0).labels
            columns = np.concatenate([np.eye(level)[rows[out, place]] for place, level in enumerate(LEVELS)], axis=1)
            fits = {k: KMeans(k, n_init=8, random_state=0).fit_predict(columns) for k in range(2, 7)}
            best = max(fits, key=lambda k: silhouette_score(columns, fits[k], sample_size=600, random_state=0))
            proved = find_clusters(standardised(columns), most=6)
            found = {
                "Rushlight": (len(whole.groups), labels),
                "K-means, k = 3": (3, fits[3]),
                "K-means, best silhouette": (best, fits[best]),
                "K-means that must prove itself": (proved.k if proved.k > 1 else 0, proved.labels),
            }
            true = int(truth.max())
            for name, (k, own) in found.items():
                is_right = k <= 1 if kind == "one trait" else k == true
                right.setdefault(name, {}).setdefault(kind, []).append(is_right)
                if true:
                    rand.setdefault(name, []).append(adjusted_rand_score(truth[out], own))
            print(kind, number, {name: k for name, (k, _) in found.items()}, flush=True)
    table = [["method", *(f"right: {kind}" for kind in kinds), "mean adjusted Rand index"]]
    for name, of_kind in right.items():
        table.append([name, *(f"{np.mean(of_kind[kind]):.0%}" for kind in kinds), f"{np.mean(rand[name]):.3f}"])
    notes = [
        f"{WORLDS} simulated worlds of each kind. Labels are the group's own with probability {KEEP} only, so that no "
        "method can tell all visits apart.",
        f"From the table to the groups: {np.median(taken):.2f} s, the median.",
    ]
    write_results(__file__, __doc__.split("Run:")[0], table, notes)


if __name__ == "__main__":
    main()
