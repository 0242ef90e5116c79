"""Drawn heads that the face detector takes for people: for tests that must not carry anybody's likeness."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Drawn:
    """What somebody looks like."""

    skin: tuple[int, int, int] = (205, 160, 130)
    hair: tuple[int, int, int] = (60, 40, 30)
    shirt: tuple[int, int, int] = (40, 70, 150)
    long_hair: bool = False
    beard: bool = False
    glasses: bool = False


ANNA = Drawn(skin=(224, 182, 156), hair=(120, 70, 35), shirt=(190, 60, 50), long_hair=True)
BERT = Drawn(skin=(176, 130, 100), hair=(30, 25, 25), shirt=(50, 90, 60), beard=True, glasses=True)


def draw_person(picture: NDArray[np.uint8], who: Drawn, middle: tuple[float, float], face_px: float) -> None:
    """Draw head and shoulders into an RGB picture, in place.

    Args:
        picture: (height, width, 3).
        who: their looks.
        middle: of the face, in pixels.
        face_px: height of the face from hairline to chin.
    """
    side = 240
    over = np.zeros((side * 2, side * 2, 3), np.uint8)
    mask = np.zeros((side * 2, side * 2), np.uint8)
    _body(over, mask, who)
    _head(over, who, mask)
    over = cv2.GaussianBlur(over, (0, 0), 1.2)
    scale = face_px / 120
    move = np.array([[scale, 0, middle[0] - 240 * scale], [0, scale, middle[1] - 200 * scale]])
    size = (picture.shape[1], picture.shape[0])
    laid = cv2.warpAffine(over, move, size, flags=cv2.INTER_AREA)
    share = cv2.warpAffine(mask, move, size, flags=cv2.INTER_AREA)[..., None] / 255
    picture[:] = (picture * (1 - share) + laid * share).astype(np.uint8)


def _body(over: NDArray[np.uint8], mask: NDArray[np.uint8], who: Drawn) -> None:
    for canvas, colour in ((over, who.shirt), (mask, 255)):
        cv2.ellipse(canvas, (240, 470), (150, 170), 0, 180, 360, colour, -1)
    for canvas, colour in ((over, tuple(int(c * 0.85) for c in who.skin)), (mask, 255)):
        cv2.rectangle(canvas, (215, 240), (265, 320), colour, -1)
    if who.long_hair:
        for canvas, colour in ((over, who.hair), (mask, 255)):
            cv2.ellipse(canvas, (240, 215), (82, 120), 0, 0, 360, colour, -1)


def _head(over: NDArray[np.uint8], who: Drawn, mask: NDArray[np.uint8]) -> None:
    for canvas, colour in ((over, who.hair), (mask, 255)):
        cv2.ellipse(canvas, (240, 180), (70, 82), 0, 0, 360, colour, -1)
    for canvas, colour in ((over, who.skin), (mask, 255)):
        cv2.ellipse(canvas, (240, 205), (56, 74), 0, 0, 360, colour, -1)
    shade = tuple(int(c * 0.8) for c in who.skin)
    dark = tuple(int(c * 0.45) for c in who.skin)
    cv2.ellipse(over, (240, 140), (56, 26), 0, 0, 360, who.hair, -1)
    if who.beard:
        cv2.ellipse(over, (240, 255), (46, 28), 0, 0, 360, who.hair, -1)
    for across in (-1, 1):
        eye = (240 + 23 * across, 192)
        cv2.ellipse(over, eye, (15, 11), 0, 0, 360, shade, -1)
        cv2.ellipse(over, eye, (10, 5), 0, 0, 360, (235, 230, 225), -1)
        cv2.circle(over, eye, 5, (40, 30, 25), -1)
        cv2.ellipse(over, (eye[0], 177), (14, 5), 0, 190, 350, who.hair, 4)
        if who.glasses:
            cv2.circle(over, eye, 18, (20, 20, 20), 2)
    cv2.line(over, (236, 192), (234, 218), shade, 5)
    cv2.ellipse(over, (240, 221), (11, 6), 0, 0, 180, shade, -1)
    for across in (-5, 5):
        cv2.circle(over, (240 + across, 223), 2, dark, -1)
    cv2.ellipse(over, (240, 244), (19, 6), 0, 0, 360, (165, 80, 80), -1)
    cv2.line(over, (222, 244), (258, 244), (90, 40, 40), 2)
    cv2.ellipse(over, (240, 205), (55, 73), 0, 20, 160, shade, 3)


def room(size: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """A plain wall with soft stains: (height, width, 3)."""
    rng = np.random.default_rng(seed)
    high, wide = size
    coarse = rng.normal(0, 10, (6, 10, 3)).astype(np.float32)
    wall = rng.uniform(90, 190, 3) + cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.clip(wall, 0, 255).astype(np.uint8)
