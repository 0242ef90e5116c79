"""How the camera and what it sees move between two pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Motion", "motion_between"]


@dataclass(frozen=True)
class Motion:
    """Between two pictures, in shares of the picture's width."""

    across: float
    down: float
    zoom: float
    """Growth: 0.01 for one per cent larger."""
    subject: float
    """Mean motion left over once the camera's is taken off, of the parts that move on their own."""
    moving_share: float
    """Share of the picture that moves on its own."""


def motion_between(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Motion:
    """Dense optical flow (DIS), and the similarity transform that explains most of it.

    Args:
        before: luma, (height, width).
        after: the same size.

    Reference:
        Kroeger et al. 2016, "Fast optical flow using dense inverse search".
    """
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    flow = finder.calc(before, after, None)  # type: ignore[call-overload]
    high, wide = before.shape
    # Where there is no structure, flow means nothing.
    structure = cv2.blur(np.abs(cv2.Laplacian(before, cv2.CV_32F)), (9, 9))
    y, x = np.mgrid[4 : high - 4 : 6, 4 : wide - 4 : 6]
    told = structure[y, x] > 2.0
    if told.sum() < 12:
        return Motion(0.0, 0.0, 0.0, 0.0, 0.0)
    points = np.stack([x[told], y[told]], axis=1).astype(np.float32)
    moved = flow[y[told], x[told]]
    found: Any = cv2.estimateAffinePartial2D(points, points + moved, ransacReprojThreshold=1.0, maxIters=200)
    matrix = found[0]
    if matrix is None:
        return Motion(0.0, 0.0, 0.0, 0.0, 0.0)
    centre = np.array([wide / 2, high / 2])
    shift = matrix[:, :2] @ centre + matrix[:, 2] - centre
    zoom = float(np.hypot(matrix[0, 0], matrix[1, 0])) - 1.0
    own = np.hypot(*(points + moved - (points @ matrix[:, :2].T + matrix[:, 2])).T)
    moving = own > 0.8
    subject = float(own[moving].mean()) / wide if moving.any() else 0.0
    return Motion(float(shift[0]) / wide, float(shift[1]) / wide, zoom, subject, float(moving.mean()))
