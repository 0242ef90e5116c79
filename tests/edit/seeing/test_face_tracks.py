from __future__ import annotations

import cv2
import numpy as np
import pytest

from rushlight.edit.seeing.face_tracks import FaceLinker, carry_box
from rushlight.models.face_detector.detector import Detection, find_in_picture
from tests.edit.drawn_people import ANNA, BERT, draw_person, room


def walk(number: int) -> tuple[np.ndarray, tuple[float, float]]:
    """Anna walks right, six pixels a look."""
    picture = room((270, 480), 2)
    middle = (100.0 + 6 * number, 110.0 + 8 * np.sin(number / 3))
    draw_person(picture, ANNA, middle, 60)
    return picture, middle


def grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def test_a_face_is_followed_where_the_detector_misses_it() -> None:
    linker = FaceLinker(6.0)
    for number in range(24):
        picture, _ = walk(number)
        missed = 8 <= number < 13
        linker.look(number, grey(picture), [] if missed else find_in_picture(picture))
    (face,) = linker.finish()
    assert face.frames == list(range(24))
    assert [odds is None for odds in face.odds] == [8 <= number < 13 for number in range(24)]
    for number, (left, top, width, height) in enumerate(face.boxes):
        middle = walk(number)[1]
        assert left + width / 2 == pytest.approx(middle[0], abs=10)
        assert top + height / 2 == pytest.approx(middle[1], abs=16)


def test_a_face_is_not_followed_for_ever() -> None:
    linker = FaceLinker(6.0)
    for number in range(40):
        picture, _ = walk(min(number, 10))
        linker.look(number, grey(picture), find_in_picture(picture) if number < 10 else [])
    (face,) = linker.finish()
    # A third of a second at six looks a second.
    assert face.frames[-1] == 11


def test_it_was_there_before_it_was_found() -> None:
    linker = FaceLinker(6.0)
    for number in range(12):
        picture, _ = walk(number)
        linker.look(number, grey(picture), find_in_picture(picture) if number >= 4 else [])
    (face,) = linker.finish()
    assert face.frames[0] == 2


def test_two_faces_stay_two_when_they_pass() -> None:
    linker = FaceLinker(10.0)
    for number in range(40):
        picture = room((270, 640), 3)
        draw_person(picture, ANNA, (60.0 + 12 * number, 90), 50)
        draw_person(picture, BERT, (560.0 - 12 * number, 170), 50)
        linker.look(number, grey(picture), find_in_picture(picture))
    faces = linker.finish()
    there = [{face.boxes[face.frames.index(n)][0] < 300 for face in faces if n in face.frames} for n in (0, 39)]
    assert there == [{True, False}, {True, False}]
    assert len(faces) <= 4


def test_doubtful_detections_are_dropped() -> None:
    linker = FaceLinker(6.0)
    picture = room((270, 480), 1)
    rng = np.random.default_rng(0)
    for number in range(30):
        stray = Detection((float(rng.uniform(0, 400)), 50.0, 40.0, 40.0), 2.5, (), 0.5)
        stubborn = Detection((200.0, 150.0, 40.0, 40.0), 3.5, (), -1.2)
        linker.look(number, grey(picture), [stray, stubborn])
    assert linker.finish() == []


def test_where_nothing_can_be_followed_it_says_so() -> None:
    plain = np.full((90, 160), 128, np.uint8)
    assert carry_box(plain, plain, (40, 30, 30, 30)) is None
    assert carry_box(np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8), (0, 0, 3, 3)) is None
