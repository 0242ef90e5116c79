"""Hesitations by their sound: a vowel or hum held at one pitch with one timbre, alone between pauses or very long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from rushlight.edit.listening.bands import HOP, RATE, band_levels, cepstra
from rushlight.edit.listening.pitch import follow_pitch

__all__ = ["Hesitation", "find_hesitations"]

Floats = NDArray[np.float32]

# Of natural logarithms of power: 6 dB above the floor, and within 26 dB of loud speech, something sounds.
_ABOVE_FLOOR, _BELOW_LOUD = 1.4, 6.0
_VOICED = 0.45
# A pause of this many frames parts an island of sound from the next.
_GAP_FRAMES = 5
# Timbre moves this share of what it usually does in speech, at most, inside a held sound.
_STILL = 0.62
_FLAT_SEMITONES = 1.1
_HELD_SHARE = 0.4
_LONGEST_SECONDS = 1.6
# A hesitation is about as loud as speech, within 20 dB of its loud parts; what is left of a breath or hum is not.
_STRONG = 4.6


@dataclass(frozen=True)
class Hesitation:
    """A held sound, in seconds, and how far it goes beyond what is asked of one, 0 to 1."""

    start: float
    end: float
    sureness: float
    alone: bool
    """Whether it stands between pauses; otherwise it is a stretched vowel in a word."""


def find_hesitations(samples: Floats, least_seconds: float, stretched_seconds: float) -> list[Hesitation]:
    """Sounds that are held.

    Args:
        samples: mono at 16 kHz.
        least_seconds: shortest one alone between pauses.
        stretched_seconds: shortest one that is part of a word.
    """
    levels = band_levels(samples)
    loudness = np.log(np.exp(levels[:, 2:18]).mean(axis=1))
    voicing, pitch = follow_pitch(samples)
    floor, loud = np.percentile(loudness, 5), np.percentile(loudness, 95)
    sounding = loudness > max(floor + _ABOVE_FLOOR, loud - _BELOW_LOUD)
    moving = _movement(levels)
    usual = float(np.median(moving[sounding])) if sounding.any() else 1.0
    still = sounding & (voicing > _VOICED) & (moving < _STILL * usual)
    found = []
    for start, end in _islands(sounding):
        held = still[start:end]
        seconds, share = held.sum() * HOP / RATE, held.mean()
        length = (end - start) * HOP / RATE
        strong = loudness[start:end].mean() > loud - _STRONG
        long_enough = seconds >= least_seconds * 0.6 and least_seconds <= length < _LONGEST_SECONDS
        if long_enough and share >= _HELD_SHARE and strong:
            wander = _wander(pitch[start:end][held])
            if wander <= _FLAT_SEMITONES:
                sure = min(0.6 + (share - _HELD_SHARE) * 0.6 + (1 - wander / _FLAT_SEMITONES) * 0.2, 0.98)
                found.append(Hesitation(start * HOP / RATE, end * HOP / RATE, sure, True))
                continue
        found += _stretched(still, pitch, start, end, stretched_seconds)
    return found


def _stretched(still: NDArray[np.bool_], pitch: Floats, start: int, end: int, least: float) -> list[Hesitation]:
    """Vowels inside an island of sound that are held far longer than any vowel needs."""
    found = []
    for first, last in _islands(still[start:end], 3):
        seconds = (last - first) * HOP / RATE
        if seconds >= least and _wander(pitch[start + first : start + last]) <= _FLAT_SEMITONES * 0.7:
            sure = min(0.5 + (seconds - least), 0.9)
            found.append(Hesitation((start + first) * HOP / RATE, (start + last) * HOP / RATE, sure, False))
    return found


def _islands(on: NDArray[np.bool_], gap: int = _GAP_FRAMES) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], on, [False])).astype(np.int8))).reshape(-1, 2)
    found: list[tuple[int, int]] = []
    for start, end in edges.tolist():
        if found and start - found[-1][1] < gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _movement(levels: Floats) -> Floats:
    """How much the timbre differs between 40 ms before and 40 ms after each frame."""
    timbre = uniform_filter1d(cepstra(levels, 12)[:, 1:], 5, axis=0)
    before, after = np.roll(timbre, 4, axis=0), np.roll(timbre, -4, axis=0)
    return np.asarray(np.sqrt(((after - before) ** 2).mean(axis=1)), np.float32)


def _wander(pitch: Floats) -> float:
    """Spread of a pitch in semitones around a steady glide, which counts a little too; the odd octave error does not.

    A voice that hesitates may sink, but it sinks evenly.
    """
    if len(pitch) < 5:
        return 99.0
    tones = 12 * np.log2(np.maximum(pitch, 1))
    places = np.arange(len(tones))[near := np.abs(tones - np.median(tones)) < 5]
    if near.sum() < 5:
        return 99.0
    slope, level = np.polyfit(places, tones[near], 1)
    spread = float((tones[near] - slope * places - level).std())
    return spread + 0.06 * abs(float(slope)) * len(tones) + (0.5 if near.mean() < 0.8 else 0.0)
