from __future__ import annotations

import math

import numpy as np
import pytest

from rushlight.audience.statistics.sequences import ArmSums, assign, difference, needed, sample_ratio_p


def sums(y: np.ndarray, x: np.ndarray | None = None) -> ArmSums:
    x = np.zeros_like(y) if x is None else x
    return ArmSums(len(y), y.sum(), (y * y).sum(), x.sum(), (x * x).sum(), (x * y).sum())


def test_peeking_twenty_times_makes_no_more_false_alarms_than_said() -> None:
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(200):
        y, treated = rng.exponential(30, 4000), rng.random(4000) < 0.5
        looks = np.linspace(400, 4000, 20).astype(int)
        found = [
            difference(sums(y[:n][treated[:n]]), sums(y[:n][~treated[:n]]), alpha=0.05, best_at=2000) for n in looks
        ]
        alarms += any(one.low > 0 or one.high < 0 for one in found)
    assert alarms <= 10


def test_a_difference_is_found_and_covered() -> None:
    rng = np.random.default_rng(3)
    found = difference(sums(rng.normal(11, 5, 3000)), sums(rng.normal(10, 5, 3000)), alpha=0.05, best_at=6000)
    assert 0 < found.low < 1 < found.high
    assert found.p < 0.05


def test_the_p_value_is_the_level_at_which_the_bounds_touch_nothing() -> None:
    rng = np.random.default_rng(4)
    one, other = sums(rng.normal(0.3, 1, 500)), sums(rng.normal(0, 1, 500))
    p = difference(one, other, alpha=0.05, best_at=1000).p
    assert 0 < p < 1
    # The mixture is set by best_at and alpha; the bounds of the same mixture at level p begin at zero.
    at = difference(one, other, alpha=0.05, best_at=1000)
    assert (at.low > 0) == (p < 0.05)


def test_what_was_known_before_takes_variance_away() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(50, 10, 4000)
    y = x + rng.normal(0, 5, 4000)
    y[:2000] += 1
    plain = difference(sums(y[:2000]), sums(y[2000:]), alpha=0.05, best_at=4000)
    known = difference(sums(y[:2000], x[:2000]), sums(y[2000:], x[2000:]), alpha=0.05, best_at=4000)
    assert known.reduction == pytest.approx(0.8, abs=0.03)
    assert (known.high - known.low) < 0.5 * (plain.high - plain.low)
    assert known.estimate == pytest.approx(1, abs=0.5)


def test_too_few_and_all_alike() -> None:
    few = difference(sums(np.array([1.0])), sums(np.array([2.0, 3.0])), alpha=0.05, best_at=100)
    assert math.isinf(few.low)
    same = difference(sums(np.ones(10)), sums(np.ones(10)), alpha=0.05, best_at=100)
    assert (same.estimate, same.p) == (0, 1)


def test_sample_ratio() -> None:
    assert sample_ratio_p([5000, 5040], [1, 1]) > 0.5
    assert sample_ratio_p([5000, 5400], [1, 1]) < 0.001
    assert sample_ratio_p([9000, 1000], [0.9, 0.1]) == pytest.approx(1)
    assert sample_ratio_p([0, 0], [1, 1]) == 1


def test_planned_viewers_give_the_power_they_promise() -> None:
    count = needed(1.0, 5.0, alpha=0.05, power=0.8)
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(300):
        one, other = rng.normal(1, 5, count // 2), rng.normal(0, 5, count // 2)
        hits += difference(sums(one), sums(other), alpha=0.05, best_at=count).low > 0
    assert hits / 300 >= 0.75
    assert needed(0.5, 5.0, alpha=0.05, power=0.8) > 3 * count
    assert needed(0, 5.0, alpha=0.05, power=0.8) == 0


def test_assignment_sticks_and_splits_as_planned() -> None:
    viewers = [f"viewer-{n}" for n in range(5000)]
    first = [assign("x", viewer, ["a", "b"], [3, 1]) for viewer in viewers]
    assert first == [assign("x", viewer, ["a", "b"], [3, 1]) for viewer in viewers]
    assert first.count("a") / 5000 == pytest.approx(0.75, abs=0.02)
    other = [assign("y", viewer, ["a", "b"]) for viewer in viewers]
    both = sum(one == two == "a" for one, two in zip(first, other, strict=True))
    assert both / 5000 == pytest.approx(0.375, abs=0.03)
