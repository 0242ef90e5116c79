"""Whether a work is in another: frames that share points along a line of time, and stretches of sound at some speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rushlight.trust.fingerprints import same_sound_bits
from rushlight.trust.similarity.points import shared
from rushlight.trust.similarity.prints import Print

__all__ = ["Match", "match"]

# Of frames that have enough points to be told by, as many have to lie along one line of time.
_LEAST_SHARE, _LEAST_SECONDS_APART = 0.3, 1.2
_SPEEDS = (0.5, 2.0)
# A frame alone needs more points than one of many.
_ALONE = 12
_TOLD_BY = 12
_SOUND_SPEEDS = (1.0, 0.95, 1.05, 0.9, 1.1, 0.975, 1.025, 0.925, 1.075, 0.8, 1.25)


@dataclass(frozen=True)
class Match:
    """How something asked about is like a kept work.

    Attributes:
        by: what is alike.
        share: of the frames asked about, or 1 for sound.
        points: points that the best frames share.
        start: where in the kept work it begins, in seconds.
        end: where it ends there.
        speed: seconds of the kept work in a second of what was asked about.
        is_mirrored: whether left and right were changed.
    """

    by: Literal["picture", "sound"]
    share: float
    points: int = 0
    start: float = 0.0
    end: float = 0.0
    speed: float = 1.0
    is_mirrored: bool = False


def match(asked: Print, kept: Print) -> Match | None:
    """How `asked` is like `kept`; none when nothing says so."""
    found = _pictures(asked, kept)
    if found is not None:
        return found
    if asked.sound is None or kept.sound is None:
        return None
    for speed in _SOUND_SPEEDS:
        if same_sound_bits(_at_speed(asked.sound, speed), kept.sound):
            return Match("sound", 1.0, speed=speed)
    for speed, bits in asked.sped:
        if same_sound_bits(bits, kept.sound):
            return Match("sound", 1.0, speed=speed)
    return None


def _pictures(asked: Print, kept: Print) -> Match | None:
    best: Match | None = None
    for mirrored in (False, True):
        pairs = []
        for number, frame in enumerate(asked.frames):
            points = frame.mirrored if mirrored else frame.points
            if points is None or len(points.places) < _TOLD_BY:
                continue
            for theirs in kept.frames:
                count = shared(points, theirs.points)
                if count:
                    pairs.append((number, frame.time, theirs.time, count))
        found = _along_time(asked, kept, pairs, mirrored)
        if found is not None and (best is None or (found.share, found.points) > (best.share, best.points)):
            best = found
    return best


def _along_time(
    asked: Print, kept: Print, pairs: Sequence[tuple[int, float, float, int]], mirrored: bool
) -> Match | None:
    told = sum(len(frame.points.places) >= _TOLD_BY for frame in asked.frames)
    if not pairs or not told:
        return None
    strongest = max(pairs, key=lambda pair: pair[3])
    if not asked.moves or not kept.moves or told < 3:
        if strongest[3] < _ALONE:
            return None
        return Match("picture", 1.0, strongest[3], strongest[2], strongest[2], is_mirrored=mirrored)
    times = np.array([[pair[1], pair[2]] for pair in pairs])
    best, line = set[int](), (1.0, 0.0)
    for one in range(len(pairs)):
        for speed in _tried_speeds(times, one):
            offset = times[one, 1] - speed * times[one, 0]
            near = np.abs(times[:, 1] - speed * times[:, 0] - offset) <= _LEAST_SECONDS_APART
            frames = {pairs[int(place)][0] for place in np.flatnonzero(near)}
            if len(frames) > len(best):
                best, line = frames, (speed, offset)
    if len(best) < max(2, _LEAST_SHARE * told):
        return None
    on = [asked.frames[number].time for number in best]
    speed, offset = line
    return Match(
        "picture", len(best) / told, strongest[3], max(speed * min(on) + offset, 0.0), speed * max(on) + offset,
        speed, mirrored,
    )  # fmt: skip


def _tried_speeds(times: NDArray[np.float64], one: int) -> list[float]:
    """The speed of one to one, and those at which another pair lies on the line too."""
    apart = times - times[one]
    far = np.abs(apart[:, 0]) >= 2
    slopes = apart[far, 1] / apart[far, 0]
    fit = slopes[(slopes > _SPEEDS[0]) & (slopes < _SPEEDS[1])]
    return [1.0, *np.unique(np.round(fit, 2))[:40].tolist()]


def _at_speed(bits: NDArray[np.uint32], speed: float) -> NDArray[np.uint32]:
    """Bits as they would be were the sound played so much slower; pitch keeps, as players do it."""
    if speed == 1.0:
        return bits
    places = np.minimum((np.arange(int(len(bits) * speed)) / speed).astype(int), len(bits) - 1)
    return np.asarray(bits[places], np.uint32)
