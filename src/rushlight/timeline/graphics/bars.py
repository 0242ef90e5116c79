"""Bars: upright for a few things or for times in a row, lying for a ranking."""

from __future__ import annotations

from typing import Any

from rushlight.timeline.graphics.chart_frame import (
    bar_ink,
    build_seconds,
    heading,
    named_values,
    spread,
    unit_note,
)
from rushlight.timeline.graphics.figures import format_tick, format_value, is_time, nice_ticks
from rushlight.timeline.graphics.lettering import clip, font, letter, text_width, wrap
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_bars", "draw_ranking"]

_MOST_WIDE, _MOST_UPRIGHT = 7, 4


def draw_bars(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Upright bars: `{"kind": "bar_chart", "title", "unit", "labels", "values", "highlight", "source"}`.

    Many times in a row become thin columns over an axis. Many names, or names too long to stand beneath their bars,
    turn it into a ranking, which stays readable.
    """
    labels, values, measure = named_values(graphic)
    if len(values) > (_MOST_UPRIGHT if stage.height_px > stage.width_px else _MOST_WIDE):
        return _columns(graphic, stage) if all(map(is_time, labels)) else draw_ranking(graphic, stage)
    unit, style = stage.unit, stage.style
    face = font(style.text_font, round(stage.fine * 3.2))
    slot = stage.layout.graphic.width // len(values)
    names = [wrap(label, face, slot - round(unit * 2)) for label in labels]
    if any(len(lines) > 2 or text_width(line, face) > slot - unit * 2 for lines in names for line in lines):
        return draw_ranking(graphic, stage)
    texts = [format_value(value, measure, brief=True) for value in values]
    figure_size = round(unit * 4.2)
    while figure_size > unit * 2.6 and any(
        text_width(t, font(style.display_font, figure_size)) > slot - unit for t in texts
    ):
        figure_size -= 1
    figures = [letter([text], font(style.display_font, figure_size), style.ink, align="center") for text in texts]
    layers, box = heading(graphic, stage, unit_note(measure))
    below = round(stage.fine * 4.2) * max(map(len, names)) + round(unit * 1.5)
    tall_figure = figures[0].height_px + round(unit * 0.6)
    low, high = min(0.0, *values), max(0.0, *values)
    floor_y = box.bottom - below - (tall_figure if low < 0 else 0)
    room = floor_y - box.top - (tall_figure if high > 0 else 0)
    zero = floor_y + round(low / ((high - low) or 1.0) * room)
    wide = min(round(slot * 0.62), round(unit * 20))
    build = build_seconds(stage)
    for number, value in enumerate(values):
        start = 0.2 + build * 0.5 * number / len(values)
        middle = box.left + slot * number + slot // 2
        tall = max(round(abs(value) / ((high - low) or 1.0) * room), 2)
        bar = rounded_box(wide, tall, bar_ink(graphic, number, stage), round(unit * 0.6), 255, 0.8, True)
        y = zero - tall if value >= 0 else zero
        layers.append(
            Layer(
                bar, middle - wide // 2, y, reveal=Change.between(start, build * 0.6, 0, 1),
                reveal_from="bottom" if value >= 0 else "top",
            )
        )  # fmt: skip
        name = letter(names[number], face, _name_ink(graphic, number, stage), align="center")
        place = box.bottom - below + round(unit)
        layers.append(Layer(name, middle - name.width_px // 2, place, opacity=Change.between(start, 0.3, 0, 1)))
        figure = figures[number]
        layers.append(
            Layer(
                figure, middle - figure.width_px // 2,
                y - figure.height_px - round(unit * 0.3) if value >= 0 else y + tall + round(unit * 0.3),
                opacity=Change.between(start + build * 0.35, 0.35, 0, 1),
            )
        )  # fmt: skip
    layers.append(Layer(rounded_box(box.width, max(round(unit * 0.3), 2), style.quiet, 0, 150), box.left, zero))
    return Scene(stage.background(), layers)


def _name_ink(graphic: dict[str, Any], number: int, stage: Stage) -> str:
    marked = graphic.get("highlight")
    return stage.style.ink if marked is None or int(marked) == number else stage.style.quiet


def _columns(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Many times in a row: thin columns over an axis, only the telling one with its figure."""
    labels, values, measure = named_values(graphic)
    layers, box = heading(graphic, stage, unit_note(measure))
    unit, style, build = stage.unit, stage.style, build_seconds(stage)
    face = font(style.text_font, round(stage.fine * 2.8))
    low, high = min(0.0, *values), max(0.0, *values)
    ticks = nice_ticks(low, high)
    names = [format_tick(tick, measure, ticks) for tick in ticks]
    gutter = max(text_width(name, face) for name in names) + round(unit * 2)
    plot = Box(box.left + gutter, box.top + round(unit * 6), box.right, box.bottom - round(unit * 5))
    span = ticks[-1] - ticks[0]

    def height(value: float) -> int:
        return round(plot.bottom - (value - ticks[0]) / span * plot.height)

    for tick, text in zip(ticks, names, strict=True):
        layers.append(Layer(rounded_box(plot.width, 2, style.quiet, 0, 60), plot.left, height(tick)))
        name = letter([text], face, style.quiet)
        layers.append(Layer(name, plot.left - name.width_px - round(unit * 0.6), height(tick) - name.height_px // 2))
    slot = plot.width / len(values)
    wide = max(round(slot * 0.7), 2)
    zero = height(0)
    marked = graphic.get("highlight")
    told = max(range(len(values)), key=lambda place: values[place]) if marked is None else int(marked)
    for number, value in enumerate(values):
        start = 0.2 + build * 0.7 * number / len(values)
        x, y = round(plot.left + slot * (number + 0.5) - wide / 2), height(value)
        bar = rounded_box(
            wide, max(abs(zero - y), 2), bar_ink(graphic, number, stage), round(wide * 0.15), 255, 0.85, True
        )
        layers.append(
            Layer(
                bar, x, min(y, zero), reveal=Change.between(start, build * 0.5, 0, 1),
                reveal_from="bottom" if value >= 0 else "top",
            )
        )  # fmt: skip
    middles = [plot.left + slot * (number + 0.5) for number in range(len(values))]
    are_whole = all(label.isdigit() for label in labels)
    shown = spread(
        middles, [text_width(label, face) for label in labels], unit * 2.5,
        numbers=[float(label) for label in labels] if are_whole else None, told=told,
    )  # fmt: skip
    for number in shown:
        name = letter([labels[number]], face, style.quiet)
        x = min(max(round(middles[number]) - name.width_px // 2, box.left), box.right - name.width_px)
        layers.append(Layer(name, x, plot.bottom + round(unit)))
    figure = letter(
        [format_value(values[told], measure, brief=True)], font(style.display_font, round(unit * 4.2)), style.ink
    )
    x = min(max(round(middles[told]) - figure.width_px // 2, plot.left), box.right - figure.width_px)
    y = min(height(values[told]), zero) - figure.height_px - round(unit * 0.3)
    # Taller neighbours under the figure would be covered: it then stands above the tallest of them.
    near = [number for number, m in enumerate(middles) if x - slot / 2 < m < x + figure.width_px + slot / 2]
    y = min([y, *(min(height(values[n]), zero) - figure.height_px - round(unit * 0.3) for n in near)])
    layers.append(Layer(figure, x, max(y, box.top), opacity=Change.between(0.2 + build, 0.3, 0, 1)))
    return Scene(stage.background(), layers)


def _kept(values: list[float], graphic: dict[str, Any], most: int) -> list[int]:
    """Which rows of a ranking find room: the first ones, and the one the words speak of."""
    if len(values) <= most:
        return list(range(len(values)))
    kept = list(range(most))
    marked = graphic.get("highlight")
    if marked is not None and int(marked) >= most:
        kept[-1] = int(marked)
    return kept


def draw_ranking(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Lying bars in the order given: `{"kind": "ranking", …}` as for `draw_bars`.

    As many rows as can be read are shown, the one spoken of always; the rest are counted beneath the title. Negative
    numbers run to the left of a common line.
    """
    labels, values, measure = named_values(graphic)
    unit, style, build = stage.unit, stage.style, build_seconds(stage)
    _, free = heading(graphic, stage, "m")
    readable = stage.fine * 5
    if len(values) * readable * 0.84 <= free.height:
        readable *= 0.84
    kept = _kept(values, graphic, max(min(int(free.height // readable), 12), 2))
    notes = [unit_note(measure), f"{len(kept)} of {len(values)} shown" if len(kept) < len(values) else ""]
    layers, box = heading(graphic, stage, " · ".join(filter(None, notes)))
    labels, values = [labels[place] for place in kept], [values[place] for place in kept]
    row = min(box.height // len(values), round(stage.fine * 11))
    size = max(min(round(row * 0.46), round(stage.fine * 4)), round(unit * 2.2))
    face, figure_face = font(style.text_font, size), font(style.display_font, size)
    figures = [format_value(value, measure, brief=True) for value in values]
    names = min(max(text_width(label, face) for label in labels), round(box.width * 0.38))
    tail = max(text_width(text, figure_face) for text in figures) + round(unit * 2)
    low, high = min(0.0, *values), max(0.0, *values)
    left = box.left + names + round(unit * 1.5) + (tail + round(unit) if low < 0 else 0)
    room = box.right - left - (tail if high > 0 else 0)
    zero = left + round(-low / ((high - low) or 1.0) * room)
    thick = max(round(row * 0.56), 4)
    top = box.top + (box.height - row * len(values)) // 2
    for number, value in enumerate(values):
        start, y = 0.2 + build * 0.6 * number / len(values), top + row * number
        wide = max(round(abs(value) / ((high - low) or 1.0) * room), 3)
        name = letter([clip(labels[number], face, names + 1)], face, _name_ink(graphic, kept[number], stage))
        layers.append(
            Layer(
                name, box.left + names - text_width(clip(labels[number], face, names + 1), face),
                y + (row - name.height_px) // 2, opacity=Change.between(start, 0.3, 0, 1),
            )
        )  # fmt: skip
        bar = rounded_box(wide, thick, bar_ink(graphic, kept[number], stage), round(unit * 0.6), 255, 0.8)
        layers.append(
            Layer(
                bar, zero if value >= 0 else zero - wide, y + (row - thick) // 2,
                reveal=Change.between(start, build * 0.6, 0, 1), reveal_from="left" if value >= 0 else "right",
            )
        )  # fmt: skip
        figure = letter([figures[number]], figure_face, style.ink)
        x = zero + wide + round(unit * 0.6) if value >= 0 else zero - wide - figure.width_px - round(unit * 0.6)
        layers.append(
            Layer(
                figure, x, y + (row - figure.height_px) // 2, opacity=Change.between(start + build * 0.4, 0.3, 0, 1)
            )
        )  # fmt: skip
    if low < 0:
        line = rounded_box(max(round(unit * 0.3), 2), row * len(values), style.quiet, 0, 150)
        layers.append(Layer(line, zero - line.width_px // 2, top))
    return Scene(stage.background(), layers)
