"""What a person changed always stands."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.timeline.screenplay.annotations import split_annotations
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain
from rushlight.timeline.screenplay.merge import merge_screenplays

BASE = parse_fountain(
    "INT. KITCHEN - NIGHT\n\nMara lights the old lamp slowly.\n\nMARA\nIt was his lamp.\n\nJON\nIs it on?\n\n"
    "EXT. YARD - DAY\n\nRain falls on the yard.\n\nJON\nI am wet.\n"
)


def reworded(screenplay: Screenplay, at: int, text: str) -> Screenplay:
    elements = list(screenplay.elements)
    elements[at] = elements[at].model_copy(update={"text": text})
    return screenplay.model_copy(update={"elements": tuple(elements), "writer": "grammar"})


def words(screenplay: Screenplay) -> str:
    return "\n".join(split_annotations(element.text)[0] for element in screenplay.elements)


def test_changes_of_different_words_are_both_taken():
    mine = reworded(BASE, 1, "Mara lights the old lamp at once.")
    theirs = reworded(BASE, 1, "Anna lights the old lamp slowly.")
    merged = merge_screenplays(BASE, mine, theirs)
    assert merged.screenplay.elements[1].text == "Anna lights the old lamp at once."
    assert merged.set_aside == ()


def test_the_persons_wording_stands_and_the_machines_is_an_alternative():
    mine = reworded(BASE, 3, "It was never his lamp.")
    theirs = reworded(BASE, 3, "It was my lamp.")
    merged = merge_screenplays(BASE, mine, theirs)
    assert merged.screenplay.elements[3].text == "It was never his lamp. [[alt by grammar: It was my lamp.]]"
    assert merged.set_aside == ("s1.3",)
    assert meaning_twice(merged.screenplay, theirs) == merged.screenplay.elements[3].text


def meaning_twice(mine: Screenplay, theirs: Screenplay) -> str:
    """Merging the same again adds nothing."""
    return merge_screenplays(BASE, mine, theirs).screenplay.elements[3].text


def test_what_a_person_deleted_stays_deleted():
    mine = BASE.model_copy(update={"elements": BASE.elements[:1] + BASE.elements[2:]})
    theirs = reworded(BASE, 1, "Mara lights the old lamp very slowly.")
    merged = merge_screenplays(BASE, mine, theirs)
    assert "old lamp" not in words(merged.screenplay)
    assert merged.dropped == ("Mara lights the old lamp very slowly.",)


def test_what_the_machine_deleted_stays_when_a_person_changed_it():
    mine = reworded(BASE, 1, "Mara lights MY lamp slowly.")
    theirs = BASE.model_copy(update={"elements": BASE.elements[:1] + BASE.elements[2:]})
    assert "MY lamp" in words(merge_screenplays(BASE, mine, theirs).screenplay)


def test_pinned_elements_stay():
    mine = reworded(BASE, 1, BASE.elements[1].text + " [[pin]]")
    theirs = reworded(BASE, 1, "Nobody lights anything.")
    merged = merge_screenplays(BASE, mine, theirs)
    assert words(merged.screenplay) == words(BASE)
    gone = theirs.model_copy(update={"elements": BASE.elements[:1] + BASE.elements[2:]})
    assert words(merge_screenplays(BASE, mine, gone).screenplay) == words(BASE)


def test_comments_of_a_person_stay_beside_new_words_of_the_machine():
    mine = reworded(BASE, 1, BASE.elements[1].text + " [[Anna: dark?]]")
    theirs = reworded(BASE, 1, "Mara lights the new lamp slowly.")
    merged = merge_screenplays(BASE, mine, theirs)
    assert merged.screenplay.elements[1].text == "Mara lights the new lamp slowly. [[Anna: dark?]]"


def edited(dice: random.Random, screenplay: Screenplay, mark: str) -> tuple[Screenplay, set[str], set[str]]:
    """A few edits, with the words they put in and the words they took out."""
    elements = list(screenplay.elements)
    put_in: set[str] = set()
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(elements))
        said, _ = split_annotations(elements[at].text)
        rest = elements[at].text[len(said) :]
        parts = said.split(" ")
        word = f"{mark}{dice.randrange(10**9)}"
        kind = dice.choice("rraid")
        if kind == "i":
            elements.insert(at, Element(kind="action", text=word))
            put_in.add(word)
        elif kind == "d" and len(elements) > 4:
            del elements[at]
        else:
            place = dice.randrange(len(parts))
            parts[place : place + (kind == "r")] = [word]
            elements[at] = elements[at].model_copy(update={"text": " ".join(parts) + rest})
            put_in.add(word)
    made = screenplay.model_copy(update={"elements": tuple(elements)})
    before, after = words(screenplay).split(), words(made).split()
    return made, {word for word in put_in if word in words(made)}, set(before) - set(after)


@settings(deadline=None, max_examples=120)
@given(st.integers(0, 10**9))
def test_no_edit_of_a_person_is_ever_lost(seed):
    dice = random.Random(seed)
    unique = [
        element.model_copy(update={"text": " ".join(f"{word}{at}x{n}" for n, word in enumerate(element.text.split()))})
        for at, element in enumerate(BASE.elements)
    ]
    machine = current = BASE.model_copy(update={"elements": tuple(unique)})
    kept: set[str] = set()
    gone: set[str] = set()
    for _ in range(4):
        mine, put_in, taken_out = edited(dice, current, "human")
        kept = {word for word in kept | put_in if word in words(mine)}
        gone |= {word for word in taken_out if "machine" not in word}
        theirs, _, _ = edited(dice, machine, "machine")
        merged = merge_screenplays(machine, mine, theirs).screenplay
        text = words(merged)
        assert all(word in text for word in kept)
        assert not gone & set(text.split())
        current, machine = parse_fountain(write_fountain(merged)), theirs
