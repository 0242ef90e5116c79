"""The colours of a photograph, by name, so that "the blue train" finds the blue one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from rushlight.media.decode import read_still

__all__ = ["COLOUR_WORDS", "name_colours"]

COLOUR_WORDS = frozenset("black white grey red orange yellow green blue purple pink brown".split())
# Upper ends of the hues, in degrees, from red round to red.
_HUES = ((15, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (255, "blue"), (290, "purple"), (340, "pink"))
_LEAST_SHARE = 0.15


def name_colours(path: Path) -> frozenset[str]:
    """Names of the colours that each fill at least 15 % of a still.

    Dull pixels count as black, grey or white by their brightness, dark orange as brown.
    """
    small = cv2.resize(read_still(path), (64, 64), interpolation=cv2.INTER_AREA)
    hue, saturation, value = (plane.ravel() for plane in cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2HSV)))
    degrees = hue.astype(np.int32) * 2
    names = np.full(hue.shape, "red", dtype="<U6")
    lower = 0
    for upper, name in _HUES:
        names[(degrees >= lower) & (degrees < upper)] = name
        lower = upper
    names[(names == "orange") & (value < 150)] = "brown"
    dull = saturation < 45
    names[dull] = np.where(value[dull] > 190, "white", "grey")
    names[value < 45] = "black"
    found, counts = np.unique(names, return_counts=True)
    return frozenset(str(name) for name, count in zip(found, counts, strict=True) if count >= _LEAST_SHARE * names.size)
