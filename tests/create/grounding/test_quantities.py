"""Numbers as people say them."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.quantities import read_quantities


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
        ("half an hour", "count", 0.5, "hours"),
        ("a fifth of a kilo", "count", 0.2, "kg"),
        ("three quarters of a million euros", "count", 750_000, "€"),
        ("half a dozen hospitals", "count", 6, ""),
        ("a third of a century", "count", 100 / 3, "years"),
        ("a decade and a half", "count", 15, "years"),
        ("three hours and ten minutes", "count", 19 / 6, "hours"),
        ("two pounds fifty", "count", 2.5, "£"),
        ("54 straight days", "count", 54, "days"),
        ("a 34-year-old nurse", "count", 34, "age"),
        ("Hugh Sorensen, 61, retired", "count", 61, "age"),
        ("one for every seven", "share", 1 / 7, ""),
        ("every second tenant", "share", 0.5, ""),
        ("a third ship", "ordinal", 3, ""),
        ("a third of the ships", "share", 1 / 3, ""),
        ("hundreds of letters", "vague", 200, ""),
        ("the mid-nineties", "years", 90, ""),
    ],
)
def test_one_number_is_read(text: str, kind: str, value: float, unit: str) -> None:
    (found,) = read_quantities(text)
    assert (found.kind, found.unit) == (kind, unit)
    assert found.low == pytest.approx(value)
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("five public libraries stay", {"library"}),
        ("83 people died", {"people"}),
        ("83 died", set()),
        ("400 grams of rye flour", {"flour"}),
        ("the 200 million mark", set()),
    ],
)
def test_what_a_number_counts(text: str, things: set[str]) -> None:
    (found,) = read_quantities(text)
    assert found.things == things


def test_half_time_and_the_second_half_are_no_halves() -> None:
    assert "share" not in [q.kind for q in read_quantities("before half-time, or in the second half")]


def test_marks_say_what_a_number_does() -> None:
    marks = {q.text: set(q.marks) for q in read_quantities("It fell by 40, two points ahead of 9 of them since 1970.")}
    assert marks == {"40": {"change", "less"}, "two": {"gap"}, "9": {"part"}, "1970": {"since"}}


def test_units_are_shared_and_idle_words_left() -> None:
    assert [q.low for q in read_quantities("from 58 to 34 per cent")] == [0.58, 0.34]
    assert [q.unit for q in read_quantities("from 120 kroner to 75")] == ["kroner", "kroner"]
    assert read_quantities("one of them") == []
    assert [(q.low, q.unit) for q in read_quantities("a month and a half later")] == [(1.5, "months")]
