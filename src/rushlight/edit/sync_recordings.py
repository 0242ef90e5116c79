"""The capability `sync_recordings`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.media import Media
from rushlight.artifacts.sync import Sync, SyncedRecording
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.delay import RATE, find_delay
from rushlight.media.sound import read_sound

__all__ = ["sync_recordings"]

_MOST_SECONDS = 4 * 3600


@dataclass(frozen=True)
class _Placed:
    """A recording on the first one's clock."""

    offset: float
    rate: float
    confidence: float


@capability(version=1, metrics=("placed",))
def sync_recordings(
    recordings: tuple[Media, ...],
    /,
    *,
    drift: Annotated[bool, Field(description="Whether the clocks of the devices may run at different speeds.")] = True,
    min_confidence: Annotated[float, Field(ge=0, le=1, description="Below it a recording is not placed.")] = 0.5,
) -> Sync:
    """Find where recordings of one event lie on one clock, by their sound: offset and drift of each.

    Stretches of each recording are looked for in the first, and, where they do not meet, in those already placed.
    What cannot be told is said, never guessed.

    Returns:
        A `Sync`: offsets are on the first recording's clock; the first lies at 0.

    Raises:
        InputError: no recording, or one longer than four hours.
        MediaError: a damaged one.
    """
    if not recordings:
        raise InputError("There is nothing to sync.", hint="Give two recordings or more.")
    sounds = [_sound_of(item) for item in recordings]
    placed: dict[int, tuple[_Placed, str]] = {0: (_Placed(0.0, 1.0, 1.0), "gives the clock")}
    reasons: dict[int, str] = {}
    waiting = list(range(1, len(recordings)))
    tried: set[tuple[int, int]] = set()
    while waiting:
        before = len(waiting)
        for index in list(waiting):
            current_run().progress(len(placed) / len(recordings), f"placing {recordings[index].file.path.name}")
            found = _place(index, sounds, placed, tried, drift, min_confidence, reasons)
            if found is not None:
                placed[index] = found
                waiting.remove(index)
        if len(waiting) == before:
            break
    current_run().figure("placed", len(placed))
    for index in waiting:
        current_run().note_weak(f"{recordings[index].file.path.name} was not placed: {reasons[index]}.")
    return Sync(
        recordings=tuple(
            _described(media, placed.get(number), reasons.get(number, "")) for number, media in enumerate(recordings)
        )
    )


def _sound_of(media: Media) -> NDArray[np.float32]:
    """Mono at `RATE`; empty when there is none."""
    if media.sound is None:
        return np.zeros(0, np.float32)
    if media.duration > _MOST_SECONDS:
        raise InputError(
            "This recording is longer than four hours.", path=media.file.path, hint="Cut it into parts first."
        )
    return np.ascontiguousarray(read_sound(media.file.path, sample_rate=RATE, channels=1)[:, 0])


def _place(
    index: int,
    sounds: list[NDArray[np.float32]],
    placed: dict[int, tuple[_Placed, str]],
    tried: set[tuple[int, int]],
    drift: bool,
    least: float,
    reasons: dict[int, str],
) -> tuple[_Placed, str] | None:
    """Where a recording lies, against whichever of those placed tells it first."""
    if not len(sounds[index]):
        reasons[index] = "it has no sound"
        return None
    for other in sorted(placed):
        if (index, other) in tried or not len(sounds[other]):
            continue
        tried.add((index, other))
        found = find_delay(sounds[other], sounds[index], drifts=drift)
        base = placed[other][0]
        sure = found.confidence * base.confidence
        if found.confidence > 0 and sure >= least:
            rate = base.rate * (1 + found.drift_ppm * 1e-6)
            offset = base.offset + found.offset_seconds * base.rate
            return _Placed(
                offset, rate, sure
            ), found.reason if other == 0 else f"{found.reason}, by recording {other + 1}"
        reasons[index] = found.reason
    reasons.setdefault(index, "the first recording has no sound")
    return None


def _described(media: Media, place: tuple[_Placed, str] | None, reason: str) -> SyncedRecording:
    if place is None:
        return SyncedRecording(file=media.file, duration=media.duration, offset=None, reason=reason)
    where, said = place
    return SyncedRecording(
        file=media.file,
        duration=media.duration,
        # A hundredth of a millisecond: finer than the method, and the same on every machine.
        offset=Fraction(round(where.offset * 100_000), 100_000),
        drift_ppm=round((where.rate - 1) * 1e6, 2),
        confidence=round(where.confidence, 3),
        reason=said,
    )
