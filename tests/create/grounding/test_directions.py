"""Up and down, most and least."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.directions import direction_faults


@pytest.mark.parametrize(
    ("line", "evidence", "wrong"),
    [
        ("Sales fell by 12.", "Sales rose by 12.", ["fell"]),
        ("Sugar was 22% higher.", "Sugar was 22% lower.", ["higher"]),
        ("Libraries lent 6% less than before.", "Libraries lent 6% more than before.", ["less"]),
        ("It has the lowest tower.", "It has the highest tower.", ["lowest"]),
        ("A jury with more women was back.", "A jury of seven women took less than two hours.", []),
        ("The youngest was 45, the oldest 79.", "All were between 45 and 79 years old.", []),
        ("Most loaves fail.", "Nine out of ten loaves fail.", []),
        ("Their number has grown from five to 27.", "Five were set free; today there are 27.", []),
        ("The loaf will fall in.", "Let it rise, or it will collapse.", []),
        ("At least forty came.", "Forty or more came.", []),
    ],
)
def test_directions(line: str, evidence: str, wrong: list[str]) -> None:
    assert [found.text for found, _ in direction_faults(line, evidence, [])] == wrong
