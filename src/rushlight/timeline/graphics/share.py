"""Parts of a whole: a ring with a legend."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.chart_frame import build_seconds, heading, named_values
from rushlight.timeline.graphics.figures import parse_unit, percentages
from rushlight.timeline.graphics.lettering import clip, fit_text, font, letter, text_width
from rushlight.timeline.graphics.motion import EASINGS, Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_share"]

_MOST = 8
_STEPS = 30


def draw_share(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A ring of shares: `{"kind": "share", "title", "unit", "labels", "values", "highlight", "source"}`.

    Percentages are computed from the values; values given in `%` that leave a rest get an `Other` part. More than
    eight parts are joined in `All others`. The highlighted share, else the largest, stands in the middle.
    """
    labels, values, measure = named_values(graphic)
    marked = graphic.get("highlight")
    if parse_unit(measure).after == "%" and 0 < sum(values) < 99.5:
        labels, values = [*labels, "Other"], [*values, 100 - sum(values)]
    if len(values) > _MOST:
        labels = [*labels[: _MOST - 1], "All others"]
        values = [*values[: _MOST - 1], sum(values[_MOST - 1 :])]
    texts = percentages(values)
    told = int(marked) if marked is not None and int(marked) < len(values) else None
    inks = _inks(len(values), told, stage)
    layers, box = heading(graphic, stage)
    unit, style, build = stage.unit, stage.style, build_seconds(stage)
    upright = box.height > box.width * 0.95
    lines_tall = len(values) * unit * 7
    if upright:
        side = round(min(box.width * 0.72, box.height - lines_tall - unit * 3)) & ~1
        ring = Box(box.left + (box.width - side) // 2, box.top, box.left + (box.width + side) // 2, box.top + side)
        legend = Box(box.left, ring.bottom + round(unit * 3), box.right, box.bottom)
    else:
        side = round(min(box.height, box.width * 0.46)) & ~1
        ring = Box(box.left, box.top + (box.height - side) // 2, box.left + side, box.top + (box.height + side) // 2)
        legend = Box(ring.right + round(unit * 6), box.top, box.right, box.bottom)
    made: dict[int, Sprite] = {}
    whole = _ring(values, inks, side)

    def choose(at: float) -> Sprite:
        done = round(EASINGS["in_out"](min(max((at - 0.15) / build, 0.0), 1.0)) * _STEPS)
        if done not in made:
            made[done] = Sprite.from_rgba(_swept(whole, done / _STEPS))
        return made[done]

    layers.append(Layer(choose(1e9), ring.left, ring.top, choose=choose))
    middle = texts[told if told is not None else max(range(len(values)), key=lambda place: values[place])]
    size, _ = fit_text(
        middle, style.display_font, width_px=round(side * 0.46), height_px=round(side * 0.3),
        largest_px=round(side * 0.2), smallest_px=round(unit * 2.5),
    )  # fmt: skip
    large = letter([middle], font(style.display_font, size), style.ink, align="center")
    layers.append(
        Layer(
            large, ring.left + (side - large.width_px) // 2, ring.top + (side - large.height_px) // 2,
            opacity=Change.between(0.15 + build * 0.7, 0.4, 0, 1),
        )
    )  # fmt: skip
    return Scene(stage.background(), layers + _legend(labels, texts, inks, told, legend, stage, build))


def _inks(count: int, told: int | None, stage: Stage) -> list[str]:
    """A colour for each part: the accents in turn, greyer as they repeat; quiet ones when one part is meant."""
    found = []
    accents = stage.style.accents
    start = stage.variant % len(accents)
    for number in range(count):
        if told is None:
            ink = accents[(start + number) % len(accents)]
            found.append(_between(ink, stage.style.background, 0.45 * (number // len(accents))))
        elif number == told:
            found.append(stage.accent)
        else:
            rank = number - (number > told)
            found.append(_between(stage.style.quiet, stage.style.background, min(0.1 + 0.13 * rank, 0.75)))
    return found


def _between(a: str, b: str, share: float) -> str:
    first, second = ImageColor.getrgb(a)[:3], ImageColor.getrgb(b)[:3]
    mixed = [round(x * (1 - share) + y * share) for x, y in zip(first, second, strict=True)]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _ring(values: list[float], inks: list[str], side: int) -> NDArray[np.uint8]:
    """A ring of parts from twelve o'clock as RGBA; edges are smoothed by drawing three times as fine."""
    times = 3
    half = side * times / 2
    y, x = np.mgrid[0 : side * times, 0 : side * times].astype(np.float32) + np.float32(0.5 - half)
    radius = np.hypot(x, y)
    turn = (np.arctan2(x, -y) / (2 * pi)) % 1.0
    rgba = np.zeros((side * times, side * times, 4), dtype=np.uint8)
    whole = (radius < half * 0.98) & (radius > half * 0.62)
    total, begin = sum(values), 0.0
    # The parts are kept apart by a slit of even width, not by an angle, so that it is parallel-sided.
    slit = half * 0.01
    for value, ink in zip(values, inks, strict=True):
        end = begin + value / total
        part = whole & (turn >= begin) & (turn < end)
        for edge in (begin, end) if 0.008 < value / total < 1 else ():
            across, along = np.sin(edge * 2 * pi), np.cos(edge * 2 * pi)
            part &= ~((np.abs(x * along + y * across) < slit) & (x * across - y * along > 0))
        rgba[part] = (*ImageColor.getrgb(ink)[:3], 255)
        begin = end
    return np.asarray(Image.fromarray(rgba).resize((side, side), Image.Resampling.BOX))


def _swept(ring: NDArray[np.uint8], shown: float) -> NDArray[np.uint8]:
    """A ring uncovered clockwise up to a share of a turn."""
    if shown >= 1:
        return ring
    half = ring.shape[0] / 2
    y, x = np.mgrid[0 : ring.shape[0], 0 : ring.shape[1]].astype(np.float32) + np.float32(0.5 - half)
    ahead = (shown - (np.arctan2(x, -y) / (2 * pi)) % 1.0) * 2 * pi * np.hypot(x, y)
    swept = ring.copy()
    swept[..., 3] = (ring[..., 3] * np.clip(ahead + 0.5, 0, 1)).astype(np.uint8)
    return swept


def _legend(
    labels: list[str], texts: list[str], inks: list[str], told: int | None, box: Box, stage: Stage, build: float
) -> list[Layer]:
    unit, style = stage.unit, stage.style
    row = min(box.height // len(labels), round(stage.fine * 8))
    size = max(min(round(row * 0.52), round(stage.fine * 4)), round(unit * 2.4))
    face, figure_face = font(style.text_font, size), font(style.display_font, size)
    top = box.top + max((box.height - row * len(labels)) // 2, 0)
    tail = max(text_width(text, figure_face) for text in texts)
    swatch = max(round(size * 0.8), 4)
    names_at = box.left + swatch + tail + round(unit * 2.4)
    layers = []
    for number, label in enumerate(labels):
        seen = Change.between(0.2 + build * 0.8 * (number + 0.5) / len(labels), 0.35, 0, 1)
        y = top + row * number
        square = rounded_box(swatch, swatch, inks[number], max(swatch // 5, 1))
        ink = style.ink if told is None or told == number else style.quiet
        figure = letter([texts[number]], figure_face, ink)
        name = letter([clip(label, face, box.right - names_at)], face, ink)
        layers += [
            Layer(square, box.left, y + (row - swatch) // 2, opacity=seen),
            Layer(
                figure, box.left + swatch + round(unit) + tail - text_width(texts[number], figure_face),
                y + (row - figure.height_px) // 2, opacity=seen,
            ),
            Layer(name, names_at, y + (row - name.height_px) // 2, opacity=seen),
        ]  # fmt: skip
    return layers
