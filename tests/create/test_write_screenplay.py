"""Screenplays from outlines: whole, and one scene at a time."""

from __future__ import annotations

import pytest

from rushlight.artifacts.screenplay import Element
from rushlight.core.errors import InputError
from rushlight.create.write_outline import write_outline
from rushlight.create.write_screenplay import write_screenplay
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain

OUTLINE = write_outline(premise="A lighthouse keeper hides a letter for twenty years.", scenes=4, seed=2)


def test_every_scene_of_the_outline_is_written_in_order() -> None:
    screenplay = write_screenplay(OUTLINE, seed=1)
    scenes = screenplay.scenes()
    assert [scene.title for scene in scenes] == [plan.heading for plan in OUTLINE.scenes]
    assert [scene.number for scene in scenes] == [str(n + 1) for n in range(len(scenes))]
    assert all(scene.speeches() for scene in scenes)
    assert screenplay.title == OUTLINE.title
    assert screenplay == write_screenplay(OUTLINE, seed=1)
    read = parse_fountain(write_fountain(screenplay))
    assert [(e.kind, e.text) for e in read.elements] == [(e.kind, e.text) for e in screenplay.elements]


def test_one_scene_is_written_again_and_the_others_stay() -> None:
    first = write_screenplay(OUTLINE, seed=1)
    mine = Element(kind="action", text="A person's own line.")
    scenes = first.scenes()
    edited = first.model_copy(
        update={"elements": (*first.elements[: scenes[0].body], mine, *first.elements[scenes[0].body :])}
    )
    again = write_screenplay(OUTLINE, edited, only=OUTLINE.scenes[1].id, seed=8)
    before, after = edited.scenes(), again.scenes()
    assert len(after) == len(before) == len(OUTLINE.scenes)
    assert mine in after[0].elements
    for place in (0, *range(2, len(after))):
        assert after[place].elements == before[place].elements
    assert after[1].elements != before[1].elements
    assert write_screenplay(OUTLINE, edited, only=OUTLINE.scenes[1].id, seed=8) == again


def test_wrong_wishes_are_refused() -> None:
    with pytest.raises(InputError, match="no scenes"):
        write_screenplay(OUTLINE.model_copy(update={"scenes": ()}))
    with pytest.raises(InputError, match="no scene 's99'"):
        write_screenplay(OUTLINE, only="s99")
    with pytest.raises(InputError, match="the others are needed"):
        write_screenplay(OUTLINE, only=OUTLINE.scenes[0].id)
    first = write_screenplay(OUTLINE)
    cut = first.model_copy(update={"elements": first.elements[: first.scenes()[2].first]})
    with pytest.raises(InputError, match="no scene numbered 4"):
        write_screenplay(OUTLINE, cut, only=OUTLINE.scenes[3].id)
