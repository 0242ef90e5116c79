"""Effects of shots on leaving: twenty pooled films with a known truth, and one film alone.

Each world has twenty films of 300 to 600 s whose shots (gamma, 4.8 s on average) have three random properties;
viewers leave with a hazard that falls after the start, wavers over minutes, rises at the very end, differs from film to
film, and is multiplied by exp(0.4 a − 0.3 b + 0.15 c). 25,000 viewers start each film: 500,000 in all. Views lie in
Parquet as the warehouse stores them, so that the whole of `model_retention` is timed: counting,
the check of identification, the fit.

The peer is lifelines' Cox model with time-varying covariates, stratified by nothing, on a sample of 6,000 views of the
same worlds in the same run, for it takes one row for every shot of every view.

One film alone, two hundred times: the answer has to be "not identified" for every property.

Run: `python benchmarks/model_retention/run.py [WORLDS]`
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pyarrow as arrow
import pyarrow.parquet as parquet

from results import write_results
from rushlight.artifacts.shot_table import ShotDescription, ShotTable
from rushlight.audience.model_retention import model_retention
from rushlight.audience.warehouse.warehouse import DataFile, Warehouse

BETA = np.array([0.4, -0.3, 0.15])
NAMES = ("subject_motion", "brightness", "arousal")
PEER = Path("/tmp/rushlight-peer-lifelines")
SAMPLE = 300


class Film:
    """One simulated film: its shots and the second in which each viewer leaves, -1 for those who stay."""

    def __init__(self, rng: np.random.Generator, viewers: int):
        self.seconds = int(rng.integers(300, 600))
        ends = np.cumsum(np.maximum(rng.gamma(4, 1.2, 400), 0.5).round(2))
        self.ends = np.append(ends[ends < self.seconds - 1], float(self.seconds))
        self.values = rng.normal(size=(len(self.ends), 3))
        at = np.arange(self.seconds) + 0.5
        shot = np.searchsorted(self.ends, at, side="right")
        level = -6.3 + 1.2 * np.exp(-at / 15) + 0.3 * np.sin(at / 80) + 0.3 * rng.normal()
        rate = np.exp(level + self.values[shot] @ BETA) * np.where(at / self.seconds > 0.95, 2.0, 1.0)
        survival = np.concatenate([[1.0], np.exp(-np.cumsum(rate))])
        drawn = rng.random(viewers)
        left = np.searchsorted(-survival, -drawn) - 1
        self.left = np.where(drawn < survival[-1], -1.0, left + rng.random(viewers))

    def table(self) -> ShotTable:
        """Its shots as `describe_shots` gives them."""
        starts = np.concatenate([[0.0], self.ends[:-1]])
        return ShotTable(rows=tuple(
            ShotDescription(start=Fraction(round(a * 1000), 1000), end=Fraction(round(b * 1000), 1000),
                            **dict(zip(NAMES, map(float, row), strict=True)))
            for a, b, row in zip(starts, self.ends, self.values, strict=True)
        ))  # fmt: skip


def stored(folder: Path, films: list[Film]) -> Warehouse:
    """A warehouse that holds the views of these films."""
    warehouse = Warehouse.create(folder, buckets=1)
    title = np.concatenate([np.full(len(film.left), n) for n, film in enumerate(films)])
    last = np.concatenate([np.where(film.left < 0, film.seconds, film.left) for film in films])
    stays = np.concatenate([film.left < 0 for film in films])
    count = len(title)
    names = np.char.add("v", np.arange(count).astype(str))
    titles = np.char.add("film-", title.astype(str))
    nothing = arrow.nulls(count, arrow.string())
    same = {"view": names, "viewer": names, "title_id": titles, "cut_id": nothing}
    more = dict.fromkeys(("experiment_id", "variant", "policy_id", "device", "tz"), nothing)
    source = np.where(np.arange(count) % 2, "search", "home")
    stamp = arrow.array(np.full(count, np.datetime64("2026-10-01T12:00:00", "us")))
    span = {"start_seconds": np.zeros(count), "end_seconds": last}
    tables = {
        "spans": {**same, **more, "traffic_source": source, **span, "started_at": stamp},
        "views": {**same, **more, "traffic_source": source, "started_at": stamp, "last_at": stamp,
                  "content_seconds": last,
                  "played_seconds": last, "duration_seconds": np.array([film.seconds for film in films], float)[title],
                  "last_seconds": last, "ended": np.where(stays, "end", "exit")},
    }  # fmt: skip
    files = []
    for name, columns in tables.items():
        path = warehouse.folder / f"{name}.parquet"
        parquet.write_table(arrow.table(columns), path)
        files.append(DataFile(table=name, path=path.name, date="2026-10-01", bucket=0, rows=count))
    warehouse.commit(warehouse.manifest().model_copy(update={"files": tuple(files)}))
    return warehouse


def ours(films: list[Film]) -> tuple[np.ndarray, list[str], float]:
    """Effects per unit of each property, their status, and how long it took."""
    with tempfile.TemporaryDirectory() as name:
        warehouse = stored(Path(name), films)
        tables, titles = tuple(film.table() for film in films), tuple(f"film-{n}" for n in range(len(films)))
        events = warehouse.events()
        begun = time.perf_counter()
        found = model_retention(events, tables, titles=titles, properties=NAMES)
        took = time.perf_counter() - begun
    effects = np.array([np.nan if one.log_effect is None else one.log_effect / one.unit for one in found.properties])
    return effects, [one.status for one in found.properties], took


def peer(films: list[Film]) -> tuple[np.ndarray, float]:
    """lifelines' time-varying Cox model on a sample of each film's views."""
    if not PEER.exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PEER), "lifelines"], check=True
        )
    sys.path.append(str(PEER))
    import pandas as pd
    from lifelines import CoxTimeVaryingFitter

    parts = []
    for number, film in enumerate(films):
        starts = np.concatenate([[0.0], film.ends[:-1]])
        for viewer, left in enumerate(film.left[:SAMPLE]):
            end = film.seconds if left < 0 else max(left, 0.01)
            seen = np.flatnonzero(starts < end)
            parts.append(pd.DataFrame({
                "id": number * 1_000_000 + viewer, "start": starts[seen], "stop": np.minimum(film.ends[seen], end),
                "event": (left >= 0) & (film.ends[seen] >= end) & (starts[seen] < end),
                **{name: film.values[seen, place] for place, name in enumerate(NAMES)},
            }))  # fmt: skip
    rows = pd.concat(parts)
    begun = time.perf_counter()
    model = CoxTimeVaryingFitter().fit(rows, id_col="id", event_col="event", start_col="start", stop_col="stop")
    return np.array([model.params_[name] for name in NAMES]), time.perf_counter() - begun


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    errors, peers, times, peer_times = [], [], [], []
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        films = [Film(rng, 25_000) for _ in range(20)]
        effects, status, took = ours(films)
        assert set(status) == {"identified"}, status
        errors.append(np.abs(effects / BETA - 1))
        times.append(took)
        if seed == 0:
            found, peer_took = peer(films)
            peers.append(np.abs(found - BETA))
            peer_times.append(peer_took)
            apart = np.abs(effects - BETA)
    alone = 0
    for seed in range(200):
        _, status, _ = ours([Film(np.random.default_rng(1000 + seed), 400)])
        alone += set(status) == {"not identified"}
    rows = [
        ["what", "rushlight", "lifelines", "target"],
        [f"largest error of an effect over {worlds} worlds of 500,000 views", f"{np.max(errors):.1%}", "", "≤ 10 %"],
        ["mean error of an effect", f"{np.mean(errors):.1%}", "", ""],
        ["absolute errors, first world", ", ".join(f"{value:.3f}" for value in apart),
         ", ".join(f"{value:.3f}" for value in peers[0]) + f" ({SAMPLE * 20:,} views)",
         "lifelines on pooled data: 0.03–0.07"],
        ["seconds, 500,000 views", f"{max(times):.2f} (slowest)",
         f"{peer_times[0]:.1f} for {SAMPLE * 20:,} views", "< 3"],
        ["one film alone says not identified", f"{alone} of 200", "", "200 of 200"],
    ]  # fmt: skip
    write_results(
        __file__, __doc__.split("Run:")[0], rows, ["Worlds are simulated; seeds 0 to 4, one-film worlds 1000 to 1199."]
    )


if __name__ == "__main__":
    main()
