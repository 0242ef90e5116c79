"""Mixing: gain curves as keyframes, ducking under known speech, fades and crossfades, loudness in places, limiting.

Everything here works on plain arrays and plain times, so that any timeline's audio tracks can use it. Sound is
float32, shape (n, channels), full scale at ±1; times are exact seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import butter, resample_poly, sosfilt, sosfiltfilt

from rushlight.core.errors import InputError
from rushlight.media.loudness import short_term_loudness_lufs

__all__ = [
    "GainKey",
    "LoudnessMeter",
    "Span",
    "clear_speech",
    "crossfade",
    "duck_under",
    "fade",
    "gain_curve",
    "keys_from_data",
    "keys_to_data",
    "limiter_gain",
    "merge_spans",
    "peaking_section",
]

Floats = npt.NDArray[np.float32]

_FLOOR_DB = -120.0


@dataclass(frozen=True)
class Span:
    """A stretch of time in seconds, `start` before `end`."""

    start: Fraction
    end: Fraction


@dataclass(frozen=True)
class GainKey:
    """A keyframe of a gain curve: at this time the gain is this many decibels."""

    seconds: Fraction
    gain_db: float


def keys_to_data(keys: Sequence[GainKey]) -> list[list[Any]]:
    """Keyframes as plain data for a timeline's metadata: `[["3/2", -10.0], …]`."""
    return [[str(key.seconds), key.gain_db] for key in keys]


def keys_from_data(data: object) -> tuple[GainKey, ...]:
    """Keyframes from a timeline's metadata, in order of time.

    Raises:
        InputError: not a list of pairs of a time and decibels.
    """
    try:
        keys = [GainKey(Fraction(str(seconds)), float(gain)) for seconds, gain in data]  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise InputError(
            f"Gain keyframes cannot be read ({error}).", hint='Write them as [["3/2", -10.0], …]: seconds, decibels.'
        ) from error
    if not np.isfinite([key.gain_db for key in keys]).all():
        raise InputError("A gain keyframe is not a finite number of decibels.", hint=f"Use {_FLOOR_DB:g} for silence.")
    return tuple(sorted(keys, key=lambda key: key.seconds))


def gain_curve(keys: Sequence[GainKey], count: int, sample_rate: int) -> Floats:
    """Gain factors along a sound, float32, shape (count,).

    Between keyframes the decibels follow half a cosine, so that the curve has no corners; before the first and after
    the last keyframe they stay. No keyframes means no change. -120 dB and less is silence.
    """
    gain_db = np.zeros(count)
    places = [round(key.seconds * sample_rate) for key in keys]
    if keys:
        gain_db[: max(places[0], 0)] = keys[0].gain_db
        gain_db[max(places[-1], 0) :] = keys[-1].gain_db
    for (here, there), (one, other) in zip(pairwise(places), pairwise(keys), strict=True):
        first, last = max(here, 0), min(there, count)
        if first < last:
            part = (np.arange(first, last) - here) / (there - here)
            rise = other.gain_db - one.gain_db
            gain_db[first:last] = one.gain_db + rise * (0.5 - 0.5 * np.cos(np.pi * part))
    gain = 10 ** (gain_db / 20)
    gain[gain_db <= _FLOOR_DB] = 0.0
    return gain.astype(np.float32)


def merge_spans(spans: Iterable[Span], hold_seconds: Fraction) -> list[Span]:
    """Spans in order, those closer together than `hold_seconds` (or overlapping) joined into one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda item: (item.start, item.end)):
        if span.end <= span.start:
            continue
        if merged and span.start - merged[-1].end < hold_seconds:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def duck_under(
    spans: Sequence[tuple[Span, float]],
    *,
    attack_seconds: Fraction = Fraction(3, 10),
    release_seconds: Fraction = Fraction(7, 10),
    hold_seconds: Fraction = Fraction(7, 5),
    open_db: float = 0.0,
) -> tuple[GainKey, ...]:
    """Keyframes that take a bed down before each span and bring it back after it.

    The gain has arrived when the span begins and stays until it ends. Across gaps shorter than `hold_seconds` it
    does not come up: it glides from one span's gain to the next, so that the bed does not pump between sentences.

    Args:
        spans: stretches in order, not overlapping, each with its gain in decibels.
        attack_seconds: how long before a span the way down begins.
        release_seconds: how long the way up takes.
        hold_seconds: gaps below this stay down; at least attack and release together.
        open_db: the gain where nothing is said.
    """
    hold = max(hold_seconds, attack_seconds + release_seconds)
    keys: list[GainKey] = []
    end: Fraction | None = None
    for span, gain_db in spans:
        opens = end is None or span.start - end >= hold
        if opens and end is not None:
            keys.append(GainKey(end + release_seconds, open_db))
        if opens and span.start - attack_seconds >= 0:
            keys.append(GainKey(span.start - attack_seconds, open_db))
        keys += [GainKey(span.start, gain_db), GainKey(span.end, gain_db)]
        end = span.end
    if end is not None:
        keys.append(GainKey(end + release_seconds, open_db))
    return tuple(keys)


def fade(
    count: int,
    sample_rate: int,
    *,
    in_seconds: float = 0.0,
    out_seconds: float = 0.0,
    shape: Literal["cosine", "linear", "equal_power"] = "cosine",
) -> Floats:
    """Gain factors that start from and end in silence, float32, shape (count,).

    Args:
        count: samples.
        sample_rate: samples a second.
        in_seconds: length of the fade at the head; 0 for none.
        out_seconds: length of the fade at the tail; 0 for none.
        shape: `equal_power` suits crossfades of unlike sounds, `linear` those of like ones, `cosine` single fades.
    """
    gain = np.ones(count)
    head, tail = (min(round(seconds * sample_rate), count) for seconds in (in_seconds, out_seconds))
    if head > 0:
        gain[:head] *= _shape(np.arange(head) / head, shape)
    if tail > 0:
        gain[count - tail :] *= _shape(np.arange(tail - 1, -1, -1) / tail, shape)
    return gain.astype(np.float32)


def _shape(part: npt.NDArray[np.float64], shape: str) -> npt.NDArray[np.float64]:
    if shape == "linear":
        return part
    if shape == "equal_power":
        return np.asarray(np.sin(part * np.pi / 2), dtype=np.float64)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * part), dtype=np.float64)


def crossfade(one: Floats, other: Floats, seconds: float, sample_rate: int) -> Floats:
    """Join two sounds so that they overlap by `seconds` with constant power.

    Returns:
        Shape (len(one) + len(other) - overlap, channels); the overlap is at most the shorter sound.

    Raises:
        InputError: they differ in channels.
    """
    if one.ndim != 2 or other.ndim != 2 or one.shape[1] != other.shape[1]:
        raise InputError(f"Sounds of shapes {one.shape} and {other.shape} cannot be crossfaded.")
    overlap = min(round(seconds * sample_rate), len(one), len(other))
    part = (np.arange(overlap) + 0.5) / max(overlap, 1)
    up, down = (np.sin(part * np.pi / 2), np.cos(part * np.pi / 2))
    middle = one[len(one) - overlap :] * down[:, None] + other[:overlap] * up[:, None]
    return np.concatenate([one[: len(one) - overlap], middle.astype(np.float32), other[overlap:]])


class LoudnessMeter:
    """Loudness of a sound in any of its stretches, without gating.

    The sound is K-weighted once and its power kept in blocks of 10 ms, so that asking is cheap. Unlike integrated
    loudness nothing is gated away: the stretch asked for decides what counts.

    Args:
        samples: float32, shape (n, channels); all channels weigh 1, as left, right and centre do.
        sample_rate: samples a second.

    Reference:
        ITU-R BS.1770-4, "Algorithms to measure audio programme loudness and true-peak audio level".
    """

    def __init__(self, samples: Floats, sample_rate: int) -> None:
        self.rate = sample_rate
        self.hop = round(sample_rate * 0.01)
        padding = -len(samples) % self.hop
        whole = np.pad(samples, ((0, padding), (0, 0))) if padding else samples
        blocks = short_term_loudness_lufs(whole, sample_rate, window_seconds=0.01, hop_seconds=0.01)
        power = 10 ** ((blocks + 0.691) / 10) * self.hop
        self._sums = np.concatenate([[0.0], np.cumsum(power)])

    def _power(self, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return np.asarray(self._sums[last] - self._sums[first], dtype=np.float64)

    def _blocks(self, span: Span) -> tuple[int, int]:
        most = len(self._sums) - 1
        first = min(max(round(span.start * self.rate / self.hop), 0), most)
        return first, min(max(round(span.end * self.rate / self.hop), first), most)

    def lufs(self, spans: Sequence[Span]) -> float:
        """Loudness over some stretches taken together; -inf where there is nothing."""
        edges = [self._blocks(span) for span in spans]
        energy = float(sum(self._sums[last] - self._sums[first] for first, last in edges))
        samples = sum(last - first for first, last in edges) * self.hop
        return _as_lufs(energy / samples) if samples else float("-inf")

    def loudest_lufs(self, span: Span, window_seconds: float) -> float:
        """Loudness of the loudest window inside a stretch (of all of it when it is shorter than the window)."""
        first, last = self._blocks(span)
        width = min(max(round(window_seconds * self.rate / self.hop), 1), last - first)
        if width <= 0:
            return float("-inf")
        starts = np.arange(first, last - width + 1)
        return _as_lufs(float(self._power(starts, starts + width).max()) / (width * self.hop))


def _as_lufs(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power)) if power > 1e-14 else float("-inf")


def _true_peaks(samples: Floats) -> npt.NDArray[np.float32]:
    """Highest magnitude near every sample over channels and four positions between samples, shape (n,)."""
    peaks = np.abs(samples).max(axis=1)
    reach, step = 64, 1 << 17
    for start in range(0, len(samples), step):
        stop = min(start + step, len(samples))
        if peaks[start:stop].max(initial=0.0) < 0.25:
            continue  # nothing here comes near a ceiling, between samples or on them
        first, last = max(start - reach, 0), min(stop + reach, len(samples))
        fine = np.abs(resample_poly(samples[first:last], 4, 1, axis=0)).max(axis=1)
        fine = fine.reshape(-1, 4).max(axis=1)[start - first : stop - first]
        peaks[start:stop] = np.maximum(peaks[start:stop], fine)
    return np.asarray(peaks, dtype=np.float32)


def limiter_gain(samples: Floats, sample_rate: int, *, ceiling_dbtp: float = -1.0) -> Floats:
    """Gain factors that keep true peaks under a ceiling, float32, shape (n,).

    Looks 6 ms ahead: the gain has come down, along a smooth curve, before a peak arrives. Giving the curve rather
    than the limited sound lets stems take the same gain, so that they still add up to the mix.

    Args:
        samples: shape (n, channels).
        sample_rate: samples a second.
        ceiling_dbtp: highest true peak allowed, in decibels under full scale.
    """
    if not len(samples):
        return np.ones(0, dtype=np.float32)
    ceiling = 10 ** ((ceiling_dbtp - 0.1) / 20)
    gain = np.ones(len(samples), dtype=np.float64)
    reach = max(int(0.006 * sample_rate), 1)
    for _ in range(4):
        peaks = _true_peaks(samples * gain[:, None].astype(np.float32))
        if peaks.max(initial=0.0) <= 10 ** ((ceiling_dbtp - 0.05) / 20):
            break
        wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
        held = minimum_filter1d(wanted, 2 * reach + 1, mode="nearest")
        half = 2 * (reach // 2) + 1
        gain *= uniform_filter1d(uniform_filter1d(held, half, mode="nearest"), half, mode="nearest")
    return gain.astype(np.float32)


def peaking_section(centre_hz: float, gain_db: float, q: float, sample_rate: int) -> npt.NDArray[np.float64]:
    """One second-order section of a peaking equaliser, shape (6,), as `scipy.signal.sosfilt` takes it.

    Reference:
        Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients".
    """
    amplitude, turn = 10 ** (gain_db / 40), 2 * np.pi * centre_hz / sample_rate
    alpha = np.sin(turn) / (2 * q)
    cosine = -2 * np.cos(turn)
    top = np.array([1 + alpha * amplitude, cosine, 1 - alpha * amplitude])
    bottom = np.array([1 + alpha / amplitude, cosine, 1 - alpha / amplitude])
    return np.asarray(np.concatenate([top, bottom]) / bottom[0], dtype=np.float64)


def clear_speech(sound: Floats, sample_rate: int) -> Floats:
    """Speech without rumble, boxiness and harsh hiss, as synthetic voices need it most.

    A gentle high-pass at 75 Hz, small dips at 350 Hz and 3.2 kHz, then the hiss between 5 and 9 kHz is held to 7 dB
    under the voice around it, by half of what it exceeds that.

    Args:
        sound: float32, shape (n, 1).
        sample_rate: samples a second.

    Returns:
        Same shape.
    """
    if len(sound) < sample_rate // 10:
        return sound
    tone = np.concatenate(
        [
            butter(2, 75, btype="high", fs=sample_rate, output="sos"),
            peaking_section(350, -1.5, 0.9, sample_rate)[None, :],
            peaking_section(3200, -2.5, 1.0, sample_rate)[None, :],
        ]
    )
    voice = sosfilt(tone, sound[:, 0])
    band = butter(2, (5000, min(9000, sample_rate * 0.45)), btype="band", fs=sample_rate, output="sos")
    hiss = sosfiltfilt(band, voice)  # no phase shift, so that it can be subtracted
    short, around = int(0.008 * sample_rate) | 1, int(0.15 * sample_rate) | 1
    hiss_db = 10 * np.log10(uniform_filter1d(hiss**2, short) + 1e-12)
    voice_db = 10 * np.log10(uniform_filter1d(voice**2, around) + 1e-10)
    excess = np.clip(hiss_db - (voice_db - 7), 0, 16)
    gain = uniform_filter1d(10 ** (-excess / 2 / 20), short)
    return np.asarray((voice + (gain - 1) * hiss)[:, None], dtype=np.float32)
