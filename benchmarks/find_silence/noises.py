"""Noise made from a seed: hums, fans, wind, rain, crackle, typing, music, chatter near and far; none of it recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

__all__ = ["any_noise", "room"]

RATE = 16_000
Floats = NDArray[np.float32]
Maker = Callable[[np.random.Generator, int], Floats]


def coloured(rng: np.random.Generator, count: int) -> Floats:
    """Noise whose spectrum falls or rises by a random slope, with up to three broad peaks."""
    spectrum = np.fft.rfft(rng.standard_normal(count, np.float32))
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 30)
    shape = (hertz / 1000) ** rng.uniform(-1.6, 0.4)
    for _ in range(rng.integers(0, 4)):
        middle, width = np.exp(rng.uniform(np.log(100), np.log(6000))), rng.uniform(0.05, 0.5)
        shape = shape * (1 + rng.uniform(0, 8) * np.exp(-0.5 * (np.log(hertz / middle) / width) ** 2))
    return np.asarray(np.fft.irfft(spectrum * shape, count), np.float32)


def swelling(rng: np.random.Generator, count: int) -> Floats:
    """Coloured noise that comes and goes, as wind, waves and traffic do."""
    knots = max(count // int(RATE * rng.uniform(0.3, 3)), 2)
    levels = np.interp(np.arange(count), np.linspace(0, count, knots), rng.uniform(-12, 5, knots))
    return coloured(rng, count) * (10 ** (levels / 20)).astype(np.float32)


def wind(rng: np.random.Generator, count: int) -> Floats:
    """Rumble in gusts, on a microphone without a shield."""
    sos = butter(2, rng.uniform(60, 400), fs=RATE, output="sos")
    rumble = sosfilt(sos, rng.standard_normal(count, np.float32))
    knots = max(count // 4000, 2)
    gusts = np.interp(np.arange(count), np.linspace(0, count, knots), rng.uniform(0, 1, knots))
    hiss = coloured(rng, count)
    return (rumble / rumble.std() * gusts**2 + 0.1 * hiss / hiss.std()).astype(np.float32)


def hum(rng: np.random.Generator, count: int) -> Floats:
    """A steady tone with overtones, a motor or the mains, and some hiss; now and then its speed wavers."""
    time = np.arange(count) / RATE
    lowest = rng.uniform(45, 400)
    wave = rng.uniform(0, 0.02) * np.sin(2 * np.pi * rng.uniform(0.1, 2) * time) if rng.random() < 0.5 else 0.0
    phase = 2 * np.pi * lowest * np.cumsum(1 + wave * np.ones(count)) / RATE
    found = np.zeros(count)
    for number in range(1, rng.integers(2, 16)):
        found += rng.uniform(0.1, 1) / number * np.sin(number * phase + rng.uniform(0, 6))
    hiss = coloured(rng, count)
    return (found / found.std() + hiss / hiss.std() * rng.uniform(0.1, 1)).astype(np.float32)


def fan(rng: np.random.Generator, count: int) -> Floats:
    """Coloured noise that pulses with the blades."""
    time = np.arange(count) / RATE
    pulse = 1 + rng.uniform(0.1, 0.7) * np.sin(2 * np.pi * rng.uniform(3, 40) * time)
    return (coloured(rng, count) * pulse).astype(np.float32)


def bursts(rng: np.random.Generator, count: int, a_second: float, seconds: tuple[float, float]) -> Floats:
    """Short sounds at random times, each through a filter of its own, over a quiet bed."""
    bed = coloured(rng, count)
    found = bed / bed.std() * rng.uniform(0.05, 0.6)
    kinds = []
    for _ in range(8):
        length = int(RATE * np.exp(rng.uniform(np.log(seconds[0]), np.log(seconds[1]))))
        low = np.exp(rng.uniform(np.log(80), np.log(4000)))
        sos = butter(2, [low, min(low * rng.uniform(1.5, 6), 7800)], "bandpass", fs=RATE, output="sos")
        burst = sosfilt(sos, rng.normal(size=length)) * np.exp(-np.arange(length) / length * 5)
        kinds.append(burst / (burst.std() + 1e-9))
    for at in rng.integers(0, count, rng.poisson(count / RATE * a_second)).tolist():
        burst = kinds[int(rng.integers(len(kinds)))][: count - at]
        found[at : at + len(burst)] += burst * rng.uniform(0.5, 4)
    return found.astype(np.float32)


def crackle(rng: np.random.Generator, count: int) -> Floats:
    """Fire, knocks, dishes."""
    return bursts(rng, count, rng.uniform(1, 12), (0.003, 0.15))


def typing(rng: np.random.Generator, count: int) -> Floats:
    """Keys: two knocks each, in runs."""
    one = bursts(rng, count, rng.uniform(2, 9), (0.004, 0.03))
    return one + np.roll(one, int(RATE * rng.uniform(0.05, 0.12))) * np.float32(0.5)


def rain(rng: np.random.Generator, count: int) -> Floats:
    """Drops, so many that they join to a hiss."""
    return bursts(rng, count, rng.uniform(60, 250), (0.002, 0.02))


def chords(rng: np.random.Generator, count: int) -> Floats:
    """Notes with overtones that begin and fade, with or without drums, as music does."""
    found = np.zeros(count)
    for _ in range(int(count / RATE * rng.uniform(2, 10)) + 1):
        length = int(RATE * rng.uniform(0.2, 2.5))
        at, pitch = int(rng.integers(0, count)), 55 * 2 ** (rng.integers(0, 48) / 12)
        time = np.arange(min(length, count - at)) / RATE
        for number in range(1, 7):
            decay = np.exp(-time * rng.uniform(0.5, 4)) * np.minimum(time * rng.uniform(5, 200), 1)
            found[at : at + length] += np.sin(2 * np.pi * pitch * number * time) * decay / number
    if rng.random() < 0.5:
        beat, hit = int(RATE * rng.uniform(0.25, 0.7)), rng.normal(size=int(RATE * 0.08))
        hit = hit * np.exp(-np.arange(len(hit)) / len(hit) * 6)
        for at in range(0, count - len(hit), beat):
            found[at : at + len(hit)] += hit * found.std() * rng.uniform(0.5, 2)
    hiss = coloured(rng, count)
    return (found / (found.std() + 1e-9) + 0.05 * hiss / hiss.std()).astype(np.float32)


def sirens(rng: np.random.Generator, count: int) -> Floats:
    """Whistles that glide, chirp and stop, as birds, phones and alarms do, over a quiet bed."""
    bed = coloured(rng, count)
    found = bed / bed.std() * rng.uniform(0.05, 0.5)
    at = 0
    while at < count:
        length = min(int(RATE * rng.uniform(0.05, 1.0)), count - at)
        time = np.arange(length) / RATE
        start = np.exp(rng.uniform(np.log(300), np.log(5000)))
        tone = start * 2 ** (rng.uniform(-1, 1) * np.sin(2 * np.pi * rng.uniform(0.3, 20) * time))
        found[at : at + length] += np.sin(2 * np.pi * np.cumsum(tone) / RATE) * np.hanning(length) * rng.uniform(0.5, 2)
        at += length + int(RATE * rng.uniform(0.02, 1.5))
    return found.astype(np.float32)


def chatter(rng: np.random.Generator, count: int, voices: Sequence[Floats]) -> Floats:
    """Three to twelve people talking at once in another part of the room."""
    found = np.zeros(count, np.float32)
    for _ in range(rng.integers(3, 13)):
        voice = voices[int(rng.integers(len(voices)))]
        voice = np.roll(np.tile(voice, count // len(voice) + 1)[:count], int(rng.integers(count)))
        found += voice / (voice.std() + 1e-6) * np.float32(rng.uniform(0.3, 1))
    return room(rng, found, 0.3, 1.0) if rng.random() < 0.7 else found


def room(rng: np.random.Generator, samples: Floats, shortest: float, longest: float) -> Floats:
    """Sound in a room whose echo takes so many seconds to fall by 60 dB."""
    seconds = rng.uniform(shortest, longest)
    tail = rng.normal(size=int(RATE * seconds)) * np.exp(-np.arange(int(RATE * seconds)) / RATE * 6.9 / seconds)
    tail *= rng.uniform(0.02, 0.25)
    tail[0] = 1.0
    return fftconvolve(samples, tail)[: len(samples)].astype(np.float32)


_MADE: tuple[Maker, ...] = (coloured, swelling, wind, hum, fan, crackle, typing, rain, chords, sirens)


def any_noise(rng: np.random.Generator, count: int, voices: Sequence[Floats], real: Sequence[Floats]) -> Floats:
    """One of all kinds, often two together; unit variance."""
    found = np.zeros(count, np.float32)
    for _ in range(int(rng.choice([1, 1, 2]))):
        choice = rng.random()
        if choice < 0.6:
            part = _MADE[int(rng.integers(len(_MADE)))](rng, count)
        elif choice < 0.75:
            part = chatter(rng, count, voices)
        else:
            source = real[int(rng.integers(len(real)))]
            part = np.roll(np.tile(source, count // len(source) + 1)[:count], int(rng.integers(count)))
            # Played faster or slower it is another noise.
            part = np.interp(np.arange(count) * rng.uniform(0.8, 1.0), np.arange(count), part).astype(np.float32)
        found += part / (part.std() + 1e-9) * np.float32(rng.uniform(0.2, 1))
    return np.asarray(found / (found.std() + 1e-9), np.float32)
