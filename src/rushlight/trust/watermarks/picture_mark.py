"""Putting a mark into pictures, one or a film of them, and reading it.

The payload's coded bits are spread over the lattice; how strongly each is put in depends on what the picture itself
says about it already, so that the picture does not drown the mark.

Reference:
    Cox, Kilian, Leighton, Shamoon 1997, "Secure spread spectrum watermarking for multimedia";
    Malvar, Florêncio 2003, "Improved spread spectrum".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.trust.watermarks.certainty import false_positive_bound
from rushlight.trust.watermarks.code import CODED_BITS, PAYLOAD_BITS, decode_word, encode_word
from rushlight.trust.watermarks.lattice import (
    CHIPS,
    SAMPLES,
    Geometry,
    Light,
    draw_chips,
    pattern_of,
    places,
    read_chips,
    refine,
)  # fmt: skip
from rushlight.trust.watermarks.masking import mask_of, whitened

__all__ = ["LEAST_ROOT_PX", "MarkFound", "PictureMarker", "PictureReader", "grey_of"]

LEAST_ROOT_PX = SAMPLES * CHIPS
"""Root of the area of the smallest picture that is marked."""
_CANCELLED = 1.0
"""Share of what the picture says about a bit that is taken back."""
_LEAST, _MOST = -1.0, 4.0
"""Strength of one bit, relative to the mean."""
_FLAT_LEVELS = 1.3
"""Strongest mark where nothing goes on, in grey levels."""
_LOST_IN_SCALING = 0.83
_PLACES_BITS = 32.0
"""More places than the search could tell apart: 120 scales, 240 × 240 shifts, 250 steps of refining."""
_SCALES = tuple(float(scale) for scale in np.exp(np.arange(np.log(0.68), np.log(1.16), 0.008)))
_CANDIDATES = 5
_SURE = 1e-9

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class MarkFound:
    """The best that reading came up with; it may be chance, and says how likely that is."""

    payload: int
    false_positive_probability: float
    """Upper bound, over everything that was tried."""
    is_checked: bool
    """Whether the check sum is right."""
    statistic: float
    geometry: Geometry | None = None


def grey_of(rgb: NDArray[np.uint8]) -> Luma:
    """Luma of a picture, shape (h, w, 3)."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY), np.uint8)


class PictureMarker:
    """Marks pictures of one size.

    Args:
        width_px: width.
        height_px: height.
        payload: 64 bits.
        key: who may read; empty for everybody.
        psnr_db: how near the marked picture stays to the first.
    """

    def __init__(self, width_px: int, height_px: int, payload: int, *, key: bytes = b"", psnr_db: float = 42.3) -> None:
        self._size = (width_px, height_px)
        self._geometry = Geometry.untouched(width_px, height_px)
        self._pattern = pattern_of(key)
        word = np.append(encode_word(payload), 1).astype(np.float32)
        self._signs = (self._pattern.signs * word[self._pattern.bits]).astype(np.float32)
        self._even = draw_chips(self._signs, self._geometry)
        self._levels = 255 / 10 ** (psnr_db / 20)
        self._wave = self._even

    def mark(self, frames: Sequence[Luma]) -> list[NDArray[np.int16]]:
        """What is added to each of some frames that follow one another, in grey levels, at their full size.

        A second of them at a time is best: the strength of every bit stays the same over them, so nothing flickers.
        """
        if not frames:
            return []
        small = [self._small(frame) for frame in frames]
        seen = [whitened(one) for one in small]
        masks = [mask_of(busy) for _, busy in seen]
        self._wave = self._weighted(small, [light for light, _ in seen], masks)
        added = []
        for mask in masks:
            wave = self._wave * mask
            large = cv2.resize(wave * self._scale(wave, mask), self._size, interpolation=cv2.INTER_LINEAR)
            added.append(np.rint(large).astype(np.int16))
        return added

    def _small(self, frame: Luma) -> Light:
        small = cv2.resize(frame, self._geometry.sample_size(), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32)

    def _scale(self, wave: Light, mask: Light) -> float:
        rms = float(np.sqrt((wave * wave).mean() * _LOST_IN_SCALING)) + 1e-9
        return min(self._levels / rms, _FLAT_LEVELS / float(mask.min()))

    def _weighted(self, small: list[Light], lights: list[Light], masks: list[Light]) -> Light:
        """The wave in which each bit is as strong as these frames ask for."""
        middle = len(small) // 2
        even = self._even * masks[middle]
        even *= self._scale(even, masks[middle])
        gain = self._evidence(whitened(small[middle] + even)[0]) - self._evidence(lights[middle])
        gain = np.maximum(gain, 0.3 * max(float(gain.mean()), 1e-6))
        host = np.mean([self._evidence(light) for light in lights], axis=0)
        strength = np.clip(1 - _CANCELLED * host / gain, _LEAST, _MOST).astype(np.float32)
        return draw_chips((self._signs * strength[self._pattern.bits]).astype(np.float32), self._geometry)

    def _evidence(self, light: Light) -> Light:
        chips = read_chips(light, self._geometry) * self._signs
        return np.bincount(self._pattern.bits.ravel(), chips.ravel(), CODED_BITS + 1).astype(np.float32)


class PictureReader:
    """Reads the mark from one picture, or from frames of a film that are added up.

    Args:
        width_px: width of the picture as it is shown.
        height_px: height.
        key: what it was marked with.
    """

    def __init__(self, width_px: float, height_px: float, *, key: bytes = b"") -> None:
        self._start = Geometry.untouched(width_px, height_px)
        self._pattern = pattern_of(key)
        width, height = self._start.sample_size()
        self._sum = np.zeros((height, width), np.float32)

    @property
    def sample_size(self) -> tuple[int, int]:
        """Width and height of the small pictures that `add` takes."""
        return self._start.sample_size()

    def add(self, light: NDArray[np.uint8] | Light) -> None:
        """Add a picture: luma, of any size."""
        if light.shape[::-1] != self.sample_size:
            light = np.asarray(cv2.resize(light, self.sample_size, interpolation=cv2.INTER_AREA), np.float32)
        self._sum += whitened(np.asarray(light, np.float32))[0]

    def read(self, *, search: bool = True) -> MarkFound:
        """The likeliest mark: first where it would lie untouched, then at all sizes, shifts and mirrored."""
        if not self._sum.any():
            return MarkFound(0, 1.0, False, 0.0)
        best = self._read_at(refine(self._sum, self._start, self._pattern))
        if (best.is_checked and best.false_positive_probability < _SURE) or not search:
            return best
        for place in places(self._sum, self._start, self._pattern, _SCALES, keep=_CANDIDATES):
            found = self._read_at(refine(self._sum, place, self._pattern))
            if (found.is_checked, found.statistic) > (best.is_checked, best.statistic):
                best = found
            if best.is_checked and best.false_positive_probability < _SURE:
                break
        return best

    def _read_at(self, geometry: Geometry) -> MarkFound:
        chips = read_chips(self._sum, geometry)
        evidence = self._pattern.summed(chips)
        word = decode_word(evidence[:CODED_BITS])
        power = float(np.sqrt((chips * chips).sum())) + 1e-9
        statistic = (word.agreement + float(evidence[CODED_BITS])) / power
        bound = false_positive_bound(statistic, payload_bits=PAYLOAD_BITS, places_bits=_PLACES_BITS)
        return MarkFound(word.payload, bound, word.is_checked, statistic, geometry)
