from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from rushlight.audience.recommending.fairness import (
    bonuses_for_parity,
    exposure,
    fair_lists,
    grouped,
    parity_bounds,
    parity_ratio,
    typical_reach,
)
from rushlight.audience.recommending.measures import discounts


def test_parity_by_hand() -> None:
    """P(Y=1|A=0) = 0.2 and P(Y=1|A=1) = 0.5: a ratio of 0.4."""
    assert parity_ratio(np.array([0.2, 0.5])) == pytest.approx(0.4)
    assert parity_ratio(np.array([0.3, 0.3])) == 1
    assert parity_ratio(np.array([0.0, 0.0])) == 1


def test_exposure_by_hand() -> None:
    tops, groups = np.array([[0, 2]]), np.array([0, 0, 1])
    found = exposure(tops, groups, np.array([0.5, 0.5]))
    first, second = discounts(2) / discounts(2).sum()
    np.testing.assert_allclose(found, [[first / 0.5, second / 0.5]])


def skewed(seed: int = 0, viewers: int = 300, titles: int = 60) -> tuple[np.ndarray, sparse.csr_matrix, np.ndarray]:
    """Scores in which the second group of titles is a little behind for everybody, and what viewers in truth chose."""
    rng = np.random.default_rng(seed)
    groups = np.arange(titles) % 2
    truth = rng.normal(size=(viewers, titles))
    held = sparse.csr_matrix((truth > 1.6).astype(float))
    return truth + 0.6 * rng.normal(size=truth.shape) - 0.5 * groups, held, groups


def test_lists_become_fairer_at_a_small_price() -> None:
    scores, held, groups = skewed()
    none = sparse.csr_matrix(scores.shape)
    found = fair_lists(scores, none, held, groups, np.array([0.5, 0.5]))
    assert found.before[0] < 0.6
    assert found.after[0] >= 0.8
    assert found.before[1] <= found.before[0] <= found.before[2]
    # The bias was an error, so taking it out costs nothing.
    assert found.lost[0] < 0.03


def test_lists_that_are_fair_stay_as_they_are() -> None:
    scores, _, groups = skewed()
    none = sparse.csr_matrix(scores.shape)
    even = (scores + 0.5 * groups) / typical_reach(scores, none)
    np.testing.assert_array_equal(bonuses_for_parity(even, none, groups, np.array([0.5, 0.5]), 10, 0.8), 0)


def test_bounds_hold_the_ratio_of_many_draws() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for seed in range(60):
        values = np.stack([rng.binomial(1, 0.3, 200), rng.binomial(1, 0.5, 200)], axis=1).astype(float)
        low, high = parity_bounds(values, seed, rounds=200)
        hits += low <= 0.6 <= high
    assert hits >= 51


def test_groups_that_are_too_small_are_none() -> None:
    names, place = grouped(["a", "b", "a", "", "c"], least=2)
    assert names == ["a"]
    assert place.tolist() == [0, -1, 0, -1, -1]
