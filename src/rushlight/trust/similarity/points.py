"""Points of a picture that are found again after cropping, mirroring and coding, and whether two pictures share them.

References:
    Lowe 2004, "Distinctive image features from scale-invariant keypoints"; Arandjelović and Zisserman 2012, "Three
    things everyone should know to improve object retrieval" (square roots). Descriptors are kept as 128 signs.
    Fischler and Bolles 1981, "Random sample consensus".
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["LONG_SIDE_PX", "Points", "find_points", "shared"]

LONG_SIDE_PX = 480
_MOST_POINTS = 220
# Of 128 signs, as many may differ between two views of one point, and the second best must be so much worse.
_FARTHEST, _RATIO = 30, 0.85
_LEAST_SHARED, _LEAST_AGREEING = 8, 0.3
_MISSED_PX = 6.0
# Points on a logo or a caption alone do not make a picture the same.
_LEAST_AREA = 0.04
_SCALES = (0.2, 5.0)


@dataclass(frozen=True)
class Points:
    """Of one picture.

    Attributes:
        places: x and y at a long side of 480 pixels, float32, shape (n, 2).
        signs: two words of 64 signs, uint64, shape (n, 2).
        area: of the picture at that size, in pixels.
    """

    places: NDArray[np.float32]
    signs: NDArray[np.uint64]
    area: float


def find_points(picture: NDArray[np.uint8]) -> Points:
    """The strongest points of a picture.

    Args:
        picture: luma, shape (height, width).
    """
    scale = LONG_SIDE_PX / max(picture.shape)
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    found, descriptors = cv2.SIFT.create(_MOST_POINTS, contrastThreshold=0.02).detectAndCompute(small, None)
    area = float(size[0] * size[1])
    if descriptors is None or not len(found):
        return Points(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.uint64), area)
    strongest = np.argsort([-one.response for one in found], kind="stable")[:_MOST_POINTS]
    roots = np.sqrt(descriptors[strongest])
    signs = np.packbits(roots > np.median(roots, axis=1, keepdims=True), axis=1).view(np.uint64)
    places = np.array([found[int(one)].pt for one in strongest], np.float32)
    return Points(places, np.ascontiguousarray(signs), area)


def shared(one: Points, other: Points) -> int:
    """How many points of the one picture lie in the other under one scaling, turning and shifting; 0 for too few."""
    if min(len(one.places), len(other.places)) < _LEAST_SHARED:
        return 0
    far = np.bitwise_count(one.signs[:, None] ^ other.signs[None]).sum(axis=2, dtype=np.int16)
    nearest = far.argmin(axis=1)
    best = far[np.arange(len(far)), nearest]
    second = np.partition(far, 1, axis=1)[:, 1]
    kept = (best <= _FARTHEST) & (best < _RATIO * second)
    if kept.sum() < _LEAST_SHARED:
        return 0
    mine, theirs = one.places[kept], other.places[nearest[kept]]
    cv2.setRNGSeed(0)
    way, agree = cv2.estimateAffinePartial2D(mine, theirs, method=cv2.RANSAC, ransacReprojThreshold=_MISSED_PX)
    if way is None:
        return 0
    agreeing = agree.ravel().astype(bool)
    count = int(agreeing.sum())
    scale = float(np.hypot(way[0, 0], way[1, 0]))
    if count < _LEAST_SHARED or count < _LEAST_AGREEING * kept.sum() or not _SCALES[0] < scale < _SCALES[1]:
        return 0
    # Points may lie on top of each other: a place counts once.
    for points, area in ((mine[agreeing], one.area), (theirs[agreeing], other.area)):
        if len({(int(x) // 4, int(y) // 4) for x, y in points}) < _LEAST_SHARED - 2:
            return 0
        corners = cv2.convexHull(points.astype(np.float32))
        if cv2.contourArea(corners) < _LEAST_AREA * area:
            return 0
    return count
