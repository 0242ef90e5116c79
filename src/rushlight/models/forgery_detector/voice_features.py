"""What a voice sounds like as far as it tells machines from people: a hundred numbers that a channel changes little.

Spread and speed of linear-frequency cepstra, how periodic each band is, how pitch trembles, the excitation behind the
vocal tract (linear-prediction residual), fine structure and phase of the spectrum, and how quiet the pauses are.

References:
    Todisco et al. 2019, "ASVspoof 2019: future horizons in spoofed and fake audio detection" (LFCC baseline).
    Boersma 1993, "Accurate short-term analysis of the fundamental frequency …" (periodicity).
    Saratxaga et al. 2016, "Synthetic speech detection using phase information".
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

__all__ = ["FEATURES", "LEAST_SECONDS", "RATE", "voice_features"]

Floats = NDArray[np.float64]

RATE = 16_000
LEAST_SECONDS = 2.0
"""Less speech than this says too little."""

_WINDOW, _HOP, _PITCH_WINDOW = 512, 160, 640
_BANDS, _CEPSTRA, _ORDER = 32, 20, 16
_LOW_HZ, _HIGH_HZ = 100.0, 7600.0
_SHORTEST_LAG, _LONGEST_LAG = 40, 230
_PERIODIC_HZ = ((60, 1000), (1000, 2000), (2000, 3500), (3500, 5500), (5500, 7600))
_FINE_BINS = ((16, 64), (64, 128), (128, 192), (192, 243))
_PHASE_BINS = ((8, 64), (64, 128), (128, 240))
_LEAST_ACTIVE, _LEAST_VOICED, _MOST_RESIDUALS = 50, 40, 150

FEATURES: tuple[str, ...] = (
    *(f"spread of cepstrum {number}" for number in range(1, _CEPSTRA)),
    *(f"movement of cepstrum {number}" for number in range(_CEPSTRA)),
    *(f"speed of cepstrum {number}" for number in range(1, _CEPSTRA)),
    *(
        f"{what} of periodicity from {low} to {high} Hz"
        for low, high in _PERIODIC_HZ
        for what in ("mean", "spread", "lowest tenth", "highest tenth")
    ),
    "range of pitch", "steps of pitch", "spread of pitch steps", "tremor of pitch",
    "peaks of the excitation", "spread of these peaks", "lopsidedness of the excitation", "spread of lopsidedness",
    *(f"{what} of fine structure {part}" for part in range(1, 5) for what in ("mean", "spread")),
    *(f"{what} of phase {part}" for part in range(1, 4) for what in ("order", "smoothness")),
    "loud to quiet", "loud to middle", "spread of loudness",
    *(f"tilt {number}" for number in range(1, 4)),
)  # fmt: skip
"""What each number is."""


@cache
def _filters() -> Floats:
    edges = np.linspace(_LOW_HZ, _HIGH_HZ, _BANDS + 2)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)[:, None]
    rising, falling = (hertz - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - hertz) / np.diff(edges)[1:]
    return np.clip(np.minimum(rising, falling), 0, None)


def voice_features(samples: NDArray[np.floating]) -> Floats | None:
    """The numbers of a stretch of speech.

    Args:
        samples: mono at 16 kHz, shape (n,).

    Returns:
        float64, shape (106,), in the order of `FEATURES`; None where there is too little voiced speech.
    """
    if len(samples) < LEAST_SECONDS * RATE:
        return None
    sound = np.asarray(samples, np.float64)
    sound = sound / (np.sqrt(np.mean(sound**2)) + 1e-9)
    frames = sound[np.arange((len(sound) - _WINDOW) // _HOP + 1)[:, None] * _HOP + np.arange(_WINDOW)]
    spectrum = np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)
    power = np.abs(spectrum) ** 2
    level = 10 * np.log10(power.sum(1) + 1e-9)
    active = level > np.percentile(level, 95) - 30
    periodic = _periodicity(sound)
    voiced = _voiced(periodic, level)
    if active.sum() < _LEAST_ACTIVE or voiced.sum() < _LEAST_VOICED:
        return None
    bands = np.log(power @ _filters() + 1e-7)
    return np.concatenate(
        [
            _cepstra(bands, active), _bands_periodic(periodic, voiced), _pitch(periodic[1], voiced),
            _excitation(frames, active), _fine(power[active]), _phase(spectrum[active]),
            _levels(level, active), _tilt(bands[active].mean(0)),
        ]
    )  # fmt: skip


def _cepstra(bands: Floats, active: NDArray[np.bool_]) -> Floats:
    still = dct(bands[active], axis=1, norm="ortho")[:, :_CEPSTRA].std(0)
    moving = dct(np.diff(bands, axis=0)[active[1:] & active[:-1]], axis=1, norm="ortho")[:, :_CEPSTRA].std(0)
    return np.concatenate(
        [np.log(still[1:] + 1e-3), np.log(moving + 1e-3), np.log(moving[1:] / (still[1:] + 1e-3) + 1e-3)]
    )


def _periodicity(sound: Floats) -> tuple[Floats, Floats]:
    """Of each band and frame how periodic it is at the pitch of the lowest band, and that pitch."""
    count = max((len(sound) - _PITCH_WINDOW) // _HOP, 1)
    cut = sound[np.arange(count)[:, None] * _HOP + np.arange(_PITCH_WINDOW)]
    window = np.hanning(_PITCH_WINDOW)
    power = np.abs(np.fft.rfft((cut - cut.mean(1, keepdims=True)) * window, 2 * _PITCH_WINDOW, axis=1)) ** 2
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _PITCH_WINDOW)) ** 2)[: _LONGEST_LAG + 1]
    hertz = np.fft.rfftfreq(2 * _PITCH_WINDOW, 1 / RATE)
    found, lag = [], np.zeros(count, np.int64)
    for number, (low, high) in enumerate(_PERIODIC_HZ):
        alike = np.fft.irfft(power * ((hertz >= low) & (hertz < high)), axis=1)[:, : _LONGEST_LAG + 1]
        ratio = alike / np.maximum(alike[:, :1], 1e-9) / (own / own[0])
        if number == 0:
            lag = ratio[:, _SHORTEST_LAG:].argmax(1) + _SHORTEST_LAG
        found.append(np.clip(np.take_along_axis(ratio, lag[:, None], 1)[:, 0], -1, 1))
    return np.array(found), RATE / lag


def _voiced(periodic: tuple[Floats, Floats], level: Floats) -> NDArray[np.bool_]:
    lowest = periodic[0][0]
    count = min(len(lowest), len(level))
    voiced = np.zeros(len(lowest), np.bool_)
    voiced[:count] = (lowest[:count] > 0.6) & (level[:count] > np.percentile(level, 95) - 25)
    return voiced


def _bands_periodic(periodic: tuple[Floats, Floats], voiced: NDArray[np.bool_]) -> Floats:
    kept = periodic[0][:, voiced]
    return np.stack([kept.mean(1), kept.std(1), *np.percentile(kept, [10, 90], axis=1)], axis=1).ravel()


def _pitch(pitch: Floats, voiced: NDArray[np.bool_]) -> Floats:
    steps = np.diff(np.log(pitch))[voiced[1:] & voiced[:-1]]
    steps = steps[np.abs(steps) < 0.2]
    spread = np.log(pitch[voiced]).std()
    if len(steps) < 3:
        return np.array([spread, -9.0, -9.0, -9.0])
    tremor = np.abs(np.diff(steps)).mean()
    return np.array([spread, *np.log(np.array([np.abs(steps).mean(), steps.std(), tremor]) + 1e-4)])


def _excitation(frames: Floats, active: NDArray[np.bool_]) -> Floats:
    """Peaks and lopsidedness of what is left when the vocal tract is taken off."""
    places = np.flatnonzero(active)
    peaks, lopsided, window = [], [], np.hanning(_WINDOW)
    damping = np.zeros(_ORDER)
    for place in places[:: max(len(places) // _MOST_RESIDUALS, 1)]:
        cut = frames[place] * window
        alike = np.array([cut[: _WINDOW - lag] @ cut[lag:] for lag in range(_ORDER + 1)])
        if alike[0] < 1e-6:
            continue
        damping[0] = alike[0] * 1e-4
        tract = solve_toeplitz(alike[:_ORDER] + damping, alike[1:])
        left = lfilter(np.concatenate([[1.0], -tract]), [1.0], frames[place])
        left = (left - left.mean()) / (left.std() + 1e-9)
        peaks.append(np.log((left**4).mean()))
        lopsided.append((left**3).mean())
    if not peaks:
        return np.zeros(4)
    return np.array([np.mean(peaks), np.std(peaks), abs(np.mean(lopsided)), np.std(lopsided)])


def _fine(power: Floats) -> Floats:
    logs, found = np.log(power + 1e-7), []
    for first, last in _FINE_BINS:
        rough = np.log(np.exp(logs[:, first:last]).mean(1)) - logs[:, first:last].mean(1)
        found += [rough.mean(), rough.std()]
    return np.array(found)


def _phase(spectrum: NDArray[np.complex128]) -> Floats:
    turn = np.angle(spectrum[:, 1:] * np.conj(spectrum[:, :-1]))
    found = []
    for first, last in _PHASE_BINS:
        part = turn[:, first:last]
        found += [
            np.abs(np.exp(1j * part).mean(1)).mean(),
            np.abs(np.exp(1j * np.diff(part, axis=1)).mean(1)).mean(),
        ]
    return np.array(found)


def _levels(level: Floats, active: NDArray[np.bool_]) -> Floats:
    loud, middle, quiet = np.percentile(level, [95, 50, 5])
    return np.array([loud - quiet, loud - middle, level[active].std()])


def _tilt(mean: Floats) -> Floats:
    parts = [mean[first : first + 8].mean() for first in range(0, _BANDS, 8)]
    return np.array([one - other for one, other in zip(parts, parts[1:], strict=False)])
