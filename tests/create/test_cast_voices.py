"""Who plays whom, measured."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from rushlight.core.errors import ModelError
from rushlight.create.cast_voices import cast_voices
from rushlight.create.stage_screenplay import stage_screenplay
from rushlight.create.staging.auditions import audition, hints_for, median_pitch_hz, voice_distance

from .screenplays import performed, screenplay, staged


def test_every_character_has_a_voice_unlike_all_others() -> None:
    _, cast, _ = performed("the_last_ferry")
    assert [part.character for part in cast.parts] == ["narrator", "OLE", "MARA", "JONAS"]
    for one, other in combinations(cast.parts, 2):
        assert voice_distance(audition(one.voice, "en"), audition(other.voice, "en")) >= 1.5, (one, other)
    assert cast.least_distance == pytest.approx(min(part.distance for part in cast.parts))


def test_names_and_words_tell_who_is_a_woman_or_a_man() -> None:
    _, cast, _ = performed("the_last_ferry")
    pitch = {part.character: part.pitch_hz for part in cast.parts}
    assert pitch["MARA"] > 165 > max(pitch["OLE"], pitch["JONAS"])
    assert hints_for("OLE", "old OLE waves")[:2] == ("man", "old")
    assert hints_for("KIM", "KIM, 9, hides. KIM wipes her nose.")[:2] == ("woman", "child")


def test_twelve_characters_are_told_apart() -> None:
    text = "INT. HALL - DAY\n\n" + "".join(f"ROLE{chr(65 + n)}\nThis is line {n}.\n\n" for n in range(12))
    cast = cast_voices(stage_screenplay(screenplay(text)))
    assert len({part.voice for part in cast.parts}) == 13
    assert cast.least_distance >= 1.0


def test_a_persons_choice_wins_however_the_name_is_written() -> None:
    cast = cast_voices(staged("night_shift"), voices={"Ada": "espeak/en-us+m3", "NOBODY": "espeak/en-gb"})
    assert cast.voices()["ADA"] == "espeak/en-us+m3"


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(ModelError, match="xx"):
        cast_voices(staged("night_shift"), voices={"ADA": "espeak/xx"})


@pytest.mark.parametrize("pitch_hz", [82.0, 131.0, 220.0, 349.0])
def test_pitch_is_found(pitch_hz: float) -> None:
    at = np.arange(22050) / 22050
    tone = sum(np.sin(2 * np.pi * n * pitch_hz * at) / n for n in range(1, 12)).astype(np.float32)
    assert median_pitch_hz(tone, 22050) == pytest.approx(pitch_hz, rel=0.02)
