from __future__ import annotations

import numpy as np
import pytest

from rushlight.timeline.music.oscillators import bandpass_noise, decaying_sines, fade_in, pluck, release

RATE = 48000


def test_the_matrix_product_equals_the_sum_of_sines() -> None:
    frequencies, levels = np.array([110.0, 333.3, 2217.1]), np.array([1.0, 0.4, 0.2])
    decays, phases = np.array([0.5, 2.0, 9.0]), np.array([0.0, 1.0, -2.0])
    time = np.arange(RATE * 2) / RATE
    plain = sum(
        a * np.exp(-d * time) * np.sin(2 * np.pi * f * time + p)
        for f, a, d, p in zip(frequencies, levels, decays, phases, strict=True)
    )
    fast = decaying_sines(frequencies, levels, decays, phases, RATE * 2, RATE)
    assert fast.dtype == np.float32
    np.testing.assert_allclose(fast, plain, atol=3e-6)


@pytest.mark.parametrize("frequency", [82.41, 196.0, 440.0, 987.77])
def test_a_plucked_string_is_in_tune(frequency: float) -> None:
    sound = pluck(
        frequency, RATE * 2, RATE, brightness=0.5, decay_seconds=4, position=0.2, rng=np.random.default_rng(1)
    )
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 20))
    bins = np.fft.rfftfreq(1 << 20, 1 / RATE)
    near = (bins > frequency * 0.9) & (bins < frequency * 1.1)
    measured = bins[near][np.argmax(spectrum[near])]
    assert abs(1200 * np.log2(measured / frequency)) < 4, "cents off"


def test_a_plucked_string_dies_away_at_its_rate() -> None:
    sound = pluck(220, RATE * 2, RATE, brightness=0.6, decay_seconds=2.0, position=0.3, rng=np.random.default_rng(1))
    early, late = (np.sqrt(np.mean(sound[int(t * RATE) :][:4800] ** 2)) for t in (0.5, 1.5))
    assert 20 * np.log10(late / early) == pytest.approx(-30, abs=6)


def test_noise_lies_in_its_band() -> None:
    noise = bandpass_noise(RATE, RATE, 1000, 3000, np.random.default_rng(3))
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    bins = np.fft.rfftfreq(RATE, 1 / RATE)
    assert spectrum[(bins > 900) & (bins < 3300)].sum() > 0.85 * spectrum.sum()


def test_fades_start_and_end_at_zero() -> None:
    sound = np.ones(RATE, dtype=np.float32)
    release(fade_in(sound, 0.01, RATE), 0.5, 0.3, RATE)
    assert sound[0] == 0
    assert sound[-1] == 0
    assert sound[RATE // 4] == 1
    assert np.abs(np.diff(sound)).max() < 0.01
