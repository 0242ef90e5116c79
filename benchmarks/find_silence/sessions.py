"""Recording sessions with known gaps: real sentences, real noise, silences planted between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.media.sound import read_sound

RATE = 16_000
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Session:
    """A recording with what is true of it; times in seconds."""

    name: str
    samples: Floats
    """Mono at 16 kHz."""
    gaps: tuple[tuple[float, float], ...]
    """Where nothing is said, planted."""
    speech: tuple[tuple[float, float], ...]
    """Sounding stretches of the clean recording."""


def sound(path: Path) -> Floats:
    """A file as mono at 16 kHz, float32."""
    return np.asarray(read_sound(path, sample_rate=RATE, channels=1), dtype=np.float32)[:, 0]


def level_db(samples: Floats, hop: int = 80) -> NDArray[np.float64]:
    """RMS level of each stretch of 5 ms."""
    count = len(samples) // hop
    power = (samples[: count * hop].astype(np.float64).reshape(count, hop) ** 2).mean(axis=1)
    return 10 * np.log10(power + 1e-12)


def sounding(samples: Floats, below_peak_db: float = 38.0) -> list[tuple[int, int]]:
    """Stretches, in samples, within 38 dB of the loud parts of clean speech; holes under 60 ms are bridged.

    Judged on the clean recording, so that noise has no part in the truth.
    """
    level = level_db(samples)
    loud = np.percentile(level, 95)
    on = level > loud - below_peak_db
    edges = np.flatnonzero(np.diff(np.concatenate(([False], on, [False]))))
    found: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2):
        if found and start - found[-1][1] < 12:
            found[-1] = (found[-1][0], int(end))
        else:
            found.append((int(start), int(end)))
    return [(start * 80, end * 80) for start, end in found if end - start >= 4]


def trimmed(samples: Floats) -> Floats:
    """Without silence at either end, and with 5 ms fades."""
    spans = sounding(samples)
    cut = samples[spans[0][0] : spans[-1][1]].copy()
    ramp = np.linspace(0, 1, 80, dtype=np.float32)
    cut[:80] *= ramp
    cut[-80:] *= ramp[::-1]
    return cut


def make_session(
    name: str, sentences: list[Floats], noise: Floats | None, snr_db: float, rng: np.random.Generator
) -> Session:
    """Sentences with gaps of 0.35 to 2.5 s between them, over noise at a signal-to-noise ratio.

    The ratio is of the speech's level while it sounds to the noise's level.
    """
    parts: list[Floats] = []
    gaps, speech = [], []
    at = 0
    for number, sentence in enumerate(sentences):
        gap = int(rng.uniform(0.35, 2.5) * RATE)
        gaps.append((at / RATE, (at + gap) / RATE))
        parts.append(np.zeros(gap, dtype=np.float32))
        at += gap
        clean = trimmed(sentence)
        clean = clean * np.float32(0.08 / np.sqrt((clean**2).mean()) * 10 ** (rng.uniform(-3, 3) / 20))
        speech += [((at + start) / RATE, (at + end) / RATE) for start, end in sounding(clean)]
        parts.append(clean)
        at += len(clean)
        del number
    clean = np.concatenate(parts)
    if noise is None:
        return Session(name, clean, tuple(gaps), tuple(speech))
    start = int(rng.integers(0, len(noise)))
    bed = np.roll(np.tile(noise, len(clean) // len(noise) + 2), -start)[: len(clean)]
    loud = np.concatenate([clean[int(a * RATE) : int(b * RATE)] for a, b in speech])
    bed = bed * np.float32(np.sqrt((loud**2).mean() / (bed**2).mean()) * 10 ** (-snr_db / 20))
    return Session(name, (clean + bed).astype(np.float32), tuple(gaps), tuple(speech))
