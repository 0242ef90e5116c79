from __future__ import annotations

import json
from hashlib import sha256

import numpy as np

from rushlight.edit.listening import speech_activity
from rushlight.edit.listening.speech_activity import FEATURES, WEIGHTS, listening_features, speech_odds, speech_spans
from rushlight.media.sound import resample
from rushlight.models.reading import read_line
from rushlight.models.voice import load_voice

RATE = 16_000


def talk(noise_db: float) -> tuple[np.ndarray, float, float]:
    """A sentence between two seconds of noise each; where its words begin and end, in seconds."""
    voice = load_voice("espeak/en-gb")
    (said,) = voice.speak([read_line("The harbour clock has told the time for years.")], words_per_minute=150)
    speech = resample(said.samples[:, None], voice.sample_rate, RATE)[:, 0]
    first, last = said.words[0].start / voice.sample_rate, said.words[-1].end / voice.sample_rate
    sound = np.concatenate([np.zeros(2 * RATE), speech[: int(last * RATE)], np.zeros(2 * RATE)])
    noise = np.random.default_rng(0).standard_normal(len(sound)) * speech.std() * 10 ** (noise_db / 20)
    return (sound + noise).astype(np.float32), 2 + first, 2 + last


def test_the_card_is_of_these_weights() -> None:
    card = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["sha256"] == sha256(WEIGHTS.read_bytes()).hexdigest()
    assert card["trained_on"]
    assert card["limits"]


def test_a_sentence_is_found_in_quiet_and_in_noise() -> None:
    for noise_db in (-60, -20, -8):
        sound, first, last = talk(noise_db)
        spans = speech_spans(speech_odds(sound))
        assert abs(spans[0][0] - first) < 0.12, noise_db
        assert abs(spans[-1][1] - last) < 0.2, noise_db


def test_loudness_does_not_matter() -> None:
    sound, first, last = talk(-30)
    for gain in (0.02, 1.0):
        spans = speech_spans(speech_odds(sound * np.float32(gain)))
        assert abs(spans[0][0] - first) < 0.12
        assert abs(spans[-1][1] - last) < 0.2


def test_short_and_empty_sound_has_features() -> None:
    for count in (0, 1, 159, 4000):
        assert listening_features(np.zeros(count, np.float32)).shape == (count // 160 + 1, FEATURES)


def test_hours_are_heard_in_parts_that_fit_together() -> None:
    sound, _, _ = talk(-20)
    whole = speech_odds(sound)
    before, speech_activity._BLOCK = speech_activity._BLOCK, 150
    speech_activity._known.clear()
    try:
        assert np.allclose(speech_odds(sound), whole, atol=1e-3)
    finally:
        speech_activity._BLOCK = before
