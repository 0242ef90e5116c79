from __future__ import annotations

import numpy as np
import pytest

from rushlight.models.forgery_detector.machine_voices import MACHINES
from rushlight.models.forgery_detector.voice import voice_odds
from rushlight.models.forgery_detector.voice_features import FEATURES, RATE, voice_features


def hum(seconds: float = 4.0) -> np.ndarray:
    """A wavering hum with breaths between."""
    time = np.arange(int(seconds * RATE)) / RATE
    rng = np.random.default_rng(0)
    phase = 2 * np.pi * np.cumsum(120 + 15 * np.sin(2 * np.pi * 0.7 * time)) / RATE
    tone = sum(np.sin(number * phase) / number for number in range(1, 30))
    return (tone * (np.sin(2 * np.pi * 0.9 * time) > -0.6) + rng.normal(0, 0.02, len(time))) * 0.1


def test_speech_has_a_number_for_every_name() -> None:
    found = voice_features(hum())
    assert found is not None
    assert found.shape == (len(FEATURES),)
    assert np.isfinite(found).all()
    assert len(set(FEATURES)) == len(FEATURES)


def test_loudness_does_not_matter() -> None:
    one, other = voice_features(hum()), voice_features(hum() * 0.1)
    assert one is not None
    assert other is not None
    assert one == pytest.approx(other, abs=1e-3)


@pytest.mark.parametrize("sound", [np.zeros(RATE * 5), np.random.default_rng(1).normal(0, 0.1, RATE * 5), hum(1.0)])
def test_silence_noise_and_scraps_are_not_judged(sound: np.ndarray) -> None:
    assert voice_odds(sound) is None


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_machines_give_as_much_sound_as_they_take(name: str) -> None:
    sound = hum(3.0)
    made = MACHINES[name](sound, np.random.default_rng(2))
    assert abs(len(made) - len(sound)) <= 512
    assert np.isfinite(made).all()
    assert made.std() > 0.001
