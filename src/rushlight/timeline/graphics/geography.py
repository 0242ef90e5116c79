"""Places on the Earth over a graticule.

No outline of land is drawn: none comes with the libraries we depend on, and a wrong coast is worse than none.
"""

from __future__ import annotations

from math import cos, floor, log10, radians
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.chart_frame import build_seconds, heading
from rushlight.timeline.graphics.lettering import clip, colour, font, letter
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.placing import along, free_place
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_map"]

_STEPS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 45)


def draw_map(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Places: `{"kind": "map", "title", "points": [{"lat", "lon", "label"}, …], "route": bool, "highlight", "source"}`.

    Equirectangular, true to scale along the middle parallel, as the note under the title says. With `route` the
    points are joined in their order. A map that spans the date line is cut elsewhere.

    Raises:
        InputError: no points, or one that lies on no Earth.
    """
    points = _read(graphic)
    layers, box = heading(graphic, stage, "Equirectangular projection, no coastlines")
    unit, style, build = stage.unit, stage.style, build_seconds(stage)
    plot = Box(box.left, box.top, box.right, box.bottom - round(unit * 4))
    west, south, per_lon, per_lat = _window(points, plot, stage)

    def spot(lat: float, lon: float) -> tuple[float, float]:
        return plot.left + (lon - west) * per_lon, plot.bottom - (lat - south) * per_lat

    layers += _graticule(plot, west, south, per_lon, per_lat, stage)
    spots = [spot(lat, lon) for lat, lon, _ in points]
    if graphic.get("route") and len(spots) > 1:
        layers.append(_route(spots, plot, stage, Change.between(0.3, build, 0, 1, "in_out")))
    marked = graphic.get("highlight")
    face = font(style.text_font, round(stage.fine * 3.2))
    covered = along(spots) if graphic.get("route") else np.array(spots)
    taken = [Box(round(x - unit), round(y - unit), round(x + unit), round(y + unit)) for x, y in spots]
    side = max(round(unit * 2.2) & ~1, 4)
    for number, (x, y) in enumerate(spots):
        is_told = marked is None or int(marked) == number
        seen = Change.between(0.3 + build * (number + 0.5) / len(spots), 0.35, 0, 1)
        dot = rounded_box(side, side, stage.accent if is_told else style.quiet, side // 2)
        layers.append(Layer(dot, round(x) - side // 2, round(y) - side // 2, opacity=seen))
        if not points[number][2]:
            continue
        sprite = letter([clip(points[number][2], face, plot.width // 3)], face, style.ink if is_told else style.quiet)
        others = [other for place, other in enumerate(taken) if place != number]
        left, top, free = free_place(
            (x, y), (sprite.width_px, sprite.height_px), plot, covered, others, gap_px=unit * 1.8
        )
        if free:
            taken.append(Box(left, top, left + sprite.width_px, top + sprite.height_px))
            layers.append(Layer(sprite, left, top, opacity=seen))
    return Scene(stage.background(), layers)


def _read(graphic: dict[str, Any]) -> list[tuple[float, float, str]]:
    points = [(float(p["lat"]), float(p["lon"]), str(p.get("label") or "")) for p in graphic["points"]]
    if not points:
        raise InputError("A map needs points.", hint='Give "points": [{"lat": 50.2, "lon": -4.3, "label": "…"}].')
    for lat, lon, label in points:
        if not (-90 <= lat <= 90 and -180 <= lon <= 360):
            raise InputError(f"{label or 'A point'} at {lat}, {lon} lies on no Earth.", hint="Latitude comes first.")
    # Longitudes are counted from the widest empty stretch, so that a route over the Pacific stays whole.
    turns = sorted({lon % 360 for _, lon, _ in points})
    gaps = [((b - a) % 360 or 360, b) for a, b in zip(turns[-1:] + turns[:-1], turns, strict=True)]
    start = max(gaps)[1]
    shifted = [(lat, start + (lon - start) % 360, label) for lat, lon, label in points]
    middle = sum(lon for _, lon, _ in shifted) / len(shifted)
    turn = 360 * floor((middle + 180) / 360)
    return [(lat, lon - turn, label) for lat, lon, label in shifted]


def _window(points: list[tuple[float, float, str]], plot: Box, stage: Stage) -> tuple[float, float, float, float]:
    """West and south edge in degrees, and pixels for each degree, so that all points lie well inside."""
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    squeeze = max(cos(radians(middle[0])), 0.15)
    tall, wide = max(max(lats) - min(lats), 0.5), max(max(lons) - min(lons), 0.5)
    inside = plot.height - 2 * min(stage.unit * 9, plot.height * 0.18), plot.width - 2 * stage.unit * 11
    per_lat = min(inside[0] / tall, inside[1] / (wide * squeeze))
    per_lon = per_lat * squeeze
    return middle[1] - plot.width / per_lon / 2, middle[0] - plot.height / per_lat / 2, per_lon, per_lat


def _graticule(plot: Box, west: float, south: float, per_lon: float, per_lat: float, stage: Stage) -> list[Layer]:
    unit, style = stage.unit, stage.style
    face = font(style.text_font, round(stage.fine * 2.3))
    step = next((s for s in _STEPS if s * per_lon >= unit * 17 and s * per_lat >= unit * 9), _STEPS[-1])
    layers = [Layer(rounded_box(plot.width, plot.height, style.quiet, round(unit), 16), plot.left, plot.top)]
    first = int(np.ceil(west / step))
    for number in range(first, int(np.floor((west + plot.width / per_lon) / step)) + 1):
        x = round(plot.left + (number * step - west) * per_lon)
        layers.append(Layer(rounded_box(2, plot.height, style.quiet, 0, 60), min(x, plot.right - 2), plot.top))
        lon = (number * step + 180) % 360 - 180
        name = letter([_degrees(lon, "E", "W", step)], face, style.quiet)
        if plot.left <= x - name.width_px // 2 and x + name.width_px // 2 <= plot.right:
            layers.append(Layer(name, x - name.width_px // 2, plot.bottom + round(unit * 0.4)))
    for number in range(int(np.ceil(south / step)), int(np.floor((south + plot.height / per_lat) / step)) + 1):
        y = round(plot.bottom - (number * step - south) * per_lat)
        if abs(number * step) > 90:
            continue
        layers.append(Layer(rounded_box(plot.width, 2, style.quiet, 0, 60), plot.left, min(y, plot.bottom - 2)))
        name = letter([_degrees(number * step, "N", "S", step)], face, style.quiet)
        if plot.top <= y - name.height_px:
            layers.append(Layer(name, plot.left + round(unit * 0.8), y - name.height_px))
    return layers


def _degrees(value: float, plus: str, minus: str, step: float) -> str:
    digits = max(-floor(log10(step)), 0) if step < 1 else 0
    text = f"{abs(value):.{digits}f}".rstrip("0").rstrip(".") if digits else f"{abs(value):.0f}"
    return f"{text}°" + ("" if float(text) in (0, 180) else plus if value > 0 else minus)


def _route(spots: list[tuple[float, float]], plot: Box, stage: Stage, shown: Change) -> Layer:
    times, margin = 2, round(stage.unit)
    size = (plot.width + 2 * margin, plot.height + 2 * margin)
    image = Image.new("RGBA", (size[0] * times, size[1] * times), colour(stage.accent, 0))
    path = [((x - plot.left + margin) * times, (y - plot.top + margin) * times) for x, y in spots]
    width = max(round(stage.unit * 0.6 * times), 2)
    ImageDraw.Draw(image).line(path, fill=colour(stage.accent, 220), width=width, joint="curve")
    sprite = Sprite.from_rgba(np.asarray(image.resize(size, Image.Resampling.BOX)))
    reveal_from: Any = "left" if spots[-1][0] >= spots[0][0] else "right"
    if abs(spots[-1][1] - spots[0][1]) > abs(spots[-1][0] - spots[0][0]):
        reveal_from = "top" if spots[-1][1] > spots[0][1] else "bottom"
    return Layer(sprite, plot.left - margin, plot.top - margin, reveal=shown, reveal_from=reveal_from)
