"""Pictures with known histories, to learn from: two stretches each, made alike or otherwise, then coded together.

A history is what a camera and an editor do: noise, a mosaic of colours, denoising, sharpening, scaling or turning,
coding as JPEG. Pictures are scaled down first, so that their own history is gone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import av
import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Composite", "History", "coded", "composite"]

Luma = NDArray[np.uint8]
Floats = NDArray[np.float32]

_ENLARGING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
_SCALING = (*_ENLARGING, cv2.INTER_AREA)


@dataclass(frozen=True)
class History:
    """What happened to a picture, in this order."""

    noise: float
    shot_noise: float
    mosaic: bool
    denoised: str
    strength: float
    sharpened: float
    scale: float
    interpolation: int
    turned_degrees: float
    late_noise: float
    jpeg_quality: int
    """0 for none."""

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> History:
        """One by chance."""
        noise = float(rng.choice([0.0, rng.uniform(0, 2), rng.uniform(1, 6)], p=[0.15, 0.5, 0.35]))
        way = rng.random()
        scale = 1.0 if way < 0.45 else rng.uniform(1.15, 2.6) if way < 0.8 else rng.uniform(0.5, 0.92)
        return cls(
            noise=noise,
            shot_noise=float(rng.uniform(0, 0.05)) * noise,
            mosaic=bool(rng.random() < 0.5),
            denoised=str(rng.choice(["", "blur", "median", "bilateral"], p=[0.55, 0.2, 0.1, 0.15])),
            strength=float(rng.uniform(0.4, 0.9)),
            sharpened=float(rng.uniform(0.2, 1.6)) if rng.random() < 0.5 else 0.0,
            scale=float(scale),
            interpolation=_SCALING[int(rng.integers(3 if scale > 1 else 4))],
            turned_degrees=float(rng.uniform(-12, 12)) if rng.random() < 0.12 else 0.0,
            late_noise=float(rng.uniform(0, 2.5)) if rng.random() < 0.2 else 0.0,
            jpeg_quality=int(rng.integers(55, 99)) if rng.random() < 0.55 else 0,
        )

    def apply(self, picture: Floats, rng: np.random.Generator) -> Luma:
        """The picture after all of it."""
        spread = np.sqrt(self.noise**2 + self.shot_noise**2 * picture)
        made = (picture + rng.standard_normal(picture.shape).astype(np.float32) * spread).astype(np.float32)
        if self.mosaic:
            even = (np.add.outer(np.arange(made.shape[0]), np.arange(made.shape[1])) % 2).astype(np.float32)
            around = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4
            made = made * even + cv2.filter2D(made, -1, around) * (1 - even)
        if self.denoised == "blur":
            made = cv2.GaussianBlur(made, (0, 0), self.strength)
        elif self.denoised == "median":
            made = cv2.medianBlur(np.clip(made, 0, 255).astype(np.uint8), 3).astype(np.float32)
        elif self.denoised == "bilateral":
            made = cv2.bilateralFilter(made, 5, 12, 2)
        if self.sharpened:
            made = made + np.float32(self.sharpened) * (made - cv2.GaussianBlur(made, (0, 0), 1.0))
        made = self._scaled(made)
        if self.late_noise:
            made = made + rng.standard_normal(made.shape).astype(np.float32) * self.late_noise
        done = np.clip(np.round(made), 0, 255).astype(np.uint8)
        return _as_jpeg(done, self.jpeg_quality) if self.jpeg_quality else done

    def _scaled(self, made: Floats) -> Floats:
        if self.turned_degrees:
            high, wide = made.shape
            turn = cv2.getRotationMatrix2D((wide / 2, high / 2), self.turned_degrees, self.scale)
            way = self.interpolation if self.interpolation in _ENLARGING else cv2.INTER_LINEAR
            return cv2.warpAffine(made, turn, (wide, high), flags=way, borderMode=cv2.BORDER_REFLECT)  # type: ignore[return-value]
        if self.scale == 1:
            return made
        return cv2.resize(made, None, fx=self.scale, fy=self.scale, interpolation=self.interpolation)  # type: ignore[return-value]


@dataclass(frozen=True)
class Composite:
    """A picture of two stretches.

    Attributes:
        picture: luma, uint8, square.
        inside: where the second stretch is, 0 or 1, of the same shape.
        differs: whether the stretches have different histories.
        scales: of the outer and the inner one.
    """

    picture: Luma
    inside: NDArray[np.uint8]
    differs: bool
    scales: tuple[float, float]


def composite(pictures: Sequence[Luma], rng: np.random.Generator, size_px: int = 288) -> Composite:
    """One more to learn from; of a third both stretches were made alike, of a fifth one is only scaled again."""
    outer = History.drawn(rng)
    differs = bool(rng.random() >= 0.35)
    inner = History.drawn(rng) if differs else outer
    if differs and rng.random() < 0.35:
        inner = replace(
            outer, scale=outer.scale * float(rng.uniform(1.15, 1.9)), interpolation=_ENLARGING[int(rng.integers(3))]
        )
    around, within = (one.apply(_fresh(pictures, rng), rng) for one in (outer, inner))
    if differs:
        around, within = _cut(around, rng, size_px), _cut(within, rng, size_px)
    else:
        # Blocks of the coding have to stand in the same places.
        around, within = (_filled(one[:size_px, :size_px], size_px) for one in (around, within))
    inside = _stretch(rng, size_px)
    soft = inside.astype(np.float32)
    if rng.random() < 0.5:
        soft = cv2.GaussianBlur(soft, (0, 0), float(rng.uniform(0.7, 3)))  # type: ignore[assignment]
    picture = np.clip(around * (1 - soft) + within * soft + 0.5, 0, 255).astype(np.uint8)
    return Composite(picture, inside, differs, (outer.scale, inner.scale))


def coded(pictures: Sequence[Luma], rng: np.random.Generator) -> list[Luma]:
    """The same pictures as they are met: two in five groups as frames of H.264, others as JPEG or as they are."""
    if rng.random() >= 0.4:
        return [_as_jpeg(one, int(rng.integers(60, 99))) if rng.random() < 0.6 else one for one in pictures]
    frames = []
    for one in pictures:
        shift = (int(rng.integers(-1, 2)), int(rng.integers(-2, 3)))
        frames += [one, np.roll(one, shift, (0, 1)) if rng.random() < 0.7 else one]
    made = _as_film(frames, int(rng.integers(17, 31)), str(rng.choice(["veryfast", "fast"])))
    return [made[2 * number + int(rng.integers(2))] for number in range(len(pictures))]


def _fresh(pictures: Sequence[Luma], rng: np.random.Generator) -> Floats:
    picture = pictures[int(rng.integers(len(pictures)))]
    scale = max(float(rng.uniform(0.3, 0.7)), min(198 / min(picture.shape), 0.75))
    made = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    if rng.random() < 0.5:
        made = made[:, ::-1]
    if rng.random() < 0.3:
        made = np.clip(255 * (made / 255) ** rng.uniform(0.6, 1.6), 0, 255)
    return np.ascontiguousarray(made, np.float32)


def _cut(picture: Luma, rng: np.random.Generator, size_px: int) -> Luma:
    high, wide = picture.shape
    side = min(size_px, high, wide)
    top, left = int(rng.integers(high - side + 1)), int(rng.integers(wide - side + 1))
    return _filled(picture[top : top + side, left : left + side], size_px)


def _filled(picture: Luma, size_px: int) -> Luma:
    below, right = size_px - picture.shape[0], size_px - picture.shape[1]
    return np.asarray(cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REFLECT), np.uint8)


def _stretch(rng: np.random.Generator, size_px: int) -> NDArray[np.uint8]:
    inside = np.zeros((size_px, size_px), np.uint8)
    wide, high = (float(rng.uniform(0.3, 0.55)) * size_px for _ in range(2))
    x, y = (int(rng.uniform(0.3, 0.7) * size_px) for _ in range(2))
    if rng.random() < 0.5:
        left, top = int(x - wide / 1.6), int(y - high / 1.6)
        cv2.rectangle(inside, (left, top), (int(x + wide / 1.6), int(y + high / 1.6)), 1, -1)
    else:
        cv2.ellipse(inside, (x, y), (int(wide / 1.4), int(high / 1.4)), float(rng.uniform(0, 180)), 0, 360, 1, -1)
    return inside


def _as_jpeg(picture: Luma, quality: int) -> Luma:
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _as_film(frames: Sequence[Luma], crf: int, preset: str) -> list[Luma]:
    file, high = io.BytesIO(), frames[0].shape[0]
    grey = np.full((high // 2, frames[0].shape[1]), 128, np.uint8)
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width = frames[0].shape
        stream.pix_fmt, stream.options = "yuv420p", {"crf": str(crf), "preset": preset, "threads": "1"}
        for one in frames:
            frame = av.VideoFrame.from_ndarray(np.concatenate([one, grey]), format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as made:
        return [np.asarray(frame.to_ndarray()[:high], np.uint8) for frame in made.decode(video=0)]
