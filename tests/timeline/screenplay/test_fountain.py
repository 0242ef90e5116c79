"""Fountain read and written without loss."""

from __future__ import annotations

import string
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts.screenplay import Element, ElementKind, Screenplay, TitleField
from rushlight.core.errors import LimitError
from rushlight.timeline.screenplay.fountain import MAX_CHARACTERS, meaning, parse_fountain, write_fountain
from rushlight.timeline.screenplay.plain_form import settled

SCRIPT = """Title:
    _**The Lamp**_
Credit: Written by
Author: A. Writer

# Act I

= They meet.

INT. KITCHEN - NIGHT #1A#

MARA lights a lamp. [[Who bought it?]]
  It smokes.

MARA (V.O.)
(softly)
It was his.
{GAP}
It is mine.

JON ^
Is it?
~La la la

/* cut
   this */

.THE YARD

@McCabe
Hello.

!INT. is only a word here.

> THE END <
> REALLY <

===

> FADE TO BLACK.

CUT TO:
""".replace("{GAP}", "  ")


def kinds(text: str) -> list[tuple[str, str]]:
    return [(element.kind, element.text) for element in parse_fountain(text).elements]


def test_every_kind_is_read_and_written_back():
    screenplay = parse_fountain(SCRIPT)
    assert kinds(SCRIPT) == [
        ("section", "Act I"),
        ("synopsis", "They meet."),
        ("scene_heading", "INT. KITCHEN - NIGHT"),
        ("action", "MARA lights a lamp. [[Who bought it?]]\n  It smokes."),
        ("character", "MARA (V.O.)"),
        ("parenthetical", "softly"),
        ("dialogue", "It was his.\n\nIt is mine."),
        ("character", "JON"),
        ("dialogue", "Is it?"),
        ("lyrics", "La la la"),
        ("boneyard", " cut\n   this "),
        ("scene_heading", "THE YARD"),
        ("character", "McCabe"),
        ("dialogue", "Hello."),
        ("action", "INT. is only a word here."),
        ("centered", "THE END\nREALLY"),
        ("page_break", ""),
        ("transition", "FADE TO BLACK."),
        ("transition", "CUT TO:"),
    ]
    assert screenplay.elements[2].scene_number == "1A"
    assert screenplay.elements[7].dual
    assert screenplay.elements[0].depth == 1
    assert screenplay.title == "The Lamp"
    assert all(not element.layout for element in screenplay.elements)
    assert write_fountain(screenplay) == SCRIPT


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_breaks_and_byte_order_marks_stay(newline, bom):
    text = bom + SCRIPT.replace("\n", newline)
    screenplay = parse_fountain(text)
    assert meaning(screenplay) == meaning(parse_fountain(SCRIPT))
    assert write_fountain(screenplay) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JOHN\n\nHe leaves.", [("action", "JOHN"), ("action", "He leaves.")]),
        ("John\nHello", [("action", "John\nHello")]),
        ("JOHN (on the phone)\nHi", [("character", "JOHN (on the phone)"), ("dialogue", "Hi")]),
        ("R2D2\nBeep", [("character", "R2D2"), ("dialogue", "Beep")]),
        ("23\nnumbers", [("action", "23\nnumbers")]),
        ("ÅSA\nHej", [("character", "ÅSA"), ("dialogue", "Hej")]),
        ("int. house - day", [("scene_heading", "int. house - day")]),
        ("INTERIOR thoughts", [("action", "INTERIOR thoughts")]),
        ("...and then", [("action", "...and then")]),
        ("I/E. CAR - DAY", [("scene_heading", "I/E. CAR - DAY")]),
        ("INT./EXT. CAR - DAY", [("scene_heading", "INT./EXT. CAR - DAY")]),
        ("A man\nCUT TO:", [("action", "A man\nCUT TO:")]),
        ("FADE IN:", [("action", "FADE IN:")]),
        (">CUT TO:<", [("centered", "CUT TO:")]),
        ("INT. A - DAY #1-A.2#", [("scene_heading", "INT. A - DAY")]),
        ("[[a note\n  \nwith a gap]]", [("note", "a note\n\nwith a gap")]),
        ("[[a]] [[b]]", [("note", "a"), ("note", "b")]),
        ("Lost [[a note", [("action", "Lost [[a note")]),
        ("Lost /* a yard\n\nINT. A - DAY", [("action", "Lost /* a yard"), ("scene_heading", "INT. A - DAY")]),
        ("[[open\n\nINT. A - DAY\n\n]]", [("action", "[[open"), ("scene_heading", "INT. A - DAY"), ("action", "]]")]),
        ("a /* b /* c */ d */ e", [("action", "a /* b /* c */ d */ e")]),
        ("A \\[[not a note]]", [("action", "A \\[[not a note]]")]),
        ("Action\n===\nMore", [("action", "Action"), ("page_break", ""), ("action", "More")]),
        ("\t\tJOHN\n\t\t(so)\n\tHi", [("character", "JOHN"), ("parenthetical", "so"), ("dialogue", "Hi")]),
    ],
)  # fmt: skip
def test_what_a_line_is(text, expected):
    assert kinds(text) == expected
    assert write_fountain(parse_fountain(text)) == text


def test_what_is_not_closed_is_said():
    assert parse_fountain("One\n\nTwo [[ three").notes == (
        "A note is opened on line 3 and not closed: it is read as text.",
    )


def test_a_title_page_is_not_every_line_with_a_colon():
    assert parse_fountain("FADE IN: a long way off\n\nINT. A - DAY").title_page == ()
    assert parse_fountain("Title: A\nAuthor:\n\tB\n\tC\n\nHi").title_page == (
        TitleField(key="Title", lines=("A",)),
        TitleField(key="Author", lines=("B", "C")),
    )


def test_odd_elements_are_forced():
    elements = (
        Element(kind="action", text="TITLE: a sign"),
        Element(kind="action", text="INT. is a word"),
        Element(kind="action", text="SILENCE\nfalls"),
        Element(kind="action", text="> so <"),
        Element(kind="scene_heading", text="Somewhere"),
        Element(kind="character", text="Åsa"),
        Element(kind="dialogue", text="One.\n\nTwo."),
        Element(kind="transition", text="Slowly"),
        Element(kind="character", text="MUTE"),
        Element(kind="action", text="![[all a note]]"),
        Element(kind="action", text="[[all a note]]"),
    )
    screenplay = Screenplay(elements=elements)
    read = parse_fountain(write_fountain(screenplay))
    assert read.title_page == ()
    assert [(e.kind, e.text) for e in read.elements] == [(e.kind, e.text) for e in elements]


def test_an_edited_element_keeps_the_layout_around_it():
    text = "INT. A - DAY\n\n\n\n\t\tJOHN\n\t\tHi there.\n\n\nThe end.  \n"
    screenplay = parse_fountain(text)
    elements = list(screenplay.elements)
    elements[2] = elements[2].model_copy(update={"text": "Bye."})
    edited = screenplay.model_copy(update={"elements": tuple(elements)})
    assert write_fountain(edited) == text.replace("Hi there.", "Bye.")


def test_a_layout_from_elsewhere_cannot_change_what_is_said():
    bad = '{"gap":"\\n\\nEVIL\\nsays\\n\\n","lines":[["@",""]]}'
    screenplay = Screenplay(
        elements=(Element(kind="action", text="Calm."), Element(kind="action", text="x", layout=bad))
    )
    assert [element.text for element in parse_fountain(write_fountain(screenplay)).elements] == ["Calm.", "x"]


def test_too_long_is_refused():
    with pytest.raises(LimitError, match="at most"):
        parse_fountain("x" * (MAX_CHARACTERS + 1))


PIECES = [
    "[[", "]]", "/*", "*/", "\n", "\n\n", "  \n", "\t", "   ", "INT. X - DAY", "JOHN", " ^", "(beat)", "~la", "> c <",
    "> T", "CUT TO:", "# a", "= b", "===", "!", "@mc", ".", " ", "#1#", "Title: a", "x: y", "é", "\\", "*", "_", "]",
    "[", "\r\n", "\r", "\x0c", "\u2028", "/", "hello there", "JOHN (v.o.)\nhi",
]  # fmt: skip
ODD = st.lists(st.one_of(st.sampled_from(PIECES), st.text(string.printable + "äЖ中\u2028", max_size=6)), max_size=30)
ODD_TEXT = ODD.map("".join)


@settings(deadline=None, max_examples=400)
@given(ODD_TEXT)
def test_any_text_comes_back(text):
    assert write_fountain(parse_fountain(text)) == text


ELEMENT = st.builds(
    Element,
    kind=st.sampled_from(get_args(ElementKind)),
    text=st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
    scene_number=st.sampled_from(["", "", "1A", "#"]),
    dual=st.booleans(),
    depth=st.integers(0, 9),
)
FIELD = st.builds(
    TitleField, key=st.sampled_from(["Title", "Author", "WGA", "a:b", ""]), lines=st.lists(ODD_TEXT, max_size=2)
)


@settings(deadline=None, max_examples=400)
@given(st.lists(ELEMENT, max_size=7), st.lists(FIELD, max_size=2))
def test_any_screenplay_reads_back_as_it_settles(elements, fields):
    screenplay = Screenplay(elements=tuple(elements), title_page=tuple(fields))
    plain = settled(screenplay)
    assert meaning(settled(plain)) == meaning(plain)
    read = meaning(parse_fountain(write_fountain(screenplay)))
    assert read in (meaning(plain), meaning(screenplay))
