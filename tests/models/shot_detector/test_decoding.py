from __future__ import annotations

import numpy as np
import pytest

from rushlight.models.shot_detector.decoding import KINDS, Found, Thresholds, find_transitions, score


def odds(count: int, *places: tuple[int, int, str, float]) -> np.ndarray:
    """Log odds of a film where, from one gap up to another, a kind has a probability."""
    share = np.full((count, 5), 1e-4)
    share[:, 0] = 1
    for first, end, kind, probability in places:
        share[first:end] = 1e-4
        share[first:end, KINDS.index(kind)] = probability
        share[first:end, 0] = 1 - probability
    return np.log(share / share.sum(axis=1, keepdims=True)).astype(np.float32)


def test_a_cut_is_one_gap() -> None:
    (found,) = find_transitions(odds(50, (20, 21, "cut", 0.9)))
    assert (found.start, found.end, found.kind) == (20, 21, "cut")
    assert found.probability == pytest.approx(0.9, abs=0.01)


def test_of_neighbouring_cuts_the_surer_counts() -> None:
    found = find_transitions(odds(50, (20, 21, "cut", 0.7), (21, 22, "cut", 0.95)))
    assert [(one.start, one.end) for one in found] == [(21, 22)]


def test_a_dissolve_runs_from_its_first_gap_to_its_last() -> None:
    found = find_transitions(odds(80, (30, 50, "dissolve", 0.9)))
    assert [(one.start, one.end, one.kind) for one in found] == [(30, 50, "dissolve")]


def test_holes_are_bridged_and_the_kind_is_that_of_most() -> None:
    found = find_transitions(odds(80, (30, 38, "fade", 0.8), (40, 55, "wipe", 0.9)))
    assert [(one.start, one.end, one.kind) for one in found] == [(30, 55, "wipe")]


def test_doubt_and_short_flickers_are_nothing() -> None:
    assert find_transitions(odds(80, (30, 50, "dissolve", 0.4), (60, 61, "cut", 0.3))) == []
    assert find_transitions(odds(80, (30, 32, "wipe", 0.45))) == []


def test_no_frames_no_transitions() -> None:
    assert find_transitions(np.zeros((0, 5), np.float32)) == []


def test_more_caution_asks_for_more() -> None:
    shy = Thresholds().shifted(0.3)
    assert (shy.cut, shy.gradual) == (0.8, 0.8)
    assert find_transitions(odds(50, (20, 21, "cut", 0.7)), shy) == []


def test_matching_is_one_to_one() -> None:
    total, matches, extra = score([(10, 11), (30, 40)], [(11, 12), (12, 13), (60, 61)])
    assert (total.hits, total.misses, total.false_alarms) == (1, 1, 2)
    assert matches == [0, -1]
    assert extra == [1, 2]
    assert total.f1 == pytest.approx(2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3))
    assert score([], [])[0].f1 == 1.0


def test_found_is_a_value() -> None:
    assert Found(1, 2, "cut", 0.5) == Found(1, 2, "cut", 0.5)
