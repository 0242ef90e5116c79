"""Weather and water: beds that go on as long as they are asked to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.timeline.effects.signal import RATE, Floats, band, brown, grains, in_room, modes, stereo, swell, white

__all__ = ["fire", "rain", "rain_on_window", "sea", "snow_wind", "thunder", "water", "wind"]


def rain(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Steady rain: hiss of far drops, and near ones that patter."""
    count = round(seconds * RATE)

    def side() -> Floats:
        far = band(white(rng, count), 900, 9000, 1) * swell(rng, count, 3.0, 0.8, 1.0)
        drops = [modes(rng, [rng.uniform(1800, 5200)], [rng.uniform(0.002, 0.006)], [1.0], 0.03) for _ in range(24)]
        return far * 0.5 + grains(rng, count, 220, drops, 18) * 0.9

    return stereo(side(), side())


def rain_on_window(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Rain heard from inside: taps on glass before a dull rush."""
    count = round(seconds * RATE)

    def side() -> Floats:
        outside = band(white(rng, count), 300, 1800, 1) * swell(rng, count, 2.0, 0.7, 1.0)
        taps = [
            modes(rng, [rng.uniform(1100, 2600), rng.uniform(2800, 4400)], [0.006, 0.003], [1.0, 0.5], 0.04)
            for _ in range(18)
        ]
        return outside * 0.35 + grains(rng, count, 34, taps, 16)

    return stereo(side(), side())


def wind(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Wind in gusts: noise through bands that open and rise as it blows harder."""
    count = round(seconds * RATE)
    gusts = swell(rng, count, 1.6) ** 1.5

    def side() -> Floats:
        low = band(brown(rng, count), 60, 400, 1)
        body = band(white(rng, count), 250, 700, 2)
        howl = band(white(rng, count), 700, 1100, 2) * swell(rng, count, 0.7) ** 2
        return low * 0.9 * (0.35 + 0.65 * gusts) + body * gusts * 0.8 + howl * gusts**2 * 0.7

    return stereo(side(), side())


def snow_wind(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """The muffled air of snow."""
    count = round(seconds * RATE)
    return stereo(*(band(brown(rng, count), 80, 500, 1) * swell(rng, count, 2.5, 0.4, 1.0) for _ in range(2)))


def sea(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Waves: surf that swells every six seconds or so, brightest as each one breaks."""
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    phase = np.cumsum(swell(rng, count, 8.0, 0.75, 1.25)) / RATE / 6.0
    lift = (0.5 - 0.5 * np.cos(2 * np.pi * (phase + rng.uniform(0, 1)))) ** 2

    def side() -> Floats:
        deep = band(brown(rng, count), 50, 500, 1)
        foam = band(white(rng, count), 600, 6000, 1) * lift**1.5
        return deep * (0.45 + 0.5 * lift) + foam * 0.45

    left, right = side(), side()
    return stereo(left * (1 + 0.1 * np.sin(0.3 * at)), right)


def thunder(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A clap and its rolling away."""
    count = round(max(seconds, 4.0) * RATE)
    at = np.arange(count) / RATE
    crack = band(white(rng, count), 200, 4000, 1) * np.exp(-at / 0.09)
    roll = band(brown(rng, count), 28, 180, 2) * swell(rng, count, 0.35, 0.25, 1.0) * np.exp(-at / 1.7)
    roll *= np.clip(at / 0.12, 0, 1)
    left = crack * 0.35 + roll * 1.6
    right = np.roll(left, round(0.012 * RATE)) * 0.9 + band(brown(rng, count), 30, 120, 1) * np.exp(-at / 2.0) * 0.25
    return stereo(left, right, peak=0.8)


def water(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Water poured or running: many small bubbles, each a rising tone.

    Reference:
        van den Doel 2005, "Physically based models for liquid sounds".
    """
    count = round(seconds * RATE)
    drops = []
    for _ in range(30):
        size = round(rng.uniform(0.012, 0.05) * RATE)
        at = np.arange(size) / RATE
        pitch = rng.uniform(450, 2400)
        drops.append(np.sin(2 * np.pi * (pitch * at + pitch * 2.5 * at**2)) * np.exp(-at / (size / RATE / 4)))
    rush = band(white(rng, count), 700, 5000, 1) * 0.10 * swell(rng, count, 0.3, 0.5, 1.0)
    edges = np.minimum(np.arange(count), np.arange(count)[::-1]) / RATE / 0.15
    left = (grains(rng, count, 95, drops, 14) + rush) * np.clip(edges, 0, 1)
    return stereo(left, np.roll(left, 90))


def fire(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A fire in a stove: low roar and crackle."""
    count = round(seconds * RATE)
    clicks = [
        band(white(rng, round(0.012 * RATE)), 1500, 9000, 1) * np.exp(-np.arange(round(0.012 * RATE)) / 90.0)
        for _ in range(14)
    ]
    roar = band(brown(rng, count), 60, 300, 1) * swell(rng, count, 0.5, 0.5, 1.0)
    left = roar * 0.25 + grains(rng, count, 14, clicks, 20) * 0.5
    return stereo(in_room(rng, left, 0.2, 0.1)[:count])
