"""Whether two pictures show the same view, perhaps a little moved."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["same_view", "view_of"]

_WIDE, _HIGH = 48, 27


def view_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What of a picture is kept for comparing: luma at 48 × 27."""
    return np.asarray(cv2.resize(grey, (_WIDE, _HIGH), interpolation=cv2.INTER_AREA), np.uint8)


def same_view(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    """How well the middle of one view is found somewhere in the other: 1 for the same, moved by up to a fifth.

    Args:
        before: a view, (27, 48).
        after: another.

    Returns:
        The best normalised correlation, −1 to 1; 0 where the view is too plain to tell.
    """
    part = before[_HIGH // 4 : _HIGH - _HIGH // 4, _WIDE // 5 + 1 : _WIDE - _WIDE // 5 - 1]
    if part.std() < 6:
        return 0.0
    return float(cv2.matchTemplate(after, part, cv2.TM_CCOEFF_NORMED).max())
