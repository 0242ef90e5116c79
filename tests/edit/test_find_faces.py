from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Faces
from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.edit.find_faces import find_faces
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from tests.edit.drawn_people import ANNA, BERT, draw_person, room
from tests.edit.test_detect_shots import film, scene

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))


def walking(count: int, seed: int = 1, step_px: float = 2.0) -> tuple[list[np.ndarray], list[tuple[float, float]]]:
    frames, middles = [], []
    for number in range(count):
        picture = room((180, 320), seed)
        middles.append((70.0 + step_px * number, 70.0))
        draw_person(picture, ANNA, middles[-1], 50)
        frames.append(picture)
    return frames, middles


def faces_of(path: Path, folder: Path, **settings: object) -> Faces:
    found = create_project(folder / f"project-{path.stem}").run(find_faces, probe(path), None, **settings)
    assert isinstance(found, Faces)
    return found


def test_a_face_is_followed_through_its_shot_and_no_further(tmp_path: Path) -> None:
    frames, middles = walking(60)
    path = film(tmp_path / "film.mp4", frames + [room((180, 320), 40)] * 40)
    found = faces_of(path, tmp_path)
    (track,) = found.tracks
    assert track.shot == 0
    assert track.start == 0
    assert track.end == Fraction(60, 25)
    assert track.confidence > 0.9
    for number, (across, down) in enumerate(middles):
        box = track.at(number)
        assert box is not None
        assert (box.left + box.width / 2) * 320 == pytest.approx(across, abs=8)
        assert (box.top + box.height / 2) * 180 == pytest.approx(down, abs=14)
    assert track.at(60) is None
    assert found.in_frame(80) == ()
    assert "1 face in" in found.as_text()
    assert found.as_csv().startswith("face,shot,frame")


def test_two_people_are_two_faces(tmp_path: Path) -> None:
    frames = []
    for _ in range(30):
        picture = room((180, 320), 8)
        draw_person(picture, ANNA, (90, 70), 50)
        draw_person(picture, BERT, (230, 80), 50)
        frames.append(picture)
    found = faces_of(film(tmp_path / "film.mp4", frames), tmp_path)
    assert len(found.tracks) == 2
    assert len(found.in_frame(15)) == 2


def test_a_turned_film_is_looked_at_upright(tmp_path: Path) -> None:
    frames, middles = walking(25)
    lying = [np.rot90(frame, -1).copy() for frame in frames]
    path = film(tmp_path / "lying.mp4", lying)
    turned = tmp_path / "turned.mp4"
    run_ffmpeg(["-display_rotation", "90", "-i", file_url(path), "-c", "copy", file_url(turned)])
    (track,) = faces_of(turned, tmp_path).tracks
    box = track.at(12)
    assert box is not None
    assert (box.left + box.width / 2) * 320 == pytest.approx(middles[12][0], abs=8)
    assert box.width * 320 == pytest.approx(box.height * 180, rel=0.2)


@pytest.mark.parametrize(("rate", "count", "looks"), [(Fraction(5), 14, 14), (Fraction(240), 100, 5)])
def test_slow_and_fast_films(tmp_path: Path, rate: Fraction, count: int, looks: int) -> None:
    frames, _ = walking(count, step_px=80 / float(rate))
    (track,) = faces_of(film(tmp_path / "film.mp4", frames, rate), tmp_path).tracks
    assert [track.boxes[0].frame, track.boxes[-1].frame] == [0, count - 1]
    assert len(track.boxes) == looks


def test_one_frame_is_enough(tmp_path: Path) -> None:
    (track,) = faces_of(film(tmp_path / "film.mp4", walking(1)[0]), tmp_path).tracks
    assert len(track.boxes) == 1
    assert track.end > track.start


@pytest.mark.parametrize("size", [(2, 2), (320, 180)])
def test_black_and_tiny_films_have_no_faces(tmp_path: Path, size: tuple[int, int]) -> None:
    path = film(tmp_path / "film.mp4", [np.zeros((size[1], size[0], 3), np.uint8)] * 10)
    found = faces_of(path, tmp_path)
    assert found.tracks == ()
    assert found.as_text() == "No face was found."


def test_textures_that_move_are_no_faces(tmp_path: Path) -> None:
    assert faces_of(film(tmp_path / "film.mp4", scene(3, 40) + scene(9, 40)), tmp_path).tracks == ()


def test_stills_and_foreign_shots_are_refused(tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "still.png"
    Image.fromarray(walking(1)[0][0]).save(picture)
    project = create_project(tmp_path / "p")
    with pytest.raises(InputError, match="no moving picture"):
        project.run(find_faces, probe(picture), None)
    one, other = (film(tmp_path / f"{name}.mp4", [room((90, 160), name)] * 8) for name in (1, 2))
    with pytest.raises(InputError, match="another film"):
        project.run(find_faces, probe(one), project.run("detect_shots", probe(other)))


def test_real_faces_are_found_where_they_were_drawn_by_hand(tmp_path: Path) -> None:
    path = FIXTURES / "video" / "friday.mp4"
    if not path.is_file():
        pytest.skip("no real media here: set RUSHLIGHT_FIXTURES to a folder of it")
    truth = json.loads((ROOT / "benchmarks" / "find_faces" / "boxes.json").read_text())["frames"]
    found = faces_of(path, tmp_path)
    right = wanted = 0
    for one in (one for one in truth if one["clip"] == "friday.mp4"):
        seen = found.in_frame(one["frame"])
        for left, top, width, height in one["faces"]:
            wanted += 1
            right += any(
                left < box.left + box.width / 2 < left + width and top < box.top + box.height / 2 < top + height
                for box in seen
            )
    assert wanted > 30
    assert right / wanted > 0.85
