from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.media.encode import read_wav
from rushlight.media.loudness import integrated_loudness_lufs
from rushlight.media.probe import probe
from rushlight.trust.disclose_sound import disclose_sound


def test_the_line_comes_first_as_loud_as_the_work_and_the_work_follows_unchanged(sound: Path, tmp_path: Path) -> None:
    run = Run(scratch=tmp_path / "run")
    with running(run):
        made = disclose_sound(probe(sound))
    samples, rate = read_wav(made.file.path)
    work, _ = read_wav(sound)
    head = round(run.figures["line_seconds"] * rate)
    assert rate == 48_000
    assert np.array_equal(samples[-len(work) :, 0], work[:, 0])
    assert not samples[head : head + 24_000].any()
    assert len(samples) == head + 24_000 + len(work)
    spoken = integrated_loudness_lufs(samples[:head], rate)
    assert spoken == pytest.approx(integrated_loudness_lufs(work, rate), abs=3.1)
    assert head > rate


def test_languages(sound: Path, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "run")):
        english = disclose_sound(probe(sound))
        german = disclose_sound(probe(sound), language="de")
        assert english.file.sha256 != german.file.sha256
        with pytest.raises(InputError, match="no spoken line"):
            disclose_sound(probe(sound), language="fi")


def test_a_silent_picture_is_refused(picture: Path) -> None:
    with pytest.raises(InputError, match="no sound"):
        disclose_sound(probe(picture))
