"""Charts that build themselves: a large number, bars, a ranking, a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.figures import format_value, nice_ticks
from rushlight.timeline.graphics.lettering import colour, fit_text, font, letter, text_width
from rushlight.timeline.graphics.motion import EASINGS, Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_bars", "draw_line", "draw_number", "draw_ranking"]

BUILD_SECONDS = 1.4


def heading(graphic: dict[str, Any], stage: Stage) -> tuple[list[Layer], Box]:
    """The title and source line that every chart has, and the box left for the chart itself."""
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    layers: list[Layer] = []
    top, bottom = box.top, box.bottom
    if title := str(graphic.get("title", "")):
        size, lines = fit_text(
            title, style.display_font, width_px=box.width, height_px=round(unit * 15), largest_px=round(unit * 5.6),
            smallest_px=round(unit * 3.2),
        )  # fmt: skip
        sprite = letter(lines, font(style.display_font, size), style.ink)
        layers.append(
            Layer(
                sprite, box.left - round(size * 0.08), top, opacity=Change.between(0.0, 0.4, 0, 1),
                shift_y=Change.between(0, 0.5, unit * 2, 0),
            )
        )  # fmt: skip
        top += sprite.height_px + round(unit * 1.5)
    if source := str(graphic.get("source", "")):
        sprite = letter([f"Source: {source}"], font(style.text_font, round(unit * 2.3)), style.quiet)
        bottom -= sprite.height_px
        layers.append(Layer(sprite, box.left, bottom, opacity=Change.between(0.3, 0.5, 0, 1)))
        bottom -= round(unit)
    return layers, Box(box.left, top, box.right, bottom)


def counting(
    value: float, show: Callable[[float], str], make: Callable[[str], Sprite], start: float, seconds: float
) -> Callable[[float], Sprite]:
    """A number that counts up: which sprite to show at a time. Sprites are made once for each text."""
    made: dict[str, Sprite] = {}

    def choose(at: float) -> Sprite:
        done = min(max((at - start) / seconds, 0.0), 1.0)
        text = show(value if done >= 1 else value * EASINGS["out"](round(done * 24) / 24))
        if text not in made:
            made[text] = make(text)
        return made[text]

    return choose


def draw_number(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A large figure that counts up: `{"kind": "number", "values": [number], "unit", "title"}`.

    `shown`, when given, is how the figure ends up written, so that screen and voice say the same.
    """
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    value, measure = float(graphic["values"][0]), str(graphic.get("unit", ""))
    final = str(graphic.get("shown") or format_value(value, measure, value))
    size, _ = fit_text(
        final, style.display_font, width_px=box.width, height_px=round(box.height * 0.6), largest_px=round(unit * 26),
        smallest_px=round(unit * 8),
    )  # fmt: skip
    face = font(style.display_font, size)
    label_size, lines = fit_text(
        str(graphic.get("title", "")), style.text_font, width_px=box.width, height_px=round(box.height * 0.3),
        largest_px=round(unit * 5.2), smallest_px=round(unit * 3),
    )  # fmt: skip
    total = round(size * 1.2) + round(label_size * 1.25) * len(lines) + round(unit * 3)
    top = box.top + max((box.height - total) // 2, 0)
    whole = letter([final], face, stage.accent)
    layers = [
        Layer(
            whole, box.left - round(size * 0.06), top, opacity=Change.between(0.05, 0.35, 0, 1),
            choose=counting(
                value, lambda v: final if v == value else format_value(v, measure, value),
                lambda t: letter([t], face, stage.accent), 0.1, 1.2,
            ),
        ),
        Layer(
            letter(lines, font(style.text_font, label_size), style.ink), box.left,
            top + round(size * 1.2) + round(unit * 3),
            opacity=Change.between(0.5, 0.5, 0, 1),
        ),
    ]  # fmt: skip
    return Scene(stage.background(), layers)


def draw_bars(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Upright bars: `{"kind": "bar_chart", "title", "unit", "labels", "values", "highlight", "source"}`.

    More than seven bars, long labels or an upright screen turn it into a ranking, which stays readable.
    """
    labels = [str(label) for label in graphic["labels"]]
    if len(labels) > 7 or stage.height_px > stage.width_px or max(map(len, labels), default=0) > 14:
        return draw_ranking(graphic, stage)
    layers, box = heading(graphic, stage)
    values = [float(value) for value in graphic["values"]]
    measure, unit, style = str(graphic.get("unit", "")), stage.unit, stage.style
    face, figure_face = font(style.text_font, round(unit * 3.2)), font(style.display_font, round(unit * 3.8))
    floor_y = box.bottom - round(unit * 6.5)
    room = floor_y - box.top - round(unit * 7)
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    zero = floor_y + round(low / span * room)
    slot = box.width // len(values)
    wide = min(round(slot * 0.62), round(unit * 18))
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        start = 0.3 + 0.12 * number
        middle = box.left + slot * number + slot // 2
        tall = max(round(abs(value) / span * room), 2)
        bar = rounded_box(wide, tall, _bar_ink(graphic, number, stage), round(unit * 0.8), 255, 0.8, True)
        y = zero - tall if value >= 0 else zero
        layers.append(
            Layer(
                bar, middle - wide // 2, y, reveal=Change.between(start, BUILD_SECONDS * 0.6, 0, 1),
                reveal_from="bottom" if value >= 0 else "top",
            )
        )  # fmt: skip
        name = letter([_clip(label, face, slot)], face, style.quiet, align="center")
        layers.append(
            Layer(name, middle - name.width_px // 2, floor_y + round(unit), opacity=Change.between(start, 0.3, 0, 1))
        )
        figure = letter([format_value(value, measure, high)], figure_face, style.ink, align="center")
        layers.append(
            Layer(
                figure, middle - figure.width_px // 2, (y if value >= 0 else y + tall) - round(unit * 6.3),
                opacity=Change.between(start + BUILD_SECONDS * 0.45, 0.35, 0, 1),
            )
        )  # fmt: skip
    layers.append(Layer(rounded_box(box.width, max(round(unit * 0.3), 2), style.quiet, 0, 150), box.left, zero))
    return Scene(stage.background(), layers)


def draw_ranking(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Lying bars in the order given: `{"kind": "ranking", …}` as for `draw_bars`."""
    layers, box = heading(graphic, stage)
    labels = [str(label) for label in graphic["labels"]][:10]
    values = [float(value) for value in graphic["values"]][:10]
    measure, unit, style = str(graphic.get("unit", "")), stage.unit, stage.style
    row = min(box.height // max(len(values), 1), round(unit * 11))
    size = min(round(row * 0.42), round(unit * 3.8))
    face, figure_face = font(style.text_font, size), font(style.display_font, size)
    high = max([abs(value) for value in values] + [1e-12])
    figures = [format_value(value, measure, high) for value in values]
    names = min(max(text_width(label, face) for label in labels), round(box.width * 0.36))
    tail = max(text_width(text, figure_face) for text in figures) + round(unit * 3)
    left = box.left + names + round(unit * 2)
    room = box.right - left - tail
    thick = max(round(row * 0.56), 4)
    top = box.top + (box.height - row * len(values)) // 2
    for number, value in enumerate(values):
        start, y = 0.25 + 0.1 * number, top + row * number
        wide = max(round(abs(value) / high * room), 3)
        name = letter([_clip(labels[number], face, names + 4)], face, style.ink, align="right")
        layers.append(
            Layer(
                name, left - name.width_px - round(unit * 0.6), y + (row - name.height_px) // 2,
                opacity=Change.between(start, 0.3, 0, 1),
            )
        )  # fmt: skip
        bar = rounded_box(wide, thick, _bar_ink(graphic, number, stage), round(unit * 0.7), 255, 0.8)
        layers.append(Layer(bar, left, y + (row - thick) // 2, reveal=Change.between(start, BUILD_SECONDS * 0.6, 0, 1)))
        figure = letter([figures[number]], figure_face, style.ink)
        layers.append(
            Layer(
                figure, left + wide + round(unit), y + (row - figure.height_px) // 2,
                opacity=Change.between(start + BUILD_SECONDS * 0.5, 0.3, 0, 1),
            )
        )  # fmt: skip
    return Scene(stage.background(), layers)


def draw_line(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A line over time: `{"kind": "line_chart", "title", "unit", "x" or "labels", "values", "highlight", "source"}`."""
    layers, box = heading(graphic, stage)
    values = [float(value) for value in graphic["values"]]
    names = [str(name) for name in (graphic.get("x") or graphic["labels"])]
    measure, unit, style = str(graphic.get("unit", "")), stage.unit, stage.style
    ticks = nice_ticks(min(values), max(values))
    face = font(style.text_font, round(unit * 2.8))
    gutter = max(text_width(format_value(tick, measure, ticks[-1]), face) for tick in ticks) + round(unit * 2)
    plot = Box(box.left + gutter, box.top + round(unit * 5), box.right - round(unit * 5), box.bottom - round(unit * 5))
    low, high = ticks[0], ticks[-1]

    def spot(number: int) -> tuple[float, float]:
        x = plot.left + plot.width * number / max(len(values) - 1, 1)
        return x, plot.bottom - (values[number] - low) / ((high - low) or 1) * plot.height

    for tick in ticks:
        y = round(plot.bottom - (tick - low) / ((high - low) or 1) * plot.height)
        layers.append(Layer(rounded_box(plot.width, 2, style.quiet, 0, 60), plot.left, y))
        name = letter([format_value(tick, measure, high)], face, style.quiet, align="right")
        layers.append(Layer(name, plot.left - name.width_px - round(unit * 0.3), y - name.height_px // 2))
    for number in _spread(len(names), max(plot.width // max(text_width(max(names, key=len), face) * 2, 1), 2)):
        name = letter([names[number]], face, style.quiet, align="center")
        x = round(spot(number)[0]) - name.width_px // 2
        layers.append(Layer(name, min(x, box.right - name.width_px), plot.bottom + round(unit)))
    points = [spot(number) for number in range(len(values))]
    layers.append(
        Layer(
            _stroke(points, plot, stage), plot.left - round(unit * 3), plot.top - round(unit * 3),
            reveal=Change.between(0.35, BUILD_SECONDS, 0, 1, "in_out"),
        )
    )  # fmt: skip
    marked = graphic.get("highlight")
    number = len(values) - 1 if marked is None else int(marked)
    layers += _callout(points[number], format_value(values[number], measure, high), plot, stage)
    return Scene(stage.background(), layers)


def _stroke(points: list[tuple[float, float]], plot: Box, stage: Stage) -> Sprite:
    """The line with a soft fill beneath it, as one sprite with a margin of three units."""
    margin, times = round(stage.unit * 3), 2
    size = (plot.width + 2 * margin, plot.height + 2 * margin)
    spots = [((x - plot.left + margin) * times, (y - plot.top + margin) * times) for x, y in points]
    image = Image.new("RGBA", (size[0] * times, size[1] * times), colour(stage.accent, 0))
    if len(spots) > 1:
        ground = (size[1] - margin) * times
        ImageDraw.Draw(image).polygon(
            [(spots[0][0], ground), *spots, (spots[-1][0], ground)], fill=colour(stage.accent, 46)
        )
        wide = round(stage.unit * 0.75 * times)
        ImageDraw.Draw(image).line(spots, fill=colour(stage.accent), width=wide, joint="curve")
    return Sprite.from_rgba(np.asarray(image.resize(size, Image.Resampling.BOX)))


def _callout(point: tuple[float, float], text: str, plot: Box, stage: Stage) -> list[Layer]:
    unit, style = stage.unit, stage.style
    side = round(unit * 2.4) & ~1
    dot = rounded_box(side, side, style.ink, side // 2)
    label = letter([text], font(style.display_font, round(unit * 4.4)), style.ink)
    x = min(max(round(point[0]) - label.width_px // 2, plot.left), plot.right + round(unit * 4) - label.width_px)
    y = round(point[1]) - label.height_px - side
    if y < plot.top - round(unit * 5):
        y = round(point[1]) + side
    seen = Change.between(0.35 + BUILD_SECONDS, 0.35, 0, 1)
    return [
        Layer(dot, round(point[0]) - side // 2, round(point[1]) - side // 2, opacity=seen),
        Layer(label, x, y, opacity=seen),
    ]


def _bar_ink(graphic: dict[str, Any], number: int, stage: Stage) -> str:
    marked = graphic.get("highlight")
    return stage.accent if marked is None or int(marked) == number else stage.style.quiet


def _clip(text: str, face: Any, width_px: int) -> str:
    if text_width(text, face) <= width_px:
        return text
    while len(text) > 1 and text_width(text + "…", face) > width_px:
        text = text[:-1]
    return text.rstrip() + "…"


def _spread(count: int, most: int) -> list[int]:
    """At most `most` indices spread evenly over a range, both ends in."""
    if count <= most:
        return list(range(count))
    return sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})
