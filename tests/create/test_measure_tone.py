"""How people speak, measured; by hand for a small case."""

from __future__ import annotations

import pytest

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError
from rushlight.create.measure_tone import measure_tone
from rushlight.create.tone import describe_tone, read_tone, tone_distance, variants


def screenplay(*speeches: tuple[str, str]) -> Screenplay:
    elements = [Element(kind="scene_heading", text="INT. ROOM - DAY")]
    for name, text in speeches:
        elements += [Element(kind="character", text=name), Element(kind="dialogue", text=text)]
    return Screenplay(elements=tuple(elements))


def test_figures_by_hand() -> None:
    tone = measure_tone(
        screenplay(
            ("ANNA", "Well, I don't know. Do you?"),
            ("BEN (O.S.)", "I do not know, Anna, and I do not care!"),
            ("ANNA", "*Wait*... Look at that."),
        ),
        min_words=1,
    )
    anna, ben = tone.profiles
    assert (anna.character, ben.character) == ("BEN", "ANNA") or (anna.character, ben.character) == ("ANNA", "BEN")
    by_name = {profile.character: profile for profile in tone.profiles}
    anna, ben = by_name["ANNA"], by_name["BEN"]
    assert (anna.speeches, anna.words) == (2, 10)
    assert anna.words_per_sentence == pytest.approx(10 / 4)
    assert anna.question_share == pytest.approx(1 / 4)
    assert anna.trailing_share == pytest.approx(1 / 4)
    assert anna.contraction_share == 1
    assert anna.marker_share == pytest.approx(1 / 2)
    assert anna.markers == ("well",)
    assert ben.contraction_share == 0
    assert ben.exclamation_share == 1
    assert ben.commas_per_sentence == 2
    assert ben.words_per_speech == 10
    assert tone_distance(anna, anna) == 0
    assert tone_distance(anna, ben) == tone_distance(ben, anna) > 1
    assert read_tone(tone.model_dump_json()) == tone
    assert read_tone("dry") is None
    assert read_tone('{"title": 3}') is None
    assert "seldom contracts" in describe_tone(ben)


def test_those_who_say_little_are_not_measured_alone() -> None:
    tone = measure_tone(screenplay(("ANNA", "word " * 40), ("BEN", "No.")))
    assert [profile.character for profile in tone.profiles] == ["ANNA"]
    assert tone.overall.words == 41
    with pytest.raises(InputError, match="Nobody speaks"):
        measure_tone(Screenplay(elements=(Element(kind="action", text="Rain."),)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What is it?", "What is it?"),
        ("I know who he is.", "I know who he is."),
        ("Would you have told me?", "Would you have told me?"),
        ("I have seen it.", "I've seen it."),
        ("It is late, and I do not care.", "It's late, and I don't care."),
        ("You have to go.", "You have to go."),
    ],
)
def test_contractions_are_only_made_where_english_makes_them(text: str, wanted: str) -> None:
    made = variants(text)
    assert wanted in made
    assert not any(
        "What's it" in one or "you've told" in one or "You've to" in one or "who he's" in one for one in made
    )


def test_what_cannot_be_told_apart_is_not_expanded() -> None:
    assert not any("that is gone" in one.lower() for one in variants("That's gone."))
    assert not any("I would better" in one for one in variants("I'd better go."))
