"""Numbers as said against true ones."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.quantities import read_quantities
from rushlight.create.grounding.rounding import How, is_said_by


@pytest.mark.parametrize(
    ("text", "true", "right"),
    [
        ("about 40,000", 41_250, True),
        ("about 50,000", 41_250, False),
        ("about 290", 280, False),
        ("nearly 60", 58, True),
        ("nearly 60", 61, False),
        ("over 1,200", 1240, True),
        ("over 1,300", 1240, False),
        ("under twenty", 17, True),
        ("more than 50 million", 52e6, True),
        ("52 million", 52.4e6, True),
        ("53 million", 52.4e6, False),
        ("83", 83, True),
        ("83", 84, False),
        ("nearly half", 0.47, True),
        ("half", 0.48, True),
        ("half", 0.4, False),
        ("-5", 5, False),
        ("more than 83", 83, False),
        ("at least 83", 83, True),
        ("within 83", 83, True),
        ("well over 50,000", 64_000, True),
        ("over 50,000", 70_000, False),
        ("just over 50,000", 60_000, False),
        ("less than 10", 9, True),
        ("hundreds of letters", 640, True),
        ("hundreds of letters", 41, False),
        ("nearly halved", 0.54, True),
        ("nearly halved", 0.46, False),
    ],
)
def test_rounding(text: str, true: float, right: bool) -> None:
    (said,) = read_quantities(text)
    assert is_said_by(said, true) is right


@pytest.mark.parametrize(
    ("text", "true", "how", "right"),
    [
        ("eleven kilometres", 11.27, "converted", True),
        ("eleven kilometres", 11.27, "said", False),
        ("almost two months", 1.61, "converted", True),
        ("over 160", 199, "said", True),
        ("over 160", 199, "derived", False),
    ],
)
def test_what_is_worked_out_is_held_to_another_measure(text: str, true: float, how: How, right: bool) -> None:
    (said,) = read_quantities(text)
    assert is_said_by(said, true, how) is right
