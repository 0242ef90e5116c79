from __future__ import annotations

import numpy as np

from rushlight.edit.listening.voices import speakers_of
from rushlight.media.sound import resample
from rushlight.models.reading import read_line
from rushlight.models.voice import load_voice

RATE = 16_000
LINES = (
    "The harbour clock has told the time to every ship since the war, and nobody thanked it.",
    "Then she closed the old green door and went away without a word to anybody there.",
    "Nobody winds it on a Monday any more; the keeper has other things to do.",
    "In winter the boats are carried up the hill and painted, one after another.",
)


def said(voice_name: str, lines: tuple[str, ...]) -> list[np.ndarray]:
    voice = load_voice(voice_name)
    return [resample(one.samples[:, None], voice.sample_rate, RATE)[:, 0].astype(np.float32)
            for one in voice.speak([read_line(line) for line in lines], words_per_minute=150)]  # fmt: skip


def joined(parts: list[np.ndarray]) -> tuple[np.ndarray, list[float]]:
    """Parts with half a second between them, over hiss, and the middle of each."""
    sound, middles, at = [], [], 0
    for part in parts:
        middles.append((at + len(part) / 2) / RATE)
        sound += [part, np.zeros(RATE // 2, np.float32)]
        at += len(part) + RATE // 2
    whole = np.concatenate(sound)
    return (whole + np.random.default_rng(0).normal(0, 1e-3, len(whole))).astype(np.float32), middles


def speaker_at(spans: list[tuple[float, float, int]], seconds: float) -> int:
    return min(spans, key=lambda span: max(span[0] - seconds, seconds - span[1], 0.0))[2]


def test_a_man_and_a_woman_are_two() -> None:
    low, high = said("espeak/en-gb+m3", LINES), said("espeak/en-us+f2", LINES)
    sound, middles = joined([part for pair in zip(low, high, strict=True) for part in pair])
    spans = speakers_of(sound)
    heard = [speaker_at(spans, middle) for middle in middles]
    # One may be parted, but nothing of one is given to the other.
    assert not set(heard[::2]) & set(heard[1::2])


def test_one_voice_is_one_and_silence_is_nobody() -> None:
    sound, _ = joined(said("espeak/en-gb", LINES))
    assert {who for _, _, who in speakers_of(sound)} == {0}
    assert speakers_of(np.zeros(3 * RATE, np.float32)) == []
