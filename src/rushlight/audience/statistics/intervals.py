"""Confidence intervals of shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["wilson"]

Floats = NDArray[np.float64]


def wilson(share: Floats, count: float, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's score interval of shares out of `count`, which need not be whole: an effective size may be given.

    Returns:
        Lower and upper bounds, float64, each between 0 and 1.

    Reference:
        Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    if count <= 0:
        return np.zeros_like(share), np.ones_like(share)
    z = float(norm.ppf(0.5 + confidence / 2))
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * np.sqrt(np.maximum(share * (1 - share) / count + z * z / (4 * count * count), 0))
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)
