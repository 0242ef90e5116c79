"""Faults of the sound: silence, clipping, hum, phase, loudness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.edit.faults.spans import Spotted
from rushlight.media.loudness import integrated_loudness_lufs, true_peak_dbtp
from rushlight.media.stretches import runs

__all__ = ["spot_sound_faults"]

Floats = NDArray[np.float32]

# Rooms that were recorded, even by noise gates and in 16 bits, stay above it.
_SILENT_DB = -76.0
# Natural sound is this near full scale in one sample of a thousand; the loudest masters in one of a hundred.
_FULL, _FULL_SHARE = 0.97, 0.04
_MAINS_HZ = (50.0, 60.0)
_HARMONICS = 8


def spot_sound_faults(samples: Floats, rate: int, *, loudness_lufs: float, peak_dbtp: float) -> list[Spotted]:
    """Faults on the clock of seconds.

    Args:
        samples: float32, (n, channels).
        rate: samples a second.
        loudness_lufs: the loudness that is wanted.
        peak_dbtp: the highest true peak that is allowed.
    """
    if len(samples) < rate // 5:
        return []
    found = [*_silent(samples, rate), *_clipped(samples, rate), *_hum(samples, rate), *_phase(samples, rate)]
    return [*found, *_loudness(samples, rate, loudness_lufs, peak_dbtp)]


def _levels(samples: Floats, hop: int) -> NDArray[np.float64]:
    """Level of each stretch of `hop` samples in dB of full scale, of the loudest channel."""
    count = len(samples) // hop
    power = (samples[: count * hop].astype(np.float64) ** 2).reshape(count, hop, -1).mean(axis=1).max(axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))


def _silent(samples: Floats, rate: int) -> list[Spotted]:
    hop = rate // 50
    level = _levels(samples, hop)
    if not len(level) or level.max() < _SILENT_DB:
        seconds = len(samples) / rate
        return [Spotted("silent", 0, seconds, "warning", "there is no sound at all", "check the sound track")]
    found = []
    for first, end in runs(level < _SILENT_DB, least=25, bridged=1):
        at_edge = first == 0 or end >= len(level) - 1
        reason = f"digital silence for {(end - first) / 50:.2f} s"
        severity = "note" if at_edge else "warning"
        found.append(Spotted("silent", first / 50, end / 50, severity, reason, "fill it with room tone"))
    return found


def _clipped(samples: Floats, rate: int) -> list[Spotted]:
    """Stretches whose amplitudes pile up at a ceiling.

    Natural sound is seldom near its peak; what was cut off lies there for much of the time, even after an encoder
    has blurred the flat crests. Measured on voices, music and noises as AAC: there are at most 0.9 times as many
    samples in the top sixth as in the middle third of the range, where clipped ones have up to three times as many.
    """
    hop = rate // 10
    count = len(samples) // hop
    on = np.zeros(count, bool)
    for channel in range(samples.shape[1]):
        parts = np.abs(samples[: count * hop, channel]).reshape(count, hop)
        peak = np.quantile(parts, 0.997, axis=1)
        top = (parts >= 0.85 * peak[:, None]).sum(axis=1)
        middle = ((parts >= 0.5 * peak[:, None]) & (parts < 0.8 * peak[:, None])).sum(axis=1)
        on |= (top > 0.75 * middle) & (top > 0.02 * hop) & (peak > max(0.6 * float(peak.max()), 0.1))
        # An encoder throws the crests of what is clipped throughout over full scale.
        on |= (parts >= _FULL).mean(axis=1) > _FULL_SHARE
    found = []
    for first, end in runs(on, least=1, bridged=5):
        flagged = int(on[first:end].sum())
        if flagged < 3 or flagged < 0.3 * (end - first):
            continue
        reason = f"the waveform is clipped for about {flagged / 10:.1f} s"
        repair = "record again at a lower level, or repair the clipping"
        found.append(Spotted("clipped", first / 10, end / 10, "error", reason, repair))
    return found


def _hum(samples: Floats, rate: int) -> list[Spotted]:
    """Lines at the mains frequency and its multiples, steady over two seconds."""
    mono = samples.mean(axis=1)
    factor = max(rate // 4000, 1)
    count = len(mono) // factor
    low = mono[: count * factor].reshape(count, factor).mean(axis=1)
    slow = rate / factor
    window, hop = int(2 * slow), int(0.5 * slow)
    if len(low) < window:
        return []
    places = range(0, len(low) - window + 1, hop)
    scores = {mains: np.array([_lines(low[at : at + window], slow, mains) for at in places]) for mains in _MAINS_HZ}
    mains = max(scores, key=lambda known: float(np.median(scores[known])) + float((scores[known] >= 3).mean()))
    found = []
    for first, end in runs(scores[mains] >= 3, least=2, bridged=2):
        begin, close = first / 2, (end - 1) / 2 + 2
        reason = f"mains hum at {mains:.0f} Hz and its multiples"
        found.append(Spotted("hum", begin, close, "warning", reason, f"take out {mains:.0f} Hz and its multiples"))
    return found


def _lines(part: Floats, rate: float, mains: float) -> float:
    """How many of the first multiples stand out as steady lines.

    Voices and music come and go, hum does not: what is left of every frequency in the weakest fifth of short windows.
    """
    length = int(rate * 0.5)
    windows = np.lib.stride_tricks.sliding_window_view(part, length)[:: length // 4]
    spectrum = np.percentile(np.abs(np.fft.rfft(windows * np.hanning(length), axis=1)), 20, axis=0)
    step = rate / length
    standing = 0
    for multiple in range(1, _HARMONICS + 1):
        centre = mains * multiple / step
        if centre + 10 >= len(spectrum):
            break
        near = spectrum[round(centre) - 1 : round(centre) + 2].max()
        sides = (slice(round(centre - 18 / step), round(centre - 5 / step)),
                 slice(round(centre + 5 / step), round(centre + 18 / step)))  # fmt: skip
        around = np.concatenate([spectrum[side] for side in sides])
        if near > 3.5 * np.median(around) and near > 1.4 * around.max() and near > 2e-4 * length / 4:
            standing += 1 if _steady(part, rate, mains * multiple) else 0
    return float(standing)


def _steady(part: Floats, rate: float, hertz: float) -> bool:
    """Whether a tone keeps its strength and frequency through four quarters."""
    times = np.arange(len(part)) / rate
    turned = part * np.exp(-2j * np.pi * hertz * times)
    quarters = np.array([quarter.mean() for quarter in np.array_split(turned, 4)])
    size = np.abs(quarters)
    if size.min() < 0.45 * size.max():
        return False
    drift = np.abs(np.angle(quarters[1:] / quarters[:-1]))
    return bool(drift.max() < 1.2)


def _phase(samples: Floats, rate: int) -> list[Spotted]:
    if samples.shape[1] != 2:
        return []
    hop = rate
    count = len(samples) // hop
    left, right = (samples[: count * hop, channel].reshape(count, hop).astype(np.float64) for channel in (0, 1))
    power = np.sqrt((left**2).mean(axis=1) * (right**2).mean(axis=1))
    likeness = (left * right).mean(axis=1) / np.maximum(power, 1e-12)
    on = (likeness < -0.6) & (power > 10 ** (-50 / 10))
    return [
        Spotted("phase", first, end, "warning", "left and right cancel each other in mono", "turn one channel round")
        for first, end in runs(on, least=2, bridged=1)
    ]


def _loudness(samples: Floats, rate: int, wanted: float, highest: float) -> list[Spotted]:
    if len(samples) < rate:
        return []
    loud, peak, seconds = integrated_loudness_lufs(samples, rate), true_peak_dbtp(samples, rate), len(samples) / rate
    found = []
    if np.isfinite(loud) and abs(loud - wanted) > 2:
        way = "over" if loud > wanted else "under"
        reason = f"integrated loudness is {loud:.1f} LUFS, {abs(loud - wanted):.1f} LU {way}"
        repair = f"change the level by {wanted - loud:+.1f} dB"
        found.append(Spotted("loudness", 0, seconds, "note", reason, repair))
    if peak > highest + 0.1:
        reason = f"the true peak is {peak:+.1f} dBTP; {highest:+.1f} is allowed"
        found.append(Spotted("loudness", 0, seconds, "warning", reason, f"limit it to {highest:+.1f} dBTP"))
    return found
