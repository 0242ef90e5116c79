from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from rushlight.trust.watermarks.picture_mark import PictureMarker, PictureReader

Scene = Callable[[int, int], np.ndarray]


def test_unmarked_pictures_stay_far_from_the_bound(scene: Scene) -> None:
    for seed in range(4):
        reader = PictureReader(320, 320)
        reader.add(scene(seed, 320))
        found = reader.read()
        assert not (found.is_checked and found.false_positive_probability < 0.01)


def test_frames_add_up(scene: Scene) -> None:
    rng = np.random.default_rng(1)
    frames = [np.clip(scene(5, 360) + rng.normal(0, 3, (360, 360)), 0, 255).astype(np.uint8) for _ in range(6)]
    marker = PictureMarker(360, 360, 77, psnr_db=46)
    statistics = []
    for used in (1, 6):
        reader = PictureReader(360, 360)
        for frame, added in zip(frames[:used], marker.mark(frames), strict=False):
            noise = rng.normal(0, 6, frame.shape)
            reader.add(np.clip(frame + added + noise, 0, 255).astype(np.uint8))
        statistics.append(reader.read(search=False).statistic)
    assert statistics[1] > statistics[0]
    assert statistics[1] > 15


def test_the_strength_follows_the_wish_but_is_never_plain_to_see_where_it_is_flat(scene: Scene) -> None:
    frame = scene(6, 400)
    near = []
    for wished in (44.0, 48.0):
        added = PictureMarker(400, 400, 1, psnr_db=wished).mark([frame])[0]
        near.append(cv2.PSNR(frame, cv2.add(frame, added, dtype=cv2.CV_8U)))
        assert near[-1] > wished - 0.4
    assert near[1] - near[0] > 2
    flat = PictureMarker(400, 400, 1, psnr_db=36).mark([np.full((400, 400), 90, np.uint8)])[0]
    assert np.abs(flat).max() <= 8
    assert PictureMarker(400, 400, 1).mark([]) == []
