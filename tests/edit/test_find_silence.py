from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import InputError
from rushlight.edit.find_silence import find_silence
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe
from tests.edit.recordings import SAMPLES, spoken

LINES = ["The harbour clock has told the time for years.", "Nobody winds it on a Monday any more."]


def test_silences_between_sentences_are_found_to_a_few_hundredths(tmp_path: Path) -> None:
    media = spoken(tmp_path, LINES, pause_seconds=1.2, picture=False)
    found = find_silence(media).findings
    long = [item for item in found if item.end - item.start > 0.8]
    assert len(long) == 3
    assert long[0].start == 0
    assert float(long[0].end) == pytest.approx(1.2, abs=0.08)
    assert abs(float(long[1].end - long[1].start) - 1.2) < 0.15
    assert media.duration - long[2].end < 0.05
    assert all(item.kind == "silence" and item.confidence > 0.5 for item in found)


def test_noise_alone_is_silence_and_so_is_nothing_at_all(tmp_path: Path) -> None:
    for name, level in (("hiss", 0.05), ("nothing", 0.0)):
        noise = np.random.default_rng(0).normal(0, level, (3 * SAMPLES, 1)).astype(np.float32)
        write_wav(tmp_path / f"{name}.wav", noise, SAMPLES)
        (only,) = find_silence(probe(tmp_path / f"{name}.wav")).findings
        assert (only.start, float(only.end)) == (0, pytest.approx(3.0, abs=0.02))


def test_a_longer_least_silence_and_a_margin_leave_less(tmp_path: Path) -> None:
    media = spoken(tmp_path, LINES, pause_seconds=0.6, picture=False)
    assert find_silence(media, min_seconds=2).findings == ()
    tight, loose = find_silence(media, margin_seconds=0), find_silence(media, margin_seconds="0.1")
    assert sum(i.end - i.start for i in loose.findings) < sum(i.end - i.start for i in tight.findings)


def test_a_recording_without_sound_is_refused(tmp_path: Path) -> None:
    media = spoken(tmp_path, LINES[:1], picture=False).model_copy(update={"sound": None})
    with pytest.raises(InputError, match="no sound"):
        find_silence(media)
