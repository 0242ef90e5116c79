"""Outlines as files: nothing lost, and what a person changed is theirs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Outline, PlotBeat, Role, ScenePlan
from rushlight.core.errors import InputError
from rushlight.timeline.outlinefile import outline_to_toml, toml_to_outline

BASE = Outline(
    title="The letter", premise="A keeper hides a letter.", logline="A keeper must choose.", structure="three_act",
    characters=(Role(name="Anna", part="protagonist", want="the letter"), Role(name="Ben", author="person")),
    beats=(PlotBeat(id="b01", name="catalyst", summary="It comes."), PlotBeat(id="b02", name="finale", summary="End.")),
    scenes=(
        ScenePlan(id="s01", beat_id="b01", heading="INT. LAMP - NIGHT", summary="She reads.", characters=("Anna",)),
        ScenePlan(id="s02", beat_id="b02", heading="EXT. ROCK - DAWN", summary="She burns it.", turn="reveal"),
    ),
    world={"object": "the letter"}, writer="grammar", notes=("It is formulaic.",),
)  # fmt: skip

words = st.text(st.characters(codec="utf-8"), max_size=30)
authors = st.sampled_from(["writer", "person"])
outlines = st.builds(
    Outline,
    title=words, premise=words, genre=words, tone=words, structure=words, language=st.just("de"),
    logline=words.filter(bool), logline_author=authors,
    characters=st.lists(
        st.builds(Role, name=words, part=words, want=words, author=authors), max_size=3, unique_by=lambda r: r.name
    ).map(tuple),
    beats=st.just((PlotBeat(id="b1", name="n", summary="s"),)),
    scenes=st.lists(
        st.builds(
            ScenePlan, id=words.filter(bool), beat_id=st.sampled_from(["", "b1"]), heading=words, summary=words,
            characters=st.lists(words, max_size=2).map(tuple), turn=words, author=authors,
        ),
        max_size=3, unique_by=lambda s: s.id,
    ).map(tuple),
    world=st.dictionaries(words, words, max_size=2), writer=st.just("house/mine"),
    notes=st.lists(words, max_size=2).map(tuple),
)  # fmt: skip


@settings(deadline=None)
@given(outlines)
def test_nothing_is_lost(outline: Outline) -> None:
    assert toml_to_outline(outline_to_toml(outline), outline) == outline


def edited(old: str, new: str) -> Outline:
    text = outline_to_toml(BASE)
    assert old in text
    return toml_to_outline(text.replace(old, new, 1), BASE)


def test_what_a_person_changes_is_theirs_and_nothing_else() -> None:
    made = edited("She reads.", "She reads it twice.")
    assert [scene.author for scene in made.scenes] == ["person", "writer"]
    assert made.beats == BASE.beats
    assert edited("A keeper must choose.", "A keeper waits.").logline_author == "person"
    assert edited('want = "the letter"', 'want = "peace"').characters[0].author == "person"


def test_new_and_deleted_entries() -> None:
    new = '[[scene]]\nbeat = "b01"\nheading = "EXT. SEA - DAY"\nsummary = "Waves."\n\n[[scene]]\nid = "s02"'
    made = edited('[[scene]]\nid = "s02"', new)
    assert [(scene.id, scene.author) for scene in made.scenes] == [
        ("s01", "writer"), ("s03", "person"), ("s02", "writer"),
    ]  # fmt: skip
    text = outline_to_toml(BASE)
    shorter = toml_to_outline(text[: text.index('[[scene]]\nid = "s02"')], BASE)
    assert shorter.scenes == BASE.scenes[:1]


def test_an_entry_is_handed_back_by_deleting_its_mark() -> None:
    assert edited('by = "person"\n', "").characters[1].author == "writer"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "The letter"', 'title = "The letter', "not valid TOML"),
        ('title = "The letter"', "title = 3", "Words are wanted"),
        ('title = "The letter"', 'titel = "The letter"', "'titel' says nothing known"),
        ('beat = "b01"', 'beat = "b09"', "plays beat 'b09'"),
        ('id = "s02"', 'id = "s01"', "two of 's01'"),
        ('heading = "EXT. ROCK - DAWN"\n', "", "heading: Field required"),
        ('heading = "EXT. ROCK - DAWN"\n', 'heading = "X"\ncolour = "red"\n', "colour: Extra inputs"),
        ('by = "person"', 'by = "me"', "writer or person"),
        ("form = 1", "form = 2", "another form"),
        ('notes = [\n    "It is formulaic.",\n]', "notes = 3", "`notes` is a list"),
    ],
)
def test_broken_files_are_refused_with_one_sentence(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        edited(old, new)
    assert caught.value.hint
