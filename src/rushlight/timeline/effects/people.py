"""People: crowds, applause, steps, and their hands on doors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.timeline.effects.signal import RATE, Floats, band, brown, grains, in_room, modes, stereo, swell, white

__all__ = ["applause", "crowd", "door_close", "door_open", "footsteps", "knock", "running_steps", "stamp"]


def crowd(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Many people talking: voices of different pitch with vowels that change, none to be understood."""
    count = round(seconds * RATE)
    sides = np.zeros((2, count))
    at = np.arange(count) / RATE
    for _ in range(16):
        pitch = rng.choice([rng.uniform(95, 140), rng.uniform(170, 240)]) * (1 + 0.08 * (swell(rng, count, 0.4) - 0.5))
        buzz = np.zeros(count)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        for harmonic in range(1, 9):
            buzz += np.sin(harmonic * phase) / harmonic
        syllables = np.clip(np.sin(2 * np.pi * rng.uniform(3.2, 5.0) * at + rng.uniform(0, 6)), 0, 1) ** 0.7
        talks = np.clip(swell(rng, count, 1.2, -0.6, 1.0), 0, 1)
        first, second = rng.uniform(350, 800), rng.uniform(900, 2000)
        voice = band(buzz, first * 0.8, first * 1.25, 1) + 0.6 * band(buzz, second * 0.85, second * 1.2, 1)
        place = rng.uniform(0.15, 0.85)
        sides[0] += voice * syllables * talks * (1 - place)
        sides[1] += voice * syllables * talks * place
    murmur = band(brown(rng, count), 120, 900, 1)
    return stereo(sides[0] + murmur * 0.05, sides[1] + murmur * 0.05)


def applause(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Many hands clapping, rising and dying away."""
    count = round(seconds * RATE)
    claps = []
    for _ in range(24):
        size = round(0.03 * RATE)
        one = band(white(rng, size), rng.uniform(600, 1100), rng.uniform(2200, 4200), 1)
        claps.append(one * np.exp(-np.arange(size) / (0.005 * RATE)))
    at = np.arange(count) / RATE
    course = np.clip(at / 0.5, 0, 1) * np.clip((seconds - at) / max(seconds * 0.4, 0.4), 0, 1)
    return stereo(grains(rng, count, 170, claps, 14) * course, grains(rng, count, 170, claps, 14) * course)


def _step(rng: np.random.Generator, hard: float) -> Floats:
    heel = modes(rng, [rng.uniform(80, 120), rng.uniform(170, 240)], [0.035, 0.02], [1.0, 0.5], 0.14)
    scuff = band(white(rng, round(0.09 * RATE)), 900, 4500, 1) * np.exp(-np.arange(round(0.09 * RATE)) / (0.018 * RATE))
    step = heel.copy()
    step[: len(scuff)] += scuff * 0.16 * hard
    toe = round(0.075 * RATE)
    step[toe:] += 0.35 * heel[: len(step) - toe]
    return step


def _walk(rng: np.random.Generator, seconds: float, each: float, hard: float) -> NDArray[np.float32]:
    count = round(seconds * RATE)
    sides = np.zeros((2, count))
    at, number = 0.05, 0
    while at < seconds - 0.1:
        step = _step(rng, hard) * rng.uniform(0.75, 1.0)
        start = round(at * RATE)
        for side in range(2):
            room = sides[side, start : start + len(step)]
            room += step[: len(room)] * (0.62 if side == number % 2 else 0.5)
        at += each * rng.uniform(0.95, 1.05)
        number += 1
    wet = [in_room(rng, side, 0.25, 0.10)[:count] for side in sides]
    return stereo(wet[0], wet[1])


def footsteps(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Someone walks, about 110 steps a minute."""
    return _walk(rng, seconds, 0.54, 0.8)


def running_steps(rng: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """Someone runs."""
    return _walk(rng, seconds, 0.31, 1.4)


def knock(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """Three knocks on a wooden door."""
    sound = np.zeros(round(1.1 * RATE))
    for number in range(3):
        hit = modes(
            rng,
            [rng.uniform(175, 190), rng.uniform(310, 330), rng.uniform(520, 560), rng.uniform(900, 980)],
            [0.05, 0.035, 0.02, 0.01],
            [1.0, 0.7, 0.4, 0.3],
            0.25,
        )
        start = round((0.03 + 0.2 * number) * RATE)
        sound[start : start + len(hit)] += hit * (1.0 if number else 0.85)
    return stereo(in_room(rng, sound, 0.4, 0.16))


def door_open(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """A latch, then hinges that creak."""
    count = round(1.3 * RATE)
    at = np.arange(count) / RATE
    latch = np.zeros(count)
    for start, level in ((0.02, 1.0), (0.09, 0.6)):
        hit = modes(rng, [900, 1750, 3100], [0.015, 0.01, 0.006], [0.6, 0.8, 0.5], 0.08)
        place = round(start * RATE)
        latch[place : place + len(hit)] += hit * level
    rate = 34 + 26 * np.sin(2 * np.pi * 0.55 * at) + 14 * swell(rng, count, 0.12)
    ticks = np.diff(np.floor(np.cumsum(rate) / RATE), prepend=0.0)
    creak = band(ticks, 420, 1500, 1) + 0.5 * band(ticks, 1700, 2600, 1)
    creak *= np.clip((at - 0.18) / 0.15, 0, 1) * np.clip((1.2 - at) / 0.3, 0, 1)
    return stereo(in_room(rng, latch * 0.5 + creak * 3.0, 0.35, 0.12))


def door_close(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """A door falls shut."""
    thud = modes(rng, [62, 98, 150, 235], [0.13, 0.09, 0.06, 0.04], [1.0, 0.8, 0.5, 0.3], 0.7)
    size = round(0.05 * RATE)
    thud[:size] += band(white(rng, size), 400, 3000, 1) * np.exp(-np.arange(size) / (0.008 * RATE)) * 0.5
    latch = modes(rng, [1100, 2300], [0.012, 0.008], [0.5, 0.4], 0.06)
    thud[round(0.05 * RATE) : round(0.05 * RATE) + len(latch)] += latch * 0.5
    return stereo(in_room(rng, thud, 0.5, 0.22, 2500))


def stamp(rng: np.random.Generator, _seconds: float) -> NDArray[np.float32]:
    """Something set down hard on a table."""
    hit = modes(rng, [110, 240, 410], [0.06, 0.03, 0.02], [1.0, 0.6, 0.4], 0.35)
    return stereo(in_room(rng, hit, 0.25, 0.12))
