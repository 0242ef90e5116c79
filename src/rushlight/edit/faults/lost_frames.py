"""Frames that were lost: gaps in the time stamps, and jumps of what moves that are no cut.

A camera that loses frames goes on filming, so what moves is suddenly further on, and stays there. Measured in 6 × 10
parts of the picture: in some of them the change at the jump is greater than any change in the four frames before and
after, while the frame after that is no further away (a flash would be gone again, and motion that only began would go
on). That it is no cut is seen from what stays where it was, or from points that can be followed across it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.edit.faults.spans import Spotted

__all__ = ["LostFrames", "gaps_in_time", "jumps_together"]

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]

_GRID = (6, 10)
_WIDE, _HIGH = 160, 90
# So many gaps before and after are compared with a jump.
_NEAR = 4
# A part has jumped when it changes by so much more than at any time nearby; noise of an encoder stays below.
_MORE, _NOISE = 1.35, 2.0
_CLEARLY_MORE, _CLEARLY_NOISE = 1.6, 2.5
_PARTS = 0.04
# What jumps was moving before or after, by this share of the jump; captions and clocks that change were not.
_MOVING = 0.15
# All parts together, against the usual; and how far the frame after the jump may be from the one before it.
_WHOLE, _CLEARLY_WHOLE = 1.2, 1.7
_STAYS = 1.3
# Points that go on at this multiple of their speed before and after have skipped something.
_SKIPPED = 1.4
# Across a cut hardly a point is followed there and back, and hardly a part stays as it was.
_LOST_POINTS, _SOME_LOST, _UNCHANGED = 0.6, 0.85, 0.6
# So many jumps no more than two seconds apart are told as one; so many of them must lie on one beat to be meant.
_MANY, _STEADY = 3, 0.8
# Stamps of a recording of one rate lie this near to their even places, and this many may not.
_EVEN, _UNEVEN_SHARE = 0.1, 0.05


@dataclass
class LostFrames:
    """Looks at the frames of a film as they come; what it finds is in `jumps`.

    Args:
        every: of fast footage, only each of so many frames is looked at: what is lost between is too short to see.
    """

    every: int = 1
    jumps: list[int] = field(default_factory=list)
    """Frames whose motion from the one before is too far, in a view that goes on."""
    _frames: deque[Grey] = field(default_factory=lambda: deque(maxlen=2 * _NEAR + 2))
    _steps: deque[Floats] = field(default_factory=lambda: deque(maxlen=2 * _NEAR + 1))
    _seen: int = 0

    def look(self, grey: Grey) -> None:
        """One frame more, luma of any size; a jump is known four frames later."""
        self._seen += 1
        if (self._seen - 1) % self.every:
            return
        shrunk = cv2.resize(grey, (_WIDE, _HIGH), interpolation=cv2.INTER_AREA)
        small = np.asarray(cv2.GaussianBlur(shrunk, (0, 0), 0.8), np.uint8)
        if self._frames:
            self._steps.append(_parts(self._frames[-1], small))
        self._frames.append(small)
        if len(self._steps) == 2 * _NEAR + 1 and self._jumps():
            self.jumps.append(self._seen - 1 - _NEAR * self.every)

    def _jumps(self) -> bool:
        steps = np.stack(self._steps)
        step, before, after = steps[_NEAR], steps[:_NEAR], steps[_NEAR + 1 :]
        most = np.maximum(before.max(axis=0), after.max(axis=0))
        jumped = step > _MORE * most + _NOISE
        if float(jumped.mean()) < _PARTS or np.median(_spread(most)[jumped] / step[jumped]) < _MOVING:
            return False
        usual = np.maximum(before.mean(axis=0), after.mean(axis=0))
        whole = float(step.sum() / (usual.sum() + 0.3 * step.size))
        last, first, following = self._frames[_NEAR], self._frames[_NEAR + 1], self._frames[_NEAR + 2]
        if whole < _WHOLE or float(_parts(last, following).sum()) > _STAYS * float(step.sum()):
            return False
        skipped, lost = _followed(self._frames[_NEAR - 1], last, first, following)
        if float((step < most + 1.5).mean()) < _UNCHANGED and lost > (
            _SOME_LOST if skipped > _SKIPPED else _LOST_POINTS
        ):
            return False
        clearly = float((step > _CLEARLY_MORE * most + _CLEARLY_NOISE).mean()) > _PARTS / 1.5
        return clearly or whole > _CLEARLY_WHOLE or skipped > _SKIPPED


def _spread(parts: Floats) -> Floats:
    """The greatest of each part and those around it: what jumps leaves its own."""
    return np.asarray(cv2.dilate(parts.reshape(_GRID), np.ones((3, 3), np.uint8)), np.float32).ravel()


def _parts(one: Grey, other: Grey) -> Floats:
    """Mean absolute difference in each part of the picture."""
    apart = cv2.absdiff(one, other).astype(np.float32)
    return np.asarray(cv2.resize(apart, _GRID[::-1], interpolation=cv2.INTER_AREA), np.float32).ravel()


def _followed(before: Grey, last: Grey, first: Grey, following: Grey) -> tuple[float, float]:
    """Points followed from the frame before a jump to the one after it.

    Returns:
        The median of their way across the jump over their way in the frames beside it (0 where too few move), and
        the share of points that were lost on the way (1 where there are none).
    """
    points = cv2.goodFeaturesToTrack(last, 200, 0.01, 4)
    if points is None or len(points) < 8:
        return 0.0, 1.0
    came, known_before = _tracked(last, before, points)
    there, known = _tracked(last, first, points)
    back, known_back = _tracked(first, last, there)
    went, known_after = _tracked(first, following, there)
    sure = known_before & known & known_back & known_after & (_ways(back, points) < 1)
    across = _ways(there, points)[sure]
    beside = np.maximum(_ways(points, came), _ways(went, there))[sure]
    moving = (beside > 0.25) | (across > 1)
    ratio = float(np.median((across[moving] + 0.1) / (beside[moving] + 0.3))) if moving.sum() >= 8 else 0.0
    return ratio, float(1 - sure.mean())


def _tracked(one: Grey, other: Grey, points: Any) -> tuple[Any, NDArray[np.bool_]]:
    """Where points of one picture are in another (pyramidal Lucas–Kanade), and whether each was found."""
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)
    found, known, _ = cv2.calcOpticalFlowPyrLK(
        one, other, points, None, winSize=(13, 13), maxLevel=4, criteria=criteria
    )  # type: ignore[call-overload]
    return found, known.ravel() > 0


def _ways(one: Any, other: Any) -> NDArray[np.float64]:
    return np.asarray(np.hypot(*(one - other).reshape(-1, 2).T), np.float64)


def jumps_together(jumps: Sequence[int], rate: float) -> list[Spotted]:
    """Faults from the frames of jumps; many that follow each other are one.

    Footage of one rate that was brought to a lower one by leaving frames out jumps at a steady beat: that is a note,
    for nothing was lost that the conversion did not mean to lose.
    """
    groups: list[list[int]] = []
    for frame in jumps:
        if groups and frame - groups[-1][-1] <= 2 * rate:
            groups[-1].append(frame)
        else:
            groups.append([frame])
    found = []
    for group in groups:
        if len(group) < _MANY:
            reason, repair = "the motion jumps, as if frames were lost", "cut here, or interpolate"
            found += [Spotted("dropped", frame - 1, frame + 1, "warning", reason, repair) for frame in group]
            continue
        apart = np.diff(group)
        shares = [float((apart % beat == 0).mean()) for beat in range(4, 16)]
        steady = len(apart) > _MANY and max(shares) >= _STEADY
        reason = f"the motion jumps {len(group)} times" + (
            ", evenly, as after a change of frame rate" if steady else ", as if frames were lost"
        )
        repair = "convert it again from the original" if steady else "use another copy, or cut here"
        severity = "note" if steady else "warning"
        found.append(Spotted("dropped", group[0] - 1, group[-1] + 1, severity, reason, repair))
    return found


def gaps_in_time(times: Iterable[Fraction]) -> list[Spotted]:
    """Frames that are missing in the time stamps of a recording that else has one rate; gaps within a second are one.

    A recording whose rate varies (screens, phones, many webcams at their start) lacks nothing.
    """
    stamps = np.array([float(time) for time in times])
    steps = np.diff(stamps)
    if len(steps) < 12:
        return []
    usual = float(np.median(steps))
    if usual <= 0:
        return []
    uneven = np.abs(steps / usual - np.round(steps / usual)) > _EVEN
    wide = steps > 1.75 * usual
    if (uneven | wide).mean() > _UNEVEN_SHARE:
        return []
    found: list[list[int]] = []
    for place in np.flatnonzero(wide).tolist():
        # Many cameras start unevenly; nobody sees the first instant of a recording as a jump.
        if place < 3:
            continue
        if found and stamps[place] - stamps[found[-1][-1]] < 1:
            found[-1].append(place)
        else:
            found.append([place])
    spotted = []
    for places in found:
        lost = sum(round(float(steps[place]) / usual) - 1 for place in places)
        reason = f"{lost} frame{'s are' if lost > 1 else ' is'} missing in the time stamps"
        spotted.append(Spotted("dropped", places[0], places[-1] + 2, "warning", reason, "cut here, or interpolate"))
    return spotted
