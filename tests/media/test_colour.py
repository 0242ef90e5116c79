from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rushlight.core.errors import InputError
from rushlight.media.colour import (
    blank_i420,
    cube_text,
    i420_planes,
    i420_to_rgb,
    lut_for,
    rgb_to_i420,
    rgba_to_yuva,
    to_sdr_bt709,
)


def exact_yuv(rgb: NDArray[np.uint8], red: float, blue: float) -> NDArray[np.float64]:
    """The standards' own formula, in limited range, written out without the module under test."""
    r, g, b = (rgb[..., index] / 255 for index in range(3))
    luma = red * r + (1 - red - blue) * g + blue * b
    return np.stack(
        [16 + 219 * luma, 128 + 224 * (b - luma) / (2 - 2 * blue), 128 + 224 * (r - luma) / (2 - 2 * red)], axis=-1
    )


@pytest.mark.parametrize(
    ("matrix", "red", "blue"), [("bt601", 0.299, 0.114), ("bt709", 0.2126, 0.0722), ("bt2020", 0.2627, 0.0593)]
)
def test_rgb_to_i420_follows_the_standard(matrix: str, red: float, blue: float) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    flat = np.repeat(np.repeat(rgb[::2, ::2], 2, axis=0), 2, axis=1)
    y, u, v = i420_planes(rgb_to_i420(flat, matrix=matrix))  # type: ignore[arg-type]
    exact = exact_yuv(flat, red, blue)
    assert np.abs(y - exact[..., 0]).max() <= 1
    assert np.abs(u - exact[::2, ::2, 1]).max() <= 1
    assert np.abs(v - exact[::2, ::2, 2]).max() <= 1


def test_chroma_is_the_mean_of_four_pixels() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    _, u, v = i420_planes(rgb_to_i420(rgb))
    mean = exact_yuv(rgb, 0.2126, 0.0722).reshape(16, 2, 16, 2, 3).mean(axis=(1, 3))
    assert np.abs(u - mean[..., 1]).max() <= 1.2
    assert np.abs(v - mean[..., 2]).max() <= 1.2


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_known_colours(rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    picture = np.full((4, 4, 3), rgb, np.uint8)
    converted, blank = rgb_to_i420(picture), blank_i420(4, 4, rgb)
    for frame, tolerance in ((converted, 1), (blank, 0)):
        for plane, level in zip(i420_planes(frame), yuv, strict=True):
            assert np.abs(plane.astype(int) - level).max() <= tolerance
    assert np.abs(i420_to_rgb(converted).astype(int) - picture).max() <= 3


def test_there_and_back_keeps_a_smooth_picture() -> None:
    y, x = np.mgrid[0:64, 0:64]
    rgb = np.stack([x * 4, y * 4, 255 - x * 2 - y * 2], axis=-1).astype(np.uint8)
    # Only inside: on the border, chroma has no neighbour to be interpolated with.
    error = np.abs(i420_to_rgb(rgb_to_i420(rgb)).astype(int) - rgb)[2:-2, 2:-2]
    assert error.max() <= 5
    assert error.mean() < 1.5


def test_planes_are_views() -> None:
    frame = blank_i420(8, 4)
    y, u, v = i420_planes(frame)
    assert (y.shape, u.shape, v.shape) == ((4, 8), (2, 4), (2, 4))
    v[1, 3] = 7
    assert frame[5, 7] == 7


def test_what_lies_under_transparent_pixels_never_colours_an_edge() -> None:
    red = np.zeros((8, 8, 4), np.uint8)
    red[..., 1] = 255  # green where it cannot be seen
    red[:, :3] = (255, 0, 0, 255)
    y, u, v, alpha, alpha_half = rgba_to_yuva(red)
    _, expected_u, expected_v = i420_planes(blank_i420(8, 8, (255, 0, 0)))
    assert np.abs(u[:, :2].astype(int) - expected_u[:, :2]).max() <= 1
    assert np.abs(v[:, :2].astype(int) - expected_v[:, :2]).max() <= 1
    np.testing.assert_array_equal(alpha, red[..., 3])
    np.testing.assert_array_equal(alpha_half[0], [255, 128, 0, 0])
    assert np.abs(y[:, :3].astype(int) - 63).max() <= 1


def test_half_covered_pixels_count_by_how_opaque_they_are() -> None:
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0, 0], rgba[0, 1] = (255, 0, 0, 30), (0, 0, 255, 90)
    _, u, _, _, alpha_half = rgba_to_yuva(rgba)
    mixed = (30 * 102.4 + 90 * 240) / 120
    assert abs(int(u[0, 0]) - mixed) <= 1
    assert alpha_half[0, 0] == 30


def test_odd_sizes_and_other_arrays_are_refused() -> None:
    with pytest.raises(InputError, match="even"):
        rgb_to_i420(np.zeros((5, 4, 3), np.uint8))
    with pytest.raises(InputError):
        rgb_to_i420(np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(InputError):
        rgba_to_yuva(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(InputError):
        blank_i420(3, 4)
    with pytest.raises(InputError):
        i420_planes(np.zeros((12, 8), np.uint8)[:, ::2])


def test_pq_reference_white_and_black_land_where_bt2446_puts_them() -> None:
    """203 nits is PQ 0.5807; method A brings it to the SDR signal worked out by hand from its formulas."""
    white = to_sdr_bt709(np.array([0.5807] * 3), transfer="pq")
    assert white == pytest.approx([0.687] * 3, abs=0.004)
    assert to_sdr_bt709(np.zeros(3), transfer="pq") == pytest.approx(np.zeros(3), abs=1e-6)
    assert to_sdr_bt709(np.array([0.7518] * 3), transfer="pq") == pytest.approx(np.ones(3), abs=0.005)  # 1000 nits


def test_hlg_and_pq_of_the_same_light_come_out_alike() -> None:
    """HLG 0.75 is reference white, 203 nits on a 1000-nit screen, as PQ 0.5807 is."""
    hlg, pq = (to_sdr_bt709(np.array([value] * 3), transfer=name) for value, name in ((0.75, "hlg"), (0.5807, "pq")))
    assert hlg == pytest.approx(pq, abs=0.005)


@pytest.mark.parametrize("transfer", ["sdr", "hlg", "pq"])
def test_greys_stay_grey_and_in_order(transfer: str) -> None:
    ramp = np.linspace(0, 1, 200)[:, None].repeat(3, axis=1)
    mapped = to_sdr_bt709(ramp, transfer=transfer)  # type: ignore[arg-type]
    assert np.ptp(mapped, axis=1).max() < 0.002
    assert (np.diff(mapped.mean(axis=1)) >= -1e-9).all()


def test_bt709_red_inside_bt2020_comes_back_as_red() -> None:
    """BT.709 red has these BT.2020 light shares (BT.2087)."""
    signal = np.array([0.6274, 0.0691, 0.0164]) ** (1 / 2.4)
    assert to_sdr_bt709(signal, transfer="sdr") == pytest.approx([1, 0, 0], abs=0.06)


def test_table_agrees_with_the_formula_between_its_points() -> None:
    table = lut_for("hlg", size=33)
    assert table.shape == (33, 33, 33, 3)
    rng = np.random.default_rng(2)
    index = rng.integers(0, 33, (50, 3))
    exact = to_sdr_bt709(index / 32, transfer="hlg")
    np.testing.assert_allclose(table[tuple(index.T)], exact, atol=1e-9)


def test_cube_text_has_red_changing_fastest() -> None:
    table = np.zeros((2, 2, 2, 3))
    table[1, 0, 0] = (0.5, 0, 0)
    lines = cube_text(table).splitlines()
    assert lines[0] == "LUT_3D_SIZE 2"
    assert lines[2] == "0.500000 0.000000 0.000000"
    assert len(lines) == 9
