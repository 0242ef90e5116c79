"""Segments of simulated audiences whose groups are known.

Fifty worlds: two to five kinds of viewers, 600 viewers each, with their own hours, days, categories, habit of finishing
and of coming back, drawn at random and at least somewhat apart; no kind is smaller than a tenth. Viewers of one kind
differ among themselves. Another twenty worlds hold one kind only. Everything goes the whole way: events into a
warehouse, playback, ways of viewers, groups.

Peer, on the same numbers: scikit-learn's K-means with a fixed k of 4, and K-means with the k of the best silhouette.

Run: `python benchmarks/segment_viewers/run.py [WORLDS]`.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from results import write_results
from rushlight.audience.behaviour.viewers import ways_of_viewers
from rushlight.audience.segment_viewers import segment_viewers
from rushlight.audience.statistics.clusters import standardised
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.people import pseudonym
from rushlight.audience.warehouse.simulating import SimulatedGroup, simulate_population, write_events
from rushlight.audience.warehouse.titles import import_titles
from rushlight.audience.warehouse.warehouse import Warehouse

VIEWERS = 600


def kinds(rng: np.random.Generator, count: int) -> list[SimulatedGroup]:
    """Kinds of viewers, drawn until any two are apart in at least two of five ways."""
    while True:
        shares = rng.dirichlet(np.full(count, 5.0))
        made = [
            SimulatedGroup(
                share=float(share), views=float(rng.choice((12, 20, 35))), finishing=float(rng.uniform(0.15, 0.9)),
                hour=float(rng.choice((8, 14, 20, 2))), weekend=float(rng.choice((0.15, 0.3, 0.75))),
                categories=tuple(float(w) for w in rng.choice((1.0, 2.0, 6.0), 3)),
                repeating=float(rng.choice((0.05, 0.4))),
            )
            for share in shares
        ]  # fmt: skip
        if shares.min() >= 0.1 and all(_apart(a, b) >= 2 for i, a in enumerate(made) for b in made[:i]):
            return made


def _apart(a: SimulatedGroup, b: SimulatedGroup) -> int:
    first, second = (np.array(one.categories) / sum(one.categories) for one in (a, b))
    return sum((
        a.hour != b.hour, abs(a.finishing - b.finishing) > 0.35, abs(a.weekend - b.weekend) > 0.3,
        bool(np.abs(first - second).max() > 0.3), a.repeating != b.repeating,
    ))  # fmt: skip


def world(groups: list[SimulatedGroup], seed: int, folder: Path) -> tuple[int, float, dict[str, tuple[int, float]]]:
    """Groups found and agreement with the truth, ours and the peers'."""
    rows, truth, categories = simulate_population(groups, viewers=VIEWERS, seed=seed)
    warehouse = Warehouse.create(folder / "audience", buckets=2)
    import_events(warehouse, [write_events(rows, folder / "events.jsonl")])
    table = folder / "titles.csv"
    table.write_text("title_id,category\n" + "\n".join(f"{title},{kind}" for title, kind in categories.items()))
    import_titles(warehouse, table)
    found = segment_viewers(warehouse.events())
    with open_engine() as engine:
        ways = ways_of_viewers(warehouse, engine, 5)
    known = {pseudonym(warehouse, viewer): kind for viewer, kind in truth.items()}
    true = [known[viewer] for viewer in ways.viewers]
    ours = [0] * len(true)
    if found.members is not None:
        with found.members.path.open(newline="") as file:
            members = {row["viewer"]: row["segment"] for row in csv.DictReader(file)}
        ours = [members.get(viewer, "") for viewer in ways.viewers]
    points = standardised(ways.scaled)
    fits = {k: KMeans(k, n_init=8, random_state=0).fit_predict(points) for k in range(2, 9)}
    best = max(fits, key=lambda k: silhouette_score(points, fits[k]))
    peers = {
        "K-means, k = 4": (4, adjusted_rand_score(true, fits[4])),
        "K-means, best silhouette": (best, adjusted_rand_score(true, fits[best])),
    }
    return max(len(found.segments), 1), adjusted_rand_score(true, ours), peers


def main() -> None:
    """Run the worlds and write the results."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    # Not the worlds that the method was made with, which were those of seed 0.
    rng = np.random.default_rng(20261125)
    right: dict[str, list[bool]] = {}
    rand: dict[str, list[float]] = {}
    none: dict[str, list[bool]] = {}
    for number in range(worlds + worlds * 2 // 5):
        count = 2 + number % 4 if number < worlds else 1
        groups = kinds(rng, count) if count > 1 else [kinds(rng, 2)[0]]
        with tempfile.TemporaryDirectory() as folder:
            k, agreement, peers = world(groups, 1000 + number, Path(folder))
        for name, (k_found, score) in {"Rushlight": (k, agreement), **peers}.items():
            (right if count > 1 else none).setdefault(name, []).append(k_found == count)
            if count > 1:
                rand.setdefault(name, []).append(score)
        print(number, count, k, round(agreement, 3), peers, flush=True)
    rows = [
        ["method", "right k", "mean adjusted Rand index", "worst tenth below", "one kind: says none"],
        *(
            [
                name, f"{np.mean(right[name]):.0%}", f"{np.mean(rand[name]):.3f}",
                f"{np.quantile(rand[name], 0.1):.3f}", f"{np.mean(none[name]):.0%}",
            ]
            for name in right
        ),
    ]  # fmt: skip
    write_results(
        __file__,
        __doc__.split("Run:")[0],
        rows,
        [
            f"{worlds} simulated worlds of several kinds, {worlds * 2 // 5} of one. Targets: adjusted Rand index at "
            "least 0.8, the right k in at least 80 % of worlds, no segments where there is one kind."
        ],
    )


if __name__ == "__main__":
    main()
