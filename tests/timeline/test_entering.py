"""How pictures follow one another when their panels say so."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import opentimelineio as otio
import pytest

from rushlight.artifacts import Captions, Cue, Panel, Storyboard
from rushlight.timeline.build import FilmFormat, build_timeline

FILM = FilmFormat(160, 90, Fraction(25))


def built(enter: Literal["", "cut", "dissolve", "fade"]) -> otio.schema.Timeline:
    graphic = {"kind": "title", "title": "T"}
    panels = (
        Panel(beat_id="a", start=Fraction(0), end=Fraction(4), form="graphic", graphic=graphic),
        Panel(beat_id="b", start=Fraction(4), end=Fraction(8), form="graphic", graphic=graphic, enter=enter),
    )
    cues = (
        Cue(start=Fraction(1), end=Fraction(2), lines=("[Rain.]",)),
        Cue(start=Fraction(3), end=Fraction(4), lines=("ANNA: Hello.",), speaker="ANNA"),
    )
    board = Storyboard(panels=panels, duration=Fraction(8))
    return build_timeline("T", board, None, Captions(cues=cues), FILM, inks={"ANNA": "#ff0000"})


@pytest.mark.parametrize(("enter", "frames"), [("", 10), ("cut", 0), ("dissolve", 20), ("fade", 20)])
def test_panels_are_entered_as_they_say(enter: Literal["", "cut", "dissolve", "fade"], frames: int) -> None:
    timeline = built(enter)  # Kept: its tracks go away with it.
    found = [item for item in timeline.video_tracks()[0] if isinstance(item, otio.schema.Transition)]
    assert sum(item.in_offset.value + item.out_offset.value for item in found) == frames
    if enter == "fade":
        assert found[0].metadata["rushlight"]["type"] == "fade"


def test_captions_of_action_and_speech_are_of_two_kinds() -> None:
    timeline = built("")
    track = next(track for track in timeline.video_tracks() if track.name == "Captions")
    graphics = [
        dict(clip.media_reference.parameters["graphic"]) for clip in track if isinstance(clip, otio.schema.Clip)
    ]
    assert [graphic["kind"] for graphic in graphics] == ["action_caption", "caption"]
    assert dict(graphics[1]["inks"]) == {"ANNA": "#ff0000"}
