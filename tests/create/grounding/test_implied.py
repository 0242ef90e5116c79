"""Numbers without numerals."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.implied import implied_quantities


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("Wait a whole day.", "count", 1, "days"),
        ("She is survived by two daughters, a son, and six grandchildren.", "count", 3, ""),
        ("A jury of seven women and five men sat.", "count", 12, ""),
        ("It comes by between 18% and 22%.", "share", 0.2, ""),
        ("Buses run Thursday to Sunday.", "count", 4, ""),
        ("They walk after breakfast, lunch and dinner.", "count", 3, ""),
        ("Most of them are children.", "share", 0.5, ""),
        ("She and eleven other keepers run it.", "count", 12, ""),
        ("She won in 2:24:03.", "count", 2.4008, "hours"),
    ],
)
def test_numbers_are_implied(text: str, kind: str, value: float, unit: str) -> None:
    found = [(q.kind, q.low, q.unit) for q in implied_quantities(text)]
    assert (kind, pytest.approx(value, abs=1e-3), unit) in found


def test_a_part_is_not_added_to_its_whole() -> None:
    assert 43 not in [q.low for q in implied_quantities("They hired 34 drivers, nine of them women.")]
