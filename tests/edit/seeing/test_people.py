from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import FaceBox, FaceTrack
from rushlight.edit.seeing.appearance import apart, look_at
from rushlight.edit.seeing.people import LIMIT, distances, group_faces
from rushlight.models.face_detector.detector import points_of
from tests.edit.drawn_people import ANNA, BERT, Drawn, draw_person, room


def look(who: Drawn, seed: int, face_px: float):
    picture = room((360, 640), seed)
    draw_person(picture, who, (300, 150), face_px)
    box = (300 - face_px / 2, 150 - face_px * 0.35, face_px, face_px)
    found = look_at(picture, box, points_of(picture, box))
    assert found is not None
    return found


def test_one_person_is_nearer_to_themselves() -> None:
    annas = [look(ANNA, seed, size) for seed, size in ((1, 60), (5, 90), (9, 120))]
    berts = [look(BERT, seed, size) for seed, size in ((2, 60), (6, 90))]
    assert apart(annas[:1], annas[1:]) < 0.5 * apart(annas, berts)
    assert apart(annas, berts) > LIMIT


def test_a_face_out_of_the_picture_is_not_looked_at() -> None:
    picture = room((90, 160), 1)
    assert look_at(picture, (-40, 20, 50, 50), None) is None
    assert look_at(picture, (20, 20, 3, 3), None) is None


def track(first: int, last: int, left: float, shot: int = 0) -> FaceTrack:
    boxes = tuple(FaceBox(frame=n, left=left, top=0.3, width=0.1, height=0.2) for n in range(first, last + 1, 5))
    return FaceTrack(shot=shot, start=Fraction(first, 25), end=Fraction(last, 25), boxes=boxes, confidence=1)


def test_faces_seen_at_once_are_never_one_person() -> None:
    anna = look(ANNA, 1, 80)
    tracks = [track(0, 50, 0.1), track(0, 50, 0.6), track(100, 150, 0.1, 1)]
    far = distances(tracks, [[anna]] * 3)
    assert np.isinf(far[0, 1])
    assert far[0, 2] < 0.1
    assert sorted(len(group) for group in group_faces(far)) == [1, 2]


def test_found_again_in_its_place_is_likely_the_same() -> None:
    one, other = look(ANNA, 1, 80), look(Drawn(), 1, 80)
    apart_in_time = distances([track(0, 50, 0.1), track(200, 250, 0.1)], [[one], [other]])[0, 1]
    again = distances([track(0, 50, 0.1), track(60, 90, 0.12)], [[one], [other]])[0, 1]
    assert again < apart_in_time


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 9), st.floats(0.05, 2.0), st.integers(0, 10_000))
def test_groups_hold_every_face_once_and_never_two_that_cannot_be_one(count: int, limit: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    far = rng.uniform(0, 2, (count, count))
    far = np.triu(far, 1) + np.triu(far, 1).T
    never = np.triu(rng.random((count, count)) < 0.2, 1)
    far[never | never.T] = np.inf
    groups = group_faces(far, limit)
    assert sorted(number for group in groups for number in group) == list(range(count))
    assert all(np.isfinite(far[a, b]) for group in groups for a in group for b in group if a != b)
