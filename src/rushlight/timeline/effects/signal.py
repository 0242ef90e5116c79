"""What effects are made of: coloured noise, grains, swells, decaying modes, and a place in the stereo picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

__all__ = [
    "RATE",
    "Floats",
    "band",
    "brown",
    "grains",
    "in_room",
    "modes",
    "normal",
    "stereo",
    "sweep",
    "swell",
    "white",
]

RATE = 48_000
Floats = NDArray[np.float64]


def white(rng: np.random.Generator, count: int) -> Floats:
    """White noise, shape (count,), of standard deviation 1."""
    return rng.standard_normal(count)


def brown(rng: np.random.Generator, count: int) -> Floats:
    """Noise whose power falls by 12 dB for each octave above 20 Hz, at standard deviation 1."""
    return normal(sosfilt(butter(1, 20, btype="low", fs=RATE, output="sos"), white(rng, count)), np.std)


def band(sound: Floats, low_hz: float | None, high_hz: float | None, order: int = 2) -> Floats:
    """What of a sound lies between two frequencies; None for an open end."""
    if low_hz and high_hz:
        sos = butter(order, (low_hz, high_hz), btype="band", fs=RATE, output="sos")
    elif low_hz:
        sos = butter(order, low_hz, btype="high", fs=RATE, output="sos")
    else:
        sos = butter(order, high_hz or RATE * 0.45, btype="low", fs=RATE, output="sos")
    return np.asarray(sosfilt(sos, sound))


def normal(sound: Floats, measure: object = None) -> Floats:
    """A sound at a peak of 1, or at a measure of 1."""
    size = float(measure(sound)) if callable(measure) else float(np.abs(sound).max(initial=0.0))
    return sound / size if size > 1e-12 else sound


def swell(rng: np.random.Generator, count: int, seconds: float, low: float = 0.0, high: float = 1.0) -> Floats:
    """A slow, smooth, irregular course between two values; `seconds` is how long one rise or fall takes."""
    points = max(int(count / RATE / seconds) + 3, 4)
    values = rng.uniform(low, high, points)
    places = np.linspace(0, count - 1, points)
    share = np.arange(count)
    index = np.clip(np.searchsorted(places, share, side="right") - 1, 0, points - 2)
    part = (share - places[index]) / (places[index + 1] - places[index])
    part = part * part * (3 - 2 * part)
    return np.asarray(values[index] * (1 - part) + values[index + 1] * part)


def grains(
    rng: np.random.Generator, count: int, each_second: float, grain: Sequence[Floats], spread_db: float = 9.0
) -> Floats:
    """Many short sounds strewn over time at random, each a little louder or softer."""
    sound = np.zeros(count)
    for start in np.sort(rng.integers(0, max(count, 1), round(each_second * count / RATE))):
        one = grain[int(rng.integers(len(grain)))]
        room = sound[start : start + len(one)]
        room += one[: len(room)] * 10 ** (rng.uniform(-spread_db, 0) / 20)
    return sound


def modes(
    rng: np.random.Generator,
    frequencies_hz: Sequence[float],
    decays_seconds: Sequence[float],
    levels: Sequence[float],
    seconds: float,
) -> Floats:
    """A struck body: sines that die away, each in its own time."""
    at = np.arange(round(seconds * RATE)) / RATE
    sound = np.zeros(len(at))
    for frequency, decay, level in zip(frequencies_hz, decays_seconds, levels, strict=True):
        sound += level * np.exp(-at / decay) * np.sin(2 * np.pi * frequency * at + rng.uniform(0, 2 * np.pi))
    return sound * np.clip(at / 0.0008, 0, 1)


def sweep(start_hz: float, end_hz: float, count: int) -> Floats:
    """A sine that glides evenly (in octaves) from one frequency to another."""
    course = start_hz * (end_hz / start_hz) ** (np.arange(count) / max(count, 1))
    return np.asarray(np.sin(2 * np.pi * np.cumsum(course) / RATE))


def in_room(rng: np.random.Generator, sound: Floats, seconds: float, wet: float, dark_hz: float = 5000) -> Floats:
    """A sound with the echo of a room, its tail added to its length."""
    count = round(seconds * RATE)
    tail = white(rng, count) * np.exp(-6.9 * np.arange(count) / count)
    tail = band(tail, 120, dark_hz, 1)
    tail /= np.sqrt(np.sum(tail**2))
    return np.concatenate([sound, np.zeros(count)]) + wet * np.concatenate([fftconvolve(sound, tail), np.zeros(1)])


def stereo(left: Floats, right: Floats | None = None, *, peak: float = 0.5) -> NDArray[np.float32]:
    """Two channels at a peak, float32, shape (n, 2)."""
    both = np.stack([left, left if right is None else right[: len(left)]], axis=1)
    size = np.abs(both).max(initial=0.0)
    return (both * (peak / size if size > 1e-12 else 1.0)).astype(np.float32)
