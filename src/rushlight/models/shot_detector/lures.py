"""What happens inside a shot and only looks like a transition: light, camera, overlays, faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.models.shot_detector.footage import HEIGHT, WIDTH, Floats

__all__ = ["EFFECTS", "LASTING", "LENGTHS", "OFTEN", "Lure", "Moment", "moved", "new_lure"]


@dataclass(frozen=True)
class Lure:
    """One such thing; its numbers shape it, and each kind reads them in its own way."""

    kind: str
    first: int
    end: int
    sign: int
    strength: float
    a: float
    b: float
    c: float
    seed: int


@dataclass(frozen=True)
class Moment:
    """A frame within a lure."""

    lure: Lure
    number: int

    @property
    def share(self) -> float:
        """How much of it is over, 0 to 1."""
        return (self.number - self.lure.first) / max(self.lure.end - self.lure.first - 1, 1)

    @property
    def rng(self) -> np.random.Generator:
        """Chance of this frame."""
        return np.random.default_rng([self.lure.seed, self.number])


def new_lure(rng: np.random.Generator, kind: str, first: int, length: int) -> Lure:
    """One of a kind, from a frame on, for some frames."""
    sign, strength = int(rng.choice([-1, 1])), float(rng.uniform(0.5, 1))
    a, b, c = (float(value) for value in rng.uniform(size=3))
    return Lure(kind, first, first + length, sign, strength, a, b, c, int(rng.integers(1 << 30)))


# Moves of the camera that stay where they went.
LASTING = ("pan_away", "zoom_to")


def moved(
    lure: Lure, share: float, zoom: float, centre: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], float]:
    """Zoom, centre and smear (pixels) at a share of a fast move."""
    kind, frames = lure.kind, lure.end - lure.first
    eased = share * share * (3 - 2 * share)
    if kind == "whip_pan":  # away and back
        far = 55 * lure.strength * lure.sign
        smear = abs(far * np.pi * np.cos(np.pi * share) / frames)
        return zoom, centre + (far * np.sin(np.pi * share), far * 0.2 * (lure.a - 0.5)), smear * 1.2
    if kind == "pan_away":
        far = 70 * lure.strength * lure.sign
        return zoom, centre + (far * eased, far * eased * 0.5 * (lure.a - 0.5)), abs(far * 1.5 / frames) * (share < 1)
    if kind == "fast_zoom":
        return zoom / (1 + lure.strength * np.sin(np.pi * share)), centre, 0
    if kind == "zoom_to":
        return zoom / (1 + lure.strength * eased * (1 if lure.sign > 0 else -0.45)), centre, 0
    return zoom, centre, 0


def _flash(seen: Floats, now: Moment) -> Floats:
    strength = 260 * now.lure.strength * (1 - now.share) ** (0.5 + 2 * now.lure.a)
    if now.lure.b < 0.3:  # a lamp from one side
        side = np.linspace(1.2, 0.1, WIDTH, dtype=np.float32)[None, :, None]
        return np.asarray(seen + strength * (side if now.lure.sign > 0 else side[:, ::-1]), np.float32)
    return seen + np.float32(strength)


def _flicker(seen: Floats, now: Moment) -> Floats:
    rng = now.rng
    return seen * np.float32(1 + 0.45 * now.lure.strength * rng.uniform(-1, 1))


def _dip(seen: Floats, now: Moment) -> Floats:
    depth = (0.35 + 0.45 * now.lure.strength) * (1 - abs(2 * now.share - 1))
    return (
        seen * np.float32(1 - depth)
        if now.lure.sign > 0 or now.lure.b < 0.5
        else seen + (235 - seen) * np.float32(depth * 0.8)
    )


def _exposure(seen: Floats, now: Moment) -> Floats:
    return seen * np.float32(2.0 ** (now.lure.sign * 0.9 * now.lure.strength * np.sin(np.pi * now.share)))


def _subtitles(seen: Floats, now: Moment) -> Floats:
    seen = seen.copy()
    rng = np.random.default_rng([now.lure.seed, int(now.share * 2.99)])
    for line in range(int(rng.integers(1, 3))):
        half, y = int(rng.integers(10, 40)), HEIGHT - 5 - 5 * line - int(8 * now.lure.a * (now.lure.b < 0.3))
        marks = rng.uniform(0, 1, half * 2) < 0.75
        seen[y - 2 : y + 1, WIDTH // 2 - half : WIDTH // 2 + half][:, marks] = 235
        seen[y + 1, WIDTH // 2 - half : WIDTH // 2 + half] *= 0.3
    return seen


def _lower_third(seen: Floats, now: Moment) -> Floats:
    wide = WIDTH * (0.4 + 0.6 * now.lure.a) * (1 if now.lure.sign > 0 else min(1.0, 6 * now.share, 6 * (1 - now.share)))
    top, high = int(HEIGHT * (0.62 + 0.15 * now.lure.b)), int(6 + 6 * now.lure.c)
    seen = seen.copy()
    part = seen[top : top + high, : int(wide)]
    colour = np.random.default_rng(now.lure.seed).uniform(0, 255, 3).astype(np.float32)
    part += (colour - part) * 0.85
    if wide > WIDTH * 0.4:
        seen[top + 2 : top + 4, 6 : int(wide * 0.7)] = 240
    return seen


def _occluder(seen: Floats, now: Moment) -> Floats:
    wide = int(WIDTH * (0.25 + 0.8 * now.lure.a))
    left = int(-wide + (WIDTH + wide) * (now.share if now.lure.sign > 0 else 1 - now.share))
    first, end = max(left, 0), min(left + wide, WIDTH)
    if end <= first:
        return seen
    seen = seen.copy()
    colour = np.random.default_rng(now.lure.seed).uniform(0, 200, 3).astype(np.float32)
    part = seen[:, first:end]
    if now.lure.b < 0.5:
        seen[:, first:end] = cv2.blur(part, (1, 9)) * 0.15
    else:
        top = int(HEIGHT * 0.4 * now.lure.c)
        seen[top:, first:end] = colour * (0.3 + 0.7 * now.lure.strength)
    return seen


def _blur(seen: Floats, now: Moment) -> Floats:
    strength = 6 * now.lure.strength * np.sin(np.pi * now.share)
    return cv2.GaussianBlur(seen, (0, 0), float(strength)) if strength > 0.3 else seen  # type: ignore[return-value]


def _glitch(seen: Floats, now: Moment) -> Floats:
    rng = now.rng
    seen = seen.copy()
    for _ in range(4):
        top, high = int(rng.integers(HEIGHT - 4)), int(rng.integers(2, 14))
        seen[top : top + high] = np.roll(seen[top : top + high], int(rng.integers(-30, 30)), axis=1)
    return seen


def _picture_in(seen: Floats, now: Moment) -> Floats:
    """An inset that appears and goes; the shot behind it goes on."""
    seen = seen.copy()
    high, wide = int(HEIGHT * (0.2 + 0.2 * now.lure.a)), int(WIDTH * (0.2 + 0.2 * now.lure.b))
    top, left = (3 if now.lure.c < 0.5 else HEIGHT - 3 - high), (3 if now.lure.sign > 0 else WIDTH - 3 - wide)
    rng = np.random.default_rng(now.lure.seed)
    seen[top : top + high, left : left + wide] = cv2.resize(
        rng.uniform(0, 255, (4, 5, 3)).astype(np.float32), (wide, high), interpolation=cv2.INTER_LINEAR
    )
    return seen


EFFECTS: dict[str, Callable[[Floats, Moment], Floats]] = {
    "flash": _flash, "flicker": _flicker, "dip": _dip, "exposure": _exposure, "subtitles": _subtitles,
    "lower_third": _lower_third, "occluder": _occluder, "blur": _blur, "glitch": _glitch, "inset": _picture_in,
}  # fmt: skip
# Frames that each lasts, least and most.
LENGTHS = {
    "flash": (1, 7), "flicker": (8, 35), "dip": (10, 34), "exposure": (6, 40), "subtitles": (30, 90),
    "lower_third": (25, 80), "occluder": (4, 22), "blur": (8, 40), "glitch": (1, 6), "inset": (10, 60),
    "whip_pan": (8, 30), "pan_away": (6, 24), "fast_zoom": (7, 26), "zoom_to": (6, 24), "shake": (12, 50),
    "freeze": (5, 30),
}  # fmt: skip
OFTEN = np.array([3, 2, 3, 1.5, 1.5, 1.5, 3, 1, 0.5, 0.5, 3, 2, 3, 2, 2, 2])
