from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.media.colour import rgb_to_i420, rgba_to_yuva
from rushlight.timeline.graphics.canvas import Sprite, place

HEIGHT, WIDTH = 48, 64


def ground(seed: int) -> np.ndarray:
    return rgb_to_i420(np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8))


def soft(seed: int, height: int = 20, width: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def reference(canvas: np.ndarray, rgba: np.ndarray, x: int, y: int, opacity: float) -> np.ndarray:
    """The same in floats, from the definition of laying over, plane by plane."""
    out = canvas.astype(float)
    luma, u, v, full, half = rgba_to_yuva(np.ascontiguousarray(rgba))
    rows = HEIGHT // 4
    planes = [
        out[:HEIGHT],
        out[HEIGHT : HEIGHT + rows].reshape(HEIGHT // 2, WIDTH // 2),
        out[HEIGHT + rows :].reshape(HEIGHT // 2, WIDTH // 2),
    ]
    for number, (target, source, alpha) in enumerate(zip(planes, (luma, u, v), (full, half, half), strict=True)):
        left, top = (x, y) if number == 0 else (x // 2, y // 2)
        for row in range(source.shape[0]):
            for column in range(source.shape[1]):
                to_row, to_column = top + row, left + column
                if 0 <= to_row < target.shape[0] and 0 <= to_column < target.shape[1]:
                    share = alpha[row, column] / 255 * opacity
                    old = target[to_row, to_column]
                    target[to_row, to_column] = old * (1 - share) + source[row, column] * share
    return out


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.integers(-30, 70), st.integers(-30, 60), st.sampled_from([1.0, 0.5, 0.1]))
def test_sprites_are_laid_over_as_in_floats(seed: int, x: int, y: int, opacity: float) -> None:
    canvas, rgba = ground(seed), soft(seed + 1)
    expected = reference(canvas, rgba, x, y, opacity)
    sprite = Sprite.from_rgba(rgba)
    place(canvas, sprite if opacity == 1 else sprite.faded(opacity), x, y)
    assert np.abs(canvas.astype(float) - expected).max() <= 2


def test_an_odd_sprite_is_padded_with_nothing() -> None:
    rgba = np.full((5, 7, 4), 255, np.uint8)
    sprite = Sprite.from_rgba(rgba)
    assert (sprite.width_px, sprite.height_px) == (8, 6)
    canvas = ground(1)
    before = canvas.copy()
    place(canvas, sprite, 10, 10)
    np.testing.assert_array_equal(canvas[10:16, 17], before[10:16, 17])
    assert (canvas[10:15, 10:17] == 235).all()


def test_a_cut_is_the_same_part_of_the_whole() -> None:
    sprite = Sprite.from_rgba(soft(3))
    whole, part = ground(5), ground(5)
    before = whole.copy()
    place(whole, sprite, 10, 10)
    place(part, sprite.cut(8, 4, 16, 12), 18, 14)
    np.testing.assert_array_equal(part[14:22, 18:26], whole[14:22, 18:26])
    np.testing.assert_array_equal(part[:14], before[:14])


@pytest.mark.parametrize("scale", [0.5, 1.5, 2.0])
def test_scaling_keeps_the_mean(scale: float) -> None:
    sprite = Sprite.from_rgba(np.full((20, 20, 4), (200, 100, 50, 128), np.uint8))
    scaled = sprite.scaled(scale)
    assert scaled.width_px == round(20 * scale / 2) * 2
    for before, after in zip(sprite.planes, scaled.planes, strict=True):
        assert float(after.mean()) == pytest.approx(float(before.mean()), abs=1)
