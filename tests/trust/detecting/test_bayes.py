from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.trust.detecting.bayes import Calibrated, combined, probability

LINE = Calibrated(
    names=("a", "b"), mean=np.array([1.0, 0.0]), spread=np.array([2.0, 1.0]), weights=np.array([0.5, -1.0]),
    offset=0.25, farthest=4.0,
)  # fmt: skip


def test_the_probability_is_that_of_bayes() -> None:
    # TPR 0.9 and FPR 0.05 at a prior of one in a hundred.
    assert probability(math.log(0.9 / 0.05), 0.01) == pytest.approx(0.9 * 0.01 / (0.9 * 0.01 + 0.05 * 0.99))
    assert probability(0.0, 0.3) == pytest.approx(0.3)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5))
@settings(deadline=None)
def test_one_of_several_changes_is_worth_their_mean_ratio(ratios: list[float]) -> None:
    found = combined(ratios)
    assert found is not None
    assert math.exp(found) == pytest.approx(float(np.mean(np.exp(ratios))))


def test_nothing_looked_at_says_nothing() -> None:
    assert combined([]) is None


def test_parts_sum_to_the_ratio() -> None:
    numbers = {"a": 3.0, "b": 0.5}
    assert sum(LINE.parts(numbers).values()) + LINE.offset == pytest.approx(LINE.log_ratio(numbers))


def test_evidence_is_held_and_foreign_pieces_are_known() -> None:
    assert LINE.log_ratio({"a": 1e6, "b": 0.0}) == pytest.approx(math.log(200))
    assert LINE.is_foreign({"a": 9.0, "b": 0.0})
    assert not LINE.is_foreign({"a": 1.0, "b": 0.0})
