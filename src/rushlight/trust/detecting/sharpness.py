"""Traces of enlarging that need no model: how sharp the sharpest edges are, what recurs, and what the spectrum lacks.

References:
    Gallagher 2005, "Detection of linear and cubic interpolation in JPEG compressed images": second differences recur.
    Popescu and Farid 2005, "Exposing digital forgeries by detecting traces of resampling".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["sharpness_map", "sharpness_numbers"]

Floats = NDArray[np.float64]

_BLOCK_PX, _SPECTRUM_PX, _BINS = 16, 64, 4096
# Energy of differences below which a block has no edge that could be sharp.
_LEAST_ENERGY, _LEAST_BLOCKS, _LEAST_CONTRAST = 80.0, 10, 6.0
_RINGS = ((0.08, 0.15), (0.15, 0.22), (0.22, 0.3), (0.3, 0.38), (0.38, 0.46), (0.46, 0.6))
# Blocks of coding recur every eight pixels and at the harmonics of that.
_CODING, _NEAR = 8, 0.006


def sharpness_numbers(luma: NDArray[np.uint8]) -> dict[str, float]:
    """Numbers of a whole picture, shape (height, width) with both at least 128."""
    ratio, energy = sharpness_map(luma)
    edges = ratio[energy > _LEAST_ENERGY]
    if len(edges) < _LEAST_BLOCKS:
        edges = ratio[energy >= np.percentile(energy, 80)]
    middle, high, highest = np.percentile(edges, [50, 90, 98])
    recurs, coded = _recurring(luma.astype(np.float64))
    bend, fall, depth = _spectrum(luma.astype(np.float64))
    return {
        "sharp, middle": float(middle), "sharp, high": float(high), "sharp, highest": float(highest),
        "recurs": recurs, "recurs by coding": coded, "spectrum bends": bend, "spectrum falls": fall,
        "spectrum depth": depth,
    }  # fmt: skip


def sharpness_map(luma: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Of each block of 16 × 16 pixels, the energy of differences between neighbours for that between next neighbours.

    0.25 where all is smooth, 1 where neighbours have nothing to do with each other; and the latter energy.

    Returns:
        Two arrays of shape (height // 16, width // 16).
    """
    picture = luma.astype(np.float64)
    rows, columns = luma.shape[0] // _BLOCK_PX, luma.shape[1] // _BLOCK_PX

    def blocks(difference: Floats) -> Floats:
        full = np.zeros_like(picture)
        full[: difference.shape[0], : difference.shape[1]] = difference**2
        cut = full[: rows * _BLOCK_PX, : columns * _BLOCK_PX]
        return np.asarray(cut.reshape(rows, _BLOCK_PX, columns, _BLOCK_PX).mean((1, 3)), np.float64)

    near = blocks(picture[:, 1:] - picture[:, :-1]) + blocks(picture[1:] - picture[:-1])
    next_near = blocks(picture[:, 2:] - picture[:, :-2]) + blocks(picture[2:] - picture[:-2])
    return near / (next_near + 1e-6), next_near


def _recurring(picture: Floats) -> tuple[float, float]:
    """The strongest period of second differences that both directions share, and that of coding."""
    found = []
    for lines in (picture, picture.T):
        second = np.minimum(np.abs(lines[:, :-2] - 2 * lines[:, 1:-1] + lines[:, 2:]), 20).mean(0)
        logs = np.log(second + 0.05)
        logs = (logs - np.convolve(logs, np.ones(15) / 15, "same"))[8:-8]
        spectrum = np.abs(np.fft.rfft(logs * np.hanning(len(logs)), _BINS))
        found.append(spectrum / (np.median(spectrum[300:]) + 1e-9))
    both = np.sqrt(found[0] * found[1])
    frequency = np.arange(len(both)) / _BINS
    harmonics = [number / _CODING for number in range(1, _CODING // 2 + 1)]
    by_coding = np.any([np.abs(frequency - one) < _NEAR for one in harmonics], axis=0)
    free = (frequency > 0.08) & (frequency < 0.499) & ~by_coding
    return float(both[free].max()), float(both[by_coding].max())


def _spectrum(picture: Floats) -> tuple[float, float, float]:
    """How the mean spectrum of rough blocks falls towards the finest detail."""
    side, window = _SPECTRUM_PX, np.outer(np.hanning(_SPECTRUM_PX), np.hanning(_SPECTRUM_PX))
    power, count = np.zeros((side, side)), 0
    for top in range(0, picture.shape[0] - side + 1, side):
        for left in range(0, picture.shape[1] - side + 1, side):
            block = picture[top : top + side, left : left + side]
            if block.std() >= _LEAST_CONTRAST:
                power += np.abs(np.fft.fft2((block - block.mean()) * window)) ** 2
                count += 1
    if count < 4:
        return 0.0, 0.0, 0.0
    radius = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None])
    levels = [np.log(power[(radius >= low) & (radius < high)].mean() / count + 1e-3) for low, high in _RINGS]
    falls = np.diff(levels)
    return float(falls[2]), float(falls[3] + falls[4]), float(levels[5] - levels[1])
