"""Dialogue made to sound like another, saying what it said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.match_tone import match_tone
from rushlight.create.measure_tone import measure_tone
from rushlight.create.storytellers.grammar import GrammarStoryteller
from tests.create.test_measure_tone import screenplay

LOUD = screenplay(*[("MAX", text) for text in (
    "Well, it's over! It's gone, all of it!", "I can't do it! I won't!", "Well, you're late! Don't sit!",
    "So what? It's mine!", "Well, don't look at me like that!", "They've gone! They're all gone!",
)])  # fmt: skip
STIFF = screenplay(*[("LORD", text) for text in (
    "I do not believe that it is wise, and I have said so.", "You are mistaken, I am afraid.",
    "It is not my habit to repeat what I have said before.", "We do not discuss it, and we will not.",
    "I am told that it is raining, as it has been for some days.",
)])  # fmt: skip


def story() -> Screenplay:
    grammar = GrammarStoryteller()
    outline = grammar.outline("A thief finds a key", structure="three_act", scenes=6, language="en", seed=2, keep=None)
    elements: tuple[Element, ...] = ()
    for plan in outline.scenes:
        elements += grammar.scene(outline, plan.id, elements, words=140, tone="", seed=2)
    return Screenplay(elements=elements)


@pytest.mark.parametrize("model", [LOUD, STIFF])
def test_it_comes_nearer_and_states_the_same(model: Screenplay, tmp_path: Path) -> None:
    before, tone = story(), measure_tone(model, min_words=10)
    run = Run(scratch=tmp_path)
    with running(run):
        after = match_tone(before, tone, seed=1)
    assert run.figures["distance_after"] < 0.75 * run.figures["distance_before"]
    assert len(after.elements) == len(before.elements)
    loose = {"well", "so", "and", "but", "look", "not"}
    for one, other in zip(before.elements, after.elements, strict=True):
        if one.kind != "dialogue":
            assert one == other
            continue
        told = [
            set(re.findall(r"[a-z]{4,}", text.lower().replace("cannot", ""))) - loose for text in (one.text, other.text)
        ]
        # Contractions take words apart or together; nothing else comes or goes.
        verbs = {"have", "will", "would", "been", "don", "didn", "does", "doesn", "wasn", "weren", "couldn", "shouldn",
                 "wouldn", "haven", "hasn", "hadn", "aren", "could", "should", "were", "what"}  # fmt: skip
        assert told[0] ^ told[1] <= verbs, (one.text, other.text)
    assert after == match_tone(before, tone, seed=1)


def test_pinned_lines_and_lines_with_notes_stay() -> None:
    play = screenplay(("ANNA", "I do not know."), ("ANNA", "It is late. [[why?]]"), ("ANNA", "It is late."))
    pinned = Screenplay(elements=(*play.elements[:3], Element(kind="note", text="pin"), *play.elements[3:]))
    after = match_tone(pinned, measure_tone(LOUD, min_words=5))
    assert after.elements[2].text == "I do not know."
    assert after.elements[5].text == "It is late. [[why?]]"
    assert after.elements[7].text != "It is late."


def test_wrong_cast() -> None:
    tone = measure_tone(LOUD, min_words=5)
    with pytest.raises(InputError, match="ZOE does not speak"):
        match_tone(STIFF, tone, cast={"Zoe": "MAX"})
    with pytest.raises(InputError, match="KIM was not measured"):
        match_tone(STIFF, tone, cast={"Lord": "Kim"})
