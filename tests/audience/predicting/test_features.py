from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.predicting import tables
from rushlight.audience.predicting.features import features_of, group_of, said_of
from rushlight.audience.predicting.learning import split, with_durations
from rushlight.audience.predicting.occasions import Occasions, coded
from rushlight.audience.predicting.tables import TableForm, read_table
from tests.audience.predicting.worlds import document, impressions, viewings


def occasions(tmp_path: Path, count: int = 200) -> Occasions:
    lines = viewings(count, seed=1, viewers=8, titles=4)
    kinds = {f"t{number}": ("Drama", "News")[number % 2] for number in range(4)}
    rows = [f"{lines[0]},category", *(f"{line},{kinds[line.split(',')[1]]}" for line in lines[1:])]
    return read_table(document(tmp_path / "views.csv", "\n".join(rows)).file.path, TableForm("watched")).in_order()


@pytest.mark.parametrize("row", [5, 60, 120, 199])
def test_no_feature_knows_what_was_not_known_before(tmp_path: Path, row: int) -> None:
    rows = occasions(tmp_path)
    learned = np.arange(len(rows)) < 4
    hidden = rows.known_at >= rows.at[row]
    assert hidden[row]
    otherwise = replace(rows, outcome=np.where(hidden, 12_345.0, rows.outcome))
    before, after = (features_of(one, learned, 100.0) for one in (rows, otherwise))
    assert before.names == after.names
    assert np.array_equal(before.values[row], after.values[row], equal_nan=True)
    assert before.title_mean[row] == after.title_mean[row]
    # Later rows do know it: the test would fail if nothing were looked at.
    if row < 150:
        assert not np.array_equal(before.values[-1], after.values[-1], equal_nan=True)


def test_parts_follow_each_other_and_none_knows_a_later_outcome(tmp_path: Path) -> None:
    path = document(tmp_path / "shown.csv", "\n".join(impressions(400, seed=1))).file.path
    rows = read_table(path, TableForm("click")).in_order()
    parts = split(rows)
    assert parts.fitted.max() < parts.scored.min() == 320
    assert rows.known_at[parts.fitted].max() < rows.at[320]
    assert len(parts.fitted) < 320
    assert len(parts.scored) == 80


def test_every_group_is_said_in_words(tmp_path: Path) -> None:
    rows = occasions(tmp_path)
    table = features_of(rows, np.ones(len(rows), bool), 100.0)
    assert {"device: tv", "category: News", "hour: sine", "viewer beyond", "title so far"} <= set(table.names)
    for name in table.names:
        assert said_of(group_of(name))
        assert ":" not in said_of(group_of(name))
    assert "duration" not in table.names


def test_a_length_known_of_the_title_is_known_of_each_viewing(tmp_path: Path) -> None:
    text = "title_id,started_at,watch_seconds,duration_seconds\na,2026-03-01,5,60\na,2026-03-02,5,\nb,2026-03-03,5,\n"
    rows = read_table(document(tmp_path / "v.csv", text).file.path, TableForm("watched")).in_order()
    assert with_durations(rows).duration_seconds[:2].tolist() == [60.0, 60.0]
    assert np.isnan(with_durations(rows).duration_seconds[2])


def test_times_are_read_as_people_write_them_and_hours_are_the_viewers(tmp_path: Path) -> None:
    text = (
        "title_id,timestamp,seconds,tz\na,2026-03-01T23:30:00+00:00,5,Europe/Berlin\na,1772407800,5,Europe/Berlin\n"
        "a,1772407800000,5,nowhere\na,2026-03-02 01:30:00+02:00,5,\n"
    )
    rows = read_table(document(tmp_path / "v.csv", text).file.path, TableForm("watched"))
    assert np.ptp(rows.at) == 0
    assert rows.hour.tolist() == [0, 0, 23, 23]
    assert rows.weekday.tolist() == [0, 0, 6, 6]


def test_bots_of_a_table_are_left_out_and_only_the_latest_rows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = viewings(300, seed=2)
    robot = [f"robot,t1,2026-03-01T00:{n // 60:02}:{n % 60:02}.{n},1,300,tv" for n in range(510)]
    sleepless = [f"sleepless,t1,2026-03-02T0{n}:00:00,80000,,tv" for n in range(2)]
    path = document(tmp_path / "v.csv", "\n".join([*lines, *robot, *sleepless])).file.path
    rows = read_table(path, TableForm("watched"))
    assert len(rows) == 300
    assert "2 viewers that no person can be were left out" in " ".join(rows.notes)
    monkeypatch.setattr(tables, "MOST_ROWS", 50)
    late = read_table(document(tmp_path / "w.csv", "\n".join(lines)).file.path, TableForm("watched"))
    assert len(late) == 50
    assert late.at.min() == np.sort(rows.at)[-50]
    assert "Only the latest 50 rows" in " ".join(late.notes)


def test_names_become_numbers() -> None:
    names, number = coded(np.array(["b", "", "a", "b"]))
    assert (names, number.tolist()) == (("a", "b"), [1, -1, 0, 1])
