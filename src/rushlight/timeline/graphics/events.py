"""Events along a line of time."""

from __future__ import annotations

from typing import Any

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.chart_frame import build_seconds, heading
from rushlight.timeline.graphics.lettering import clip, fit_text, font, letter
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box

__all__ = ["draw_events"]

_MOST = 7


def draw_events(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Events: `{"kind": "timeline", "title", "events": [{"at", "label", "seconds"}, …], "highlight", "source"}`.

    `at` is how the time is written, such as `1703` or `1 May 2017`; `seconds`, when given, is when it is spoken of and
    so comes up. Wide screens run the line from left to right, others from top to bottom. At most seven are shown.
    """
    events = [dict(event) for event in graphic["events"]][:_MOST]
    if not events:
        raise InputError("A line of time needs events.", hint='Give "events": [{"at": "1703", "label": "…"}].')
    layers, box = heading(graphic, stage)
    build = build_seconds(stage)
    starts = [
        float(event["seconds"]) if event.get("seconds") is not None else 0.2 + build * number / len(events)
        for number, event in enumerate(events)
    ]
    if box.width > box.height * 1.25 and box.width / len(events) > stage.unit * 21:
        layers += _across(events, starts, graphic, stage, box.left, box.top, box.right, box.bottom)
    else:
        layers += _down(events, starts, graphic, stage, box.left, box.top, box.right, box.bottom)
    return Scene(stage.background(), layers)


def _inks(graphic: dict[str, Any], number: int, stage: Stage) -> tuple[str, str]:
    marked = graphic.get("highlight")
    is_told = marked is None or int(marked) == number
    return (stage.accent if is_told else stage.style.quiet), (stage.style.ink if is_told else stage.style.quiet)


def _across(
    events: list[dict[str, Any]], starts: list[float], graphic: dict[str, Any], stage: Stage,
    left: int, top: int, right: int, bottom: int,
) -> list[Layer]:  # fmt: skip
    unit, style = stage.unit, stage.style
    slot = (right - left) // len(events)
    wide = slot - round(unit * 3)
    at_size = min(
        fit_text(
            str(event["at"]), style.display_font, width_px=wide, height_px=round(unit * 9),
            largest_px=round(unit * 6.5), smallest_px=round(unit * 3),
        )[0] for event in events
    )  # fmt: skip
    at_face = font(style.display_font, at_size)
    label_tall = round(unit * 22)
    label_size = min(
        fit_text(
            str(event.get("label") or ""), style.text_font, width_px=wide, height_px=label_tall,
            largest_px=round(unit * 4), smallest_px=round(unit * 2.8),
        )[0] for event in events
    )  # fmt: skip
    line_y = top + round((bottom - top) * 0.42)
    side = max(round(unit * 2.8) & ~1, 4)
    thick = max(round(unit * 0.4), 2)
    last = left + slot * (len(events) - 1) + side
    runs = max(starts[-1] - starts[0], 0.4) + 0.3
    rail = rounded_box(max(last - left, 2), thick, style.quiet, thick // 2, 170)
    layers = [
        Layer(rail, left, line_y - thick // 2, reveal=Change.between(max(starts[0] - 0.2, 0), runs, 0, 1, "linear"))
    ]
    for number, event in enumerate(events):
        x = left + slot * number
        dot_ink, ink = _inks(graphic, number, stage)
        seen = Change.between(starts[number], 0.35, 0, 1)
        rise = Change.between(starts[number], 0.45, unit * 1.5, 0)
        at = letter([clip(str(event["at"]), at_face, wide)], at_face, dot_ink)
        _, lines = fit_text(
            str(event.get("label") or ""), style.text_font, width_px=wide, height_px=label_tall, largest_px=label_size,
            smallest_px=label_size,
        )  # fmt: skip
        layers += [
            Layer(rounded_box(side, side, dot_ink, side // 2), x, line_y - side // 2, opacity=seen),
            Layer(at, x - 2, line_y - side - at.height_px, opacity=seen, shift_y=rise),
            Layer(letter(lines, font(style.text_font, label_size), ink), x, line_y + side, opacity=seen, shift_y=rise),
        ]
    return layers


def _down(
    events: list[dict[str, Any]], starts: list[float], graphic: dict[str, Any], stage: Stage,
    left: int, top: int, right: int, bottom: int,
) -> list[Layer]:  # fmt: skip
    unit, style = stage.unit, stage.style
    row = min((bottom - top) // len(events), round(stage.fine * 17))
    at_size = max(min(round(row * 0.36), round(stage.fine * 5.5)), round(unit * 2.6))
    at_face = font(style.display_font, at_size)
    texts = [clip(str(event["at"]), at_face, round((right - left) * 0.4)) for event in events]
    ats = [letter([text], at_face, _inks(graphic, number, stage)[0]) for number, text in enumerate(texts)]
    side = max(round(unit * 2.6) & ~1, 4)
    rail_x = left + max(at.width_px for at in ats) + round(unit * 1.5)
    names_x = rail_x + side + round(unit * 2)
    top += max((bottom - top - row * len(events)) // 2, 0)
    thick = max(round(unit * 0.4), 2)
    rail = rounded_box(thick, max(row * (len(events) - 1), 2), style.quiet, thick // 2, 170)
    runs = max(starts[-1] - starts[0], 0.4) + 0.3
    layers = [
        Layer(
            rail, rail_x + (side - thick) // 2, top + row // 2, reveal_from="top",
            reveal=Change.between(max(starts[0] - 0.2, 0), runs, 0, 1, "linear"),
        )
    ]  # fmt: skip
    for number, event in enumerate(events):
        dot_ink, ink = _inks(graphic, number, stage)
        middle = top + row * number + row // 2
        seen = Change.between(starts[number], 0.35, 0, 1)
        size, lines = fit_text(
            str(event.get("label") or ""), style.text_font, width_px=right - names_x, height_px=row - round(unit),
            largest_px=round(stage.fine * 4), smallest_px=round(unit * 2.5),
        )  # fmt: skip
        label = letter(lines, font(style.text_font, size), ink)
        at = ats[number]
        layers += [
            Layer(rounded_box(side, side, dot_ink, side // 2), rail_x, middle - side // 2, opacity=seen),
            Layer(at, rail_x - round(unit * 1.5) - at.width_px, middle - at.height_px // 2, opacity=seen),
            Layer(label, names_x, middle - label.height_px // 2, opacity=seen),
        ]
    return layers
