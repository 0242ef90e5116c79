"""Measuring music from its sound alone: onsets, tempo, chroma, key, and the note it closes on.

Nothing here knows a score; the same measures serve any recording, such as music a person brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import uniform_filter1d
from scipy.signal import ShortTimeFFT, resample_poly

from rushlight.core.errors import InputError

__all__ = ["Tempo", "chroma", "closing_bass_pitch_class", "estimate_key", "estimate_tempo", "onset_strength"]

Floats = npt.NDArray[np.float64]
Sound = npt.NDArray[np.float32]

_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
"""Key profiles of Krumhansl and Kessler 1982."""


@dataclass(frozen=True)
class Tempo:
    """A tempo and how clearly the sound shows it (0 to 1, the normalised autocorrelation at one beat)."""

    bpm: float
    clearness: float


def _mono(sound: Sound) -> Floats:
    if sound.ndim != 2:
        raise InputError(f"Sound must have the shape (samples, channels), not {sound.shape}.")
    return np.asarray(sound.mean(axis=1), dtype=np.float64)


def onset_strength(sound: Sound, sample_rate: int, *, frames_per_second: int = 200) -> Floats:
    """How much new sound begins at each moment: summed rises of log magnitude in 40 bands from 40 Hz to 10 kHz.

    Args:
        sound: float32, shape (n, channels).
        sample_rate: samples a second.
        frames_per_second: resolution of the result.

    Returns:
        float64, one value per frame, with the slow average taken out, not negative.
    """
    mono = _mono(sound)
    hop, width = sample_rate // frames_per_second, 1 << round(np.log2(sample_rate * 0.043))
    if len(mono) < 2 * width:
        return np.zeros(max(len(mono) // hop, 1))
    transform = ShortTimeFFT(np.hanning(width), hop, sample_rate)
    magnitude = np.abs(transform.stft(mono, p0=0, p1=len(mono) // hop))
    edges = np.geomspace(40, min(10_000, sample_rate * 0.45), 41)
    which = np.digitize(transform.f, edges) - 1
    bands = np.stack([magnitude[which == band].sum(axis=0) for band in range(40) if (which == band).any()])
    level = np.log1p(bands / (1e-3 * bands.max() + 1e-12))
    rise = np.maximum(np.diff(level, axis=1, prepend=level[:, :1]), 0).sum(axis=0)
    return np.asarray(np.maximum(rise - uniform_filter1d(rise, frames_per_second), 0), dtype=np.float64)


def _autocorrelation(signal: Floats) -> Floats:
    size = next_fast_len(2 * len(signal), real=True)
    centred = signal - signal.mean()
    found = irfft(np.abs(rfft(centred, size)) ** 2, size)[: len(signal)]
    found /= np.arange(len(signal), 0, -1)  # fewer pairs overlap at long lags
    return np.asarray(found / max(found[0], 1e-12), dtype=np.float64)


def _comb(correlation: Floats, lags: Floats, teeth: Sequence[int]) -> Floats:
    """Mean correlation at these multiples of each lag (those that fit within two thirds of the sound)."""
    total, count = np.zeros(len(lags)), np.zeros(len(lags))
    places = np.arange(len(correlation))
    for tooth in teeth:
        inside = lags * tooth < len(correlation) * 0.67
        total += np.where(inside, np.interp(lags * tooth, places, correlation), 0)
        count += inside
    return total / np.maximum(count, 1)


def estimate_tempo(sound: Sound, sample_rate: int) -> Tempo:
    """The beat of a recording with constant tempo, from the autocorrelation of its onsets.

    A comb of 1, 2, 4 and 8 beats (beats, half bars, bars) and a broad preference for about 95 beats a minute choose
    the metrical level; then multiples up to 64 beats away make the period exact.

    Raises:
        InputError: shorter than three seconds.
    """
    if len(sound) < 3 * sample_rate:
        raise InputError("Less than three seconds of sound has no measurable tempo.", hint="Give a longer piece.")
    rate = 200
    correlation = _autocorrelation(onset_strength(sound, sample_rate, frames_per_second=rate))
    tempos = np.geomspace(45, 190, 600)
    lags = 60 * rate / tempos
    liking = np.exp(-0.5 * (np.log2(tempos / 95) / 0.75) ** 2)
    clearness = np.maximum(_comb(correlation, lags, (1, 2, 4, 8)), 0) ** 2  # squared: what is heard outweighs liking
    best = float(lags[int(np.argmax(clearness * liking))])
    for teeth, reach in ((8, 0.02), (16, 0.006), (64, 0.0025)):
        fine = np.linspace(best * (1 - reach), best * (1 + reach), 401)
        best = float(fine[int(np.argmax(_comb(correlation, fine, range(1, teeth + 1))))])
    clear = float(np.interp(best, np.arange(len(correlation)), correlation))
    return Tempo(60 * rate / best, min(max(clear, 0.0), 1.0))


def chroma(sound: Sound, sample_rate: int, *, low_hz: float = 60, high_hz: float = 2000) -> Floats:
    """Energy of each pitch class, C first, float64, shape (12,), summing to one (all equal for silence)."""
    mono = _mono(sound)
    size = next_fast_len(max(len(mono), sample_rate), real=True)
    power = np.abs(rfft(mono * np.hanning(len(mono)), size)) ** 2
    frequency = np.arange(len(power)) * sample_rate / size
    inside = (frequency >= low_hz) & (frequency < high_hz)
    pitch = 69 + 12 * np.log2(frequency[inside] / 440)
    near = np.abs(pitch - np.round(pitch)) < 0.25
    classes = (np.round(pitch[near]) % 12).astype(int)
    found = np.bincount(classes, weights=power[inside][near], minlength=12)
    return found / found.sum() if found.sum() > 0 else np.full(12, 1 / 12)


def estimate_key(sound: Sound, sample_rate: int) -> tuple[int, str]:
    """Pitch class of the key note, and `major` or `minor`, by the key profile that fits the chroma best."""
    energy = np.sqrt(chroma(sound, sample_rate))
    choices = [(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    profiles = {"major": _MAJOR, "minor": _MINOR}

    def fit(choice: tuple[int, str]) -> float:
        return float(np.corrcoef(np.roll(profiles[choice[1]], choice[0]), energy)[0, 1])

    return max(choices, key=fit)


def closing_bass_pitch_class(sound: Sound, sample_rate: int, *, seconds: float = 2.4) -> int:
    """Pitch class of the lowest note that sounds at the end, measured from its harmonics.

    Args:
        sound: float32, shape (n, channels).
        sample_rate: samples a second.
        seconds: how much of the end to hear (its last fifth, mostly decay, weighs little).
    """
    low = resample_poly(_mono(sound[-round(seconds * sample_rate) :]), 1, max(sample_rate // 4000, 1))
    rate = sample_rate / max(sample_rate // 4000, 1)
    size = next_fast_len(max(len(low), 1 << 16), real=True)
    magnitude = np.abs(rfft(low * np.hanning(len(low)), size))
    frequency = np.arange(len(magnitude)) * rate / size
    pitches = np.arange(28, 56)  # E1 to G3
    fundamentals, strengths = [], []
    for pitch in pitches:
        base = 440 * 2 ** ((pitch - 69) / 12)
        near = [
            magnitude[(frequency > base * k * 0.985) & (frequency < base * k * 1.015)].max(initial=0.0)
            for k in (1, 2, 3)
        ]
        fundamentals.append(near[0])
        strengths.append(near[0] + 0.5 * near[1] + 0.33 * near[2])
    ground, peak = np.array(fundamentals), np.array(strengths)
    # The lowest pitch that is nearly as strong as the strongest and has a fundamental of its own: what is above
    # may be chord notes, what is below only a common divisor of them.
    likely = (peak >= 0.5 * peak.max()) & (ground >= 0.3 * ground.max())
    return int(pitches[np.flatnonzero(likely)[0]] % 12)
