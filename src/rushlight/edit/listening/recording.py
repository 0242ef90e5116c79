"""The sound of a recording as the listening capabilities take it: mono at 16 kHz."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import Media
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.listening.bands import RATE
from rushlight.media.sound import read_sound

__all__ = ["exact_seconds", "hear"]

# Read in parts, so that hours of sound in many channels never lie in memory at once.
_PART_SECONDS = 600
_MOST_SECONDS = 12 * 3600


def hear(recording: Media) -> NDArray[np.float32]:
    """The whole sound of a recording, mono at 16 kHz, shape (n,).

    Raises:
        InputError: a recording without sound, or longer than twelve hours.
        MediaError: damaged.
    """
    if recording.sound is None:
        raise InputError("This recording has no sound.", path=recording.file.path, hint="Give one with sound.")
    if recording.duration > _MOST_SECONDS:
        raise InputError(
            "This recording is longer than twelve hours.", path=recording.file.path, hint="Cut it into parts first."
        )
    parts, start = [], Fraction(0)
    while start < recording.duration:
        current_run().progress(0.2 * float(start / recording.duration), "reading sound")
        length = min(Fraction(_PART_SECONDS), recording.duration - start)
        sound = read_sound(recording.file.path, sample_rate=RATE, channels=1, start=start, duration=length)
        parts.append(np.ascontiguousarray(sound[:, 0]))
        start += length
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def exact_seconds(seconds: float, longest: Fraction) -> Fraction:
    """A measured time as a fraction of milliseconds, inside the recording."""
    return min(max(Fraction(round(seconds * 1000), 1000), Fraction(0)), longest)
