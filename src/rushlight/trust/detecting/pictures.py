"""What a picture keeps of how it was made: one history or two, enlarged or not, and faces that were made apart.

The history network (`models/forgery_detector`) gives evidence for every pair of patches. A picture that was put
together falls into two stretches between which patches differ, and within which they do not; a face that was put in
differs from what is around it. Such numbers are weighed by a line that was calibrated on changed and unchanged
pictures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.models.forgery_detector.patches import PATCH_PX, Patches
from rushlight.trust.detecting.bayes import Calibrated
from rushlight.trust.detecting.sharpness import sharpness_map, sharpness_numbers

__all__ = ["KINDS", "Box", "PictureNumbers", "calibrations", "measure_picture"]

KINDS: dict[str, tuple[str, ...]] = {
    "enlarged": (
        "enlarged, middle", "enlarged, rough middle", "enlarged, rough high", "enlarged, rough low", "says",
        "sharp, middle", "sharp, high", "sharp, highest", "recurs", "recurs by coding", "spectrum bends",
        "spectrum falls", "spectrum depth",
    ),
    "put together": (
        "two stretches", "between them", "within them", "in one piece", "share", "contrast apart", "compact",
        "apart on the whole", "says",
    ),
    "face": ("face differs", "face enlarged", "face softer", "says"),
}  # fmt: skip
"""Kinds of change that are judged, and the numbers that speak of each."""

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""

_BLOCK_PX = 16
_SEEDS, _LEAST_SHARE, _LEAST_PATCHES = 36, 0.03, 6
_CARD = Path(__file__).with_name("pictures.json")


@dataclass(frozen=True)
class PictureNumbers:
    """What was measured.

    Attributes:
        numbers: by name, as the calibration takes them.
        smaller: for each patch whether it lies in the smaller of two stretches; none where there is one only.
        differs: for each patch the mean evidence that it was made otherwise than the rest.
        face: the face that differs most from what is around it.
    """

    numbers: dict[str, float]
    smaller: NDArray[np.bool_] | None
    differs: NDArray[np.float64]
    face: Box | None


@lru_cache(maxsize=1)
def calibrations() -> dict[str, Calibrated]:
    """For each kind of change the line that weighs its numbers, as `calibrate.py` wrote them."""
    said = json.loads(_CARD.read_text(encoding="utf-8"))
    return {kind: Calibrated.from_json(said["kinds"][kind]) for kind in KINDS}


def measure_picture(luma: NDArray[np.uint8], patches: Patches, faces: Sequence[Box] = ()) -> PictureNumbers:
    """All numbers of a picture.

    Args:
        luma: shape (height, width), full range.
        patches: of the picture.
        faces: where there are faces.
    """
    rough = patches.contrast > np.percentile(patches.contrast, 40)
    numbers = {
        "enlarged, middle": float(np.median(patches.enlarged)),
        "enlarged, rough middle": float(np.median(patches.enlarged[rough])) if rough.any() else 0.0,
        "enlarged, rough high": float(np.percentile(patches.enlarged[rough], 75)) if rough.any() else 0.0,
        "enlarged, rough low": float(np.percentile(patches.enlarged[rough], 25)) if rough.any() else 0.0,
        "apart on the whole": float(patches.evidence.mean()),
        "says": float(patches.says.mean()),
    }
    smaller, told = _parted(patches)
    face, of_face = _faces(luma, patches, faces, rough)
    numbers |= sharpness_numbers(luma)
    return PictureNumbers(numbers | told | of_face, smaller, patches.evidence.mean(1), face)


def _parted(patches: Patches) -> tuple[NDArray[np.bool_] | None, dict[str, float]]:
    """The two stretches between which evidence is greatest, against that within them."""
    evidence, count = patches.evidence, len(patches.says)
    least = max(_LEAST_SHARE * count, _LEAST_PATCHES)

    def smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
        grid = values.reshape(patches.rows, patches.columns).astype(np.float32)
        return np.asarray(cv2.blur(grid, (3, 3), borderType=cv2.BORDER_REFLECT), np.float64).ravel()

    best, kept = -np.inf, None
    for seed in range(0, count, max(count // _SEEDS, 1)):
        one = smooth(evidence[seed]) < 0
        for _ in range(2):
            if min(one.sum(), (~one).sum()) < least:
                break
            cross = evidence[np.ix_(one, ~one)].mean()
            within, without = evidence[np.ix_(one, one)].mean(), evidence[np.ix_(~one, ~one)].mean()
            if cross - (within + without) / 2 > best:
                best, kept = float(cross - (within + without) / 2), (one, float(cross), float(max(within, without)))
            one = smooth(evidence[:, one].mean(1) - evidence[:, ~one].mean(1)) < 0
    if kept is None:
        whole = float(evidence.mean())
        names = ("two stretches", "between them", "within them", "in one piece", "share", "contrast apart", "compact")
        return None, dict(zip(names, (0.0, whole, whole, 0.0, 0.0, 0.0, 0.0), strict=True))
    one, cross, within = kept
    smaller = one if one.mean() < 0.5 else ~one
    grid = smaller.reshape(patches.rows, patches.columns)
    pieces = cv2.connectedComponentsWithStats(grid.astype(np.uint8), connectivity=4)[2][1:, cv2.CC_STAT_AREA]
    border = np.count_nonzero(np.diff(grid.astype(int), axis=0)) + np.count_nonzero(np.diff(grid.astype(int), axis=1))
    contrast = [np.log(patches.contrast[part].mean() + 1) for part in (smaller, ~smaller)]
    return smaller, {
        "two stretches": best, "between them": cross, "within them": within,
        "in one piece": float(pieces.max() / smaller.sum()), "share": float(smaller.mean()),
        "contrast apart": float(abs(contrast[0] - contrast[1])),
        "compact": float(np.sqrt(smaller.sum()) * 4 / max(border, 1)),
    }  # fmt: skip


def _faces(
    luma: NDArray[np.uint8], patches: Patches, faces: Sequence[Box], rough: NDArray[np.bool_]
) -> tuple[Box | None, dict[str, float]]:
    """The face that differs most from what is around it; without faces there are no such numbers."""
    x, y = patches.left + PATCH_PX / 2, patches.top + PATCH_PX / 2
    found, told, most = None, dict[str, float](), -np.inf
    ratio, energy = sharpness_map(luma)
    for left, top, wide, high in faces:
        inside = (np.abs(x - left - wide / 2) < 0.4 * wide) & (np.abs(y - top - high / 2) < 0.4 * high)
        around = (np.abs(x - left - wide / 2) > wide) | (np.abs(y - top - high / 2) > high)
        around &= rough | (patches.contrast > 3)
        if not inside.any() or around.sum() < 8:
            continue
        cross = float(patches.evidence[np.ix_(inside, around)].mean() - patches.evidence[np.ix_(around, around)].mean())
        enlarged = float(patches.enlarged[inside].mean() - np.median(patches.enlarged[around]))
        if cross + enlarged > most:
            most, found = cross + enlarged, (left, top, wide, high)
            softer = _softer(ratio, energy, found)
            told = {"face differs": cross, "face enlarged": enlarged, "face softer": softer}
    return found, told


def _softer(ratio: NDArray[np.float64], energy: NDArray[np.float64], face: Box) -> float:
    """By how much the edges in a face are softer than edges as strong around it."""
    rows, columns = np.indices(ratio.shape) * _BLOCK_PX + _BLOCK_PX / 2
    left, top, wide, high = face
    across, down = np.abs(columns - left - wide / 2), np.abs(rows - top - high / 2)
    inside = (across < 0.45 * wide) & (down < 0.45 * high)
    around = ((across > 0.8 * wide) | (down > 0.8 * high)) & (energy > 0)
    if inside.sum() < 2 or around.sum() < 8:
        return 0.0
    low, top_energy = np.percentile(energy[inside], [25, 95])
    alike = around & (energy >= low) & (energy <= top_energy)
    if alike.sum() < 8:
        return 0.0
    return float(np.percentile(ratio[alike], 75) - np.percentile(ratio[inside & (energy >= low)], 75))
