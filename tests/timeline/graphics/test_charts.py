"""What charts promise: labels that keep off lines and each other, gaps that show, bars in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.timeline.graphics import Stage, draw_graphic
from rushlight.timeline.graphics.chart_frame import spread
from rushlight.timeline.graphics.diagram import layers_of
from rushlight.timeline.graphics.lettering import clip, fit_text, font, letter_rgba, text_width
from rushlight.timeline.graphics.line import places_along
from rushlight.timeline.graphics.placing import along, free_place
from rushlight.timeline.layout import Box
from rushlight.timeline.style import STYLES

FONT = STYLES["house"].text_font


@settings(max_examples=60, deadline=None)
@given(
    heights=st.lists(st.floats(0, 1), min_size=2, max_size=40),
    told=st.integers(0, 39),
    shape=st.sampled_from([(400, 120), (220, 160), (150, 260)]),
)
def test_a_callout_never_covers_the_line_nor_leaves_the_plot(
    heights: list[float], told: int, shape: tuple[int, int]
) -> None:
    width, height = shape
    size, head = (60, 16), 22
    bounds = Box(0, -head, width, height)
    points = [(width * n / (len(heights) - 1), height * (1 - h)) for n, h in enumerate(heights)]
    line = along(points)
    left, top, free = free_place(points[told % len(points)], size, bounds, line, gap_px=6)
    assert free
    box = Box(left, top, left + size[0], top + size[1])
    assert bounds.left <= box.left
    assert box.right <= bounds.right
    assert bounds.top <= box.top
    assert box.bottom <= bounds.bottom
    assert not (
        (line[:, 0] > box.left) & (line[:, 0] < box.right) & (line[:, 1] > box.top) & (line[:, 1] < box.bottom)
    ).any()


@given(
    steps=st.lists(st.floats(1, 80), min_size=1, max_size=40),
    width=st.integers(5, 60),
    data=st.data(),
)
def test_labels_on_an_axis_never_touch_and_the_told_one_is_there(
    steps: list[float], width: int, data: st.DataObject
) -> None:
    places = np.cumsum(steps).tolist()
    told = data.draw(st.none() | st.integers(0, len(places) - 1))
    shown = spread(places, [width] * len(places), 4, told=told)
    assert shown == sorted(shown)
    assert told is None or told in shown
    assert told is not None or len(places) - 1 in shown
    assert all(places[b] - places[a] >= width + 4 for a, b in zip(shown, shown[1:], strict=False))


def test_round_years_are_named() -> None:
    years = [float(year) for year in range(2001, 2025)]
    shown = spread([(year - 2001) * 20 for year in years], [40] * 24, 10, numbers=years)
    assert {2001, 2005, 2010, 2015, 2020, 2024} <= {int(years[n]) for n in shown} | {2005, 2024}
    assert [years[n] for n in shown if years[n] % 5 == 0] == [2005, 2010, 2015, 2020]


def test_points_stand_by_value_where_x_has_values() -> None:
    assert places_along([1950, 1960, 2004]) == [1950, 1960, 2004]
    months = places_along(["2020-01-01", "2020-02-01", "2020-09-01"])
    assert (months[1] - months[0], months[2] - months[0]) == (31, 244)
    assert places_along(["2020-01", "2020-02"])[1] - places_along(["2020-01", "2020-02"])[0] == 31
    assert places_along(["spring", "summer"]) == [0, 1]


def bars_of(values: list[float]) -> list[int]:
    """How tall each bar stands, in pixels, by its layer's revealed sprite."""
    graphic = {
        "kind": "bar_chart", "title": "", "unit": "", "labels": [f"n{n}" for n in range(len(values))], "values": values,
    }  # fmt: skip
    scene = draw_graphic(graphic, Stage(640, 360, STYLES["house"], 4.0))
    return [
        layer.sprite.height_px for layer in scene.layers if layer.reveal.keys[-1][0] > 0 and len(layer.reveal.keys) > 1
    ]


def test_bars_stand_in_proportion_from_zero() -> None:
    tall = bars_of([100, 50, 25, -50])
    assert tall[0] == pytest.approx(2 * tall[1], abs=3)
    assert tall[1] == pytest.approx(2 * tall[2], abs=3)
    assert tall[3] == pytest.approx(tall[1], abs=3)


def test_ranking_rows_do_not_meet() -> None:
    graphic = {
        "kind": "ranking", "title": "T", "unit": "", "labels": [f"Name {n}" for n in range(40)],
        "values": [float(40 - n) for n in range(40)], "highlight": 39,
    }  # fmt: skip
    for size in ((640, 360), (400, 400), (360, 640)):
        scene = draw_graphic(graphic, Stage(*size, STYLES["house"], 4.0))
        bars = [layer for layer in scene.layers if len(layer.reveal.keys) > 1]
        assert len(bars) >= 5
        for above, under in zip(bars, bars[1:], strict=False):
            assert above.y + above.sprite.height_px <= under.y


@given(st.integers(1, 8), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14))
def test_layers_hold_every_node_once_whatever_the_arrows(count: int, pairs: list[tuple[int, int]]) -> None:
    names = [str(n) for n in range(count)]
    edges = [(str(a), str(b)) for a, b in pairs if a != b and a < count and b < count]
    groups = layers_of(names, edges)
    assert sorted(name for group in groups for name in group) == names
    assert all(groups)
    depth = {name: number for number, group in enumerate(groups) for name in group}
    if all(int(a) < int(b) for a, b in edges):
        assert all(depth[a] < depth[b] for a, b in edges)


@given(st.text(st.sampled_from("abc de fghij—²é"), min_size=1, max_size=120), st.integers(40, 300), st.integers(20, 90))
def test_text_never_leaves_its_box(text: str, width: int, height: int) -> None:
    size, lines = fit_text(text, FONT, width_px=width, height_px=height, largest_px=30, smallest_px=10)
    assert len(lines) * size * 1.2 <= max(height, size * 1.2)
    assert all(text_width(line, font(FONT, size)) <= width for line in lines)


def test_a_clipped_text_says_so() -> None:
    face = font(FONT, 20)
    assert clip("short", face, 500) == "short"
    cut = clip("Port Saint Christopher on the Strand", face, 120)
    assert cut.endswith("…")
    assert text_width(cut, face) <= 120


@pytest.mark.parametrize("sign", ["²", "°", "é", "→", "−", "€"])
def test_signs_a_font_lacks_come_from_another(sign: str) -> None:
    face = font(STYLES["house"].display_font, 40)
    missing = letter_rgba(["\uffff"], face, "#ffffff")
    drawn = letter_rgba([sign], face, "#ffffff")
    assert drawn[..., 3].any()
    assert drawn.shape != missing.shape or (drawn != missing).any()
