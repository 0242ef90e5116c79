"""Figures about screenplays."""

from __future__ import annotations

import pytest

from rushlight.artifacts.screenplay import Screenplay
from rushlight.create.measure_screenplay import measure_screenplay
from rushlight.timeline.screenplay.fountain import parse_fountain

TEXT = """Title: Lamp

INT. KITCHEN - NIGHT

Mara lights the lamp. [[not counted]]

MARA
(softly)
One two three four.

BEN (V.O.)
Five six.

EXT. YARD - CONTINUOUS #7A#

OLD MAN JOE and Ben stand there.

OLD MAN JOE
Seven.

BEN
Eight.

INT./EXT. CAR - DAY

Empty.
"""


def test_what_is_counted():
    found = measure_screenplay(parse_fountain(TEXT))
    assert [(one.name, one.speeches, one.words, one.scenes) for one in found.characters] == [
        ("MARA", 1, 4, 1),
        ("BEN", 2, 3, 2),
        ("OLD MAN JOE", 1, 1, 1),
    ]
    assert found.dialogue_words == 8
    assert found.words == 8 + 4 + 7 + 1
    assert found.characters[0].dialogue_share == 0.5
    assert found.settings == {"EXT": 1, "INT": 1, "INT/EXT": 1}
    assert found.lights == {"day": 1, "night": 2}
    assert [scene.number for scene in found.scenes] == ["1", "7A", "3"]
    assert [scene.characters for scene in found.scenes] == [("MARA",), ("BEN", "OLD MAN JOE"), ()]
    assert [(one.first, one.second, one.scenes) for one in found.meetings] == [("BEN", "OLD MAN JOE", 1)]
    assert found.minutes == pytest.approx(8 / 150 + 12 / 450, abs=0.01)
    assert "OLD MAN JOE" in found.as_text()


def test_eighths_add_up_to_pages():
    text = "\n\n".join(f"INT. ROOM {n} - DAY\n\n" + "\n\n".join(["Something happens."] * 25) for n in range(8))
    found = measure_screenplay(parse_fountain(text))
    assert sum(scene.eighths for scene in found.scenes) == pytest.approx(found.pages * 8, abs=4)


def test_nothing_has_no_figures():
    found = measure_screenplay(Screenplay(elements=()))
    assert (found.pages, found.minutes, found.words, found.scenes) == (0, 0, 0, ())
    assert found.dialogue_share == 0
