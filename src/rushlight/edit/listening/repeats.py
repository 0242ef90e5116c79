"""The same words said twice, by sound alone: dynamic time warping of mel cepstra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from rushlight.edit.listening.bands import HOP, RATE, band_levels, cepstra

__all__ = ["FRAME_SECONDS", "Repeat", "features", "find_repeat", "usual_distance"]

Floats = NDArray[np.float32]

# Frames of 20 ms are enough to tell words apart, and a quarter of the work.
_EVERY = 2
FRAME_SECONDS = HOP * _EVERY / RATE
# Frames of an opening that has to come again for it to be the same words.
_LEAST_FRAMES = round(0.45 / FRAME_SECONDS)
_SLACK_FRAMES = round(0.3 / FRAME_SECONDS)


@dataclass(frozen=True)
class Repeat:
    """How an earlier stretch of speech comes again in a later one."""

    distance: float
    """Mean distance along the path, against that of speech with other speech: 0 the same sound, about 1 other words."""
    share: float
    """How much of the earlier stretch comes again."""
    later_start: float
    """Seconds into the later stretch at which it begins again."""


def features(samples: Floats) -> Floats:
    """What is said and little of how loud, fast or by which microphone: cepstra and their change, every 20 ms."""
    frames = cepstra(band_levels(samples), 14)[:, 1:]
    frames = frames - frames.mean(axis=0)
    frames = frames / np.maximum(frames.std(axis=0), 1e-3)
    change = uniform_filter1d(np.gradient(frames, axis=0), 3, axis=0) * 1.5
    return np.asarray(np.concatenate([frames, change], axis=1)[::_EVERY], np.float32)


def find_repeat(earlier: Floats, later: Floats, usual: float) -> Repeat:
    """Whether the beginning of one stretch of speech is the beginning of another.

    The path starts at the first frame of the earlier stretch, anywhere in the first part of the later one, and may
    end before the end of either: an abandoned take is a beginning alone, and its last sound is often broken off.

    Args:
        earlier: features, shape (n, d).
        later: features, shape (m, d).
        usual: mean distance between frames of the recording, which distances are measured against.

    Reference:
        Sakoe, Chiba 1978, "Dynamic programming algorithm optimization for spoken word recognition".
    """
    count, room = len(earlier), len(later)
    if count < _LEAST_FRAMES or room < _LEAST_FRAMES:
        return Repeat(9.0, 0.0, 0.0)
    room = min(room, int(count * 1.6) + 2 * _SLACK_FRAMES)
    later = later[:room]
    squares = (earlier**2).sum(1)[:, None] + (later**2).sum(1)[None] - 2 * earlier @ later.T
    local = np.sqrt(np.maximum(squares, 0)) / usual
    total = np.full((count, room), np.inf)
    start = np.zeros((count, room), int)
    free = min(_SLACK_FRAMES, room)
    total[0, :free], start[0, :free] = local[0, :free], np.arange(free)
    for row in range(1, count):
        stay = total[row - 1] + local[row] * 1.15
        step = np.concatenate(([np.inf], total[row - 1, :-1])) + local[row]
        skip = np.concatenate(([np.inf, np.inf], total[row - 1, :-2])) + local[row] * 1.15
        choice = np.argmin(np.stack([step, stay, skip]), axis=0)
        columns = np.arange(room)
        origin = np.clip(columns - np.array([1, 0, 2])[choice], 0, None)
        total[row] = np.choose(choice, [step, stay, skip])
        start[row] = start[row - 1, origin]
    least = max(_LEAST_FRAMES, count - _SLACK_FRAMES)
    ends = [(float(total[row].min()) / (row + 1), row) for row in range(least - 1, count)]
    distance, row = min(ends)
    column = int(total[row].argmin())
    return Repeat(distance, (row + 1) / count, float(start[row, column]) * FRAME_SECONDS)


def usual_distance(stretches: Sequence[Floats]) -> float:
    """Mean distance between frames taken evenly from all over a recording."""
    frames = np.concatenate(list(stretches)) if stretches else np.zeros((0, 1), np.float32)
    chosen = frames[:: max(len(frames) // 400, 1)]
    if len(chosen) < 2:
        return 1.0
    squares = (chosen**2).sum(1)[:, None] + (chosen**2).sum(1)[None] - 2 * chosen @ chosen.T
    return float(np.sqrt(np.maximum(squares, 0)).mean()) or 1.0
