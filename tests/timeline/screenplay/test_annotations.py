"""Pins, comments and alternatives in the file itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.timeline.screenplay.annotations import (
    Annotation,
    annotations_of,
    pinned_places,
    read_note,
    split_annotations,
    with_annotations,
    write_note,
)
from rushlight.timeline.screenplay.fountain import parse_fountain


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("pin", Annotation("pin")),
        (" PIN ", Annotation("pin")),
        ("Anna: too long?", Annotation("comment", "too long?", "Anna")),
        ("too long?", Annotation("comment", "too long?")),
        ("alt: The lamp comes on.", Annotation("alt", "The lamp comes on.")),
        ("alt by grammar: A lamp.", Annotation("alt", "A lamp.", "grammar")),
        ("see http://x.y: ok", Annotation("comment", "see http://x.y: ok")),
    ],
)
def test_what_a_note_is(note, expected):
    assert read_note(note) == expected
    assert read_note(write_note(expected)) == expected


def test_notes_at_the_end_and_after():
    screenplay = parse_fountain("She [[why?]] lights it. [[pin]] [[Anna: hm]]\n\n[[alt: It is lit.]]\n\nMore.\n")
    words, notes = split_annotations(screenplay.elements[0].text)
    assert words == "She [[why?]] lights it."
    assert [note.kind for note in notes] == ["pin", "comment"]
    assert [note.kind for note in annotations_of(screenplay, 0)] == ["pin", "comment", "alt"]
    assert annotations_of(screenplay, 2) == ()


def test_a_pin_at_a_name_or_a_heading_holds_what_belongs_to_it():
    text = "INT. A\n\nMARA [[pin]]\nOne.\n\nJON\nTwo.\n\nINT. B [[pin]]\n\nThree.\n\nINT. C\n\nFour.\n"
    screenplay = parse_fountain(text)
    assert pinned_places(screenplay) == {1, 2, 5, 6}


@settings(deadline=None)
@given(st.text("ab[]\n :⟦/*\\", max_size=30), st.sampled_from(["", "grammar", "http://h/v1#m"]))
def test_an_alternative_survives_the_file(text, author):
    words = with_annotations("Some action.", [Annotation("alt", text, author), Annotation("pin")])
    [element] = parse_fountain(words + "\n").elements
    said, notes = split_annotations(element.text)
    assert said == "Some action."
    assert [note.kind for note in notes] == ["alt", "pin"]
