"""A line over time or along numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.chart_frame import build_seconds, heading, spread, unit_note
from rushlight.timeline.graphics.figures import format_tick, format_value, nice_ticks
from rushlight.timeline.graphics.lettering import clip, colour, font, letter, text_width
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.placing import along, free_place
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_line", "places_along"]

# A step this many times the usual one is a gap: the line across it is only broken.
_GAP = 1.75


def draw_line(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A line: `{"kind": "line_chart", "title", "unit", "x" and/or "labels", "values", "highlight", "source"}`.

    Numbers and ISO dates in `x` (or `labels`) place the points by value, so that gaps show as broken stretches;
    other names are placed evenly. The highlighted value, else the last one, is called out where there is room.
    """
    values = [float(value) for value in graphic["values"]]
    given = list(graphic.get("x") or graphic["labels"])
    names = [str(name) for name in (graphic.get("labels") or given)]
    if not values or not len(values) == len(given) == len(names):
        raise InputError("A line needs as many places as values, and at least one.")
    measure, unit, style = str(graphic.get("unit") or ""), stage.unit, stage.style
    layers, box = heading(graphic, stage, unit_note(measure))
    at = places_along(given)
    order = sorted(range(len(values)), key=lambda number: at[number])
    at, names = [at[number] for number in order], [names[number] for number in order]
    values = [values[number] for number in order]
    marked = graphic.get("highlight")
    told = len(values) - 1 if marked is None else order.index(int(marked))
    label = letter([format_value(values[told], measure)], font(style.display_font, round(unit * 4.2)), style.ink)

    ticks = nice_ticks(min(values), max(values))
    face = font(style.text_font, round(stage.fine * 2.8))
    tick_names = [format_tick(tick, measure, ticks) for tick in ticks]
    gutter = max(text_width(name, face) for name in tick_names) + round(unit * 2)
    # The head room always holds the callout, whatever the line does.
    head = label.height_px + round(unit * 1.5)
    plot = Box(box.left + gutter, box.top + head, box.right - round(unit * 3), box.bottom - round(unit * 5))
    points = [
        (
            plot.left + plot.width * (x - at[0]) / ((at[-1] - at[0]) or 1)
            if len(at) > 1
            else plot.left + plot.width / 2,
            plot.bottom - (value - ticks[0]) / (ticks[-1] - ticks[0]) * plot.height,
        )
        for x, value in zip(at, values, strict=True)
    ]
    for tick, text in zip(ticks, tick_names, strict=True):
        y = round(plot.bottom - (tick - ticks[0]) / (ticks[-1] - ticks[0]) * plot.height)
        is_zero = tick == 0 and ticks[0] < 0
        layers.append(Layer(rounded_box(plot.width, 2, style.quiet, 0, 150 if is_zero else 60), plot.left, y))
        name = letter([text], face, style.quiet)
        layers.append(Layer(name, plot.left - name.width_px - round(unit * 0.6), y - name.height_px // 2))
    names = [clip(name, face, plot.width // 3) for name in names]
    are_whole = all(name.lstrip("-").isdigit() for name in names)
    shown = spread(
        [x for x, _ in points], [text_width(name, face) for name in names], unit * 2.5,
        numbers=at if are_whole else None, told=told,
    )  # fmt: skip
    for number in shown:
        name = letter([names[number]], face, style.quiet)
        x = round(points[number][0]) - name.width_px // 2
        layers.append(Layer(name, min(max(x, box.left), box.right - name.width_px), plot.bottom + round(unit)))
    build = build_seconds(stage)
    margin = round(unit * 3)
    layers.append(
        Layer(
            _stroke(points, _gaps(at), plot, stage, margin), plot.left - margin, plot.top - margin,
            reveal=Change.between(0.3, build, 0, 1, "in_out"),
        )
    )  # fmt: skip
    within = Box(plot.left + round(unit), box.top, box.right, plot.bottom - round(unit * 0.5))
    layers += _callout(points, told, label, within, stage, 0.3 + build)
    return Scene(stage.background(), layers)


def places_along(names: list[Any]) -> list[float]:
    """Where points lie along an axis: by value for numbers, years and ISO dates, else evenly."""
    found: list[float] = []
    for name in names:
        place = _place(name)
        if place is None:
            return [float(number) for number in range(len(names))]
        found.append(place)
    return found


def _place(name: Any) -> float | None:
    if isinstance(name, bool):
        return None
    if isinstance(name, (int, float)):
        return float(name)
    text = str(name).strip()
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(dt.date.fromisoformat(f"{text}-01" if len(text) == 7 else text[:10]).toordinal())
    except ValueError:
        return None


def _gaps(at: list[float]) -> set[int]:
    """Which stretches between neighbours are gaps."""
    steps = [b - a for a, b in zip(at, at[1:], strict=False)]
    if len(steps) < 3:
        return set()
    usual = sorted(steps)[len(steps) // 2]
    return {number for number, step in enumerate(steps) if step > _GAP * usual}


def _stroke(points: list[tuple[float, float]], gaps: set[int], plot: Box, stage: Stage, margin: int) -> Sprite:
    """The line with a soft fill beneath it, as one sprite with a margin; a gap is dotted and not filled."""
    times = 2
    size = (plot.width + 2 * margin, plot.height + 2 * margin)
    spots = [((x - plot.left + margin) * times, (y - plot.top + margin) * times) for x, y in points]
    image = Image.new("RGBA", (size[0] * times, size[1] * times), colour(stage.accent, 0))
    draw = ImageDraw.Draw(image)
    ground = (size[1] - margin) * times
    wide = max(round(stage.unit * 0.75 * times), 2)
    runs: list[list[tuple[float, float]]] = [[spots[0]]]
    for number, spot in enumerate(spots[1:]):
        if number in gaps:
            runs.append([])
        runs[-1].append(spot)
    for run in runs:
        if len(run) > 1:
            draw.polygon([(run[0][0], ground), *run, (run[-1][0], ground)], fill=colour(stage.accent, 46))
    for number in gaps:
        for x, y in along([spots[number], spots[number + 1]], wide * 3.2)[1:-1]:
            draw.ellipse(
                (x - wide * 0.4, y - wide * 0.4, x + wide * 0.4, y + wide * 0.4), fill=colour(stage.accent, 170)
            )
    dots = len(points) <= 12
    for run in runs:
        if len(run) > 1:
            draw.line(run, fill=colour(stage.accent), width=wide, joint="curve")
        for x, y in run if dots or len(run) == 1 else [run[0], run[-1]]:
            radius = wide * (0.95 if dots or len(run) == 1 else 0.5)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour(stage.accent))
    return Sprite.from_rgba(np.asarray(image.resize(size, Image.Resampling.BOX)))


def _callout(
    points: list[tuple[float, float]], told: int, label: Sprite, within: Box, stage: Stage, start: float
) -> list[Layer]:
    """A dot and its value, with a thin leader if the value had to go further off."""
    unit, style = stage.unit, stage.style
    side = max(round(unit * 2.4) & ~1, 4)
    dot = rounded_box(side, side, style.ink, side // 2)
    x, y = points[told]
    left, top, _ = free_place((x, y), (label.width_px, label.height_px), within, along(points), gap_px=unit * 2.2)
    seen = Change.between(start, 0.35, 0, 1)
    layers = []
    foot = (min(max(x, left), left + label.width_px), top + label.height_px if top + label.height_px < y else top)
    if abs(foot[1] - y) > unit * 5 and not top <= y <= top + label.height_px:
        layers.append(_leader((x, y), foot, stage, seen))
    return [
        *layers,
        Layer(dot, round(x) - side // 2, round(y) - side // 2, opacity=seen),
        Layer(label, left, top, opacity=seen),
    ]


def _leader(a: tuple[float, float], b: tuple[float, float], stage: Stage, seen: Change) -> Layer:
    left, top = int(min(a[0], b[0])) - 2, int(min(a[1], b[1])) - 2
    size = (int(abs(a[0] - b[0])) + 6, int(abs(a[1] - b[1])) + 6)
    image = Image.new("RGBA", size, colour(stage.style.ink, 0))
    spots = [(x - left, y - top) for x, y in (a, b)]
    ImageDraw.Draw(image).line(spots, fill=colour(stage.style.ink, 150), width=max(round(stage.unit * 0.25), 1))
    return Layer(Sprite.from_rgba(np.asarray(image)), left, top, opacity=seen)
