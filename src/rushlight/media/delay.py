"""How far two sounds of the same event are apart, and how much one clock drifts against the other.

Sound is whitened: every short frame keeps its phases and loses most of its magnitudes, so that rooms, microphones and
levels hardly count (generalised cross-correlation with phase transform, frame by frame). Stretches of one sound are
looked for in all of the other; the line that most of them lie on gives offset and drift. Nothing is said when too few
stretches agree, or when another line fits nearly as well.

Reference:
    Knapp, Carter 1976, "The generalized correlation method for estimation of time delay".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import map_coordinates, spline_filter1d, uniform_filter1d
from scipy.signal import ShortTimeFFT, get_window, hilbert, resample_poly

__all__ = ["RATE", "Delay", "find_delay", "stretch"]

Samples = NDArray[np.float32]

RATE = 16_000
"""Sample rate of what `find_delay` takes."""

_COARSE_RATE = 8_000
_BAND_HZ = (120.0, 7000.0)
_PIECE_SECONDS = 600
_MOST_PPM = 400.0
_FINE_SECONDS = 4.0
_REACH_SECONDS = 0.025
_AGREE_SECONDS = 0.0012
# A peak this many deviations above the correlation around it is not chance: there are 800 places to look at.
_CLEAR = 6.5


@dataclass(frozen=True)
class Delay:
    """A sound against a reference: its second t is the reference's `offset_seconds + t · (1 + drift_ppm / 10⁶)`."""

    offset_seconds: float
    drift_ppm: float
    confidence: float
    """0 when it is not to be trusted."""
    reason: str


@dataclass(frozen=True)
class _Line:
    offset: float
    slope: float
    """Seconds of the reference for a second of the other, less one."""
    score: float
    agreeing: int = 0
    clear: int = 0
    seen: int = 0


def find_delay(reference: Samples, other: Samples, *, drifts: bool = True) -> Delay:
    """Where a sound lies on the clock of another.

    Args:
        reference: mono at `RATE`, shape (n,).
        other: mono at `RATE`, shape (m,).
        drifts: false when both were made by one clock.

    Returns:
        The delay; with confidence 0 and the reason when it cannot be told.
    """
    shortest = min(len(reference), len(other)) / RATE
    if shortest < 1.5:
        return Delay(0.0, 0.0, 0.0, "one of them is shorter than 1.5 s")
    left, right = _whitened(reference), _whitened(other)
    if not left.any() or not right.any():
        return Delay(0.0, 0.0, 0.0, "one of them is silent")
    best: list[_Line] = []
    for guess in (0.0, 75e-6, -75e-6, 150e-6, -150e-6) if drifts else (0.0,):
        tried = [_fitted(left, right, line, drifts, 10) for line in _coarse_lines(left, right, guess, drifts)]
        tried = sorted((line for line in tried if line.agreeing >= 2), key=lambda line: -line.score)
        lines = [_refined(left, right, line, drifts) for line in tried[:3]]
        best = sorted([*best, *lines], key=lambda line: -line.score)
        if best and _is_sure(best[0]):
            break
    return _judged(best)


def _is_sure(line: _Line) -> bool:
    return line.agreeing >= 3 and line.agreeing >= 0.7 * line.clear and line.agreeing >= 0.45 * line.seen


def _judged(lines: list[_Line]) -> Delay:
    if not lines or not _is_sure(lines[0]):
        return Delay(0.0, 0.0, 0.0, "too few places sound alike")
    first = lines[0]
    apart = [line for line in lines[1:] if abs(line.offset - first.offset) > 0.02]
    rival = max((line.score for line in apart), default=0.0)
    if rival > 0.7 * first.score:
        return Delay(0.0, 0.0, 0.0, "it fits in several places, as repeated music does")
    sure = (first.agreeing / max(first.clear, 1)) * (1 - 0.5 ** (first.agreeing - 1)) * (1 - rival / first.score) ** 0.5
    said = f"{first.agreeing} of {first.clear} clear places agree, {first.seen} compared"
    return Delay(first.offset, first.slope * 1e6, round(float(sure), 3), said)


def _whitened(samples: Samples) -> Samples:
    """Sound with its phases, and magnitudes pressed flat over time and frequency."""
    frames = ShortTimeFFT(get_window("hann", 1024), 512, RATE, fft_mode="onesided")
    sound = np.ascontiguousarray(samples, np.float32)
    whole = frames.stft(sound)
    size = np.abs(whole)
    # Below the quietest twentieth of what is there, nothing but rounding is raised.
    floor = max(float(np.percentile(size, 50)) * 0.05, 1e-9)
    whole *= (size + floor) ** -0.75
    whole[(frames.f < _BAND_HZ[0]) | (frames.f > _BAND_HZ[1])] = 0
    return np.asarray(frames.istft(whole, k1=len(sound)), np.float32)


def stretch(samples: Samples, ratio: float, start: float = 0.0, count: int | None = None) -> Samples:
    """Sound at other moments: sample k of the result is what is heard at sample `start + k / ratio`.

    Splines of the fifth order over sound of twice the rate: below −90 dB up to a fifth of the sample rate.

    Args:
        samples: shape (n,) or (n, channels).
        ratio: how much longer the result is.
        start: first moment, in samples.
        count: samples wanted; as many as there are by default.
    """
    wide = samples[:, None] if samples.ndim == 1 else samples
    total = ceil(len(wide) * ratio) if count is None else count
    made = np.zeros((total, wide.shape[1]), np.float32)
    step, margin = 1 << 18, 64
    for first in range(0, total, step):
        places = start + np.arange(first, min(first + step, total)) / ratio
        low, high = max(int(places[0]) - margin, 0), min(int(places[-1]) + margin, len(wide))
        if high <= low:
            continue
        for channel in range(wide.shape[1]):
            fine = resample_poly(wide[low:high, channel].astype(np.float64), 2, 1, window=("kaiser", 12.0))
            fine = spline_filter1d(fine, order=5, mode="mirror")
            at = ((places - low) * 2)[None, :]
            made[first : first + len(places), channel] = map_coordinates(
                fine, at, order=5, prefilter=False, mode="constant"
            )
    return made[:, 0] if samples.ndim == 1 else made


def _coarse_lines(left: Samples, right: Samples, guess: float, drifts: bool) -> list[_Line]:
    """The lines that most stretches lie on, best first; `guess` is the drift that stretches are corrected by."""
    a, b = (resample_poly(side, 1, RATE // _COARSE_RATE).astype(np.float32) for side in (left, right))
    if guess:
        b = stretch(b, 1 + guess)
    seconds = min(max(len(b) / _COARSE_RATE / 8, 1.5), 8.0)
    size = round(seconds * _COARSE_RATE)
    starts = _busy_starts(b, size, 24)
    found: list[tuple[float, float, float]] = []
    for start in starts:
        for lag, height in _peaks(a, b[start : start + size], drifts):
            # Times on the stretched clock of the other.
            found.append((start / _COARSE_RATE, (lag - start) / _COARSE_RATE, height))
    return _lines_through(found, guess, drifts)


def _busy_starts(sound: Samples, size: int, most: int) -> list[int]:
    """Where stretches begin: the loudest in each of up to `most` equal parts."""
    last = len(sound) - size
    if last <= 0:
        return [0]
    count = min(most, max(2 * (len(sound) // size), 3))
    power = uniform_filter1d(sound.astype(np.float64) ** 2, size, mode="constant")[size // 2 :][: last + 1]
    edges = np.linspace(0, last + 1, count + 1).astype(int)
    return [int(lo + np.argmax(power[lo:hi])) for lo, hi in zip(edges, edges[1:], strict=False) if hi > lo]


def _peaks(whole: Samples, part: Samples, smear: bool, most: int = 8) -> list[tuple[float, float]]:
    """Places in `whole` where `part` is found best: first sample of the part there, and deviations above chance."""
    step, found = _PIECE_SECONDS * _COARSE_RATE, []
    for begin in range(0, len(whole), step):
        piece = whole[begin : begin + step + len(part)]
        length = next_fast_len(len(piece) + len(part), real=True)
        flipped = irfft(rfft(piece, length) * np.conj(rfft(part, length)), length)
        # Lags from −len(part) on: the part may begin before the piece.
        lags = np.concatenate([flipped[-len(part) + 1 :], flipped[: len(piece)]])
        lags = lags[: len(part) - 1 + min(len(piece), step)] if begin == 0 else lags[len(part) - 1 :][:step]
        first = begin - (len(part) - 1 if begin == 0 else 0)
        energy = np.abs(hilbert(lags, next_fast_len(len(lags)))[: len(lags)]) ** 2 if len(lags) < 1 << 23 else lags**2
        width = max(round(len(part) * 150e-6), 1) if smear else 1
        energy = uniform_filter1d(energy, width)
        energy /= np.mean(energy) + 1e-20
        for _ in range(most):
            at = int(np.argmax(energy))
            found.append((float(first + at), float(energy[at])))
            energy[max(at - 80, 0) : at + 80] = 0
    return sorted(found, key=lambda item: -item[1])[:most]


def _lines_through(points: list[tuple[float, float, float]], guess: float, drifts: bool) -> list[_Line]:
    """Up to eight lines, each through as much as possible of what the ones before left."""
    near = 0.003
    times, offsets, heights = (np.array(column) for column in zip(*points, strict=True))
    candidates = {(float(offset), 0.0) for offset in offsets}
    if drifts:
        for one, two in combinations(range(len(points)), 2):
            apart = times[two] - times[one]
            if apart > 5 and abs(slope := (offsets[two] - offsets[one]) / apart) <= _MOST_PPM * 1e-6:
                candidates.add((float(offsets[one] - slope * times[one]), float(slope)))
    lines: list[_Line] = []
    tried = sorted(candidates)
    left = np.ones(len(points), bool)
    for _ in range(8):
        scores = [
            float(np.sum(np.sqrt(heights) * left * (np.abs(offsets - offset - slope * times) < near)))
            for offset, slope in tried
        ]
        place = int(np.argmax(scores))
        offset, slope = tried[place]
        lines.append(_Line(offset, (1 + guess) * (1 + slope) - 1, scores[place]))
        left &= np.abs(offsets - offset - slope * times) >= 0.02
        if not left.any():
            break
    return lines


def _refined(left: Samples, right: Samples, line: _Line, drifts: bool) -> _Line:
    """A line fitted to many short stretches, looked for near where it says."""
    found = line
    for _ in range(2):
        found = _fitted(left, right, found, drifts, 48)
        if found.agreeing < 2:
            break
    return found


def _fitted(left: Samples, right: Samples, line: _Line, drifts: bool, most: int) -> _Line:
    rate = 1 + line.slope
    begin, end = max(line.offset, 0.0), min(line.offset + len(right) / RATE * rate, len(left) / RATE)
    length = min(_FINE_SECONDS, max((end - begin) / 5, 0.8))
    if end - begin < length:
        return _Line(line.offset, line.slope, 0.0)
    count = min(max(ceil((end - begin) / length * 1.5), 2), most)
    size, reach = round(length * RATE), round(_REACH_SECONDS * RATE)
    times, late, heights = [], [], []
    for start in np.linspace(begin, end - length, count):
        first = round(start * RATE)
        there = (first / RATE - line.offset) / rate
        low = max(int(there * RATE) - 128, 0)
        piece = right[low : int((there + length / rate) * RATE) + 128]
        # Splines of the third order do for listening; what is heard by people goes through `stretch`.
        part = map_coordinates(piece, (there * RATE - low + np.arange(size) / rate)[None, :], order=3, mode="constant")
        here = np.zeros(size + 2 * reach, np.float32)
        taken = left[max(first - reach, 0) : first + size + reach]
        here[max(reach - first, 0) : max(reach - first, 0) + len(taken)] = taken
        at, height = _peak_near(here, part, reach)
        times.append(first / RATE)
        late.append(at / RATE)
        heights.append(height)
    return _line_of(np.array(times), np.array(late), np.array(heights), line, drifts)


def _peak_near(here: Samples, part: Samples, reach: int) -> tuple[float, float]:
    """How many samples later than expected a part is found, and deviations above what lies around."""
    length = next_fast_len(len(here) + len(part), real=True)
    row = irfft(rfft(here, length) * np.conj(rfft(part, length)), length)[: 2 * reach + 1]
    at = int(np.argmax(row))
    around = np.delete(row, np.arange(max(at - 24, 0), min(at + 25, len(row))))
    height = float((row[at] - around.mean()) / (around.std() + 1e-12))
    shift = 0.0
    if 0 < at < len(row) - 1:
        below, top, above = row[at - 1 : at + 2]
        shift = float(0.5 * (below - above) / (below - 2 * top + above - 1e-12))
    return at - reach + shift, height


def _line_of(
    times: NDArray[np.float64], late: NDArray[np.float64], heights: NDArray[np.float64], line: _Line, drifts: bool
) -> _Line:
    """The line through most clear peaks; what is left of the drift is in how `late` changes."""
    clear = heights > _CLEAR
    if not clear.any():
        return _Line(line.offset, line.slope, 0.0, seen=len(times))
    t, y, h = times[clear], late[clear], heights[clear]
    trials = [(float(value), 0.0) for value in y]
    if drifts:
        for one, two in combinations(range(len(t)), 2):
            if t[two] - t[one] > 2 and abs(slope := (y[two] - y[one]) / (t[two] - t[one])) < _MOST_PPM * 1e-6:
                trials.append((float(y[one] - slope * t[one]), float(slope)))
    sums = [float(np.sum(h * (np.abs(y - base - slope * t) < _AGREE_SECONDS))) for base, slope in trials]
    base, slope = trials[int(np.argmax(sums))]
    near = np.abs(y - base - slope * t) < _AGREE_SECONDS
    if drifts and near.sum() >= 4 and np.ptp(t[near]) > 10:
        slope, base = (float(value) for value in np.polyfit(t[near], y[near], 1, w=np.sqrt(h[near])))
        near = np.abs(y - base - slope * t) < _AGREE_SECONDS
    elif near.any():
        base, slope = float(np.average(y[near] - slope * t[near], weights=h[near])), slope
    # The other's sound lies `base + slope · t` later on the reference's clock than the line said: t is that clock.
    grown = (1 + line.slope) * (1 + slope)
    offset = line.offset * (1 + slope) + base
    # Of two lines the better one matches more of what it lays over each other, not merely more of it.
    score = float(np.sum(h[near]) / np.sqrt(len(times)))
    return _Line(offset, grown - 1, score, int(near.sum()), int(clear.sum()), len(times))
