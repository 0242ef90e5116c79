"""Words that say how a number is rounded."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.hedges import hedge_of


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("more than ", "", ("over", False)),
        ("at least ", "", ("over", True)),
        ("well over ", "", ("far over", False)),
        ("a little over ", "", ("just over", False)),
        ("not even ", "", ("under", True)),
        ("fewer than ", "", ("under", False)),
        ("older than ", "", ("over", False)),
        ("younger than ", "", ("under", False)),
        ("no ticket will cost more than ", "", ("under", True)),
        ("below the age of ", "", ("under", False)),
        ("nearly a ", "", ("below", False)),
        ("", " or so", ("near", True)),
        ("", " years or more", ("over", True)),
        ("exactly ", "", ("", False)),
    ],
)
def test_hedges(before: str, after: str, expected: tuple[str, bool]) -> None:
    assert hedge_of(before, after) == expected
