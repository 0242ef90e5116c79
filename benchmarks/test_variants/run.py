"""Tests of variants that are looked at twenty times: false alarms without a difference, and power with one.

Two thousand A/A tests of 10,000 viewers (watch seconds, many zeros, a long tail; half as many with a rare yes or no)
are looked at after every 500 viewers. A false alarm is any look whose bounds exclude no difference. The
peer is the usual t-test at 95 % looked at as often. Power is the share of tests with a true
difference of a second and a half that found it at any look, and at the last.

Run: `python benchmarks/test_variants/run.py [TESTS]`
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from results import write_results
from rushlight.audience.statistics.sequences import ArmSums, difference, needed

VIEWERS, LOOKS, ALPHA, EFFECT = 10_000, 20, 0.05, 1.5


def watch_seconds(rng: np.random.Generator, count: int) -> np.ndarray:
    """Seconds watched by those who were shown a film: four in ten never start."""
    return rng.exponential(30, count) * (rng.random(count) < 0.6)


def rare(rng: np.random.Generator, count: int) -> np.ndarray:
    """Whether they did something that one in twenty does."""
    return (rng.random(count) < 0.05).astype(float)


def run(draw, tests: int, effect: float, seed: int) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Share of tests in which each way said that there is a difference."""
    rng = np.random.default_rng(seed)
    said = {"ours": 0, "ours at the end": 0, "t-test": 0, "t-test at the end": 0}
    covered = 0
    for _ in range(tests):
        y, treated = draw(rng, VIEWERS), rng.random(VIEWERS) < 0.5
        y = y + effect * treated
        sums = [
            np.cumsum(value)
            for value in (treated, y * treated, y * y * treated, ~treated, y * ~treated, y * y * ~treated)
        ]
        found = []
        for look in np.linspace(VIEWERS / LOOKS, VIEWERS, LOOKS).astype(int) - 1:
            n1, a, aa, n0, b, bb = (float(total[look]) for total in sums)
            one, other = ArmSums(int(n1), a, aa), ArmSums(int(n0), b, bb)
            seen = difference(one, other, alpha=ALPHA, best_at=VIEWERS)
            error = np.sqrt(one.variance() / n1 + other.variance() / n0)
            found.append((seen.low > 0 or seen.high < 0, abs(a / n1 - b / n0) > 1.959964 * error,
                          seen.low <= effect <= seen.high))  # fmt: skip
        said["ours"] += any(look[0] for look in found)
        said["ours at the end"] += found[-1][0]
        said["t-test"] += any(look[1] for look in found)
        said["t-test at the end"] += found[-1][1]
        covered += all(look[2] for look in found)
    return {**{name: count / tests for name, count in said.items()}, "covered": covered / tests}


def main() -> None:
    tests = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    begun = time.perf_counter()
    nothing, few = run(watch_seconds, tests, 0.0, 1), run(rare, tests // 2, 0.0, 2)
    power = run(watch_seconds, tests // 4, EFFECT, 3)
    rows = [
        ["what", "ours", "t-test, peeking", "target"],
        [f"false alarms in {tests:,} A/A tests, {LOOKS} looks each",
         f"{nothing['ours']:.2%}", f"{nothing['t-test']:.1%}", "≤ 5 %"],
        [f"the same for a rare yes or no, {tests // 2:,} tests", f"{few['ours']:.2%}", f"{few['t-test']:.1%}", "≤ 5 %"],
        ["bounds cover no difference at all looks together", f"{nothing['covered']:.2%}", "", "≥ 95 %"],
        [f"true difference of {EFFECT} s found, {tests // 4:,} tests", f"{power['ours']:.1%}",
         f"{power['t-test at the end']:.1%} (one look at the end)",
         "reported"],
        ["bounds cover it at all looks together", f"{power['covered']:.2%}", "", "≥ 95 %"],
    ]  # fmt: skip
    deviation = float(np.sqrt(0.6 * 2 * 900 - (0.6 * 30) ** 2))
    planned = needed(EFFECT, deviation, alpha=ALPHA, power=0.8)
    took = time.perf_counter() - begun
    note = f"Planned: {planned:,} viewers find {EFFECT} s with probability 0.8. Took {took:.0f} s."
    write_results(__file__, __doc__.split("Run:")[0], rows, [note])


if __name__ == "__main__":
    main()
