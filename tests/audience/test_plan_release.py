from __future__ import annotations

import csv
import io
import math
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.release_plan import ReleaseCard, ReleaseOption, ReleasePlan
from rushlight.artifacts.source import Document
from rushlight.audience.plan_release import plan_release
from rushlight.audience.planning.releasing import Rival, rival_factors
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.planning.tastes import view

pytest.importorskip("statsforecast")
START = date(2026, 3, 2)


def document(tmp_path: Path, text: str, name: str) -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def table(tmp_path: Path, days: int = 120, seed: int = 1) -> Document:
    """Fridays and Saturdays are strong."""
    week = np.resize([0.6, 0.7, 0.8, 0.9, 1.6, 1.8, 1.0], days)
    values = np.random.default_rng(seed).poisson(200 * week)
    lines = [f"{START + timedelta(days=at)},all,{value}" for at, value in enumerate(values)]
    return document(tmp_path, "date,series,value\n" + "\n".join(lines) + "\n", "demand.csv")


def test_the_strong_day_is_chosen_and_the_choice_was_good_before(tmp_path: Path) -> None:
    found = plan_release(table(tmp_path), (), None, opening_days=2)
    assert found.options[0].weekday == "Friday"
    assert found.looked_at == 28
    assert found.options[0].index > 1.4
    assert found.options[0].low < found.options[0].demand < found.options[0].high
    # Four Fridays are alike, and it is said.
    assert 0.1 < found.options[0].best_probability < 0.6
    assert "No day is surely the best" in found.as_text()
    assert found.card.trials > 0
    assert 1.3 < found.card.gain <= found.card.possible + 1e-9  # type: ignore[operator]


def test_a_rival_moves_the_release_and_a_feast_draws_it(tmp_path: Path) -> None:
    demand = table(tmp_path, 70)
    plain = plan_release(demand, (), None, opening_days=2, weekdays=("fri",))
    assert len(plain.options) == 4
    rivals = document(tmp_path, f"date,title,size\n{plain.options[0].date},Their Film,3\nsoon,x,1\n", "rivals.csv")
    moved = plan_release(demand, (), rivals, opening_days=2, weekdays=("fri",))
    assert moved.options[0].date != plain.options[0].date
    assert moved.options[-1].date == plain.options[0].date
    assert moved.options[-1].rivals == ("Their Film",)
    assert "assumed, not measured" in moved.as_text()
    assert "1 rivals have no date" in moved.as_text()


def test_a_feast_of_the_past_draws_the_release_to_the_next(tmp_path: Path) -> None:
    values = np.random.default_rng(2).poisson(200, 120).astype(float)
    feasts = [20, 41, 62, 83, 104]
    values[feasts] *= 3
    lines = [f"{START + timedelta(days=at)},all,{value}" for at, value in enumerate(values)]
    demand = document(tmp_path, "date,series,value\n" + "\n".join(lines), "d.csv")
    known = [f"{START + timedelta(days=at)},feast" for at in (*feasts, 140)]
    calendar = document(tmp_path, "date,event\n" + "\n".join(known), "days.csv")
    found = plan_release(demand, (calendar,), None, opening_days=1)
    assert found.options[0].date == (START + timedelta(days=140)).isoformat()
    assert found.options[0].events == ("feast",)
    assert found.options[0].best_probability > 0.9


def test_rivals_take_less_from_day_to_day() -> None:
    left = rival_factors([Rival(date(2026, 1, 3), "x", 1.0)], date(2026, 1, 1), 20, 0.2)
    assert left[:2].tolist() == [1.0, 1.0]
    assert left[2] == pytest.approx(0.8)
    assert (np.diff(left[2:16]) > 0).all()
    assert (left[16:] == 1.0).all()


def test_hours_channels_and_openings_come_from_the_warehouse(fill: Fill, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    rows = []
    for number in range(4):
        for viewer in range(30):
            lag = int(rng.geometric(0.4)) - 1
            at = datetime(2026, 3, 3) + timedelta(days=4 * number + lag, hours=19, minutes=viewer)
            rows += view(f"v{viewer}", f"t{number}", at, traffic_source="email" if lag < 2 else "search")
    for day in range(26):
        rows += view(f"v{day % 30}", "t-old", datetime(2026, 3, 2, 20) + timedelta(days=day), traffic_source="home")
    warehouse = fill(rows, into=Warehouse.create(tmp_path / "audience", buckets=1))
    found = plan_release(Document(file=warehouse.events().manifest), (), None, title="New")
    assert found.hour in (18, 19)
    assert [step.channel for step in found.channels] == ["email", "search"]
    assert found.channels[0].day == 0 < found.channels[1].day
    text = found.as_ics()
    assert text.count("BEGIN:VEVENT") == 3
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_calendar_holds_what_would_break_it() -> None:
    option = ReleaseOption(date="2026-05-01", demand=1, low=0, high=2, index=1, best_probability=1)
    plan = ReleasePlan(
        title="A; B, C\\D\nEND:VCALENDAR" + "é" * 90, options=(option,), opening_days=7, looked_at=1, confidence=0.9,
        rival_effect=0, rival_effect_is_measured=False, card=ReleaseCard(),
    )  # fmt: skip
    lines = plan.as_ics().split("\r\n")
    assert lines.count("END:VCALENDAR") == 1
    unfolded = plan.as_ics().replace("\r\n ", "")
    assert "SUMMARY:Release: A\\; B\\, C\\\\D\\nEND:VCALENDAR" + "é" * 90 in unfolded
    assert "DTSTART:20260501T000000" in unfolded


def test_what_cannot_be_planned_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="20 days only"):
        plan_release(table(tmp_path, 20), (), None)
    demand = table(tmp_path)
    with pytest.raises(InputError, match="no series 'x'"):
        plan_release(demand, (), None, category="x")
    with pytest.raises(InputError, match="is no day"):
        plan_release(demand, (), None, earliest="soon")
    with pytest.raises(InputError, match="No day is possible"):
        plan_release(demand, (), None, earliest="2026-08-01", latest="2026-07-20")
    with pytest.raises(InputError, match="lies more than"):
        plan_release(demand, (), None, earliest="2028-08-01")


def test_no_demand_at_all_gives_figures_and_the_same_again(tmp_path: Path) -> None:
    lines = [f"{START + timedelta(days=at)},0" for at in range(60)]
    demand = document(tmp_path, "date,value\n" + "\n".join(lines), "none.csv")
    found = plan_release(demand, (), None)
    numbers = [value for one in found.options for value in (one.demand, one.low, one.high, one.index)]
    assert all(math.isfinite(value) for value in numbers)
    assert found == plan_release(demand, (), None)
    assert len(list(csv.DictReader(io.StringIO(found.as_csv())))) == 5
