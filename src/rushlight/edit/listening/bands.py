"""Sound as energy in bands of hearing, frame by frame."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

__all__ = ["HOP", "RATE", "band_levels", "cepstra"]

Floats = NDArray[np.float32]

RATE = 16_000
HOP = 160
"""Samples from one frame to the next: 10 ms."""
_WINDOW, _TRANSFORM = 400, 512
_LOW_HZ, _HIGH_HZ = 80.0, 7600.0
# Frames worked on at once: bounds the memory an hour of sound takes.
_BLOCK = 8192
# Below the noise of 16-bit sound: digital silence gets a level too.
_FLOOR = 1e-7


@cache
def _weights(bands: int) -> Floats:
    """Triangular filters, evenly spaced on the mel scale, each summing to one; shape (bins, bands)."""
    hertz = np.fft.rfftfreq(_TRANSFORM, 1 / RATE)
    low, high = (2595 * np.log10(1 + end / 700) for end in (_LOW_HZ, _HIGH_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, bands + 2) / 2595) - 1)
    rising = (hertz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz[:, None]) / (edges[2:] - edges[1:-1])
    weights = np.clip(np.minimum(rising, falling), 0, None)
    return np.asarray(weights / np.maximum(weights.sum(axis=0), 1e-9), np.float32)


def band_levels(samples: Floats, bands: int = 24) -> Floats:
    """Natural logarithm of the power in mel bands, every 10 ms.

    Args:
        samples: mono at 16 kHz, shape (n,).
        bands: how many.

    Returns:
        float32, shape (n // 160 + 1, bands); frame k is centred on sample 160 · k.
    """
    padded = np.concatenate([np.zeros(_WINDOW // 2, np.float32), samples, np.zeros(_WINDOW // 2 + HOP, np.float32)])
    count = len(samples) // HOP + 1
    window = np.hanning(_WINDOW).astype(np.float32)
    found = np.empty((count, bands), np.float32)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        places = np.arange(first, last)[:, None] * HOP + np.arange(_WINDOW)
        power = np.abs(np.fft.rfft(padded[places] * window, _TRANSFORM, axis=1)) ** 2
        found[first:last] = np.log(power.astype(np.float32) @ _weights(bands) + _FLOOR)
    return found


def cepstra(levels: Floats, count: int = 13) -> Floats:
    """Mel cepstra of band levels, shape (frames, count); the first says how loud, the rest what timbre."""
    return np.asarray(dct(levels, axis=1, norm="ortho")[:, :count], np.float32)
