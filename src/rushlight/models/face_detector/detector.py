"""BlazeFace on a picture at several sizes, and what its answers say together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LONG_SIDE_PX",
    "Detection",
    "detector_revision",
    "find_in_picture",
    "overlaps",
    "points_of",
    "shared_of_smaller",
]

LONG_SIDE_PX = 640
"""The long side of the largest picture that is looked at."""
_WEIGHTS = Path(__file__).with_name("faces.onnx")
# The network knows faces of some 15 to 60 pixels best; in pictures of these long sides every face has such a size.
_SIDES_PX = (512, 320, 224, 160)
_GREATEST_ENLARGEMENT = 2.0
_CELL_PX, _BLOCK_PX = 4, 32
# A face is told by several sizes; this is what one size that saw it adds, beside its own log odds.
_SEEN = 1.5
_FAINTEST = 0.2
# The second opinion: how far a face is tilted and how large it is made, in pictures of what side.
_CLOSER, _CLOSER_SIDE_PX = ((-8.0, 18), (8.0, 26), (-8.0, 38), (8.0, 54)), 128
_WORTH_A_LOOK = 1.5
# Points are read best off a face of this size.
_KNOWN_PX = 44
_SAME, _APART = 0.3, 0.35

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Detection:
    """A face in one picture."""

    box: tuple[float, float, float, float]
    """Left, top, width and height in pixels: forehead to chin, ear to ear; may reach over the picture's edge."""
    odds: float
    """How surely it is a face: the sum of log odds over the sizes at which it was seen; above 4 rarely wrong."""
    points: tuple[tuple[float, float], ...]
    """Eyes, nose, mouth and ears in pixels; of each pair, the one further left in the picture first."""
    opinion: float | None = None
    """Mean log odds of a closer look, turned and mirrored; None where the odds were not worth one. Patterns that fool
    the detector once seldom do so again: above 0.2 it is nearly always a face, below −0.5 hardly ever."""


def find_in_picture(picture: Picture) -> list[Detection]:
    """Find faces, surest first; many of the doubtful ones are none.

    Args:
        picture: RGB, (height, width, 3), upright; what a long side above `LONG_SIDE_PX` adds is not used.

    Reference:
        Bazarevsky et al. 2019, "BlazeFace: sub-millisecond neural face detection on mobile GPUs".
    """
    high, wide = picture.shape[:2]
    found, sizes = [np.zeros((0, 17))], [np.zeros(0, np.int64)]
    for place, side in enumerate(_SIDES_PX):
        scale = side / max(high, wide)
        if scale > _GREATEST_ENLARGEMENT and place < len(_SIDES_PX) - 1:
            continue
        one = _look(picture, min(scale, _GREATEST_ENLARGEMENT))
        found.append(one)
        sizes.append(np.full(len(one), place))
    joined = [
        one
        for one in _alone(_together(np.concatenate(found), np.concatenate(sizes)))
        if one.odds >= 0 and 0 < one.box[0] + one.box[2] / 2 < wide and 0 < one.box[1] + one.box[3] / 2 < high
    ]
    return [
        replace(one, opinion=_look_closer(picture, one.box)) if one.odds >= _WORTH_A_LOOK else one for one in joined
    ]


def points_of(picture: Picture, box: tuple[float, float, float, float]) -> tuple[tuple[float, float], ...] | None:
    """Eyes, nose, mouth and ears of a known face, in pixels; None where the network sees none there.

    Args:
        picture: RGB, (height, width, 3), upright.
        box: left, top, width and height in pixels.
    """
    middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    scale = _KNOWN_PX / max(box[2], box[3], 1.0)
    off = _CLOSER_SIDE_PX / 2 - middle * scale
    matrix = np.array([[scale, 0, off[0]], [0, scale, off[1]]])
    part = cv2.warpAffine(
        picture, matrix, (_CLOSER_SIDE_PX, _CLOSER_SIDE_PX), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    given = (part.transpose(2, 0, 1) * np.float32(1 / 127.5) - 1)[None]
    boxes, odds = _session().run(["boxes", "odds"], {"pictures": given})
    found = _read(boxes[0], odds[0], 0.5)
    expected = np.array([_CLOSER_SIDE_PX / 2 - _KNOWN_PX / 2] * 2 + [_KNOWN_PX] * 2, np.float64)
    found = found[overlaps(expected, found[:, :4]) > _SAME]
    if not len(found):
        return None
    mean = np.average(found[:, 4:16], axis=0, weights=found[:, 16]).reshape(6, 2)
    return tuple((float(x), float(y)) for x, y in (mean - off) / scale)


def detector_revision() -> str:
    """Names the weights."""
    return hashlib.sha256(_WEIGHTS.read_bytes()).hexdigest()[:12]


def overlaps(box: Floats, others: Floats) -> Floats:
    """Intersection over union of a box (left, top, width, height) with others, (n, 4)."""
    across = np.minimum(box[0] + box[2], others[:, 0] + others[:, 2]) - np.maximum(box[0], others[:, 0])
    down = np.minimum(box[1] + box[3], others[:, 1] + others[:, 3]) - np.maximum(box[1], others[:, 1])
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    return np.asarray(shared / np.maximum(box[2] * box[3] + others[:, 2] * others[:, 3] - shared, 1e-9))


def _look_closer(picture: Picture, box: tuple[float, float, float, float]) -> float:
    """Mean log odds that this is a face, seen mirrored, tilted either way, at four sizes."""
    middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    cut = []
    for tilt, size in _CLOSER:
        turn = np.asarray(cv2.getRotationMatrix2D(middle.tolist(), tilt, size / max(box[2], box[3], 1.0)), np.float64)
        matrix = turn + np.column_stack([np.zeros((2, 2)), _CLOSER_SIDE_PX / 2 - middle])
        part = cv2.warpAffine(
            picture, matrix, (_CLOSER_SIDE_PX, _CLOSER_SIDE_PX), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        cut.append(part[:, ::-1].transpose(2, 0, 1) * np.float32(1 / 127.5) - 1)
    boxes, odds = _session().run(["boxes", "odds"], {"pictures": np.stack(cut)})
    values = []
    for (_, size), box_map, odds_map in zip(_CLOSER, boxes, odds, strict=True):
        found = _read(box_map, odds_map, 0.1)
        off = np.abs(found[:, :2] + found[:, 2:4] / 2 - _CLOSER_SIDE_PX / 2).max(axis=1) / size
        fits = (off < 0.4) & (found[:, 3] > 0.5 * size) & (found[:, 3] < 2 * size)
        chance = float(found[fits, 16].max(initial=0.1))
        values.append(np.log(chance / (1 - min(chance, 0.999))))
    return float(np.mean(values))


def shared_of_smaller(one: tuple[float, ...], two: tuple[float, ...]) -> float:
    """What two boxes (left, top, width, height) share, of the smaller."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return max(across, 0.0) * max(down, 0.0) / min(one[2] * one[3], two[2] * two[3])


@lru_cache(maxsize=1)
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(_WEIGHTS), options, providers=["CPUExecutionProvider"])


def _look(picture: Picture, scale: float) -> Floats:
    """What the network says at one size: box, points and probability of each place, in pixels of the picture."""
    high, wide = max(round(picture.shape[0] * scale), 1), max(round(picture.shape[1] * scale), 1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = picture if scale == 1 else cv2.resize(picture, (wide, high), interpolation=way)
    rows, columns = (-(-side // _BLOCK_PX) * _BLOCK_PX for side in (high, wide))
    given = np.zeros((1, 3, rows, columns), np.float32)
    given[0, :, :high, :wide] = small.transpose(2, 0, 1) * np.float32(1 / 127.5) - 1
    boxes, odds = _session().run(["boxes", "odds"], {"pictures": given})
    found = _read(boxes[0], odds[0], _FAINTEST)
    return np.concatenate([found[:, :16] / scale, found[:, 16:]], axis=1)


def _read(boxes: NDArray[np.float32], odds: NDArray[np.float32], faintest: float) -> Floats:
    """The network's two maps as rows: left, top, width, height, six points, probability; in its own pixels."""
    chance = 1 / (1 + np.exp(-np.clip(odds[0].astype(np.float64), -50, 50)))
    row, column = np.nonzero(chance > faintest)
    raw = boxes[:, row, column].T.astype(np.float64)
    across, down = (column + 0.5) * _CELL_PX, (row + 0.5) * _CELL_PX
    # Places are given from the middle of their cell; a box's second pair is its size.
    raw[:, 0] += across - raw[:, 2] / 2
    raw[:, 1] += down - raw[:, 3] / 2
    raw[:, 4::2] += across[:, None]
    raw[:, 5::2] += down[:, None]
    kept = (raw[:, 2] > 1) & (raw[:, 3] > 1)
    return np.concatenate([raw, chance[row, column, None]], axis=1)[kept]


def _together(found: Floats, sizes: NDArray[np.int64]) -> list[Detection]:
    """Detections of one face as one: the mean box, weighted by probability, and the odds over all sizes."""
    chance = found[:, 16]
    left = np.argsort(-chance, kind="stable")
    joined = []
    while len(left):
        near = overlaps(found[left[0], :4], found[left, :4]) > _SAME
        group = left[near]
        best = [chance[group[sizes[group] == size]].max() for size in np.unique(sizes[group])]
        odds = sum(float(np.log(one / max(1 - one, 1e-4))) + _SEEN for one in best)
        mean = np.average(found[group, :16], axis=0, weights=chance[group])
        points = tuple((float(x), float(y)) for x, y in mean[4:].reshape(6, 2))
        joined.append(Detection((float(mean[0]), float(mean[1]), float(mean[2]), float(mean[3])), odds, points))
        left = left[~near]
    return sorted(joined, key=lambda one: -one.odds)


def _alone(found: list[Detection]) -> list[Detection]:
    """Without detections that lie on a surer one: parts of a head, or a head with what is around it."""
    kept: list[Detection] = []
    for one in found:
        if all(shared_of_smaller(one.box, other.box) < _APART for other in kept):
            kept.append(one)
    return kept
