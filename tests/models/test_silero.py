from __future__ import annotations

import numpy as np

from rushlight.media.sound import resample
from rushlight.models.reading import read_line
from rushlight.models.silero import CHUNK, speech_chances
from rushlight.models.voice import load_voice


def test_speech_is_told_from_hiss() -> None:
    voice = load_voice("espeak/en-gb")
    (said,) = voice.speak([read_line("The harbour clock has told the time for years.")], words_per_minute=150)
    speech = resample(said.samples[:, None], voice.sample_rate, 16_000)[:, 0].astype(np.float32)
    chances = speech_chances(speech)
    assert chances.shape == (-(-len(speech) // CHUNK),)
    assert np.median(chances) > 0.8
    hiss = np.random.default_rng(0).normal(0, 0.05, 32_000).astype(np.float32)
    assert np.median(speech_chances(hiss)) < 0.1
    assert speech_chances(np.zeros(0, np.float32)).shape == (0,)
