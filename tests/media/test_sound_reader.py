"""Parts read in long stretches are the samples that each part alone gives."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import InputError
from rushlight.media.encode import write_wav
from rushlight.media.sound import read_sound
from rushlight.media.sound_reader import SoundReader


def test_parts_are_the_same_samples(tmp_path: Path) -> None:
    path, draw = tmp_path / "a.wav", np.random.default_rng(3)
    write_wav(path, draw.uniform(-0.2, 0.2, (130 * 8000, 1)).astype(np.float32), 8000)
    reader = SoundReader(12_000, 2)
    for _ in range(20):
        start, seconds = Fraction(int(draw.integers(0, 125_000)), 1000), Fraction(int(draw.integers(1, 9000)), 1000)
        expected = read_sound(path, sample_rate=12_000, channels=2, start=start, duration=seconds)
        np.testing.assert_array_equal(reader.read(path, start, seconds), expected)


def test_what_lies_behind_the_end_is_silent_and_before_the_start_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, np.full((8000, 1), 0.5, np.float32), 8000)
    reader = SoundReader(8000, 1)
    assert not reader.read(path, Fraction(70), Fraction(1)).any()
    with pytest.raises(InputError, match="before its start"):
        reader.read(path, Fraction(-1), Fraction(2))
