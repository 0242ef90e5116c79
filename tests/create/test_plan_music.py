from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import MusicPlan, Script
from rushlight.create.plan_music import plan_music

from .film_parts import narrate, script_of

WORDS = "word " * 30


def plan(script: Script, folder: Path) -> MusicPlan:
    return plan_music(script, narrate(script, folder))


@settings(max_examples=40, deadline=None)
@given(beats=st.lists(st.tuples(st.integers(1, 40), st.floats(-1, 1), st.floats(0, 1)), min_size=1, max_size=9))
def test_sections_follow_the_narration_without_gaps(
    tmp_path_factory: pytest.TempPathFactory, beats: list[tuple[int, float, float]]
) -> None:
    script = script_of(
        *({"lines": ["word " * count], "valence": valence, "arousal": arousal} for count, valence, arousal in beats)
    )
    found = plan(script, tmp_path_factory.mktemp("n"))
    assert found.sections[0].start == 0
    assert found.sections[-1].end == found.duration
    for before, after in zip(found.sections, found.sections[1:], strict=False):
        assert before.end == after.start
    valences = [valence for _, valence, _ in beats]
    # Joined moods are weighed means, so none lies outside what the beats say.
    for section in found.sections:
        assert section.end > section.start
        assert min(valences) - 1e-9 <= section.valence <= max(valences) + 1e-9


def test_long_beats_keep_their_moods(tmp_path: Path) -> None:
    script = script_of(
        {"lines": [WORDS], "valence": 0.8, "arousal": 0.9}, {"lines": [WORDS], "valence": -0.6, "arousal": 0.2}
    )
    found = plan(script, tmp_path)
    assert [(s.valence, s.arousal) for s in found.sections] == [(0.8, 0.9), (-0.6, 0.2)]


def test_short_beats_are_joined_by_length(tmp_path: Path) -> None:
    script = script_of(
        {"lines": ["one two three four five"], "valence": 1.0}, {"lines": ["one two three four five"], "valence": 0.0}
    )
    (section,) = plan(script, tmp_path).sections
    assert section.valence == pytest.approx(0.5, abs=0.1)
    assert section.end - section.start == Fraction(24, 5)
