"""Dates, seasons and parts of the day."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.dates import days_between, days_of_months, find_dates, period_faults, same_date


@pytest.mark.parametrize(
    "text", ["5 October 2020", "October 5, 2020", "the 5th of October, 2020", "2020-10-05", "5/10/2020"]
)
def test_a_date_is_read_in_every_form(text: str) -> None:
    (found,) = find_dates(text)
    assert any(same_date((2020, 10, 5), reading) for reading in found.readings)


def test_a_number_after_a_month_is_no_day() -> None:
    assert list(find_dates("In March 3,200 people came.")) == []


def test_days_may_follow_their_month() -> None:
    assert list(days_of_months("Frost came on nine nights in April, and on the 24th it killed.")) == [(0, 4, 24)]


def test_days_lie_between_dates() -> None:
    assert days_between("from 2 April to 18 May") == [46.0, 47.0]


@pytest.mark.parametrize(
    ("line", "evidence", "wrong"),
    [
        ("They were caught in the summer.", "They were caught in the winter of 2016.", ["summer"]),
        ("They were caught in winter.", "They were caught in January 2016.", []),
        ("They were caught in summer.", "They were caught in January 2016.", ["summer"]),
        ("It was largest in the morning.", "It was largest in the evening.", ["morning"]),
        ("A teacher comes on Fridays.", "A teacher comes on alternate Tuesdays.", ["Friday"]),
        ("That spring they left.", "They left in the dark.", []),
    ],
)
def test_periods_contradict(line: str, evidence: str, wrong: list[str]) -> None:
    found = [fault.text for fault, _ in period_faults(line, evidence)]
    assert [text.rstrip("s") for text in found] == wrong
