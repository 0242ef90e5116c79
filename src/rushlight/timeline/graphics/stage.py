"""What every graphic is drawn on: the size, the style, the layout and a background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from rushlight.media.colour import rgb_to_i420
from rushlight.timeline.graphics.canvas import Canvas, Sprite
from rushlight.timeline.graphics.lettering import colour
from rushlight.timeline.layout import Layout, layout_for
from rushlight.timeline.style import Style

__all__ = ["Stage", "rounded_box"]

# Where the glow of a background sits, as fractions of the picture; neighbours in a film take different ones.
_GLOWS = ((0.82, 0.12), (0.15, 0.85), (0.9, 0.9), (0.1, 0.1), (0.5, 1.05))


@dataclass(frozen=True)
class Stage:
    """A screen to draw a graphic on.

    Attributes:
        width_px, height_px: size of the picture.
        style: colours and fonts.
        seconds: how long the graphic is seen.
        variant: which of several backgrounds and accents to use, so that neighbours differ.
    """

    width_px: int
    height_px: int
    style: Style
    seconds: float
    variant: int = 0

    @cached_property
    def layout(self) -> Layout:
        """Where things may stand."""
        return layout_for(self.width_px, self.height_px)

    @property
    def accent(self) -> str:
        """The colour that leads the eye here."""
        return self.style.accents[self.variant % len(self.style.accents)]

    @property
    def unit(self) -> float:
        """A hundredth of the shorter side."""
        return self.layout.unit

    @property
    def fine(self) -> float:
        """The unit for small print: larger on upright screens, which are held in a hand."""
        return self.unit * (1.28 if self.height_px > 1.2 * self.width_px else 1.0)

    def background(self) -> Canvas:
        """A soft two-colour ground with a glow of the accent, dithered so that it shows no bands."""
        return _background(
            self.width_px,
            self.height_px,
            self.style.background,
            self.style.background_edge,
            self.accent,
            self.variant % len(_GLOWS),
        ).copy()


@lru_cache(maxsize=8)
def _background(width: int, height: int, middle: str, edge: str, accent: str, variant: int) -> Canvas:
    glow_x, glow_y = _GLOWS[variant]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width, y / height
    away = np.clip(np.hypot((x - 0.5) * 1.1, (y - 0.45) * 1.1) * 1.35, 0, 1)[..., None] ** 1.6
    aspect = width / height
    light = np.exp(-(((x - glow_x) * aspect) ** 2 + (y - glow_y) ** 2) / 0.28)[..., None] * 0.20
    inner, outer, shine = (np.array(ImageColor.getrgb(c)[:3], dtype=np.float32) for c in (middle, edge, accent))
    rgb = inner * (1 - away) + outer * away
    rgb = rgb * (1 - light) + shine * light
    # Triangular noise of one level hides the steps of a slow gradient; seeded, so that it is the same each time.
    noise = np.random.default_rng(7).random((height, width, 1), dtype=np.float32)
    rgb = rgb + noise - 0.5
    return rgb_to_i420(np.clip(np.rint(rgb), 0, 255).astype(np.uint8))


@lru_cache(maxsize=128)
def rounded_box(
    width_px: int,
    height_px: int,
    fill: str,
    radius_px: int,
    alpha: int = 255,
    fade_to: float = 1.0,
    upright: bool = False,
) -> Sprite:
    """A filled box with round corners; `fade_to` below 1 darkens it towards its left end, or its foot if upright."""
    times = 4
    size = (max(width_px, 2), max(height_px, 2))
    mask = Image.new("L", (size[0] * times, size[1] * times), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, mask.width - 1, mask.height - 1), min(radius_px, size[0] // 2, size[1] // 2) * times, fill=alpha
    )
    small = np.asarray(mask.resize(size, Image.Resampling.BOX))
    rgba = np.empty((size[1], size[0], 4), dtype=np.uint8)
    rgba[..., :3] = colour(fill)[:3]
    if fade_to != 1.0:
        along = np.linspace(1, fade_to, size[1])[:, None] if upright else np.linspace(fade_to, 1, size[0])
        rgba[..., :3] = (rgba[..., :3] * np.broadcast_to(along, size[::-1])[..., None]).astype(np.uint8)
    rgba[..., 3] = small
    return Sprite.from_rgba(rgba)
