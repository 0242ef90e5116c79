from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.source import Document
from rushlight.audience.predict_click import predict_click
from rushlight.audience.predicting.source import read_impressions
from rushlight.audience.report.panels import Context
from rushlight.audience.report.predictions_panel import predictions_panel
from rushlight.audience.warehouse.engine import open_engine
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.predicting.worlds import document, impressions
from tests.audience.viewing import event, played


def test_probabilities_mean_what_they_say(tmp_path: Path) -> None:
    found = predict_click(document(tmp_path / "shown.csv", "\n".join(impressions(4000, seed=1))), None)
    assert found.better is True
    own = found.scores[0]
    assert {one.name for one in found.scores[1:]} == {
        "rate of all", "rate of the title so far", "line through the title's rate",
    }  # fmt: skip
    assert own.area > 0.65
    assert own.brier < min(one.brier for one in found.scores[1:])
    assert found.card.calibration in ("none", "platt", "isotonic")
    assert own.calibration_error < 2.5 * found.calibration_floor
    assert sum(one.rows for one in found.reliability) == found.card.held_back == 800
    inside = [one.low <= one.predicted <= one.high for one in found.reliability]
    assert sum(inside) >= 7
    assert {one.feature for one in found.effects[:3]} >= {"device"}
    assert "nan" not in found.as_text().lower()


def test_noise_is_no_better_than_the_rate(tmp_path: Path) -> None:
    found = predict_click(document(tmp_path / "shown.csv", "\n".join(impressions(1500, seed=2, effect=0.0))), None)
    assert found.better is not True
    assert "instead" in found.verdict


def test_no_click_and_nothing_but_clicks_are_said(tmp_path: Path) -> None:
    lines = impressions(300, seed=3)
    for value, said in (("0", "0 of 300 impressions led to a click"), ("1", "0 of 300 impressions led to no click")):
        rows = [",".join([*line.split(",")[:3], value, *line.split(",")[4:]]) for line in lines[1:]]
        found = predict_click(document(tmp_path / f"{value}.csv", "\n".join([lines[0], *rows])), None)
        assert said in found.verdict
        assert found.mean == float(value)
        assert found.scores == ()
    early = [
        ",".join([*line.split(",")[:3], str(int(n < 60)), *line.split(",")[4:]]) for n, line in enumerate(lines[1:])
    ]
    found = predict_click(document(tmp_path / "early.csv", "\n".join([lines[0], *early])), None)
    assert "unevenly over time" in found.verdict


def test_a_table_without_viewers_is_learned_from(tmp_path: Path) -> None:
    lines = [",".join(line.split(",")[1:]) for line in impressions(3000, seed=4)]
    wanted = document(tmp_path / "wanted.csv", "title_id,position,device\nt1,1,tv\nt1,5,mobile\n")
    found = predict_click(document(tmp_path / "shown.csv", "\n".join(lines)), wanted)
    assert found.better is True
    assert found.card.viewers == 0
    assert "names no viewers" in " ".join(found.notes)
    first, last = (float(line.split(",")[2]) for line in found.as_csv().splitlines()[1:])
    assert 0 < last < first < 1


def shown(number: int, second: float, *, viewer: str = "ann", title: str = "harbour") -> dict:
    return event(f"i{number}", "impression", second, viewer=viewer, title=title, view=None, position=1)


def clicked(number: int, second: float, *, viewer: str = "ann", title: str = "harbour") -> dict:
    return event(f"c{number}", "click", second, viewer=viewer, title=title, view=None)


def test_a_click_belongs_to_the_last_impression_before_it(fill: Fill) -> None:
    rows = [
        shown(1, 0), shown(2, 100), clicked(1, 130), clicked(2, 140),
        shown(3, 200, title="clock"), clicked(3, 200 + 3600, title="clock"),
        shown(4, 300, viewer="bob"), clicked(4, 290, viewer="bob"), clicked(5, 10, viewer="eve"),
    ]  # fmt: skip
    warehouse = fill(rows)
    with open_engine() as engine:
        found = read_impressions(warehouse, engine, 1800.0).in_order()
    assert found.outcome.tolist() == [0.0, 1.0, 0.0, 0.0]
    assert found.known_at.tolist() == [at + 1800 for at in found.at.tolist()]
    assert "3 clicks follow no impression within 30 minutes" in " ".join(found.notes)


def test_nothing_was_shown(fill: Fill) -> None:
    with pytest.raises(InputError, match="No impressions are known"):
        predict_click(Document(file=fill(played("ann", (0, 30))).events().manifest), None)


def test_who_is_shown_thousands_a_day_is_no_person(fill: Fill) -> None:
    rows = [shown(n, n, viewer="robot") for n in range(5100)] + [
        shown(n, n * 60, viewer=f"v{n % 12}") for n in range(24)
    ]
    with open_engine() as engine:
        found = read_impressions(fill(rows), engine, 1800.0)
    assert len(found) == 24
    assert "1 viewers with more than 5,000 impressions a day" in " ".join(found.notes)


def test_the_panel_draws_the_reliability_curve(fill: Fill) -> None:
    rng, rows = np.random.default_rng(0), []
    for number in range(500):
        viewer, title = f"v{number % 25}", ("harbour", "clock")[int(rng.integers(2))]
        rows.append(shown(number, 120.0 * number, viewer=viewer, title=title))
        if rng.random() < (0.5 if title == "harbour" else 0.1):
            rows.append(clicked(number, 120.0 * number + 5, viewer=viewer, title=title))
    warehouse = fill(rows)
    panel = predictions_panel(Context(warehouse.events(), warehouse))
    assert panel is not None
    page = str(panel.body)
    assert "Clicks" in page
    assert page.count("<circle") == 10
    assert "nan" not in page.lower()
