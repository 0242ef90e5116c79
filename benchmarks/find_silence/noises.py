"""Noise made from a seed: hums, hisses, crackle, knocks, chords, typing and crowds, none of it recorded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

RATE = 16_000
Floats = NDArray[np.float32]


def coloured(rng: np.random.Generator, count: int) -> Floats:
    """Noise whose spectrum falls or rises by a random slope, with up to three broad peaks."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 30)
    shape = (hertz / 1000) ** rng.uniform(-1.6, 0.4)
    for _ in range(rng.integers(0, 4)):
        middle, width = np.exp(rng.uniform(np.log(100), np.log(6000))), rng.uniform(0.05, 0.5)
        shape = shape * (1 + rng.uniform(0, 8) * np.exp(-0.5 * (np.log(hertz / middle) / width) ** 2))
    return np.asarray(np.fft.irfft(spectrum * shape, count), np.float32)


def swelling(rng: np.random.Generator, count: int) -> Floats:
    """Coloured noise that comes and goes, as wind and traffic do."""
    knots = max(count // int(RATE * rng.uniform(0.3, 3)), 2)
    levels = np.interp(np.arange(count), np.linspace(0, count, knots), rng.uniform(-10, 4, knots))
    return coloured(rng, count) * (10 ** (levels / 20)).astype(np.float32)


def hum(rng: np.random.Generator, count: int) -> Floats:
    """A steady tone with overtones, and some hiss."""
    time, found = np.arange(count) / RATE, np.zeros(count)
    lowest = rng.uniform(45, 400)
    for number in range(1, rng.integers(2, 16)):
        found += rng.uniform(0.1, 1) / number * np.sin(2 * np.pi * lowest * number * time + rng.uniform(0, 6))
    hiss = coloured(rng, count)
    return (found / found.std() + hiss / hiss.std() * rng.uniform(0.1, 1)).astype(np.float32)


def crackle(rng: np.random.Generator, count: int) -> Floats:
    """Short bursts at random times, each through a filter of its own, over a quiet bed: fire, typing, dishes."""
    bed = coloured(rng, count)
    found = bed / bed.std() * rng.uniform(0.05, 0.6)
    for _ in range(int(count / RATE * rng.uniform(1, 10))):
        length = int(RATE * np.exp(rng.uniform(np.log(0.003), np.log(0.12))))
        at = int(rng.integers(0, max(count - length, 1)))
        low = np.exp(rng.uniform(np.log(80), np.log(4000)))
        sos = butter(2, [low, min(low * rng.uniform(1.5, 6), 7800)], "bandpass", fs=RATE, output="sos")
        burst = sosfilt(sos, rng.normal(size=length)) * np.exp(-np.arange(length) / length * 5)
        found[at : at + length] += burst / (burst.std() + 1e-9) * rng.uniform(0.5, 4)
    return found.astype(np.float32)


def chords(rng: np.random.Generator, count: int) -> Floats:
    """Notes with overtones that begin and fade, as music does."""
    found = np.zeros(count)
    for _ in range(int(count / RATE * rng.uniform(2, 10)) + 1):
        length = int(RATE * rng.uniform(0.2, 2.5))
        at, pitch = int(rng.integers(0, count)), 55 * 2 ** (rng.integers(0, 48) / 12)
        time = np.arange(min(length, count - at)) / RATE
        for number in range(1, 7):
            decay = np.exp(-time * rng.uniform(0.5, 4))
            found[at : at + length] += np.sin(2 * np.pi * pitch * number * time) * decay / number
    hiss = coloured(rng, count)
    return (found / (found.std() + 1e-9) + 0.05 * hiss / hiss.std()).astype(np.float32)


def crowd(rng: np.random.Generator, count: int, voices: Sequence[Floats]) -> Floats:
    """Six to twelve people talking at once."""
    found = np.zeros(count, np.float32)
    for _ in range(rng.integers(6, 13)):
        voice = voices[int(rng.integers(len(voices)))]
        voice = np.roll(np.tile(voice, count // len(voice) + 1)[:count], int(rng.integers(count)))
        found += voice / (voice.std() + 1e-6) * np.float32(rng.uniform(0.5, 1))
    return found


def any_noise(rng: np.random.Generator, count: int, voices: Sequence[Floats], real: Sequence[Floats]) -> Floats:
    """One of all kinds, sometimes two together; unit variance."""
    kinds = [coloured, swelling, hum, crackle, chords]
    choice = int(rng.integers(0, 10))
    if choice < 5:
        found = kinds[choice](rng, count)
    elif choice < 6:
        found = crowd(rng, count, voices)
    elif choice < 8:
        first, second = kinds[int(rng.integers(5))](rng, count), kinds[int(rng.integers(5))](rng, count)
        found = first / first.std() + second / second.std() * np.float32(rng.uniform(0.2, 1))
    else:
        source = real[int(rng.integers(len(real)))] if real else coloured(rng, count)
        found = np.roll(np.tile(source, count // len(source) + 1)[:count], int(rng.integers(count)))
    return np.asarray(found / (found.std() + 1e-9), np.float32)
