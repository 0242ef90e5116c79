from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from rushlight.models import face_detector
from rushlight.models.face_detector.detector import find_in_picture, overlaps, points_of
from tests.edit.drawn_people import ANNA, BERT, Drawn, draw_person, room
from tests.edit.test_detect_shots import scene


@pytest.mark.parametrize("who", [ANNA, BERT, Drawn()])
@pytest.mark.parametrize("face_px", [26, 60, 170])
def test_a_face_is_found_at_its_place_at_any_size(who: Drawn, face_px: int) -> None:
    picture = room((360, 640), 4)
    draw_person(picture, who, (420, 160), face_px)
    surest = find_in_picture(picture)[0]
    left, top, width, height = surest.box
    assert surest.odds > 4
    assert surest.opinion is not None
    assert surest.opinion > 0.5
    assert left + width / 2 == pytest.approx(420, abs=0.15 * face_px)
    assert top + height / 2 == pytest.approx(160, abs=0.25 * face_px)
    assert 0.7 * face_px < height < 1.4 * face_px


def test_points_lie_on_eyes_and_mouth() -> None:
    picture = room((360, 640), 5)
    draw_person(picture, ANNA, (300, 180), 120)
    points = points_of(picture, (250, 130, 110, 110))
    assert points is not None
    # As they are drawn: eyes 23 to either side and 8 above the middle, the mouth 44 below it.
    for found, drawn in zip((points[0], points[1], points[3]), ((277, 172), (323, 172), (300, 224)), strict=True):
        assert np.hypot(found[0] - drawn[0], found[1] - drawn[1]) < 10
    assert points_of(room((360, 640), 6), (250, 130, 110, 110)) is None


def test_patterns_are_no_faces() -> None:
    for seed in range(6):
        found = find_in_picture(np.asarray(scene(seed, 1, (640, 360))[0], np.uint8))
        assert all(one.odds < 3 or (one.opinion or 0) < 0 for one in found)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 300), (300, 5)])
def test_pictures_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    assert all(one.odds < 3 for one in find_in_picture(np.zeros((*size, 3), np.uint8)))


def test_a_picture_larger_than_needed_gives_the_same_face() -> None:
    picture = room((360, 640), 7)
    draw_person(picture, BERT, (200, 150), 80)
    (small, *_), (large, *_) = find_in_picture(picture), find_in_picture(cv2.resize(picture, (1280, 720)))
    assert float(overlaps(np.array(small.box), np.array([large.box]) / 2)[0]) > 0.8


def test_the_card_names_the_weights_that_are_there() -> None:
    folder = Path(face_detector.__file__).parent
    card = json.loads((folder / "card.json").read_text())
    assert hashlib.sha256((folder / "faces.onnx").read_bytes()).hexdigest() == card["weights_sha256"]
    assert card["member_sha256"] in (folder / "convert.py").read_text()
