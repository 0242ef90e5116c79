from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from rushlight.create.pictures.focus import find_focus
from rushlight.media.probe import probe

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[4] / "shared" / "fixtures"))


def test_the_focus_lies_on_a_face() -> None:
    path = FIXTURES / "images" / "astronaut.png"
    if not path.is_file():
        pytest.skip("needs images/astronaut.png of the fixtures")
    x, y = find_focus(probe(path))
    # The face of Eileen Collins spans about 170 to 275 of 512 pixels across and 60 to 180 down.
    assert 170 / 512 < x < 275 / 512
    assert 60 / 512 < y < 180 / 512


def test_without_a_face_the_focus_leans_to_what_stands_out(tmp_path: Path) -> None:
    picture = np.full((200, 300, 3), 90, np.uint8)
    cv2.circle(picture, (250, 50), 14, (255, 240, 200), -1)
    Image.fromarray(picture).save(tmp_path / "lamp.png")
    x, y = find_focus(probe(tmp_path / "lamp.png"))
    assert 0.55 < x < 0.9
    assert 0.2 < y < 0.47


def test_an_empty_picture_is_looked_at_in_its_middle(tmp_path: Path) -> None:
    Image.fromarray(np.full((100, 100, 3), 90, np.uint8)).save(tmp_path / "flat.png")
    x, y = find_focus(probe(tmp_path / "flat.png"))
    assert abs(x - 0.5) < 0.26
    assert abs(y - 0.5) < 0.26
