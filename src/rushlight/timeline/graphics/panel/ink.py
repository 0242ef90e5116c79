"""Drawing flat shapes with soft edges: a supersampled picture whose coordinates are fractions of its height."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

__all__ = ["Colour", "Ink", "Point", "ellipse_points", "mix", "rgb", "smooth"]

Point = tuple[float, float]
Colour = tuple[int, int, int]
_TIMES = 2


def rgb(text: str | Colour) -> Colour:
    """`#rrggbb` as three bytes."""
    if isinstance(text, tuple):
        return text
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: str | Colour, other: str | Colour, share: float) -> Colour:
    """A colour between two; `share` of the second."""
    a, b = rgb(one), rgb(other)
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def ellipse_points(x: float, y: float, across: float, down: float, count: int = 40) -> list[Point]:
    """Points round an ellipse."""
    return [(x + across * cos(2 * pi * n / count), y + down * sin(2 * pi * n / count)) for n in range(count)]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """A curve through some points (Catmull-Rom)."""
    count = len(points)
    found: list[Point] = []
    for place in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(place + shift) % count] for shift in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(place + shift, 0), count - 1)] for shift in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            found.append(
                tuple(  # type: ignore[arg-type]
                    0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3)
                    for p, q, r, s in zip(a, b, c, d, strict=True)
                )
            )
    return found if closed else [*found, points[-1]]


def _stroke(draw: ImageDraw.ImageDraw, spots: Sequence[Point], wide: int, ink: tuple[int, int, int, int]) -> None:
    draw.line(spots, fill=ink, width=wide, joint="curve")
    if wide > 2:
        for x, y in (spots[0], spots[-1]):
            draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=ink)


class Ink:
    """A picture to draw on, twice as fine as it is given back.

    Args:
        width_px, height_px: size of the result.
        clear: whether it starts see-through, else black.
        zoom: how near the drawing is seen, about `centre`.
        centre: the point of the drawing that lies in the middle of the picture.
    """

    def __init__(
        self, width_px: int, height_px: int, *, clear: bool = False, zoom: float = 1.0, centre: Point | None = None
    ) -> None:
        self.size = width_px, height_px
        self.aspect = width_px / height_px
        self.image = Image.new("RGBA", (width_px * _TIMES, height_px * _TIMES), (0, 0, 0, 0 if clear else 255))
        self._draw = ImageDraw.Draw(self.image)
        self.zoom = zoom
        self.centre = centre or (self.aspect / 2, 0.5)

    def at(self, point: Point) -> Point:
        """A point of the drawing in fine pixels."""
        x, y = point
        tall = self.image.height
        return (
            (x - self.centre[0]) * self.zoom * tall + self.image.width / 2,
            ((y - self.centre[1]) * self.zoom + 0.5) * tall,
        )

    def length(self, value: float) -> float:
        """A length of the drawing in fine pixels."""
        return value * self.zoom * self.image.height

    def shape(self, points: Sequence[Point], fill: str | Colour, alpha: int = 255) -> None:
        """Fill a polygon."""
        spots = [self.at(point) for point in points]
        colour = (*rgb(fill), alpha)
        if alpha == 255:
            self._draw.polygon(spots, fill=colour)
            return
        left, top = max(int(min(x for x, _ in spots)), 0), max(int(min(y for _, y in spots)), 0)
        right = min(int(max(x for x, _ in spots)) + 2, self.image.width)
        bottom = min(int(max(y for _, y in spots)) + 2, self.image.height)
        if right <= left or bottom <= top:
            return
        layer = Image.new("RGBA", (right - left, bottom - top), (*rgb(fill), 0))
        ImageDraw.Draw(layer).polygon([(x - left, y - top) for x, y in spots], fill=colour)
        self.image.alpha_composite(layer, (left, top))

    def ellipse(self, x: float, y: float, across: float, down: float, fill: str | Colour, alpha: int = 255) -> None:
        """Fill an ellipse with these half axes."""
        self.shape(ellipse_points(x, y, across, down), fill, alpha)

    def line(self, points: Sequence[Point], width: float, fill: str | Colour, alpha: int = 255) -> None:
        """A line with round joints."""
        wide = max(round(self.length(width)), 1)
        spots = [self.at(point) for point in points]
        if alpha == 255:
            _stroke(self._draw, spots, wide, (*rgb(fill), 255))
            return
        # Only the part that the line crosses is blended.
        left, top = (max(int(min(spot[side] for spot in spots)) - wide, 0) for side in (0, 1))
        right = min(int(max(x for x, _ in spots)) + wide + 1, self.image.width)
        bottom = min(int(max(y for _, y in spots)) + wide + 1, self.image.height)
        if right <= left or bottom <= top:
            return
        layer = Image.new("RGBA", (right - left, bottom - top), (*rgb(fill), 0))
        _stroke(ImageDraw.Draw(layer), [(x - left, y - top) for x, y in spots], wide, (*rgb(fill), alpha))
        self.image.alpha_composite(layer, (left, top))

    def limb(self, start: Point, end: Point, thick: float, thin: float, fill: str | Colour) -> None:
        """A tapered limb with round ends."""
        x, y = end[0] - start[0], end[1] - start[1]
        length = hypot(x, y) or 1e-6
        nx, ny = -y / length, x / length
        self.shape(
            [(start[0] + nx * thick, start[1] + ny * thick), (end[0] + nx * thin, end[1] + ny * thin),
             (end[0] - nx * thin, end[1] - ny * thin), (start[0] - nx * thick, start[1] - ny * thick)], fill,
        )  # fmt: skip
        self.ellipse(*start, thick, thick, fill)
        self.ellipse(*end, thin, thin, fill)

    def gradient(self, stops: Sequence[tuple[float, str | Colour]]) -> None:
        """Fill everything with colours from top to bottom; places are heights in the drawing."""
        rows = np.arange(self.image.height)
        heights = (rows / self.image.height - 0.5) / self.zoom + self.centre[1]
        places = [place for place, _ in stops]
        columns = [np.interp(heights, places, [rgb(colour)[part] for _, colour in stops]) for part in range(3)]
        strip = np.stack([*columns, np.full(len(rows), 255)], axis=-1)
        noise = np.random.default_rng(5).random((len(rows), 8, 1)) - 0.5
        band = np.clip(
            np.rint(strip[:, None, :] + np.concatenate([noise.repeat(3, 2), np.zeros_like(noise)], 2)), 0, 255
        )
        tile = np.tile(band.astype(np.uint8), (1, -(-self.image.width // 8), 1))[:, : self.image.width]
        self.image.paste(Image.fromarray(np.ascontiguousarray(tile)))

    def glow(self, x: float, y: float, reach: float, fill: str | Colour, strength: float) -> None:
        """Light that falls off from a point."""
        px, py = self.at((x, y))
        radius = self.length(reach)
        left, top = max(int(px - radius), 0), max(int(py - radius), 0)
        right, bottom = min(int(px + radius) + 1, self.image.width), min(int(py + radius) + 1, self.image.height)
        if right <= left or bottom <= top:
            return
        # A quarter of the fineness is enough for what is soft.
        ys, xs = np.mgrid[top:bottom:4, left:right:4]
        away = np.clip(np.hypot(xs - px, ys - py) / radius, 0, 1)
        cover = ((1 - away) ** 2 * strength * 255).astype(np.uint8)
        mask = Image.fromarray(cover).resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        layer = Image.new("RGBA", mask.size, (*rgb(fill), 255))
        layer.putalpha(mask)
        self.image.alpha_composite(layer, (left, top))

    def blur(self, reach: float) -> None:
        """Throw all that is drawn so far out of focus, by a share of the picture's height."""
        radius = reach * self.image.height
        if radius < 0.6:
            return
        small = self.image.resize((self.image.width // 4, self.image.height // 4), Image.Resampling.BOX)
        small = small.filter(ImageFilter.GaussianBlur(radius / 4))
        self.image.paste(small.resize(self.image.size, Image.Resampling.BICUBIC))
        self._draw = ImageDraw.Draw(self.image)

    def tint(self, fill: str | Colour, share: float) -> None:
        """Draw all colours towards one, leaving what is see-through as it is."""
        layer = Image.new("RGBA", self.image.size, (*rgb(fill), 255))
        alpha = self.image.getchannel("A")
        self.image = Image.blend(self.image, layer, share)
        self.image.putalpha(alpha)
        self._draw = ImageDraw.Draw(self.image)

    def rim(self, fill: str | Colour, shift: float, strength: float) -> None:
        """Light along one edge of everything drawn: what its own shape, moved aside, does not cover."""
        alpha = self.image.getchannel("A")
        moved = ImageChops.offset(alpha, round(shift * self.image.height), round(abs(shift) * 0.35 * self.image.height))
        edge = ImageChops.subtract(alpha, moved).filter(ImageFilter.GaussianBlur(self.image.height / 500))
        edge = ImageChops.multiply(edge, alpha).point(lambda value: round(value * strength))
        layer = Image.new("RGBA", self.image.size, (*rgb(fill), 255))
        layer.putalpha(edge)
        self.image.alpha_composite(layer)

    def result(self) -> NDArray[np.uint8]:
        """The picture at its size, RGBA, uint8, shape (h, w, 4)."""
        return np.asarray(self.image.reduce(_TIMES))
