"""Where a label finds room: beside its point, off the lines and other labels, inside its box."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rushlight.timeline.layout import Box

__all__ = ["along", "free_place"]


def along(points: Sequence[tuple[float, float]], step_px: float = 3.0) -> NDArray[np.float64]:
    """Points strung along a line through some points, float64, shape (n, 2): what a label must not cover."""
    if not points:
        return np.zeros((0, 2))
    strung = [np.array([points[0]], dtype=np.float64)]
    for a, b in zip(points, points[1:], strict=False):
        count = max(int(np.hypot(b[0] - a[0], b[1] - a[1]) / step_px), 1)
        share = np.linspace(0, 1, count + 1)[1:, None]
        strung.append(np.array(a) * (1 - share) + np.array(b) * share)
    return np.concatenate(strung)


def free_place(
    point: tuple[float, float],
    size: tuple[int, int],
    bounds: Box,
    covered: NDArray[np.float64],
    taken: Sequence[Box] = (),
    *,
    gap_px: float,
) -> tuple[int, int, bool]:
    """The freest place for a label near its point.

    Above, below, right, left and the corners are tried first, then the whole box on a grid; a place is the better
    the nearer it lies, and worthless when it covers a line or another label.

    Args:
        point: what the label speaks of.
        size: width and height of the label.
        bounds: the label stays inside.
        covered: points it must not cover, shape (n, 2).
        taken: boxes it must not meet.
        gap_px: how far it keeps from its point and from lines.

    Returns:
        Left and top of the label, and whether the place is free of all it should keep off.
    """
    wide, tall = size
    x, y = point
    near = [
        (x - wide / 2, y - gap_px - tall), (x - wide / 2, y + gap_px), (x + gap_px, y - tall / 2),
        (x - gap_px - wide, y - tall / 2), (x + gap_px * 0.7, y - gap_px * 0.7 - tall),
        (x - gap_px * 0.7 - wide, y - gap_px * 0.7 - tall), (x + gap_px * 0.7, y + gap_px * 0.7),
        (x - gap_px * 0.7 - wide, y + gap_px * 0.7),
    ]  # fmt: skip
    columns = np.linspace(bounds.left, max(bounds.right - wide, bounds.left), 28)
    rows = np.linspace(bounds.top, max(bounds.bottom - tall, bounds.top), 28)
    tried = [*near, *((float(column), float(row)) for row in rows for column in columns)]
    best: tuple[float, int, int, bool] | None = None
    for number, (left, top) in enumerate(tried):
        kept = (
            min(max(left, bounds.left), max(bounds.right - wide, bounds.left)),
            min(max(top, bounds.top), max(bounds.bottom - tall, bounds.top)),
        )
        box = Box(round(kept[0]), round(kept[1]), round(kept[0]) + wide, round(kept[1]) + tall)
        clear = _clearance(box, covered)
        from_point = _clearance(box, np.array([point]))
        is_free = (
            clear >= gap_px * 0.45 and from_point >= gap_px * 0.45 and not any(box.meets(other) for other in taken)
        )
        cost = from_point + abs(box.left + wide / 2 - x) * 0.2 + (0.0 if number < len(near) else gap_px)
        cost += -0.35 * min(clear, 3 * gap_px) + (0.0 if is_free else 1e4 - 10 * min(clear, gap_px))
        if best is None or cost < best[0] - 1e-9:
            best = (cost, box.left, box.top, is_free)
    assert best is not None
    return best[1], best[2], best[3]


def _clearance(box: Box, points: NDArray[np.float64]) -> float:
    """How far the nearest of some points lies from a box; 0 when it is inside."""
    if not len(points):
        return 1e6
    across = np.maximum(np.maximum(box.left - points[:, 0], points[:, 0] - box.right), 0)
    down = np.maximum(np.maximum(box.top - points[:, 1], points[:, 1] - box.bottom), 0)
    return float(np.hypot(across, down).min())
