"""Soft percussion: kick, boom, toms, brushed snare, rim, shaker and hats."""

from __future__ import annotations

import numpy as np

from rushlight.timeline.music.oscillators import Floats, bandpass_noise, fade_in, release

__all__ = ["drum"]

_TOMS = {41: 82.0, 43: 98.0, 45: 115.0, 47: 138.0, 48: 160.0, 50: 190.0}
_SHAKEN = {82: (4200.0, 9500.0, 0.085, 0.03), 70: (4500.0, 10000.0, 0.06, 0.02), 69: (5000.0, 10500.0, 0.07, 0.02)}
_HATS = {42: 0.05, 44: 0.05, 46: 0.25, 49: 0.9, 51: 0.6, 52: 0.9, 53: 0.4, 55: 0.6, 57: 0.9, 59: 0.6}
_SKIN_LOW = {60: 220.0, 61: 170.0, 62: 230.0, 63: 210.0, 64: 150.0, 65: 250.0, 66: 190.0}


def _skin(start_hz: float, end_hz: float, bend: float, ring: float, rate: int) -> Floats:
    """A drum head: a sine whose pitch falls as it rings."""
    time = np.arange(int(ring * 1.6 * rate)) / rate
    frequency = end_hz + (start_hz - end_hz) * np.exp(-time / bend)
    sound = np.sin(2 * np.pi * np.cumsum(frequency) / rate) * np.exp(-4.2 * time / ring)
    return release(sound.astype(np.float32), ring * 1.3, ring * 0.3, rate)


def _noise_stroke(
    low_hz: float, high_hz: float, length: float, attack: float, rate: int, rng: np.random.Generator
) -> Floats:
    count = int((length * 2.2 + attack) * rate)
    time = np.arange(count) / rate
    noise = bandpass_noise(count, rate, low_hz, high_hz, rng)
    shape = np.minimum(time / attack, 1) ** 1.5 * np.exp(-np.maximum(time - attack, 0) * 3.5 / length)
    return release((noise * shape).astype(np.float32), length * 2 + attack, length * 0.2, rate)


def drum(pitch: int, strength: float, sample_rate: int, rng: np.random.Generator) -> Floats:
    """One stroke of the drum that General MIDI has on this note, shape (n,), float32; unknown ones are brushes."""
    if pitch == 35:
        sound = 1.1 * _skin(92, 41, 0.06, 0.9, sample_rate)
        air = _noise_stroke(60, 420, 0.09, 0.004, sample_rate, rng)
        sound[: len(air)] += 0.12 * strength * air[: len(sound)]
    elif pitch == 36:
        sound = _skin(125, 50, 0.035, 0.34, sample_rate)
        click = _noise_stroke(300, 1800, 0.012, 0.001, sample_rate, rng)
        sound[: len(click)] += 0.07 * strength * click
    elif pitch in _TOMS or pitch in _SKIN_LOW:
        tone = _TOMS.get(pitch, _SKIN_LOW.get(pitch, 120.0))
        sound = 0.8 * _skin(tone * 1.35, tone, 0.05, 0.45, sample_rate)
    elif pitch in _SHAKEN:
        low, high, length, attack = _SHAKEN[pitch]
        sound = 0.09 * _noise_stroke(low, high, length, attack, sample_rate, rng)
    elif pitch in _HATS:
        sound = 0.08 * _noise_stroke(5500, 11000, _HATS[pitch], 0.003, sample_rate, rng)
    elif pitch == 37:
        sound = 0.14 * _noise_stroke(900, 2600, 0.03, 0.001, sample_rate, rng)
    else:
        sound = 0.13 * _noise_stroke(350, 4200, 0.16, 0.012, sample_rate, rng)
        sound[: int(0.12 * sample_rate)] += (
            0.12 * strength * _skin(210, 180, 0.02, 0.12, sample_rate)[: int(0.12 * sample_rate)]
        )
    return fade_in(sound, 0.001, sample_rate)
