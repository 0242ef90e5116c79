"""When words are heard, measured from the sound alone: by forced alignment and by the onset of energy after silence.

The aligner is the one of `align_script`. Captions of a narration are made from the voice's own events and never from
the aligner, so that neither can hide an error of the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from rushlight.media.sound import resample
from rushlight.models.forced_alignment import RATE, align_words
from rushlight.models.recogniser import HeardWord

__all__ = ["align", "onset_after_silence"]


def align(sound: NDArray[np.float32], sample_rate: int, words: Sequence[str]) -> list[HeardWord]:
    """Find known words in a sound.

    Args:
        sound: float32, shape (n,), mono.
        sample_rate: its rate.
        words: each spoken word in order, in lower case.

    Returns:
        One entry a word, in order; empty when the aligner found no path.
    """
    return align_words(resample(sound[:, None], sample_rate, RATE)[:, 0], words) or []


def onset_after_silence(sound: NDArray[np.float32], sample_rate: int, near: float) -> float | None:
    """When sound begins after at least 60 ms of silence, within 80 ms of a time; None where there is no such place.

    Sound is 1 ms blocks above -45 dB of the whole's loudest 20 ms, rumble below 60 Hz left out.
    """
    low, high = max(round((near - 0.2) * sample_rate), 0), round((near + 0.12) * sample_rate)
    rumble = butter(2, 60, "highpass", fs=sample_rate, output="sos")
    part = sosfilt(rumble, sound[low:high].astype(np.float64))
    block = sample_rate // 1000
    levels = np.sqrt((part[: len(part) // block * block].reshape(-1, block) ** 2).mean(axis=1))
    blocks = sound[: len(sound) // (block * 20) * block * 20].astype(np.float64).reshape(-1, block * 20)
    loudest = np.sqrt((blocks**2).mean(axis=1).max())
    loud = levels > loudest * 10 ** (-45 / 20)
    origin = low / sample_rate
    for index in np.flatnonzero(loud):
        quiet_before = index >= 60 and not loud[index - 60 : index].any()
        if quiet_before and abs(origin + index / 1000 - near) <= 0.08:
            return float(origin + index / 1000)
    return None
