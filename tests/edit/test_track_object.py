from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.edit.track_object import track_object
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene

WIDE, HIGH, SIDE = 320, 180, 36


def ball(count: int, *, until: int | None = None, seed: int = 1) -> tuple[list[np.ndarray], list[tuple[int, int]]]:
    """A red square with a blue middle that wanders over a still picture, gone after `until` frames."""
    rng = np.random.default_rng(seed)
    ground = cv2.GaussianBlur(rng.integers(60, 200, (HIGH, WIDE, 3)).astype(np.float32), (0, 0), 3)
    frames, places = [], []
    for number in range(count):
        x, y = int(30 + 2.2 * number), int(60 + 30 * np.sin(number / 12))
        frame = ground.copy()
        if until is None or number < until:
            frame[y : y + SIDE, x : x + SIDE] = (210, 30, 30)
            frame[y + 10 : y + 26, x + 10 : x + 26] = (30, 40, 220)
        frames.append(frame)
        places.append((x, y))
    return frames, places


def follow(path: Path, folder: Path, place: tuple[int, int], **more: object):
    box = {"left": place[0] / WIDE, "top": place[1] / HIGH, "width": SIDE / WIDE, "height": SIDE / HIGH}
    return create_project(folder / "p").run(track_object, probe(path), None, **{**box, **more})


def shared(box, place: tuple[int, int]) -> float:
    """Intersection over union of a found box and the true one."""
    left, top, right, low = (
        box.left * WIDE,
        box.top * HIGH,
        (box.left + box.width) * WIDE,
        (box.top + box.height) * HIGH,
    )
    x, y = place
    across, down = min(right, x + SIDE) - max(left, x), min(low, y + SIDE) - max(top, y)
    both = max(across, 0) * max(down, 0)
    return both / ((right - left) * (low - top) + SIDE * SIDE - both)


def test_it_is_followed_to_the_end_and_its_boxes_are_right(tmp_path: Path) -> None:
    frames, places = ball(100)
    found = follow(film(tmp_path / "ball.mp4", frames), tmp_path, places[0])
    assert [box.frame for box in found.boxes] == list(range(100))
    assert np.mean([shared(box, places[box.frame]) > 0.5 for box in found.boxes]) > 0.95
    assert (found.start, found.end, found.ended) == (0, 4, "end of the film")


def test_it_ends_at_the_cut(tmp_path: Path) -> None:
    frames, places = ball(60)
    path = film(tmp_path / "cut.mp4", frames + scene(5, 50, size=(WIDE, HIGH)))
    found = follow(path, tmp_path, places[10], at_seconds=Fraction(10, 25))
    assert found.ended == "cut"
    assert (found.boxes[0].frame, found.boxes[-1].frame) == (10, 59)
    assert found.end == Fraction(60, 25)


def test_what_disappears_is_lost_where_it_did(tmp_path: Path) -> None:
    frames, places = ball(90, until=50)
    found = follow(film(tmp_path / "gone.mp4", frames), tmp_path, places[0])
    assert found.ended == "lost"
    assert 45 <= found.boxes[-1].frame <= 51
    assert "lost" in found.as_text()
    assert found.as_csv().count("\n") == len(found.boxes) + 1


@pytest.mark.parametrize(
    ("more", "says"),
    [({"at_seconds": Fraction(99)}, "over before 99 s"), ({"width": 0.005}, "too small to follow")],
)
def test_what_cannot_be_followed_is_said(tmp_path: Path, more: dict, says: str) -> None:
    frames, places = ball(20)
    with pytest.raises(InputError, match=says):
        follow(film(tmp_path / "ball.mp4", frames), tmp_path, places[0], **more)
