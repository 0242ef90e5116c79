"""The lattice of a picture's mark: which chip carries what, where the chips lie, and how they are found again.

A chip is a smooth spot of light or shade. There are as many to a picture whatever its size, so a mark that was put into
1080 lines is read from 360. A fifth of the chips are a pilot that everybody with the key knows: it tells how a picture
was cropped, scaled or mirrored. The pattern repeats after `TILE` chips.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.trust.watermarks.code import CODED_BITS

__all__ = [
    "CHIPS",
    "SAMPLES",
    "TILE",
    "Geometry",
    "Pattern",
    "draw_chips",
    "pattern_of",
    "places",
    "read_chips",
    "refine",
]

CHIPS = 130
"""Chips to the root of a picture's area."""
TILE = 120
"""Chips after which the pattern repeats, both ways."""
SAMPLES = 2
"""Samples to a chip where marks are read and drawn."""
_BLOCK = 20

Light = NDArray[np.float32]


@dataclass(frozen=True)
class Pattern:
    """What a key says of every chip."""

    signs: Light
    """±1, shape (TILE, TILE)."""
    bits: NDArray[np.int64]
    """Number of the coded bit that a chip carries, `CODED_BITS` for the pilot."""
    pilot_spectrum: NDArray[np.complex64]
    """Of the pilot at two samples a chip, conjugated."""

    def summed(self, chips: Light) -> Light:
        """Evidence for each coded bit, and for the pilot at the end: shape (CODED_BITS + 1,)."""
        products = (chips * self.signs).ravel()
        return np.bincount(self.bits.ravel(), products, CODED_BITS + 1).astype(np.float32)


@cache
def pattern_of(key: bytes) -> Pattern:
    """The pattern of a key; every coded bit has one chip in every block of 20 × 20, so crops take from all alike."""
    count = TILE * TILE
    stream = hashlib.shake_256(b"rushlight picture mark 1\n" + key).digest(9 * count)
    signs = np.where(np.frombuffer(stream, np.uint8, count) & 1, 1, -1).astype(np.float32).reshape(TILE, TILE)
    order = np.frombuffer(stream, ">u8", count, offset=count).reshape(-1, _BLOCK * _BLOCK)
    ranks = np.argsort(np.argsort(order, axis=1, kind="stable"), axis=1, kind="stable")
    many = TILE // _BLOCK
    bits = np.minimum(ranks, CODED_BITS).reshape(many, many, _BLOCK, _BLOCK).swapaxes(1, 2).reshape(TILE, TILE)
    pilot = np.where(bits == CODED_BITS, signs, np.float32(0))
    size = TILE * SAMPLES
    matrix = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    large = cv2.warpAffine(pilot, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_WRAP)
    spectrum = np.conj(np.fft.rfft2(large)).astype(np.complex64)
    return Pattern(signs, np.ascontiguousarray(bits, np.int64), spectrum)


@dataclass(frozen=True)
class Geometry:
    """Where the chips of a mark lie in a picture, measured from its centre.

    Attributes:
        across: chips over the whole width.
        down: chips over the whole height.
        right: chips by which the picture's centre lies right of the mark's.
        below: chips by which it lies below.
        is_mirrored: whether left and right were changed.
        score: how well the pilot fits, in standard deviations of what chance gives.
    """

    across: float
    down: float
    right: float = 0.0
    below: float = 0.0
    is_mirrored: bool = False
    score: float = 0.0

    @classmethod
    def untouched(cls, width: float, height: float) -> Geometry:
        """Of a picture of these proportions that was marked and not changed since, but for its size."""
        root = (width / height) ** 0.5
        return cls(CHIPS * root, CHIPS / root)

    def sample_size(self) -> tuple[int, int]:
        """Width and height of the small picture in which the mark is read."""
        return round(self.across * SAMPLES), round(self.down * SAMPLES)

    def steps(self, width: int, height: int) -> tuple[float, float]:
        """Chips from one sample to the next, both ways; negative where it is mirrored."""
        return (-1 if self.is_mirrored else 1) * self.across / width, self.down / height


def draw_chips(chips: Light, geometry: Geometry) -> Light:
    """Chips laid into the small picture that is read later."""
    width, height = geometry.sample_size()
    step_x, step_y = geometry.steps(width, height)
    middle = (TILE - 1) / 2
    matrix = np.array([
        [step_x, 0, middle + geometry.right - step_x * (width - 1) / 2],
        [0, step_y, middle + geometry.below - step_y * (height - 1) / 2],
    ])  # fmt: skip
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(chips, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_WRAP))


def _grid(light: Light, geometry: Geometry) -> tuple[NDArray[np.int64], NDArray[np.int64], Light, Light]:
    """Numbers of the chips that a picture holds, and where in it each lies."""
    height, width = light.shape
    step_x, step_y = geometry.steps(width, height)
    axes = []
    for step, size, shift in ((step_x, width, geometry.right), (step_y, height, geometry.below)):
        reach = abs(step) * (size - 1) / 2
        first, last = np.ceil(shift - reach - 0.5), np.floor(shift + reach - 0.5)
        number = np.arange(first, last + 1)
        axes.append((number.astype(np.int64), ((number + 0.5 - shift) / step + (size - 1) / 2).astype(np.float32)))
    return (axes[0][0] + TILE // 2) % TILE, (axes[1][0] + TILE // 2) % TILE, axes[0][1], axes[1][1]


def read_chips(light: Light, geometry: Geometry) -> Light:
    """What every chip of the tile says, shape (TILE, TILE); 0 where the picture does not reach."""
    column, row, x, y = _grid(light, geometry)
    seen = cv2.remap(light, np.tile(x, (len(y), 1)), np.tile(y[:, None], (1, len(x))), cv2.INTER_LINEAR)
    cells = (row[:, None] * TILE + column[None, :]).ravel()
    return np.bincount(cells, seen.ravel(), TILE * TILE).astype(np.float32).reshape(TILE, TILE)


def _pilot_score(light: Light, geometry: Geometry, pattern: Pattern) -> float:
    chips = read_chips(light, geometry)[pattern.bits == CODED_BITS]
    power = float(np.sqrt((chips * chips).sum()))
    return float((chips * pattern.signs[pattern.bits == CODED_BITS]).sum()) / power if power > 0 else 0.0


def _canvas(light: Light, geometry: Geometry) -> Light:
    """A picture laid out by chips, two samples each, and folded to one tile."""
    height, width = light.shape
    tile = TILE * SAMPLES
    many = int(np.ceil(max(geometry.across, geometry.down) / TILE))
    many += 1 - many % 2  # An odd number keeps the centre of the whole on the centre of a tile.
    side = many * tile
    step_x, step_y = geometry.steps(width, height)
    scale_x, scale_y = 1 / (SAMPLES * step_x), 1 / (SAMPLES * step_y)
    matrix = np.array([
        [scale_x, 0, (width - 1) / 2 - scale_x * (side - 1) / 2],
        [0, scale_y, (height - 1) / 2 - scale_y * (side - 1) / 2],
    ])  # fmt: skip
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(light, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(laid.reshape(many, tile, many, tile).sum(axis=(0, 2)), np.float32)


def places(light: Light, start: Geometry, pattern: Pattern, scales: Sequence[float], *, keep: int) -> list[Geometry]:
    """The likeliest places of the mark: every shift is looked at for each scale, as it is and mirrored."""
    from scipy import fft

    tile = TILE * SAMPLES
    found: list[Geometry] = []
    for mirrored in (False, True):
        for scale in scales:
            here = replace(start, across=start.across * scale, down=start.down * scale, is_mirrored=mirrored)
            fit = fft.irfft2(fft.rfft2(_canvas(light, here)) * pattern.pilot_spectrum, s=(tile, tile))
            spread = float(fit.std())
            if spread <= 0:
                continue
            at = int(np.argmax(fit))
            down, right = ((place + tile // 2) % tile - tile // 2 for place in divmod(at, tile))
            score = float(fit.flat[at]) / spread
            found.append(replace(here, right=-right / SAMPLES, below=-down / SAMPLES, score=score))
    found.sort(key=lambda one: -one.score)
    return found[:keep]


def refine(light: Light, start: Geometry, pattern: Pattern) -> Geometry:
    """A place brought closer, by trying small steps in everything."""
    best = replace(start, score=_pilot_score(light, start, pattern))
    steps = {"right": 0.25, "below": 0.25, "both": 0.003, "across": 0.003, "down": 0.003}
    for _ in range(3):
        for name, step in steps.items():
            for _ in range(4):
                tried = [_stepped(best, name, sign * step) for sign in (-1, 1)]
                better = max(
                    (replace(one, score=_pilot_score(light, one, pattern)) for one in tried), key=lambda one: one.score
                )
                if better.score <= best.score:
                    break
                best = better
        steps = {name: step / 2.5 for name, step in steps.items()}
    return best


def _stepped(geometry: Geometry, name: str, step: float) -> Geometry:
    if name == "both":
        return replace(geometry, across=geometry.across * (1 + step), down=geometry.down * (1 + step))
    if name == "across":
        return replace(geometry, across=geometry.across * (1 + step))
    if name == "down":
        return replace(geometry, down=geometry.down * (1 + step))
    if name == "right":
        return replace(geometry, right=geometry.right + step)
    return replace(geometry, below=geometry.below + step)
