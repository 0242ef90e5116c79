"""A large figure that counts up."""

from __future__ import annotations

from typing import Any

from rushlight.timeline.graphics.chart_frame import counting, heading
from rushlight.timeline.graphics.figures import format_value
from rushlight.timeline.graphics.lettering import fit_text, font, letter
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage

__all__ = ["draw_number"]


def draw_number(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A large figure that counts up: `{"kind": "number", "values": [number], "unit", "title", "source"}`.

    `shown`, when given, is how the figure ends up written, so that screen and voice say the same.
    """
    unit, style = stage.unit, stage.style
    layers, box = heading({"source": graphic.get("source")}, stage)
    value, measure = float(graphic["values"][0]), str(graphic.get("unit") or "")
    final = str(graphic.get("shown") or format_value(value, measure))
    size, _ = fit_text(
        final, style.display_font, width_px=box.width, height_px=round(box.height * 0.6), largest_px=round(unit * 26),
        smallest_px=round(unit * 5),
    )  # fmt: skip
    face = font(style.display_font, size)
    whole = letter([final], face, stage.accent)
    # The letters of a number leave the foot of their line empty: what follows may come closer.
    gap = -round(size * 0.1)
    label_size, lines = fit_text(
        str(graphic.get("title") or ""), style.text_font, width_px=box.width,
        height_px=max(box.height - whole.height_px - gap, round(unit * 4)), largest_px=round(unit * 5.2),
        smallest_px=round(unit * 3),
    )  # fmt: skip
    under = letter(lines, font(style.text_font, label_size), style.ink)
    total = whole.height_px + (under.height_px + gap if lines else 0)
    top = box.top + max((box.height - total) // 2, 0)

    def shown(at: float) -> str:
        return final if at == value else format_value(at, measure, value)

    layers.append(
        Layer(
            whole, box.left - round(size * 0.06), top, opacity=Change.between(0.05, 0.35, 0, 1),
            choose=counting(
                value, shown, lambda text: letter([text], face, stage.accent), 0.1, min(1.2, stage.seconds / 2)
            ),
        )
    )  # fmt: skip
    if lines:
        layers.append(
            Layer(
                under,
                box.left - round(label_size * 0.08),
                top + whole.height_px + gap,
                opacity=Change.between(0.5, 0.5, 0, 1),
            )
        )
    return Scene(stage.background(), layers)
