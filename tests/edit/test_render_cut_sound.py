"""The sound of a cut alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import EditList, EditSpan
from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.edit.lay_cut import lay_cut
from rushlight.edit.render_cut_sound import render_cut_sound
from rushlight.media.sound import read_sound
from tests.edit.recordings import recording
from tests.timeline.media import board, graphic_panel


def test_it_is_what_the_cut_keeps(tmp_path: Path) -> None:
    media = recording(tmp_path, 6)
    edits = EditList(
        spans=(EditSpan(start=Fraction(0), end=Fraction(1)), EditSpan(start=Fraction(2), end=Fraction(3))),
        sources=(media.file.sha256,),
    )
    project = create_project(tmp_path / "p")
    sound = project.run(render_cut_sound, project.run(lay_cut, edits, (media,)))
    assert sound.duration == 2
    made = read_sound(sound.file.path, sample_rate=48_000, channels=1)[:, 0]
    whole = read_sound(media.file.path, sample_rate=48_000, channels=1)[:, 0]
    assert len(made) == 96_000
    # Away from the join it is the recording, sample for sample.
    assert np.abs(made[:47_000] - whole[:47_000]).max() < 1e-4
    assert np.abs(made[49_000:95_000] - whole[97_000:143_000]).max() < 1e-4
    assert sound.figures["true_peak_dbtp"] < 0


def test_a_cut_without_sound(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p")
    cut = project.run(
        "lay_timeline", board(graphic_panel(0, 1)), None, None, width_px=64, height_px=64, rate=Fraction(12)
    )
    with pytest.raises(InputError, match="no sound"):
        render_cut_sound(cut)
