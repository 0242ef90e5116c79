"""Shot lists that people edit."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from fractions import Fraction

import pytest

from rushlight.artifacts import Shot, StagedScene, Staging
from rushlight.artifacts.staging import StagedLine
from rushlight.core.errors import InputError
from rushlight.timeline.shotlist import apply_shot_list, read_shot_list, shots_to_csv


def shot(number: int, scene: int = 0, action: str = "", said: str = "") -> Shot:
    lines = (StagedLine(speaker="ANNA", text=said),) if said else ()
    return Shot(
        id=f"s{scene}-{number}", scene=scene, label=f"{scene + 1}{'ABCDE'[number]}", framing="medium", lens_mm=50,
        action=action, lines=lines, hold_seconds=Fraction(2),
    )  # fmt: skip


def staging() -> Staging:
    scenes = tuple(
        StagedScene(
            index=n, number=str(n + 1), title=f"INT. ROOM {n} - DAY", setting="INT", place=f"ROOM {n}",
            time_of_day="day",
        )
        for n in range(2)
    )  # fmt: skip
    shots = (shot(0, action="A room."), shot(1, said="Hello."), shot(2, said="Hello."), shot(0, 1, action="=SUM(A1)"),
             shot(1, 1, said="Bye."))  # fmt: skip
    return Staging(title="T", scenes=scenes, shots=shots)


Rows = list[dict[str, str]]


def edited(change: Callable[[Rows], object], fresh: Staging | None = None) -> tuple[Staging, list[str]]:
    text = written(staging())
    base, rows = read_shot_list(text), read_shot_list(text)
    change(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(base[0]))
    writer.writeheader()
    writer.writerows(rows)
    return apply_shot_list(fresh or staging(), base, read_shot_list(out.getvalue()))


def written(one: Staging) -> str:
    return shots_to_csv(one, one.clock([[Fraction(1)] * len(s.lines) for s in one.shots]))


def test_unchanged_rows_change_nothing() -> None:
    assert edited(lambda rows: None) == (staging(), [])


def test_cells_that_differ_win() -> None:
    def change(rows: Rows) -> None:
        rows[1] |= {"framing": "CU", "movement": "push in", "seconds": "4.5"}
        rows[2]["lens_mm"] = "135 mm"

    found, notes = edited(change)
    assert notes == []
    assert (found.shots[1].framing, found.shots[1].movement, found.shots[1].lens_mm) == ("close", "push_in", 85)
    assert found.shots[1].asked_seconds == Fraction(9, 2)
    assert found.shots[2].lens_mm == 135
    assert found.shots[0] == staging().shots[0]
    times = found.clock([[Fraction(1)] * len(s.lines) for s in found.shots])
    assert times[1].end - times[1].start == Fraction(9, 2)


def test_words_that_need_longer_than_asked_are_not_cut() -> None:
    found, _ = edited(lambda rows: rows[1].update(seconds="0.5"))
    times = found.clock([[Fraction(3)] * len(s.lines) for s in found.shots])
    assert times[1].end - times[1].start >= 3


def test_deleted_shots_leave_their_words() -> None:
    found, _ = edited(lambda rows: [rows.pop(2), rows.pop(0)])
    assert [s.label for s in found.shots] == ["1B", "2A", "2B"]
    assert [line.text for s in found.shots for line in s.lines] == ["Hello.", "Hello.", "Bye."]


def test_rows_put_in_become_shots() -> None:
    row = {"shot": "1AA", "framing": "insert", "movement": "", "seconds": "2", "people": "Anna", "action": "A key."}
    found, _ = edited(lambda rows: rows.insert(1, row))
    made = found.shots[1]
    assert (made.label, made.framing, made.asked_seconds, made.action, made.scene) == ("1AA", "insert", 2, "A key.", 0)
    assert made.lens_mm == 100
    assert len({s.id for s in found.shots}) == 6


def test_edits_follow_their_shot_when_the_screenplay_changes() -> None:
    fresh = staging()
    fresh = fresh.model_copy(update={"shots": (shot(0, action="A new beginning."), *fresh.shots)})
    found, notes = edited(lambda rows: rows[4].update(framing="close"), fresh)
    assert [s.framing for s in found.shots] == ["medium"] * 5 + ["close"]
    fresh = fresh.model_copy(update={"shots": fresh.shots[:-1]})
    _, notes = edited(lambda rows: rows[4].update(framing="close"), fresh)
    assert len(notes) == 1
    assert "2B" in notes[0]


def test_spreadsheets_do_not_take_words_for_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(written(staging()))))
    assert [row["action"] for row in rows] == ["A room.", "", "", "'=SUM(A1)", ""]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[0].update(framing="sideways"), "sideways"),
        (lambda rows: rows[0].update(movement="spin"), "spin"),
        (lambda rows: rows[0].update(lens_mm="wide"), "wide"),
        (lambda rows: rows[0].update(seconds="soon"), "soon"),
        (lambda rows: rows[0].update(seconds="0"), "0"),
        (lambda rows: rows[0].update(seconds="-3"), "-3"),
    ],
)
def test_a_wrong_cell_is_one_clear_sentence_with_its_row(change: Callable[[Rows], object], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        edited(change)
    assert caught.value.where == "row 2"


@pytest.mark.parametrize("text", ["", "shot,framing\n1A,wide\n", "\0\0", "shot,framing,movement,seconds\n"])
def test_what_is_no_shot_list_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_shot_list(text)


def test_semicolons_of_spreadsheets_are_read() -> None:
    (row,) = read_shot_list("shot;framing;movement;seconds\n1A;wide;static;2,5\n")
    assert row["framing"] == "wide"
