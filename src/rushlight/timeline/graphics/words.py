"""Words as pictures: title cards, kinetic typography, quotations."""

from __future__ import annotations

from typing import Any

from rushlight.timeline.graphics.lettering import fit_text, font, letter, text_width
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box
from rushlight.timeline.layout import Box

__all__ = ["draw_quote", "draw_title", "draw_words"]


def draw_title(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A title card: `{"kind": "title", "title": str, "subtitle": str}`; lines rise in one after another."""
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    size, lines = fit_text(
        graphic["title"], style.display_font, width_px=box.width, height_px=round(box.height * 0.6),
        largest_px=round(unit * 13), smallest_px=round(unit * 4), spacing=1.12,
    )  # fmt: skip
    face, step = font(style.display_font, size), round(size * 1.12)
    subtitle = str(graphic.get("subtitle", ""))
    small, under = fit_text(
        subtitle, style.text_font, width_px=box.width, height_px=round(box.height * 0.2),
        largest_px=round(unit * 4.6), smallest_px=round(unit * 2.6),
    )  # fmt: skip
    rule = round(unit * 0.9)
    total = step * len(lines) + (round(small * 1.3) * len(under) if subtitle else 0) + rule + round(unit * 6)
    top = box.top + max((box.height - total) // 2, 0)
    layers = [
        Layer(
            rounded_box(round(unit * 14), rule, stage.accent, rule // 2), box.left, top,
            reveal=Change.between(0.05, 0.5, 0, 1),
        )
    ]  # fmt: skip
    y = top + rule + round(unit * 3)
    for number, line in enumerate(lines):
        start = 0.12 + 0.1 * number
        layers.append(
            Layer(
                letter([line], face, style.ink), box.left - round(size * 0.08), y,
                opacity=Change.between(start, 0.4, 0, 1), shift_y=Change.between(start, 0.55, unit * 5, 0),
            )
        )  # fmt: skip
        y += step
    if subtitle:
        y += round(unit * 3)
        layers.append(
            Layer(
                letter(under, font(style.text_font, small), style.quiet), box.left - round(small * 0.08), y,
                opacity=Change.between(0.45, 0.5, 0, 1),
            )
        )  # fmt: skip
    return Scene(stage.background(), layers)


def draw_words(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Kinetic typography: `{"kind": "words", "words": [{"text", "at", "strong"}, …], "kicker": str}`.

    The kicker, if any, stands small at the top from the start: what this part is about.
    Each word comes when it is heard (`at`, in seconds from the start of the graphic); strong words take the accent
    colour. Words that do not fit at a readable size are spread over several pages.
    """
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    words: list[dict[str, Any]] = list(graphic["words"])
    layers = _kicker(str(graphic.get("kicker", "")), stage)
    if layers:
        box = Box(box.left, box.top + round(unit * 9), box.right, box.bottom)
    for page, until in _pages(words, stage):
        text = " ".join(word["text"] for word in page)
        size, lines = fit_text(
            text, style.display_font, width_px=box.width, height_px=box.height, largest_px=round(unit * 15),
            smallest_px=round(unit * 5), spacing=1.18,
        )  # fmt: skip
        face, step = font(style.display_font, size), round(size * 1.18)
        top = box.top + (box.height - step * len(lines)) // 2
        remaining = iter(page)
        for number, line in enumerate(lines):
            x = float(box.left)
            for shown in line.split():
                word = next(remaining)
                at = float(word["at"])
                opacity = Change.between(at, 0.16, 0, 1)
                if until is not None:
                    opacity = opacity.then(until - 0.2, 0.2, 0)
                ink = stage.accent if word.get("strong") else style.ink
                layers.append(
                    Layer(
                        letter([shown], face, ink), round(x) - round(size * 0.08), top + number * step, opacity=opacity,
                        shift_y=Change.between(at, 0.25, unit * 2.2, 0),
                    )
                )  # fmt: skip
                x += text_width(shown + " ", face)
    return Scene(stage.background(), layers)


def _kicker(text: str, stage: Stage) -> list[Layer]:
    if not text:
        return []
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    size, lines = fit_text(
        text, style.text_font, width_px=box.width, height_px=round(unit * 6), largest_px=round(unit * 4),
        smallest_px=round(unit * 2.6),
    )  # fmt: skip
    seen = Change.between(0.1, 0.4, 0, 1)
    bar = rounded_box(max(round(unit * 0.7), 2), round(unit * 5), stage.accent, 0)
    return [
        Layer(bar, box.left, box.top, opacity=seen),
        Layer(
            letter(lines[:1], font(style.text_font, size), style.quiet),
            box.left + round(unit * 2),
            box.top,
            opacity=seen,
        ),
    ]


def _pages(words: list[dict[str, Any]], stage: Stage) -> list[tuple[list[dict[str, Any]], float | None]]:
    """Divide words so that each page is readable; with each page, when it must be gone (None for the last)."""
    most = 14 if stage.width_px >= stage.height_px else 18
    count = max(-(-len(words) // most), 1)
    each = -(-len(words) // count)
    pages = [words[start : start + each] for start in range(0, len(words), each)]
    return [
        (page, float(pages[number + 1][0]["at"]) if number + 1 < len(pages) else None)
        for number, page in enumerate(pages)
    ]


def draw_quote(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A quotation: `{"kind": "quote", "text": str, "by": str}`, with a large quotation mark."""
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    by = str(graphic.get("by", ""))
    inner = box.width - round(unit * 10)
    size, lines = fit_text(
        graphic["text"], style.quote_font, width_px=inner, height_px=round(box.height * 0.75),
        largest_px=round(unit * 8), smallest_px=round(unit * 3.6), spacing=1.25,
    )  # fmt: skip
    step = round(size * 1.25)
    total = step * len(lines) + (round(unit * 8) if by else 0)
    top = box.top + (box.height - total) // 2
    x = box.left + round(unit * 10)
    mark = letter(["“"], font(style.display_font, round(unit * 24)), stage.accent)
    layers = [Layer(mark, box.left - round(unit * 3), top - round(unit * 9), opacity=Change.between(0, 0.5, 0, 1))]
    for number, line in enumerate(lines):
        layers.append(
            Layer(
                letter([line], font(style.quote_font, size), style.ink), x, top + number * step,
                opacity=Change.between(0.15 + 0.18 * number, 0.5, 0, 1),
                shift_x=Change.between(0.15 + 0.18 * number, 0.6, unit * 2, 0),
            )
        )  # fmt: skip
    if by:
        layers.append(
            Layer(
                letter([f"— {by}"], font(style.text_font, round(unit * 4)), style.quiet), x,
                top + step * len(lines) + round(unit * 2), opacity=Change.between(0.6, 0.5, 0, 1),
            )
        )  # fmt: skip
    return Scene(stage.background(), layers)
