"""The Monk Skin Tone scale: ten tones, from light (1) to dark (10), and which a face is nearest to.

Reference:
    Monk 2019 (scale and its colours as published by Google under CC BY 4.0 at skintone.google).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["MONK_TONES", "MeasuredTone", "measure_tone", "tone_group"]

MONK_TONES = (
    "#f6ede4", "#f3e7db", "#f7ead0", "#eadaba", "#d7bd96", "#a07e56", "#825c43", "#604134", "#3a312a", "#292420",
)  # fmt: skip
"""Colours of the ten tones in sRGB."""

# Of a face box, the part that is cheeks, nose and forehead: left, top, right, bottom.
_SKIN = (0.22, 0.18, 0.78, 0.78)
# Of the pixels there, those kept: highlights, lips, brows, glasses and shadow lie outside.
_DARKEST, _LIGHTEST = 0.25, 0.85
_FEWEST_PIXELS = 64
# The yellowest tones of the scale have an a* of about −2.
_LEAST_RED = -3.0
# Light alone moves the same face by about as much as this, in lightness L*.
_LIGHT_DOUBT = 6.0


@dataclass(frozen=True)
class MeasuredTone:
    """What a picture says of a tone; the light it was taken in says as much, so a person decides.

    Attributes:
        tone: the nearest tone, 1 to 10.
        lightest: the lightest tone that is still likely.
        darkest: the darkest tone that is still likely.
        colour: the measured colour, `#rrggbb`.
    """

    tone: int
    lightest: int
    darkest: int
    colour: str


def measure_tone(picture: NDArray[np.uint8], box: tuple[float, float, float, float]) -> MeasuredTone | None:
    """Tone of the skin in a face: the median of its middle tones, matched in CIELAB.

    Args:
        picture: sRGB, (height, width, 3), uint8.
        box: left, top, width, height of the face in pixels.

    Returns:
        None where the face is too small or has no skin colours: a drawing, a black and white picture.
    """
    left, top, wide, high = box
    x0, y0 = max(round(left + wide * _SKIN[0]), 0), max(round(top + high * _SKIN[1]), 0)
    x1, y1 = round(left + wide * _SKIN[2]), round(top + high * _SKIN[3])
    patch = picture[y0:y1, x0:x1].reshape(-1, 3)
    if len(patch) < _FEWEST_PIXELS:
        return None
    lab = _lab(patch)
    order = np.argsort(lab[:, 0], kind="stable")
    kept = order[int(len(order) * _DARKEST) : max(int(len(order) * _LIGHTEST), 1)]
    middle = np.median(lab[kept], axis=0)
    # Skin of every tone is yellow to red; grey, blue and green are not skin in white light.
    if middle[1] < _LEAST_RED or middle[2] < 1:
        return None
    far = [float(np.linalg.norm(middle - tone)) for tone in _tones()]
    likely = [
        number
        for number, tone in enumerate(_tones(), 1)
        if abs(float(tone[0] - middle[0])) <= _LIGHT_DOUBT or number == int(np.argmin(far)) + 1
    ]
    colour = np.median(patch[kept], axis=0).astype(int)
    return MeasuredTone(
        int(np.argmin(far)) + 1, min(likely), max(likely), "#" + "".join(f"{int(value):02x}" for value in colour)
    )


def tone_group(tone: int) -> str:
    """The three groups that figures are given for: light (1–3), medium (4–7), dark (8–10)."""
    return "light" if tone <= 3 else "medium" if tone <= 7 else "dark"


def _lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    pixels = rgb.reshape(1, -1, 3).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab)[0], np.float64)


def _tones() -> NDArray[np.float64]:
    colours = [[int(one[place : place + 2], 16) for place in (1, 3, 5)] for one in MONK_TONES]
    return _lab(np.array(colours, np.uint8))
