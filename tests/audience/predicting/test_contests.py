from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.predicting.contests import Contest, chance, fit_contest, log_odds_of
from rushlight.audience.predicting.foretelling import held_back, judge


def contest(
    tests: int, *, seed: int, weight: float, spread: float = 0.1, shown: int = 2000
) -> tuple[Contest, np.ndarray]:
    rng = np.random.default_rng(seed)
    test = np.repeat(np.arange(tests), 3)
    values = rng.standard_normal((len(test), 4))
    true = (
        values @ np.array([weight, -weight, 0, 0]) + rng.normal(0, spread, len(test)) + rng.normal(-3, 0.5, tests)[test]
    )
    clicks = rng.binomial(shown, 1 / (1 + np.exp(-true))).astype(float)
    odds, noise = log_odds_of(np.full(len(test), float(shown)), clicks)
    return Contest(test, values, np.array([0, 0, 1, 1]), odds, noise), true


def test_weights_and_spread_are_found_through_the_noise() -> None:
    made, _ = contest(400, seed=1, weight=0.2)
    found = fit_contest(made)
    per_unit = found.weights / found.scale
    assert per_unit[:2] == pytest.approx([0.2, -0.2], abs=0.03)
    assert np.abs(per_unit[2:]).max() < 0.03
    assert found.spread == pytest.approx(0.1, abs=0.03)


def test_where_properties_say_nothing_every_pair_is_even() -> None:
    made, _ = contest(200, seed=2, weight=0.0)
    found = fit_contest(made)
    mean, deviation = found.compare(found.steps(made.values[::3], made.values[1::3]))
    assert np.abs(chance(mean, deviation) - 0.5).max() < 0.1
    judged = judge(held_back(made, found, 0), 0)
    assert judged is not None
    assert judged.loss.high > np.log(2) > judged.loss.low - 0.01


def test_what_is_said_of_tests_held_back_comes_so_often() -> None:
    made, _ = contest(500, seed=3, weight=0.15)
    judged = judge(held_back(made, fit_contest(made), 0), 0)
    assert judged is not None
    assert judged.loss.high < np.log(2)
    assert judged.right.low > 0.6
    assert judged.error < 0.05
    assert judged.stretch == pytest.approx(1.0, abs=0.25)
    assert [one.predicted for one in judged.bins] == sorted(one.predicted for one in judged.bins)


def test_a_test_held_back_is_seen_by_no_model_that_predicts_it() -> None:
    made, _ = contest(60, seed=4, weight=0.3)
    model = fit_contest(made)
    before = held_back(made, model, 0)
    odds = made.odds.copy()
    odds[:3] += np.array([5.0, 0.0, -5.0])
    changed = Contest(made.test, made.values, made.groups, odds, made.noise)
    after = held_back(changed, model, 0)
    mine = before.test == 0
    assert np.array_equal(before.z[mine], after.z[after.test == 0])


def test_no_clicks_and_all_clicks_have_finite_odds() -> None:
    odds, noise = log_odds_of(np.array([100.0, 100.0, 1.0]), np.array([0.0, 100.0, 0.0]))
    assert np.isfinite(odds).all()
    assert np.isfinite(noise).all()


def test_unknown_properties_count_for_nothing() -> None:
    made, _ = contest(60, seed=5, weight=0.3)
    values = made.values.copy()
    values[::2, 0] = np.nan
    found = fit_contest(Contest(made.test, values, made.groups, made.odds, made.noise))
    steps = found.steps(values[:1], values[1:2])
    assert steps[0, 0] == 0
    assert np.isfinite(found.weights).all()


def test_nothing_told_apart_is_not_judged() -> None:
    made, _ = contest(30, seed=6, weight=0.3)
    same = Contest(made.test, made.values, made.groups, np.zeros(len(made.odds)), made.noise)
    assert judge(held_back(same, fit_contest(same), 0), 0) is None
