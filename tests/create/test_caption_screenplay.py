"""Captions of screenplays."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rushlight.create.caption_screenplay import caption_screenplay
from rushlight.timeline.captioning import CaptionRules, find_breaches, is_action

from .screenplays import performed


@pytest.mark.parametrize("name", ["night_shift", "the_last_ferry"])
def test_every_line_is_captioned_by_its_first_word_and_the_rules_are_kept(name: str) -> None:
    staging, _, narration = performed(name)
    captions = caption_screenplay(staging, narration)
    starts = {cue.start for cue in captions.cues}
    for line in narration.lines:
        first = line.words[0].start
        assert first in starts or any(cue.start <= first < cue.end for cue in captions.cues)
        shown = " ".join(" ".join(cue.lines) for cue in captions.cues if cue.end > line.start and cue.start < line.end)
        for word in line.words:
            assert word.text in shown, (line, shown)
    assert find_breaches(captions, CaptionRules(rate=Fraction(25))) == []


def test_names_stand_where_the_speaker_changes() -> None:
    staging, _, narration = performed("the_last_ferry")
    spoken = [cue for cue in caption_screenplay(staging, narration).cues if not is_action(cue)]
    assert spoken[0].lines[0].startswith("OLE:")
    assert spoken[1].lines[0].startswith("MARA:")


def test_actions_stand_in_brackets_and_can_be_left_out() -> None:
    staging, _, narration = performed("night_shift")
    shown = [cue for cue in caption_screenplay(staging, narration).cues if is_action(cue)]
    assert shown
    assert not any(is_action(cue) for cue in caption_screenplay(staging, narration, show_actions=False).cues)


def test_what_is_said_at_once_shares_a_caption() -> None:
    staging, _, narration = performed("night_shift")
    assert caption_screenplay(staging, narration).cues[-1].lines == ("ADA: Good night.", "BEN: Good night.")
