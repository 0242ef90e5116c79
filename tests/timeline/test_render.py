from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rushlight.core.run import Run
from rushlight.media.decode import VideoReader
from rushlight.media.probe import probe
from rushlight.timeline.build import build_timeline
from rushlight.timeline.cutfile import MediaFinder
from rushlight.timeline.plan import compile_spans
from rushlight.timeline.render import Output, draw_span, mix_pictures, render_frame, render_spans

from .media import FILM, RATE, SIZE, board, clip, dissolve, gap, graphic_panel, media_item, still, timeline_of

OUTPUT = Output(*SIZE, str(RATE), {"name": "house"}, preset="ultrafast")


def flat(level: int) -> np.ndarray:
    canvas = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
    canvas[: SIZE[1]] = level
    return canvas


def luma(canvas: np.ndarray, x: int, y: int = 10) -> int:
    return int(canvas[y, x])


def test_a_dissolve_is_the_mean_of_both() -> None:
    mixed = mix_pictures(flat(40), flat(200), 0.25, "dissolve")
    assert abs(luma(mixed, 5) - 80) <= 1


def test_a_fade_goes_through_black() -> None:
    assert luma(mix_pictures(flat(200), flat(100), 0.5, "fade"), 5) == 16
    assert abs(luma(mix_pictures(flat(200), flat(100), 0.25, "fade"), 5) - 108) <= 1
    assert abs(luma(mix_pictures(flat(200), flat(100), 0.75, "fade"), 5) - 58) <= 1


def test_a_wipe_uncovers_from_the_left() -> None:
    mixed = mix_pictures(flat(40), flat(200), 0.5, "wipe")
    assert luma(mixed, 47) == 200
    assert luma(mixed, 48) == 40


def test_a_push_moves_both_pictures() -> None:
    slope = flat(0)
    slope[: SIZE[1]] = np.arange(SIZE[0], dtype=np.uint8)
    mixed = mix_pictures(slope, flat(200), 0.25, "push")
    assert luma(mixed, 23) == 200
    assert luma(mixed, 24) == 0
    assert luma(mixed, 95) == 71


@pytest.mark.parametrize("kind", ["dissolve", "fade", "wipe", "push"])
def test_a_transition_on_a_timeline_begins_and_ends_pure(tmp_path: Path, kind: str) -> None:
    dark, light = still(tmp_path / "a.png"), clip(tmp_path / "c.mp4", 24)
    timeline = timeline_of(media_item(dark, 12), dissolve(3, kind), media_item(light, 12))
    spans = compile_spans(timeline, RATE, MediaFinder(tmp_path))
    frames = [canvas.copy() for span in spans for canvas in draw_span(span, OUTPUT)]
    assert len(frames) == 24
    plain = compile_spans(timeline_of(media_item(dark, 12)), RATE, MediaFinder(tmp_path))
    np.testing.assert_array_equal(frames[8], next(draw_span(plain[0], OUTPUT)))
    assert np.abs(frames[9].astype(int) - frames[8].astype(int)).max() > 3
    # After the transition the clip is seen as it was recorded: one flat grey.
    assert frames[15][: SIZE[1]].std() < 2


def test_gaps_are_black(tmp_path: Path) -> None:
    timeline = timeline_of(gap(6), media_item(still(tmp_path / "a.png"), 6))
    frames = [c.copy() for s in compile_spans(timeline, RATE, MediaFinder(tmp_path)) for c in draw_span(s, OUTPUT)]
    assert (frames[0][: SIZE[1]] == 16).all()
    assert frames[6][: SIZE[1]].std() > 5


def drawn(tmp_path: Path, **settings: Any) -> list[np.ndarray]:
    item = media_item(still(tmp_path / "s.png"), 12, **settings)
    spans = compile_spans(timeline_of(item), RATE, MediaFinder(tmp_path))
    return [canvas.copy() for span in spans for canvas in draw_span(span, OUTPUT)]


def test_keyframed_opacity_and_crop_and_zoom(tmp_path: Path) -> None:
    plain = drawn(tmp_path)[0]
    faded = drawn(tmp_path, opacity=[[0, 0], [0.5, 1, "linear"]])
    assert (faded[0][: SIZE[1]] == 16).all()
    np.testing.assert_array_equal(faded[6], plain)
    half = drawn(tmp_path, opacity=[[0, 0, "linear"], [0.5, 1, "linear"]])[3]
    assert np.abs(half[: SIZE[1]].astype(int) - (plain[: SIZE[1]].astype(int) + 16) / 2).max() <= 1
    cut = drawn(tmp_path, crop=[0.5, 0, 0, 0])[0]
    assert (cut[: SIZE[1], :48] == 16).all()
    np.testing.assert_array_equal(cut[: SIZE[1], 48:], plain[: SIZE[1], 48:])
    zoomed = drawn(tmp_path, zoom=[[0, 1], [0.5, 2]], center_x=0.5, center_y=0.5)
    np.testing.assert_array_equal(zoomed[0], plain)
    assert zoomed[8][: SIZE[1]].astype(int).std() != plain[: SIZE[1]].astype(int).std()


def test_overlays_lie_over_pictures_only_while_they_last(tmp_path: Path) -> None:
    timeline = build_timeline("F", board(graphic_panel(0, 6)), None, None, FILM, disclosure="AI")
    bare = build_timeline("F", board(graphic_panel(0, 6)), None, None, FILM)

    def frame(number: int, cut: Any) -> np.ndarray:
        (span,) = [
            s for s in compile_spans(cut, RATE, MediaFinder(tmp_path)) if s["first"] <= number < s["first"] + s["count"]
        ]
        return render_frame(span, OUTPUT, number)

    assert (frame(24, timeline) != frame(24, bare)).any()
    np.testing.assert_array_equal(frame(62, timeline), frame(62, bare))


def test_any_number_of_workers_gives_the_same_film_and_finished_spans_are_kept(tmp_path: Path) -> None:
    panels = board(graphic_panel(0, 1), graphic_panel(1, 2, title="Second"), graphic_panel(2, 3, title="Third"))
    spans = compile_spans(build_timeline("F", panels, None, None, FILM), RATE, MediaFinder(tmp_path))
    films = []
    for workers in (1, 2):
        run = Run(scratch=tmp_path / f"s{workers}", cache=tmp_path / f"c{workers}", workers=workers)
        render_spans(spans, OUTPUT, tmp_path / f"{workers}.mp4", run)
        films.append((tmp_path / f"{workers}.mp4").read_bytes())
    assert films[0] == films[1]
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "c1").glob("*.mp4")}
    assert len(stamps) == len(spans)
    run = Run(scratch=tmp_path / "s1", cache=tmp_path / "c1")
    render_spans(spans, OUTPUT, tmp_path / "again.mp4", run)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "c1").glob("*.mp4")} == stamps
    facts = probe(tmp_path / "again.mp4")
    assert facts.video is not None
    assert facts.video.frame_count == 36
    with VideoReader(tmp_path / "again.mp4", width_px=SIZE[0], height_px=SIZE[1], rate=RATE) as reader:
        shown = reader.frame_at(Fraction(1, 2)).astype(int)
    meant = next(iter(list(draw_span(spans[0], OUTPUT))[6:7])).astype(int)
    assert np.abs(shown - meant).mean() < 4
