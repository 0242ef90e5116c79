from __future__ import annotations

from pathlib import Path

from rushlight.edit.find_false_starts import find_false_starts
from tests.edit.recordings import spoken


def test_a_beginning_said_again_is_found_and_other_words_are_not(tmp_path: Path) -> None:
    lines = ["Nobody winds it on a Monday.", "The harbour", "The harbour clock has told the time.", "So she went."]
    media = spoken(tmp_path, lines, pause_seconds=0.3, picture=False)
    (found,) = find_false_starts(media).findings
    assert found.kind == "false_start"
    assert found.end == found.instead_start
    assert 1.5 < found.start < found.end < 4
