"""Turning a spoken line into a whisper: the mouth's shape is kept, the voice's tone gives way to breath."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import istft, stft

__all__ = ["whispered"]

_FRAME_SECONDS = 0.024
# Cepstrum below this is the shape of the mouth; above it lies the tone of the voice.
_SHAPE_SECONDS = 0.0016
_LOW_HZ = 600.0


def whispered(samples: NDArray[np.float32], rate: int, seed: int = 0) -> NDArray[np.float32]:
    """A line as a whisper, by any voice; the same samples for the same seed.

    Every frame's spectral envelope (cepstrally smoothed) shapes noise instead of the voice, with less of the low
    frequencies, which a whisper lacks.

    Args:
        samples: float32, shape (n,).
        rate: samples a second.
        seed: of the breath.

    Returns:
        Same shape, at the same level as the line.

    Reference:
        Sharifzadeh, McLoughlin, Ahmadi 2010, "Reconstruction of normal sounding speech for laryngectomy patients
        through a modified CELP codec" (the inverse of this: excitation is what parts voice from whisper).
    """
    size = 1 << (round(_FRAME_SECONDS * rate) - 1).bit_length()
    if len(samples) < size:
        return samples
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    _, _, spoken = stft(samples, rate, nperseg=size, noverlap=size * 3 // 4)
    _, _, breath = stft(noise, rate, nperseg=size, noverlap=size * 3 // 4)
    cepstrum = irfft(np.log(np.abs(spoken) + 1e-7), axis=0)
    keep = round(_SHAPE_SECONDS * rate)
    cepstrum[keep : len(cepstrum) - keep + 1] = 0
    envelope = np.exp(rfft(cepstrum, axis=0).real)
    frequencies = np.fft.rfftfreq(size, 1 / rate)[:, None]
    envelope *= frequencies / (frequencies + _LOW_HZ)
    _, sound = istft(breath * envelope, rate, nperseg=size, noverlap=size * 3 // 4)
    sound = np.pad(sound, (0, max(len(samples) - len(sound), 0)))[: len(samples)]
    level = float(np.std(sound))
    return np.asarray(sound * (float(np.std(samples)) / level if level > 0 else 0.0), dtype=np.float32)
