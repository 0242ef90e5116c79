"""The capability `detect_shots`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Media
from rushlight.artifacts.shots import Shots, ShotSpan, Transition
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.seeing.views import same_view, view_of
from rushlight.media.thumbnails import read_thumbnails
from rushlight.models.shot_detector.decoding import Found, find_transitions
from rushlight.models.shot_detector.detector import (
    HEIGHT_PX,
    WIDTH_PX,
    ShotDetector,
    load_shot_detector,
    odds_of,
)

__all__ = ["detect_shots", "find_shots"]

# The network knows footage of 24 to 30 frames a second; faster footage is looked at in steps.
_USUAL_RATE = 30
_FAST_RATE = 45
# Cuts between views that are alike stay under 0.92 on films of real clips.
_SAME_VIEW = 0.94


@capability(
    version=1,
    metrics=("shots", "cuts", "gradual"),
    revision=lambda given: load_shot_detector(given.detector).revision,
)
def detect_shots(
    film: Media,
    /,
    *,
    detector: Annotated[str, Field(description="house, or transnetv2/FILE.onnx for a model of your own.")] = "house",
    caution: Annotated[
        float, Field(ge=-0.45, le=0.45, description="Above 0, fewer doubtful transitions are reported; below, more.")
    ] = 0.0,
) -> Shots:
    """Find where shots begin and end: cuts, dissolves, fades and wipes, with their first and last frames.

    A small network looks at every frame, shrunk, and at how frames before and after each gap are alike; it was
    trained by cross-entropy on made films with flashes, whip pans, captions and other things that are no transitions.
    A fade in at the start of a film or out at its end is no transition between shots and is left out.

    Returns:
        `Shots`; a film of one shot has one.

    Raises:
        InputError: a still, or a file without moving picture.
        MediaError: a file of which nothing decodes.
        ModelError: an unknown detector.
    """
    found = find_shots(film, detector, caution)
    cuts = sum(one.kind == "cut" for one in found.transitions)
    for name, count in (("shots", len(found.shots)), ("cuts", cuts), ("gradual", len(found.transitions) - cuts)):
        current_run().figure(name, float(count))
    return found


def find_shots(film: Media, detector: str = "house", caution: float = 0.0) -> Shots:
    """As the capability, for steps that need the shots of a film on their way.

    Raises:
        InputError: a still, or a file without moving picture.
    """
    if film.video is None or film.is_still:
        raise InputError("There is no moving picture in this file.", path=film.file.path, hint="Give a film.")
    network = load_shot_detector(detector)
    rate = Fraction(film.video.rate)
    step = max(round(rate / _USUAL_RATE), 1) if rate > _FAST_RATE else 1
    watched = _Watched(film, step)
    odds = list(odds_of(network, watched.blocks()))
    found = find_transitions(np.concatenate(odds), network.thresholds.shifted(caution)) if odds else []
    found = [one for one in found if one.start > 0 and one.end < len(watched.numbers) - 1]
    # Where a picture stood still or frames were lost, it jumps as at a cut, but the view is the same.
    found = [
        one
        for one in found
        if one.kind != "cut" or same_view(watched.views[one.start], watched.views[one.end]) < _SAME_VIEW
    ]
    transitions = [_placed(one, watched, network) for one in found]
    return Shots(
        shots=_spans(transitions, watched.times, film),
        transitions=tuple(transitions),
        rate=rate,
        frame_count=len(watched.times),
        duration=film.duration,
        picture_sha256=film.file.sha256,
        detector=f"{network.name} {network.revision}",
        notes=watched.notes(),
    )


class _Watched:
    """The frames of a film as they are looked at: every one, or every few of fast footage."""

    def __init__(self, film: Media, step: int) -> None:
        self.film, self.step = film, step
        self.times: list[Fraction] = []
        self.numbers: list[int] = []
        """The stored frame of each that was looked at."""
        self.views: list[NDArray[np.uint8]] = []
        """A small view of each that was looked at."""
        self._change: list[float] = []
        self._last: NDArray[np.int16] | None = None

    def blocks(self) -> Iterator[NDArray[np.uint8]]:
        """Frames for the network; times and changes are noted on the way."""
        expected = float(self.film.duration) or 1.0
        for block in read_thumbnails(self.film.file.path, width_px=WIDTH_PX, height_px=HEIGHT_PX):
            first = len(self.times)
            self.times += block.times
            current_run().progress(min(float(block.times[-1]) / expected, 1.0), "looking")
            if self.step > 1:
                self._note_changes(block.frames)
            taken = [n for n in range(first, len(self.times)) if n % self.step == 0]
            self.numbers += taken
            frames = block.frames if self.step == 1 else block.frames[[n - first for n in taken]]
            self.views += [view_of(np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)) for frame in frames]
            yield frames

    def _note_changes(self, frames: NDArray[np.uint8]) -> None:
        wide = frames.astype(np.int16)
        before = wide[:1] if self._last is None else self._last[None]
        changes = np.abs(np.diff(np.concatenate([before, wide]), axis=0)).mean(axis=(1, 2, 3))
        self._change += changes.tolist()
        self._last = wide[-1]

    def sharpest_change(self, first: int, last: int) -> int:
        """The stored frame after the greatest change between two stored frames."""
        part = self._change[first + 1 : last + 1]
        return first + 1 + int(np.argmax(part)) if part else last

    def notes(self) -> tuple[str, ...]:
        """What a person should know about the looking."""
        lost = float(self.film.duration) - float(self.times[-1]) if self.times else 0.0
        if lost > 1.5:
            return (f"The last {lost:.1f} s could not be decoded and were not looked at.",)
        return ()


def _placed(one: Found, watched: _Watched, network: ShotDetector) -> Transition:
    start, end = watched.numbers[one.start], watched.numbers[one.end]
    if one.kind == "cut" and watched.step > 1:
        end = watched.sharpest_change(start, end)
        start = end - 1
    kind = one.kind if one.kind == "cut" or network.tells_kinds else "transition"
    return Transition(
        kind=kind,  # type: ignore[arg-type]
        start_frame=start,
        end_frame=end,
        start=watched.times[start],
        end=watched.times[end],
        probability=round(one.probability, 4),
    )


def _spans(transitions: list[Transition], times: list[Fraction], film: Media) -> tuple[ShotSpan, ...]:
    starts = [0, *(one.end_frame for one in transitions)]
    ends = [*(one.start_frame + 1 for one in transitions), len(times)]
    return tuple(
        ShotSpan(
            start_frame=first,
            end_frame=last,
            start=times[first],
            end=times[last] if last < len(times) else max(film.duration, times[-1]),
        )
        for first, last in zip(starts, ends, strict=True)
    )
