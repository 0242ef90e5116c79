"""Stories by a language model: level by level, what a person wrote kept, elements that a screenplay can hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rushlight.artifacts import Outline, PlotBeat, Role, ScenePlan, Screenplay
from rushlight.artifacts.screenplay import Element
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import Run, running
from rushlight.create.storytellers import find_storyteller
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain
from tests.models.text.hostile_server import Behaviour, Brain, fill, serving

FAST = "backoff_seconds=0.01,request_seconds=2,seconds=30"


def storyteller(conversation: str, schema: dict[str, Any]) -> Any:
    """A model with a story about a clock."""
    fields = schema["properties"]
    if "logline" in fields:
        number = conversation.count("- Clock")
        made = fill(schema, conversation)
        return made | {"title": f"Clock {number}", "logline": f"A keeper stops clock {number}.", "genre": "drama"}
    if "characters" in fields:
        roles = [{"name": "Anna", "part": "protagonist"}, {"name": "BEN (V.O.)", "part": "rival"}]
        blank = {"background": "Winds clocks.", "want": "time", "need": "rest", "voice": "dry"}
        return {"characters": [role | blank for role in roles]}
    if "beats" in fields:
        return {"beats": [{"summary": f"Turn {number}."} for number in range(1, 30)]}
    if "scenes" in fields:
        one = {"inside": "INT", "place": "int. Clock tower - stairs", "time": "NIGHT", "summary": "They meet."}
        return {"scenes": [one | {"beat": n, "characters": ["anna", "Nobody"]} for n in (2, 1, 3, 99)]}
    if "paragraphs" in fields:
        spoken = {"kind": "dialogue", "manner": "", "text": "It stopped."}
        return {
            "paragraphs": [
                {"kind": "action", "character": "", "manner": "", "text": "# The *clock* [[stands]] still.\nDust."},
                spoken | {"character": "Anna"},
                spoken | {"character": "anna", "manner": "(softly)"},
                spoken | {"character": ""},
                spoken | {"character": "@BEN (V.O.)", "text": "=== !> Did it? <"},
                {"kind": "action", "character": "", "manner": "", "text": "CUT TO:"},
            ]
        }
    return fill(schema, conversation)


def told(brain: Brain = storyteller, **options: Any) -> Any:
    return serving(Behaviour(brain=brain, **options))


def outlined(url: str, keep: Outline | None = None, scenes: int = 3, seed: int = 1) -> Outline:
    teller = find_storyteller(f"{url}#tiny,{FAST}")
    return teller.outline("A clock stops.", structure="three_act", scenes=scenes, language="en", seed=seed, keep=keep)


def test_an_outline_is_told_level_by_level(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path)
    with told() as url, running(run):
        outline = outlined(url)
    assert outline.title == "Clock 0"
    assert [role.name for role in outline.characters] == ["Anna", "BEN V.O."]
    assert [scene.heading for scene in outline.scenes] == ["INT. CLOCK TOWER - NIGHT"] * 3
    assert [scene.beat_id for scene in outline.scenes] == sorted(scene.beat_id for scene in outline.scenes)
    assert outline.scenes[0].characters == ("Anna",)
    assert len({beat.id for beat in outline.beats}) == len(outline.beats)
    assert outline.structure == "three_act"
    assert any("may answer otherwise" in note for note in outline.notes)
    assert run.models[0].revision == "tiny-2026 fp1"


PERSONS = {
    "characters": (Role(name="Clara", want="the key", author="person"),),
    "beats": (PlotBeat(id="b77", name="climax", summary="The bell falls.", author="person"),),
    "scenes": (ScenePlan(id="s09", beat_id="b77", heading="EXT. ROOF - DAY", summary="She climbs.", author="person"),),
}


@pytest.mark.parametrize("level", ["logline", "characters", "beats", "scenes"])
def test_what_a_person_wrote_stays_and_so_does_what_is_above(level: str) -> None:
    with told() as url:
        first = outlined(url)
        kept = first.model_copy(
            update={"logline": "Mine.", "logline_author": "person"}
            | {name: (*getattr(first, name)[:1], *items) for name, items in PERSONS.items()}
        )
        order = ["logline", "characters", "beats", "scenes"]
        below = {name: PERSONS[name] for name in order[max(order.index(level), 1) :]}
        again = outlined(url, kept.model_copy(update=below), seed=5)
    assert again.logline == "Mine."
    for name, items in PERSONS.items():
        assert [item for item in getattr(again, name) if item.author == "person"] == list(items)
    for name in order[1 : order.index(level)]:
        assert getattr(again, name) == getattr(kept, name)
    assert len(again.scenes) > 1
    ids = [scene.id for scene in again.scenes]
    assert len(set(ids)) == len(ids)


def test_a_scene_is_made_of_elements_that_survive_fountain() -> None:
    with told() as url:
        outline = outlined(url)
        teller = find_storyteller(f"{url}#tiny,{FAST}")
        elements = teller.scene(outline, outline.scenes[0].id, (), words=80, tone="dry", seed=1)
    assert [element.kind for element in elements] == [
        "scene_heading", "action", "character", "dialogue", "parenthetical", "dialogue", "action", "character",
        "dialogue", "action",
    ]  # fmt: skip
    assert elements[1].text == "The clock stands still. Dust."
    assert elements[4].text == "(softly)"
    assert elements[7].text == "BEN V.O."
    assert elements[8].text == "Did it?"
    read = parse_fountain(write_fountain(Screenplay(elements=elements)))
    assert [(e.kind, e.text) for e in read.elements] == [(e.kind, e.text) for e in elements]


def test_scenes_before_and_the_tone_are_told_to_the_model() -> None:
    behaviour = Behaviour(brain=storyteller)
    with serving(behaviour) as url:
        outline = outlined(url)
        teller = find_storyteller(f"{url}#tiny,{FAST}")
        before = (Element(kind="action", text="A very special owl."),)
        teller.scene(outline, outline.scenes[1].id, before, words=80, tone="clipped and dry", seed=1)
        with pytest.raises(InputError, match="no scene 's99'"):
            teller.scene(outline, "s99", (), words=80, tone="", seed=1)
    sent = json.dumps(behaviour.asked[-1])
    assert "A very special owl." in sent
    assert "clipped and dry" in sent


def test_ideas_are_told_of_one_another() -> None:
    behaviour = Behaviour(brain=storyteller)
    with serving(behaviour) as url:
        ideas = find_storyteller(f"{url}#tiny,{FAST}").ideas("A clock stops.", 3, language="en", seed=1)
    assert [idea.title for idea in ideas] == ["Clock 0", "Clock 1", "Clock 2"]
    assert [idea.id for idea in ideas] == ["i01", "i02", "i03"]
    assert "Clock 1: A keeper stops clock 1." in json.dumps(behaviour.asked[-1])


def test_rewriting_keeps_names_headings_and_kinds() -> None:
    elements = (
        Element(kind="scene_heading", text="INT. ROOM - DAY"),
        Element(kind="action", text="Dust."),
        Element(kind="character", text="ANNA"),
        Element(kind="parenthetical", text="(low)"),
        Element(kind="dialogue", text="It stopped."),
        Element(kind="note", text="mine"),
    )

    def brain(conversation: str, schema: dict[str, Any]) -> Any:
        return {"texts": ["New dust.", "high", "It *went*."]}

    with told(brain) as url:
        teller = find_storyteller(f"{url}#tiny,{FAST}")
        new = teller.rewrite(Screenplay(elements=elements), 0, 6, wish="brighter", seed=1)
        with pytest.raises(InputError, match="nothing here"):
            teller.rewrite(Screenplay(elements=elements), 0, 1, wish="", seed=1)
    assert [element.kind for element in new] == [element.kind for element in elements]
    assert [element.text for element in new] == [
        "INT. ROOM - DAY", "New dust.", "ANNA", "(high)", "It went.", "mine",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", ["malformed", "truncated", "wrong_types", "busy", "reset", "out_of_bounds"])
def test_one_fault_is_survived(fault: str) -> None:
    with told(fault=fault, times=1) as url:
        assert outlined(url).scenes


def test_a_lasting_fault_is_one_error() -> None:
    with told(fault="prose") as url, pytest.raises(ModelError, match="no usable answer"):
        outlined(url)
