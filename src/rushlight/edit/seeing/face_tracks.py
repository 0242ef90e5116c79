"""Faces that were found in single pictures, linked through a shot: followed over gaps, and mistakes dropped."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.models.face_detector.detector import Detection, overlaps, shared_of_smaller

__all__ = ["FaceLinker", "LinkedFace", "carry_box"]

Grey = NDArray[np.uint8]
Box = tuple[float, float, float, float]

# Linking: how far a detection may lie from where a face was expected.
_OVERLAP = 0.3
_DOUBLE = 0.6
_NEAR = 1.0
_DOUBTED = 2
# A face may be out of the detector's sight this long (a profile, a hand before it), and is then given up.
_GAP_SECONDS = 1.2
# Before it was first found and after it was last found, it is followed this long.
_EDGE_SECONDS = 0.3
_MOST_PIXELS = 160


# What a face must show over the time it is seen. Chosen on benchmarks/find_faces/boxes.json; between 0.5 and 1.5, 2.5
# and 4, 2.5 and 6, −0.3 and 0.2 recall and precision there change by about 0.01.
_LEAST_MEAN, _LEAST_BEST, _LEAST_SUM, _LEAST_OPINION = 1.0, 3.0, 3.0, 0.0
_MISSED, _SUREST = -1.0, 8.0


@dataclass
class LinkedFace:
    """One face through one shot, at the frames that were looked at."""

    frames: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    odds: list[float | None] = field(default_factory=list)
    """Of its detection, or None where it was only followed."""
    opinions: list[float] = field(default_factory=list)
    """Of its detections, where they were worth a closer look."""
    lost: int = 0
    """Looks since it was last detected."""
    adrift: bool = False
    """Whether it could not be followed since it was last detected."""

    def add(self, frame: int, box: Box, odds: float | None) -> None:
        """The face at one more look."""
        self.frames.append(frame)
        self.boxes.append(box)
        self.odds.append(odds)
        self.lost = 0 if odds is not None else self.lost + 1

    def found(self, frame: int, one: Detection) -> None:
        """The face at one more look, seen by the detector."""
        self.add(frame, one.box, one.odds)
        self.adrift = False
        if one.opinion is not None:
            self.opinions.append(one.opinion)

    def miss(self, frame: int, box: Box | None) -> None:
        """One more look at which the detector did not see it: where it was followed to, if that can be told."""
        if box is not None and not self.adrift:
            self.add(frame, box, None)
        else:
            self.adrift, self.lost = True, self.lost + 1

    def evidence(self) -> tuple[float, float, float]:
        """Mean odds over all looks between the first and last time it was found; the greatest; their sum."""
        found = [number for number, one in enumerate(self.odds) if one is not None]
        part = self.odds[found[0] : found[-1] + 1]
        values = [_MISSED if one is None else min(one, _SUREST) for one in part]
        total = sum(min(one, _SUREST) for one in part if one is not None)
        return float(np.mean(values)), max(values), total

    def confidence(self) -> float:
        """How surely it is a face, 0 to 1."""
        mean, _, _ = self.evidence()
        opinion = float(np.mean(self.opinions)) if self.opinions else -2.0
        return float(1 / (1 + np.exp(-(0.6 * mean + 2 * opinion))))

    def holds_up(self) -> bool:
        """Whether it is taken for a face."""
        mean, best, total = self.evidence()
        if mean < _LEAST_MEAN or best < _LEAST_BEST or total < _LEAST_SUM or not self.opinions:
            return False
        return float(np.mean(self.opinions)) >= _LEAST_OPINION


class FaceLinker:
    """Links the detections of one shot, look by look.

    Args:
        looks_a_second: how often the shot is looked at.
    """

    def __init__(self, looks_a_second: float) -> None:
        self._gap = max(round(_GAP_SECONDS * looks_a_second), 1)
        self._edge = max(round(_EDGE_SECONDS * looks_a_second), 1)
        self._open: list[LinkedFace] = []
        self._closed: list[LinkedFace] = []
        self._before: deque[tuple[int, Grey]] = deque(maxlen=self._edge)

    def look(self, frame: int, grey: Grey, detections: Sequence[Detection]) -> None:
        """Take in one look, later than all before.

        Args:
            frame: its number.
            grey: luma, (height, width), upright.
            detections: what was found in it, doubtful ones too.
        """
        followed = [carry_box(self._before[-1][1], grey, face.boxes[-1]) for face in self._open]
        taken: set[int] = set()
        for place, which in _matches(self._open, followed, detections):
            taken.add(which)
            self._open[place].found(frame, detections[which])
        still = []
        for face, box in zip(self._open, followed, strict=True):
            if face.frames[-1] != frame:
                if face.lost >= self._gap:
                    self._closed.append(face)
                    continue
                # Where it cannot be followed it may be found again nearby; meanwhile nothing is said.
                face.miss(frame, box)
            still.append(face)
        for which, one in enumerate(detections):
            if which not in taken and not _known(one, still):
                face = self._begin(grey, one)
                face.found(frame, one)
                still.append(face)
        self._open = still
        self._before.append((frame, grey))

    def finish(self) -> list[LinkedFace]:
        """All faces of the shot that held up, in the order they begin."""
        faces = [*self._closed, *self._open]
        self._open, self._closed = [], []
        kept = [_trimmed(face, self._edge) for face in faces if face.holds_up()]
        return sorted(_apart(kept), key=lambda face: (face.frames[0], face.boxes[0]))

    def _begin(self, grey: Grey, one: Detection) -> LinkedFace:
        """A new face, followed back a little: it was there before the detector saw it."""
        back: list[tuple[int, Box]] = []
        box: Box | None = one.box
        later = grey
        for earlier, before in reversed(self._before):
            box = carry_box(later, before, box) if box is not None else None
            if box is None:
                break
            back.append((earlier, box))
            later = before
        face = LinkedFace()
        for earlier, there in reversed(back):
            face.add(earlier, there, None)
        return face


def _known(one: Detection, faces: Sequence[LinkedFace]) -> bool:
    others = [face.boxes[-1] for face in faces]
    return bool(others) and bool((overlaps(np.array(one.box), np.array(others)) > _OVERLAP).any())


def _trimmed(face: LinkedFace, edge: int) -> LinkedFace:
    """Without what was followed for longer than `edge` looks after it was last found."""
    last = max(number for number, one in enumerate(face.odds) if one is not None)
    end = last + edge + 1
    return replace(face, frames=face.frames[:end], boxes=face.boxes[:end], odds=face.odds[:end])


def carry_box(before: Grey, after: Grey, box: Box) -> Box | None:
    """Where a box went, by the median of how points in it moved; None where that cannot be told.

    Args:
        before: luma, (height, width).
        after: the same size.
        box: left, top, width, height in pixels of `before`.

    Reference:
        Kalal, Mikolajczyk and Matas 2010, "Forward-backward error: automatic detection of tracking failures".
    """
    high, wide = before.shape
    x, y, w, h = box
    left, top = max(int(x - w), 0), max(int(y - h), 0)
    right, bottom = min(int(x + 2 * w) + 1, wide), min(int(y + 2 * h) + 1, high)
    if right - left < 12 or bottom - top < 12:
        return None
    scale = min(1.0, _MOST_PIXELS / max(right - left, bottom - top))
    one, other = (_part(picture[top:bottom, left:right], scale) for picture in (before, after))
    inside = np.zeros(one.shape, np.uint8)
    first, last = ((np.array([x, y]) - [left, top]) * scale, (np.array([x + w, y + h]) - [left, top]) * scale)
    inside[max(int(first[1]), 0) : int(last[1]) + 1, max(int(first[0]), 0) : int(last[0]) + 1] = 255
    points = cv2.goodFeaturesToTrack(one, 40, 0.01, 2, mask=inside)
    if points is None or len(points) < 5:
        return None
    window: dict[str, Any] = {"winSize": (11, 11), "maxLevel": 3}
    moved, there, _ = cv2.calcOpticalFlowPyrLK(one, other, points, None, **window)  # type: ignore[call-overload]
    back, again, _ = cv2.calcOpticalFlowPyrLK(other, one, moved, None, **window)  # type: ignore[call-overload]
    astray = np.linalg.norm((back - points).reshape(-1, 2), axis=1)
    good = (there.ravel() == 1) & (again.ravel() == 1) & (astray < 1.0)
    if good.sum() < 5:
        return None
    old, new = points.reshape(-1, 2)[good] / scale, moved.reshape(-1, 2)[good] / scale
    shift = np.median(new - old, axis=0)
    growth = float(np.clip(_growth(old, new), 0.9, 1.1))
    middle = np.array([x + w / 2, y + h / 2]) + shift
    size = np.array([w, h]) * growth
    if not ((middle > 0) & (middle < [wide, high])).all():
        return None
    return (float(middle[0] - size[0] / 2), float(middle[1] - size[1] / 2), float(size[0]), float(size[1]))


def _part(picture: Grey, scale: float) -> Grey:
    if scale == 1:
        return np.ascontiguousarray(picture)
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _growth(old: NDArray[np.float32], new: NDArray[np.float32]) -> float:
    """How much further apart points are than they were: the median over all pairs."""
    one, other = np.triu_indices(len(old), 1)
    before = np.linalg.norm(old[one] - old[other], axis=1)
    after = np.linalg.norm(new[one] - new[other], axis=1)
    told = before > 2
    return float(np.median(after[told] / before[told])) if told.any() else 1.0


def _matches(
    faces: Sequence[LinkedFace], followed: Sequence[Box | None], detections: Sequence[Detection]
) -> list[tuple[int, int]]:
    """Pairs of a face and its detection, each used once, those that fit best first."""
    pairs = []
    boxes = np.array([one.box for one in detections]).reshape(-1, 4)
    for place, (face, box) in enumerate(zip(faces, followed, strict=True)):
        adrift = face.adrift or box is None
        fits = _fit(np.array(box if box is not None else face.boxes[-1]), boxes, near=_NEAR if adrift else 0.0)
        for which in np.flatnonzero(fits > 0).tolist():
            one = detections[which]
            # A face that was lost is found again only by what is surely one.
            if (adrift or face.lost >= _DOUBTED) and (one.opinion is None or one.opinion < _LEAST_OPINION):
                continue
            pairs.append((-float(fits[which]) * (1 + one.odds / _SUREST), place, which))
    found: list[tuple[int, int]] = []
    for _, place, which in sorted(pairs):
        if all(place != one and which != other for one, other in found):
            found.append((place, which))
    return found


def _fit(box: NDArray[np.float64], boxes: NDArray[np.float64], near: float) -> NDArray[np.float64]:
    """How well boxes fit where a face was expected: by overlap, else a little by nearness; 0 for not at all."""
    shared = overlaps(box, boxes)
    away = np.hypot(*((boxes[:, :2] + boxes[:, 2:] / 2) - (box[:2] + box[2:] / 2)).T) / max(box[2], box[3])
    growth = boxes[:, 3] / box[3]
    close = (away < near) & (growth > 0.6) & (growth < 1.6)
    return np.asarray(
        np.where(shared > _OVERLAP, shared, np.where(close, _OVERLAP * (1 - away / max(near, 1e-9)), 0.0))
    )


def _apart(faces: list[LinkedFace]) -> list[LinkedFace]:
    """Without a face that is mostly another's: the surer one stays."""
    kept: list[LinkedFace] = []
    for face in sorted(faces, key=lambda one: -sum(odds or 0 for odds in one.odds)):
        boxes = dict(zip(face.frames, face.boxes, strict=True))
        if not any(_doubles(boxes, other) for other in kept):
            kept.append(face)
    return kept


def _doubles(boxes: dict[int, Box], other: LinkedFace) -> bool:
    """Whether a face lies on another most of the time, one within the other perhaps."""
    both = [(boxes[frame], box) for frame, box in zip(other.frames, other.boxes, strict=True) if frame in boxes]
    same = sum(shared_of_smaller(one, two) > _DOUBLE for one, two in both)
    return same > 0.5 * len(boxes)
