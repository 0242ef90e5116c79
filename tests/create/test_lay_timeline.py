from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from rushlight.artifacts import Storyboard
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.lay_timeline import lay_timeline
from rushlight.create.plan_pictures import plan_pictures
from rushlight.timeline.cutfile import extra, read_timeline

from .film_parts import RATE, narrate, photo, script_of


@pytest.fixture
def board(tmp_path: Path) -> Storyboard:
    script = script_of(["One line that is long enough here."], ["Boats lie in the old harbour all winter."])
    return plan_pictures(script, narrate(script, tmp_path), (photo(tmp_path / "harbour.png"),))


def test_the_cut_is_an_open_timeline_with_all_its_media(tmp_path: Path, board: Storyboard) -> None:
    with running(Run(scratch=tmp_path / "run")):
        cut = lay_timeline(board, title="Boats", width_px=160, height_px=90, rate=RATE, disclosure="Made with AI")
    timeline = otio.adapters.read_from_file(str(cut.file.path))
    assert timeline.name == "Boats"
    assert [media.path.name for media in cut.media] == ["harbour.png"]
    assert (cut.width_px, cut.height_px, cut.rate) == (160, 90, RATE)
    assert abs(cut.duration - board.duration) <= Fraction(1, 2) / RATE
    assert [track.name for track in timeline.tracks] == ["Pictures", "Disclosure"]
    assert [extra(clip)["reason"] for clip in timeline.tracks[0].find_clips()] == [p.reason for p in board.panels]


def test_the_same_board_gives_the_same_file(tmp_path: Path, board: Storyboard) -> None:
    cuts = []
    for name in ("a", "b"):
        with running(Run(scratch=tmp_path / name)):
            cuts.append(lay_timeline(board, width_px=160, height_px=90, rate=RATE))
    assert cuts[0].file.sha256 == cuts[1].file.sha256


def test_an_unknown_style_writes_nothing(tmp_path: Path, board: Storyboard) -> None:
    with running(Run(scratch=tmp_path / "run")), pytest.raises(InputError, match="no style"):
        lay_timeline(board, style="papr")
    assert not (tmp_path / "run").exists()


def test_style_changes_travel_in_the_cut(tmp_path: Path, board: Storyboard) -> None:
    with running(Run(scratch=tmp_path / "run")):
        cut = lay_timeline(board, style="paper", style_changes={"accent": "#123456"}, rate=RATE)
    assert extra(read_timeline(cut.file.path))["style"] == {"name": "paper", "accent": "#123456"}
