"""Sound as samples: reading it exactly, resampling, loudness, true peak and limiting.

Samples are float32, shape (n, channels), full scale at ±1.
"""

from __future__ import annotations

import json
from fractions import Fraction
from math import ceil, floor, gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from rushlight.core.errors import InputError
from rushlight.media.loudness import (
    integrated_loudness_lufs,
    limit_as_heard,
    limit_true_peak,
    normalise_loudness,
    short_term_loudness_lufs,
    true_peak_dbtp,
)
from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = [
    "integrated_loudness_lufs",
    "limit_as_heard",
    "limit_true_peak",
    "mix_channels",
    "normalise_loudness",
    "read_sound",
    "resample",
    "short_term_loudness_lufs",
    "true_peak_dbtp",
]

Samples = NDArray[np.float32]

_HALF = 2**-0.5
# Share of each speaker in left and right: ITU-R BS.775-4 annex 4; the low-frequency channel is left out.
_TO_STEREO: dict[str, tuple[float, float]] = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (_HALF, _HALF),
    "LFE": (0.0, 0.0),
    "BL": (_HALF, 0.0),
    "BR": (0.0, _HALF),
    "SL": (_HALF, 0.0),
    "SR": (0.0, _HALF),
    "BC": (0.5, 0.5),
    "FLC": (1.0, 0.0),
    "FRC": (0.0, 1.0),
    "DL": (1.0, 0.0),
    "DR": (0.0, 1.0),
}
_USUAL = {
    1: ("FC",),
    2: ("FL", "FR"),
    3: ("FL", "FR", "FC"),
    4: ("FL", "FR", "BL", "BR"),
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}
# Length of the resampling filter on either side, in samples of the slower rate (SciPy's own choice is 10).
_FILTER_REACH = 12


def mix_channels(samples: Samples, speakers: tuple[str, ...], channels: int) -> Samples:
    """Mix a speaker layout down or up to mono or stereo; the same number of channels passes through unchanged.

    One channel goes to both sides 3 dB down, which keeps its loudness; stereo to mono is the mean; surround follows
    BS.775 without making it quieter, so loud surround may pass full scale.

    Args:
        samples: float32, shape (n, len(speakers)).
        speakers: name of each channel, such as `("FL", "FR", "FC", "LFE", "BL", "BR")`.
        channels: wanted number.

    Raises:
        InputError: a number other than 1, 2 or the given one.
    """
    if channels == len(speakers):
        return samples
    if channels not in (1, 2):
        raise InputError(f"Sound of {len(speakers)} channels cannot be made into {channels}; ask for 1 or 2.")
    if len(speakers) == 1:
        return np.repeat(samples * np.float32(_HALF), 2, axis=1)
    known = speakers if all(name in _TO_STEREO for name in speakers) else _USUAL.get(len(speakers), ())
    if not known:
        known = tuple("FL" if index % 2 == 0 else "FR" for index in range(len(speakers)))
    stereo = samples @ np.array([_TO_STEREO[name] for name in known], np.float32)
    return stereo if channels == 2 else stereo.mean(axis=1, keepdims=True, dtype=np.float32)


def resample(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """Change the sample rate. Output sample k is the sound at k / to_rate seconds; nothing is delayed.

    Returns:
        float32, shape (ceil(n * to_rate / from_rate), channels).
    """
    if from_rate == to_rate or not len(samples):
        return samples
    common = gcd(from_rate, to_rate)
    return np.asarray(resample_poly(samples, to_rate // common, from_rate // common, axis=0), np.float32)


def read_sound(
    path: Path,
    *,
    sample_rate: int = 48_000,
    channels: int = 2,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
    trusted: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Samples:
    """Read the sound of a file, exact to the sample, on the same clock as `VideoReader`'s pictures.

    Encoder delay and edit lists are honoured: what a player skips is skipped, where it is silent there are zeros. A
    part read is the same, sample for sample, as that part of the whole; only noise that an AAC decoder makes up by
    itself differs when the part starts more than two minutes in.

    Args:
        path: a sound or video file.
        sample_rate: samples a second of the result.
        channels: 1, 2, or as many as the file has.
        start: time of the first sample, rounded to one.
        duration: how much, padded with silence past the end of the sound; None for all there is.
        trusted: true for files that Rushlight made itself.
        limits: what the file may cost.

    Returns:
        float32, shape (n, channels).

    Raises:
        InputError: no such file.
        MediaError: no sound, or damaged.
        LimitError: too much of it.
    """
    if start < 0 or (duration is not None and duration < 0):
        raise InputError("Sound cannot be read from before its start.", path=path)
    first = round(Fraction(start) * sample_rate)
    count = None if duration is None else round(Fraction(start + duration) * sample_rate) - first
    if count is not None and count * channels * 4 > limits.max_output_mb << 20:
        raise InputError("That is more sound than is read at once.", path=path, hint="Read it in parts.")
    with GuardedProcess("sound", Path(path), limits=limits, trusted=trusted) as process:
        head = json.loads(process.receive()[1])
        native, speakers = int(head["sample_rate"]), tuple(head["channels"])
        low, high, grid = _native_span(first, count, sample_rate, native)
        process.send(json.dumps({"first": low, "end": high}))
        blocks = []
        while (answer := process.receive())[0] == b"S":
            blocks.append(np.frombuffer(answer[1], np.float32).reshape(-1, len(speakers)))
    sound = np.concatenate(blocks) if blocks else np.zeros((0, len(speakers)), np.float32)
    sound = resample(mix_channels(np.nan_to_num(sound), speakers, channels), native, sample_rate)[first - grid :]
    if count is None:
        return sound
    whole = np.zeros((count, channels), np.float32)
    whole[: min(len(sound), count)] = sound[:count]
    return whole


def _native_span(first: int, count: int | None, sample_rate: int, native: int) -> tuple[int, int | None, int]:
    """Samples of the file to read, with room for the resampling filter, and the output sample they start on."""
    common = gcd(native, sample_rate)
    up, down = sample_rate // common, native // common
    reach = 0 if up == down else ceil(Fraction(_FILTER_REACH * max(up, down), up))
    # Every `down` samples of the file fall together with every `up` of the result: start on such a place.
    low = max(0, floor(Fraction(first * down, up)) - reach) // down * down
    high = None if count is None else ceil(Fraction((first + count) * down, up)) + reach + 1
    return low, high, low // down * up
