"""The card a film closes with."""

from __future__ import annotations

from typing import Any

from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.lettering import fit_text, font, letter
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box

__all__ = ["draw_end_card"]


def draw_end_card(graphic: dict[str, Any], stage: Stage) -> Scene:
    """The closing card: `{"kind": "end_card", "title", "credits": [str, …], "sources": [str, …], "disclosure": str}`.

    What is empty leaves no gap; the whole stands in the middle of the screen's free part.
    """
    box, unit = stage.layout.graphic, stage.unit
    rule, gap = max(round(unit * 0.9), 2), round(unit * 2.2)
    parts: list[tuple[Sprite, int]] = []
    total = 0
    for scale in (1.0, 0.85, 0.7, 0.55):
        parts = _parts(graphic, stage, scale)
        total = sum(sprite.height_px for sprite, _ in parts) + gap * len(parts) + rule
        if total <= box.height:
            break
    y = box.top + max((box.height - total) // 2, 0)
    bar = rounded_box(round(unit * 14), rule, stage.accent, rule // 2)
    layers = [Layer(bar, box.left, y, reveal=Change.between(0.05, 0.5, 0, 1))]
    y += rule + gap
    for number, (sprite, size) in enumerate(parts):
        start = 0.12 + 0.15 * number
        layers.append(
            Layer(
                sprite, box.left - round(size * 0.08), y, opacity=Change.between(start, 0.4, 0, 1),
                shift_y=Change.between(start, 0.5, unit * 2.5, 0),
            )
        )  # fmt: skip
        y += sprite.height_px + gap
    return Scene(stage.background(), layers)


def _parts(graphic: dict[str, Any], stage: Stage, scale: float) -> list[tuple[Sprite, int]]:
    """Title, credits, sources and disclosure as sprites with their font sizes, at a share of their full size."""
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    # Lines, share of the height, largest and smallest size in units, font and colour.
    kinds: list[tuple[list[str], float, float, float, str, str]] = [
        ([str(graphic.get("title") or "")], 0.4, 9, 4, style.display_font, style.ink),
        ([str(line) for line in graphic.get("credits") or []], 0.22, 3.8, 2.4, style.text_font, style.ink),
        ([f"Source: {line}" for line in graphic.get("sources") or []], 0.2, 3.4, 2.2, style.text_font, style.quiet),
        ([str(graphic.get("disclosure") or "")], 0.1, 2.8, 2, style.text_font, style.quiet),
    ]
    drawn = []
    for lines, share, largest, smallest, name, ink in kinds:
        texts = [line for line in lines if line]
        if not texts:
            continue
        room = {"width_px": box.width, "height_px": round(box.height * share * scale / len(texts))}
        least = round(unit * smallest * max(scale, 0.8))
        size = min(
            fit_text(text, name, **room, largest_px=round(unit * largest * scale), smallest_px=least)[0]
            for text in texts
        )
        wrapped = [fit_text(text, name, **room, largest_px=size, smallest_px=size)[1] for text in texts]
        drawn.append((letter([line for part in wrapped for line in part], font(name, size), ink), size))
    return drawn
