"""Outlines: invented, and made again level by level around what a person wrote."""

from __future__ import annotations

import pytest

from rushlight.core.errors import InputError, ModelError
from rushlight.create.write_outline import write_outline

PREMISE = "A lighthouse keeper hides a letter for twenty years."


def test_the_same_premise_and_seed_give_the_same_story() -> None:
    first = write_outline(premise=PREMISE, scenes=5, seed=3)
    assert first == write_outline(premise=PREMISE, scenes=5, seed=3)
    assert first != write_outline(premise=PREMISE, scenes=5, seed=4)
    assert first.premise == PREMISE
    assert len(first.scenes) == 5
    assert {scene.beat_id for scene in first.scenes} <= {beat.id for beat in first.beats}


@pytest.mark.parametrize("again", ["logline", "characters", "beats", "scenes"])
def test_what_a_person_wrote_stays(again: str) -> None:
    first = write_outline(premise=PREMISE, scenes=5, seed=3)
    mine = first.scenes[2].model_copy(update={"summary": "The letter burns.", "author": "person"})
    kept = first.model_copy(update={"scenes": (*first.scenes[:2], mine, *first.scenes[3:])})
    made = write_outline(kept, scenes=5, seed=9, again=again)
    assert mine in made.scenes
    if again in ("beats", "scenes"):
        assert (made.logline, made.characters) == (first.logline, first.characters)


def test_a_whole_outline_is_left_alone() -> None:
    first = write_outline(premise=PREMISE, scenes=5, seed=3)
    assert write_outline(first, seed=9) == first


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "needs a premise"),
        ({"premise": "x" * 5000}, "5000 characters"),
        ({"premise": PREMISE, "structure": "spiral"}, "no story structure named 'spiral'"),
    ],
)
def test_wrong_wishes_are_refused(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        write_outline(**wrong)  # type: ignore[arg-type]


def test_an_unknown_writer_is_named() -> None:
    with pytest.raises(ModelError, match="no storyteller named 'nobody'"):
        write_outline(premise=PREMISE, writer="nobody")
