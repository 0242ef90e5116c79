"""Burned captions in looks of their own: boxed, outlined or plain, coloured by speaker, filled word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.graphics.lettering import draws, font, letter_rgba, reads_from, text_width
from rushlight.timeline.graphics.motion import Change
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage, rounded_box

__all__ = ["LOOKS", "draw_styled_caption", "reads_from", "undrawn_signs"]

LOOKS = ("boxed", "outline", "plain")
# How letters that are not yet heard look beside the others.
_WAITING = "#a9adb5"


def undrawn_signs(lines: Sequence[str], font_name: str) -> str:
    """The letters of some lines that no font at hand can draw, each once."""
    face = font(font_name, 24)
    return "".join(sorted({sign for line in lines for sign in line if not draws(sign, face)}))


def draw_styled_caption(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A caption: `{"kind": "styled_caption", "lines": [str, …], "look": str}`, its bottom line always in one place.

    `ink` is the colour of the letters. `fills` makes it a karaoke: `[line, first, after, start, end]` for each word,
    in characters and in seconds from when the caption appears; letters are filled in the direction they are read.
    """
    look, ink = str(graphic.get("look", "boxed")), str(graphic.get("ink") or "#ffffff")
    if look not in LOOKS:
        raise InputError(f"There is no look {look!r} of captions.", hint=f"Looks: {', '.join(LOOKS)}.")
    box, unit = stage.layout.captions, stage.unit
    lines = [str(line) for line in graphic["lines"]]
    size, name = round(unit * 5.0), stage.style.text_font
    while size > 10 and max(text_width(line, font(name, size)) for line in lines) > box.width - unit * 6:
        size -= 1
    face = font(name, size)
    fills = [tuple(float(value) for value in fill) for fill in graphic.get("fills") or ()]
    drawn = [_letters(line, face, _WAITING if fills else ink, look) for line in lines]
    step, aside = round(size * 1.26), round(size * 0.45)
    tall = step * (len(lines) - 1) + drawn[-1].height_px
    bottom = box.bottom - (aside // 2 if look == "boxed" else 0)
    layers: list[Layer] = []
    if look == "boxed":
        wide = max(sprite.width_px for sprite in drawn) + 2 * aside
        panel = rounded_box(wide & ~1, (tall + aside) & ~1, "#000000", round(size * 0.3), 190)
        layers.append(Layer(panel, (stage.width_px - panel.width_px) // 2 & ~1, (bottom - tall - aside // 2) & ~1))
    places = [
        ((stage.width_px - sprite.width_px) // 2 & ~1, (bottom - tall + step * number) & ~1)
        for number, sprite in enumerate(drawn)
    ]
    layers += [Layer(sprite, *place) for sprite, place in zip(drawn, places, strict=True)]
    for number, line in enumerate(lines):
        heard = [fill for fill in fills if int(fill[0]) == number]
        if heard:
            sprite = _letters(line, face, ink, look)
            reveal = _filled(line, face, sprite.width_px, heard)
            layers.append(Layer(sprite, *places[number], reveal=reveal, reveal_from=reads_from(line)))
    return Scene(None, layers)


def _filled(line: str, face: ImageFont.FreeTypeFont, width_px: int, words: Sequence[tuple[float, ...]]) -> Change:
    """How much of a line is filled over time; a word's letters are done when the next word begins or it ends."""
    pad = (width_px - text_width(line, face)) / 2
    keys: list[tuple[float, float, str]] = [(0.0, 0.0, "hold")]

    def reach(characters: int) -> float:
        return 1.0 if characters >= len(line) else (pad + text_width(line[:characters], face)) / width_px

    for _, first, after, start, end in words:
        last = keys[-1][0]
        begin = max(start, last + 1e-4)
        keys.append((begin, reach(int(first)) if first else 0.0, "linear"))
        keys.append((max(end, begin + 1e-3), reach(int(after)), "hold"))
    return Change(tuple(keys))


def _letters(line: str, face: ImageFont.FreeTypeFont, ink: str, look: str) -> Sprite:
    """One line of letters with what sets them off from the picture; every ink gives the same size."""
    if look == "plain":
        return Sprite.from_rgba(letter_rgba([line], face, ink, shadow=1.0))
    rgba = letter_rgba([line], face, ink)
    return Sprite.from_rgba(_outlined(rgba, max(face.size / 13, 1.5)) if look == "outline" else rgba)


def _outlined(rgba: NDArray[np.uint8], width_px: float) -> NDArray[np.uint8]:
    """Letters over their own shape grown by a width, in near black."""
    reach = int(np.ceil(width_px))
    wide = np.pad(rgba, ((reach, reach), (reach, reach), (0, 0)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    around = cv2.GaussianBlur(cv2.dilate(np.ascontiguousarray(wide[..., 3]), kernel), (3, 3), 0)
    share = wide[..., 3:].astype(np.float32) / 255
    made = np.empty_like(wide)
    made[..., :3] = np.rint(wide[..., :3] * share + np.float32(12) * (1 - share))
    made[..., 3] = np.maximum(around, wide[..., 3])
    return made
