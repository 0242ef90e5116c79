from __future__ import annotations

import numpy as np

from rushlight.audience.spreading.influence import Passing, find_reach
from rushlight.audience.spreading.rising import discovered, expected_and_excess


def test_chance_alone_is_seldom_a_rise() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(3.0, (400, 120)).astype(np.float64)
    p_values = np.asarray([one.p_value for one in expected_and_excess(counts, 7)])
    assert np.mean(p_values < 0.05) < 0.08
    assert not discovered(p_values, 0.02).any()


def test_busier_days_are_no_rise_of_each_term() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(10.0, (60, 120)).astype(np.float64)
    counts[:, -7:] = rng.poisson(20.0, (60, 7))
    kinds = np.zeros(60, dtype=np.int64)
    assert discovered(np.asarray([one.p_value for one in expected_and_excess(counts, 7)]), 0.02).all()
    assert not discovered(np.asarray([one.p_value for one in expected_and_excess(counts, 7, kinds)]), 0.02).any()


def test_the_rate_of_false_discoveries_counts_all_tests() -> None:
    p_values = np.asarray([0.001, 0.5])
    assert list(discovered(p_values, 0.02)) == [True, False]
    assert not discovered(p_values, 0.02, tests=100).any()
    assert discovered(np.zeros(0), 0.02).shape == (0,)


def test_reach_counts_all_steps() -> None:
    chain = [Passing("a", "b"), Passing("b", "c")] * 20
    found = {one.author: one for one in find_reach(chain, {"a": 20, "b": 20, "c": 20})}
    assert found["a"].reach > found["b"].reach > found["c"].reach == 0
    assert (
        sum(one.centrality for one in found.values()) == 1.0
        or abs(sum(o.centrality for o in found.values()) - 1) < 1e-9
    )
    assert find_reach([], {}) == []
