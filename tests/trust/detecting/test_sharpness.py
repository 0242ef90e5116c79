from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from rushlight.trust.detecting.sharpness import sharpness_map, sharpness_numbers

Scene = Callable[[int, int], np.ndarray]


def test_enlarging_softens_the_sharpest_edges_and_recurs(scene: Scene) -> None:
    before = scene(0, 512)
    after = cv2.resize(before[100:420, 100:420], (512, 512), interpolation=cv2.INTER_CUBIC)
    one, other = sharpness_numbers(before), sharpness_numbers(np.asarray(after, np.uint8))
    assert other["sharp, high"] < one["sharp, high"] - 0.05
    assert other["spectrum falls"] < one["spectrum falls"]
    assert other["recurs"] > 2 * one["recurs"] or other["recurs by coding"] > 2 * one["recurs by coding"]


def test_the_map_tells_smooth_from_rough() -> None:
    picture = np.zeros((64, 64), np.uint8)
    picture[:, :32] = np.random.default_rng(1).integers(0, 255, (64, 32))
    picture[:, 32:] = np.linspace(0, 255, 64)[:, None]
    ratio, energy = sharpness_map(picture)
    assert ratio.shape == energy.shape == (4, 4)
    assert abs(ratio[1, 0] - 1.0) < 0.1 < energy[1, 0]
    assert ratio[1, 3] < 0.3


def test_flat_pictures_have_numbers_too() -> None:
    found = sharpness_numbers(np.full((128, 128), 90, np.uint8))
    assert all(np.isfinite(value) for value in found.values())
