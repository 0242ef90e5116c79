"""Who will like a film that nobody has seen, and at which hour each viewer is there.

Who: forty films of MovieTweetings, drawn among those that at least twenty viewers rated within thirty days and that
came out after the first two fifths of its time (a hundredth of a film's ratings may lie before). At that moment only
what was rated before is known, and of the film its genres and year. Every viewer with a history is put in order; those
who rate it within thirty days should stand first. Measured, mean over films: AUC, and the share of raters among the
first fifth. Peers: who rates most, and who rated most films of its genres. Then how many of these viewers will rate it,
with bounds of 90 %: share of films inside. Where less than four months are known, a shorter time is foretold and drawn
out in proportion.

When: each viewer's last rating of MovieTweetings, from the hours (UTC) of those before; hit within an hour. Peer: one
hour for all. The same for simulated viewers with an hour of their own, from two kinds of eight to twenty views.

What a campaign brings is a difference with bounds that hold at any look; those are measured in `test_variants`. Here:
four hundred simulated campaigns of 1,500 viewers, a third held out, half of them without any effect and half with an
uplift of ten points: share of bounds of 90 % that hold, and of campaigns without effect that claim one.

Run: `python benchmarks/target_campaign/run.py [--data RATINGS.dat --movies MOVIES.dat]`.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from results import write_results
from rushlight.audience.planning.catalogue import CatalogueTitle, warehouse_titles
from rushlight.audience.planning.liking import area_under_curve, like_title, relatives
from rushlight.audience.planning.sending import Sitting, hours_held_out
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.statistics.sequences import ArmSums, difference

Floats = NDArray[np.float64]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
LEAST, MOST_FILMS = 20, 40
DAYS = 30.0
CAMPAIGNS, VIEWERS = 400, 1500


def read(ratings: Path, movies: Path) -> tuple[list[list[str]], dict[str, dict[str, str]]]:
    """Rows of ratings, and what is known of films."""
    rows = [line.split("::") for line in ratings.read_text(encoding="utf-8").splitlines() if line]
    facts = {}
    for line in movies.read_text(encoding="utf-8").splitlines():
        parts = line.split("::")
        facts[parts[0]] = {"name": parts[1], "category": parts[-1].strip(), "released": parts[1][-5:-1]}
    return rows, facts


def films(rows: list[list[str]]) -> list[tuple[str, float]]:
    """Films that came out late enough, and not too late, and when; drawn among those of enough raters."""
    times: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        times[row[1]].append(int(row[3]) / 86_400)
    every = np.concatenate([np.array(own) for own in times.values()])
    late = float(np.quantile(every, 0.4))
    found = []
    for name in sorted(times):
        out = float(np.quantile(times[name], 0.01))
        if late < out < every.max() - DAYS and sum(out <= at < out + DAYS for at in times[name]) >= LEAST:
            found.append((name, out))
    order = np.random.default_rng(20261125).permutation(len(found))
    return [found[at] for at in sorted(order[:MOST_FILMS])]


def who(rows: list[list[str]], facts: dict[str, dict[str, str]]) -> dict[str, list[float]]:
    """Figures of every film, ours and the peers'."""
    found: dict[str, list[float]] = defaultdict(list)
    known = warehouse_titles(facts)
    for film, out in films(rows):
        past = [row for row in rows if int(row[3]) / 86_400 < out and row[1] != film]
        after = {row[0] for row in rows if row[1] == film and int(row[3]) / 86_400 < out + DAYS}
        made = Interactions.of(
            [row[0] for row in past], [row[1] for row in past], days=[int(row[3]) / 86_400 for row in past], facts=facts
        )
        title = known.get(film, CatalogueTitle(film, film, frozenset()))
        liking = like_title(made, known, title, ())
        label = np.array([viewer in after for viewer in made.viewers], dtype=float)
        if liking is None or not label.sum():
            continue
        genres = made.chosen @ (relatives(title, known, made.titles, ()) > 0).astype(float)
        for name, score in (("ours", liking.score), ("most", made.activity), ("genres", np.asarray(genres).ravel())):
            found[name].append(area_under_curve(score, label))
            first = np.argsort(-score, kind="stable")[: len(score) // 5]
            found[f"{name} fifth"].append(float(label[first].sum() / label.sum()))
        expected = liking.expected(np.ones(len(label), dtype=bool), 0.9)
        if expected is not None:
            # Of what is known the quarter may be shorter than a month.
            expected = tuple(value * DAYS / liking.days for value in expected)
            found["inside"].append(float(expected[1] <= label.sum() <= expected[2]))
            found["times"].append(float(label.sum() / expected[0]))
        print(
            film,
            len(made.viewers),
            int(label.sum()),
            round(found["ours"][-1], 3),
            round(found["most"][-1], 3),
            flush=True,
        )
    return found


def simulated_hours(rng: np.random.Generator) -> dict[str, list[Sitting]]:
    """Viewers who watch in the evening or in the morning, each around an hour of their own."""
    found = {}
    for viewer in range(600):
        hour = (rng.normal(20, 1.5) if rng.random() < 0.7 else rng.normal(8, 1.0)) % 24
        count = int(rng.integers(8, 21))
        found[f"v{viewer}"] = [Sitting(int((hour + rng.normal(0, 1.2)) % 24), 0, "") for _ in range(count)]
    return found


def campaigns(rng: np.random.Generator) -> tuple[float, float, float]:
    """Share of bounds that hold; of campaigns without effect that claim one; of those with ten points that show it."""
    held, false, shown = [], [], []
    for number in range(CAMPAIGNS):
        uplift = 0.0 if number % 2 else 0.1
        before = rng.gamma(1.0, 30.0, VIEWERS)
        sent = rng.random(VIEWERS) < 2 / 3
        chance = np.clip(0.1 + before / 300, 0, 0.8) + uplift * sent
        started = (rng.random(VIEWERS) < chance).astype(float)
        arms = [
            ArmSums(int(own.sum()), float(started[own].sum()), float(started[own].sum()), float(before[own].sum()),
                    float((before[own] ** 2).sum()), float((before[own] * started[own]).sum())) for own in (sent, ~sent)
        ]  # fmt: skip
        found = difference(arms[0], arms[1], alpha=0.1, best_at=VIEWERS)
        true = float(
            np.mean(np.clip(0.1 + before / 300, 0, 0.8) + uplift) - np.mean(np.clip(0.1 + before / 300, 0, 0.8))
        )
        held.append(found.low <= true <= found.high)
        (shown if uplift else false).append(found.low > 0 or found.high < 0)
    return float(np.mean(held)), float(np.mean(false)), float(np.mean(shown))


def main() -> None:
    """Measure all and write the results."""
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    folder = FIXTURES / "ratings" / "movietweetings"
    ratings = Path(given.get("--data", folder / "ratings.dat"))
    movies = Path(given.get("--movies", ratings.parent / "movies.dat"))
    rows = [["what", "number", "Rushlight", "peers"]]
    notes = ["Bounds of a campaign hold at every look at once, so at a single one they hold more often than 90 %."]
    if ratings.is_file() and movies.is_file():
        read_rows, facts = read(ratings, movies)
        found = who(read_rows, facts)
        mean = {name: float(np.mean(values)) for name, values in found.items()}
        rows += [
            ["who will rate a new film: AUC (peers: who rates most; who rated most of its genres)",
             f"{len(found['ours'])} films", f"{mean['ours']:.3f}", f"{mean['most']:.3f}; {mean['genres']:.3f}"],
            ["  raters among the first fifth", "", f"{mean['ours fifth']:.1%}",
             f"{mean['most fifth']:.1%}; {mean['genres fifth']:.1%}"],
            ["  better than both, films", "",
             f"{np.mean(np.array(found['ours']) > np.maximum(found['most'], found['genres'])):.0%}", ""],
            ["  number of raters inside 90 % bounds", f"{len(found['inside'])} films", f"{mean['inside']:.0%}", ""],
            ["  raters there were over those expected, middle film", "", f"{np.median(found['times']):.2f}", ""],
        ]  # fmt: skip
        real: dict[str, list[Sitting]] = defaultdict(list)
        for row in sorted(read_rows, key=lambda one: int(one[3])):
            at = datetime.fromtimestamp(int(row[3]), UTC)
            real[row[0]].append(Sitting(at.hour, at.weekday(), ""))
        hours = hours_held_out(real)
        if hours:
            rows.append(["hour of the last rating met within an hour (peer: one hour for all)", f"{hours[2]:,} viewers",
                         f"{hours[0]:.1%}", f"{hours[1]:.1%}"])  # fmt: skip
    else:
        notes.append("MovieTweetings is not here, so nothing real was measured.")
    rng = np.random.default_rng(20261125)
    hours = hours_held_out(simulated_hours(rng))
    assert hours is not None
    rows.append(["the same, simulated viewers", f"{hours[2]:,} viewers", f"{hours[0]:.1%}", f"{hours[1]:.1%}"])
    held, false, shown = campaigns(rng)
    rows += [
        ["uplift inside its bounds of 90 %", f"{CAMPAIGNS} campaigns", f"{held:.1%}", ""],
        ["  campaigns without effect that claim one", f"{CAMPAIGNS // 2}", f"{false:.1%}", ""],
        ["  campaigns of ten points that show it", f"{CAMPAIGNS // 2}", f"{shown:.1%}", ""],
    ]
    write_results(__file__, (__doc__ or "").split("Run:")[0], rows, notes)


if __name__ == "__main__":
    main()
