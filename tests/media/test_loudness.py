from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rushlight.core.errors import InputError
from rushlight.media.loudness import (
    integrated_loudness_lufs,
    limit_as_heard,
    limit_true_peak,
    normalise_loudness,
    short_term_loudness_lufs,
    true_peak_dbtp,
)

RATE = 48_000


def tone(
    frequency: float, level_db: float, seconds: float, channels: int = 2, phase: float = 0.0
) -> NDArray[np.float32]:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * time + phase)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def speech_like(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Noise in syllables and pauses over a steady chord: as uneven as speech with music."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time), 0, 1) ** 2 * (np.sin(2 * np.pi * 0.3 * time) > -0.3)
    voice = rng.normal(0, 0.12, count) * syllables
    music = sum(0.02 * np.sin(2 * np.pi * f * time) for f in (220, 277, 330))
    return np.stack([voice + music, voice + 0.8 * music], axis=1).astype(np.float32)


def test_loudness_of_the_standard_tones() -> None:
    """EBU Tech 3341: a 1 kHz tone of -23 dBFS in both channels is -23 LUFS; one channel is 3 LU less."""
    assert integrated_loudness_lufs(tone(1000, -23, 5), RATE) == pytest.approx(-23.0, abs=0.1)
    assert integrated_loudness_lufs(tone(1000, -23, 5, channels=1), RATE) == pytest.approx(-26.0, abs=0.1)


def test_gating_leaves_out_quiet_stretches() -> None:
    """EBU Tech 3341 case 3: 10 s at -36, 60 s at -23, 10 s at -36 is -23 LUFS."""
    film = np.concatenate([tone(1000, -36, 5), tone(1000, -23, 30), tone(1000, -36, 5)])
    assert integrated_loudness_lufs(film, RATE) == pytest.approx(-23.0, abs=0.1)


def test_short_term_loudness_agrees_with_integrated_at_any_rate() -> None:
    for rate in (44_100, 48_000):
        time = np.arange(5 * rate) / rate
        wave = (0.1 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)[:, None]
        found = short_term_loudness_lufs(wave, rate)
        assert len(found) == 21
        assert found[5] == pytest.approx(integrated_loudness_lufs(wave, rate), abs=0.1)


def test_short_term_loudness_follows_a_change() -> None:
    found = short_term_loudness_lufs(np.concatenate([tone(1000, -30, 3), tone(1000, -20, 3)]), RATE, window_seconds=0.4)
    assert found[10] == pytest.approx(-30, abs=0.1)
    assert found[-1] == pytest.approx(-20, abs=0.1)
    assert len(short_term_loudness_lufs(tone(1000, -20, 1), RATE)) == 0


def test_silence_and_scraps_are_minus_infinity() -> None:
    assert integrated_loudness_lufs(np.zeros((RATE, 2), np.float32), RATE) == -np.inf
    assert integrated_loudness_lufs(tone(1000, -20, 0.2), RATE) == -np.inf
    assert true_peak_dbtp(np.zeros((100, 2), np.float32), RATE) == -np.inf
    assert true_peak_dbtp(np.zeros((0, 2), np.float32), RATE) == -np.inf
    with pytest.raises(InputError):
        integrated_loudness_lufs(np.zeros(RATE, np.float32), RATE)


@pytest.mark.parametrize(("frequency", "phase"), [(12_000, np.pi / 4), (8_000, np.pi / 3), (6_000, np.pi / 8)])
def test_true_peak_between_samples(frequency: float, phase: float) -> None:
    """EBU Tech 3341 cases 15-19: the peak of a tone at a quarter of the rate lies between its samples."""
    wave = tone(frequency, -6, 1, phase=phase)
    wave *= np.hanning(len(wave))[:, None].astype(np.float32) ** 0.1  # an abrupt start has a peak of its own
    assert true_peak_dbtp(wave, RATE) == pytest.approx(-6, abs=0.3)


def test_true_peak_is_the_same_wherever_block_edges_fall() -> None:
    wave = np.zeros((600_000, 1), np.float32)
    for at in ((1 << 18) - 1, 1 << 18, (1 << 18) + 1):
        wave[at] = 0.5
        low = at - 5_000
        assert true_peak_dbtp(wave, RATE) == pytest.approx(true_peak_dbtp(wave[low : at + 5_000], RATE), abs=0.001)
        wave[at] = 0


@pytest.mark.parametrize("seed", range(4))
def test_limiter_holds_the_ceiling(seed: int) -> None:
    loud = speech_like(4, seed) * 6
    loud[RATE] = 3.0
    loud[-1] = -2.5
    loud[0] = 2.5
    limited = limit_true_peak(loud, RATE, -1.0)
    assert limited.shape == loud.shape
    assert limited.dtype == np.float32
    assert true_peak_dbtp(limited, RATE) <= -1.0 + 0.01
    assert true_peak_dbtp(limited, RATE) > -1.3


def test_limiter_leaves_quiet_sound_as_it_is() -> None:
    quiet = tone(440, -6, 1)
    np.testing.assert_array_equal(limit_true_peak(quiet, RATE, -1.0), quiet)


def test_limiter_works_only_around_a_peak_and_without_steps() -> None:
    wave = tone(440, -12, 2)
    wave[RATE] = 1.5
    limited = limit_true_peak(wave, RATE, -1.0, lookahead_seconds=0.005)
    ahead = round(0.005 * RATE)
    np.testing.assert_array_equal(limited[: RATE - ahead - 40], wave[: RATE - ahead - 40])
    np.testing.assert_allclose(limited[-RATE // 4 :], wave[-RATE // 4 :], atol=2e-4)
    # The gain itself, where it can be told: it may not jump from one sample to the next.
    smooth = np.full((2 * RATE, 1), 0.25, np.float32)
    smooth[RATE] = 1.5
    gain = limit_true_peak(smooth, RATE, -1.0)[:, 0] / smooth[:, 0]
    assert np.abs(np.diff(gain)).max() < 0.02


def test_both_channels_are_turned_down_alike() -> None:
    wave = tone(440, -6, 1)
    wave[:, 1] *= 0.5
    wave *= 3
    limited = limit_true_peak(wave, RATE, -1.0)
    np.testing.assert_allclose(limited[:, 1], limited[:, 0] * 0.5, atol=1e-6)


@pytest.mark.parametrize("target", [-23.0, -16.0, -14.0, -11.0])
def test_target_is_reached_under_the_ceiling(target: float) -> None:
    done, figures = normalise_loudness(speech_like(8), RATE, target, -1.0)
    assert integrated_loudness_lufs(done, RATE) == pytest.approx(target, abs=0.2)
    assert true_peak_dbtp(done, RATE) <= -1.0 + 0.01
    assert figures["integrated_lufs"] == pytest.approx(integrated_loudness_lufs(done, RATE), abs=1e-6)
    assert figures["true_peak_dbtp"] == pytest.approx(true_peak_dbtp(done, RATE), abs=1e-6)


def test_without_need_of_limiting_it_is_plain_gain() -> None:
    sound = speech_like(5)
    done, figures = normalise_loudness(sound, RATE, -30.0, -1.0)
    np.testing.assert_allclose(done, sound * 10 ** (figures["gain_db"] / 20), rtol=1e-5, atol=1e-7)
    assert figures["limited_db"] == 0.0


def test_silence_stays_silence() -> None:
    done, figures = normalise_loudness(np.zeros((RATE, 2), np.float32), RATE, -16.0, -1.0)
    assert not done.any()
    assert figures["integrated_lufs"] == -np.inf


def test_real_speech_with_music(open_fixtures: Path) -> None:
    from rushlight.media.sound import read_sound

    speech = read_sound(open_fixtures / "speech" / "jfk.flac")
    music = read_sound(open_fixtures / "music" / "guitar.mp3")[: len(speech)]
    for target in (-14.0, -9.0):
        done, _ = normalise_loudness(speech + 0.3 * music, RATE, target, -1.0)
        assert integrated_loudness_lufs(done, RATE) == pytest.approx(target, abs=0.2)
        assert true_peak_dbtp(done, RATE) <= -0.99


def test_sound_that_came_back_too_high_is_turned_down_there_alone() -> None:
    sound = tone(997.0, -6.0, 2.0)
    heard = sound.copy()
    heard[48_000:48_500] *= 2.2
    lower, peak = limit_as_heard(sound, heard, 48_000, -1.0)
    assert peak > -1.0
    assert np.abs(lower[48_100:48_400]).max() < 0.9 * np.abs(sound).max()
    np.testing.assert_allclose(lower[:40_000], sound[:40_000], atol=1e-6)
    assert limit_as_heard(sound, sound, 48_000, -1.0)[0] is sound
