from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Audio, Captions, Cue
from rushlight.timeline.build import FilmFormat, build_timeline
from rushlight.timeline.cutfile import extra, seconds_of

from .media import FILM, RATE, board, graphic_panel, still, tone


def test_panels_become_clips_with_their_reasons(tmp_path: Path) -> None:
    file = still(tmp_path / "a.png")
    panel = graphic_panel(0, 1).model_copy(update={"form": "still", "file": file, "graphic": None, "move": "push_in"})
    timeline = build_timeline("F", board(panel, graphic_panel(1, 2, "b02")), None, None, FILM)
    first, second = timeline.find_clips()
    assert extra(first)["beat"] == "b01"
    assert extra(first)["move"] == "push_in"
    assert extra(first)["reason"] == "a test"
    assert second.media_reference.generator_kind == "rushlight.title"
    assert extra(timeline)["width_px"] == FILM.width_px


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.fractions(Fraction(1, 4), 9, max_denominator=1000), min_size=1, max_size=8),
    rate=st.sampled_from([Fraction(12), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)]),
)
def test_no_frame_is_lost_between_panels(lengths: list[Fraction], rate: Fraction) -> None:
    edges = [sum(lengths[:number], Fraction(0)) for number in range(len(lengths) + 1)]
    panels = [graphic_panel(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    timeline = build_timeline("F", board(*panels), None, None, FilmFormat(96, 64, rate))
    clips = list(timeline.find_clips())
    frames = [round(clip.source_range.duration.value) for clip in clips]
    assert all(count > 0 for count in frames)
    assert abs(sum(frames) / rate - edges[-1]) <= Fraction(1, 2) / rate
    at = 0
    for start, count in zip(edges, frames, strict=False):
        assert abs(at / rate - start) <= Fraction(1, 2) / rate
        at += count


def test_dissolves_never_take_more_than_half_of_a_panel() -> None:
    panels = [graphic_panel(Fraction(n, 4), Fraction(n + 1, 4)) for n in range(4)]
    timeline = build_timeline("F", board(*panels), None, None, FILM, transition_seconds=Fraction(3))
    for item in timeline.tracks[0]:
        if isinstance(item, otio.schema.Transition):
            assert item.in_offset.value + item.out_offset.value <= 2
    assert not any(
        isinstance(item, otio.schema.Transition)
        for item in build_timeline("F", board(*panels), None, None, FILM, transition_seconds=Fraction(0)).tracks[0]
    )


def test_captions_label_and_stems_lie_on_their_tracks(tmp_path: Path) -> None:
    cues = (Cue(start=Fraction(1, 2), end=Fraction(1), lines=("Hello",)),)
    stems = {"speech": tone(tmp_path / "speech.wav"), "music": tone(tmp_path / "music.wav")}
    mix = Audio(file=tone(tmp_path / "mix.wav"), sample_rate=48_000, channels=2, duration=Fraction(1), stems=stems)
    timeline = build_timeline(
        "F", board(graphic_panel(0, 8)), mix, Captions(cues=cues, language="en"), FILM, disclosure="Made with AI"
    )
    names = [track.name for track in timeline.tracks]
    assert names == ["Pictures", "Disclosure", "Captions", "Music", "Speech"]
    captions = timeline.tracks[2]
    assert isinstance(captions[0], otio.schema.Gap)
    assert seconds_of(captions[0].duration()) == Fraction(1, 2)
    assert seconds_of(timeline.tracks[1][0].duration()) == 5
    assert seconds_of(timeline.duration()) == 8
    assert RATE == 12
