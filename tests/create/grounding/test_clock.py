"""Times of day."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.clock import clock_times, says_time


@pytest.mark.parametrize(
    ("text", "minute", "is_later"),
    [
        ("It hit the bridge at 8.10am.", 490, False),
        ("The debate ended at 12:40 a.m.", 40, False),
        ("It was twenty to one in the morning.", 40, False),
        ("She rings at five to nine.", 535, None),
        ("The bus goes half an hour before midnight.", 690, None),
        ("The clock stood at seventeen minutes past four.", 257, None),
        ("They met at half past six.", 390, None),
        ("The first bus leaves at 11.30pm.", 690, True),
    ],
)
def test_a_time_is_read(text: str, minute: int, is_later: bool | None) -> None:
    (found,) = clock_times(text)
    assert (found.minute, found.is_later) == (minute, is_later)
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text", ["children aged five to nine", "31 to 29", "from a quarter to two thirds", "8.10 metres"]
)
def test_what_is_no_time(text: str) -> None:
    assert list(clock_times(text)) == []


@pytest.mark.parametrize(
    ("said", "true", "right"),
    [
        ("shortly after eight in the morning", "8.10am", True),
        ("shortly after eight in the evening", "8.10am", False),
        ("shortly after seven in the morning", "8.10am", False),
        ("before nine o'clock", "8.10am", True),
        ("at 8:10", "8.10am", True),
        ("at 8:15", "8.10am", False),
        ("about 8:15", "8.10am", True),
        ("well past midnight", "12:40 a.m.", True),
    ],
)
def test_a_time_is_said_again(said: str, true: str, right: bool) -> None:
    (mine,), (theirs,) = clock_times(said), clock_times(true)
    assert says_time(mine, theirs) is right
