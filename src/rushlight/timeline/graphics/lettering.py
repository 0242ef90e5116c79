"""Words as sprites: fonts, wrapping, fitting to a box."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont, features

from rushlight.timeline.graphics.canvas import Sprite
from rushlight.timeline.spare_fonts import can_draw, is_of_system, sized, spare_font_for
from rushlight.timeline.style import find_font

__all__ = [
    "clip",
    "colour",
    "draws",
    "fit_text",
    "font",
    "letter",
    "reads_from",
    "system_fonts_for",
    "text_width",
    "wrap",
]


def colour(text: str, alpha: int = 255) -> tuple[int, int, int, int]:
    """RGBA of `#rrggbb`."""
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue, alpha


@lru_cache(maxsize=256)
def font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A font at a size."""
    return ImageFont.truetype(str(find_font(name)), max(size_px, 4))


def text_width(text: str, face: ImageFont.FreeTypeFont) -> int:
    """How wide a text runs, in pixels."""
    return round(sum(part.getlength(piece) for piece, part in _runs(text, face)))


# Signs such as `²` are missing from some fonts; this one has them and is always there.
_SPARE_FONT = "Source Sans Pro Semibold"


def _runs(text: str, face: ImageFont.FreeTypeFont) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """A text in pieces from left to right, each with a font that has its letters.

    One font for all of it is best: it sets writing that joins, and that runs from the right, by the rules. Otherwise
    pieces of a line that is read from the right are laid from the right, each set by its own font.
    """
    if text.isascii() or can_draw(Path(str(face.path)), text):
        return [(text, face)]
    size = round(face.size)
    if can_draw(find_font(_SPARE_FONT), text):
        return [(text, font(_SPARE_FONT, size))]
    if _joins(text) and (whole := spare_font_for(text)) is not None:
        return [(text, sized(whole, size, text))]
    runs: list[tuple[str, ImageFont.FreeTypeFont]] = []
    for sign in text:
        # Spaces and marks stay with what is before them, so that words are not torn apart.
        part = runs[-1][1] if runs and _is_between(sign) else _part(sign, text, face, size)
        if runs and runs[-1][1] is part:
            runs[-1] = (runs[-1][0] + sign, part)
        else:
            runs.append((sign, part))
    return runs[::-1] if reads_from(text) == "right" else runs


def _joins(text: str) -> bool:
    """Whether signs of a text stand in an order or a form of their own beside each other: Arabic, Hebrew, Indic."""
    return any(unicodedata.bidirectional(sign) in ("R", "AL") or unicodedata.category(sign) == "Mc" for sign in text)


def _part(sign: str, text: str, face: ImageFont.FreeTypeFont, size: int) -> ImageFont.FreeTypeFont:
    if can_draw(Path(str(face.path)), sign):
        return face
    if can_draw(find_font(_SPARE_FONT), sign) or (spare := spare_font_for(sign)) is None:
        return font(_SPARE_FONT, size)
    return sized(spare, size, text)


def _is_between(sign: str) -> bool:
    """Whether a sign is a space or a mark that any font stands for."""
    return sign.isspace() or sign in "\u200c\u200d\u200e\u200f\u2060" or unicodedata.combining(sign) > 0


def reads_from(line: str) -> Literal["left", "right"]:
    """The side at which a line begins to be read: that of its first letter with a direction (UAX #9, P2 and P3)."""
    for sign in line:
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            return "right"
        if kind == "L":
            return "left"
    return "left"


def draws(sign: str, face: ImageFont.FreeTypeFont) -> bool:
    """Whether a letter can be drawn, by this font or by one that stands in for it.

    Letters that are read from the right need FriBidi, which Pillow takes from the computer: unjoined and in the wrong
    order they would be worse than none.
    """
    if unicodedata.bidirectional(sign) in ("R", "AL") and not features.check("fribidi"):
        return False
    return (
        can_draw(Path(str(face.path)), sign)
        or can_draw(find_font(_SPARE_FONT), sign)
        or spare_font_for(sign) is not None
    )


def system_fonts_for(lines: Sequence[str], name: str) -> list[str]:
    """Names of the computer's own fonts that some lines are set in, beside the named one; empty when none is."""
    face = font(name, 24)
    paths = {Path(str(part.path)) for line in lines for _, part in _runs(line, face)}
    ours = {Path(str(face.path)), find_font(_SPARE_FONT)}
    return sorted(path.stem for path in paths - ours if is_of_system(path))


def wrap(text: str, face: ImageFont.FreeTypeFont, width_px: int) -> list[str]:
    """Break a text into lines no wider than a width, as evenly as the number of lines allows."""
    words = text.split()
    lines = _greedy(words, face, width_px)
    if len(lines) < 2:
        return lines
    # The narrowest width that needs no more lines gives the evenest lines.
    low, high = max(text_width(word, face) for word in words), width_px
    while high - low > 4:
        middle = (low + high) // 2
        if len(_greedy(words, face, middle)) <= len(lines):
            high = middle
        else:
            low = middle
    return _greedy(words, face, high)


def _greedy(words: Sequence[str], face: ImageFont.FreeTypeFont, width_px: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and text_width(f"{lines[-1]} {word}", face) <= width_px:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def fit_text(
    text: str,
    name: str,
    *,
    width_px: int,
    height_px: int,
    largest_px: int,
    smallest_px: int = 12,
    spacing: float = 1.2,
) -> tuple[int, list[str]]:
    """The largest size at which a text fits a box, and its lines there.

    At the smallest size, what still does not fit is cut off and ends in `…`: text never leaves its box.
    """
    size = max(largest_px, smallest_px, 1)
    while True:
        face = font(name, size)
        lines = wrap(text, face, width_px)
        widest = max((text_width(line, face) for line in lines), default=0)
        if widest <= width_px and len(lines) * size * spacing <= height_px:
            return size, lines
        if size <= smallest_px:
            break
        size = max(min(round(size * 0.94), size - 1), smallest_px)
    most = max(int(height_px // (size * spacing)), 1)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join([lines[most - 1], lines[most]])]
        lines[-1] = clip(lines[-1], face, width_px) if text_width(lines[-1], face) > width_px else lines[-1] + "…"
    return size, [clip(line, face, width_px) for line in lines]


def clip(text: str, face: ImageFont.FreeTypeFont, width_px: int) -> str:
    """A text cut to a width, with `…` where something is missing; cut between words if that loses little."""
    if text_width(text, face) <= width_px:
        return text
    whole = text
    while len(text) > 1 and text_width(text.rstrip() + "…", face) > width_px:
        text = text[:-1]
    if whole[len(text) : len(text) + 1] != " " and len(text) - (space := text.rfind(" ")) <= 8 and space > 0:
        text = text[:space]
    return text.rstrip(" ,;:–—-") + "…"


def letter(
    lines: Sequence[str],
    face: ImageFont.FreeTypeFont,
    ink: str,
    *,
    align: str = "left",
    spacing: float = 1.2,
    shadow: float = 0.0,
    box: str = "",
) -> Sprite:
    """Set lines of text as a sprite.

    Args:
        lines: the text.
        face: the font at its size.
        ink: colour of the letters.
        align: `left`, `center` or `right`.
        spacing: distance of base lines, in font sizes.
        shadow: strength of a soft shadow, 0 for none, for text over pictures.
        box: colour of a rounded, see-through box behind the text, empty for none.
    """
    return Sprite.from_rgba(letter_rgba(lines, face, ink, align=align, spacing=spacing, shadow=shadow, box=box))


def letter_rgba(
    lines: Sequence[str],
    face: ImageFont.FreeTypeFont,
    ink: str,
    *,
    align: str = "left",
    spacing: float = 1.2,
    shadow: float = 0.0,
    box: str = "",
) -> NDArray[np.uint8]:
    """As `letter`, as an RGBA array, uint8, shape (h, w, 4)."""
    size = round(face.size)
    pad = round(size * (0.45 if box else 0.25 if shadow else 0.08)) + 2
    widths = [text_width(line, face) for line in lines]
    width, step = max([*widths, 1]), round(size * spacing)
    ascent, descent = face.getmetrics()
    height = step * (len(lines) - 1) + ascent + descent
    image = Image.new("RGBA", (width + 2 * pad, height + 2 * pad), colour(ink, 0))
    if box:
        draw = ImageDraw.Draw(image)
        draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), round(size * 0.3), fill=colour(box, 190))
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    for number, line in enumerate(lines):
        slack = width - widths[number]
        x = pad + {"left": 0.0, "center": slack / 2, "right": float(slack)}[align]
        for piece, part in _runs(line, face):
            # Base lines are put on one height: fonts differ in how far they rise.
            draw.text((x, pad + number * step + ascent), piece, font=part, fill=255, anchor="ls")
            x += part.getlength(piece)
    if shadow:
        image = _shadowed(image, mask, size, shadow)
    image.alpha_composite(Image.merge("RGBA", [*Image.new("RGB", mask.size, ink).split(), mask]))
    return np.asarray(image)


def _shadowed(image: Image.Image, mask: Image.Image, size: int, strength: float) -> Image.Image:
    from PIL import ImageChops, ImageFilter

    dark = ImageChops.offset(mask, 0, max(size // 20, 1)).filter(ImageFilter.GaussianBlur(size / 9))
    dark = dark.point(lambda value: min(round(value * strength * 1.6), 255))
    under = Image.merge("RGBA", [*Image.new("RGB", mask.size, "#000000").split(), dark])
    under.alpha_composite(image)
    return under
