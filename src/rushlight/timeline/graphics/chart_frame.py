"""What charts share: the title above, the source below, and who takes which colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.figures import parse_unit
from rushlight.timeline.graphics.lettering import fit_text, font, letter
from rushlight.timeline.graphics.motion import EASINGS, Change
from rushlight.timeline.graphics.scene import Layer
from rushlight.timeline.graphics.stage import Stage
from rushlight.timeline.layout import Box

__all__ = ["BUILD_SECONDS", "bar_ink", "build_seconds", "counting", "heading", "named_values", "spread"]

BUILD_SECONDS = 1.4


def build_seconds(stage: Stage) -> float:
    """How long a chart takes to build: never more than half the time it is seen."""
    return min(BUILD_SECONDS, max(stage.seconds * 0.4, 0.3))


def heading(graphic: dict[str, Any], stage: Stage, note: str = "") -> tuple[list[Layer], Box]:
    """The title, a note on the unit and the source line, and the box left for the chart itself."""
    box, unit, fine, style = stage.layout.graphic, stage.unit, stage.fine, stage.style
    layers: list[Layer] = []
    top, bottom = box.top, box.bottom
    if title := str(graphic.get("title") or ""):
        size, lines = fit_text(
            title, style.display_font, width_px=box.width, height_px=round(unit * 14), largest_px=round(unit * 5.6),
            smallest_px=round(unit * 3.4),
        )  # fmt: skip
        sprite = letter(lines, font(style.display_font, size), style.ink)
        layers.append(
            Layer(
                sprite, box.left - round(size * 0.08), top, opacity=Change.between(0.0, 0.4, 0, 1),
                shift_y=Change.between(0, 0.5, unit * 2, 0),
            )
        )  # fmt: skip
        top += sprite.height_px
    if note:
        size, lines = fit_text(
            note, style.text_font, width_px=box.width, height_px=round(fine * 4), largest_px=round(fine * 3),
            smallest_px=round(fine * 2.2),
        )  # fmt: skip
        sprite = letter(lines[:1], font(style.text_font, size), style.quiet)
        layers.append(Layer(sprite, box.left - round(size * 0.08), top, opacity=Change.between(0.2, 0.4, 0, 1)))
        top += sprite.height_px
    if source := str(graphic.get("source") or ""):
        size, lines = fit_text(
            f"Source: {source}", style.text_font, width_px=box.width, height_px=round(fine * 6.2),
            largest_px=round(fine * 2.4), smallest_px=round(fine * 2),
        )  # fmt: skip
        sprite = letter(lines, font(style.text_font, size), style.quiet)
        bottom -= sprite.height_px
        layers.append(Layer(sprite, box.left - round(size * 0.08), bottom, opacity=Change.between(0.3, 0.5, 0, 1)))
        bottom -= round(unit * 1.2)
    return layers, Box(box.left, top + round(unit * 1.5), box.right, bottom)


def named_values(graphic: dict[str, Any]) -> tuple[list[str], list[float], str]:
    """Labels, values and unit of a chart.

    Raises:
        InputError: no values, or not one label for each.
    """
    values = [float(value) for value in graphic["values"]]
    labels = [str(label) for label in graphic["labels"]]
    if not values:
        raise InputError("A chart needs values.", hint="Give it at least one.")
    if len(labels) != len(values):
        raise InputError(f"A chart has {len(values)} values and {len(labels)} labels.", hint="Give one for each.")
    return labels, values, str(graphic.get("unit") or "")


def unit_note(measure: str) -> str:
    """What to say beneath the title so that no number has to carry a long unit."""
    return parse_unit(measure).note


def counting(
    value: float, show: Callable[[float], str], make: Callable[[str], Sprite], start: float, seconds: float
) -> Callable[[float], Sprite]:
    """A number that counts up: which sprite to show at a time. Sprites are made once for each text."""
    made: dict[str, Sprite] = {}

    def choose(at: float) -> Sprite:
        done = min(max((at - start) / seconds, 0.0), 1.0)
        text = show(value if done >= 1 else value * EASINGS["out"](round(done * 24) / 24))
        if text not in made:
            made[text] = make(text)
        return made[text]

    return choose


def bar_ink(graphic: dict[str, Any], number: int, stage: Stage) -> str:
    """The colour of a bar: the accent, unless another one is what the words speak of."""
    marked = graphic.get("highlight")
    return stage.accent if marked is None or int(marked) == number else stage.style.quiet


def spread(
    places: list[float],
    widths: list[int],
    gap_px: float,
    *,
    numbers: list[float] | None = None,
    told: int | None = None,
) -> list[int]:
    """Which of many labels to show, none touching another: the one spoken of, both ends, and what fits between.

    Args:
        places: where the middle of each label stands, in pixels, rising.
        widths: how wide each label is.
        gap_px: least space between two.
        numbers: what the labels say, when they are years or other whole numbers; round ones are then chosen.
        told: the label that must be there.
    """
    count = len(places)

    def fits(number: int, chosen: list[int]) -> bool:
        return all(abs(places[number] - places[n]) >= (widths[number] + widths[n]) / 2 + gap_px for n in chosen)

    chosen: list[int] = [] if told is None else [told]
    for end in (count - 1, 0):
        if fits(end, chosen):
            chosen.append(end)
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000):
        if numbers is not None:
            between = [number for number in range(count) if float(numbers[number]) % step == 0]
        else:
            between = list(range(count - 1, -1, -step))[::-1]
        if all(fits(b, [a]) for a, b in zip(between, between[1:], strict=False)):
            break
    for number in between:
        if fits(number, chosen):
            chosen.append(number)
    return sorted(set(chosen))
