from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.predicting.calibrating import (
    choose_calibration,
    expected_calibration_error,
    reliability,
)
from rushlight.audience.predicting.fitting import sigmoid
from rushlight.audience.predicting.judging import Draws, area_under_curve, mean_of_draws

metrics = pytest.importorskip("sklearn.metrics")


def drawn(stretch: float, seed: int = 0, count: int = 6000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 1.2, count)
    return odds * stretch, (rng.random(count) < sigmoid(odds)).astype(float)


def test_a_model_that_is_too_sure_is_set_right() -> None:
    raw, outcome = drawn(3.0)
    found, losses = choose_calibration(raw, outcome)
    assert found.method == "platt"
    assert losses["platt"] < losses["none"]
    fresh, came = drawn(3.0, seed=1)
    assert found.at[0] == pytest.approx(1 / 3, abs=0.03)
    assert expected_calibration_error(found(fresh), came) < expected_calibration_error(sigmoid(fresh), came) / 4


def test_a_bent_model_is_set_right_by_steps() -> None:
    rng = np.random.default_rng(3)
    raw = rng.uniform(-3, 3, 8000)
    outcome = (rng.random(8000) < np.where(raw < 0, 0.1, 0.6)).astype(float)
    found, _ = choose_calibration(raw, outcome)
    assert found.method == "isotonic"
    said = found(np.array([-2.0, 2.0]))
    assert said == pytest.approx([0.1, 0.6], abs=0.04)
    assert np.all(np.diff(found(np.linspace(-5, 5, 50))) >= 0)


def test_no_probability_is_certain() -> None:
    raw = np.linspace(-3, 3, 200)
    outcome = (raw > 0).astype(float)
    found, _ = choose_calibration(raw, outcome)
    said = found(np.array([-50.0, 0.0, 50.0]))
    assert np.all((said > 0) & (said < 1))


def test_too_few_clicks_choose_nothing() -> None:
    outcome = np.zeros(100)
    outcome[:2] = 1
    found, losses = choose_calibration(np.zeros(100), outcome)
    assert (found.method, losses) == ("none", {})


def test_figures_agree_with_scikit_learn() -> None:
    raw, outcome = drawn(1.0)
    said = sigmoid(raw)
    assert area_under_curve(said, outcome) == pytest.approx(metrics.roc_auc_score(outcome, said))
    assert area_under_curve(said, np.zeros(len(said))) is None
    bins = reliability(said, outcome)
    assert sum(one.count for one in bins) == len(said)
    assert all(one.low <= one.observed <= one.high for one in bins)
    assert expected_calibration_error(said, outcome) == pytest.approx(
        sum(one.count * abs(one.predicted - one.observed) for one in bins) / len(said)
    )


def test_rows_of_one_viewer_are_no_independent_rows() -> None:
    rng = np.random.default_rng(0)
    of_viewer = rng.normal(0, 1, 40)
    viewer = np.repeat(np.arange(40), 50)
    values = of_viewer[viewer]
    clustered = mean_of_draws(float(values.mean()), Draws(viewer, 0).mean(values))
    alone = mean_of_draws(float(values.mean()), Draws(np.full(2000, -1), 0).mean(values))
    assert clustered.high - clustered.low > 4 * (alone.high - alone.low)
    assert clustered.low <= values.mean() <= clustered.high
