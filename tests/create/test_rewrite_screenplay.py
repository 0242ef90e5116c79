"""One paragraph, one beat, one scene written anew."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError, ModelError
from rushlight.create import storytellers
from rushlight.create.rewrite_screenplay import rewrite_screenplay
from rushlight.timeline.screenplay.annotations import Annotation
from rushlight.timeline.screenplay.choosing import add_note, alternatives_of, choose, remove_pins
from rushlight.timeline.screenplay.fountain import meaning, parse_fountain, write_fountain
from rushlight.timeline.screenplay.places import find_place

TEXT = """INT. KITCHEN - NIGHT

Mara lights the lamp. [[Anna: too long?]]

MARA
It was his.

EXT. YARD - DAY

Rain falls.

JON
I am wet.
"""


class Parrot:
    """Says everything again, louder."""

    name, revision, note = "parrot", "1", "a parrot"

    def rewrite(self, screenplay: Screenplay, first: int, last: int, *, wish: str, seed: int) -> tuple[Element, ...]:
        return tuple(
            element.model_copy(update={"text": f"{element.text} {wish or 'again'}{seed}", "layout": ""})
            if element.kind in ("action", "dialogue")
            else element
            for element in screenplay.elements[first:last]
        )


class Mute(Parrot):
    """Has nothing to say."""

    name = "mute"

    def rewrite(self, screenplay: Screenplay, first: int, last: int, *, wish: str, seed: int) -> tuple[Element, ...]:
        return ()


@pytest.fixture(autouse=True)
def parrots(monkeypatch):
    for teller in (Parrot, Mute):
        module = ModuleType(f"{teller.name}_teller")
        module.load = lambda setting, teller=teller: teller()  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(storytellers._BUILT_IN, teller.name, module.__name__)


def texts(screenplay: Screenplay) -> list[str]:
    return [element.text for element in screenplay.elements]


def test_one_paragraph_keeps_its_old_wording_and_its_comments():
    made = rewrite_screenplay(parse_fountain(TEXT), address="s1.3", writer="parrot", wish="loud")
    assert texts(made)[3] == "It was his. loud0 [[alt: It was his.]]"
    made = rewrite_screenplay(made, address="s1.1", writer="parrot", alternatives=2)
    words = "Mara lights the lamp. [[Anna: too long?]] again0"
    assert made.elements[1].text.startswith(words.replace(" [[Anna: too long?]]", ""))
    assert "[[Anna: too long?]]" in made.elements[1].text
    assert [(one.address, one.author) for one in alternatives_of(made)] == [
        ("s1.1", ""), ("s1.1", "parrot"), ("s1.3", ""),
    ]  # fmt: skip
    assert meaning(parse_fountain(write_fountain(made))) == meaning(made)


def test_a_scene_is_written_anew_and_can_be_put_back():
    before = parse_fountain(TEXT)
    made = parse_fountain(write_fountain(rewrite_screenplay(before, address="s2", writer="parrot")))
    assert texts(made)[5:8] == ["Rain falls. again0", "JON", "I am wet. again0"]
    [one] = alternatives_of(made)
    assert one.address == "s2.1-3"
    back = choose(made, one.address, 1)
    assert texts(back)[:8] == texts(before)
    [other] = alternatives_of(back)
    assert texts(choose(parse_fountain(write_fountain(back)), other.address, 1)) == texts(made)


def test_an_alternative_of_one_paragraph_is_swapped():
    made = rewrite_screenplay(parse_fountain(TEXT), address="s2.3", writer="parrot")
    back = choose(made, "s2.3", 1)
    assert texts(back)[7] == "I am wet. [[alt: I am wet. again0]]"
    with pytest.raises(InputError, match="no alternative 5"):
        choose(made, "s2.3", 5)


def test_what_is_pinned_or_a_persons_is_left():
    pinned = add_note(parse_fountain(TEXT), "s2.1", Annotation("pin"))
    with pytest.raises(InputError, match="pinned"):
        rewrite_screenplay(pinned, address="s2.1", writer="parrot")
    made = rewrite_screenplay(pinned, address="s2", writer="parrot")
    assert texts(made)[5] == "Rain falls. [[pin]]"
    assert texts(made)[7] == "I am wet. again0"
    with pytest.raises(InputError, match="person"):
        rewrite_screenplay(parse_fountain(TEXT), address="s1.3", writer="parrot", person_wrote=("s1.3",))
    forced = rewrite_screenplay(pinned, address="s2.1", writer="parrot", replace_own=True)
    assert "[[alt: Rain falls.]]" in texts(forced)[5]
    assert texts(remove_pins(pinned, "s2.1")) == texts(parse_fountain(TEXT))


def test_a_writer_without_words_is_said():
    with pytest.raises(ModelError, match="no other wording"):
        rewrite_screenplay(parse_fountain(TEXT), address="s1.1", writer="mute")
    with pytest.raises(ModelError, match="no storyteller"):
        rewrite_screenplay(parse_fountain(TEXT), address="s1.1", writer="nobody")


@pytest.mark.parametrize("address", ["", "x", "s9", "s1.9", "s1.3-2", "s0.1", "s1.1-s2.1"])
def test_places_that_are_none(address):
    with pytest.raises(InputError):
        find_place(parse_fountain(TEXT), address)


@pytest.mark.parametrize(("address", "place"), [("s1.0", (0, 1)), ("s1.1-3", (1, 4)), ("s2", (5, 8)), ("S2.3", (7, 8))])
def test_places(address, place):
    assert find_place(parse_fountain(TEXT), address) == place
