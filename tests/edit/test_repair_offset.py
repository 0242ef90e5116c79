"""Films whose sound was early or late are in time afterwards, and untouched themselves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts.sync import LipSync
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.edit.check_lipsync import check_lipsync
from rushlight.edit.repair_offset import repair_offset
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from tests.edit.test_check_lipsync import flashes


@pytest.mark.parametrize("late", [Fraction(3, 25), Fraction(-1, 5)])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_repaired_films_are_in_time(tmp_path: Path, late: Fraction, suffix: str) -> None:
    media = flashes(tmp_path, float(late))
    if suffix == ".mkv":
        run_ffmpeg(["-i", file_url(media.file.path), "-c", "copy", "-y", file_url(tmp_path / "film.mkv")])
        media = probe(tmp_path / "film.mkv")
    before = media.file.path.read_bytes()
    run = Run(scratch=tmp_path / "scratch")
    with running(run):
        repaired = repair_offset(media, offset_seconds=late)
        found = check_lipsync(repaired)
    assert found.offset is not None
    assert abs(found.offset) <= Fraction(1, 100)
    assert media.file.path.read_bytes() == before
    assert repaired.video is not None
    assert media.video is not None
    if suffix == ".mp4":
        assert abs(repaired.video.duration - media.video.duration) < Fraction(1, 100)
        assert run.figures["copied"] == 1


def test_nothing_is_moved_by_an_unknown_offset(tmp_path: Path) -> None:
    unsure = LipSync(offset=None, confidence=0.1, reason="no events")
    with running(Run(scratch=tmp_path / "scratch")), pytest.raises(InputError, match="not told"):
        repair_offset(flashes(tmp_path, 0.0, 2), unsure)
