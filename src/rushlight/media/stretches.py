"""Stretches of frames, or of other equal steps, in which something holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["runs"]


def runs(on: NDArray[np.bool_], *, least: int = 1, bridged: int = 0) -> list[tuple[int, int]]:
    """Where a condition holds: (first, one past the last), short holes bridged, then short runs left out.

    Args:
        on: whether it holds at each step, shape (n,).
        least: shortest run that counts, in steps.
        bridged: longest hole that does not end a run, in steps.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    found: list[tuple[int, int]] = []
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found and first - found[-1][1] <= bridged:
            found[-1] = (found[-1][0], end)
        else:
            found.append((first, end))
    return [(first, end) for first, end in found if end - first >= least]
