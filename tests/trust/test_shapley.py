from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.trust.shapley import shapley_values


def test_the_glove_game() -> None:
    """A left glove and two right ones: only a pair is worth something."""

    def worth(group: frozenset[str]) -> float:
        return float("left" in group and bool({"right 1", "right 2"} & group))

    found = shapley_values(["left", "right 1", "right 2"], worth)
    assert found["left"] == pytest.approx(2 / 3)
    assert found["right 1"] == found["right 2"] == pytest.approx(1 / 6)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.text(min_size=1, max_size=4), st.floats(-10, 10), min_size=1, max_size=7))
def test_values_add_up_and_are_the_parts_where_parts_add_up(parts: dict[str, float]) -> None:
    found = shapley_values(list(parts), lambda group: sum(parts[name] for name in group))
    for name, value in parts.items():
        assert found[name] == pytest.approx(value, abs=1e-9)


def test_many_players_by_sampling_is_repeatable_and_adds_up() -> None:
    players = [f"p{number}" for number in range(20)]

    def worth(group: frozenset[str]) -> float:
        return len(group) ** 2

    found = shapley_values(players, worth, orders=300, seed=3)
    assert found == shapley_values(players, worth, orders=300, seed=3)
    assert sum(found.values()) == pytest.approx(400)


def test_nonsense_is_refused() -> None:
    for players in ([], ["a", "a"]):
        with pytest.raises(InputError):
            shapley_values(players, len)
