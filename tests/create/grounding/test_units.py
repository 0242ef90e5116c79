"""Units and conversions."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.units import UNIT, convert, unit_of


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (7, "miles", "km", 11.265),
        (14, "weeks", "days", 98),
        (0.5, "hours", "minutes", 30),
        (1.2, "kg", "g", 1200),
        (2.4, "GWh", "MWh", 2400),
        (100, "°", "°F", 212),
        (110, "°F", "°", 43.33),
    ],
)
def test_measures_are_converted(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("unit", "to"), [("km", "kg"), ("€", "$"), ("points", "%"), ("years", "age")])
def test_other_dimensions_and_currencies_are_not(unit: str, to: str) -> None:
    assert convert(1, unit, to) is None


@pytest.mark.parametrize(
    ("text", "unit"), [(" square metres", "m²"), ("°F ", "°F"), (" miles", "miles"), ("-hour", "hours")]
)
def test_units_are_found_after_a_number(text: str, unit: str) -> None:
    match = UNIT.match(text)
    assert match is not None
    assert unit_of(match[1]) == unit
