from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from rushlight.core.errors import InputError
from rushlight.media.encode import VideoWriter
from rushlight.media.probe import probe
from rushlight.trust.label_people import label_people
from rushlight.trust.representing.monk import MONK_TONES, measure_tone, tone_group


def patch(tone: str, noise: float = 0.0) -> np.ndarray:
    colour = [int(tone[place : place + 2], 16) for place in (1, 3, 5)]
    strayed = np.random.default_rng(1).normal(0, noise, (100, 100, 3)) if noise else 0
    return np.asarray(np.clip(np.full((100, 100, 3), colour, float) + strayed, 0, 255), np.uint8)


@pytest.mark.parametrize("number", range(1, 11))
def test_every_tone_of_the_scale_is_read_as_itself(number: int) -> None:
    found = measure_tone(patch(MONK_TONES[number - 1], noise=2), (0, 0, 100, 100))
    assert found is not None
    assert found.tone == number
    assert found.lightest <= number <= found.darkest


def test_lips_brows_and_highlights_do_not_count() -> None:
    face = patch(MONK_TONES[4])
    face[70:78, 35:65] = (170, 40, 50)
    face[25:30, 25:75] = (20, 15, 10)
    face[40:50, 48:52] = 255
    found = measure_tone(face, (0, 0, 100, 100))
    assert found is not None
    assert found.tone == 5


def test_grey_pictures_and_tiny_faces_are_not_measured() -> None:
    grey = np.full((100, 100, 3), 120, np.uint8)
    assert measure_tone(grey, (0, 0, 100, 100)) is None
    assert measure_tone(patch(MONK_TONES[2]), (0, 0, 8, 8)) is None


def test_groups_follow_the_scale() -> None:
    assert [tone_group(one) for one in (1, 3, 4, 7, 8, 10)] == ["light", "light", "medium", "medium", "dark", "dark"]


def drawn_face(path: Path) -> Path:
    """A head as the detector knows them: skin, hair, eyes, nose and mouth, softly lit."""
    picture = np.full((420, 420, 3), (196, 203, 210), np.uint8)
    cv2.ellipse(picture, (210, 330), (150, 120), 0, 180, 360, (60, 70, 110), -1)
    cv2.ellipse(picture, (210, 190), (88, 116), 0, 0, 360, (70, 50, 40), -1)
    cv2.ellipse(picture, (210, 208), (76, 98), 0, 0, 360, (215, 189, 150), -1)
    for x in (180, 240):
        cv2.ellipse(picture, (x, 190), (15, 8), 0, 0, 360, (245, 245, 245), -1)
        cv2.circle(picture, (x, 190), 7, (50, 35, 30), -1)
        cv2.ellipse(picture, (x, 172), (20, 5), 0, 180, 360, (70, 50, 40), -1)
    cv2.ellipse(picture, (210, 226), (10, 14), 0, 0, 180, (180, 140, 110), 3)
    cv2.ellipse(picture, (210, 256), (26, 10), 0, 0, 180, (160, 70, 70), -1)
    Image.fromarray(cv2.GaussianBlur(picture, (0, 0), 2.0)).save(path)
    return path


def test_faces_become_rows_to_fill_in(tmp_path: Path) -> None:
    found = label_people((probe(drawn_face(tmp_path / "head.png")),))
    (one,) = found.people
    assert one.person == "head.png face 1"
    assert one.monk_tone in (4, 5, 6)
    (row,) = csv.DictReader(io.StringIO(found.as_csv()))
    assert row["reviewed_by"] == row["gender"] == ""
    assert found.page is not None
    assert "data:image/jpeg" in found.page.path.read_text()


def test_a_picture_without_faces_is_said(tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    Image.fromarray(np.full((120, 160, 3), 180, np.uint8)).save(path)
    found = label_people((probe(path),))
    assert found.people == ()
    assert found.notes == ("wall.png: no face was found.",)


def test_a_film_needs_its_people_and_nothing_needs_something(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with VideoWriter(path, width_px=64, height_px=48, rate=Fraction(10)) as writer:
        for _ in range(5):
            writer.write(np.full((72, 64), 128, np.uint8))
    with pytest.raises(InputError, match="This is a film"):
        label_people((probe(path),))
    with pytest.raises(InputError, match="no picture to label"):
        label_people()
