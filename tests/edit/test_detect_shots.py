from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from rushlight.core.errors import InputError, ModelError
from rushlight.core.project import create_project
from rushlight.edit.detect_shots import detect_shots
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter
from rushlight.media.probe import probe


def scene(seed: int, count: int, size: tuple[int, int] = (320, 180)) -> list[np.ndarray]:
    """A texture under a slowly moving camera, with something crossing."""
    rng = np.random.default_rng(seed)
    wide = np.full((size[1] + 40, size[0] + 40, 3), rng.uniform(40, 200, 3), np.float32)
    for power in (3, 4, 5, 6):
        coarse = rng.normal(0, 28, (2**power, 2**power, 3)).astype(np.float32)
        wide += cv2.resize(coarse, (wide.shape[1], wide.shape[0]), interpolation=cv2.INTER_CUBIC)
    colour = rng.uniform(0, 255, 3)
    frames = []
    for number in range(count):
        left = int(10 + 8 * np.sin(number / 20 + seed))
        frame = wide[20 : 20 + size[1], left : left + size[0]].copy()
        cv2.circle(frame, (30 + number * 2 % size[0], size[1] // 2), size[1] // 6, colour.tolist(), -1)
        frames.append(np.clip(frame, 0, 255))
    return frames


def film(path: Path, frames: list[np.ndarray], rate: Fraction = Fraction(25)) -> Path:
    high, wide = frames[0].shape[:2]
    with VideoWriter(path, width_px=wide, height_px=high, rate=rate, crf=20) as writer:
        for frame in frames:
            writer.write(rgb_to_i420(frame.astype(np.uint8)))
    return path


def shots_of(path: Path, folder: Path, **settings: object):
    return create_project(folder / f"project-{path.stem}").run(detect_shots, probe(path), **settings)


def test_cuts_dissolves_and_fades_are_found_at_their_frames(tmp_path: Path) -> None:
    one, two, three, four = scene(1, 60), scene(2, 70), scene(3, 80), scene(4, 60)
    frames = one + two[:50]
    for number in range(20):  # a dissolve of 20 mixed frames, from 109 to 130
        share = (number + 1) / 21
        frames.append(two[50 + number] * (1 - share) + three[number] * share)
    frames += three[20:65]
    for number in range(15):  # out to black and in again
        frames.append(three[65 + number] * (1 - (number + 1) / 16))
    frames += [np.zeros_like(one[0])] * 4
    for number in range(15):
        frames.append(four[number] * ((number + 1) / 16))
    frames += four[15:]
    found = shots_of(film(tmp_path / "film.mp4", frames), tmp_path)
    kinds = [(each.kind, each.start_frame, each.end_frame) for each in found.transitions]
    assert [kind for kind, _, _ in kinds] == ["cut", "dissolve", "fade"]
    assert kinds[0] == ("cut", 59, 60)
    assert abs(kinds[1][1] - 109) <= 4
    assert abs(kinds[1][2] - 130) <= 4
    assert abs(kinds[2][1] - 174) <= 5
    assert abs(kinds[2][2] - 209) <= 5
    assert len(found.shots) == 4
    assert found.shots[0].start_frame == 0
    assert found.shots[-1].end_frame == len(frames) == found.frame_count
    assert found.transitions[0].end == Fraction(60, 25)
    assert "dissolve" in found.as_text()
    assert found.as_csv().count("\n") == 5


def test_flashes_and_shakes_are_no_transitions(tmp_path: Path) -> None:
    frames = scene(5, 130)
    for number in range(3):
        frames[40 + number] = np.clip(frames[40 + number] + 170 * (1 - number / 3), 0, 255)
    rng = np.random.default_rng(0)
    for number in range(80, 105):
        frames[number] = np.roll(frames[number], rng.integers(-8, 9, 2), axis=(0, 1))
    assert shots_of(film(tmp_path / "film.mp4", frames), tmp_path).transitions == ()


def test_fast_footage_keeps_the_exact_frame_of_a_cut(tmp_path: Path) -> None:
    frames = [frame for frame in scene(6, 24) for _ in range(8)][:187] + [
        frame for frame in scene(7, 24) for _ in range(8)
    ]
    found = shots_of(film(tmp_path / "film.mp4", frames, Fraction(240)), tmp_path)
    assert [(each.start_frame, each.end_frame) for each in found.transitions] == [(186, 187)]


@pytest.mark.parametrize(
    ("count", "size", "rate"),
    [(1, (320, 180), 25), (2, (320, 180), 25), (40, (90, 160), 30), (12, (64, 36), 5)],
)
def test_odd_films_are_one_shot(tmp_path: Path, count: int, size: tuple[int, int], rate: int) -> None:
    path = film(tmp_path / "film.mp4", scene(8, count, size), Fraction(rate))
    found = shots_of(path, tmp_path)
    assert len(found.shots) == 1
    assert found.frame_count == count


@pytest.mark.parametrize("size", [(64, 36), (2, 2)])
def test_a_black_film_is_one_shot(tmp_path: Path, size: tuple[int, int]) -> None:
    path = film(tmp_path / "film.mp4", [np.zeros((size[1], size[0], 3))] * 50)
    assert len(shots_of(path, tmp_path).shots) == 1


def test_one_pixel_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 1, 1, "bgr0"
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((1, 1, 3), 40 * number, np.uint8), format="bgr24")
            container.mux(stream.encode(frame.reformat(format="bgr0")))
        container.mux(stream.encode())
    assert shots_of(path, tmp_path).frame_count == 5


def test_what_has_no_moving_picture_is_refused(tmp_path: Path) -> None:
    from rushlight.media.encode import write_wav

    write_wav(tmp_path / "sound.wav", np.zeros((4800, 1), np.float32), 48_000)
    with pytest.raises(InputError, match="no moving picture"):
        shots_of(tmp_path / "sound.wav", tmp_path)


def test_an_unknown_detector_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", scene(8, 10))
    with pytest.raises(ModelError, match="no shot detector"):
        shots_of(path, tmp_path, detector="oracle")


def test_a_tighter_caution_reports_no_more(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", scene(1, 40) + scene(2, 40))
    bold, shy = (shots_of(path, tmp_path / name, caution=value) for name, value in (("a", -0.3), ("b", 0.4)))
    assert len(shy.transitions) <= len(bold.transitions)
