"""Many parts of the same sounds, each the very samples that `read_sound` gives, read in a few long stretches."""

from __future__ import annotations

from collections import OrderedDict
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.media.sound import read_sound

__all__ = ["SoundReader"]

_STRETCH_SECONDS, _STRETCHES_KEPT = 60, 4


class SoundReader:
    """Reads parts of files; opening a file for each of hundreds of parts takes longer than all of its sound.

    Args:
        sample_rate: samples a second of the result.
        channels: 1, 2, or as many as the files have.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate, self._channels = sample_rate, channels
        self._kept: OrderedDict[tuple[Path, int], NDArray[np.float32]] = OrderedDict()

    def read(self, path: Path, start: Fraction, duration: Fraction) -> NDArray[np.float32]:
        """A part of a file's sound, as `read_sound` gives it: float32, shape (n, channels).

        Raises:
            InputError: no such file, or a part that begins before the file does.
            MediaError: no sound, or damaged.
        """
        first, end = round(start * self._rate), round((start + duration) * self._rate)
        if first < 0 or end <= first:
            return read_sound(path, sample_rate=self._rate, channels=self._channels, start=start, duration=duration)
        width = _STRETCH_SECONDS * self._rate
        parts = [
            self._stretch(path, number)[max(first - number * width, 0) : end - number * width]
            for number in range(first // width, (end - 1) // width + 1)
        ]
        return np.concatenate(parts)

    def _stretch(self, path: Path, number: int) -> NDArray[np.float32]:
        key = path, number
        if key not in self._kept:
            self._kept[key] = read_sound(
                path,
                sample_rate=self._rate,
                channels=self._channels,
                start=Fraction(number * _STRETCH_SECONDS),
                duration=Fraction(_STRETCH_SECONDS),
            )
            while len(self._kept) > _STRETCHES_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
