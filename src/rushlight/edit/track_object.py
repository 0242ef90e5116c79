"""The capability `track_object`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Media, Shots
from rushlight.artifacts.object_track import ObjectBox, ObjectTrack
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.detect_shots import find_shots
from rushlight.edit.find_faces import segments_of, upright_frames

__all__ = ["track_object"]

Picture = NDArray[np.uint8]
Ending = Literal["cut", "lost", "end of the film"]
# So many frames in a row that look like something else, and it is lost; a hand may pass in front of it.
_PATIENCE_FRAMES = 8
_LEAST_SIDE_PX = 8
_BINS = (16, 8)


@capability(version=1, metrics=("frames", "likeness"))
def track_object(
    film: Media,
    shots: Shots | None = None,
    /,
    *,
    left: Annotated[float, Field(ge=0, lt=1, description="Left edge of its box, a share of the picture's width.")],
    top: Annotated[float, Field(ge=0, lt=1, description="Top edge, a share of the height.")],
    width: Annotated[float, Field(gt=0, le=1, description="Width of the box, a share of the width.")],
    height: Annotated[float, Field(gt=0, le=1, description="Height of the box, a share of the height.")],
    at_seconds: Annotated[Seconds, Field(description="When it is there.")] = Fraction(0),
    least_likeness: Annotated[float, Field(ge=0, le=1, description="Below this its colours are another's.")] = 0.3,
) -> ObjectTrack:
    """Follow one thing through its shot, from where it is pointed at: for reframing, blurring or putting a title to it.

    A discriminative correlation filter (CSRT) follows it in the picture at 640 pixels. It ends at the cut, for behind
    it is another place, and where it is lost: when its colours have been unlike those it began with for some frames,
    and the track goes back to the last frame in which they were alike.

    Args:
        film: the film.
        shots: its shots; found on the way when they are not given.

    Returns:
        `ObjectTrack`, a box for every frame.

    Raises:
        InputError: a still, shots of another film, a time past the end, or a box too small to follow.
        MediaError: a file of which nothing decodes.

    Reference:
        Lukežič, Vojíř, Čehovin Zajc, Matas, Kristan 2017, "Discriminative correlation filter with channel and spatial
        reliability".
    """
    if film.video is None or film.is_still:
        raise InputError("There is no moving picture in this file.", path=film.file.path, hint="Give a film.")
    if shots is not None and shots.picture_sha256 not in ("", film.file.sha256):
        raise InputError("These shots are of another film.", path=film.file.path, hint="Detect its own shots.")
    shots = shots or find_shots(film)
    ends = [segment.end for segment in segments_of(shots)]
    box = (left, top, min(width, 1 - left), min(height, 1 - top))
    followed = _Followed(film, box, least_likeness)
    ended = followed.through(_frames(film), at_seconds, ends)
    boxes = followed.boxes
    current_run().figure("frames", float(len(boxes)))
    current_run().figure("likeness", round(float(np.mean([one.likeness for one in boxes])), 4))
    return ObjectTrack(
        boxes=tuple(boxes), start=followed.times[0], end=followed.times[len(boxes)], ended=ended, rate=shots.rate,
        picture_sha256=film.file.sha256,
    )  # fmt: skip


def _frames(film: Media) -> Iterator[tuple[int, Fraction, Picture]]:
    number = 0
    for times, frames in upright_frames(film):
        for time, frame in zip(times, frames, strict=True):
            yield number, time, frame
            number += 1


class _Followed:
    """One thing on its way through a shot.

    Attributes:
        boxes: where it was.
        times: when each of those frames is first seen, and when the one after the last is.
    """

    def __init__(self, film: Media, box: tuple[float, float, float, float], least_likeness: float):
        self.film, self.box, self.least = film, box, least_likeness
        self.boxes: list[ObjectBox] = []
        self.times: list[Fraction] = []
        self._doubtful = 0

    def through(self, frames: Iterator[tuple[int, Fraction, Picture]], at: Fraction, ends: list[int]) -> Ending:
        """Follow it to the end of its shot; says why no further."""
        tracker, colours, end = None, None, 0
        whole = float(self.film.duration) or 1.0
        for one in frames:
            current_run().progress(min(float(one[1]) / whole, 1.0), "following")
            number, time, frame = one
            if tracker is None:
                if time >= at:
                    tracker, colours = self._begin(frame)
                    end = next((last for last in ends if last > number), ends[-1])
                    self._keep(number, time, self._pixels(frame), frame, 1.0)
                continue
            if number >= end:
                return self._done(time, "cut" if end < ends[-1] else "end of the film")
            found, box = tracker.update(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
            pixels = (round(box[0]), round(box[1]), round(box[2]), round(box[3]))
            likeness = _likeness(colours, frame, pixels) if found else 0.0
            self._doubtful = 0 if likeness >= self.least else self._doubtful + 1
            if not found or self._doubtful > _PATIENCE_FRAMES:
                return self._lost(time)
            self._keep(number, time, pixels, frame, likeness)
        if tracker is None:
            raise InputError(
                f"The film is over before {float(at):g} s.", path=self.film.file.path, hint="Choose an earlier time."
            )
        if self._doubtful:
            return self._lost(self.film.duration)
        return self._done(max(self.film.duration, self.times[-1]), "end of the film")

    def _begin(self, frame: Picture) -> tuple[cv2.Tracker, NDArray[np.float32]]:
        pixels = self._pixels(frame)
        if min(pixels[2:]) < _LEAST_SIDE_PX:
            raise InputError(
                f"This box is {pixels[2]} × {pixels[3]} pixels of the small picture, too small to follow.",
                path=self.film.file.path, hint=f"Give one of at least {_LEAST_SIDE_PX} pixels each way.",
            )  # fmt: skip
        tracker = cv2.TrackerCSRT.create()
        tracker.init(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), pixels)
        return tracker, _colours(frame, pixels)

    def _pixels(self, frame: Picture) -> tuple[int, int, int, int]:
        high, wide = frame.shape[:2]
        left, top, width, height = self.box
        return round(left * wide), round(top * high), round(width * wide), round(height * high)

    def _keep(
        self, number: int, time: Fraction, pixels: tuple[int, int, int, int], frame: Picture, likeness: float
    ) -> None:
        high, wide = frame.shape[:2]
        left, top, width, height = pixels
        self.times.append(time)
        self.boxes.append(
            ObjectBox(
                frame=number, left=round(left / wide, 6), top=round(top / high, 6),
                width=round(max(width, 1) / wide, 6), height=round(max(height, 1) / high, 6),
                likeness=round(likeness, 4),
            )
        )  # fmt: skip

    def _done(
        self, time: Fraction, why: Literal["cut", "end of the film"]
    ) -> Literal["cut", "lost", "end of the film"]:
        if self._doubtful:
            return self._lost(time)
        self.times.append(time)
        return why

    def _lost(self, time: Fraction) -> Ending:
        """Back to the last frame in which it was itself."""
        self.times.append(time)
        while len(self.boxes) > 1 and self.boxes[-1].likeness < self.least:
            self.boxes.pop()
        return "lost"


def _colours(frame: Picture, pixels: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Histogram of hue and saturation of a box, or of grey where it has no colour, summing to 1."""
    left, top, width, height = pixels
    part = frame[max(top, 0) : max(top + height, 1), max(left, 0) : max(left + width, 1)]
    if part.size == 0:
        return np.zeros((_BINS[0] + 1, _BINS[1]), np.float32)
    hsv = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2HSV).reshape(-1, 3).astype(int)
    grey = hsv[:, 1] < 40
    found = np.zeros((_BINS[0] + 1, _BINS[1]), np.float32)
    np.add.at(found, (hsv[~grey, 0] * _BINS[0] // 180, hsv[~grey, 1] * _BINS[1] // 256), 1)
    np.add.at(found, (np.full(int(grey.sum()), _BINS[0]), hsv[grey, 2] * _BINS[1] // 256), 1)
    return found / max(float(found.sum()), 1.0)


def _likeness(colours: NDArray[np.float32] | None, frame: Picture, pixels: tuple[int, int, int, int]) -> float:
    """Bhattacharyya coefficient of the colours it began with and those in the box now; 0 outside the picture."""
    high, wide = frame.shape[:2]
    left, top, width, height = pixels
    middle_x, middle_y = left + width / 2, top + height / 2
    if colours is None or not (0 <= middle_x < wide and 0 <= middle_y < high):
        return 0.0
    return float(min(np.sqrt(colours * _colours(frame, pixels)).sum(), 1.0))
