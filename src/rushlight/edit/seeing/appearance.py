"""What people look like, to tell them apart within one film: their faces, hair and clothes, compared and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.edit.seeing.colours import colour_histogram, hellinger

__all__ = ["Appearance", "apart", "look_at"]

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
Points = tuple[tuple[float, float], ...]

# A face is laid out so that its eyes lie here, in a square of this side.
_SIDE = 64
_EYES = ((0.31, 0.40), (0.69, 0.40))
_MOUTH = (0.50, 0.78)
_CELLS = 4
_AROUND = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
# Clothes are looked at below the chin, in widths and heights of the face's box.
_CLOTHES_WIDE, _CLOTHES_FROM, _CLOTHES_TO = 2.0, 0.8, 2.2
# Compared are the looks that are most alike: the best few of faces, since people turn; the nearest third of colours.
_BEST = 3
# How far looks of two people are usually apart in face, hair and clothes, and how much each says.
_USUAL, _WEIGHTS = np.array([0.33, 0.6, 0.6]), np.array([4.0, 1.0, 2.0])


@dataclass(frozen=True)
class Appearance:
    """One look at a person. It lives while a film is worked on and is never written down."""

    face: Floats
    """Texture: how often each local pattern occurs in each of 4 × 4 cells, length 1."""
    hair: Floats
    """Histogram of colours above the brows."""
    clothes: Floats | None
    """Histogram of colours below the chin; None where that is out of the picture."""


def look_at(picture: Picture, box: Box, points: Points | None) -> Appearance | None:
    """Take in one face.

    Args:
        picture: RGB, (height, width, 3), upright.
        box: the face: left, top, width, height in pixels.
        points: eyes, nose, mouth and ears, or None where they are not known.

    Returns:
        None where too little of the face lies in the picture.
    """
    high, wide = picture.shape[:2]
    x, y, w, h = box
    inside = max(min(x + w, wide) - max(x, 0), 0) * max(min(y + h, high) - max(y, 0), 0)
    if inside < 0.6 * w * h or min(w, h) < 8:
        return None
    laid = _laid_out(picture, box, points)
    return Appearance(_texture(laid), colour_histogram(laid[None, :9]), _clothes(picture, box))


def apart(one: Sequence[Appearance], other: Sequence[Appearance]) -> float:
    """How far two people's looks are apart: about 1 for two people, mostly below 0.8 for one.

    Args:
        one: at least one look.
        other: at least one look.
    """
    faces = 1 - np.stack([look.face for look in one]) @ np.stack([look.face for look in other]).T
    hair = [hellinger(a.hair, b.hair) for a in one for b in other]
    clothes = [
        hellinger(a.clothes, b.clothes)
        for a in one for b in other if a.clothes is not None and b.clothes is not None
    ]  # fmt: skip
    parts = np.array([_nearest(faces.ravel().tolist(), _BEST), _nearest(hair), _nearest(clothes)])
    known = ~np.isnan(parts)
    return float((parts / _USUAL * _WEIGHTS)[known].sum() / _WEIGHTS[known].sum())


def _nearest(distances: Sequence[float], count: int | None = None) -> float:
    """Mean of the smallest: this many, or a third."""
    if not distances:
        return float("nan")
    return float(np.mean(sorted(distances)[: count or max(len(distances) // 3, 1)]))


def _laid_out(picture: Picture, box: Box, points: Points | None) -> Picture:
    """The face with its eyes and mouth in their places, or its box alone."""
    x, y, w, h = box
    if points is not None:
        given = np.array([points[0], points[1], points[3]], np.float32)
        wanted = np.array([*_EYES, _MOUTH], np.float32) * _SIDE
        turn, _ = cv2.estimateAffinePartial2D(given, wanted, method=cv2.LMEDS)
        if turn is not None and 0.5 < np.hypot(turn[0, 0], turn[1, 0]) * max(w, h) / _SIDE < 1.6:
            laid = cv2.warpAffine(picture, turn, (_SIDE, _SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(laid, np.uint8)
    side = 1.15 * max(w, h)
    scale = _SIDE / side
    move = np.array([[scale, 0, _SIDE / 2 - (x + w / 2) * scale], [0, scale, _SIDE / 2 - (y + h / 2) * scale]])
    laid = cv2.warpAffine(picture, move, (_SIDE, _SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.uint8)


def _texture(laid: Picture) -> Floats:
    """Local binary patterns: for each pixel, which of its 8 neighbours are brighter.

    Reference:
        Ahonen, Hadid and Pietikäinen 2006, "Face description with local binary patterns".
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(laid, cv2.COLOR_RGB2GRAY), (0, 0), 1.0).astype(np.int32)
    side = _SIDE - 2
    middle = grey[1:-1, 1:-1]
    pattern = np.zeros((side, side), np.int64)
    for bit, (down, across) in enumerate(_AROUND):
        pattern |= (grey[down : down + side, across : across + side] >= middle).astype(np.int64) << bit
    cell = np.minimum(np.arange(side) * _CELLS // side, _CELLS - 1)
    place = (cell[:, None] * _CELLS + cell) * 256 + pattern
    counts = np.sqrt(np.bincount(place.ravel(), minlength=_CELLS * _CELLS * 256).astype(np.float64))
    counts -= counts.mean()
    return np.asarray(counts / max(float(np.linalg.norm(counts)), 1e-9))


def _clothes(picture: Picture, box: Box) -> Floats | None:
    high, wide = picture.shape[:2]
    x, y, w, h = box
    left, right = int(x + w / 2 - _CLOTHES_WIDE * w / 2), int(x + w / 2 + _CLOTHES_WIDE * w / 2)
    top, bottom = int(y + h + _CLOTHES_FROM * h), int(y + h + _CLOTHES_TO * h)
    seen = picture[max(top, 0) : max(min(bottom, high), 0), max(left, 0) : max(min(right, wide), 0)]
    if seen.shape[0] < 0.3 * (bottom - top) or seen.shape[1] < 0.6 * (right - left) or seen.size < 300:
        return None
    return colour_histogram(np.ascontiguousarray(seen).reshape(1, *seen.shape))
