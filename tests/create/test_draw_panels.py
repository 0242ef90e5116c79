from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rushlight.artifacts import Cut, Panel, Storyboard
from rushlight.core.run import Run, running
from rushlight.create.draw_panels import draw_panels
from rushlight.create.lay_timeline import lay_timeline

from .film_parts import RATE


@pytest.fixture
def cut(tmp_path: Path) -> Cut:
    panels = tuple(
        Panel(
            beat_id=f"b{n:02d}", start=n, end=n + 1, form="graphic", reason=f"reason {n}",
            graphic={"kind": "title", "title": f"Title {n}", "variant": n},
        )
        for n in range(3)
    )  # fmt: skip
    with running(Run(scratch=tmp_path / "lay")):
        return lay_timeline(
            Storyboard(panels=panels, duration=Fraction(3)), width_px=160, height_px=90, rate=RATE, disclosure="AI"
        )


def test_one_picture_for_each_panel_in_order(tmp_path: Path, cut: Cut) -> None:
    with running(Run(scratch=tmp_path / "run")):
        sheet = draw_panels(cut, width_px=80, moment=0.5)
    assert [frame.reason for frame in sheet.frames] == ["reason 0", "reason 1", "reason 2"]
    assert [frame.at for frame in sheet.frames] == [Fraction(n) + Fraction(1, 2) for n in range(3)]
    for frame in sheet.frames:
        with Image.open(frame.file.path) as image:
            assert image.size == (80, 45)


def test_labels_are_shown_only_when_asked_for(tmp_path: Path, cut: Cut) -> None:
    corners = []
    for labels in (False, True):
        with running(Run(scratch=tmp_path / str(labels))):
            sheet = draw_panels(cut, width_px=160, moment=0.9, captions=labels)
        with Image.open(sheet.frames[0].file.path) as image:
            corners.append(np.asarray(image.convert("L"), dtype=int)[3:12, 6:30])
    assert np.abs(corners[0] - corners[1]).max() > 40


@pytest.mark.parametrize("moment", [0.0, 1.0])
def test_every_moment_lies_inside_its_panel(tmp_path: Path, cut: Cut, moment: float) -> None:
    with running(Run(scratch=tmp_path / "run")):
        frames = draw_panels(cut, width_px=32, moment=moment).frames
    for number, frame in enumerate(frames):
        assert number <= frame.at < number + 1
