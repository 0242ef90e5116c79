from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.statistics.excess import find_excess

LEVELS = (3, 3, 4, 4)


def everybody(count: int, seed: int, *, tied: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = np.stack([rng.integers(level, size=count) for level in LEVELS], axis=1)
    if tied:
        # What people have goes with when they come, for everybody.
        rows[:, 2] = np.where(rng.random(count) < 0.7, rows[:, 0], rows[:, 2])
    return rows


def planted(centres: list[tuple[int, ...]], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everybody, which are cases (some anywhere, 200 around each centre), and where each comes from."""
    rng = np.random.default_rng([seed, 1])
    whole = everybody(4000, seed, tied=True)
    parts, truth = [whole], [np.zeros(4000, np.int64)]
    for number, centre in enumerate(centres, 1):
        others = everybody(200, seed + number)
        parts.append(np.where(rng.random(others.shape) < 0.85, np.array(centre), others))
        truth.append(np.full(200, number))
    rows, come_from = np.concatenate(parts), np.concatenate(truth)
    return rows, (come_from > 0) | (rng.random(len(rows)) < 0.05), come_from


@pytest.mark.parametrize("tied", [False, True])
def test_what_is_so_of_everybody_makes_no_group(tied: bool) -> None:
    for seed in range(3):
        rows = everybody(3000, seed, tied=tied)
        case = np.random.default_rng([seed, 2]).random(3000) < 0.1
        assert find_excess(rows[case], rows, LEVELS, most=4, seed=0).k == 0


CENTRES = [(1, 2, 1, 0), (2, 0, 3, 1), (0, 1, 0, 3)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_groups_are_found_and_who_is_in_them(count: int) -> None:
    rows, case, truth = planted(CENTRES[:count], 7)
    found = find_excess(rows[case], rows, LEVELS, most=5, seed=0)
    assert found.k == count
    assert found.stability > 0.75
    assert found.shares.sum() == pytest.approx(1.0)
    inside = truth[case]
    for group in range(1, found.k + 1):
        members = inside[found.labels == group]
        assert np.bincount(members).max() >= 0.75 * len(members)
    assert np.array_equal(found.reference_labels[case], found.labels)


def test_the_same_seed_gives_the_same_groups() -> None:
    rows, case, _ = planted(CENTRES[:1], 3)
    once, again = (find_excess(rows[case], rows, LEVELS, most=3, seed=4) for _ in range(2))
    assert once.candidates == again.candidates
    assert np.array_equal(once.labels, again.labels)
