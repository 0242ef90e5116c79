from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rushlight.core.errors import InputError
from rushlight.timeline.pictures import ClipPicture, StillPicture, camera_path, cropped, keyframes

from .media import RATE, SIZE, clip, still

MOVES = ["none", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down"]


def dot_picture(path: Path) -> Path:
    """A dark still with one soft bright dot at (200, 120) of 320×240."""
    y, x = np.mgrid[0:240, 0:320]
    grey = 30 + 200 * np.exp(-((x - 200) ** 2 + (y - 120) ** 2) / 80)
    Image.fromarray(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)).save(path)
    return path


def centre_of(canvas: np.ndarray, height: int) -> tuple[float, float]:
    weight = np.maximum(canvas[:height].astype(float) - 60, 0)
    y, x = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]]
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


@pytest.mark.parametrize("move", MOVES)
def test_moves_are_exact_at_their_ends_and_smooth_between(move: str) -> None:
    path = camera_path({"move": move, "focus": (0.4, 0.6)}, 4.0)
    times = np.linspace(0, 4, 97)
    for name in ("zoom", "center_x", "center_y"):
        values = np.array([path[name].at(float(t)) for t in times])
        assert values[0] == path[name].keys[0][1]
        assert values[-1] == path[name].keys[-1][1]
        assert np.abs(np.diff(values)).max() <= 2 * max(abs(values[-1] - values[0]) / 96, 1e-12)
        assert path["zoom"].at(2.0) >= 1


def test_a_still_moves_by_less_than_a_pixel_and_never_back(tmp_path: Path) -> None:
    path = dot_picture(tmp_path / "dot.png")
    picture = StillPicture(path, 160, 120, Fraction(4), {"move": "pan_right", "focus": (0.5, 0.5)})
    centres = [centre_of(picture.frame(Fraction(n, 24))[1], 120) for n in range(97)]
    steps = np.diff([x for x, _ in centres])
    # The camera goes right, so the dot goes left; eased, hence slow at both ends.
    assert steps.max() <= 0.02
    assert -1 < steps.min() < 0
    assert np.abs(np.diff([y for _, y in centres])).max() < 0.05
    assert np.abs(np.diff(steps)).max() < 0.1


def test_zoom_magnifies_about_the_centre(tmp_path: Path) -> None:
    path = dot_picture(tmp_path / "dot.png")
    settings: dict[str, Any] = {"zoom": [[0, 1], [1, 2, "linear"]], "center_x": 0.5, "center_y": 0.5}
    picture = StillPicture(path, 160, 120, Fraction(1), settings)
    # The dot lies 40 of 320 pixels right of the middle: 20 on a screen of half the size, 40 at twice the zoom.
    assert centre_of(picture.frame(Fraction(0))[1], 120)[0] == pytest.approx(99.75, abs=0.5)
    assert centre_of(picture.frame(Fraction(1))[1], 120)[0] == pytest.approx(119.75, abs=0.7)


def test_equal_keys_mean_equal_pictures(tmp_path: Path) -> None:
    picture = StillPicture(still(tmp_path / "a.png").path, *SIZE, Fraction(2), {"move": "none"})
    first, second = picture.frame(Fraction(0)), picture.frame(Fraction(1))
    assert first[0] == second[0]
    moving = StillPicture(still(tmp_path / "b.png").path, *SIZE, Fraction(2), {"move": "push_in"})
    seen = {key: canvas.copy() for key, canvas in (moving.frame(Fraction(n, 12)) for n in range(24))}
    assert len(seen) > 20


def test_a_narrow_still_is_shown_whole(tmp_path: Path) -> None:
    Image.fromarray(np.full((200, 40, 3), 255, np.uint8)).save(tmp_path / "tall.png")
    canvas = StillPicture(tmp_path / "tall.png", 160, 90, Fraction(1), {}).frame(Fraction(0))[1][:90]
    bright = canvas[45] > 220
    assert 10 < bright.sum() < 40
    assert canvas[45, 5] < 160
    cover = StillPicture(tmp_path / "tall.png", 160, 90, Fraction(1), {"fit": "cover"}).frame(Fraction(0))[1][:90]
    assert (cover > 220).all()


def test_a_clip_plays_from_its_start(tmp_path: Path) -> None:
    file = clip(tmp_path / "c.mp4", 12)
    picture = ClipPicture(file.path, *SIZE, RATE, Fraction(1, 3), {})
    levels = [float(picture.frame(Fraction(n, 12))[1][: SIZE[1]].mean()) for n in range(6)]
    assert all(a < b for a, b in zip(levels, levels[1:], strict=False))
    whole = ClipPicture(file.path, *SIZE, RATE, Fraction(0), {})
    assert levels[0] == pytest.approx(float(whole.frame(Fraction(1, 3))[1][: SIZE[1]].mean()), abs=1)
    # Beyond its end a clip holds its last frame.
    assert float(picture.frame(Fraction(5))[1][: SIZE[1]].mean()) == pytest.approx(203 * 219 / 255 + 16, abs=12)


def test_opacity_and_crop_are_over_black() -> None:
    canvas = np.full((60, 40), 128, np.uint8)
    canvas[:40] = 216
    half = cropped(canvas, 0.5, (0, 0, 0, 0))
    assert abs(int(half[0, 0]) - 116) <= 1
    cut = cropped(canvas, 1.0, (0.25, 0.5, 0, 0))
    assert (cut[:20, :] == 16).all()
    assert (cut[:40, :10] == 16).all()
    assert (cut[20:40, 10:] == 216).all()


@pytest.mark.parametrize("keys", ["soon", [], [[0]], [[0, 1], [0, 2]], [[1, 1], [0, 2]], [["a", 1]], {"a": 1}])
def test_wrong_keyframes_are_said(keys: Any) -> None:
    with pytest.raises(InputError, match="zoom"):
        keyframes(keys, "zoom")


def test_an_unknown_move_is_said() -> None:
    with pytest.raises(InputError, match="sideways"):
        camera_path({"move": "sideways"}, 1.0)
