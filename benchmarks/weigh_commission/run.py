"""Effects of themes, people and styles: how surely they are found in worlds where they are known, and whether titles
that were held back are foretold.

A hundred and twenty simulated catalogues of 60, 120 or 250 titles. Each title has one or two of 8 themes, one to four
of 25 people who prefer certain themes, one of 12 directors and one of 4 styles; effects of each group are normal with a
spread drawn anew (0.05 to 0.6 in logarithms); demand is a Poisson count around them, age and noise. What is compared is
the effect of a property less the mean of its group, by how many titles have each, which is all that can be known where
every title has one. Measured: share of true effects inside 90 % intervals, rank correlation with the truth over
properties of two titles or more, and demand of 20 proposed titles. Peer: raw means of the logarithm of demand of the
titles that have a property.

Real: raters of each film of MovieTweetings by genre, of films with at least five; and the United States' gross of films
by year of FiveThirtyEight's table, whose properties are its verdict and rating only. Titles held back, five folds.
Peers: the mean of all, and the mean of the raw means of what a film has.

Run: `python benchmarks/weigh_commission/run.py [WORLDS]`.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from results import write_results
from rushlight.artifacts.commission import Commission
from rushlight.artifacts.source import Document
from rushlight.audience.weigh_commission import weigh_commission
from rushlight.core.artifact import FileRef

Floats = NDArray[np.float64]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
SIZES = {"theme": 8, "cast": 25, "director": 12, "style": 4}
PROPOSED = 20


def document(folder: Path, rows: list[list[str]], name: str) -> Document:
    """Rows as a table."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return Document(file=FileRef.of(path))


def world(rng: np.random.Generator, folder: Path) -> tuple[Commission, dict[tuple[str, str], float], Floats]:
    """A catalogue, its true effects against the mean of their group, and the demand that was to come of proposals."""
    spread = {group: float(rng.uniform(0.05, 0.6 if group == "theme" else 0.5)) for group in SIZES}
    effect = {group: rng.normal(0, spread[group], size) for group, size in SIZES.items()}
    preferred = rng.dirichlet(np.full(SIZES["theme"], 0.4), SIZES["cast"])
    works = rng.dirichlet(np.full(SIZES["director"], 2.0))
    noise = float(rng.uniform(0.3, 1.0))
    count = int(rng.choice((60, 120, 250)))
    rows, asked, demand = [["title_id", "demand", "released", *SIZES]], [["title_id", *SIZES]], []
    known: Counter[tuple[str, int]] = Counter()
    for number in range(count + PROPOSED):
        themes = rng.choice(SIZES["theme"], int(rng.integers(1, 3)), replace=False)
        liking = preferred[:, themes].sum(axis=1) + 0.02
        cast = rng.choice(SIZES["cast"], int(rng.integers(1, 5)), replace=False, p=liking / liking.sum())
        has = {"theme": themes, "cast": cast, "director": [rng.choice(SIZES["director"], p=works)],
               "style": [rng.integers(SIZES["style"])]}  # fmt: skip
        year = int(rng.integers(2000, 2026))
        mean = 4 + 0.03 * (2026 - year) + sum(float(effect[group][list(has[group])].sum()) for group in SIZES)
        made = int(rng.poisson(np.exp(mean + rng.normal(0, noise))))
        said = ["|".join(f"{group} {one}" for one in sorted(has[group])) for group in SIZES]
        if number < count:
            known.update((group, int(one)) for group in SIZES for one in has[group])
            rows.append([f"t{number}", str(made), str(year), *said])
        else:
            # Of middle age, as estimates are for such titles.
            asked.append([f"p{number}", *said])
            demand.append(int(rng.poisson(np.exp(mean - 0.03 * (2026 - year) + 0.03 * 13 + rng.normal(0, noise)))))
    found = weigh_commission(document(folder, rows, "titles.csv"), (document(folder, asked, "asked.csv"),), None)
    truth = {}
    named = {(one.group, one.name) for one in found.weights}
    for group, size in SIZES.items():
        weighed = [one for one in range(size) if (group, f"{group} {one}") in named]
        if weighed:
            middle = np.average(effect[group][weighed], weights=[known[group, one] for one in weighed])
            truth |= {(group, f"{group} {one}"): float(effect[group][one] - middle) for one in weighed}
    return found, truth, np.array(demand, dtype=float)


def movies() -> list[list[str]]:
    """Films of MovieTweetings with their genres, year and raters."""
    place = FIXTURES / "ratings" / "movietweetings"
    raters = Counter(line.split("::")[1] for line in (place / "ratings.dat").read_text("utf-8").splitlines() if line)
    rows = [["title_id", "demand", "released", "theme"]]
    for line in (place / "movies.dat").read_text("utf-8").splitlines():
        key, name, genres = line.split("::")
        if raters[key] >= 5 and genres.strip():
            rows.append([key, str(raters[key]), name[-5:-1], genres.strip()])
    return rows


def grosses() -> list[list[str]]:
    """Films with what they earned in the United States, their year, budget and verdict."""
    rows = [["title_id", "demand", "released", "budget", "theme"]]
    with (FIXTURES / "text" / "fivethirtyeight" / "bechdel" / "movies.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["domgross_2013$"].isdigit() and row["budget_2013$"].isdigit():
                rows.append([row["imdb"], row["domgross_2013$"], row["year"], row["budget_2013$"], row["clean_test"]])
    return rows


def main() -> None:
    """Weigh all worlds and the real catalogues, and write the results."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    # Not the worlds that the priors were looked at with.
    rng = np.random.default_rng(20261126)
    held, ours, raw, proposed, off = [], [], [], [], []
    rows = [["what", "number", "Rushlight", "peer"]]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for _ in range(worlds):
            found, truth, demand = world(rng, folder)
            true = np.array([truth[one.group, one.name] for one in found.weights])
            held += [np.log(one.low) <= at <= np.log(one.high) for one, at in zip(found.weights, true, strict=True)]
            ours.append(spearmanr([one.ratio for one in found.weights], true)[0])
            raw.append(spearmanr([one.raw_ratio for one in found.weights], true)[0])
            proposed += [one.low <= at <= one.high for one, at in zip(found.proposals, demand, strict=True)]
            off += [
                np.log(one.expected + 0.5) - np.log(at + 0.5) for one, at in zip(found.proposals, demand, strict=True)
            ]
        rows += [
            ["true effects inside 90 % intervals", f"{len(held):,}", f"{np.mean(held):.1%}", ""],
            ["rank correlation with the truth (peer: raw means)", f"{worlds} worlds", f"{np.mean(ours):.3f}",
             f"{np.mean(raw):.3f}"],
            ["  better than the peer", f"{worlds} worlds", f"{np.mean(np.array(ours) > np.array(raw)):.0%}", ""],
            ["demand of proposed titles inside 90 % intervals", f"{len(proposed):,}", f"{np.mean(proposed):.1%}", ""],
            ["  mean error in logarithms", f"{len(off):,}", f"{np.mean(off):+.3f}", ""],
        ]  # fmt: skip
        notes = ["Targets: intervals that hold 85 to 95 %, rank correlation above that of raw means."]
        real = {}
        if (FIXTURES / "ratings").is_dir():
            real["raters of films by genre, MovieTweetings"] = movies()
        if (FIXTURES / "text").is_dir():
            real["gross of films by verdict, budget, year"] = grosses()
        for name, table in real.items():
            card = weigh_commission(document(folder, table, "real.csv"), (), None).card
            rows += [
                [f"{name}: error in logarithms, held back (peer: mean of all)", f"{card.titles:,}", f"{card.rmse:.4f}",
                 f"{card.rmse_of_mean:.4f}"],
                ["  (peer: mean of raw means)", "", f"{card.rmse:.4f}", f"{card.rmse_of_group_means:.4f}"],
                ["  inside 90 % intervals", "", f"{card.held:.1%}", ""],
            ]  # fmt: skip
        if not real:
            notes.append("The fixtures are not here, so there are no real catalogues.")
    write_results(__file__, (__doc__ or "").split("Run:")[0], rows, notes)


if __name__ == "__main__":
    main()
