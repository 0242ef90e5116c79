"""The pitch of voices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from rushlight.edit.listening.bands import HOP, RATE

__all__ = ["follow_pitch"]

Floats = NDArray[np.float32]

_WINDOW = 640
_LOWEST_HZ, _HIGHEST_HZ = 65, 400
# Frames worked on at once: bounds the memory an hour of sound takes.
_BLOCK = 4096


def follow_pitch(samples: Floats) -> tuple[Floats, Floats]:
    """How periodic the sound is, 0 to 1, and at what frequency in hertz, every 10 ms.

    Args:
        samples: mono at 16 kHz, shape (n,).

    Returns:
        Two arrays, float32, shape (n // 160 + 1,). A frequency means something only where the sound is periodic.

    Reference:
        Boersma 1993, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a
        sampled sound": autocorrelation divided by that of the window.
    """
    count = len(samples) // HOP + 1
    padded = np.concatenate([np.zeros(_WINDOW // 2, np.float32), samples, np.zeros(_WINDOW // 2 + HOP, np.float32)])
    low, high = RATE // _HIGHEST_HZ, RATE // _LOWEST_HZ
    window = np.hanning(_WINDOW).astype(np.float32)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _WINDOW)) ** 2)[: high + 1]
    voicing, pitch = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        frames = padded[np.arange(first, last)[:, None] * HOP + np.arange(_WINDOW)]
        frames = (frames - frames.mean(axis=1, keepdims=True)) * window
        correlation = np.fft.irfft(np.abs(np.fft.rfft(frames, 2 * _WINDOW, axis=1)) ** 2, axis=1)[:, : high + 1]
        ratio = correlation / np.maximum(correlation[:, :1], 1e-9) / (own / own[0])
        best = ratio[:, low:].argmax(axis=1) + low
        voicing[first:last] = np.clip(ratio[np.arange(last - first), best], 0, 1)
        pitch[first:last] = RATE / best
    return voicing, np.asarray(median_filter(pitch, 5), np.float32)
