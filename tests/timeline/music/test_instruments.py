from __future__ import annotations

import numpy as np
import pytest

from rushlight.timeline.music.instruments import INSTRUMENTS, hertz

RATE = 48000
TUNED = [name for name in INSTRUMENTS if name != "kit"]


def play(name: str, pitch: int, strength: float = 0.6, seconds: float = 1.0) -> np.ndarray:
    return INSTRUMENTS[name].make(pitch, strength, seconds, RATE, np.random.default_rng(0))


@pytest.mark.parametrize("name", TUNED)
@pytest.mark.parametrize("pitch", [40, 64, 81])
def test_every_instrument_plays_in_tune_without_clicks(name: str, pitch: int) -> None:
    sound = play(name, pitch)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound[0]).max() < 0.02
    assert np.abs(sound[-1]).max() < 1e-4
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    assert abs(mono.mean()) < 2e-3, "DC"
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 1 << 19))
    bins = np.fft.rfftfreq(1 << 19, 1 / RATE)
    near = (bins > hertz(pitch) * 0.95) & (bins < hertz(pitch) * 1.05)
    cents = 1200 * np.log2(bins[near][np.argmax(spectrum[near])] / hertz(pitch))
    assert abs(cents) < 12  # ensembles are a little apart on purpose


@pytest.mark.parametrize("name", [name for name in TUNED if name not in ("bell", "celesta")])
def test_harder_strokes_are_brighter(name: str) -> None:
    def upper_share(sound: np.ndarray) -> float:
        mono = sound if sound.ndim == 1 else sound.mean(axis=1)
        spectrum = np.abs(np.fft.rfft(mono)) ** 2
        return float(spectrum[np.fft.rfftfreq(len(mono), 1 / RATE) > 3.5 * hertz(48)].sum() / spectrum.sum())

    assert upper_share(play(name, 48, 0.95)) > 1.2 * upper_share(play(name, 48, 0.2))


@pytest.mark.parametrize("name", TUNED)
def test_high_notes_do_not_alias(name: str) -> None:
    """Below its fundamental a note has nothing: overtones past half the sample rate would be folded there."""
    pitch = 88
    sound = play(name, pitch, 1.0)
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    bins = np.fft.rfftfreq(len(mono), 1 / RATE)
    below = spectrum[(bins > 150) & (bins < hertz(pitch) * 0.85)].sum()
    assert below < 2e-3 * spectrum.sum()


@pytest.mark.parametrize("drum", [35, 36, 37, 38, 40, 42, 46, 47, 60, 70, 82, 99])
def test_every_drum_sounds_and_ends(drum: int) -> None:
    sound = play("kit", drum)
    assert 0.02 < np.abs(sound).max() < 1.5
    assert np.abs(sound[-1]) < 1e-3
    assert len(sound) < 4 * RATE
