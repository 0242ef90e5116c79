"""Where to look in a photograph: at faces, else at what stands out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from rushlight.artifacts import Media
from rushlight.media.decode import read_still

__all__ = ["find_focus"]


@cache
def _face_detector() -> cv2.CascadeClassifier:
    folder = Path(cv2.data.haarcascades)  # type: ignore[attr-defined]
    return cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))


def find_focus(media: Media) -> tuple[float, float]:
    """The point a camera move should favour, as fractions of width and height.

    Faces by the Viola-Jones cascade; without one, the centre of spectral-residual saliency (Hou and Zhang 2007),
    drawn halfway to the middle because it is unsure.
    """
    rgb = read_still(media.file.path)
    scale = 480 / max(rgb.shape[:2])
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    tall, wide = grey.shape
    faces = _face_detector().detectMultiScale(grey, 1.1, 6, minSize=(max(tall // 10, 20), max(tall // 10, 20)))
    if len(faces):
        x, y, w, h = max(faces, key=lambda face: int(face[2]) * int(face[3]))
        return round((x + w / 2) / wide, 4), round((y + h / 2) / tall, 4)
    detector = cv2.saliency.StaticSaliencySpectralResidual_create()  # type: ignore[attr-defined]
    found, saliency = detector.computeSaliency(grey)
    if not found:
        return 0.5, 0.5
    weight = np.asarray(saliency, dtype=np.float64) ** 2
    total = float(weight.sum()) or 1.0
    across = float((weight.sum(axis=0) * np.arange(wide)).sum() / total / wide)
    down = float((weight.sum(axis=1) * np.arange(tall)).sum() / total / tall)
    return round((across + 0.5) / 2, 4), round((down + 0.5) / 2, 4)
