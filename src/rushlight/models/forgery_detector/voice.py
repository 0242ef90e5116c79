"""Log odds that speech was made by a machine, by the model in this package."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from rushlight.models.forgery_detector.trees import Trees
from rushlight.models.forgery_detector.voice_features import voice_features

__all__ = ["VoiceOdds", "voice_odds", "voice_revision"]

_WEIGHTS = Path(__file__).with_name("voice.safetensors")


@dataclass(frozen=True)
class VoiceOdds:
    """What a stretch of speech says.

    Attributes:
        log_ratio: natural logarithm of the likelihood ratio of machine to person, calibrated on machines that were left
            out of learning.
        strangeness: mean squared standard distance from all speech that was learned from; 1 is usual.
    """

    log_ratio: float
    strangeness: float


def voice_revision() -> str:
    """Which weights these are."""
    return hashlib.sha256(_WEIGHTS.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _model() -> tuple[Trees, dict[str, NDArray[np.float64]]]:
    tensors = load_file(_WEIGHTS)
    return Trees.from_tensors(tensors), tensors


def voice_odds(samples: NDArray[np.floating]) -> VoiceOdds | None:
    """Judge a stretch of speech.

    Args:
        samples: mono at 16 kHz, shape (n,), some seconds.

    Returns:
        None where there is too little voiced speech.
    """
    numbers = voice_features(samples)
    if numbers is None:
        return None
    trees, tensors = _model()
    line, slope = tensors["line"], tensors["calibration"]
    odds = (trees.log_odds(numbers[None])[0] + float(numbers @ line[:-1] + line[-1])) / 2
    strange = float(np.mean(((numbers - tensors["mean"]) / (tensors["spread"] + 1e-9)) ** 2))
    return VoiceOdds(float(slope[0] * odds + slope[1]), strange)
