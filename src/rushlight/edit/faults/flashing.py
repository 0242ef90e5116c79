"""Flashes that can harm people with photosensitive epilepsy.

A flash is a pair of opposing changes of relative luminance of at least 10 % of the maximum where the darker state is
below 80 %, or of saturated red, over at least a quarter of the picture; more than three within any second are a
danger. (WCAG 2.2, "general flash and red flash thresholds"; ITU-R BT.1702-3.)
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.media.stretches import runs

__all__ = ["flashing_spans", "frame_light"]

Floats = NDArray[np.float64]

_RISE, _DARKEST = 0.10, 0.80
_RED_RISE = 20 / 320
_AREA = 0.25
# A flash is there and back; the fourth within a second is one too many, and its return completes it.
_MOST_CHANGES = 7
# sRGB to linear light, for every 8-bit value (IEC 61966-2-1).
_LINEAR = np.array([v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255],
                   np.float32)  # fmt: skip


def frame_light(frame: NDArray[np.uint8], grid: tuple[int, int]) -> tuple[Floats, Floats]:
    """Relative luminance and saturated red, 0 to 1, of each part of a picture: two arrays of shape `grid`."""
    # A quarter of the picture is what counts, so a few dozen columns see it.
    linear = _LINEAR[cv2.resize(frame, (64, 36), interpolation=cv2.INTER_AREA)]
    light = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    total = linear.sum(axis=2)
    saturated = np.where(linear[..., 0] >= 0.8 * total, np.maximum(linear[..., 0] * 2 - total, 0), 0)
    parts = [
        cv2.resize(part.astype(np.float32), grid[::-1], interpolation=cv2.INTER_AREA) for part in (light, saturated)
    ]
    return parts[0].astype(np.float64), parts[1].astype(np.float64)


def flashing_spans(light: Floats, red: Floats, seconds: Floats) -> list[tuple[int, int, str, str]]:
    """Stretches with more than three flashes within a second.

    Args:
        light: relative luminance, (frames, rows, columns).
        red: saturated red, the same shape.
        seconds: time of each frame.

    Returns:
        First frame, one past the last, severity, and why.
    """
    found = []
    for values, rise, darkest, name in ((light, _RISE, _DARKEST, "flashes"), (red, _RED_RISE, 1.0, "red flashes")):
        if len(values) < 4:
            continue
        danger, most = _dangerous(values.reshape(len(values), -1), seconds, rise, darkest)
        for first, end in runs(danger, bridged=3):
            reason = f"{most[first:end].max() // 2} {name} within a second over a quarter of the picture or more"
            found.append((first, end, "error", reason))
    return found


def _dangerous(
    values: Floats, seconds: Floats, rise: float, darkest: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Frames within such a second, and how many changes the worst second around each holds."""
    changes = np.stack([_opposing(values[:, part], rise, darkest) for part in range(values.shape[1])], axis=1)
    # Only what changes the same way at once is a flash; things that move make some parts lighter and others darker.
    starts = _together((changes > 0).mean(axis=1), (changes < 0).mean(axis=1))
    danger, most = np.zeros(len(values), bool), np.zeros(len(values), np.int64)
    for place in range(len(starts)):
        inside = starts[(seconds[starts] >= seconds[starts[place]]) & (seconds[starts] < seconds[starts[place]] + 1.0)]
        if len(inside) > _MOST_CHANGES:
            danger[inside[0] : inside[-1] + 1] = True
            most[inside[0] : inside[-1] + 1] = np.maximum(most[inside[0] : inside[-1] + 1], len(inside))
    return danger, most


def _together(lighter: Floats, darker: Floats) -> NDArray[np.int64]:
    """Frames at which a quarter of the picture changes one way, in that frame or over it and the one before.

    What changes the other way at the same time is motion, and is taken off.

    Args:
        lighter: share of the picture that becomes lighter at each frame.
        darker: share that becomes darker.
    """
    found: list[int] = []
    for number in range(len(lighter)):
        fresh = not found or found[-1] < number - 1
        here = (lighter[number], darker[number])
        both = (here[0] + lighter[number - 1], here[1] + darker[number - 1]) if number and fresh else here
        if max(abs(here[0] - here[1]), abs(both[0] - both[1])) >= _AREA:
            found.append(number)
    return np.array(found, np.int64)


def _opposing(values: Floats, rise: float, darkest: float) -> NDArray[np.int8]:
    """Where a luminance has moved far enough from its last turn: 1 for each rise, −1 for each fall."""
    marks = np.zeros(len(values), np.int8)
    low = high = float(values[0])
    way = 0
    for number, value in enumerate(values.tolist()):
        if way <= 0 and value - low >= rise and low < darkest:
            marks[number], way, high = 1, 1, value
        elif way >= 0 and high - value >= rise and value < darkest:
            marks[number], way, low = -1, -1, value
        low, high = (min(low, value), max(high, value))
        # Only the turn that would end the present way counts from here.
        if way > 0:
            low = value
        elif way < 0:
            high = value
    return marks
