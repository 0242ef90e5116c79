"""Colours of pictures as histograms that can be compared."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["colour_histogram", "hellinger", "hellinger_table"]

_HUES, _LIGHTS, _GREYS = 8, 3, 6
# Below this saturation (of 255) a colour is a grey to the eye.
_GREY = 38


def colour_histogram(frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Shares of 8 hues at 3 brightnesses and of 6 greys, summing to 1.

    Args:
        frames: RGB, (n, height, width, 3).
    """
    flat = frames.reshape(1, -1, 3)
    hsv = cv2.cvtColor(flat, cv2.COLOR_RGB2HSV)[0].astype(np.int32)
    grey = (hsv[:, 1] < _GREY) | (hsv[:, 2] < 30)
    hue = np.minimum((hsv[:, 0] + 11) % 180 * _HUES // 180, _HUES - 1)
    light = np.minimum(hsv[:, 2] * _LIGHTS // 256, _LIGHTS - 1)
    place = np.where(grey, _HUES * _LIGHTS + hsv[:, 2] * _GREYS // 256, hue * _LIGHTS + light)
    counts = np.bincount(place, minlength=_HUES * _LIGHTS + _GREYS).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1.0))


def hellinger(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Distance of two histograms, 0 (the same) to 1 (nothing in common)."""
    return float(np.sqrt(max(1.0 - np.sqrt(one * other).sum(), 0.0)))


def hellinger_table(histograms: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Distance of each of n histograms to each other, shape (n, n)."""
    roots = np.sqrt(np.array(histograms, np.float64))
    apart = np.sqrt(np.maximum(1.0 - roots @ roots.T, 0.0))
    # A histogram of a hundred rounded shares is not quite at 0 from itself.
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart)
