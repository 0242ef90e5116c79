"""Colour of frames: RGB to and from planar YUV, and other standards' light to BT.709.

Frames are 8-bit I420: one array of shape (height * 3 // 2, width) holding Y, then U, then V at half size, BT.709,
limited range, unless something else is said. Chroma is averaged over 2×2 pixels.
"""

from __future__ import annotations

from typing import Literal, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError

__all__ = [
    "Matrix",
    "blank_i420",
    "cube_text",
    "i420_planes",
    "i420_to_rgb",
    "lut_for",
    "rgb_to_i420",
    "rgba_to_yuva",
    "to_sdr_bt709",
]

Matrix = Literal["bt601", "bt709", "bt2020"]
Transfer = Literal["sdr", "hlg", "pq"]
Bytes = NDArray[np.uint8]
Light = NDArray[np.float64]
Samples = TypeVar("Samples", Bytes, NDArray[np.float32])

# Weight of red and blue in luma: ITU-R BT.601, BT.709, BT.2020.
_LUMA: dict[str, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}
# Linear light, ITU-R BT.2087.
_BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float64
)


def _rgb_to_yuv(matrix: Matrix, full_range: bool = False) -> Light:
    """3×4 matrix from RGB of 0…255 to Y, U, V of 0…255."""
    red, blue = _LUMA[matrix]
    green = 1 - red - blue
    luma = np.array([red, green, blue])
    u = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    v = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    luma_scale, chroma_scale, black = (1.0, 1.0, 0.0) if full_range else (219 / 255, 224 / 255, 16.0)
    rows = np.stack([luma * luma_scale, u * chroma_scale, v * chroma_scale])
    return np.hstack([rows, np.array([[black], [128.0], [128.0]])])


def _check_even(height: int, width: int) -> None:
    if height < 2 or width < 2 or height % 2 or width % 2:
        raise InputError(f"A picture of {width}×{height} has no 4:2:0 form; width and height must be even.")


def i420_planes(frame: Bytes) -> tuple[Bytes, Bytes, Bytes]:
    """The Y (h, w), U (h/2, w/2) and V (h/2, w/2) planes of an I420 frame, as views: writing to them changes it.

    Raises:
        InputError: not a contiguous I420 frame.
    """
    rows, width = frame.shape
    height = rows * 2 // 3
    _check_even(height, width)
    if rows * 2 != height * 3 or not frame.flags.c_contiguous:
        raise InputError("An I420 frame is one contiguous array of shape (height * 3 // 2, width).")
    flat = frame.reshape(-1)
    size, quarter = height * width, height * width // 4
    half = (height // 2, width // 2)
    return (
        flat[:size].reshape(height, width),
        flat[size : size + quarter].reshape(half),
        flat[size + quarter :].reshape(half),
    )


def rgb_to_i420(rgb: Bytes, *, matrix: Matrix = "bt709") -> Bytes:
    """Convert full-range RGB to limited-range I420.

    Args:
        rgb: uint8, shape (h, w, 3), red first, even sizes.
        matrix: the standard of the result.

    Returns:
        uint8, shape (h * 3 // 2, w).

    Raises:
        InputError: odd sizes, or not RGB.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise InputError(f"RGB is uint8 (height, width, 3), not {rgb.dtype} {rgb.shape}.")
    height, width = rgb.shape[:2]
    _check_even(height, width)
    frame = np.empty((height * 3 // 2, width), np.uint8)
    y, u, v = i420_planes(frame)
    coefficients = _rgb_to_yuv(matrix)
    # All three rows each time: OpenCV's quick path wants as many channels out as in.
    cv2.extractChannel(cv2.transform(rgb, coefficients), 0, y)
    # The matrix is linear, so averaging RGB first gives the same chroma for a quarter of the work.
    small = cv2.transform(_halve(rgb), coefficients)
    cv2.extractChannel(small, 1, u)
    cv2.extractChannel(small, 2, v)
    return frame


def _halve(picture: Samples) -> Samples:
    """Mean of every 2×2 pixels."""
    height, width = picture.shape[:2]
    return cast(Samples, cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA))


def rgba_to_yuva(rgba: Bytes, *, matrix: Matrix = "bt709") -> tuple[Bytes, Bytes, Bytes, Bytes, Bytes]:
    """Convert a picture with straight alpha to planes that can be laid over I420 frames.

    Chroma is averaged over each 2×2 pixels by how opaque they are, so that what lies under transparent pixels
    (often black) never colours an edge.

    Args:
        rgba: uint8, shape (h, w, 4), straight alpha, even sizes.
        matrix: the standard of the result.

    Returns:
        Y (h, w), U (h/2, w/2), V (h/2, w/2), alpha (h, w), and alpha averaged for chroma (h/2, w/2), all uint8,
        alpha from 0 to 255.

    Raises:
        InputError: odd sizes, or not RGBA.
    """
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8:
        raise InputError(f"RGBA is uint8 (height, width, 4), not {rgba.dtype} {rgba.shape}.")
    height, width = rgba.shape[:2]
    _check_even(height, width)
    coefficients = _rgb_to_yuv(matrix)
    rgb, alpha = np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3])
    y = np.asarray(cv2.transform(rgb, coefficients), np.uint8)[..., 0].copy()
    weight = alpha.astype(np.float32)
    weight_half = _halve(weight)
    weighed = _halve(rgb.astype(np.float32) * weight[..., None])
    small = np.where(weight_half[..., None] > 0, weighed / np.maximum(weight_half, 1e-6)[..., None], _halve(rgb))
    chroma = np.clip(np.rint(small @ coefficients[1:, :3].T + coefficients[1:, 3]), 0, 255).astype(np.uint8)
    alpha_half = np.rint(weight_half).astype(np.uint8)
    return y, chroma[..., 0].copy(), chroma[..., 1].copy(), alpha, alpha_half


def i420_to_rgb(frame: Bytes, *, matrix: Matrix = "bt709") -> Bytes:
    """Convert limited-range I420 to full-range RGB, uint8, shape (h, w, 3); chroma is interpolated.

    Raises:
        InputError: not a contiguous I420 frame.
    """
    y, u, v = i420_planes(frame)
    height, width = y.shape
    size = (width, height)
    yuv = cv2.merge(
        [y, cv2.resize(u, size, interpolation=cv2.INTER_LINEAR), cv2.resize(v, size, interpolation=cv2.INTER_LINEAR)]
    )
    forward = _rgb_to_yuv(matrix)
    back = np.linalg.inv(forward[:, :3])
    return np.asarray(cv2.transform(yuv, np.hstack([back, (-back @ forward[:, 3])[:, None]])), np.uint8)


def blank_i420(width_px: int, height_px: int, rgb: tuple[int, int, int] = (0, 0, 0)) -> Bytes:
    """A frame of one colour, given as RGB of 0 to 255.

    Raises:
        InputError: odd sizes.
    """
    _check_even(height_px, width_px)
    levels = _rgb_to_yuv("bt709") @ np.array([*rgb, 1.0])
    frame = np.empty((height_px * 3 // 2, width_px), np.uint8)
    for plane, level in zip(i420_planes(frame), np.rint(levels), strict=True):
        plane[...] = int(level)
    return frame


def to_sdr_bt709(signal: Light, *, transfer: Transfer, peak_nits: float = 1000.0) -> Light:
    """Bring BT.2020 colour, SDR or HDR, to what an SDR BT.709 screen should be sent.

    HDR light is brought to SDR by BT.2446 method A, which is made to keep skin and highlights natural; colours
    outside BT.709 are clipped.

    Args:
        signal: non-linear R'G'B' of BT.2020 primaries, 0 to 1, shape (..., 3).
        transfer: `sdr` (BT.1886), `hlg` or `pq`.
        peak_nits: brightest light of the HDR picture; brighter light is clipped to it.

    Returns:
        Non-linear R'G'B' of BT.709 primaries, 0 to 1, same shape.

    Reference:
        ITU-R BT.2446-1 section 4 (method A), BT.2100-2 (PQ, HLG), BT.2087-0 (primaries), BT.1886 (display gamma).
    """
    signal = np.clip(np.asarray(signal, np.float64), 0, 1)
    shown = (
        signal if transfer == "sdr" else _tone_map(_display_light(signal, transfer, peak_nits) / peak_nits, peak_nits)
    )
    light = np.clip(shown, 0, 1) ** 2.4
    return np.asarray(np.clip(light @ _BT2020_TO_BT709.T, 0, 1) ** (1 / 2.4))


def _display_light(signal: Light, transfer: Transfer, peak_nits: float) -> Light:
    """Light on an HDR screen, in nits, clipped to the peak."""
    if transfer == "pq":
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        root = signal ** (1 / m2)
        return np.asarray(np.clip(10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1), 0, peak_nits))
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    red, blue = _LUMA["bt2020"]
    luma = scene @ np.array([red, 1 - red - blue, blue])
    gamma = 1.2 + 0.42 * np.log10(peak_nits / 1000)
    return np.asarray(np.clip(peak_nits * scene * np.maximum(luma, 1e-9)[..., None] ** (gamma - 1), 0, peak_nits))


def _tone_map(light: Light, peak_nits: float) -> Light:
    """BT.2446 method A: linear HDR light, 1 at the peak, to non-linear SDR R'G'B'."""
    signal = light ** (1 / 2.4)
    red, blue = _LUMA["bt2020"]
    luma = signal @ np.array([red, 1 - red - blue, blue])
    hdr_ratio = 1 + 32 * (peak_nits / 10_000) ** (1 / 2.4)
    sdr_ratio = 1 + 32 * (100 / 10_000) ** (1 / 2.4)
    seen = np.log(1 + (hdr_ratio - 1) * luma) / np.log(hdr_ratio)
    bent = np.where(
        seen <= 0.7399,
        1.0770 * seen,
        np.where(seen < 0.9909, -1.1510 * seen**2 + 2.7811 * seen - 0.6302, 0.5 * seen + 0.5),
    )
    mapped = (sdr_ratio**bent - 1) / (sdr_ratio - 1)
    scale = mapped / np.maximum(1.1 * luma, 1e-9)
    cb = scale * (signal[..., 2] - luma) / 1.8814
    cr = scale * (signal[..., 0] - luma) / 1.4746
    tuned = mapped - np.maximum(0.1 * cr, 0)
    r, b = tuned + 1.4746 * cr, tuned + 1.8814 * cb
    g = (tuned - red * r - blue * b) / (1 - red - blue)
    return np.stack([r, g, b], axis=-1)


def lut_for(transfer: Transfer, *, size: int = 65, peak_nits: float = 1000.0) -> Light:
    """The table of `to_sdr_bt709` on a grid, shape (size, size, size, 3), indexed [red, green, blue]."""
    steps = np.linspace(0, 1, size)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    return to_sdr_bt709(grid, transfer=transfer, peak_nits=peak_nits)


def cube_text(table: Light) -> str:
    """A colour table as the text of a `.cube` file, red changing fastest."""
    size = table.shape[0]
    rows = table.transpose(2, 1, 0, 3).reshape(-1, 3)
    lines = [f"LUT_3D_SIZE {size}", *(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in rows)]
    return "\n".join(lines) + "\n"
