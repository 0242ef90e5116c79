"""Screenplays in scenes and shots."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Element, Screenplay
from rushlight.core.errors import InputError
from rushlight.create.stage_screenplay import stage_screenplay

from .screenplays import example, screenplay, staged


def test_every_spoken_word_is_staged_once_and_in_order() -> None:
    play = example("the_last_ferry")
    said = " ".join(line.text for shot in staged("the_last_ferry").shots for line in shot.lines)
    written = " ".join(e.text for e in play.elements if e.kind == "dialogue")
    assert said.split() == written.split()


def test_every_action_is_shown() -> None:
    shown = " ".join(shot.action for shot in staged("the_last_ferry").shots if shot.action)
    written = " ".join(e.text for e in example("the_last_ferry").elements if e.kind == "action")
    assert shown.split() == [word for word in written.split() if word not in ("FADE", "OUT.")]


def test_headings_give_place_light_and_weather() -> None:
    scenes = staged("the_last_ferry").scenes
    assert [(s.setting, s.place, s.time_of_day) for s in scenes[:3]] == [
        ("EXT", "HARBOUR", "dusk"), ("INT", "TICKET HUT", "dusk"), ("EXT", "COAST ROAD", "night"),
    ]  # fmt: skip
    assert scenes[2].weather == "storm"
    assert scenes[2].arousal > scenes[0].arousal + 0.2
    assert scenes[4].valence < scenes[0].valence


def test_a_new_place_opens_wide_and_an_exchange_comes_closer() -> None:
    staging = staged("the_last_ferry")
    for scene in staging.scenes:
        first = next(shot for shot in staging.shots if shot.scene == scene.index)
        assert first.framing in ("extreme_wide", "wide")
    framings = [shot.framing for shot in staging.shots if shot.scene == 0 and shot.lines]
    assert framings[0] == "two_shot"
    assert "over_shoulder" in framings


def test_singles_keep_left_and_right() -> None:
    staging = staged("the_last_ferry")
    for scene in staging.scenes:
        looks: dict[str, set[str]] = {}
        for shot in staging.shots:
            for figure in shot.figures if shot.scene == scene.index and shot.lines else ():
                if figure.facing in ("left", "right"):
                    looks.setdefault(figure.name, set()).add(figure.facing)
        assert all(len(facing) == 1 for facing in looks.values()), looks


@pytest.mark.parametrize(
    ("manner", "delivery", "pace", "wait"),
    [
        ("whispering", "whisper", 1.0, Fraction(1, 2)),
        ("shouting", "shout", 1.0, Fraction(1, 2)),
        ("softly", "soft", 1.0, Fraction(1, 2)),
        ("quickly", "plain", 1.2, Fraction(1, 2)),
        ("tired", "plain", 0.85, Fraction(1, 2)),
        ("beat", "plain", 1.0, Fraction(14, 10)),
    ],
)
def test_parentheticals_steer_the_delivery(manner: str, delivery: str, pace: float, wait: Fraction) -> None:
    staging = stage_screenplay(screenplay(f"INT. ROOM - DAY\n\nANNA\n({manner})\nHere I am.\n"))
    (line,) = [line for shot in staging.shots for line in shot.lines]
    assert (line.delivery, line.pace, line.wait_seconds) == (delivery, pace, wait)


def test_a_pause_inside_a_speech_is_silence_between_its_lines() -> None:
    staging = stage_screenplay(screenplay("INT. ROOM - DAY\n\nANNA\nYes.\n(long pause)\nNo.\n"))
    lines = [line for shot in staging.shots for line in shot.lines]
    assert [line.text for line in lines] == ["Yes.", "No."]
    assert lines[1].wait_seconds >= Fraction(3, 2)


def test_dual_dialogue_begins_together() -> None:
    shot = next(shot for shot in staged("night_shift").shots if len(shot.lines) == 2)
    assert [line.speaker for line in shot.lines] == ["ADA", "BEN"]
    assert shot.lines[1].with_previous
    (times,) = staged("night_shift").model_copy(update={"shots": (shot,)}).clock([[Fraction(1), Fraction(2)]])
    assert times.lines[0] == times.lines[1]
    assert times.end == times.lines[0] + 2 + shot.hold_seconds


def test_things_in_capitals_get_an_insert_and_names_do_not() -> None:
    staging = stage_screenplay(
        screenplay("INT. ROOM - DAY\n\nA bare room.\n\nThe PHONE rings. MARK looks up.\n\nMARK\nHello?\n")
    )
    insert = next(shot for shot in staging.shots if shot.framing == "insert")
    assert insert.subject == "PHONE"
    assert insert.props == ("phone",)


def test_verbs_of_motion_move_the_camera() -> None:
    staging = stage_screenplay(
        screenplay("EXT. STREET - DAY\n\nAn empty street.\n\nMARK runs down the street.\n\nMARK\nWait!\n")
    )
    runs = next(shot for shot in staging.shots if "runs" in shot.action)
    assert runs.movement.startswith("track")
    assert runs.figures[0].pose == "running"


def test_action_can_be_read_aloud() -> None:
    staging = stage_screenplay(example("night_shift"), actions="read")
    assert any(line.speaker == "narrator" and "Rain" in line.text for shot in staging.shots for line in shot.lines)
    assert not any(shot.action for shot in staging.shots)


def test_the_script_has_characters_as_speakers() -> None:
    script = staged("night_shift").script()
    assert [line.speaker for _, line in script.lines()] == ["ADA", "BEN", "ADA", "BEN"]
    assert script.title == "Night Shift"


def test_a_screenplay_without_dialogue_is_staged() -> None:
    staging = stage_screenplay(screenplay("EXT. SEA - DAY\n\nWaves. Nothing else.\n"))
    assert [shot.framing for shot in staging.shots] == ["extreme_wide"]


@pytest.mark.parametrize("text", ["", "Title: Nothing\n", "INT. ROOM - DAY\n", "/* all cut */\n"])
def test_nothing_to_see_is_one_clear_sentence(text: str) -> None:
    with pytest.raises(InputError, match="nothing to see or hear"):
        stage_screenplay(Screenplay(elements=screenplay(text).elements if text else ()))


_KINDS = ["scene_heading", "action", "character", "parenthetical", "dialogue", "lyrics", "transition", "centered",
          "section", "synopsis", "note", "boneyard", "page_break"]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.builds(
            Element,
            kind=st.sampled_from(_KINDS),
            text=st.text(alphabet="ABab .!*_[](){}'\n-é", max_size=60),
            dual=st.booleans(),
        ),
        max_size=14,
    )
)
def test_any_elements_are_staged_without_losing_words_or_time(elements: list[Element]) -> None:
    try:
        staging = stage_screenplay(Screenplay(elements=tuple(elements)))
    except InputError as error:
        assert "nothing to see" in error.message
        return
    assert len({shot.id for shot in staging.shots}) == len(staging.shots)
    times = staging.clock([[Fraction(1)] * len(shot.lines) for shot in staging.shots])
    assert times[0].start == staging.title_seconds
    for before, after in zip(times, times[1:], strict=False):
        assert before.end == after.start
        assert before.end > before.start
