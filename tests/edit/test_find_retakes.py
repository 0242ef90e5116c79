from __future__ import annotations

from pathlib import Path

from rushlight.edit.find_retakes import find_retakes
from tests.edit.recordings import spoken

A = "The harbour clock has told the time to every ship since the war."
B = "Nobody winds it on a Monday any more."
C = "Then she closed the old green door and went away."


def test_an_abandoned_take_and_a_complete_one_give_way_to_the_last(tmp_path: Path) -> None:
    media = spoken(tmp_path, [B, "The harbour clock has told", A, C, C], pause_seconds=0.9, picture=False)
    abandoned, complete = find_retakes(media).findings
    assert abandoned.kind == "retake"
    assert 3 < abandoned.start < abandoned.end < abandoned.instead_start
    assert abandoned.end - abandoned.start < 2.5
    assert complete.start > abandoned.instead_start
    assert complete.confidence > 0.7


def test_of_three_takes_the_last_one_stays(tmp_path: Path) -> None:
    media = spoken(tmp_path, ["The harbour clock has told", "The harbour clock has told the time", A, B],
                   pause_seconds=0.7, picture=False)  # fmt: skip
    first, second = find_retakes(media).findings
    assert first.instead_start == second.instead_start
    assert first.end < second.start < second.end < second.instead_start


def test_other_sentences_are_no_retakes(tmp_path: Path) -> None:
    lines = [A, B, C, "The harbour bell is older than the clock.", "Nobody knows who paid for it."]
    assert find_retakes(spoken(tmp_path, lines, pause_seconds=0.6, picture=False)).findings == ()
