"""Reading the history of a picture off its patches, with the network in this package."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PATCH_PX", "Patches", "history_revision", "read_patches"]

PATCH_PX = 64
_WEIGHTS = Path(__file__).with_name("history.onnx")
_CARD = Path(__file__).with_name("history.json")
# As many patches are looked at as tell a picture apart in a second.
_MOST_PATCHES, _LEAST_STEP_PX, _AT_ONCE = 420, 12, 128

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Patches:
    """What patches on a regular grid say.

    Attributes:
        left: of each patch in pixels, shape (n,).
        top: of each, shape (n,).
        rows: of the grid.
        columns: of the grid.
        evidence: log odds that two were made otherwise, shape (n, n).
        says: how much each says at all, 0 to 1, shape (n,).
        enlarged: log odds that each was enlarged, shape (n,).
        contrast: standard deviation of each one's luma, shape (n,).
    """

    left: NDArray[np.int64]
    top: NDArray[np.int64]
    rows: int
    columns: int
    evidence: Floats
    says: Floats
    enlarged: Floats
    contrast: Floats


def history_revision() -> str:
    """Which weights these are."""
    return hashlib.sha256(_WEIGHTS.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _network() -> tuple[Any, float, float]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    card = json.loads(_CARD.read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(str(_WEIGHTS), options, providers=["CPUExecutionProvider"])
    return session, float(card["scale"]), float(card["apart"])


def read_patches(luma: NDArray[np.uint8]) -> Patches | None:
    """Look at a picture, patch by patch.

    Args:
        luma: shape (height, width), full range.

    Returns:
        None where the picture is too small to compare patches of it.
    """
    high, wide = luma.shape
    if min(high, wide) < 2 * PATCH_PX:
        return None
    places = (high - PATCH_PX + 1) * (wide - PATCH_PX + 1)
    step = max(int(math.sqrt(places / _MOST_PATCHES)), _LEAST_STEP_PX)
    tops, lefts = np.arange(0, high - PATCH_PX + 1, step), np.arange(0, wide - PATCH_PX + 1, step)
    grid = [(int(top), int(left)) for top in tops for left in lefts]
    patches = np.stack([luma[top : top + PATCH_PX, left : left + PATCH_PX] for top, left in grid])
    network, scale, apart = _network()
    answer = np.concatenate(
        [
            network.run(None, {"patches": patches[first : first + _AT_ONCE, None].astype(np.float32)})[0]
            for first in range(0, len(patches), _AT_ONCE)
        ]
    ).astype(np.float64)
    numbers, says = answer[:, :-2], 1 / (1 + np.exp(-answer[:, -2]))
    squares = (numbers**2).sum(1)
    far = np.maximum(squares[:, None] + squares[None] - 2 * numbers @ numbers.T, 0)
    return Patches(
        np.array([left for _, left in grid]), np.array([top for top, _ in grid]), len(tops), len(lefts),
        says[:, None] * says[None] * scale * (far - apart), says, answer[:, -1], patches.std((1, 2)),
    )  # fmt: skip
