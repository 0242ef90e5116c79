"""What holds for every kind of graphic on every shape of screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.timeline.graphics import KINDS, Stage, draw_graphic
from rushlight.timeline.graphics.overlays import draw_overlay
from rushlight.timeline.graphics.scene import Scene
from rushlight.timeline.layout import Box
from rushlight.timeline.style import STYLES

from .examples import GRAPHICS, SIZES


def stage_of(aspect: str, style: str = "house", variant: int = 0) -> Stage:
    return Stage(*SIZES[aspect], STYLES[style], 4.0, variant)


def changed(scene: Scene, seconds: float) -> Box:
    """The box around everything a scene lays over its background, luma alone."""
    assert scene.background is not None
    height = scene.background.shape[0] * 2 // 3
    ground = scene.background[:height].astype(int)
    rows, columns = np.nonzero(np.abs(scene.frame(seconds)[:height].astype(int) - ground) > 3)
    assert len(rows), "nothing is drawn"
    return Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def test_every_kind_is_drawn_here() -> None:
    # A panel fills the screen and keeps moving, so it has tests of its own.
    assert {graphic["kind"] for graphic in GRAPHICS.values()} == set(KINDS) - {"panel"}


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("name", GRAPHICS)
def test_nothing_leaves_the_safe_area_nor_meets_captions(name: str, aspect: str) -> None:
    stage = stage_of(aspect)
    scene = draw_graphic(GRAPHICS[name], stage)
    for seconds in (1.0, 4.0):
        box = changed(scene, seconds)
        safe = stage.layout.safe
        assert safe.left - 1 <= box.left, (box, safe)
        assert safe.top <= box.top, (box, safe)
        assert box.right <= safe.right + 1, (box, safe)
        assert box.bottom <= stage.layout.captions.top, (box, stage.layout.captions)


@pytest.mark.parametrize("aspect", SIZES)
def test_two_line_captions_stay_in_their_box(aspect: str) -> None:
    stage = stage_of(aspect)
    lines = ["This is the first line of a long caption", "and here is the second line of it, gj"]
    (layer,) = draw_overlay({"kind": "caption", "lines": lines}, stage).layers
    box = stage.layout.captions
    assert box.left - 2 <= layer.x
    assert layer.x + layer.sprite.width_px <= box.right + 2
    assert box.top <= layer.y
    assert layer.y + layer.sprite.height_px <= box.bottom + 2


@pytest.mark.parametrize("style", STYLES)
def test_neighbouring_backgrounds_differ(style: str) -> None:
    grounds = [stage_of("16:9", style, variant).background() for variant in range(6)]
    for one, two in zip(grounds, grounds[1:], strict=False):
        assert np.abs(one.astype(int) - two.astype(int)).mean() > 1


SCENES: dict[str, Scene] = {}


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(sorted(GRAPHICS)), times=st.lists(st.floats(0, 5), min_size=1, max_size=4))
def test_a_frame_does_not_depend_on_what_was_drawn_before(name: str, times: list[float]) -> None:
    scene = SCENES.setdefault(name, draw_graphic(GRAPHICS[name], stage_of("16:9")))
    for seconds in times:
        assert scene.background is not None
        afresh = scene.background.copy()
        for layer in scene.layers:
            layer.draw(afresh, seconds)
        np.testing.assert_array_equal(scene.frame(seconds), afresh)


@pytest.mark.parametrize("name", GRAPHICS)
def test_equal_graphics_draw_equal_frames(name: str) -> None:
    one, two = (draw_graphic(GRAPHICS[name], stage_of("16:9")).frame(0.9).copy() for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", GRAPHICS)
def test_graphics_build_themselves_and_come_to_rest(name: str) -> None:
    scene = draw_graphic(GRAPHICS[name], stage_of("16:9"))
    assert scene.state(0.0) != scene.state(3.9)
    assert scene.state(3.9) == scene.state(4.0)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 15, 40])
@pytest.mark.parametrize("kind", ["bar_chart", "ranking", "line_chart", "share"])
def test_any_number_of_values_is_drawn(kind: str, count: int) -> None:
    graphic = {
        "kind": kind, "title": "T", "unit": "%", "labels": [f"Name {n}" for n in range(count)],
        "values": [float(n + 1) for n in range(count)], "highlight": count - 1,
    }  # fmt: skip
    stage = stage_of("1:1")
    assert changed(draw_graphic(graphic, stage), 4.0).bottom <= stage.layout.captions.top


@pytest.mark.parametrize(
    "graphic",
    [
        {"kind": "pie"},
        {"kind": "bar_chart", "labels": ["a"], "values": []},
        {"kind": "bar_chart", "labels": ["a"], "values": [1, 2]},
        {"kind": "bar_chart", "labels": ["a"], "values": ["many"]},
        {"kind": "bar_chart", "labels": ["a"], "values": [float("nan")]},
        {"kind": "line_chart", "labels": ["a", "b"], "values": [1]},
        {"kind": "line_chart", "labels": ["a"], "values": [float("inf")]},
        {"kind": "share", "labels": ["a", "b"], "values": [1, -2]},
        {"kind": "share", "labels": ["a"], "values": [0]},
        {"kind": "scatter", "x": [1], "values": [1, 2]},
        {"kind": "diagram", "nodes": ["a"], "edges": [["a", "b"]]},
        {"kind": "diagram", "nodes": []},
        {"kind": "map", "points": []},
        {"kind": "map", "points": [{"lat": 123, "lon": 0}]},
        {"kind": "timeline", "events": []},
        {"kind": "title"},
        {"kind": "ranking", "labels": ["a"], "values": [1], "highlight": "first"},
    ],
)
def test_a_wrong_graphic_is_one_clear_sentence(graphic: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        draw_graphic(graphic, stage_of("16:9"))
    assert caught.value.message.endswith(".")
