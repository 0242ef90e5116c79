from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.edit.find_fillers import find_fillers
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound
from tests.edit.recordings import SAMPLES, spoken

LINES = ["The harbour clock has told the time to every ship.", "Nobody winds it on a Monday any more."]


def _with_held_vowel(folder: Path, seconds: float) -> tuple[Path, float]:
    """A talk with a held vowel of 120 Hz between two sentences; where it begins."""
    before, after = (
        read_sound(spoken(folder, [line], name, 0.5, picture=False).file.path, sample_rate=SAMPLES, channels=1)[:, 0]
        for name, line in zip("ab", LINES, strict=True)
    )
    time = np.arange(round(seconds * SAMPLES)) / SAMPLES
    vowel = sum(np.sin(2 * np.pi * 120 * k * time) * np.exp(-((120 * k - 550) ** 2) / 2e5) for k in range(1, 20))
    vowel = vowel / np.std(vowel) * before.std() * np.minimum(1, np.minimum(time, seconds - time) / 0.04)
    write_wav(folder / "held.wav", np.concatenate([before, vowel.astype(np.float32), after])[:, None], SAMPLES)
    return folder / "held.wav", len(before) / SAMPLES


def test_a_held_vowel_between_pauses_is_a_filler(tmp_path: Path) -> None:
    path, start = _with_held_vowel(tmp_path, 0.45)
    found = find_fillers(probe(path)).findings
    held = [item for item in found if abs(float(item.start) - start) < 0.1]
    assert len(held) == 1
    assert float(held[0].end - held[0].start) == pytest.approx(0.45, abs=0.1)
    assert held[0].kind == "filler"


def test_plain_sentences_have_none(tmp_path: Path) -> None:
    assert find_fillers(spoken(tmp_path, LINES, picture=False)).findings == ()
