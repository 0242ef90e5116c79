"""What is laid over pictures: captions, the disclosure label, lower thirds, the logo."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFont

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.caption_looks import draw_styled_caption
from rushlight.timeline.graphics.lettering import colour, font, letter, letter_rgba, text_width
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box

__all__ = ["OVERLAYS", "draw_overlay"]


def draw_caption(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A caption: `{"kind": "caption", "lines": [str, …]}`, centred, bottom line always in the same place.

    `inks` may give the colour of names that lines begin with, before a colon.
    """
    box, unit = stage.layout.captions, stage.unit
    lines = [str(line) for line in graphic["lines"]]
    size = round(unit * 5.0)
    name = stage.style.text_font
    while size > 10 and max(text_width(line, font(name, size)) for line in lines) > box.width - unit * 6:
        size -= 1
    rgba = letter_rgba(lines, font(name, size), "#ffffff", align="center", spacing=1.22, box="#000000")
    for speaker, ink in dict(graphic.get("inks") or {}).items():
        rgba = _with_name_in_ink(rgba, lines, f"{speaker}:", font(name, size), str(ink))
    sprite = Sprite.from_rgba(rgba)
    return Scene(
        None, [Layer(sprite, (stage.width_px - sprite.width_px) // 2 & ~1, box.bottom - sprite.height_px & ~1)]
    )


def _with_name_in_ink(
    rgba: NDArray[np.uint8], lines: list[str], named: str, face: ImageFont.FreeTypeFont, ink: str
) -> NDArray[np.uint8]:
    """A caption with a name that its lines begin with in another colour."""
    coloured, tall = rgba.copy(), rgba.shape[0] / len(lines)
    for number, line in enumerate(lines):
        if not line.startswith(named):
            continue
        left = (rgba.shape[1] - text_width(line, face)) // 2
        until = left + text_width(named, face) + 1
        part = coloured[round(tall * number) : round(tall * (number + 1)), max(left - 2, 0) : until, :3]
        # The letters are white on black: their brightness says how much of the colour each pixel takes.
        bright = part[..., :1].astype(np.float32) / 255
        part[:] = np.rint(bright * np.array(colour(ink)[:3], dtype=np.float32)).astype(np.uint8)
    return coloured


def draw_action_caption(graphic: dict[str, Any], stage: Stage) -> Scene:
    """What happens, in words: `{"kind": "action_caption", "lines": [str, …]}`; italic on a bar at the left edge.

    It is set apart from speech by its letters, its place and its colour; brackets round it are taken off.
    """
    box, unit, style = stage.layout.captions, stage.unit, stage.style
    lines = [str(line) for line in graphic["lines"]]
    lines = [lines[0].removeprefix("["), *lines[1:]]
    lines = [*lines[:-1], lines[-1].removesuffix("]")]
    size = round(unit * 4.4)
    while size > 9 and max(text_width(line, font(style.quote_font, size)) for line in lines) > box.width - unit * 8:
        size -= 1
    text = letter(lines, font(style.quote_font, size), "#f2ead8", spacing=1.2)
    wide, tall = text.width_px + round(unit * 5), text.height_px + round(unit * 2)
    left, top = box.left & ~1, (box.bottom - tall) & ~1
    seen = Change.between(0.0, 0.18, 0, 1, "linear")
    return Scene(
        None,
        [
            Layer(rounded_box(wide, tall, "#0b1020", round(unit * 0.8), 205), left, top, opacity=seen),
            Layer(rounded_box(max(round(unit * 0.8), 2), tall, stage.accent, 0), left, top, opacity=seen),
            Layer(text, left + round(unit * 2.6), top + round(unit), opacity=seen),
        ],
    )


def draw_label(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A small label in the upper left corner: `{"kind": "label", "text": str}`."""
    corner, unit = stage.layout.corner, stage.unit
    sprite = letter([str(graphic["text"])], font(stage.style.text_font, round(unit * 2.8)), "#ffffff", box="#000000")
    seen = Change.between(0.3, 0.4, 0, 1).then(max(stage.seconds - 0.5, 0.8), 0.4, 0)
    return Scene(None, [Layer(sprite, corner.left & ~1, corner.top & ~1, opacity=seen)])


def draw_lower_third(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A name and a role over a picture: `{"kind": "lower_third", "name": str, "role": str}`."""
    box, unit, style = stage.layout.graphic, stage.unit, stage.style
    name = letter([str(graphic["name"])], font(style.display_font, round(unit * 5)), style.ink)
    role = letter([str(graphic.get("role", ""))], font(style.text_font, round(unit * 3.2)), style.quiet)
    wide = max(name.width_px, role.width_px) + round(unit * 5)
    tall = name.height_px + role.height_px + round(unit)
    x, y = box.left, box.bottom - tall
    gone = max(stage.seconds - 0.5, 0.6)
    panel = rounded_box(wide, tall, style.background, round(unit), 225)
    bar = rounded_box(max(round(unit * 0.8), 2), tall, stage.accent, 0)
    shown = Change.between(0.1, 0.45, 0, 1).then(gone, 0.35, 0)
    fade = Change.between(0.35, 0.3, 0, 1).then(gone - 0.1, 0.25, 0)
    return Scene(
        None,
        [
            Layer(panel, x, y, reveal=shown),
            Layer(bar, x, y, reveal=shown),
            Layer(name, x + round(unit * 2), y + round(unit * 0.4), opacity=fade),
            Layer(role, x + round(unit * 2), y + name.height_px, opacity=fade),
        ],
    )


def draw_logo(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A logo in the upper right corner: `{"kind": "logo", "path": str}`, a picture with transparency."""
    corner, unit = stage.layout.corner, stage.unit
    try:
        with Image.open(str(graphic["path"])) as image:
            tall = round(unit * 7)
            wide = max(round(image.width * tall / image.height), 2)
            rgba = np.asarray(image.convert("RGBA").resize((wide, tall), Image.Resampling.LANCZOS))
    except (OSError, ValueError) as error:
        raise InputError("This logo cannot be read.", path=str(graphic["path"]), hint="Use a PNG.") from error
    sprite = Sprite.from_rgba(rgba)
    return Scene(None, [Layer(sprite, (corner.right - sprite.width_px) & ~1, corner.top & ~1)])


OVERLAYS = {
    "action_caption": draw_action_caption,
    "caption": draw_caption,
    "label": draw_label,
    "logo": draw_logo,
    "lower_third": draw_lower_third,
    "styled_caption": draw_styled_caption,
}


def draw_overlay(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Make the scene of an overlay; it has no background and is drawn over a picture.

    Raises:
        InputError: an unknown kind, or a field missing or wrong.
    """
    kind = str(graphic.get("kind", ""))
    if kind not in OVERLAYS:
        raise InputError(f"There is no overlay of kind {kind!r}.", hint=f"Kinds: {', '.join(sorted(OVERLAYS))}.")
    try:
        return OVERLAYS[kind](graphic, stage)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"This {kind} cannot be drawn: {error!r}.") from error
