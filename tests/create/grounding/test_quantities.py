"""Numbers as people say them."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.quantities import read_quantities
from rushlight.create.grounding.rounding import is_said_by


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("three hundred and forty people", "count", 340, ""),
        ("fifteen hundred litres", "count", 1500, "l"),
        ("half a million", "count", 500_000, ""),
        ("two and a half million euros", "count", 2_500_000, "€"),
        ("four and a half hectares", "count", 4.5, "ha"),
        ("1.2 thousand tonnes", "count", 1200, "t"),
        ("190m euros", "count", 190e6, "€"),
        ("42m long", "count", 42, "m"),
        ("£612,000", "count", 612_000, "£"),
        ("a dozen eggs", "count", 12, ""),
        ("two decades", "count", 20, "years"),
        ("47 per cent", "share", 0.47, ""),
        ("four-fifths", "share", 0.8, ""),
        ("a twentieth", "share", 0.05, ""),
        ("one in three", "share", 1 / 3, ""),
        ("2 out of 5", "share", 0.4, ""),
        ("one tube in ten", "share", 0.1, ""),
        ("eightfold", "fold", 8, ""),
        ("three times as much", "fold", 3, ""),
        ("twice", "fold", 2, ""),
        ("the 4th", "ordinal", 4, ""),
        ("minus 18 degrees", "count", -18, "°"),
        ("18 degrees below zero", "count", -18, "°"),
        ("1963, it rained", "year", 1963, ""),
        ("the 1890s", "years", 1890, ""),
        ("the 18th century", "years", 1700, ""),
    ],
)
def test_one_number_is_read(text: str, kind: str, value: float, unit: str) -> None:
    (found,) = read_quantities(text)
    assert (found.kind, found.unit) == (kind, unit)
    assert found.low == pytest.approx(value)
    assert text[found.start : found.end] == found.text


def test_units_are_shared_and_idle_words_left() -> None:
    assert [q.low for q in read_quantities("from 58 to 34 per cent")] == [0.58, 0.34]
    assert [q.unit for q in read_quantities("from 120 kroner to 75")] == ["kroner", "kroner"]
    assert read_quantities("one of them") == []
    assert [(q.low, q.unit) for q in read_quantities("a month and a half later")] == [(1.5, "months")]


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
    ],
)
def test_rounding(text: str, true: float, right: bool) -> None:
    (said,) = read_quantities(text)
    assert is_said_by(said, true) is right
