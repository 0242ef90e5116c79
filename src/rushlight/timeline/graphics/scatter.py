"""Two measures of the same things against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.chart_frame import build_seconds, heading
from rushlight.timeline.graphics.figures import format_tick, nice_ticks, parse_unit
from rushlight.timeline.graphics.lettering import clip, colour, font, letter, text_width
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.placing import along, free_place
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_scatter"]

_WAVES = 6
_MOST_NAMED = 4


def draw_scatter(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Points: `{"kind": "scatter", "title", "x", "values", "labels": [x title, y title], "unit", "x_unit", "source"}`.

    `names`, one for each point, lets the highlighted point and the ones farthest out be named. `trend` may be true,
    for the least-squares line, or `[slope, intercept]`; without it no line is drawn.
    """
    xs, ys = ([float(value) for value in graphic[key]] for key in ("x", "values"))
    if not xs or len(xs) != len(ys):
        raise InputError(f"A scatter plot has {len(xs)} x and {len(ys)} y values.", hint="Give pairs.")
    titles = [str(title) for title in (graphic.get("labels") or ["", ""])]
    units = str(graphic.get("x_unit") or ""), str(graphic.get("unit") or "")
    unit, style, build = stage.unit, stage.style, build_seconds(stage)
    face = font(style.text_font, round(stage.fine * 2.8))
    # The name of the upright axis stands over it, where it can be read without turning the head.
    layers, box = heading(graphic, stage, _axis(f"↑ {titles[1]}", units[1]))
    x_ticks, y_ticks = nice_ticks(min(xs), max(xs)), nice_ticks(min(ys), max(ys))
    y_names = [format_tick(tick, units[1], y_ticks) for tick in y_ticks]
    gutter = max(text_width(name, face) for name in y_names) + round(unit * 2)
    plot = Box(
        box.left + gutter, box.top + round(unit * 2), box.right - round(unit * 3), box.bottom - round(unit * 9.5)
    )

    def spot(x: float, y: float) -> tuple[float, float]:
        return (
            plot.left + (x - x_ticks[0]) / (x_ticks[-1] - x_ticks[0]) * plot.width,
            plot.bottom - (y - y_ticks[0]) / (y_ticks[-1] - y_ticks[0]) * plot.height,
        )

    for tick, text in zip(y_ticks, y_names, strict=True):
        y = round(spot(x_ticks[0], tick)[1])
        layers.append(Layer(rounded_box(plot.width, 2, style.quiet, 0, 60), plot.left, y))
        name = letter([text], face, style.quiet)
        layers.append(Layer(name, plot.left - name.width_px - round(unit * 0.6), y - name.height_px // 2))
    for tick in x_ticks:
        x = round(spot(tick, y_ticks[0])[0])
        layers.append(Layer(rounded_box(2, plot.height, style.quiet, 0, 40), x, plot.top))
        name = letter([format_tick(tick, units[0], x_ticks)], face, style.quiet)
        left = min(max(x - name.width_px // 2, box.left), box.right - name.width_px)
        layers.append(Layer(name, left, plot.bottom + round(unit * 0.6)))
    title = letter([clip(_axis(f"{titles[0]} →", units[0]), face, plot.width)], face, style.quiet)
    layers.append(Layer(title, plot.right - title.width_px, plot.bottom + round(unit * 4.8)))
    points = [spot(x, y) for x, y in zip(xs, ys, strict=True)]
    trend = graphic.get("trend")
    ends: list[tuple[float, float]] = []
    if trend is not None and trend is not False and len(xs) > 1 and max(xs) > min(xs):
        slope, intercept = (float(v) for v in (np.polyfit(xs, ys, 1) if trend is True else trend))
        ends = [spot(x, slope * x + intercept) for x in (min(xs), max(xs))]
        layers.append(_line(ends, plot, stage, Change.between(0.3 + build, 0.6, 0, 1, "in_out")))
    layers += _dots(points, graphic, plot, stage, build)
    layers += _named(points, ends, graphic, plot, stage, 0.4 + build)
    return Scene(stage.background(), layers)


def _axis(title: str, measure: str) -> str:
    """The name of an axis, with a unit that the ticks leave out."""
    note = parse_unit(measure).note
    return f"{title} ({note})" if note else title


def _dots(
    points: list[tuple[float, float]], graphic: dict[str, Any], plot: Box, stage: Stage, build: float
) -> list[Layer]:
    """The points, coming in waves from left to right."""
    unit, times = stage.unit, 3
    radius = unit * (1.3 if len(points) <= 40 else 0.95 if len(points) <= 200 else 0.6)
    margin = round(unit * 2)
    size = (plot.width + 2 * margin, plot.height + 2 * margin)
    marked = graphic.get("highlight")
    order = sorted(range(len(points)), key=lambda number: points[number][0])
    waves = min(_WAVES, len(points))
    layers = []
    for wave in range(waves):
        image = Image.new("RGBA", (size[0] * times, size[1] * times), colour(stage.accent, 0))
        draw = ImageDraw.Draw(image)
        for number in order[wave * len(order) // waves : (wave + 1) * len(order) // waves]:
            x, y = ((points[number][0] - plot.left + margin) * times, (points[number][1] - plot.top + margin) * times)
            is_told = marked is not None and int(marked) == number
            ink = colour(stage.style.ink) if is_told else colour(stage.accent, 215 if len(points) <= 60 else 150)
            reach = radius * times * (1.3 if is_told else 1)
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)
        sprite = Sprite.from_rgba(np.asarray(image.resize(size, Image.Resampling.BOX)))
        seen = Change.between(0.25 + build * 0.8 * wave / waves, 0.35, 0, 1)
        layers.append(Layer(sprite, plot.left - margin, plot.top - margin, opacity=seen))
    return layers


def _line(ends: list[tuple[float, float]], plot: Box, stage: Stage, shown: Change) -> Layer:
    times = 2
    image = Image.new("RGBA", (plot.width * times, plot.height * times), colour(stage.style.ink, 0))
    spots = [((x - plot.left) * times, (y - plot.top) * times) for x, y in ends]
    ImageDraw.Draw(image).line(spots, fill=colour(stage.style.ink, 170), width=max(round(stage.unit * 0.35 * times), 2))
    sprite = Sprite.from_rgba(np.asarray(image.resize((plot.width, plot.height), Image.Resampling.BOX)))
    return Layer(sprite, plot.left, plot.top, reveal=shown)


def _named(
    points: list[tuple[float, float]], trend: list[tuple[float, float]], graphic: dict[str, Any], plot: Box,
    stage: Stage, start: float,
) -> list[Layer]:  # fmt: skip
    """Names of the point spoken of and of those farthest out (from the trend, if any), where they find room."""
    names = graphic.get("names")
    if not names:
        return []
    unit, style = stage.unit, stage.style
    spots = np.array(points)
    scale = np.maximum(spots.std(axis=0), 1e-9)
    far = np.hypot(*((spots - np.median(spots, axis=0)) / scale).T)
    if trend and trend[1][0] > trend[0][0]:
        off = spots[:, 1] - np.interp(spots[:, 0], *np.array(trend).T)
        far = np.abs(off) / max(float(off.std()), 1e-9)
    marked = graphic.get("highlight")
    order = [int(number) for number in np.argsort(-far, kind="stable") if far[number] > 1.9][:_MOST_NAMED]
    if marked is not None:
        order = [int(marked), *(number for number in order if number != int(marked))]
    face = font(style.text_font, round(unit * 3))
    covered = np.concatenate([spots, along(trend)])
    layers: list[Layer] = []
    taken: list[Box] = []
    for number in order:
        ink = style.ink if number == marked else style.quiet
        sprite = letter([clip(str(names[number]), face, plot.width // 3)], face, ink)
        left, top, free = free_place(
            points[number], (sprite.width_px, sprite.height_px), plot, covered, taken, gap_px=unit * 1.9
        )
        # A name far off its point, or on top of others, tells less than none.
        near = abs(left + sprite.width_px / 2 - points[number][0]) < sprite.width_px / 2 + unit * 4
        if free and near and abs(top + sprite.height_px / 2 - points[number][1]) < unit * 8:
            taken.append(Box(left, top, left + sprite.width_px, top + sprite.height_px))
            layers.append(Layer(sprite, left, top, opacity=Change.between(start, 0.4, 0, 1)))
    return layers
