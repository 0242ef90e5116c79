from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.planning.happenings import Happenings, effects_of, factors, load_happenings
from rushlight.audience.planning.series import DemandSeries, DemandTable, load_demand, period_of, period_start
from rushlight.audience.planning.tables import as_text_cell, moment, number
from rushlight.core.errors import InputError


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "demand.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_out_of_order_doubled_and_bad_are_put_right_and_said(tmp_path: Path) -> None:
    found = load_demand(
        table(
            tmp_path,
            "\ufeffDate;Title_ID;Views\n2026-01-03;a;30\n2026-01-01;a;10\n2026-01-02;a;20\n2026-01-02;a;21\n"
            "2026-01-04;a;-5\nyesterday;a;4\n2026-01-04;a;many\n2026-01-04;a;nan\n2026-01-04;a;40\n",
        )
    )
    assert found.series[0].values.tolist() == [10, 21, 30, 40]
    assert period_start(found.series[0].first, "day") == date(2026, 1, 1)
    said = " ".join(found.notes)
    assert "1 row has a negative value" in said
    assert "1 row has no date" in said
    assert "2 rows have no number" in said
    assert "1 row has a date that their series already has" in said


def test_moments_of_a_day_add_up(tmp_path: Path) -> None:
    text = "date,value\n2026-01-01T08:00:00Z,1\n2026-01-01T23:30:00-02:00,5\n2026-01-01 09:00,2\n2026-01-02,7\n"
    found = load_demand(table(tmp_path, text))
    assert found.series[0].values.tolist() == [3, 12]
    assert "all rows are one series" in " ".join(found.notes)


def test_gaps_are_zero_where_zeros_are_left_out_and_bridged_where_days_are_forgotten(tmp_path: Path) -> None:
    seldom = "date,series,value\n2026-01-01,a,1\n2026-01-05,a,2\n2026-01-09,a,1\n"
    assert load_demand(table(tmp_path, seldom), every="day").series[0].values.tolist() == [1, 0, 0, 0, 2, 0, 0, 0, 1]
    days = [f"2026-01-{day:02},a,{100 + day % 7}" for day in range(1, 29) if day != 14]
    often = load_demand(table(tmp_path, "date,series,value\n" + "\n".join(days)))
    assert often.series[0].values[13] == 100 + 14 % 7
    assert "filled from around" in " ".join(often.notes)
    zero = load_demand(table(tmp_path, "date,series,value\n" + "\n".join(days)), gaps="zero")
    assert zero.series[0].values[13] == 0


def test_weeks_are_seen_and_made_and_the_last_is_left_out_while_it_lasts(tmp_path: Path) -> None:
    weekly = "date,value\n" + "\n".join(f"2026-{month:02}-{day:02},5" for month, day in ((1, 5), (1, 12), (1, 19)))
    assert load_demand(table(tmp_path, weekly)).every == "week"
    daily = "date,value\n" + "\n".join(f"2026-01-{day:02},2" for day in range(5, 28))
    found = load_demand(table(tmp_path, daily), every="week")
    assert found.series[0].values.tolist() == [14, 14, 14]
    assert "not over yet" in " ".join(found.notes)


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_periods_and_their_first_days_agree(every: str) -> None:
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2028, 2, 29)):
        period = period_of(day, every)
        start = period_start(period, every)
        assert start <= day
        assert period_of(start, every) == period
        assert period_start(period + 1, every) > day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("when,how\n1,2\n", "no column `date` and no column `value`"),
        ("date,value\n", "no row with a date and a number"),
        ("date,value\nx,1\n2026-01-01,-1\n", "no row with a date and a number"),
        ("date,value\n1980-01-01,1\n2120-01-01,1\n", "more than 20,000"),
    ],
)
def test_a_table_that_says_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_demand(table(tmp_path, text), every="day")


def test_cells_moments_and_numbers() -> None:
    assert [as_text_cell(text) for text in ("=1+1", " @x", "-3", "plain", "")] == ["'=1+1", "' @x", "'-3", "plain", ""]
    assert number("1,5") == 1.5
    assert number("inf") is None
    assert moment("1767225600").date() == date(2026, 1, 1)  # type: ignore[union-attr]
    assert moment("0026-01-01") is None


def test_an_event_that_doubles_demand_is_found_and_one_never_seen_changes_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    first = date(2026, 1, 1).toordinal()
    values = rng.poisson(100 * np.resize([1, 1, 1, 1, 1.5, 2, 2], 90)).astype(float)
    values[[20, 41, 62]] *= 2
    series = DemandSeries("a", first, values)
    calendar = tmp_path / "days.csv"
    lines = [f"{date.fromordinal(first + at)},gala" for at in (20, 41, 62, 92)]
    calendar.write_text("date,event\n" + "\n".join(lines) + "\n2026-04-02,moon\nbad,bad\n", encoding="utf-8")
    happenings = load_happenings(calendar, "day")
    effects = effects_of(DemandTable((series,), "day"), happenings)
    assert 1.8 < effects["gala"].ratio < 2.2
    assert effects["gala"].seen == 3
    assert effects["moon"].seen == 0
    made = factors(series, happenings, effects, 7)
    assert made[92] == effects["gala"].ratio == made[20]
    assert made[91] == 1.0
    assert "1 rows of the calendar" in happenings.notes[0]


def test_an_event_of_another_series_does_not_touch_this_one() -> None:
    happenings = Happenings({"release": frozenset({(5, "b")})})
    assert happenings.on("a", 5) == []
    assert happenings.on("b", 5) == ["release"]
