from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushlight.timeline.graphics.motion import EASINGS, Change, steady


@pytest.mark.parametrize("ease", sorted(set(EASINGS) - {"hold"}))
def test_easings_begin_and_end_where_they_should(ease: str) -> None:
    change = Change.between(1.0, 2.0, 10.0, 20.0, ease)
    assert change.at(0) == 10
    assert change.at(1) == pytest.approx(10)
    assert change.at(2.9999999) == pytest.approx(20, abs=1e-4)
    assert change.at(3) == change.at(99) == 20


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["linear", "out", "in", "in_out"]))
def test_easings_never_turn_back(a: float, b: float, ease: str) -> None:
    low, high = sorted((a, b))
    assert EASINGS[ease](low) <= EASINGS[ease](high) + 1e-12


def test_hold_jumps_at_the_next_key() -> None:
    change = Change(((0.0, 1.0, "hold"), (1.0, 5.0, "linear")))
    assert change.at(0.999) == 1
    assert change.at(1.0) == 5


def test_changes_follow_each_other() -> None:
    change = Change.between(0, 1, 0, 1).then(3, 1, 0)
    assert [change.at(t) for t in (0, 1, 2, 3, 4, 9)] == [0, 1, 1, 1, 0, 0]
    assert steady(4).at(7) == 4
