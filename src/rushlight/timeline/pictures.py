"""Where frames come from: stills with camera moves, clips, graphics; each gives a canvas for any moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from rushlight.core.errors import InputError
from rushlight.media.colour import i420_planes, rgb_to_i420
from rushlight.media.decode import VideoReader, read_still
from rushlight.timeline.graphics import Stage, draw_graphic
from rushlight.timeline.graphics.canvas import Canvas
from rushlight.timeline.graphics.motion import Change, steady
from rushlight.timeline.graphics.scene import blank
from rushlight.timeline.style import Style

__all__ = ["ClipPicture", "GraphicPicture", "Picture", "StillPicture", "camera_path", "open_picture"]

# How far a named camera move zooms and travels: enough to feel alive, too little to notice.
_ZOOM, _TRAVEL = 1.12, 0.06
# A still that would lose more than this share of itself to fill the screen is shown whole, over a blurred copy.
_MOST_CROPPED = 0.42


class Picture(ABC):
    """One clip on a picture track.

    Args of all: `width_px`, `height_px` of the film, `seconds` the clip is seen.
    """

    @abstractmethod
    def frame(self, seconds: Fraction) -> tuple[object, Canvas]:
        """The picture at a time from the clip's start.

        Returns:
            A key that is equal only for equal pictures, and the canvas (shared: copy it to draw on it).
        """


class GraphicPicture(Picture):
    """A graphic that Rushlight draws."""

    def __init__(self, graphic: dict[str, Any], width_px: int, height_px: int, seconds: Fraction, style: Style) -> None:
        variant = int(graphic.get("variant", 0))
        self.scene = draw_graphic(graphic, Stage(width_px, height_px, style, float(seconds), variant))

    def frame(self, seconds: Fraction) -> tuple[object, Canvas]:
        """See `Picture.frame`."""
        at = max(float(seconds), 0.0)
        return self.scene.state(at), self.scene.frame(at)


class StillPicture(Picture):
    """A photograph under a moving camera, drawn in YUV: each plane is warped once for a frame.

    The still is first shrunk to the size it is seen at, so that bilinear sampling neither blurs nor shimmers.
    """

    def __init__(
        self, path: Path, width_px: int, height_px: int, seconds: Fraction, settings: Mapping[str, Any]
    ) -> None:
        self.size = (width_px, height_px)
        self.path = camera_path(settings, float(seconds))
        rgb = _fill_screen(read_still(path), width_px, height_px, settings)
        largest = max(key[1] for key in self.path["zoom"].keys)
        tall, wide = rgb.shape[:2]
        # Never upscale before the warp: the warp does that; only shrink what is finer than can be seen.
        scale = min(max(width_px * largest / wide, height_px * largest / tall), 1.0)
        fitted = (max(round(wide * scale / 2), 1) * 2, max(round(tall * scale / 2), 1) * 2)
        if fitted != (wide, tall):
            rgb = cv2.resize(rgb, fitted, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        self.planes = [np.ascontiguousarray(plane) for plane in i420_planes(rgb_to_i420(rgb))]
        self._last: tuple[object, Canvas] | None = None

    def frame(self, seconds: Fraction) -> tuple[object, Canvas]:
        """See `Picture.frame`."""
        at = float(seconds)
        key = tuple(round(self.path[name].at(at), 6) for name in ("zoom", "center_x", "center_y"))
        if self._last is None or self._last[0] != key:
            self._last = (key, self._warp(*key))
        return self._last

    def _warp(self, zoom: float, center_x: float, center_y: float) -> Canvas:
        width, height = self.size
        tall, wide = self.planes[0].shape
        # Pixels of the still for each pixel of the screen, filling it at zoom 1.
        step = min(wide / width, tall / height) / zoom
        half_x, half_y = width * step / 2, height * step / 2
        x = min(max(center_x * wide, half_x), wide - half_x)
        y = min(max(center_y * tall, half_y), tall - half_y)
        canvas = np.empty((height * 3 // 2, width), dtype=np.uint8)
        for number, (plane, target) in enumerate(zip(self.planes, i420_planes(canvas), strict=True)):
            part = 1 if number == 0 else 2
            rows, columns = target.shape
            # Pixel centres lie at +0.5 in both grids, hence the half steps.
            matrix = np.array(
                [[step, 0, (x - half_x) / part + step / 2 - 0.5], [0, step, (y - half_y) / part + step / 2 - 0.5]]
            )
            target[:] = cv2.warpAffine(
                plane, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip
        return canvas


class ClipPicture(Picture):
    """A piece of footage, at the film's rate, filling the screen."""

    def __init__(
        self, path: Path, width_px: int, height_px: int, rate: Fraction, start: Fraction, settings: Mapping[str, Any]
    ) -> None:
        fit: Literal["cover", "contain"] = "contain" if settings.get("fit") == "contain" else "cover"
        self.reader = VideoReader(path, width_px=width_px, height_px=height_px, rate=rate, fit=fit)
        self.start = start

    def frame(self, seconds: Fraction) -> tuple[object, Canvas]:
        """See `Picture.frame`."""
        at = max(self.start + seconds, Fraction(0))
        return at, self.reader.frame_at(at)


def camera_path(settings: Mapping[str, Any], seconds: float) -> dict[str, Change]:
    """Zoom and centre over time, from keyframes if the clip has them, else from its named move.

    Keyframes are lists of `[seconds, value]` or `[seconds, value, easing]`; centres are fractions of the still.

    Raises:
        InputError: an unknown move, or keyframes in another form.
    """
    focus_x, focus_y = settings.get("focus") or (0.5, 0.5)
    move = str(settings.get("move") or "none")
    moves: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
        "none": ((1, 1), (focus_x, focus_x), (focus_y, focus_y)),
        "push_in": ((1, _ZOOM), (0.5, focus_x), (0.5, focus_y)),
        "pull_out": ((_ZOOM, 1), (focus_x, 0.5), (focus_y, 0.5)),
        "pan_left": ((_ZOOM, _ZOOM), (focus_x + _TRAVEL, focus_x - _TRAVEL), (focus_y, focus_y)),
        "pan_right": ((_ZOOM, _ZOOM), (focus_x - _TRAVEL, focus_x + _TRAVEL), (focus_y, focus_y)),
        "tilt_up": ((_ZOOM, _ZOOM), (focus_x, focus_x), (focus_y + _TRAVEL, focus_y - _TRAVEL)),
        "tilt_down": ((_ZOOM, _ZOOM), (focus_x, focus_x), (focus_y - _TRAVEL, focus_y + _TRAVEL)),
    }
    if move not in moves:
        raise InputError(f"There is no camera move {move!r}.", hint=f"Moves: {', '.join(moves)}.")
    found = {}
    for name, (before, after) in zip(("zoom", "center_x", "center_y"), moves[move], strict=True):
        if settings.get(name) is not None:
            found[name] = keyframes(settings[name], name)
        else:
            found[name] = steady(before) if before == after else Change.between(0, seconds, before, after, "in_out")
    return found


def keyframes(keys: Any, name: str) -> Change:
    """Read `[[seconds, value], [seconds, value, easing], …]`, or one number that never changes.

    Raises:
        InputError: another form, or times out of order.
    """
    try:
        if isinstance(keys, (int, float)):
            return steady(float(keys))
        read = tuple((float(k[0]), float(k[1]), str(k[2]) if len(k) > 2 else "in_out") for k in keys)
        if not read or any(a[0] >= b[0] for a, b in zip(read, read[1:], strict=False)):
            raise ValueError("times must rise")
        return Change(read)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InputError(
            f"The keyframes of {name!r} cannot be read ({error}).", hint="Write [[seconds, value, easing], …]."
        ) from error


def _fill_screen(rgb: np.ndarray[Any, np.dtype[np.uint8]], width: int, height: int, settings: Mapping[str, Any]) -> Any:
    """A still in a form that fills the screen: itself, or, when cropping would lose too much, whole over its blur."""
    tall, wide = rgb.shape[:2]
    kept = min((wide / tall) / (width / height), (width / height) / (wide / tall))
    if settings.get("fit") == "cover" or 1 - kept <= _MOST_CROPPED:
        return rgb
    scale = min(width / wide, height / tall) * 0.94
    sized = (max(round(wide * scale), 2), max(round(tall * scale), 2))
    small = cv2.resize(rgb, (max(width // 16, 2), max(height // 16, 2)), interpolation=cv2.INTER_AREA)
    ground = cv2.resize(cv2.GaussianBlur(small, (0, 0), 3), (width, height), interpolation=cv2.INTER_CUBIC)
    ground = cv2.convertScaleAbs(ground, alpha=0.5)
    top, left = (height - sized[1]) // 2, (width - sized[0]) // 2
    front = cv2.resize(rgb, sized, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    ground[top : top + sized[1], left : left + sized[0]] = front
    return ground


def open_picture(clip: Mapping[str, Any], width_px: int, height_px: int, rate: Fraction, style: Style) -> Picture:
    """The picture source of a clip as `compile_spans` describes it."""
    seconds = Fraction(clip["to"] - clip["from"]) / rate
    if clip["form"] == "graphic":
        return GraphicPicture(clip["graphic"], width_px, height_px, seconds, style)
    if clip["form"] == "still":
        return StillPicture(Path(clip["path"]), width_px, height_px, seconds, clip["set"])
    return ClipPicture(Path(clip["path"]), width_px, height_px, rate, Fraction(clip["start"]), clip["set"])


def cropped(canvas: Canvas, opacity: float, crop: tuple[float, float, float, float]) -> Canvas:
    """A picture over black: at a fraction of its opacity, with shares of its left, top, right and bottom cut off."""
    height, width = canvas.shape[0] * 2 // 3, canvas.shape[1]
    ground = blank(width, height)
    for plane, under in zip(i420_planes(canvas), i420_planes(ground), strict=True):
        rows, columns = plane.shape
        part = (
            slice(round(rows * crop[1]), rows - round(rows * crop[3])),
            slice(round(columns * crop[0]), columns - round(columns * crop[2])),
        )
        under[part] = cv2.addWeighted(plane[part], opacity, under[part], 1 - opacity, 0)
    return ground
