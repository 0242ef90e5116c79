"""Loudness and peaks by ITU-R BS.1770: measured, limited, brought to a target."""

from __future__ import annotations

import warnings
from typing import TypedDict

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import fftconvolve, firwin, resample_poly, sosfilt

from rushlight.core.errors import InputError

__all__ = [
    "LoudnessFigures",
    "integrated_loudness_lufs",
    "limit_true_peak",
    "normalise_loudness",
    "short_term_loudness_lufs",
    "true_peak_dbtp",
]

Samples = NDArray[np.float32]

_SHORTEST_SECONDS = 0.4
_BLOCK = 1 << 18
_MARGIN = 64


class LoudnessFigures(TypedDict):
    """What bringing sound to a loudness did."""

    input_lufs: float
    integrated_lufs: float
    true_peak_dbtp: float
    gain_db: float
    limited_db: float
    """Most that the limiter took away anywhere."""


def _checked(samples: Samples) -> Samples:
    if samples.ndim != 2 or not samples.shape[1]:
        raise InputError(f"Sound must have the shape (samples, channels), not {samples.shape}.")
    return samples


def integrated_loudness_lufs(samples: Samples, rate: int) -> float:
    """Gated loudness of the whole, in LUFS; -inf for silence or less than 0.4 seconds.

    Reference:
        ITU-R BS.1770-5, through pyloudnorm.
    """
    if len(_checked(samples)) < _SHORTEST_SECONDS * rate or not samples.any():
        return float("-inf")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return float(pyloudnorm.Meter(rate).integrated_loudness(samples.astype(np.float64)))


def short_term_loudness_lufs(
    samples: Samples, rate: int, *, window_seconds: float = 3.0, hop_seconds: float = 0.1
) -> NDArray[np.float64]:
    """Loudness in a sliding window, not gated, in LUFS: 3 seconds is short-term, 0.4 momentary.

    Returns:
        float64; entry k covers `window_seconds` from k * hop_seconds. Empty when the sound is shorter than a window.

    Reference:
        EBU Tech 3341; filters of ITU-R BS.1770-5 designed for any sample rate.
    """
    weighted = sosfilt(_k_weighting(rate), _checked(samples).astype(np.float64), axis=0)
    gains = np.array([1.0, 1.0, 1.0, 1.41, 1.41])[: samples.shape[1]]
    energy = np.concatenate([[0.0], np.cumsum((weighted[:, :5] ** 2) @ gains)])
    window, hop = round(window_seconds * rate), round(hop_seconds * rate)
    starts = np.arange(0, len(samples) - window + 1, hop)
    mean = (energy[starts + window] - energy[starts]) / window
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(np.maximum(mean, 0)), np.float64)


def _k_weighting(rate: int) -> NDArray[np.float64]:
    """The two filters of BS.1770 (a high shelf, a high pass) as second-order sections."""
    sections = []
    for kind, frequency, quality, gain_db in (
        ("shelf", 1681.974450955533, 0.7071752369554196, 3.999843853973347),
        ("pass", 38.13547087602444, 0.5003270373238773, 0.0),
    ):
        k = np.tan(np.pi * frequency / rate)
        base = 1 + k / quality + k * k
        if kind == "shelf":
            high, band = 10 ** (gain_db / 20), 10 ** (gain_db / 20 * 0.4996667741545416)
            b = [high + band * k / quality + k * k, 2 * (k * k - high), high - band * k / quality + k * k]
            b = [value / base for value in b]
        else:
            b = [1.0, -2.0, 1.0]
        sections.append([*b, 1.0, 2 * (k * k - 1) / base, (1 - k / quality + k * k) / base])
    return np.array(sections)


def true_peak_dbtp(samples: Samples, rate: int) -> float:
    """Highest level between and on samples, in dB of full scale; -inf for silence.

    Reference:
        ITU-R BS.1770-5 annex 2: four times oversampling, less where the rate is already high.
    """
    peaks = _peaks(_checked(samples), rate)
    peak = float(peaks.max(initial=0.0))
    return 20 * float(np.log10(peak)) if peak > 0 else float("-inf")


def _peaks(samples: Samples, rate: int) -> NDArray[np.float32]:
    """Highest absolute level around each sample, over channels and the points between samples."""
    times = 4 if rate < 96_000 else 2 if rate < 192_000 else 1
    found = np.abs(samples).max(axis=1, initial=0.0) if len(samples) else np.zeros(0, np.float32)
    if times == 1:
        return np.asarray(found, np.float32)
    # In blocks, so that an hour of sound does not need eight times its memory; the margin hides their edges.
    for start in range(0, len(samples), _BLOCK):
        low, high = max(0, start - _MARGIN), min(len(samples), start + _BLOCK + _MARGIN)
        between = np.abs(_oversampled(samples[low:high], times)).max(axis=1)
        wide = between.reshape(-1, times).max(axis=1)[start - low :][: min(_BLOCK, len(samples) - start)]
        found[start : start + len(wide)] = np.maximum(found[start : start + len(wide)], wide)
    return np.asarray(found, np.float32)


def _oversampled(samples: Samples, times: int) -> Samples:
    taps = firwin(24 * times + 1, 1 / times, window=("kaiser", 6.0)).astype(np.float32)
    return np.asarray(resample_poly(samples, times, 1, axis=0, window=taps), np.float32)


def limit_true_peak(
    samples: Samples,
    rate: int,
    ceiling_dbtp: float = -1.0,
    lookahead_seconds: float = 0.005,
    release_seconds: float = 0.08,
) -> Samples:
    """Keep true peaks at or under a ceiling by turning down smoothly around them, all channels alike.

    The gain falls along a smooth curve in the `lookahead_seconds` before a peak; afterwards the decibels taken away
    fade by a factor e every `release_seconds`. Sound already under the ceiling is returned as it is.
    """
    peaks = _peaks(_checked(samples), rate)
    return _limited(samples, peaks, rate, ceiling_dbtp, lookahead_seconds, release_seconds)


def limit_as_heard(samples: Samples, heard: Samples, rate: int, ceiling_dbtp: float = -1.0) -> tuple[Samples, float]:
    """Turn sound down just where it came back over a ceiling from a lossy encoder.

    Args:
        samples: what was encoded, float32, shape (n, channels).
        heard: what was decoded, of the same shape; encoders overshoot by some tenths of a decibel at some peaks.
        rate: samples a second.
        ceiling_dbtp: highest true peak of what is decoded.

    Returns:
        Samples to encode again, the same array where nothing came back too high; and the true peak of `heard` in
        dB of full scale, -inf for silence.
    """
    peaks = _peaks(_checked(heard[: len(samples)]), rate)
    ceiling, peak = 10 ** (ceiling_dbtp / 20), float(peaks.max(initial=0.0))
    level = 20 * float(np.log10(peak)) if peak > 0 else float("-inf")
    if peak <= ceiling:
        return samples, level
    # A little lower than needed, as what is encoded anew overshoots a little differently.
    gain = _gain(np.pad(peaks, (0, len(samples) - len(peaks))), ceiling * 0.965, rate, 0.005, 0.08)
    return np.asarray(samples * gain[:, None], np.float32), level


def _limited(
    samples: Samples,
    peaks: NDArray[np.float32],
    rate: int,
    ceiling_dbtp: float,
    lookahead_seconds: float = 0.005,
    release_seconds: float = 0.08,
) -> Samples:
    """`limit_true_peak` for sound whose peaks are known."""
    ceiling = 10 ** (ceiling_dbtp / 20)
    limited = samples
    for _ in range(3):
        if peaks.max(initial=0.0) <= ceiling:
            return limited
        limited = limited * _gain(peaks, ceiling * 0.998, rate, lookahead_seconds, release_seconds)[:, None]
        peaks = _peaks(limited, rate)
    # A changing gain can raise the curve between samples by a hair; what is left of that is taken off the whole.
    peak = float(peaks.max(initial=0.0))
    return limited if peak <= ceiling else np.asarray(limited * np.float32(ceiling / peak), np.float32)


def _gain(
    peaks: NDArray[np.float32], ceiling: float, rate: int, lookahead_seconds: float, release_seconds: float
) -> NDArray[np.float32]:
    """Gain of each sample: down along a smooth curve before a peak, back along an exponential one after it."""
    ahead = max(2, round(lookahead_seconds * rate / 2) * 2)
    with np.errstate(divide="ignore"):
        needed = np.log(np.maximum(20 * np.log10(np.maximum(peaks, 1e-9) / ceiling), 0.0))
    # The decibels taken away fade by the same share each sample. In logarithms that is a straight line, so the
    # running maximum of needs lifted onto that line is the envelope of all fades.
    line = np.arange(len(peaks)) / (release_seconds * rate)
    taken = np.exp(np.maximum.accumulate(needed + line) - line)
    # Hold each need for the look-ahead, then average over the look-ahead: every term is at least the need itself.
    held = maximum_filter1d(np.pad(taken, (0, ahead)), ahead + 1, origin=ahead // 2, mode="constant")
    weights = np.hanning(ahead + 3)[1:-1]
    smooth = fftconvolve(held, weights[::-1] / weights.sum(), mode="full")[ahead:][: len(peaks)]
    return np.asarray(10 ** (-np.maximum(smooth, 0.0) / 20), np.float32)


def normalise_loudness(
    samples: Samples, rate: int, target_lufs: float, ceiling_dbtp: float = -1.0
) -> tuple[Samples, LoudnessFigures]:
    """Bring sound to a loudness under a true-peak ceiling: plain gain first, limiting only where peaks need it.

    After limiting it is measured again and the gain corrected, until it is within 0.1 LU.

    Args:
        samples: float32, shape (n, channels).
        rate: samples a second.
        target_lufs: wanted integrated loudness.
        ceiling_dbtp: highest true peak.

    Returns:
        The new samples and what was done. Silence comes back as it is.
    """
    before = integrated_loudness_lufs(samples, rate)
    if before == float("-inf"):
        peak = true_peak_dbtp(samples, rate)
        figures = LoudnessFigures(
            input_lufs=before, integrated_lufs=before, true_peak_dbtp=peak, gain_db=0.0, limited_db=0.0
        )
        return samples, figures
    peaks, gain_db, slope = _peaks(samples, rate), target_lufs - before, 1.0
    known: tuple[float, float] | None = None
    for _ in range(10):
        factor = np.float32(10 ** (gain_db / 20))
        plain = np.asarray(samples * factor, np.float32)
        done = _limited(plain, peaks * factor, rate, ceiling_dbtp)
        reached = integrated_loudness_lufs(done, rate)
        if abs(target_lufs - reached) < 0.05 or done is plain:
            break
        # The limiter takes back part of each added decibel: how much shows after two tries.
        if known is not None and gain_db != known[0]:
            slope = float(np.clip((reached - known[1]) / (gain_db - known[0]), 0.2, 1.0))
        known, gain_db = (gain_db, reached), gain_db + (target_lufs - reached) / slope
    return done, LoudnessFigures(
        input_lufs=before,
        integrated_lufs=reached,
        true_peak_dbtp=true_peak_dbtp(done, rate),
        gain_db=20 * float(np.log10(factor)),
        limited_db=_most_limited(plain, done),
    )


def _most_limited(plain: Samples, limited: Samples) -> float:
    if plain is limited:
        return 0.0
    before, after = np.abs(plain).max(axis=1), np.abs(limited).max(axis=1)
    heard = before > 1e-4
    return float(20 * np.log10(np.max(before[heard] / np.maximum(after[heard], 1e-9), initial=1.0)))
