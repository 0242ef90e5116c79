"""Pictures of what was seen: patches that differ drawn over the picture, and evidence along time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

__all__ = ["draw_map", "draw_times"]

_WIDTH_PX, _TIMES_PX = 720, (720, 180)
_FAINT, _STRONG = (68, 119, 170), (204, 51, 17)


def draw_map(
    picture: NDArray[np.uint8],
    differs: NDArray[np.float64],
    boxes: Sequence[tuple[float, float, float, float]],
    path: Path,
) -> None:
    """Draw how much each part of a picture differs from the rest, and frames around places.

    Args:
        picture: RGB, (height, width, 3).
        differs: evidence of each patch on its grid, (rows, columns).
        boxes: left, top, width, height in pixels of the picture.
        path: a PNG file.
    """
    scale = min(_WIDTH_PX / picture.shape[1], 1.0)
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    grey = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    low, high = np.percentile(differs, [5, 99])
    heat = np.clip((differs - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)
    strength = cv2.resize(heat, size, interpolation=cv2.INTER_CUBIC).clip(0, 1)[..., None]
    colour = np.array(_FAINT) * (1 - strength) + np.array(_STRONG) * strength
    drawn = np.repeat(grey[..., None], 3, axis=2) * 0.62 + colour * 0.38
    image = Image.fromarray(drawn.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for left, top, wide, tall in boxes:
        corners = [left * scale, top * scale, (left + wide) * scale, (top + tall) * scale]
        pen.rectangle(corners, outline=(255, 214, 0), width=3)
    image.save(path)


def draw_times(times: Sequence[float], values: Sequence[float], length: float, path: Path) -> None:
    """Draw evidence along time: above the line for a machine, below for a person.

    Args:
        times: where each stretch begins, in seconds.
        values: evidence of each.
        length: of the whole, in seconds.
        path: a PNG file.
    """
    wide, high = _TIMES_PX
    image = Image.new("RGB", (wide, high), (250, 250, 248))
    pen = ImageDraw.Draw(image)
    most = max(4.0, *(abs(value) for value in values))
    middle = high / 2
    for time, value in zip(times, values, strict=True):
        left, right = wide * time / max(length, 1e-9), wide * min(time + 4, length) / max(length, 1e-9)
        end = middle - value / most * (middle - 12)
        colour = _STRONG if value > 0 else _FAINT
        pen.rectangle([left, min(middle, end), max(right - 2, left + 1), max(middle, end)], fill=colour)
    pen.line([0, middle, wide, middle], fill=(90, 90, 90), width=1)
    pen.text((6, 4), "machine", fill=(90, 90, 90))
    pen.text((6, high - 16), "person", fill=(90, 90, 90))
    image.save(path)
