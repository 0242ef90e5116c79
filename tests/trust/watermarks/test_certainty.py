from __future__ import annotations

import numpy as np
import pytest

from rushlight.trust.watermarks.certainty import false_positive_bound


def test_the_bound_holds_for_values_of_any_shape() -> None:
    rng = np.random.default_rng(3)
    for values in (np.ones(400), rng.normal(0, 1, 400), rng.pareto(1.1, 400), np.eye(1, 400)[0]):
        signs = rng.choice([-1.0, 1.0], (20_000, 400))
        statistics = signs @ values / np.linalg.norm(values)
        for level in (1.0, 2.0, 3.0):
            bound = false_positive_bound(level, payload_bits=0, places_bits=0)
            assert (statistics >= level).mean() <= bound


def test_more_payloads_and_places_make_chance_likelier() -> None:
    one = false_positive_bound(12, payload_bits=64, places_bits=0)
    assert false_positive_bound(12, payload_bits=64, places_bits=10) == pytest.approx(one * 2**10)
    assert false_positive_bound(0, payload_bits=64, places_bits=0) == 1
    assert false_positive_bound(5, payload_bits=64, places_bits=0) == 1
    assert 0 < false_positive_bound(1000, payload_bits=64, places_bits=0) < 1e-300
