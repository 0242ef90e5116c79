"""What of a damaged recording is lost, and that a whole one loses nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.core.errors import InputError, MediaError
from rushlight.core.run import Run, running
from rushlight.edit.find_damage import find_damage
from rushlight.media.probe import probe
from tests.edit.damaged import SECONDS, cut_short, overwritten, picture_only, sound_only, whole
from tests.timeline.media import still


@pytest.mark.parametrize("name", ["whole.mp4", "whole.mkv", "whole.ts", "whole.mov"])
def test_a_whole_recording_loses_nothing(name: str, tmp_path: Path) -> None:
    assert find_damage(probe(whole(tmp_path, name))).findings == ()


def test_picture_and_sound_alone_lose_nothing(tmp_path: Path) -> None:
    assert find_damage(probe(picture_only(tmp_path))).findings == ()
    assert find_damage(probe(sound_only(tmp_path))).findings == ()


@pytest.mark.parametrize("name", ["whole.mp4", "whole.mkv"])
@pytest.mark.parametrize("every_frame", [True, False])
def test_the_end_that_is_missing_is_told(name: str, every_frame: bool, tmp_path: Path) -> None:
    run = Run(scratch=tmp_path)
    with running(run):
        found = find_damage(probe(cut_short(whole(tmp_path, name))), whole=every_frame).findings
    assert len(found) == 1
    assert SECONDS * 0.5 < found[0].start < SECONDS * 0.7
    assert abs(found[0].end - SECONDS) < Fraction(1, 10)
    assert "cut short" in found[0].reason
    assert "picture and sound" in found[0].reason
    assert run.figures["lost_picture_seconds"] == pytest.approx(SECONDS - float(found[0].start), abs=0.2)
    assert any("cut short" in note for note in run.weak)


@pytest.mark.parametrize("every_frame", [True, False])
@pytest.mark.parametrize("noise", [True, False])
@pytest.mark.parametrize("name", ["whole.mp4", "whole.mkv"])
def test_what_lies_in_an_overwritten_middle_is_lost_up_to_the_next_key_frame(
    name: str, noise: bool, every_frame: bool, tmp_path: Path
) -> None:
    path = overwritten(whole(tmp_path, name), noise=noise)
    found = find_damage(probe(path), whole=every_frame).findings
    assert found
    first, last = found[0].start, found[-1].end
    assert SECONDS * 0.4 < first < SECONDS * 0.55
    # A tenth of the bytes, and at most a second to the next key frame.
    assert 1 < last - first < SECONDS * 0.1 + 2.5
    assert last == int(last) or last < int(last) + Fraction(1, 10)
    assert all("cut short" not in one.reason for one in found)


def test_what_cannot_be_read_at_all_is_refused(tmp_path: Path) -> None:
    headless = cut_short(whole(tmp_path, index_first=False))
    with pytest.raises(MediaError, match="before its table of contents was written"):
        probe(headless)
    with pytest.raises(InputError, match="still picture"):
        find_damage(probe(still(tmp_path / "still.png").path))
