"""Machines: engines, phones, clocks, horns and what breaks or goes off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.timeline.effects.signal import (
    RATE,
    Floats,
    band,
    brown,
    grains,
    in_room,
    modes,
    stereo,
    sweep,
    swell,
    white,
)

__all__ = [
    "brakes",
    "car_pass",
    "clock",
    "engine",
    "glass_break",
    "glass_clink",
    "gunshot",
    "horn",
    "keys",
    "phone",
    "siren",
    "train",
    "typing",
    "wipers",
]


def _motor(rng: np.random.Generator, speed_hz: Floats, rough: float) -> Floats:
    """Firing of an engine: a pulse for each stroke through the resonances of block and exhaust."""
    phase = np.cumsum(speed_hz) / RATE
    pulses = np.zeros(len(phase))
    for harmonic in range(1, 22):
        level = 1.0 / harmonic**0.9 * (1.3 if harmonic % 2 == 0 else 0.8)
        pulses += level * np.sin(2 * np.pi * harmonic * phase + 0.7 * harmonic)
    shake = 1 + rough * 0.35 * np.sin(np.pi * phase) + rough * 0.2 * (swell(rng, len(phase), 0.06) - 0.5)
    hiss = band(white(rng, len(phase)), 500, 3000, 1) * (0.5 + 0.5 * np.sin(2 * np.pi * phase)) * 0.12
    return band(pulses * shake, 35, 900, 1) + hiss


def engine(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A motor running steadily."""
    count = round(seconds * RATE)
    speed = 31 + 1.4 * (swell(rng, count, 0.8) - 0.5)
    left = _motor(rng, speed, 1.0)
    return stereo(left, np.roll(left, 40) * 0.95 + band(brown(rng, count), 40, 200, 1) * 0.03)


def car_pass(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A car drives past: pitch falls as it goes by, tyres hiss, from one side to the other."""
    seconds = max(seconds, 2.5)
    count = round(seconds * RATE)
    along = (np.arange(count) / count - 0.5) * 2 * 55.0
    away = np.sqrt(along**2 + 7.0**2)
    towards = -np.gradient(away) * RATE
    motor = _motor(rng, 68 * (1 + towards / 343.0), 0.5)
    tyres = band(white(rng, count), 500, 4200, 1)
    level = 7.0 / away
    sound = (motor * 0.6 + tyres * 0.5) * level
    place = np.clip(along / 25, -1, 1)
    return stereo(sound * np.sqrt((1 - place) / 2), sound * np.sqrt((1 + place) / 2))


def brakes(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """Tyres that screech to a halt."""
    count = round(1.4 * RATE)
    at = np.arange(count) / RATE
    tone = np.zeros(count)
    for start, level in ((1150, 1.0), (1720, 0.6), (2460, 0.35)):
        course = start * (1 - 0.16 * at / 1.4) * (1 + 0.02 * (swell(rng, count, 0.03) - 0.5))
        tone += level * np.sin(2 * np.pi * np.cumsum(course) / RATE)
    sound = tone * (0.6 + 0.4 * swell(rng, count, 0.04)) + band(white(rng, count), 900, 5000, 1) * 0.8
    return stereo(in_room(rng, sound * np.clip(at / 0.05, 0, 1) * np.clip((1.3 - at) / 0.35, 0, 1), 0.4, 0.1))


def phone(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A telephone bell that rings: two gongs struck in turn, 2 s on and 1 s off."""
    seconds = max(seconds, 1.6)
    count = round(seconds * RATE)
    sound = np.zeros(count)
    gongs = [
        modes(rng, [f, f * 2.01, f * 2.76, f * 4.1], [0.22, 0.14, 0.09, 0.05], [1.0, 0.6, 0.45, 0.25], 0.6)
        for f in (1370, 1640)
    ]
    at, number = 0.0, 0
    while at < seconds - 0.1:
        if at % 3.0 < 1.5:
            start = round(at * RATE)
            one = gongs[number % 2] * rng.uniform(0.85, 1.0)
            room = sound[start : start + len(one)]
            room += one[: len(room)]
            number += 1
        at += 0.047
    return stereo(in_room(rng, sound, 0.3, 0.08)[:count])


def clock(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A wall clock: tick and tock, once a second each way."""
    count = round(seconds * RATE)
    sound = np.zeros(count)
    for number in range(int(seconds * 2)):
        low = number % 2
        hit = modes(rng, [1500 - 350 * low, 2900 - 500 * low, 5200], [0.010, 0.006, 0.003], [1.0, 0.7, 0.5], 0.06)
        start = round((0.1 + number * 0.5) * RATE)
        room = sound[start : start + len(hit)]
        room += hit[: len(room)] * (0.9 if low else 1.0)
    return stereo(in_room(rng, sound, 0.3, 0.12)[:count])


def siren(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """An alarm that rises and falls."""
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    course = 700 * 2 ** (0.55 * np.sin(2 * np.pi * 0.35 * at))
    phase = 2 * np.pi * np.cumsum(course) / RATE
    sound = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.25 * np.sin(3 * phase)
    return stereo(in_room(rng, band(sound, 300, 4000, 1), 0.8, 0.25)[:count])


def horn(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A ship's horn, deep and long."""
    count = round(max(seconds, 2.6) * RATE)
    at = np.arange(count) / RATE
    sound = np.zeros(count)
    for pitch, level in ((98.0, 1.0), (146.8, 0.6)):
        for harmonic in range(1, 12):
            sound += level / harmonic**1.1 * np.sin(2 * np.pi * pitch * harmonic * at + harmonic)
    length = count / RATE
    sound *= np.clip(at / 0.18, 0, 1) * np.clip((length - 0.3 - at) / 0.35, 0, 1)
    return stereo(in_room(rng, band(sound, 60, 1400, 1), 1.8, 0.5, 1800))


def train(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Wheels over joints of the rail."""
    count = round(seconds * RATE)
    sound = band(brown(rng, count), 50, 500, 1) * 0.5
    at = 0.1
    while at < seconds:
        for shift in (0.0, 0.14, 0.42, 0.56):
            hit = modes(rng, [120, 260, 700], [0.05, 0.03, 0.015], [1.0, 0.6, 0.3], 0.2)
            start = round((at + shift) * RATE)
            room = sound[start : start + len(hit)]
            room += hit[: len(room)] * 0.9
        at += 1.15
    return stereo(sound, np.roll(sound, 200))


def wipers(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Wipers that go to and fro."""
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    stroke = np.abs(np.sin(np.pi * at / 0.75))
    rub = band(white(rng, count), 250, 1400, 1) * stroke**2
    squeak = sweep(900, 1000, count) * np.clip(np.sin(2 * np.pi * at / 1.5), 0, 1) ** 6 * 0.05
    return stereo(rub * 0.5 + squeak)


def gunshot(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """A shot: a blast of noise over a low thump, and its echo."""
    count = round(0.5 * RATE)
    at = np.arange(count) / RATE
    blast = white(rng, count) * np.exp(-at / 0.018) + band(white(rng, count), 100, 900, 1) * np.exp(-at / 0.09)
    blast += 1.4 * np.sin(2 * np.pi * 62 * at * np.exp(-at * 2)) * np.exp(-at / 0.10)
    return stereo(in_room(rng, blast, 1.4, 0.35, 3000), peak=0.85)


def glass_break(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """A pane shatters and its pieces fall."""
    count = round(1.5 * RATE)
    at = np.arange(count) / RATE
    crash = band(white(rng, count), 2500, 14000, 1) * np.exp(-at / 0.06)
    pieces = [
        modes(rng, [rng.uniform(2600, 9500), rng.uniform(4000, 12000)], [0.03, 0.02], [1.0, 0.6], 0.16)
        for _ in range(26)
    ]
    falling = grains(rng, count, 70, pieces, 16) * np.exp(-at / 0.45)
    return stereo(in_room(rng, crash * 0.8 + falling, 0.4, 0.1, 9000))


def glass_clink(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """Two glasses meet."""
    hit = modes(rng, [2350, 3720, 5480, 7100], [0.32, 0.2, 0.12, 0.06], [1.0, 0.6, 0.4, 0.2], 0.9)
    return stereo(in_room(rng, hit, 0.3, 0.08, 8000))


def keys(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """A bunch of keys."""
    count = round(0.8 * RATE)
    hits = [
        modes(rng, [rng.uniform(3500, 8500), rng.uniform(5000, 11000)], [0.05, 0.03], [1.0, 0.7], 0.14)
        for _ in range(10)
    ]
    return stereo(grains(rng, count, 26, hits, 14))


def typing(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Fingers on a keyboard."""
    count = round(seconds * RATE)
    hits = [
        modes(rng, [rng.uniform(350, 600), rng.uniform(1800, 3200)], [0.008, 0.005], [0.6, 1.0], 0.05)
        for _ in range(12)
    ]
    return stereo(grains(rng, count, 7, hits, 10))
