from __future__ import annotations

import numpy as np
import pytest

from rushlight.core.errors import InputError
from rushlight.timeline.music.listening import chroma, closing_bass_pitch_class, estimate_key, estimate_tempo

RATE = 48000


def tones(*pitches: float, seconds: float = 3.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    waves = [
        sum(np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * k * time) / k**1.5 for k in (1, 2, 3))
        for pitch in pitches
    ]
    return (0.1 * np.sum(waves, axis=0))[:, None].astype(np.float32)


@pytest.mark.parametrize("bpm", [61.7, 88.0, 119.3])
def test_clicks_have_their_tempo(bpm: float) -> None:
    sound = np.zeros((RATE * 25, 1), dtype=np.float32)
    burst = np.random.default_rng(0).standard_normal(2400) * np.linspace(1, 0, 2400) ** 2
    for beat in range(int(24 * bpm / 60)):
        start = round(beat * 60 / bpm * RATE)
        sound[start : start + 2400, 0] += burst.astype(np.float32) * (1.0 if beat % 4 == 0 else 0.6)
    assert estimate_tempo(sound, RATE).bpm == pytest.approx(bpm, rel=0.002)


def test_noise_has_no_clear_tempo_and_snippets_none() -> None:
    noise = np.random.default_rng(0).standard_normal((RATE * 10, 1)).astype(np.float32)
    assert estimate_tempo(noise, RATE).clearness < 0.3
    with pytest.raises(InputError, match="three seconds"):
        estimate_tempo(noise[:RATE], RATE)


def test_chroma_finds_the_notes() -> None:
    found = chroma(tones(60, 64, 67), RATE)
    assert set(np.argsort(found)[-3:]) == {0, 4, 7}
    assert found.sum() == pytest.approx(1)
    assert chroma(np.zeros((RATE, 1), dtype=np.float32), RATE) == pytest.approx(np.full(12, 1 / 12))


def test_key_of_a_cadence() -> None:
    in_d = np.concatenate([tones(*c) for c in ((50, 62, 66, 69), (55, 62, 67, 71), (57, 61, 64, 69), (50, 62, 66, 69))])
    assert estimate_key(in_d, RATE) == (2, "major")


@pytest.mark.parametrize(("chord", "bass"), [((36, 60, 64, 67), 0), ((43, 59, 62, 67), 7), ((40, 60, 64, 67), 4)])
def test_the_lowest_note_of_the_end_is_heard(chord: tuple[int, ...], bass: int) -> None:
    assert closing_bass_pitch_class(np.concatenate([tones(41, 65), tones(*chord)]), RATE) == bass
