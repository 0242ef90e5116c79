from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.statistics.hazards import (
    discovery_rates,
    fit_hazard,
    free_baseline,
    identified_share,
    kaplan_meier,
    smooth_baseline,
)

BETA = np.array([0.4, -0.3, 0.15])


def world(seed: int, films: int, viewers: int = 4000) -> tuple[np.ndarray, ...]:
    """Exits and time at risk of simulated films with shots of known effect, second by second."""
    rng = np.random.default_rng(seed)
    parts = []
    for film in range(films):
        seconds = np.arange(int(rng.integers(150, 300))) + 0.5
        shot = np.searchsorted(np.cumsum(rng.gamma(4, 1.2, 200)), seconds)
        x = rng.normal(size=(shot.max() + 1, 3))[shot]
        rate = np.exp(-5.5 + np.exp(-seconds / 15) + 0.3 * np.sin(seconds / 60) + rng.normal() * 0.3 + x @ BETA)
        left = viewers
        exits, risk = np.zeros(len(seconds)), np.zeros(len(seconds))
        for index, hazard in enumerate(1 - np.exp(-rate)):
            risk[index] = left
            exits[index] = rng.binomial(left, hazard)
            left -= int(exits[index])
        parts.append(
            (exits, risk, x, seconds, seconds / len(seconds), np.full(len(seconds), film), np.arange(len(seconds)))
        )
    return tuple(np.concatenate([part[place] for part in parts]) for place in range(7))


@pytest.mark.parametrize("kind", ["smooth", "free"])
def test_effects_of_pooled_films_are_found(kind: str) -> None:
    exits, risk, x, seconds, share, films, bins = world(7, 20)
    columns = free_baseline(bins // 3) if kind == "free" else smooth_baseline(seconds, share)
    fit = fit_hazard(exits, risk, x, columns, films, np.zeros(len(films), int))
    assert fit.effects == pytest.approx(BETA, abs=0.03)
    assert np.all(fit.errors < 0.03)
    assert np.all(np.abs(fit.effects - BETA) < 4 * fit.errors)
    assert fit.expected.sum() == pytest.approx(exits.sum(), rel=1e-3)


def test_one_film_identifies_nothing_and_two_do() -> None:
    for seed in range(20):
        _, risk, x, _, _, films, bins = world(seed, 1, viewers=50)
        assert np.all(identified_share(x, films, bins, risk + 1) < 1e-6)
    _, risk, x, _, _, films, bins = world(1, 2, viewers=50)
    assert np.all(identified_share(x, films, bins, risk + 1) > 0.2)


def test_kaplan_meier_of_a_case_by_hand() -> None:
    survival, low, high = kaplan_meier(np.array([10.0, 8.0, 4.0]), np.array([2.0, 0.0, 2.0]))
    assert survival == pytest.approx([0.8, 0.8, 0.4])
    assert np.all((low <= survival) & (survival <= high))
    variance = 0.8**2 * (2 / (10 * 8))
    z = 1.959964
    inner = z * np.sqrt(variance) / (0.8 * abs(np.log(0.8)))
    assert low[0] == pytest.approx(0.8 ** np.exp(inner), rel=1e-6)


def test_kaplan_meier_of_nobody() -> None:
    survival, low, high = kaplan_meier(np.zeros(3), np.zeros(3))
    assert list(survival) == list(low) == list(high) == [1, 1, 1]


def test_discovery_rates_of_a_case_by_hand() -> None:
    assert discovery_rates(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx([0.04, 0.0533333, 0.0533333, 0.5])
