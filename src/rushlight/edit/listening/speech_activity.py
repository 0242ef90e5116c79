"""Where somebody speaks: a small network over band levels, smoothed by a two-state hidden Markov model.

The levels of each band are taken against a floor that follows the recording, so neither gain nor steady noise
matters. The network (22,000 weights; trained by benchmarks/find_silence/train.py on readers of LibriSpeech under made
noise) gives the odds of speech every 10 ms. The most likely path through two states, with a price for changing state,
decides; this is what hysteresis does, with evidence added up on both sides of a change.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter, uniform_filter1d

from rushlight.edit.listening.bands import HOP, RATE, band_levels

__all__ = ["WEIGHTS", "normalised", "speech_odds", "speech_spans"]

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("speech_activity.npz")
# The floor is the level that a tenth of the frames within ten seconds either way stay under.
_FLOOR_SECONDS, _FLOOR_PERCENT = 20.0, 10
_DILATIONS = (1, 2, 4, 8, 16)
# Log odds are clipped: no single frame decides.
_CERTAIN = 6.0


def normalised(levels: Floats) -> Floats:
    """Band levels above a floor that follows the recording: about 0 in steady noise, about 1 for each 13 dB above."""
    # The floor moves slowly: ten frames a second are enough to follow it.
    coarse = levels[: max(len(levels) // 10, 1) * 10]
    coarse = coarse.reshape(-1, min(10, len(coarse)), levels.shape[1]).mean(axis=1)
    reach = min(int(_FLOOR_SECONDS * 10), max(len(coarse), 1))
    floor = percentile_filter(coarse, _FLOOR_PERCENT, size=(reach, 1), mode="nearest")
    floor = uniform_filter1d(floor, 20, axis=0, mode="nearest")
    places = np.clip(np.arange(len(levels)) // 10, 0, len(floor) - 1)
    return np.asarray(np.clip((levels - floor[places]) / 3, -2, 6), np.float32)


@cache
def _weights() -> dict[str, Floats]:
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


def _convolve(frames: Floats, name: str, dilation: int = 1) -> Floats:
    """A convolution over time that keeps the length; frames are rows."""
    weight, bias = _weights()[f"{name}.weight"], _weights()[f"{name}.bias"]
    reach = weight.shape[2] // 2 * dilation
    padded = np.pad(frames, ((reach, reach), (0, 0)))
    found = np.zeros((len(frames), weight.shape[0]), np.float32) + bias
    for tap in range(weight.shape[2]):
        found += padded[tap * dilation : tap * dilation + len(frames)] @ weight[:, :, tap].T
    return found


def speech_odds(samples: Floats) -> Floats:
    """Log odds that somebody speaks, every 10 ms.

    Args:
        samples: mono at 16 kHz, shape (n,).

    Returns:
        float32, shape (n // 160 + 1,), within ±6.
    """
    hidden = np.maximum(_convolve(normalised(band_levels(samples)), "first"), 0)
    for number, dilation in enumerate(_DILATIONS):
        hidden = hidden + np.maximum(_convolve(hidden, f"middle.{number}", dilation), 0)
    return np.asarray(np.clip(_convolve(hidden, "last")[:, 0], -_CERTAIN, _CERTAIN), np.float32)


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
