"""Where a picture hides a mark, and what is left of it when everything that is plain to see is taken out.

Embedding and reading see a picture alike: small, without its slow changes, and each place measured by how much goes on
around it. So the mark is strong where the picture is busy, and every place counts as much as it is worth.

Reference:
    Malvar, Florêncio 2003, "Improved spread spectrum" (the host taken into account while embedding).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["mask_of", "whitened"]

Light = NDArray[np.float32]
_WINDOW_SAMPLES = 5
_MOST_LEVELS = 8.0
_AROUND_SAMPLES = 2.0
_FLOOR_LEVELS = 1.5
_EVEN_SHARE = 0.6
"""Of the mark, where nothing at all goes on."""
_BUSY_SHARE = 0.4
_TRUST = 1.5
"""Power by which quiet places count for more."""


def whitened(light: Light) -> tuple[Light, Light]:
    """What a small picture says of the mark, and how much goes on at each place, in grey levels.

    The median takes edges out without a halo, so a line or a letter does not drown what lies beside it. What is left is
    limited, and counts by what a mark would be there against what else is.
    """
    fast = np.clip(light - cv2.medianBlur(light, _WINDOW_SAMPLES), -_MOST_LEVELS, _MOST_LEVELS)
    power = cv2.GaussianBlur(fast * fast, (0, 0), _AROUND_SAMPLES, borderType=cv2.BORDER_REFLECT)
    busy = np.sqrt(np.maximum(power, 0))
    noise = busy + np.float32(_FLOOR_LEVELS)
    worth = (mask_of(busy) / noise) ** np.float32(_TRUST)
    return np.clip(fast / noise, -1, 1) * worth, busy


def mask_of(busy: Light) -> Light:
    """How strong the mark may be at each place, relative to others: noise hides best in texture."""
    return np.float32(_EVEN_SHARE) + np.float32(_BUSY_SHARE) * np.sqrt(busy)
