"""Drawing straight into planar YUV 4:2:0, so that a frame goes to the encoder as it was drawn.

A canvas is one uint8 array of shape (height * 3 // 2, width): Y, then U, then V, BT.709, limited range.
Sprites are drawn once from RGBA and then only placed, faded, scaled or cut, which costs little for each frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.media.colour import i420_planes, rgba_to_yuva

__all__ = ["Canvas", "Sprite", "place"]

Bytes: TypeAlias = NDArray[np.uint8]
Canvas: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Sprite:
    """A picture with soft edges, ready to be placed on a canvas.

    Attributes:
        planes: Y, U, V times alpha, uint8; U and V at half size.
        cover: alpha for Y and for U and V, uint8.
    """

    planes: tuple[Bytes, Bytes, Bytes]
    cover: tuple[Bytes, Bytes]

    @classmethod
    def from_rgba(cls, rgba: Bytes) -> Sprite:
        """Make a sprite of an RGBA picture, uint8, shape (h, w, 4), not premultiplied; padded to even size."""
        height, width = rgba.shape[:2]
        if height % 2 or width % 2:
            rgba = np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0)))
        y, u, v, full, half = rgba_to_yuva(np.ascontiguousarray(rgba))
        pairs = ((y, full), (u, half), (v, half))
        planes: list[Any] = [cv2.multiply(plane, alpha, scale=1 / 255) for plane, alpha in pairs]
        return cls((planes[0], planes[1], planes[2]), (full, half))

    @property
    def width_px(self) -> int:
        """Width in luma pixels."""
        return int(self.planes[0].shape[1])

    @property
    def height_px(self) -> int:
        """Height in luma pixels."""
        return int(self.planes[0].shape[0])

    @cached_property
    def holes(self) -> tuple[Bytes, Bytes]:
        """What shines through: 255 minus cover."""
        return cv2.bitwise_not(self.cover[0]), cv2.bitwise_not(self.cover[1])  # type: ignore[return-value]

    def faded(self, opacity: float) -> Sprite:
        """The sprite at a fraction of its opacity."""
        planes = tuple(cv2.convertScaleAbs(plane, alpha=opacity) for plane in self.planes)
        cover = tuple(cv2.convertScaleAbs(alpha, alpha=opacity) for alpha in self.cover)
        return Sprite((planes[0], planes[1], planes[2]), (cover[0], cover[1]))  # type: ignore[arg-type]

    def scaled(self, scale: float) -> Sprite:
        """The sprite at another size."""
        width, height = (max(round(side * scale / 2), 1) for side in (self.width_px, self.height_px))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        sizes = ((width * 2, height * 2), (width, height), (width, height))
        planes = tuple(cv2.resize(p, size, interpolation=how) for p, size in zip(self.planes, sizes, strict=True))
        cover = tuple(cv2.resize(a, size, interpolation=how) for a, size in zip(self.cover, sizes, strict=False))
        return Sprite((planes[0], planes[1], planes[2]), (cover[0], cover[1]))  # type: ignore[arg-type]

    def cut(self, left: int, top: int, right: int, bottom: int) -> Sprite:
        """The part inside a box in luma pixels, widened to even numbers; shares memory with the whole."""
        left, top = left & ~1, top & ~1
        right, bottom = min((right + 1) & ~1, self.width_px), min((bottom + 1) & ~1, self.height_px)
        full = (slice(top, bottom), slice(left, right))
        half = (slice(top // 2, bottom // 2), slice(left // 2, right // 2))
        y, u, v = self.planes
        return Sprite((y[full], u[half], v[half]), (self.cover[0][full], self.cover[1][half]))


def place(canvas: Canvas, sprite: Sprite, x: int, y: int) -> None:
    """Lay a sprite over a canvas with its top left corner at (x, y); parts outside are left out."""
    holes = sprite.holes
    for number, target in enumerate(i420_planes(canvas)):
        divide = 1 if number == 0 else 2
        source, hole = sprite.planes[number], holes[0 if number == 0 else 1]
        left, top = x // divide, y // divide
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + source.shape[1], target.shape[1]), min(top + source.shape[0], target.shape[0])
        if x1 <= x0 or y1 <= y0:
            continue
        region = target[y0:y1, x0:x1]
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        # cv2 writes into a fresh array for views that are not contiguous, hence the copy back.
        region[:] = cv2.add(source[part], cv2.multiply(region, hole[part], scale=1 / 255))
