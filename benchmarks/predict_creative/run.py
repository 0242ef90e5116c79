"""Which creative is clicked more, foretold from past tests, on tests that were held back.

**Data.** Simulated tests of titles (always called simulated): two to five variants each, shown 1,000 to 3,000 times,
with style (question, number, length) and some of 60 words that raise or lower the log-odds of a click, and a rest that
nothing explains. Worlds: `much` history (400 tests), `some` (80), `little` (30), `none of it matters` (200 tests in
which only the rest differs). Five seeds each; another 200 tests of the same world are what is scored, never fitted on.
A table of real tests may be given with `--data FILE` (columns as in `rushlight audience predict-creative`, those of the
Upworthy Research Archive among them); a third of its tests, drawn with seed 0, is then scored.

**Peers**, in the same run, on the same properties, pairs of variants as differences: logistic regression and XGBoost
with their defaults. Baseline: a coin, 0.5 for each pair.

**Scores**, over pairs, each test counting as one: logarithmic loss of which variant was clicked more in the test (a
coin has 0.6931); share right of pairs that are truly apart by more than 0.05 in log-odds (simulated worlds know the
truth) or that the test decided (real ones); ECE over ten bins. `says better`: in how many worlds ours says so.

Run: `python benchmarks/predict_creative/run.py [--data FILE]`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from results import write_results
from rushlight.audience.predicting.calibrating import expected_calibration_error
from rushlight.audience.predicting.contents import describe
from rushlight.audience.predicting.contests import chance, fit_contest
from rushlight.audience.predicting.creatives import Creative, read_tests
from rushlight.audience.predicting.foretelling import contest_of, held_back, judge
from rushlight.core.artifact import FileRef

SEEDS, SCORED = range(5), 200
WORDS = [f"{first}{last}" for first in ("ka", "mo", "ri", "su", "te") for last in
         ("la", "nor", "dim", "fest", "gan", "hul", "jet", "kor", "lim", "mas", "nep", "ost")]  # fmt: skip


def simulated(tests: int, matters: float, seed: int) -> tuple[list[Creative], np.ndarray]:
    """Variants of tests, and their true log-odds."""
    rng = np.random.default_rng([seed, tests])
    worth = dict(zip(WORDS, rng.normal(0, 0.10, len(WORDS)) * matters, strict=True))
    asks, counts, long = rng.normal(0, 0.12, 3) * matters
    rows, truth = [], []
    for test in range(tests):
        level, topic = rng.normal(-4, 0.5), list(rng.choice(WORDS, 2, replace=False))
        for variant in range(int(rng.integers(2, 6))):
            own = list(rng.choice(WORDS, int(rng.integers(2, 9)), replace=False)) + topic * bool(rng.integers(2))
            question, number = bool(rng.random() < 0.3), bool(rng.random() < 0.3)
            text = ("7 " if number else "") + " ".join(own) + ("?" if question else "")
            odds = (
                level + asks * question + counts * number + long * (len(own) - 5) / 2 + sum(worth[one] for one in own)
            )
            odds += rng.normal(0, 0.12)
            shown = int(rng.integers(1_000, 3_001))
            clicks = int(rng.binomial(shown, 1 / (1 + np.exp(-odds))))
            rows.append(Creative(f"t{test:05}", f"v{variant}", text, "", shown, clicks))
            truth.append(odds)
    return rows, np.array(truth)


def pairs_of(test: np.ndarray, odds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of first and second variants of pairs that came apart, and the weight of each pair."""
    first, second, weight = [], [], []
    for one in np.unique(test):
        rows = np.flatnonzero(test == one)
        a, b = np.triu_indices(len(rows), 1)
        a, b = rows[a], rows[b]
        told = odds[a] != odds[b]
        first.append(a[told])
        second.append(b[told])
        weight.append(np.full(int(told.sum()), 1 / max(int(told.sum()), 1)))
    return np.concatenate(first), np.concatenate(second), np.concatenate(weight)


def score(said: np.ndarray, won: np.ndarray, weight: np.ndarray, apart: np.ndarray) -> tuple[float, float, float]:
    """Loss, share right where the two are apart, ECE."""
    said = np.clip(said, 1e-6, 1 - 1e-6)
    loss = float((weight * -np.log(np.where(won, said, 1 - said))).sum() / weight.sum())
    favourite, came = np.maximum(said, 1 - said), np.where(said >= 0.5, won, ~won)
    right = np.where(said == 0.5, 0.5, came)[apart].mean() if apart.any() else np.nan
    return loss, float(right), expected_calibration_error(favourite, came.astype(float))


def compare(rows: list[Creative], fit: np.ndarray, truth: np.ndarray | None) -> tuple[dict[str, tuple[float, float, float]], bool | None, float]:  # noqa: E501  # fmt: skip
    """Scores of ours and the peers on rows that were not fitted on; what ours says of itself; seconds of ours."""
    from sklearn.linear_model import LogisticRegression
    from xgboost import XGBClassifier

    learned = [row for row, inside in zip(rows, fit, strict=True) if inside]
    begun = time.perf_counter()
    contents, vocabulary = describe(learned, {})
    whole, _ = describe(rows, {}, vocabulary)
    values = whole.values[:, [whole.names.index(name) for name in contents.names]]
    contest = contest_of(learned, contents)
    model = fit_contest(contest)
    judged = judge(held_back(contest, model, 0), 0)
    taken = time.perf_counter() - begun
    every = contest_of(rows, whole)
    held = np.flatnonzero(~fit)
    first, second, weight = pairs_of(every.test[held], every.odds[held])
    first, second = held[first], held[second]
    won = every.odds[first] > every.odds[second]
    noise = every.noise[first] + every.noise[second]
    if truth is None:
        apart = np.abs(every.odds[first] - every.odds[second]) > 1.96 * np.sqrt(noise)
        better_first = won
    else:
        apart = np.abs(truth[first] - truth[second]) > 0.05
        better_first = truth[first] > truth[second]
    mean, deviation = model.compare(model.steps(values[first], values[second]), noise)
    stretch = judged.stretch if judged else 1.0
    said = {"Rushlight": chance(stretch * mean, deviation), "a coin": np.full(len(first), 0.5)}
    a, b, _ = pairs_of(contest.test, contest.odds)
    steps = model.steps(contest.values[a], contest.values[b])
    outcome = contest.odds[a] > contest.odds[b]
    both, came = np.concatenate([steps, -steps]), np.concatenate([outcome, ~outcome])
    asked = model.steps(values[first], values[second])
    for name, peer in (("logistic regression", LogisticRegression(max_iter=1000)),
                       ("XGBoost", XGBClassifier(n_jobs=1, random_state=0))):  # fmt: skip
        said[name] = peer.fit(both, came).predict_proba(asked)[:, 1].astype(float)
    found = {}
    for name, chances in said.items():
        loss, _, error = score(chances, won, weight, apart)
        found[name] = loss, score(chances, better_first, weight, apart)[1], error
    better = None if judged is None else bool(judged.loss.high < np.log(2)) or None
    return found, better, taken


def main() -> None:
    """Run the worlds and write the results."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, action="append", default=[])
    given = options.parse_args()
    rows_of = [["data", "model", "log loss", "right", "ECE", "says better"]]
    notes, seconds = [], []
    worlds = (("much", 400, 1.0), ("some", 80, 1.0), ("little", 30, 1.0), ("none of it matters", 200, 0.0))
    for name, tests, matters in worlds:
        found: dict[str, list[tuple[float, float, float]]] = {}
        says = []
        for seed in SEEDS:
            rows, truth = simulated(tests + SCORED, matters, seed)
            fit = np.array([int(row.test[1:]) < tests for row in rows])
            scores, better, taken = compare(rows, fit, truth)
            seconds.append(taken)
            says.append(better)
            for model, values in scores.items():
                found.setdefault(model, []).append(values)
            print(name, seed, {key: round(value[0], 4) for key, value in scores.items()}, better, flush=True)
        for model, values in found.items():
            loss, right, error = np.nanmean(values, axis=0)
            told = f"{sum(one is True for one in says)} of {len(says)}" if model == "Rushlight" else ""
            rows_of.append([f"simulated, {name}", model, f"{loss:.4f}", f"{right:.1%}", f"{error:.4f}", told])
    for path in given.data:
        rows = read_tests(FileRef.of(path), "duckdb", (), notes)
        tests = np.array([row.test for row in rows])
        names = np.unique(tests)
        held = set(np.random.default_rng(0).permutation(names)[: len(names) // 3].tolist())
        scores, better, taken = compare(rows, np.array([name not in held for name in tests.tolist()]), None)
        for model, (loss, right, error) in scores.items():
            told = str(better) if model == "Rushlight" else ""
            rows_of.append([path.name, model, f"{loss:.4f}", f"{right:.1%}", f"{error:.4f}", told])
    notes.append(f"Describing, fitting and judging on tests held back takes ours {np.mean(seconds):.2f} s on average.")
    if not given.data:
        notes.append("No table of real tests was given, so all of this is simulated.")
    write_results(__file__, __doc__.split("Run:")[0], rows_of, notes)


if __name__ == "__main__":
    main()
