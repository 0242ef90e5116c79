from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.audience.predicting.history import past_sums, seconds_since_last, shrunk_mean

ROW = st.tuples(st.integers(-1, 3), st.integers(0, 12), st.integers(0, 5), st.integers(0, 9) | st.none())


@settings(deadline=None, max_examples=200)
@given(st.lists(ROW, min_size=1, max_size=30))
def test_only_what_was_known_strictly_before_counts(rows: list[tuple[int, int, int, int | None]]) -> None:
    keys = np.array([row[0] for row in rows], np.int64)
    at = np.array([row[1] for row in rows], float)
    known = at + np.array([row[2] for row in rows], float)
    outcome = np.array([np.nan if row[3] is None else row[3] for row in rows], float)
    count, total = past_sums(keys, at, known, outcome)
    for here in range(len(rows)):
        before = [
            outcome[other] for other in range(len(rows))
            if keys[other] == keys[here] >= 0 and known[other] < at[here] and not np.isnan(outcome[other])
        ]  # fmt: skip
        assert count[here] == len(before)
        assert total[here] == sum(before)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 9)), min_size=1, max_size=20))
def test_the_last_visit_is_an_earlier_one(rows: list[tuple[int, int]]) -> None:
    keys, at = np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], float)
    found = seconds_since_last(keys, at)
    for here in range(len(rows)):
        before = [at[other] for other in range(len(rows)) if keys[other] == keys[here] >= 0 and at[other] < at[here]]
        assert np.isnan(found[here]) if not before else found[here] == at[here] - max(before)


def test_few_outcomes_are_drawn_to_what_is_usual() -> None:
    found = shrunk_mean(np.array([0.0, 5.0, 1000.0]), np.array([0.0, 50.0, 10_000.0]), np.full(3, 2.0), 5.0)
    assert found[0] == 2.0
    assert found[1] == 6.0
    assert 9.9 < found[2] < 10.0
