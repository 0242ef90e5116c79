from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.source import Document
from rushlight.audience.predict_watch_time import predict_watch_time
from rushlight.audience.predicting.explaining import MOST_ERROR
from rushlight.audience.predicting.storing import read_predictor
from rushlight.audience.report.panels import Context
from rushlight.audience.report.predictions_panel import predictions_panel
from rushlight.audience.warehouse.titles import import_titles
from rushlight.cli.options import read_artifact
from rushlight.core.errors import InputError, ModelError
from tests.audience.conftest import Fill
from tests.audience.predicting.worlds import document, viewings
from tests.audience.viewing import event, played


def told(path: Path, lines: list[str], wanted: Document | None = None, **options: object):
    return predict_watch_time(document(path, "\n".join(lines)), wanted, **options)


def test_what_can_be_known_beforehand_is_learned_and_scored_on_later_viewings(tmp_path: Path) -> None:
    wanted = document(tmp_path / "wanted.csv", "viewer,title_id,device\nu1,t2,tv\nu1,t2,mobile\nnobody,new,tv\n")
    found = told(tmp_path / "views.csv", viewings(2500, seed=1), wanted)
    assert found.better is True
    assert "Better than" in found.verdict
    own, *others = found.scores
    assert {one.name for one in others} == {"mean of all", "mean of the title so far", "mean of the viewer so far"}
    assert all(own.loss < one.loss and 0 < one.gain_low <= one.gain <= one.gain_high for one in others)
    assert own.low < own.loss < own.high
    assert found.card.held_back == 500
    assert found.card.rows == 2000
    assert {one.feature for one in found.effects[:3]} >= {"device"}
    assert not found.explanation_withheld
    assert found.explanation_error <= MOST_ERROR
    with found.predictions.path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    tv, mobile, new = (float(row["seconds"]) for row in rows)
    assert tv > mobile + 20
    assert 60 < new < 240
    assert all("; " in row["because"] and " s" in row["because"] for row in rows)
    assert found.as_csv().startswith("viewer,title_id,seconds,because\n")
    assert "nan" not in found.as_text().lower()


def test_where_nothing_can_be_known_it_says_so(tmp_path: Path) -> None:
    found = told(tmp_path / "views.csv", viewings(1200, seed=2, effect=0.0))
    assert found.better is not True
    assert "Use that instead" in found.verdict or "use that instead" in found.verdict


def test_the_future_changes_no_prediction_of_the_past(tmp_path: Path) -> None:
    lines = viewings(600, seed=3)
    wanted = document(
        tmp_path / "wanted.csv", f"viewer,title_id,started_at,device\nu1,t2,{lines[500].split(',')[2]},tv\n"
    )
    late = [*lines[:501], *(line.replace(line.split(",")[3], "300.0") for line in lines[501:])]
    once, again = (
        told(tmp_path / f"{name}.csv", rows, wanted).predictions.path.read_text()
        for name, rows in (("as-it-was", lines), ("otherwise", late))
    )
    assert once == again


def test_the_same_table_gives_the_same_answer_in_any_order(tmp_path: Path) -> None:
    lines = viewings(400, seed=4)
    mixed = [lines[0], *np.random.default_rng(0).permutation(lines[1:]).tolist()]
    once, again = (
        told(tmp_path / f"{name}.csv", rows).model_dump(exclude={"card": {"fitted_on"}, "model": ...})
        for name, rows in (("sorted", lines), ("mixed", mixed))
    )
    assert once == again


def test_a_stored_model_reads_back_and_a_pickle_is_refused(tmp_path: Path) -> None:
    found = told(tmp_path / "views.csv", viewings(400, seed=5))
    stored = read_predictor(found.model.path)
    assert stored.card == found.card
    assert stored.names == found.card.features
    assert np.isfinite(stored.model.raw(np.zeros((1, len(stored.names))))).all()
    other = tmp_path / "model.pkl"
    other.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ModelError, match="no predictor"):
        read_predictor(other)


def test_bad_rows_are_counted_and_left_out(tmp_path: Path) -> None:
    lines = viewings(300, seed=6)
    bad = [
        "u1,t1,2026-03-02T10:00:00,-5,300,tv",
        "u1,t1,1970-01-01T00:00:01,50,300,tv",
        "u1,t1,2999-01-01T00:00:00,50,300,tv",
        "u1,t1,never,50,300,tv",
        "u1,,2026-03-02T10:00:00,50,300,tv",
        "u1,t1,2026-03-02T10:05:00,nan,300,tv",
        "u1,t1,2026-03-02T10:06:00,9999,300,tv",
        lines[5], "u1,t1", "\x00,\ufffd",
    ]  # fmt: skip
    found = told(tmp_path / "views.csv", [*lines, *bad])
    said = " ".join(found.notes)
    assert "negative seconds watched" in said
    assert "no time, or one before 2000 or after tomorrow" in said
    assert "name no title" in said
    assert "no seconds watched" in said
    assert "1 viewings were longer than their title" in said
    assert "1 rows were there before" in said
    assert "nan" not in found.model_dump_json().lower()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("viewer,started_at,watch_seconds\na,2026-03-01,5\n", "no column `title_id`"),
        ("title_id,watch_seconds\nt,5\n", "no column `started_at`"),
        ("title_id,started_at\nt,2026-03-01\n", "no column `watch_seconds`"),
        ("title_id,started_at,watch_seconds\nt,2026-03-01,-1\n", "Not one row"),
        ("", "table"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        predict_watch_time(document(tmp_path / "views.csv", text), None)


def test_too_little_is_said_and_persons_are_not_shown(tmp_path: Path) -> None:
    lines = viewings(150, seed=7, viewers=1)
    alone = told(tmp_path / "alone.csv", lines)
    assert "of 1 viewers are too few" in alone.verdict
    assert (alone.mean, alone.scores, alone.model) == (None, (), None)
    few = told(tmp_path / "few.csv", viewings(60, seed=7))
    assert "60 viewings are too few" in few.verdict
    assert few.mean == pytest.approx(np.mean([float(line.split(",")[3]) for line in viewings(60, seed=7)[1:]]))
    same = [",".join([*line.split(",")[:3], "30", *line.split(",")[4:]]) for line in viewings(200, seed=8)[1:]]
    alike = told(tmp_path / "same.csv", [viewings(1, seed=8)[0], *same])
    assert "nothing to tell apart" in alike.verdict


def test_named_columns_are_learned_from_and_others_are_not(tmp_path: Path) -> None:
    lines = viewings(800, seed=9, effect=0.0)
    watched = [float(line.split(",")[3]) for line in lines[1:]]
    added = [f"{line},{'good' if s > 150 else 'bad'},{s}" for line, s in zip(lines[1:], watched, strict=True)]
    rows = [f"{lines[0]},mood,leak", *added]
    silent = told(tmp_path / "silent.csv", rows)
    named = told(tmp_path / "named.csv", rows, features=("mood",))
    assert not any("leak" in name or "mood" in name for name in silent.card.features)
    assert silent.better is not True
    assert named.better is True
    assert named.effects[0].feature == "mood"
    with pytest.raises(InputError, match="no column 'moon'"):
        told(tmp_path / "moon.csv", rows, features=("moon",))


def warehouse_of(fill: Fill, tmp_path: Path):
    rng, rows = np.random.default_rng(0), []
    for viewer in range(20):
        for number in range(9):
            until = float(np.clip(20 + 4 * viewer + rng.normal(0, 8), 3, 100))
            made = played(
                f"v{viewer}", (0, until), begin=3600.0 * (9 * viewer + number) + 60, view=f"w{number}",
                title=("harbour", "clock")[number % 2],
            )  # fmt: skip
            rows += made
    warehouse = fill(rows)
    table = tmp_path / "titles.csv"
    table.write_text("title_id,category\nharbour,Drama\nclock,News\n", encoding="utf-8")
    import_titles(warehouse, table)
    return warehouse


def test_a_warehouse_is_learned_from_and_who_did_not_agree_is_predicted_as_new(fill: Fill, tmp_path: Path) -> None:
    rows = []
    rng = np.random.default_rng(1)
    for number in range(200):
        viewer = number % 20
        agreed = "measure personalise" if viewer != 3 else "measure"
        until = float(np.clip(10 + 4 * viewer + rng.normal(0, 4), 3, 100))
        rows += played(f"v{viewer}", (0, until), begin=600.0 * number, view=f"w{number}", consent=agreed)
    warehouse = fill(rows)
    source = Document(file=warehouse.events().manifest)
    wanted = document(
        tmp_path / "wanted.csv", "viewer,title_id\nv3,harbour\nv2,harbour\nv18,harbour\nstranger,harbour\n"
    )
    found = predict_watch_time(source, wanted)
    with found.predictions.path.open(newline="") as file:
        refused, low, high, new = list(csv.DictReader(file))
    assert float(high["seconds"]) > float(low["seconds"]) + 30
    assert refused["viewer"] == ""
    assert refused["seconds"] == new["seconds"]
    assert low["viewer"].startswith("v_")
    with pytest.raises(InputError, match="no further columns"):
        predict_watch_time(source, None, features=("mood",))


def test_a_clock_hours_ahead_does_not_bring_the_future(fill: Fill) -> None:
    rows = []
    for number in range(40):
        made = played(f"v{number % 12}", (0, 10 + number % 30), begin=600.0 * number, view=f"w{number}")
        if number % 12 == 5:
            made = [{**row, "ts_client": row["ts_client"].replace("T1", "T2")} for row in made]
        rows += made
    found = predict_watch_time(Document(file=fill(rows).events().manifest), None)
    assert "clock that was ahead; it was set right" in " ".join(found.notes)
    assert found.card.last_day == "2026-10-01"


def test_a_bot_is_left_out(fill: Fill) -> None:
    rows = [row for n in range(30) for row in played(f"v{n % 12}", (0, 20), begin=60.0 * n, view=f"w{n}")]
    rows += [row for n in range(520) for row in played("robot", (0, 4), begin=10.0 * n, view=f"r{n}")]
    found = predict_watch_time(Document(file=fill(rows).events().manifest), None)
    assert "1 viewers that no person can be were left out" in " ".join(found.notes)
    assert found.card.viewers == 12


def test_the_folder_of_a_warehouse_stands_for_it(fill: Fill, tmp_path: Path) -> None:
    warehouse = fill(played("ann", (0, 30)))
    for path in (warehouse.folder, warehouse.folder.parent):
        assert read_artifact(path, Document) == Document(file=warehouse.events().manifest)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        read_artifact(tmp_path / "empty", Document)


def test_an_empty_warehouse_says_so(fill: Fill) -> None:
    warehouse = fill([event(0, "impression", 0)])
    with pytest.raises(InputError, match="No view was played yet"):
        predict_watch_time(Document(file=warehouse.events().manifest), None)


def test_the_panel_shows_scores_and_effects(fill: Fill, tmp_path: Path) -> None:
    warehouse = warehouse_of(fill, tmp_path)
    panel = predictions_panel(Context(warehouse.events(), warehouse))
    assert panel is not None
    page = str(panel.body)
    assert "Seconds watched" in page
    assert "mean of the title so far" in page
    assert "What predictions are made of" in page
    assert "nan" not in page.lower()
