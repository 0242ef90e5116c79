"""The room and the bus: reverberation, tone and gentle compression."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import butter, sosfilt, sosfiltfilt

from rushlight.timeline.mixing import peaking_section
from rushlight.timeline.music.oscillators import Floats

__all__ = ["bus_gain", "clean_tone", "convolve_stereo", "impulse_response"]


_TONE_BLOCK = 1 << 20


def impulse_response(seconds: float, sample_rate: int, rng: np.random.Generator) -> Floats:
    """A room as noise that dies away, shape (n, 2), float32, unit energy a side.

    Left and right are independent (a wide room), four bands decay at different speeds (lows long, highs short, as
    air and walls do), the first milliseconds are silent and the onset is soft, so that attacks stay clear.

    Args:
        seconds: time in which the middle band falls by 60 dB.
        sample_rate: samples a second.
        rng: source of the noise.
    """
    count = int(seconds * 1.15 * sample_rate)
    time = np.arange(count) / sample_rate
    sides = []
    for _ in range(2):
        total = np.zeros(count)
        for low, high, factor, level in (
            (120, 400, 1.05, 0.8),
            (400, 1500, 1.0, 1.0),
            (1500, 4000, 0.7, 0.6),
            (4000, 9000, 0.42, 0.3),
        ):
            band = butter(2, (low, high), btype="band", fs=sample_rate, output="sos")
            noise = sosfilt(band, rng.standard_normal(count))
            total += level * noise / noise.std() * np.exp(-6.9 * time / (seconds * factor))
        total *= 1 - np.exp(-time / 0.012)
        fade = min(int(0.1 * sample_rate), count)
        total[-fade:] *= np.linspace(1, 0, fade)
        sides.append(np.concatenate([np.zeros(int(0.014 * sample_rate)), total / np.sqrt((total**2).sum())]))
    return np.stack(sides, axis=1).astype(np.float32)


def convolve_stereo(mono: Floats, response: Floats) -> Floats:
    """Convolve one channel with a stereo response by overlapping blocks; same length as the input, shape (n, 2)."""
    count, reach = len(mono), len(response)
    size = next_fast_len(max(4 * reach, 1 << 17), real=True)
    step = size - reach + 1
    spectrum = rfft(response, size, axis=0)
    result = np.zeros((count, 2), dtype=np.float32)
    for start in range(0, count, step):
        block = rfft(mono[start : start + step], size)
        for side in range(2):
            wet = irfft(block * spectrum[:, side], size)
            stop = min(start + size, count)
            result[start:stop, side] += wet[: stop - start]
    return result


def clean_tone(sound: Floats, sample_rate: int) -> Floats:
    """Take away what is below hearing and a little where speech lives (2 kHz), so that music stays a bed.

    Args:
        sound: shape (n, 2), float32; changed in place, in blocks, so that long music needs no second copy.
        sample_rate: samples a second.
    """
    sections = np.concatenate(
        [
            butter(2, 28, btype="high", fs=sample_rate, output="sos"),
            peaking_section(2400, -2.5, 0.7, sample_rate)[None, :],
            butter(1, 11000, btype="low", fs=sample_rate, output="sos"),
        ]
    )
    state = np.zeros((len(sections), 2, sound.shape[1]))
    for start in range(0, len(sound), _TONE_BLOCK):
        sound[start : start + _TONE_BLOCK], state = sosfilt(
            sections, sound[start : start + _TONE_BLOCK], axis=0, zi=state
        )
    return sound


def bus_gain(sound: Floats, sample_rate: int, *, ratio: float = 1.6) -> Floats:
    """Gain of a slow, gentle compressor over the whole mix, shape (n,), float32.

    It works from the loudness of 50 ms blocks smoothed over 0.2 s, above a threshold 3 dB over the mix's own level;
    dynamics that follow the film's mood survive.
    """
    hop = int(0.05 * sample_rate)
    blocks = -(-len(sound) // hop)
    if blocks < 4:
        return np.ones(len(sound), dtype=np.float32)
    edges = np.arange(0, len(sound), hop)
    power = np.add.reduceat((sound.astype(np.float32) ** 2).sum(axis=1), edges) / hop
    smooth = sosfiltfilt(butter(1, 2.5, fs=sample_rate / hop, output="sos"), power, padlen=min(9, blocks - 1))
    level = 10 * np.log10(np.maximum(smooth, 1e-10))
    threshold = 10 * np.log10(max(float(power.mean()), 1e-10)) + 3
    gain_db = -np.maximum(level - threshold, 0) * (1 - 1 / ratio)
    gain = np.interp(np.arange(len(sound)), edges + hop / 2, gain_db)
    return np.asarray(10 ** (gain / 20), dtype=np.float32)
