"""The capability `find_faces`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Media, Shots, VideoStream
from rushlight.artifacts.faces import FaceBox, Faces, FaceTrack
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.detect_shots import find_shots
from rushlight.edit.seeing.face_tracks import FaceLinker, LinkedFace
from rushlight.media.thumbnails import read_thumbnails
from rushlight.models.face_detector.detector import (
    LONG_SIDE_PX,
    Detection,
    detector_revision,
    find_in_picture,
)

__all__ = ["Segment", "find_faces", "find_faces_in", "segments_of", "upright_frames"]

_WORKERS = 2


@capability(version=1, metrics=("faces",), revision=lambda given: detector_revision())
def find_faces(
    film: Media,
    shots: Shots | None = None,
    /,
    *,
    looks_a_second: Annotated[
        float, Field(gt=0, le=60, description="How often the detector looks; between looks faces are followed.")
    ] = 7.5,
) -> Faces:
    """Find the faces of people in a film, and follow each through its shot.

    BlazeFace looks at several sizes of the picture some times a second; what it finds is linked by optical flow, so
    that a face stays found while it turns to profile or something passes before it. A face must be told over all its
    looks, and again when it is looked at closer, turned and mirrored; else it is dropped. Faces are found from about
    a fortieth of the picture's long side. Nothing that tells people apart is kept; see `track_people`.

    Args:
        film: moving pictures.
        shots: its shots; found on the way when they are not given.

    Raises:
        InputError: a still, or shots of another film.
        MediaError: a file of which nothing decodes.

    Reference:
        Bazarevsky et al. 2019, "BlazeFace: sub-millisecond neural face detection on mobile GPUs".
    """
    found = find_faces_in(film, shots, looks_a_second)
    current_run().figure("faces", float(len(found.tracks)))
    return found


def find_faces_in(film: Media, shots: Shots | None = None, looks_a_second: float = 7.5) -> Faces:
    """As the capability, for steps that need faces on their way.

    Raises:
        InputError: a still, or shots of another film.
    """
    if film.video is None or film.is_still:
        raise InputError("There is no moving picture in this file.", path=film.file.path, hint="Give a film.")
    if shots is not None and shots.picture_sha256 not in ("", film.file.sha256):
        raise InputError("These shots are of another film.", path=film.file.path, hint="Detect its own shots.")
    shots = shots or find_shots(film)
    seen = _Seen(film, segments_of(shots), max(round(float(shots.rate) / looks_a_second), 1))
    tracks = list(seen.tracks())
    return Faces(
        tracks=tuple(tracks),
        rate=shots.rate,
        frame_count=len(seen.times),
        duration=film.duration,
        picture_sha256=film.file.sha256,
        detector=f"blazeface {detector_revision()}",
        notes=shots.notes,
    )


@dataclass(frozen=True)
class Segment:
    """The frames taken for one shot: its own, and half of the transitions at its ends."""

    first: int
    end: int
    """One past its last frame."""


def segments_of(shots: Shots) -> tuple[Segment, ...]:
    """One for each shot; together they cover all frames."""
    middles = [(one.start_frame + one.end_frame + 1) // 2 for one in shots.transitions]
    edges = [0, *middles, shots.frame_count]
    return tuple(Segment(first, end) for first, end in zip(edges, edges[1:], strict=False))


def upright_frames(film: Media) -> Iterator[tuple[tuple[Fraction, ...], NDArray[np.uint8]]]:
    """Blocks of frames as a person sees them, in square pixels, the long side at most `LONG_SIDE_PX`.

    Yields:
        Times, and RGB frames, (n, height, width, 3).
    """
    assert film.video is not None
    wide, high = _shown_size(film.video)
    turns = film.video.rotation_degrees // 90 % 4
    if turns % 2:
        wide, high = high, wide
    for block in read_thumbnails(film.file.path, width_px=wide, height_px=high):
        yield block.times, np.rot90(block.frames, turns, axes=(1, 2)) if turns else block.frames


def _shown_size(video: VideoStream) -> tuple[int, int]:
    wide, high = max(video.display_width_px, 1), max(video.display_height_px, 1)
    scale = min(LONG_SIDE_PX / max(wide, high), 1.0)
    return max(round(wide * scale), 2), max(round(high * scale), 2)


class _Seen:
    """A film as it is looked at for faces."""

    def __init__(self, film: Media, segments: tuple[Segment, ...], every: int) -> None:
        assert film.video is not None
        self.film, self.segments, self.every = film, segments, every
        self.times: list[Fraction] = []
        self._rate = float(film.video.rate)
        self._shape = (1, 1)

    def tracks(self) -> Iterator[FaceTrack]:
        """Every face, shot by shot."""
        linked: list[tuple[int, LinkedFace]] = []
        linker, shot = self._linker(), 0
        for number, picture, detections in self._looks():
            while number >= self.segments[shot].end and shot < len(self.segments) - 1:
                linked += [(shot, face) for face in linker.finish()]
                linker, shot = self._linker(), shot + 1
            linker.look(number, np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), detections)
            self._shape = picture.shape[:2]
        linked += [(shot, face) for face in linker.finish()]
        for shot, face in linked:
            yield self._track(shot, face)

    def _linker(self) -> FaceLinker:
        return FaceLinker(self._rate / self.every)

    def _looks(self) -> Iterator[tuple[int, NDArray[np.uint8], list[Detection]]]:
        wanted = set()
        for segment in self.segments:
            wanted |= set(range(segment.first, segment.end, self.every)) | {segment.end - 1}
        with ThreadPoolExecutor(_WORKERS) as pool:
            for times, frames in upright_frames(self.film):
                first = len(self.times)
                self.times += times
                current_run().progress(min(float(times[-1] / (self.film.duration or 1)), 1.0), "looking for faces")
                chosen = [number for number in range(len(frames)) if first + number in wanted]
                pictures = [np.ascontiguousarray(frames[number]) for number in chosen]
                for number, picture, found in zip(chosen, pictures, pool.map(find_in_picture, pictures), strict=True):
                    yield first + number, picture, found

    def _track(self, shot: int, face: LinkedFace) -> FaceTrack:
        high, wide = self._shape
        sizes = _steadied(np.array([box[2:] for box in face.boxes]))
        boxes = []
        for frame, (left, top, width, height), size, odds in zip(
            face.frames, face.boxes, sizes, face.odds, strict=True
        ):
            across, down = left + width / 2 - size[0] / 2, top + height / 2 - size[1] / 2
            sides = {"left": across / wide, "top": down / high, "width": size[0] / wide, "height": size[1] / high}
            rounded = {side: round(float(value), 5) for side, value in sides.items()}
            boxes.append(FaceBox(frame=frame, found=odds is not None, **rounded))
        last = face.frames[-1] + 1
        return FaceTrack(
            shot=shot,
            start=self.times[face.frames[0]],
            end=self.times[last] if last < len(self.times) else max(self.film.duration, self.times[-1]),
            boxes=tuple(boxes),
            confidence=round(face.confidence(), 4),
        )


def _steadied(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each the median of itself and its neighbours: sizes of single detections jump, faces do not."""
    if len(sizes) < 3:
        return sizes
    around = np.stack([np.concatenate([sizes[:1], sizes[:-1]]), sizes, np.concatenate([sizes[1:], sizes[-1:]])])
    return np.asarray(np.median(around, axis=0))
