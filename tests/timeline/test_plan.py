from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.media.probe import probe
from rushlight.timeline.build import FilmFormat, build_timeline
from rushlight.timeline.cutfile import MediaFinder
from rushlight.timeline.plan import LONGEST_SPAN_SECONDS, Span, compile_spans, span_key

from .media import (
    FILM,
    RATE,
    SIZE,
    TITLE,
    board,
    clip,
    dissolve,
    gap,
    graphic_panel,
    media_item,
    still,
    time,
    timeline_of,
)

NOWHERE = MediaFinder(Path("/nowhere"))


def graphic_item(frames: int, **graphic: Any) -> otio.schema.Clip:
    reference = otio.schema.GeneratorReference(generator_kind="rushlight.title")
    reference.parameters["graphic"] = {**TITLE, **graphic}
    return otio.schema.Clip("g", reference, otio.opentime.TimeRange(time(0), time(frames)))


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(4, 300), min_size=1, max_size=6),
    halves=st.lists(st.integers(0, 2), min_size=5, max_size=5),
    gaps=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_spans_cover_every_frame_once(lengths: list[int], halves: list[int], gaps: list[bool]) -> None:
    items: list[otio.core.Composable] = []
    total = 0
    for number, length in enumerate(lengths):
        if gaps[number] and number:
            items.append(gap(7))
            total += 7
        elif number and halves[number - 1]:
            items.append(dissolve(halves[number - 1]))
        items.append(graphic_item(length))
        total += length
    spans = compile_spans(timeline_of(*items), RATE, NOWHERE)
    at = 0
    for span in spans:
        assert span["first"] == at
        assert 0 < span["count"] <= LONGEST_SPAN_SECONDS * RATE
        at += span["count"]
        for blend in span["blends"]:
            assert blend["a"] != blend["b"]
            assert 0 <= min(blend["a"], blend["b"]) <= max(blend["a"], blend["b"]) < len(span["pictures"])
    assert at == total


def test_a_transition_beside_a_gap_blends_nothing() -> None:
    spans = compile_spans(timeline_of(graphic_item(12), gap(12), dissolve(2), graphic_item(12)), RATE, NOWHERE)
    assert all(span["blends"] == [] for span in spans)


def keys_of(panels: list[Any], output: dict[str, Any] | None = None, **film: Any) -> list[str]:
    timeline = build_timeline("F", board(*panels), None, None, FilmFormat(96, 64, RATE, **film))
    return [span_key(span, output or {"crf": 20}) for span in compile_spans(timeline, RATE, NOWHERE)]


def test_keys_change_when_and_only_when_something_seen_changes() -> None:
    panels = [graphic_panel(0, 2), graphic_panel(2, 4, title="Second")]
    plain = keys_of(panels)
    assert keys_of([panels[0].model_copy(update={"reason": "another", "beat_id": "b77"}), panels[1]]) == plain
    other = keys_of([panels[0], graphic_panel(2, 4, title="Other")])
    # The first span reaches into the dissolve with the second panel, so both show the change.
    assert all(a != b for a, b in zip(plain, other, strict=True))
    assert keys_of(panels, {"crf": 21}) != plain
    apart = [graphic_panel(0, 2), graphic_panel(2, 20), graphic_panel(20, 22)]
    changed = [*apart[:2], graphic_panel(20, 22, title="Other")]
    assert keys_of(apart)[0] == keys_of(changed)[0]


def test_keys_do_not_depend_on_where_media_lies(tmp_path: Path) -> None:
    def key(folder: Path) -> str:
        folder.mkdir()
        file = still(folder / "a.png")
        return span_key(compile_spans(timeline_of(media_item(file, 12)), RATE, MediaFinder(folder))[0], {})

    assert key(tmp_path / "here") == key(tmp_path / "there")


def test_only_untouched_clips_go_to_ffmpeg_alone(tmp_path: Path) -> None:
    file = clip(tmp_path / "c.mp4", 24)

    def kinds(**settings: Any) -> list[str]:
        spans: list[Span] = compile_spans(
            timeline_of(media_item(file, 12, **settings)), RATE, MediaFinder(tmp_path), size=SIZE, facts_of=probe
        )
        return [span["kind"] for span in spans]

    assert kinds() == ["filter"]
    assert kinds(opacity=0.5) == ["draw"]
    assert kinds(crop=[0.1, 0, 0, 0]) == ["draw"]


def test_tracks_turned_off_are_not_seen_and_unknown_transitions_are_refused() -> None:
    timeline = otio.schema.Timeline("t")
    for text in ("below", "above"):
        track = otio.schema.Track(text, kind="Video")
        track.extend([graphic_item(10, text=text), otio.schema.Transition(), graphic_item(10, text=text)])
        timeline.tracks.append(track)
    timeline.tracks[1].enabled = False
    assert all(not span["overlays"] for span in compile_spans(timeline, RATE, NOWHERE))
    timeline.tracks[0].enabled = False
    with pytest.raises(InputError, match="no pictures"):
        compile_spans(timeline, RATE, NOWHERE)
    timeline.tracks[0].enabled = True
    timeline.tracks[0][1].metadata["rushlight"] = {"type": "sparkle"}
    with pytest.raises(InputError, match="no transition 'sparkle'") as caught:
        compile_spans(timeline, RATE, NOWHERE)
    assert "wipe" in caught.value.hint


def test_what_cannot_be_rendered_is_said() -> None:
    with pytest.raises(InputError, match="no pictures"):
        compile_spans(otio.schema.Timeline("t"), RATE, NOWHERE)
    stack = otio.schema.Stack("nested")
    stack.append(graphic_item(12))
    with pytest.raises(InputError, match="Stack"):
        compile_spans(timeline_of(stack), RATE, NOWHERE)
    other = otio.schema.Clip("bars", otio.schema.GeneratorReference(generator_kind="SMPTEBars"))
    other.source_range = otio.opentime.TimeRange(time(0), time(12))
    with pytest.raises(InputError, match="not ours"):
        compile_spans(timeline_of(other), RATE, NOWHERE)
    assert FILM.rate == Fraction(12)
