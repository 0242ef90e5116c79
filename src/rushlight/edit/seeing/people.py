"""Which faces of a film are one person's: agglomeration by appearance, with what time and place forbid or suggest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts.faces import FaceBox, FaceTrack
from rushlight.edit.seeing.appearance import Appearance, apart

__all__ = ["LIMIT", "distances", "group_faces"]

LIMIT = 0.79
"""Faces further apart than this are left as two people."""
_NEVER = np.inf
# A face lost and found again in the same place of the same shot is likely the same.
_AGAIN_SECONDS, _AGAIN = 1.5, 0.6

Floats = NDArray[np.float64]


def group_faces(far: Floats, limit: float = LIMIT) -> list[list[int]]:
    """Join the two nearest groups as long as they are nearer than the limit.

    Two groups are as far apart as the nearer half of their pairs on average; one pair that cannot be one person keeps
    them apart for good.

    Args:
        far: distances of all faces, (n, n); infinite where two are never one person.
        limit: groups further apart stay apart.

    Returns:
        Groups of faces' numbers, each in order, in the order of their first.
    """
    groups = [[number] for number in range(len(far))]
    while len(groups) > 1:
        pairs = combinations(range(len(groups)), 2)
        nearest, one, other = min((_between(far, groups[a], groups[b]), a, b) for a, b in pairs)
        if nearest > limit:
            break
        groups[one] = sorted(groups[one] + groups[other])
        del groups[other]
    return sorted(groups)


def distances(tracks: Sequence[FaceTrack], looks: Sequence[Sequence[Appearance]]) -> Floats:
    """How far faces are apart, (n, n); infinite where two are seen at once, or where one was not seen well."""
    far = np.full((len(tracks), len(tracks)), _NEVER)
    for one, other in combinations(range(len(tracks)), 2):
        if looks[one] and looks[other] and not _at_once(tracks[one], tracks[other]):
            nearness = _AGAIN if _found_again(tracks[one], tracks[other]) else 1.0
            far[one, other] = far[other, one] = nearness * apart(looks[one], looks[other])
    return far


def _between(far: Floats, one: Sequence[int], other: Sequence[int]) -> float:
    pairs = np.sort(far[np.ix_(one, other)].ravel())
    return float(pairs[: max(len(pairs) // 2, 1)].mean()) if np.isfinite(pairs[-1]) else _NEVER


def _at_once(one: FaceTrack, other: FaceTrack) -> bool:
    """Whether both are in the picture for more than a moment; where they lie on each other it is one face."""
    first, last = max(one.boxes[0].frame, other.boxes[0].frame), min(one.boxes[-1].frame, other.boxes[-1].frame)
    if first > last:
        return False
    both = [(one.at(frame), other.at(frame)) for frame in np.unique(np.linspace(first, last, 5).astype(int)).tolist()]
    return any(a is not None and b is not None and not _touch(a, b) for a, b in both)


def _found_again(one: FaceTrack, other: FaceTrack) -> bool:
    before, after = sorted((one, other), key=lambda track: track.start)
    if before.shot != after.shot or after.start - before.end > _AGAIN_SECONDS:
        return False
    return _touch(before.boxes[-1], after.boxes[0])


def _touch(one: FaceBox, other: FaceBox) -> bool:
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return across > 0 and down > 0
