"""Recommenders: ratings, rankings, new viewers and titles, the latest choices, fairness, and how fast it answers.

**Data.** MovieTweetings half A (8,277 users, 50,697 ratings from 0 to 10; titles and genres) where the fixtures are,
and every file given with `--data`, in a format of MovieLens; `--titles` gives a CSV of title_id, name, category.

**Ratings.** Five folds, seed 0; RMSE over all held-out ratings, predictions within the scale. Peers: Surprise's SVD,
SVD++ and KNNBaseline (between users up to 3,000 of them, else between items) and LensKit's BiasedMF, with their own
settings. Seconds are of fitting alone, the mean of the folds, on one thread each.

**Rankings.** Every rating is a choice. A quarter of each user's choices, rounded down, is held back, for seeds 0, 1,
2; NDCG@10 over the whole catalogue, what a user has left out. Peers: implicit's ALS, BPR and BM25, LensKit's EASE and
SLIM; each tuned on a quarter held back inside the training part of seed 0 by the same measure over the grids below.
Ours tunes itself inside `fit`, and that is timed. `±` is the standard error of the paired difference to the best peer
over users of all seeds.

**Cold users**: a fifth of the users with ten choices or more is kept out of fitting; each is then known by three of
their choices only. **Cold titles**: a tenth of the titles is kept out; the lists are of those alone, for the users
who chose any. **Time**: the last fifth of all choices by time is held back. Peers there: popularity and EASE (ours,
by the closed form, its λ tuned as above).

**Fairness**: groups of titles; lists are reordered until the least shown group has 0.8 of the most shown one's
exposure for its share of choices; bonuses are found on half of the users, figures are of the other half, bounds by
bootstrap over users.

**Speed**: one new viewer with 50 choices among 10,000 titles: fold-in with scores, and the ten best; median of 50.

Run: `python benchmarks/recommend/run.py [--data FILE …] [--titles CSV …]`
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from scipy import sparse

from results import write_results
from rushlight.audience.recommending.biased_factors import BiasedFactors
from rushlight.audience.recommending.blend import Blend
from rushlight.audience.recommending.explaining import explain
from rushlight.audience.recommending.factors import ImplicitFactors
from rushlight.audience.recommending.fairness import fair_lists, grouped
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.linear import Ease, ItemNeighbours, Popularity, Slim
from rushlight.audience.recommending.measures import held_out_ndcg, ndcg
from rushlight.audience.recommending.neural import NeuralFactors
from rushlight.audience.recommending.recommender import best

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[2] / ".." / "shared" / "fixtures"))
MEASURED = Path(__file__).with_name("measured.json")
PACKAGES = {"surprise": ["scikit-surprise"], "implicit": ["implicit", "threadpoolctl", "tqdm"], "lenskit": [
    "lenskit", "lazy-loader", "threadpoolctl", "structlog", "pyzmq", "py-cpuinfo", "pydantic-settings", "humanize",
    "prettytable", "xopen", "backports.zstd", "deepmerge", "more-itertools", "wcwidth", "python-dotenv", "requests",
    "urllib3", "certifi", "idna", "charset-normalizer", "pandas<3", "python-dateutil", "pytz", "tzdata",
    "six"]}  # fmt: skip
FOLDERS = {"surprise": "scikit-surprise", "implicit": "implicit", "lenskit": "lenskit"}
RATERS = {"SVD": "surprise", "SVD++": "surprise", "KNNBaseline": "surprise", "BiasedMF": "lenskit"}
GRIDS = {
    "EASE": {"reg": (100.0, 300.0, 600.0, 1000.0)},
    "SLIM": {"l1": (1.0, 5.0, 15.0), "l2": (30.0, 200.0), "nbrs": (0,)},
    "implicit ALS": {"factors": (16, 32, 64), "reg": (10.0, 20.0, 30.0), "alpha": (1.0,)},
    "BPR": {"factors": (32, 64), "reg": (0.01, 0.1), "rate": (0.05,)},
    "BM25": {"K": (50, 200, 800)},
}
RANKERS = {"EASE": "lenskit", "SLIM": "lenskit", "implicit ALS": "implicit", "BPR": "implicit", "BM25": "implicit"}
Rows = list[list[str]]


class Data:
    """A file of ratings: pairs, values, times, and what is known of the titles."""

    def __init__(self, name: str, path: Path, facts: dict[str, dict[str, str]]):
        self.name, self.facts = name, facts
        text = path.read_text(encoding="utf-8", errors="replace").splitlines()
        mark = "::" if "::" in text[0] else "\t" if "\t" in text[0] else ","
        rows = [line.split(mark) for line in text if line]
        rows = rows[1:] if not rows[0][2].replace(".", "").isdigit() else rows
        self.users, self.items = [row[0] for row in rows], [row[1] for row in rows]
        self.ratings = np.array([float(row[2]) for row in rows])
        self.times = np.array([float(row[3]) if len(row) > 3 else 0.0 for row in rows])
        self.whole = Interactions.of(self.users, self.items, self.ratings, facts=facts)
        self.row = {one: place for place, one in enumerate(self.whole.viewers)}
        self.column = {one: place for place, one in enumerate(self.whole.titles)}

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of every rating."""
        return np.array([self.row[one] for one in self.users]), np.array([self.column[one] for one in self.items])


def ask(peer: str, package: str, given: dict[str, object]) -> tuple[np.ndarray, float] | None:
    """What a peer answers, in a process of its own; None where it cannot be had."""
    folder = Path(f"/tmp/rushlight-peer-{FOLDERS[package]}")
    if not (folder / package).exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
        if subprocess.run([*pip, *PACKAGES[package]], check=False).returncode:
            print(f"{peer}: absent, {package} could not be installed")
            return None
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "in.npz", Path(name) / "out.npz"
        np.savez(source, **given)
        program = str(Path(__file__).with_name("peers.py"))
        ran = subprocess.run(
            [sys.executable, program, peer, str(source), str(target)], check=False, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )  # fmt: skip
        if ran.returncode:
            print(f"{peer}: failed\n{ran.stderr[-800:]}")
            return None
        found = np.load(target)
        return found["answer"], float(found["seconds"])


def rating_rows(data: Data) -> Rows:
    rows, columns = data.places()
    order = np.random.default_rng(0).permutation(len(rows))
    errors: dict[str, list[np.ndarray]] = {}
    seconds: dict[str, list[float]] = {}
    for fold in np.array_split(order, 5):
        train = np.setdiff1d(order, fold)
        shape = data.whole.chosen.shape
        kept = sparse.csr_matrix((data.ratings[train], (rows[train], columns[train])), shape)
        learn = replace(data.whole, ratings=kept)
        begun = time.perf_counter()
        model = BiasedFactors().fit(learn)
        answers = {"ours": (model.predict(kept, rows[fold], columns[fold]), time.perf_counter() - begun)}
        given = {"rows": rows[train], "columns": columns[train], "values": data.ratings[train], "shape": shape,
                 "ask_rows": rows[fold], "ask_columns": columns[fold]}  # fmt: skip
        answers |= {peer: found for peer, package in RATERS.items() if (found := ask(peer, package, given))}
        for name, (guess, took) in answers.items():
            errors.setdefault(name, []).append((guess - data.ratings[fold]) ** 2)
            seconds.setdefault(name, []).append(took)
    rmse = {name: float(np.sqrt(np.concatenate(parts).mean())) for name, parts in errors.items()}
    peers = sorted((value, name) for name, value in rmse.items() if name != "ours")
    said = ", ".join(f"{name} {value:.4f} ({np.mean(seconds[name]):.2f} s)" for value, name in peers)
    best_seconds = np.mean(seconds[peers[0][1]]) if peers else float("nan")
    return [
        [f"{data.name}: RMSE of ratings", f"{rmse['ours']:.4f}", said, "≤ the best peer"],
        [f"{data.name}: seconds to fit, to the best peer's", f"{np.mean(seconds['ours']):.2f} s "
         f"({np.mean(seconds['ours']) / best_seconds:.2f} ×)", f"{best_seconds:.2f} s", "≤ 1.5 ×"],
    ]  # fmt: skip


def given_of(part: Interactions, setting: dict[str, float]) -> dict[str, object]:
    entries = part.chosen.tocoo()
    return {"rows": entries.row, "columns": entries.col, "values": np.ones(entries.nnz), "shape": part.chosen.shape,
            "setting": json.dumps(setting)}  # fmt: skip


def tuned(peer: str, train: Interactions) -> dict[str, float]:
    """The setting of a peer's grid with the best NDCG on a quarter held back of the training part."""
    left, held = train.split(0.25, 100, least=4)
    found = []
    for values in product(*GRIDS[peer].values()):
        setting = dict(zip(GRIDS[peer], values, strict=True))
        answer = ask(peer, RANKERS[peer], given_of(left, setting))
        if answer:
            found.append((float(np.nanmean(ndcg(answer[0], held))), setting))
    return max(found, key=lambda one: one[0])[1] if found else {}


def said_of(setting: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in setting.items())


def ranking_rows(data: Data) -> Rows:
    worth: dict[str, list[np.ndarray]] = {}
    seconds: dict[str, list[float]] = {}
    settings: dict[str, dict[str, float]] = {}
    for seed in range(3):
        train, held = data.whole.split(0.25, seed, least=4)
        known = np.diff(held.indptr) > 0
        own = [
            Blend(),
            Popularity(),
            *([Slim(), ImplicitFactors(), ItemNeighbours(), NeuralFactors()] if seed == 0 else []),
        ]
        for model in own:
            begun = time.perf_counter()
            model.fit(train)
            seconds.setdefault(model.name, []).append(time.perf_counter() - begun)
            worth.setdefault(model.name, []).append(held_out_ndcg(model, train.chosen, held))
        for peer, package in RANKERS.items():
            if peer not in settings:
                settings[peer] = tuned(peer, train)
            answer = ask(peer, package, given_of(train, settings[peer])) if settings[peer] else None
            if answer:
                seconds.setdefault(peer, []).append(answer[1])
                worth.setdefault(peer, []).append(ndcg(answer[0], held)[known])
        print(data.name, seed, {name: round(float(parts[-1].mean()), 4) for name, parts in worth.items()}, flush=True)
    means = {name: [float(part.mean()) for part in parts] for name, parts in worth.items()}
    peers = sorted(((np.mean(means[name]), name) for name in RANKERS if name in means), reverse=True)
    said = ", ".join(
        f"{name} {value:.4f} ({np.mean(seconds[name]):.1f} s; {said_of(settings[name])})" for value, name in peers
    )
    top = peers[0][1]
    difference = np.concatenate(worth["blend"]) - np.concatenate(worth[top])
    apart = difference.std() / np.sqrt(len(difference))
    others = ", ".join(f"{name} {means[name][0]:.4f}" for name in ("slim", "implicit-als", "item-neighbours", "neural"))
    each = ", ".join(f"{a - b:+.4f}" for a, b in zip(means["blend"], means[top], strict=True))
    return [
        [f"{data.name}: NDCG@10", f"{np.mean(means['blend']):.4f}", said, "above every peer"],
        [f"{data.name}: above the best peer, seed by seed",
         f"{each} (mean {difference.mean():+.4f} ± {apart:.4f})", top,
         "> 0 beyond noise"],
        [f"{data.name}: popularity; our other models, seed 0", f"{np.mean(means['popularity']):.4f}; {others}", "", ""],
        [f"{data.name}: seconds to fit, its own tuning in it", f"{np.mean(seconds['blend']):.2f}", "",
         "≤ 2 at 100,000 ratings"],
    ]  # fmt: skip


def ease_for(train: Interactions) -> Ease:
    left, held = train.split(0.25, 100, least=4)
    found = [(held_out_ndcg(Ease(reg).fit(left), left.chosen, held).mean(), reg) for reg in GRIDS["EASE"]["reg"]]
    return Ease(max(found)[1])


def compared(
    name: str,
    train: Interactions,
    histories: sparse.csr_matrix,
    held: sparse.csr_matrix,
    only: np.ndarray | None = None,
) -> Rows:
    """Ours, popularity and EASE on the same question; with `only`, lists are of those titles alone."""
    worth = {}
    for model in (Blend(), Popularity(), ease_for(train)):
        model.fit(train)
        if only is None:
            worth[model.name] = held_out_ndcg(model, histories, held)
        else:
            rows = np.flatnonzero(np.diff(held.indptr))
            scores = np.full((len(rows), held.shape[1]), -np.inf)
            scores[:, only] = model.scores(histories[rows])[:, only]
            worth[model.name] = ndcg(best(scores, histories[rows], 10)[0], held[rows])
    others = max(("popularity", "ease"), key=lambda one: worth[one].mean())
    difference = worth["blend"] - worth[others]
    error = difference.std() / np.sqrt(len(difference))
    return [[
        f"{name} ({len(difference):,} users)", f"{worth['blend'].mean():.4f}",
        f"popularity {worth['popularity'].mean():.4f}, EASE {worth['ease'].mean():.4f}",
        f"above both ({difference.mean():+.4f} ± {error:.4f})",
    ]]  # fmt: skip


def cold_rows(data: Data) -> Rows:
    rng = np.random.default_rng(0)
    whole = data.whole
    many = np.flatnonzero(np.diff(whole.chosen.indptr) >= 10)
    out = np.sort(rng.permutation(many)[: len(many) // 5])
    rest = np.setdiff1d(np.arange(len(whole.viewers)), out)
    known, wanted = sparse.lil_matrix(whole.chosen.shape), sparse.lil_matrix(whole.chosen.shape)
    for row in out:
        titles = rng.permutation(whole.chosen[[row]].indices)
        known[row, titles[:3]], wanted[row, titles[3:]] = 1.0, 1.0
    known, wanted = known.tocsr()[out], wanted.tocsr()[out]
    rows = compared(f"{data.name}: cold users, three choices known", whole.of_viewers(rest), known, wanted)
    if whole.features is not None:
        cold = np.sort(rng.permutation(np.flatnonzero(whole.popularity > 0))[: len(whole.titles) // 10])
        mask = np.ones(len(whole.titles))
        mask[cold] = 0
        warm = sparse.csr_matrix(whole.chosen @ sparse.diags(mask))
        warm.eliminate_zeros()
        gone = sparse.csr_matrix(whole.chosen @ sparse.diags(1 - mask))
        gone.eliminate_zeros()
        gone = sparse.csr_matrix(sparse.diags((np.diff(warm.indptr) > 0).astype(float)) @ gone)
        gone.eliminate_zeros()
        rows += compared(f"{data.name}: cold titles", replace(whole, chosen=warm, ratings=None), warm, gone, cold)
    if np.ptp(data.times) > 0:
        users, items = data.places()
        late = data.times >= np.quantile(data.times, 0.8)
        shape = whole.chosen.shape
        past = sparse.csr_matrix((np.ones((~late).sum()), (users[~late], items[~late])), shape)
        future = sparse.csr_matrix((np.ones(late.sum()), (users[late], items[late])), shape)
        future = sparse.csr_matrix(sparse.diags((np.diff(past.indptr) > 0).astype(float)) @ future)
        future.eliminate_zeros()
        days = sparse.csr_matrix((data.times[~late] / 86_400, (users[~late], items[~late])), shape)
        train = replace(whole, chosen=past, ratings=None, times=days)
        rows += compared(f"{data.name}: the last fifth by time", train, past, future)
    return rows


def fair_rows(data: Data) -> Rows:
    train, held = data.whole.split(0.25, 0, least=4)
    model = Blend().fit(train)
    users = np.sort(np.random.default_rng(0).permutation(np.flatnonzero(np.diff(held.indptr)))[:3000])
    histories, wanted = train.chosen[users], held[users]
    count = train.popularity
    much = np.sort(count)[-max(len(count) // 5, 1)]
    ways = {"much and little chosen titles": ["much" if one >= much else "little" if one > 0 else "" for one in count]}
    facts = [data.facts.get(title, {}) for title in train.titles]
    if data.facts:
        ways["Drama and other titles"] = [
            ("drama" if "Drama" in one.get("category", "") else "other") if one else "" for one in facts
        ]
        ways["genre named first"] = [one.get("category", "").split("|")[0] for one in facts]
    rows = []
    for name, names in ways.items():
        groups, place = grouped(names)
        share = np.array([count[place == number].sum() for number in range(len(groups))])
        kept = share > 0.02 * share.sum()
        moved = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        scores = model.scores(histories)
        found = fair_lists(scores, histories, wanted, moved[place], share[kept] / share[kept].sum())
        three = [f"{one[0]:.2f} ({one[1]:.2f}–{one[2]:.2f})" for one in (found.before, found.after)]
        lost = f"{found.lost[0]:+.1%} ({found.lost[1]:+.1%} to {found.lost[2]:+.1%})"
        what = f"{data.name}: parity, {name} ({int(kept.sum())} groups)"
        rows.append([what, f"{three[0]} → {three[1]}, NDCG lost {lost}", "", "≥ 0.8 at ≤ 3 %"])
    return rows


def speed_rows() -> Rows:
    rng = np.random.default_rng(0)
    popular = 1.0 / (np.arange(10_000) + 50.0)
    popular /= popular.sum()
    users = np.repeat(np.arange(3000), 30)
    facts = {
        f"t{n}": {"name": f"Film {n}", "category": f"genre {n % 23}", "released": str(1990 + n % 35)}
        for n in range(10_000)
    }
    items = rng.choice(10_000, len(users), p=popular)
    world = Interactions.of(users.astype(str), [f"t{n}" for n in items], catalogue=sorted(facts), facts=facts)
    rows = []
    for model in (Blend(), ImplicitFactors()):
        begun = time.perf_counter()
        model.fit(world)
        took = time.perf_counter() - begun
        folds, tops = [], []
        for _ in range(50):
            titles = np.sort(rng.choice(10_000, 50, replace=False))
            history = sparse.csr_matrix((np.ones(50), ([0] * 50, titles)), (1, 10_000))
            begun = time.perf_counter()
            model.scores(history)
            folds.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            top, _ = model.top(history, 10)
            tops.append(time.perf_counter() - begun)
            assert explain(model, history, int(top[0, 0])) is not None
        rows.append([f"{model.name}, 10,000 titles (fitted in {took:.1f} s): new viewer folded in; top 10",
                     f"{1000 * np.median(folds):.1f} ms; {1000 * np.median(tops):.1f} ms", "",
                     "< 5 ms; < 10 ms"])  # fmt: skip
    return rows


def movie_facts(path: Path) -> dict[str, dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("::") for line in lines if line.count("::") >= 2]
    return {row[0]: {"name": row[1], "category": row[2]} for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", nargs="*", type=Path, default=[])
    parser.add_argument("--titles", nargs="*", type=Path, default=[])
    parser.add_argument("--parts", default="ratings,rankings,cold,fair,speed")
    asked = parser.parse_args()
    sets, notes = [], ["Peers and ours each ran on one thread of a machine that others used too; compare ratios."]
    folder = FIXTURES / "ratings" / "movietweetings"
    if folder.is_dir():
        sets.append(Data("MovieTweetings A", folder / "ratings.dat", movie_facts(folder / "movies.dat")))
    else:
        notes.append("MovieTweetings was not here: its rows are missing.")
    for number, path in enumerate(asked.data):
        facts = {}
        if number < len(asked.titles):
            with asked.titles[number].open(encoding="utf-8") as file:
                facts = {row["title_id"]: row for row in csv.DictReader(file)}
        sets.append(Data(path.stem, path, facts))
    for data in sets:
        for part, made in (
            ("ratings", rating_rows),
            ("rankings", ranking_rows),
            ("cold", cold_rows),
            ("fair", fair_rows),
        ):
            if part in asked.parts.split(","):
                keep(f"{data.name}/{part}", made(data))
    if "speed" in asked.parts:
        keep("speed", speed_rows())
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    rows = [["what", "rushlight", "peers", "target"], *(row for one in measured.values() for row in one["rows"])]
    days = sorted({one["on"] for one in measured.values()})
    notes.append(f"Parts can be measured one by one (`--parts`); these are of {' and '.join(days)}.")
    write_results(__file__, __doc__.split("Run:")[0], rows, notes)


def keep(part: str, rows: Rows) -> None:
    """Keep what was measured of one part beside this file, in place of what was there."""
    print("\n".join(str(row) for row in rows), flush=True)
    known = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.is_file() else {}
    known[part] = {"on": f"{datetime.now(UTC):%Y-%m-%d}", "rows": rows}
    MEASURED.write_text(json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
