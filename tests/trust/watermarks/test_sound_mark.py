from __future__ import annotations

import numpy as np
import pytest

from rushlight.media.sound import resample
from rushlight.trust.watermarks.sound_mark import RATE, SoundReader, mark_sound

PAYLOAD = 0x00C0FFEE


@pytest.fixture(scope="module")
def speechlike() -> np.ndarray:
    """Twelve seconds of noise in the colours and at the pace of speech."""
    rng = np.random.default_rng(7)
    sound = np.zeros(12 * RATE, np.float32)
    for start in range(0, len(sound) - RATE, RATE // 5):
        length = int(rng.integers(RATE // 8, RATE // 3))
        pitch, times = rng.uniform(90, 220), np.arange(length) / RATE
        voiced = sum(np.sin(2 * np.pi * pitch * k * times + rng.uniform(0, 6)) / k**0.8 for k in range(1, 45))
        hiss = np.convolve(rng.normal(0, 1, length), rng.normal(0, 1, 9), "same")
        sound[start : start + length] += (np.hanning(length) * (voiced + hiss) * 0.04).astype(np.float32)
    return sound[:, None]


def test_the_mark_is_read_from_ten_seconds_with_noise_and_at_another_speed(speechlike: np.ndarray) -> None:
    marked = mark_sound(speechlike, PAYLOAD)
    change = marked - speechlike
    snr = 10 * np.log10((speechlike**2).sum() / (change**2).sum())
    assert 25 <= snr < 30
    rng = np.random.default_rng(1)
    excerpt = marked[RATE : 11 * RATE, 0]
    attacks = {
        "excerpt": excerpt,
        "noise": excerpt + rng.normal(0, marked.std() * 10 ** (-30 / 20), len(excerpt)),
        "2 % slower": resample(marked, 100, 102)[:, 0],
        "quieter": marked[:, 0] * 0.1,
    }
    for name, sound in attacks.items():
        found = SoundReader().read(np.asarray(sound, np.float32))
        assert (found.payload, found.is_checked) == (PAYLOAD, True), name
        assert found.false_positive_probability < 1e-6, name


def test_unmarked_sound_and_another_key_say_nothing(speechlike: np.ndarray) -> None:
    marked = mark_sound(speechlike, PAYLOAD, key=b"k" * 16)
    for reader, sound in ((SoundReader(), speechlike), (SoundReader(), marked), (SoundReader(key=b"o" * 16), marked)):
        assert reader.read(sound[:, 0]).false_positive_probability > 1e-6
    assert SoundReader(key=b"k" * 16).read(marked[:, 0]).payload == PAYLOAD


def test_silence_stays_silence_and_both_channels_are_marked(speechlike: np.ndarray) -> None:
    silence = np.zeros((6 * RATE, 2), np.float32)
    assert np.array_equal(mark_sound(silence, PAYLOAD), silence)
    stereo = np.concatenate([speechlike, speechlike[::-1]], axis=1)
    marked = mark_sound(stereo, PAYLOAD)
    assert marked.shape == stereo.shape
    assert all(np.abs(marked[:, n] - stereo[:, n]).max() > 1e-4 for n in (0, 1))
