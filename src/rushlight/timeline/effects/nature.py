"""Animals, rooms and the air between scenes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.timeline.effects.signal import RATE, Floats, band, brown, in_room, stereo, swell, white

__all__ = ["birds", "car_inside", "city", "crickets", "dog", "gulls", "outdoors", "room", "whoosh"]


def _strewn(rng: np.random.Generator, seconds: float, gap: tuple[float, float], make: object) -> NDArray[np.float64]:
    """Calls of an animal strewn over time, each from its own side; shape (2, n)."""
    count = round(seconds * RATE)
    sides = np.zeros((2, count))
    at = rng.uniform(0.1, gap[0])
    while at < seconds - 0.3:
        call = make(rng)  # type: ignore[operator]
        place, start = rng.uniform(0.1, 0.9), round(at * RATE)
        for side, level in enumerate((1 - place, place)):
            room = sides[side, start : start + len(call)]
            room += call[: len(room)] * level
        at += rng.uniform(*gap)
    return sides


def _chirp(rng: np.random.Generator) -> Floats:
    parts = []
    base = rng.uniform(2800, 4600)
    for _ in range(int(rng.integers(2, 6))):
        size = round(rng.uniform(0.05, 0.12) * RATE)
        at = np.linspace(0, 1, size)
        bend = base * (1 + rng.uniform(-0.25, 0.3) * np.sin(np.pi * at * rng.uniform(0.6, 1.6)))
        parts += [
            np.sin(2 * np.pi * np.cumsum(bend) / RATE) * np.sin(np.pi * at) ** 1.2,
            np.zeros(round(rng.uniform(0.03, 0.09) * RATE)),
        ]
    return np.concatenate(parts) * rng.uniform(0.4, 1.0)


def birds(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Songbirds, near and far."""
    one, two = _strewn(rng, seconds, (0.5, 1.6), _chirp), _strewn(rng, seconds, (0.9, 2.4), _chirp)
    air = band(brown(rng, one.shape[1]), 100, 1200, 1) * 0.012
    return stereo(one[0] + 0.5 * two[0] + air, one[1] + 0.5 * two[1] + air)


def _cry(rng: np.random.Generator) -> Floats:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        size = round(rng.uniform(0.28, 0.45) * RATE)
        at = np.linspace(0, 1, size)
        bend = rng.uniform(900, 1150) * (1 + 0.35 * np.sin(np.pi * np.minimum(at * 1.7, 1)) - 0.15 * at)
        phase = 2 * np.pi * np.cumsum(bend) / RATE
        parts += [
            (np.sin(phase) + 0.6 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase)) * np.sin(np.pi * at) ** 0.7,
            np.zeros(round(0.1 * RATE)),
        ]
    return np.concatenate(parts) * rng.uniform(0.4, 1.0)


def gulls(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Gulls over a harbour."""
    sides = _strewn(rng, seconds, (0.8, 2.2), _cry)
    return stereo(*(in_room(rng, side, 0.9, 0.25)[: sides.shape[1]] for side in sides))


def crickets(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A summer night: crickets at 4 to 5 kHz, each in its own pulse."""
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    sides = np.zeros((2, count))
    for _ in range(7):
        pitch, rate, phase = rng.uniform(4100, 5200), rng.uniform(1.6, 2.6), rng.uniform(0, 1)
        trill = np.clip(np.sin(2 * np.pi * 28 * at), 0, 1)
        gate = ((at * rate + phase) % 1 < 0.42).astype(float)
        gate = np.convolve(gate, np.ones(600) / 600, mode="same")
        call = np.sin(2 * np.pi * pitch * at) * trill * gate
        place = rng.uniform(0.1, 0.9)
        sides[0] += call * (1 - place)
        sides[1] += call * place
    air = band(brown(rng, count), 80, 700, 1) * 0.10
    return stereo(sides[0] + air, sides[1] + air)


def _bark(rng: np.random.Generator) -> Floats:
    size = round(0.16 * RATE)
    at = np.linspace(0, 1, size)
    phase = 2 * np.pi * np.cumsum(rng.uniform(380, 460) * (1.25 - 0.5 * at)) / RATE
    buzz = sum(np.sin(n * phase) / n for n in range(1, 10)) + 0.5 * white(rng, size)
    return np.asarray(band(np.asarray(buzz), 350, 2200, 1) * np.sin(np.pi * at) ** 0.6)


def dog(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """A dog barks."""
    gap = np.zeros(round(0.22 * RATE))
    return stereo(in_room(rng, np.concatenate([_bark(rng), gap, _bark(rng), gap, _bark(rng)]), 0.5, 0.15))


def room(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """The tone of a quiet room: faint, low air and a trace of mains hum."""
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 100 * at) + 0.03 * np.sin(2 * np.pi * 50 * at)
    return stereo(*(band(brown(rng, count), 60, 500, 1) * swell(rng, count, 4.0, 0.85, 1.0) + hum for _ in range(2)))


def outdoors(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Open air: a soft, wide breath."""
    count = round(seconds * RATE)
    return stereo(*(band(brown(rng, count), 90, 1500, 1) * swell(rng, count, 2.5, 0.6, 1.0) for _ in range(2)))


def city(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Traffic far off."""
    count = round(seconds * RATE)

    def side() -> Floats:
        rumble = band(brown(rng, count), 50, 350, 1) * swell(rng, count, 3.0, 0.5, 1.0)
        return rumble + band(white(rng, count), 400, 1500, 1) * swell(rng, count, 2.0, 0.0, 0.10)

    return stereo(side(), side())


def car_inside(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Inside a moving car: low rumble and wind round the windows."""
    count = round(seconds * RATE)
    return stereo(
        *(
            band(brown(rng, count), 35, 220, 1)
            + band(white(rng, count), 300, 1200, 1) * swell(rng, count, 1.5, 0.02, 0.06)
            for _ in range(2)
        )
    )


def whoosh(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """Air that rushes by: a band of noise that rises and falls, from left to right."""
    count = round(1.1 * RATE)
    at = np.linspace(0, 1, count)
    noise = white(rng, count)
    low, middle, high = band(noise, 200, 600, 1), band(noise, 600, 1800, 1), band(noise, 1800, 6000, 1)
    course = np.exp(-(((at - 0.55) / 0.20) ** 2))
    sound = (low * 0.6 + middle * course + high * course**2 * 0.7) * course
    return stereo(sound * np.sqrt(1 - at), sound * np.sqrt(at))
