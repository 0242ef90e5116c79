"""Beats and bars of music: onsets, tempo, the path through beats, and which of them begin bars.

Onsets are where the spectrum rises above its recent maximum (Böck and Widmer 2013, "Maximum filter vibrato suppression
for onset detection"). The path through beats is found by dynamic programming (Ellis 2007, "Beat tracking by dynamic
programming"), for several tempos, and the tempo is kept whose beats explain most of the onsets; so half and double
tempo are weighed by the whole piece and not by one peak of an autocorrelation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, uniform_filter1d

__all__ = ["RATE", "Rhythm", "find_rhythm"]

Floats = NDArray[np.float64]

RATE = 22_050
"""Samples a second that it listens at."""
_HOP, _WINDOW = 220, 1024
_FRAMES_A_SECOND = RATE / _HOP
_BANDS = 60
_SLOWEST_BPM, _FASTEST_BPM, _USUAL_BPM = 45.0, 210.0, 112.0
# How strictly beats keep to the tempo, and how wide people's liking for tempos is, in octaves.
_TIGHTNESS, _OCTAVES = 320.0, 0.95


@dataclass(frozen=True)
class Rhythm:
    """Times in seconds, and what they mean."""

    beats: Floats
    places: NDArray[np.int64]
    """Place of each in its bar, from 1."""
    beats_a_bar: int
    confidence: float


def find_rhythm(samples: NDArray[np.float32]) -> Rhythm:
    """Beats of mono sound at 22,050 Hz; none where nothing recurs."""
    nothing = Rhythm(np.zeros(0), np.zeros(0, np.int64), 4, 0.0)
    if len(samples) < 3 * RATE or np.abs(samples).max() < 1e-4:
        return nothing
    bands = _band_levels(samples)
    onsets, low = _onset_strength(bands)
    if onsets.max() <= 0:
        return nothing
    best: tuple[float, Floats] | None = None
    for period in _candidate_periods(onsets):
        frames = _path(onsets, period)
        if len(frames) < 4:
            continue
        value = _explained(onsets, frames, period)
        if best is None or value > best[0]:
            best = (value, frames)
    if best is None:
        return nothing
    frames = _refined(onsets, best[1])
    beats_a_bar, first = _bars(bands, onsets, low, frames)
    places = (np.arange(len(frames)) - first) % beats_a_bar + 1
    # In noise the path through beats finds strong places, too, but hardly stronger than any others near them.
    peaks = maximum_filter1d(onsets, 5)
    stands_out = float(np.clip((peaks[frames.astype(int)].mean() / peaks.mean() - 1.5) / 1.2, 0, 1))
    steady = 1 - np.clip(np.std(np.diff(frames)) / np.mean(np.diff(frames)) * 4, 0, 1)
    # A frame's onset is heard in the middle of its window.
    seconds = (frames * _HOP + _WINDOW / 2 - _WINDOW / 4) / RATE
    return Rhythm(seconds, places.astype(np.int64), beats_a_bar, float(np.clip(stands_out * steady, 0, 1)))


def _band_levels(samples: NDArray[np.float32]) -> Floats:
    """Log levels of bands spaced as hearing is, (frames, bands)."""
    count = 1 + (len(samples) - _WINDOW) // _HOP
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP][:count]
    centres = 30 * (9000 / 30) ** (np.arange(_BANDS + 2) / (_BANDS + 1))
    bins = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    rising = (bins[:, None] - centres[None, :-2]) / (centres[1:-1] - centres[:-2])
    falling = (centres[None, 2:] - bins[:, None]) / (centres[2:] - centres[1:-1])
    weights = np.clip(np.minimum(rising, falling), 0, None)
    # Low bands narrower than a bin take the nearest one.
    empty = weights.sum(axis=0) == 0
    weights[np.abs(bins[:, None] - centres[None, 1:-1]).argmin(axis=0)[empty], np.flatnonzero(empty)] = 1
    levels = np.empty((count, _BANDS))
    for at in range(0, count, 4096):
        part = np.abs(np.fft.rfft(windows[at : at + 4096] * np.hanning(_WINDOW), axis=1))
        levels[at : at + 4096] = np.log10(1 + 20 * part @ weights)
    return levels


def _onset_strength(bands: Floats) -> tuple[Floats, Floats]:
    """How strongly something begins in each frame: over all bands, and in the lowest alone."""
    spread = maximum_filter1d(bands, 3, axis=1)
    lag = 2
    rises = np.maximum(bands[lag:] - spread[:-lag], 0)
    rises = np.concatenate([np.zeros((lag, bands.shape[1])), rises])
    everything, low = rises.mean(axis=1), rises[:, : _BANDS // 5].mean(axis=1)
    return _evened(everything), _evened(low)


def _evened(strength: Floats) -> Floats:
    """Against its surroundings, so that quiet verses count like loud refrains."""
    usual = uniform_filter1d(strength, int(4 * _FRAMES_A_SECOND))
    lifted = np.maximum(strength - 0.6 * uniform_filter1d(strength, int(0.5 * _FRAMES_A_SECOND)), 0)
    return np.asarray(gaussian_filter1d(lifted / (usual + 0.05 * strength.max() + 1e-9), 1.0))


def _candidate_periods(onsets: Floats) -> list[float]:
    """Periods in frames at which the onsets recur, likeliest first."""
    centred = onsets - onsets.mean()
    size = 1 << int(np.ceil(np.log2(2 * len(centred))))
    spectrum = np.fft.rfft(centred, size)
    recurs = np.fft.irfft(np.abs(spectrum) ** 2)[: len(centred)]
    recurs /= np.arange(len(centred), 0, -1)  # long lags have fewer pairs
    shortest, longest = (60 * _FRAMES_A_SECOND / bpm for bpm in (_FASTEST_BPM, _SLOWEST_BPM))
    lags = np.arange(int(shortest), min(int(longest) + 2, len(recurs) // 2))
    if len(lags) < 3:
        return []
    liking = np.exp(-0.5 * (np.log2(60 * _FRAMES_A_SECOND / lags / _USUAL_BPM) / _OCTAVES) ** 2)
    score = (recurs[lags] + 0.5 * recurs[2 * lags]) * liking
    peaks = [n for n in range(1, len(lags) - 1) if score[n] >= score[n - 1] and score[n] >= score[n + 1]]
    found = [float(lags[n]) for n in sorted(peaks, key=lambda n: -score[n])[:5]]
    # Between whole frames: a parabola through the peak and its neighbours, on a far multiple.
    fine = [_fine_period(recurs, period) for period in found]
    related = [period * factor for period in fine[:2] for factor in (0.5, 2.0, 2 / 3, 1.5)]
    return [period for period in [*fine, *related] if shortest <= period <= longest]


def _fine_period(recurs: Floats, period: float) -> float:
    for multiple in (2, 4, 8):
        centre = round(period * multiple)
        reach = max(2, round(period * 0.12))
        if centre + reach + 1 >= len(recurs):
            break
        part = recurs[centre - reach : centre + reach + 1]
        period = (centre - reach + int(np.argmax(part))) / multiple
    return period


def _path(onsets: Floats, period: float) -> Floats:
    """The best series of beats about a period apart."""
    local = gaussian_filter1d(onsets, period / 32)
    least, most = round(period / 2), round(2 * period)
    lags = np.arange(-most, -least + 1)
    price = -_TIGHTNESS / 100 * np.log2(-lags / period) ** 2 * 10
    total, before = local.copy(), np.full(len(local), -1)
    for frame in range(least, len(local)):
        first = max(frame - most, 0)
        choices = total[first : frame - least + 1] + price[len(price) - (frame - least + 1 - first) :]
        at = int(np.argmax(choices))
        if choices[at] > 0 or frame > most:
            total[frame] = local[frame] + choices[at]
            before[frame] = first + at
    frame = int(len(total) - round(period) + np.argmax(total[-round(period) :]))
    beats = []
    while frame >= 0:
        beats.append(frame)
        frame = int(before[frame])
    return np.array(beats[::-1], np.float64)


def _explained(onsets: Floats, frames: Floats, period: float) -> float:
    """How much stronger onsets are on the beats than between them, with a liking for usual tempos."""
    peaks = maximum_filter1d(onsets, 5)
    places = frames.astype(int)
    on = peaks[places].mean()
    halves = peaks[np.clip((frames[:-1] + np.diff(frames) / 2).astype(int), 0, len(peaks) - 1)].mean()
    thirds = peaks[np.clip((frames[:-1] + np.diff(frames) / 3).astype(int), 0, len(peaks) - 1)].mean()
    # Beats twice too slow leave strong onsets half way between them; twice too fast, every other one is weak.
    odd, even = peaks[places[::2]].mean(), peaks[places[1::2]].mean()
    uneven = abs(odd - even) / (odd + even + 1e-9)
    liking = np.exp(-0.5 * (np.log2(60 * _FRAMES_A_SECOND / period / _USUAL_BPM) / _OCTAVES) ** 2)
    return float((on - 0.45 * halves - 0.15 * thirds) * (1 - 0.7 * uneven) * liking)


def _refined(onsets: Floats, frames: Floats) -> Floats:
    """Each beat on the onset it means, when there is one within 30 ms, else where it was."""
    reach = 3
    refined = frames.copy()
    for number, frame in enumerate(frames.astype(int)):
        first = max(frame - reach, 0)
        part = onsets[first : frame + reach + 1]
        if part.max() > 0.5:
            refined[number] = first + int(np.argmax(part))
    return refined


def _bars(bands: Floats, onsets: Floats, low: Floats, frames: Floats) -> tuple[int, int]:
    """Beats in a bar (3 or 4), and which beat begins the first whole bar.

    Bars begin where harmony changes and where bass and drums are strongest.
    """
    if len(frames) < 8:
        return 4, 0
    places = frames.astype(int)
    strength = np.stack([maximum_filter1d(part, 7)[places] for part in (onsets, low)])
    parts = [bands[a:b].mean(axis=0) for a, b in zip(places, [*places[1:], len(bands)], strict=True) if b > a]
    while len(parts) < len(places):
        parts.append(parts[-1])
    colour = np.stack(parts)
    colour = colour / (np.linalg.norm(colour, axis=1, keepdims=True) + 1e-9)
    change = np.concatenate([[0.0], 1 - (colour[1:] * colour[:-1]).sum(axis=1)])
    accent = 0.5 * _standard(strength[0]) + _standard(strength[1]) + 1.2 * _standard(change)
    best = (4, 0, -np.inf)
    for bar in (4, 3):
        for first in range(bar):
            on = accent[first::bar]
            rest = np.delete(accent, np.arange(first, len(accent), bar))
            # Three is rarer, and with fewer beats in a bar chance does more.
            value = (on.mean() - rest.mean()) * np.sqrt(len(on)) - (0.8 if bar == 3 else 0.0)
            if value > best[2]:
                best = (bar, first, float(value))
    return best[0], best[1]


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-9))
