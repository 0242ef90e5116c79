from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.planning.shrunken_effects import fit_effects, mixture_quantile


def test_a_quantile_of_one_normal_is_that_of_the_normal() -> None:
    found = mixture_quantile(np.array([1.0]), np.array([[2.0, 0.0]]), np.array([[3.0, 1.0]]), 0.95)
    assert found == pytest.approx([2 + 3 * 1.644854, 1.644854], abs=1e-4)


def test_effects_are_found_and_held_by_their_bounds() -> None:
    held, rms = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        truth = rng.normal(0, 0.5, 30)
        design = (rng.random((150, 30)) < 0.15).astype(float)
        outcome = 3 + design @ truth + rng.normal(0, 0.6, 150)
        made = fit_effects(outcome, np.ones((150, 1)), design, [0] * 30)
        rows = np.concatenate([np.zeros((30, 1)), np.eye(30)], axis=1)
        means, deviations = made.of(rows, np.zeros((30, 1)), with_noise=False)
        low, high = (mixture_quantile(made.share, means, deviations, at) for at in (0.05, 0.95))
        held += ((truth >= low) & (truth <= high)).tolist()
        rms.append(np.sqrt(np.mean((made.share @ means - truth) ** 2)))
    assert 0.84 <= np.mean(held) <= 0.96
    assert np.mean(rms) < 0.25


def test_two_properties_that_always_come_together_share_what_they_do() -> None:
    rng = np.random.default_rng(1)
    both = (rng.random(100) < 0.3).astype(float)
    design = np.stack([both, both, (rng.random(100) < 0.4).astype(float)], axis=1)
    outcome = 2 + both + rng.normal(0, 0.3, 100)
    made = fit_effects(outcome, np.ones((100, 1)), design, [0, 1, 0])
    mean = made.share @ made.means
    assert mean[1] + mean[2] == pytest.approx(1.0, abs=0.25)
    assert made.correlation(1, 2) < -0.9


def test_an_effect_that_nobody_knows_widens_what_is_expected() -> None:
    rng = np.random.default_rng(2)
    design = (rng.random((80, 5)) < 0.4).astype(float)
    made = fit_effects(design @ rng.normal(0, 1, 5) + rng.normal(0, 0.2, 80), np.ones((80, 1)), design, [0] * 5)
    row = np.array([[1.0, 0, 0, 0, 0, 0]])
    _, known = made.of(row, np.zeros((1, 1)), with_noise=True)
    _, unknown = made.of(row, np.ones((1, 1)), with_noise=True)
    assert (unknown > known).all()
