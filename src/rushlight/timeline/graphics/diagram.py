"""Boxes and arrows, laid out in layers and drawn in one after another."""

from __future__ import annotations

from math import atan2, cos, pi, sin
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.chart_frame import heading
from rushlight.timeline.graphics.lettering import clip, colour, fit_text, font, letter
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_diagram", "layers_of"]

_MOST_NODES = 12


def draw_diagram(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Boxes and arrows: `{"kind": "diagram", "title", "nodes": [name, …], "edges": [[a, b, label], …], "source"}`.

    A node is its name, or `{"id", "label"}`; an edge names two nodes, its label may be left out. Layers follow the
    arrows, from left to right on wide screens and downwards on others (Sugiyama, Tagawa and Toda 1981, with the
    median order of neighbours). `highlight` is the index of the node that takes the accent.

    Raises:
        InputError: an edge to a node that is not there, or more than 12 nodes.
    """
    nodes, edges = _read(graphic)
    layers, box = heading(graphic, stage)
    unit = stage.unit
    columns = layers_of(list(nodes), [(a, b) for a, b, _ in edges])
    downwards = box.height > box.width * 0.8
    # A long chain reads better turned the way that leaves each box more room.
    if not downwards and box.width / len(columns) < unit * 22 and box.height / len(columns) > unit * 10:
        downwards = True
    boxes = _boxes(columns, box, downwards, stage, bool(any(label for _, _, label in edges)))
    order = [name for column in columns for name in column]
    step = min(max(stage.seconds * 0.55, 0.6) / max(len(order), 1), 0.55)
    starts = {name: 0.2 + step * number for number, name in enumerate(order)}
    marked = graphic.get("highlight")
    told = list(nodes)[int(marked)] if marked is not None and int(marked) < len(nodes) else None
    lines: list[Layer] = []
    labels: list[Layer] = []
    for a, b, text in edges:
        start = max(starts[a], starts[b]) + 0.15
        arrow, middle = _arrow(boxes[a], boxes[b], downwards, stage, start)
        lines.append(arrow)
        if text:
            face = font(stage.style.text_font, round(unit * 2.7))
            sprite = letter([clip(text, face, round(unit * 24))], face, stage.style.ink, box=stage.style.background)
            if downwards and boxes[b].top > boxes[a].bottom and abs(boxes[a].left - boxes[b].left) < unit * 4:
                middle = (middle[0] + sprite.width_px / 2 + unit, middle[1])
            x = min(max(round(middle[0]) - sprite.width_px // 2, box.left), box.right - sprite.width_px)
            y = round(middle[1]) - sprite.height_px // 2
            labels.append(Layer(sprite, x, y, opacity=Change.between(start + 0.25, 0.3, 0, 1)))
    for name in order:
        layers += _node(nodes[name], boxes[name], starts[name], stage, told is None or told == name)
    return Scene(stage.background(), [*layers, *lines, *labels])


def _read(graphic: dict[str, Any]) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    nodes: dict[str, str] = {}
    for node in graphic["nodes"]:
        if isinstance(node, dict):
            nodes[str(node["id"])] = str(node.get("label") or node["id"])
        else:
            nodes[str(node)] = str(node)
    if not 1 <= len(nodes) <= _MOST_NODES:
        raise InputError(f"A diagram of {len(nodes)} boxes cannot be read.", hint=f"Give 1 to {_MOST_NODES}.")
    edges = []
    for edge in graphic.get("edges") or []:
        a, b = str(edge[0]), str(edge[1])
        for name in (a, b):
            if name not in nodes:
                raise InputError(f"An arrow names {name!r}, which is no box.", hint=f"Boxes: {', '.join(nodes)}.")
        if a != b:
            edges.append((a, b, str(edge[2]) if len(edge) > 2 else ""))
    return nodes, edges


def layers_of(names: list[str], edges: list[tuple[str, str]]) -> list[list[str]]:
    """Group nodes so that arrows run from earlier to later groups; an arrow that closes a circle runs backwards."""
    forward: list[tuple[str, str]] = []
    after: dict[str, list[str]] = {name: [] for name in names}
    for a, b in edges:
        if not _reaches(after, b, a):
            after[a].append(b)
            forward.append((a, b))
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for a, b in forward:
            depth[b] = max(depth[b], depth[a] + 1)
    groups: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in names:
        groups[depth[name]].append(name)
    for number in range(1, len(groups)):
        place: dict[str, float] = {name: float(index) for index, name in enumerate(groups[number - 1])}
        before = {
            name: sorted(place[a] for a, b in forward if b == name and a in place) or [len(place) / 2]
            for name in groups[number]
        }
        groups[number].sort(key=lambda name: before[name][len(before[name]) // 2])
    return groups


def _reaches(after: dict[str, list[str]], start: str, goal: str) -> bool:
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in found:
            found.add(name)
            waiting += after[name]
    return False


def _boxes(columns: list[list[str]], box: Box, downwards: bool, stage: Stage, labelled: bool) -> dict[str, Box]:
    unit = stage.unit
    along, across = (box.height, box.width) if downwards else (box.width, box.height)
    slot = along / len(columns)
    gap = min(slot * (0.45 if labelled else 0.36), unit * (22 if labelled and not downwards else 12))
    most = unit * (14 if downwards else 34)
    deep = min(slot - gap * (len(columns) - 1) / len(columns), most)
    step = deep + gap
    first = (along - (step * len(columns) - gap)) / 2
    found = {}
    for number, column in enumerate(columns):
        room = across / len(column)
        wide = min(room - unit * (3 if len(column) > 1 else 0), unit * (44 if downwards else 16))
        for place, name in enumerate(column):
            middle = room * (place + 0.5)
            a, b = round(first + step * number), round(first + step * number + deep)
            c, d = round(middle - wide / 2), round(middle + wide / 2)
            found[name] = (
                Box(box.left + c, box.top + a, box.left + d, box.top + b) if downwards
                else Box(box.left + a, box.top + c, box.left + b, box.top + d)
            )  # fmt: skip
    return found


def _node(text: str, box: Box, start: float, stage: Stage, told: bool) -> list[Layer]:
    unit, style = stage.unit, stage.style
    edge = max(round(unit * 0.5), 2)
    seen, grow = Change.between(start, 0.3, 0, 1), Change.between(start, 0.4, unit * 1.5, 0)
    size, lines = fit_text(
        text, style.display_font, width_px=box.width - round(unit * 2.4), height_px=box.height - round(unit * 1.6),
        largest_px=round(unit * 4), smallest_px=round(unit * 2.2),
    )  # fmt: skip
    label = letter(lines, font(style.display_font, size), style.ink if told else style.quiet, align="center")
    outer = rounded_box(box.width, box.height, stage.accent if told else style.quiet, round(unit * 1.6))
    inner = rounded_box(box.width - 2 * edge, box.height - 2 * edge, style.background_edge, round(unit * 1.6) - edge)
    middle = box.left + (box.width - label.width_px) // 2, box.top + (box.height - label.height_px) // 2
    return [
        Layer(outer, box.left, box.top, opacity=seen, shift_y=grow),
        Layer(inner, box.left + edge, box.top + edge, opacity=seen, shift_y=grow),
        Layer(label, *middle, opacity=seen, shift_y=grow),
    ]


def _arrow(a: Box, b: Box, downwards: bool, stage: Stage, start: float) -> tuple[Layer, tuple[float, float]]:
    """A curved arrow between two boxes and its middle; it leaves and meets boxes at the sides that face each other."""
    unit, times = stage.unit, 2
    if downwards:
        back = b.top < a.bottom
        p = ((a.left + a.right) / 2, float(a.bottom)) if not back else (float(a.right), (a.top + a.bottom) / 2)
        q = ((b.left + b.right) / 2, float(b.top)) if not back else (float(b.right), (b.top + b.bottom) / 2)
        bend = (0.0, (q[1] - p[1]) * 0.5) if not back else (unit * 6, 0.0)
    else:
        back = b.left < a.right
        p = (float(a.right), (a.top + a.bottom) / 2) if not back else ((a.left + a.right) / 2, float(a.bottom))
        q = (float(b.left), (b.top + b.bottom) / 2) if not back else ((b.left + b.right) / 2, float(b.bottom))
        bend = ((q[0] - p[0]) * 0.5, 0.0) if not back else (0.0, unit * 5)
    c = (p[0] + bend[0], p[1] + bend[1])
    d = (q[0] + bend[0], q[1] + bend[1]) if back else (q[0] - bend[0], q[1] - bend[1])
    path = [_bezier(p, c, d, q, t / 24) for t in range(25)]
    margin = round(unit * 3)
    left = int(min(x for x, _ in path)) - margin
    top = int(min(y for _, y in path)) - margin
    size = (int(max(x for x, _ in path)) + margin - left, int(max(y for _, y in path)) + margin - top)
    image = Image.new("RGBA", (size[0] * times, size[1] * times), colour(stage.style.quiet, 0))
    draw = ImageDraw.Draw(image)
    spots = [((x - left) * times, (y - top) * times) for x, y in path]
    wide = max(round(unit * 0.45 * times), 2)
    draw.line(spots[:-1], fill=colour(stage.style.quiet), width=wide)
    for x, y in spots[1:-2]:
        draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=colour(stage.style.quiet))
    angle = atan2(q[1] - path[-4][1], q[0] - path[-4][0])
    reach = unit * 2 * times
    tip = spots[-1]
    wings = [(tip[0] - reach * cos(angle + turn), tip[1] - reach * sin(angle + turn)) for turn in (pi / 7, -pi / 7)]
    draw.polygon([tip, *wings], fill=colour(stage.style.quiet))
    sprite = Sprite.from_rgba(np.asarray(image.resize(size, Image.Resampling.BOX)))
    ahead = "top" if downwards else "left"
    ahead = {"top": "bottom", "left": "right"}[ahead] if back else ahead
    layer = Layer(sprite, left, top, reveal=Change.between(start, 0.4, 0, 1, "in_out"), reveal_from=ahead)  # type: ignore[arg-type]
    return layer, path[12]


def _bezier(
    p: tuple[float, float], c: tuple[float, float], d: tuple[float, float], q: tuple[float, float], t: float
) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    return (
        sum(w * point[0] for w, point in zip(weights, (p, c, d, q), strict=True)),
        sum(w * point[1] for w, point in zip(weights, (p, c, d, q), strict=True)),
    )
