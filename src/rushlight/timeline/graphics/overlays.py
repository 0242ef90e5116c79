"""What is laid over pictures: captions, the disclosure label, lower thirds, the logo."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.lettering import font, letter, text_width
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box

__all__ = ["OVERLAYS", "draw_overlay"]


def draw_caption(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A caption: `{"kind": "caption", "lines": [str, …]}`, centred, bottom line always in the same place."""
    box, unit = stage.layout.captions, stage.unit
    lines = [str(line) for line in graphic["lines"]]
    size = round(unit * 5.0)
    name = stage.style.text_font
    while size > 10 and max(text_width(line, font(name, size)) for line in lines) > box.width - unit * 6:
        size -= 1
    sprite = letter(lines, font(name, size), "#ffffff", align="center", spacing=1.22, box="#000000")
    return Scene(
        None, [Layer(sprite, (stage.width_px - sprite.width_px) // 2 & ~1, box.bottom - sprite.height_px & ~1)]
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


OVERLAYS = {"caption": draw_caption, "label": draw_label, "logo": draw_logo, "lower_third": draw_lower_third}


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
