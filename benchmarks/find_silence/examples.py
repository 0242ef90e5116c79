"""Examples to train on: speech of known places under made noise, as the network hears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, uniform_filter1d
from scipy.signal import butter, resample_poly, sosfilt

from benchmarks.find_silence.noises import any_noise, room
from rushlight.edit.listening.speech_activity import listening_features
from rushlight.models.silero import CHUNK, speech_chances

__all__ = ["SECONDS", "Voice", "example", "known_voice"]

RATE = 16_000
HOP = 160
SECONDS = 20
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Voice:
    """A clean recording of one voice and in which 10 ms it speaks."""

    samples: Floats
    speaking: Bools
    islands: tuple[tuple[int, int], ...]
    """Stretches of speech between pauses of 80 ms or more, in frames."""


def known_voice(samples: Floats) -> Voice:
    """Where a clean recording holds speech.

    A frame is speech when it is within 34 dB of the loud parts, 7 dB above the room's noise, and within 0.15 s of
    where Silero VAD hears speech in the clean recording, so that breaths, clicks and the room are none. Holes under
    80 ms are bridged: closures of consonants.
    """
    count = len(samples) // HOP
    power = (samples[: count * HOP].reshape(count, HOP).astype(np.float64) ** 2).mean(axis=1)
    level = 10 * np.log10(uniform_filter1d(power, 2) + 1e-12)
    sure = np.repeat(speech_chances(samples) > 0.5, CHUNK)[: count * HOP].reshape(count, HOP).any(axis=1)
    near = binary_dilation(sure, iterations=15)
    floor = np.percentile(level[~near], 50) if (~near).sum() > 10 else np.percentile(level, 2)
    on = near & (level > max(np.percentile(level[near], 95) - 34, floor + 7))
    islands: list[tuple[int, int]] = []
    for start, end in _runs(on):
        if islands and start - islands[-1][1] < 8:
            islands[-1] = (islands[-1][0], end)
        else:
            islands.append((start, end))
    islands = [(start, end) for start, end in islands if end - start >= 4]
    speaking = np.zeros(count, bool)
    for start, end in islands:
        speaking[start:end] = True
    return Voice(samples[: count * HOP], speaking, tuple(islands))


def _runs(on: Bools) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], on, [False])).astype(np.int8))).reshape(-1, 2)
    return [(int(start), int(end)) for start, end in edges]


def example(
    seed: Sequence[int], voices: Sequence[Voice], real: Sequence[Floats]
) -> tuple[Floats, NDArray[np.bool_], float]:
    """Features of 20 s, in which 10 ms somebody speaks, and the signal-to-noise ratio in dB."""
    rng = np.random.default_rng(seed)
    count = SECONDS * RATE
    clean, speaking = _spoken(rng, count, voices)
    level = float(np.sqrt((clean[np.repeat(speaking, HOP)] ** 2).mean())) if speaking.any() else 0.1
    if rng.random() < 0.4:
        clean = room(rng, clean, 0.1, 0.7)
    noise = any_noise(rng, count, [voice.samples for voice in voices], real)
    snr_db = float(rng.uniform(0, 35))
    mixed = clean + noise * np.float32(level * 10 ** (-snr_db / 20))
    mixed = mixed / np.float32(np.abs(mixed).max() + 1e-6) * np.float32(10 ** rng.uniform(-1.8, 0.15))
    mixed = _carried(rng, np.clip(mixed, -1, 1))
    features = listening_features(mixed)
    truth = np.zeros(len(features), bool)
    truth[: len(speaking)] = speaking
    return features, truth, snr_db


def _spoken(rng: np.random.Generator, count: int, voices: Sequence[Voice]) -> tuple[Floats, Bools]:
    """Stretches of one to three voices with pauses between them."""
    clean, speaking = np.zeros(count, np.float32), np.zeros(count // HOP, bool)
    at = int(rng.uniform(0, 2.5) * RATE / HOP)
    present = [voices[int(number)] for number in rng.integers(0, len(voices), rng.integers(1, 4))]
    while at < len(speaking) - 60:
        voice = present[int(rng.integers(len(present)))]
        first = int(rng.integers(len(voice.islands)))
        last = min(first + int(rng.integers(1, 7)), len(voice.islands)) - 1
        low = max(voice.islands[first][0] - 2, voice.islands[first - 1][1] if first else 0)
        following = voice.islands[last + 1][0] if last + 1 < len(voice.islands) else len(voice.speaking)
        high = min(voice.islands[last][1] + 4, following)
        part, said = _varied(rng, voice.samples[low * HOP : high * HOP], voice.speaking[low:high])
        room_left = len(speaking) - at
        part, said = part[: room_left * HOP], said[:room_left]
        clean[at * HOP : at * HOP + len(part)] += part
        speaking[at : at + len(said)] = said
        at += len(said) + int(np.exp(rng.uniform(np.log(0.15), np.log(4))) * RATE / HOP)
    return clean, speaking


def _varied(rng: np.random.Generator, part: Floats, said: Bools) -> tuple[Floats, Bools]:
    """Another pace and pitch, colour and level, with soft edges."""
    pace = Fraction(int(rng.integers(17, 25)), 20)
    if rng.random() < 0.5:
        part = resample_poly(part, pace.numerator, pace.denominator).astype(np.float32)
        places = (np.arange(len(part) // HOP) / float(pace)).astype(int)
        part, said = part[: len(places) * HOP], said[np.minimum(places, len(said) - 1)]
    if rng.random() < 0.4:
        sos = butter(1, np.exp(rng.uniform(np.log(200), np.log(5000))), rng.choice(["low", "high"]), fs=RATE,
                     output="sos")  # fmt: skip
        part = (part + rng.uniform(-0.7, 2) * sosfilt(sos, part)).astype(np.float32)
    loud = float(np.sqrt((part[np.repeat(said, HOP)] ** 2).mean())) if said.any() else 1.0
    ramp = np.minimum(1, np.minimum(np.arange(len(part)), np.arange(len(part))[::-1]) / 160).astype(np.float32)
    return part * ramp * np.float32(0.1 / (loud + 1e-6) * 10 ** (rng.uniform(-5, 4) / 20)), said


def _carried(rng: np.random.Generator, samples: Floats) -> Floats:
    """Through a telephone, a coarse converter, a squeezing codec or a gate, or, mostly, as it is."""
    kind = rng.random()
    if kind < 0.1:
        sos = butter(4, [rng.uniform(80, 350), rng.uniform(3000, 6500)], "bandpass", fs=RATE, output="sos")
        return np.asarray(sosfilt(sos, samples), np.float32)
    if kind < 0.18:
        steps = 127.0
        bent = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
        bent = np.round(bent * steps) / steps
        return np.asarray(np.sign(bent) * (256 ** np.abs(bent) - 1) / 255, np.float32)
    if kind < 0.3:
        return _squeezed(samples, float(rng.uniform(15, 35)))
    return samples


def _squeezed(samples: Floats, below_db: float) -> Floats:
    """What lossy codecs do: parts of the spectrum far below the loudest of their moment are lost."""
    size, hop = 512, 256
    padded = np.concatenate([np.zeros(size, np.float32), samples, np.zeros(size * 2, np.float32)])
    places = np.arange(0, len(padded) - size, hop)[:, None] + np.arange(size)
    window = np.sqrt(np.hanning(size + 1)[:-1]).astype(np.float32)
    spectra = np.fft.rfft(padded[places] * window, axis=1)
    size_of = np.abs(spectra)
    spectra[size_of < size_of.max(axis=1, keepdims=True) * 10 ** (-below_db / 20)] = 0
    frames = np.fft.irfft(spectra, size, axis=1).astype(np.float32) * window
    found = np.zeros(len(padded), np.float32)
    for offset in (0, 1):
        part = frames[offset::2].reshape(-1)
        found[offset * hop : offset * hop + len(part)] += part
    return found[size : size + len(samples)]
