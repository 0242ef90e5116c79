from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import fftconvolve

from rushlight.timeline.music.room import bus_gain, clean_tone, convolve_stereo, impulse_response

RATE = 48000


def test_block_convolution_equals_plain_convolution() -> None:
    rng = np.random.default_rng(0)
    mono = rng.standard_normal(400_000).astype(np.float32)
    response = impulse_response(0.5, RATE, rng)
    wet = convolve_stereo(mono, response)
    for side in range(2):
        plain = fftconvolve(mono.astype(np.float64), response[:, side])[: len(mono)]
        np.testing.assert_allclose(wet[:, side], plain, atol=2e-4)


def test_the_room_decays_as_asked_and_is_wide() -> None:
    response = impulse_response(2.0, RATE, np.random.default_rng(0))
    energy = np.cumsum((response[::-1] ** 2).sum(axis=1))[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-12)
    first, last = np.argmax(level < -5), np.argmax(level < -35)
    assert (last - first) / RATE * 2 == pytest.approx(2.0, rel=0.25)  # 30 dB, doubled
    assert abs(np.corrcoef(response[:, 0], response[:, 1])[0, 1]) < 0.1
    assert not response[: int(0.01 * RATE)].any()


def test_tone_takes_away_dc_and_rumble() -> None:
    sound = np.full((RATE * 2, 2), 0.5, dtype=np.float32)
    assert np.abs(clean_tone(sound, RATE)[RATE:]).max() < 1e-3


def test_the_bus_turns_down_only_what_stands_out() -> None:
    quiet = np.full((RATE * 4, 2), 0.05, dtype=np.float32)
    assert bus_gain(quiet, RATE).min() == 1
    loud = quiet.copy()
    loud[RATE : RATE * 3 // 2] = 0.8
    gain = bus_gain(loud, RATE)
    assert gain[RATE + RATE // 4] < 0.9
    assert gain[3 * RATE] > 0.999
    assert np.abs(np.diff(gain)).max() < 1e-3
