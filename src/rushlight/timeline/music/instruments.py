"""Instruments: each makes one note as samples from pitch, strength and length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rushlight.timeline.music.drums import drum
from rushlight.timeline.music.oscillators import (
    Floats,
    bandpass_noise,
    decaying_sines,
    fade_in,
    fm,
    pluck,
    release,
)

__all__ = ["INSTRUMENTS", "Instrument", "hertz"]

NoteMaker = Callable[[int, float, float, int, np.random.Generator], Floats]
"""(MIDI note, strength 0 to 1, seconds held, sample rate, chance) to samples, shape (n,) or (n, 2)."""


def hertz(pitch: float) -> float:
    """Frequency of a MIDI note; 69 is 440 Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def _partials(frequency_hz: float, limit_hz: float, most: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(1, max(min(int(limit_hz / frequency_hz), most), 1) + 1, dtype=np.float64)


def _piano(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    """Felt piano: stiff strings, two a note slightly apart; harder strokes are brighter; two-stage decay."""
    base = hertz(pitch)
    number = _partials(base, 7000, 36)
    stiffness = 10 ** (-4.1 + (pitch - 36) / 72 * 1.7)
    frequencies = number * base * np.sqrt(1 + stiffness * number**2) / np.sqrt(1 + stiffness)
    corner = 700 + 3400 * strength**1.4 + 0.8 * base
    level = number**-0.9 * np.exp(-number * base / corner) * (0.12 + np.abs(np.sin(np.pi * number / 8.3)))
    slow = 0.55 * 2 ** ((pitch - 48) / 17)
    decay = slow * (1 + 0.22 * number)
    detune = 2 ** (0.7 / 1200)
    count = int((seconds + 0.5) * rate)
    sound = decaying_sines(
        np.concatenate([frequencies, frequencies * detune]),
        np.concatenate([level * 0.75, level * 0.35]) / np.sqrt((level**2).sum()),
        np.concatenate([decay * 2.4, decay * 0.7]),
        rng.uniform(-0.4, 0.4, 2 * len(number)),
        count,
        rate,
    )
    thump = bandpass_noise(min(int(0.03 * rate), count), rate, 80, 700, rng)
    sound[: len(thump)] += 0.05 * strength * thump * np.linspace(1, 0, len(thump), dtype=np.float32) ** 2
    return release(fade_in(sound, 0.003, rate), seconds, 0.45, rate)


def _section(
    pitch: int,
    seconds: float,
    rate: int,
    rng: np.random.Generator,
    *,
    corner_hz: float,
    slope: float,
    attack: float,
    fall: float,
    players: int,
    spread_cents: float,
) -> Floats:
    """Several players or oscillators on one note, left and right different; brightness follows the swell."""
    base = hertz(pitch)
    number = _partials(base, min(5200, corner_hz * 4), 40)
    level = number**-1.0 / (1 + (number * base / corner_hz) ** 2) ** (slope / 2)
    level = level / np.sqrt((level**2).sum()) / (0.75 * players)
    count = int((seconds + fall) * rate)
    time = np.arange(count) / rate
    swell = (1 - np.exp(-3.5 * time / attack)).astype(np.float32)
    opening = (1 - 0.75 * np.exp(-1.6 * time / attack)).astype(np.float32)
    dark = number * base < corner_hz * 0.8
    dark[0] = True
    sides = []
    for _ in range(2):
        cents = rng.uniform(-1, 1, players) * spread_cents
        cents -= cents.mean()
        tune = 2 ** (cents[:, None] / 1200)
        together = rng.uniform(-0.7, 0.7, (players, 1))  # near enough that no note begins by cancelling itself
        total = np.zeros(count, dtype=np.float32)
        for group, envelope in ((dark, swell), (~dark, swell * opening)):
            if not group.any():
                continue
            frequencies = (tune * number[group] * base).ravel()
            levels = np.tile(level[group], players)
            phases = (together * number[group]).ravel()
            total += envelope * decaying_sines(frequencies, levels, np.zeros(len(levels)), phases, count, rate)
        sides.append(release(fade_in(total, 0.02, rate), seconds, fall, rate))
    return np.stack(sides, axis=1)


def _strings(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    attack = 0.42 - 0.27 * strength
    corner = 850 + 1300 * strength
    return _section(
        pitch, seconds, rate, rng, corner_hz=corner, slope=2.2, attack=min(attack, seconds / 2), fall=0.7, players=4,
        spread_cents=9,
    )  # fmt: skip


def _viola(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    """A few violas in unison: nearer and quicker to speak than the strings."""
    return _section(
        pitch, seconds, rate, rng, corner_hz=1000 + 1300 * strength, slope=2.0, attack=min(0.16, seconds / 2),
        fall=0.45, players=3, spread_cents=6,
    )  # fmt: skip


def _pad(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    return _section(
        pitch, seconds, rate, rng, corner_hz=560 + 1000 * strength, slope=2.6, attack=min(0.8, seconds / 2), fall=1.1,
        players=3, spread_cents=7,
    )  # fmt: skip


def _guitar(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    """Nylon guitar: a soft pluck near the sound hole with a little of the body's two lowest modes."""
    base = hertz(pitch)
    count = int((seconds + 0.35) * rate)
    ring = float(np.clip(4.5 * (110 / base) ** 0.45, 1.2, 5))
    sound = pluck(base, count, rate, brightness=0.12 + 0.5 * strength, decay_seconds=ring, position=0.23, rng=rng)
    body = decaying_sines(
        np.array([102.0, 204.0]), np.array([0.05, 0.04]) * strength, np.array([22.0, 28.0]), np.zeros(2), count, rate
    )
    return release(fade_in(1.6 * sound + body, 0.0015, rate), seconds, 0.3, rate)


def _harp(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    base = hertz(pitch)
    count = int((seconds + 0.9) * rate)
    ring = float(np.clip(5.5 * (110 / base) ** 0.4, 1.6, 6))
    sound = pluck(base, count, rate, brightness=0.06 + 0.42 * strength, decay_seconds=ring, position=0.42, rng=rng)
    return release(fade_in(1.6 * sound, 0.002, rate), seconds, 0.9, rate)


def _electric_piano(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    """Tine piano: a warm one-to-one pair and a short bright tine, whose strength the stroke decides."""
    del rng
    base = hertz(pitch)
    count = int((seconds + 0.35) * rate)
    time = np.arange(count) / rate
    body = fm(base, 1.0, (0.35 + 1.5 * strength) * np.exp(-2.2 * time), count, rate)
    tine = fm(base, 14.0 if base < 350 else 7.0, 0.35 * strength * np.exp(-14 * time), count, rate)
    ring = 1.1 * 2 ** ((pitch - 60) / 24)
    sound = (0.75 * body + 0.3 * tine) * np.exp(-ring * time)
    return release(fade_in(sound.astype(np.float32), 0.003, rate), seconds, 0.3, rate)


def _struck_bars(ratios: tuple[float, ...], levels: tuple[float, ...], ring: float, fall: float) -> NoteMaker:
    def make(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
        base = hertz(pitch)
        frequencies = base * np.array(ratios)
        kept = frequencies < 5500
        soft = np.array(levels) * (0.35 + 0.65 * strength) ** np.arange(len(levels))
        decay = np.array([(1 + 1.6 * i) / ring for i in range(len(ratios))]) * 2 ** ((pitch - 72) / 24)
        count = int((seconds + fall) * rate)
        phases = rng.uniform(-0.3, 0.3, len(ratios))
        sound = decaying_sines(frequencies[kept], soft[kept], decay[kept], phases[kept], count, rate)
        return release(fade_in(sound, 0.003, rate), seconds, fall, rate)

    return make


def _bass(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    """Round plucked bass: few harmonics, warm enough to be heard on small speakers."""
    del rng  # the same every time: a bass has to be even
    base = hertz(pitch)
    number = _partials(base, 900, 10)
    level = number**-1.15 * np.exp(-number * base / (320 + 480 * strength))
    level = level / level.sum()
    count = int((seconds + 0.25) * rate)
    sound = decaying_sines(number * base, level, 0.05 + 0.28 * number, np.zeros(len(number)), count, rate)
    return release(fade_in(np.tanh(1.6 * sound), 0.008, rate), seconds, 0.22, rate)


def _synth_bass(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    """Saw through a falling filter: every harmonic fades the faster the higher it is."""
    del rng  # the same every time: a bass has to be even
    base = hertz(pitch)
    number = _partials(base, 2200, 30)
    level = number**-1.0 * np.exp(-number * base / (350 + 900 * strength))
    level = level / level.sum()
    count = int((seconds + 0.12) * rate)
    decay = 0.05 + 0.45 * number
    sound = decaying_sines(number * base, level, decay, np.zeros(len(number)), count, rate)
    return release(fade_in(np.tanh(2.0 * sound), 0.004, rate), seconds, 0.12, rate)


def _synth_pluck(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    base = hertz(pitch)
    number = _partials(base, 4200, 24)
    level = number**-0.9 * np.exp(-number * base / (1100 + 4500 * strength))
    level = level / np.sqrt((level**2).sum())
    count = int((seconds + 0.4) * rate)
    frequencies = np.concatenate([number * base, number * base * 2 ** (5 / 1200)])
    decay = np.tile(2.0 + 1.0 * number, 2)
    phases = np.tile(rng.uniform(0, 6.28, len(number)), 2)
    sound = decaying_sines(frequencies, np.tile(level * 0.5, 2), decay, phases, count, rate)
    return release(fade_in(sound, 0.003, rate), seconds, 0.4, rate)


def _kit(pitch: int, strength: float, seconds: float, rate: int, rng: np.random.Generator) -> Floats:
    del seconds  # a stroke rings as long as it rings
    return drum(pitch, strength, rate, rng)


@dataclass(frozen=True)
class Instrument:
    """How an instrument sounds and where it stands."""

    make: NoteMaker
    program: int
    """General MIDI program, from zero."""
    level_db: float
    """Set so that instruments at the same velocity are about as loud."""
    pan: float
    """-1 left to 1 right."""
    wet: float
    """How much goes to the room, relative to the style."""


INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument(_piano, 0, -13.0, -0.15, 0.9),
    "electric_piano": Instrument(_electric_piano, 4, -15.5, 0.18, 0.8),
    "celesta": Instrument(_struck_bars((1, 2.0, 4.02, 6.1), (0.7, 0.22, 0.08, 0.02), 1.1, 1.2), 8, -18.0, 0.35, 1.4),
    "bell": Instrument(_struck_bars((1, 2.0, 2.76, 5.4), (0.7, 0.2, 0.1, 0.03), 1.6, 1.6), 9, -15.5, -0.25, 1.5),
    "guitar": Instrument(_guitar, 24, -9.0, -0.28, 0.8),
    "bass": Instrument(_bass, 32, -9.5, 0.0, 0.25),
    "synth_bass": Instrument(_synth_bass, 38, -9.0, 0.0, 0.15),
    "strings": Instrument(_strings, 48, -20.0, 0.0, 1.1),
    "viola": Instrument(_viola, 41, -17.5, -0.2, 1.2),
    "harp": Instrument(_harp, 46, -10.5, 0.3, 1.2),
    "pluck": Instrument(_synth_pluck, 84, -10.5, 0.22, 1.0),
    "pad": Instrument(_pad, 89, -20.0, 0.0, 1.1),
    "kit": Instrument(_kit, 0, -4.5, 0.0, 0.35),
}
