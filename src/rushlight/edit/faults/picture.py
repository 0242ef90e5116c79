"""Faults of the picture, from small pictures of every frame.

A frozen picture is told from a still one by what surrounds it, something moved just before and after, and by what is
in it: frames that repeat, without even the noise of a camera. Blur is judged against the same shot: even its sharpest
part has lost its fine detail. Lost frames are found in `lost_frames.py`, flashes in `flashing.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from rushlight.edit.faults.flashing import flashing_spans, frame_light
from rushlight.edit.faults.lost_frames import LostFrames, gaps_in_time, jumps_together
from rushlight.edit.faults.spans import Spotted
from rushlight.media.stretches import runs
from rushlight.media.thumbnails import Thumbnails

__all__ = ["PictureMeasures", "fine_detail", "measure_picture", "spot_picture_faults"]

Floats = NDArray[np.float64]

_GRID = (6, 8)
_TINT_EVERY = 6
# Detail of the finest octave over the next, as it is in pictures of 320 × 180: real shots have 0.6 to 1.4 and keep it
# within a tenth; out of focus by 3 pixels of 640 they fall to 0.55 and less.
_SOFT, _LOST, _CLEARLY_LOST, _STILL_SHARP, _FOCUSED = 0.5, 0.73, 0.66, 0.7, 0.88
# A frozen picture changes by less than this share of what moves around it.
_REPEATED = 0.06
# Recordings of screens and slides repeat themselves exactly, and most of the time.
_SCREEN_STILL, _SCREEN_SHARE = 0.02, 0.3
# Of 255: darker than this is black, as encoders and sets differ about the last few steps; brighter is blown out.
_BLACK, _WHITE = 24, 250


@dataclass
class PictureMeasures:
    """One value a frame, unless said otherwise; frames in order."""

    times: list[Fraction] = field(default_factory=list)
    dark: list[float] = field(default_factory=list)
    """Share of pixels that are black."""
    bright: list[float] = field(default_factory=list)
    """Share of pixels that are blown out."""
    change: list[float] = field(default_factory=list)
    """Mean absolute difference of luma to the frame before, 0 to 255."""
    most_change: list[float] = field(default_factory=list)
    """The same in the part of the picture that changed most."""
    detail: list[float] = field(default_factory=list)
    """Fine detail against coarser detail in the sharpest part of the picture."""
    tint: list[tuple[float, float]] = field(default_factory=list)
    """Mean distance from grey: red − green, blue − green, of the brightest unclipped fifth."""
    light: list[Floats] = field(default_factory=list)
    """Relative luminance of each of 6 × 8 parts."""
    red: list[Floats] = field(default_factory=list)
    """Saturated red of the same."""
    lost: LostFrames = field(default_factory=LostFrames)
    """Jumps of the motion within a view."""


def measure_picture(blocks: Iterable[Thumbnails], measures: PictureMeasures) -> Iterator[Fraction]:
    """Measure all frames; yields the time reached after each block."""
    before: NDArray[np.uint8] | None = None
    for block in blocks:
        for time, frame in zip(block.times, block.frames, strict=True):
            grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
            _measure(measures, frame, grey, before)
            measures.times.append(time)
            before = grey
        yield block.times[-1]


def _measure(
    measures: PictureMeasures, frame: NDArray[np.uint8], grey: NDArray[np.uint8], before: NDArray[np.uint8] | None
) -> None:
    measures.dark.append(float((grey < _BLACK).mean()))
    measures.bright.append(float((grey >= _WHITE).mean()))
    if before is None:
        measures.change.append(0.0)
        measures.most_change.append(0.0)
    else:
        difference = cv2.absdiff(grey, before)
        measures.change.append(float(difference.mean()))
        parts = cv2.resize(difference.astype(np.float32), _GRID[::-1], interpolation=cv2.INTER_AREA)
        measures.most_change.append(float(parts.max()))
    measures.detail.append(fine_detail(grey))
    # A cast lies over a shot, so a few frames a second tell it.
    at_once = len(measures.tint) % _TINT_EVERY == 0
    measures.tint.append(_tint(frame[::2, ::2], grey[::2, ::2]) if at_once else measures.tint[-1])
    light, red = frame_light(frame, _GRID)
    measures.lost.look(grey)
    measures.light.append(light)
    measures.red.append(red)


def fine_detail(grey: NDArray[np.uint8]) -> float:
    """Energy of the finest octave over the next, in the part where it is greatest; blur takes the finest first."""
    size = grey.shape[1] // 2 * 2, grey.shape[0] // 2 * 2
    half = cv2.pyrDown(grey, dstsize=(size[0] // 2, size[1] // 2))
    quarter = cv2.pyrDown(half)
    finest = cv2.absdiff(grey[: size[1], : size[0]], cv2.pyrUp(half, dstsize=size))
    next_finest = cv2.absdiff(half, cv2.pyrUp(quarter, dstsize=half.shape[::-1]))
    fine = cv2.resize(finest.astype(np.float32) ** 2, _GRID[::-1], interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(next_finest.astype(np.float32) ** 2, _GRID[::-1], interpolation=cv2.INTER_AREA)
    # Parts without any structure, sky and walls, say nothing about focus.
    told = coarse > max(float(np.percentile(coarse, 60)), 4.0)
    if not told.any():
        return float("nan")
    return float(np.percentile(np.sqrt(fine[told] / coarse[told]), 80))


def _tint(frame: NDArray[np.uint8], grey: NDArray[np.uint8]) -> tuple[float, float]:
    usable = grey[grey < _WHITE]
    if usable.size < grey.size // 4:
        return 0.0, 0.0
    chosen = frame[(grey >= np.percentile(usable, 80)) & (grey < _WHITE)].astype(np.float64)
    if not len(chosen):
        return 0.0, 0.0
    red, green, blue = chosen.mean(axis=0)
    return float(red - green), float(blue - green)


def spot_picture_faults(measures: PictureMeasures, cuts: Iterable[tuple[int, int]], rate: float) -> list[Spotted]:
    """Faults on the clock of frames.

    Args:
        measures: of every frame.
        cuts: transitions between shots: last frame of the old and first of the new.
        rate: frames a second.
    """
    cuts = list(cuts)
    jumps = set(measures.lost.jumps)
    between, fades = np.zeros(len(measures.times) + 1, bool), np.zeros(len(measures.times), bool)
    for first, last in cuts:
        # Where frames were lost, a detector of cuts may see one.
        between[first + 1 : last + 1] = last != first + 1 or last not in jumps
        fades[first + 1 : last] = True
    starts = [0, *(last for _, last in cuts), len(measures.times)]
    change, most = np.array(measures.change), np.array(measures.most_change)
    frozen = _frozen(change, most, between, rate)
    found = [*_black(measures, fades, rate), *frozen, *_dropped(measures, between, frozen, rate)]
    found += [*_blurred(measures, starts, rate), *_highlights(measures, rate), *_white_balance(measures, starts, rate)]
    seconds = np.array([float(time) for time in measures.times])
    for first, end, severity, reason in flashing_spans(np.array(measures.light), np.array(measures.red), seconds):
        found.append(
            Spotted("flashing", first, end, severity, reason, "darken or slow the flashes: they can harm viewers")
        )
    black = [(one.first, one.end) for one in found if one.kind == "black"]
    # A black picture stands still, and going black or out of focus is a jump: say each thing once.
    found = [
        one
        for one in found
        if one.kind == "black" or not any(a - 1 <= one.first and one.end <= b + 1 for a, b in black)
    ]
    edges = {
        edge
        for one in found
        if one.kind in ("black", "blurred", "frozen", "flashing")
        for edge in (range(int(one.first), int(one.end) + 1) if one.kind == "flashing" else (one.first, one.end))
    }
    return [one for one in found if one.kind != "dropped" or not any(abs(edge - one.first) <= 3 for edge in edges)]


def _black(measures: PictureMeasures, fades: NDArray[np.bool_], rate: float) -> list[Spotted]:
    on = np.array(measures.dark) >= 0.985
    found = []
    for first, end in runs(on, least=max(round(0.12 * rate), 2), bridged=1):
        # A film may begin and end in black, and fade through it.
        meant = first == 0 or end == len(on) or fades[first:end].all()
        seconds = (end - first) / rate
        severity = "note" if meant and seconds < 4 else "error"
        found.append(
            Spotted("black", first, end, severity, f"the picture is black for {seconds:.2f} s", "cut it out or fill it")
        )
    return found


def _frozen(change: Floats, most: Floats, between: NDArray[np.bool_], rate: float) -> list[Spotted]:
    still = (most < 0.9) & (change < 0.25)
    still[0] = False
    # An encoder's key frame refreshes a still picture: a small change with stillness at both sides.
    refreshed = (change < 4) & np.roll(still, 1) & np.roll(still, -1)
    refreshed[[0, -1]] = False
    still |= refreshed
    found = []
    # Footage of a lower rate repeats frames; one new frame in four still counts as moving.
    for first, end in runs(still, least=max(round(0.28 * rate), 5)):
        around = np.concatenate([most[max(first - round(rate), 1) : first], most[end : end + round(rate)]])
        usual = np.concatenate([change[max(first - round(rate), 1) : first], change[end : end + round(rate)]])
        inside = between[first:end].any()
        if len(around) < 3 or inside:
            continue
        # What moved before or after, and steadily: a title card that comes and goes does not.
        moving = np.percentile(usual, 60)
        if moving <= 0.35 or np.percentile(around, 60) <= 1.6 or not _breaks_off(change, first, end):
            continue
        # A scene at rest still has the noise of its camera; a frozen one repeats, but for what an encoder refreshes.
        if np.median(change[first:end]) > _REPEATED * moving:
            continue
        seconds = (end - first + 1) / rate
        reason = f"the picture stands still for {seconds:.2f} s while the shot moves before and after"
        severity = "note" if _repeats_elsewhere(change, first, end) else "error"
        found.append(
            Spotted("frozen", first - 1, end, severity, reason, "cut it out, or take these frames from a copy")
        )
    return found


def _repeats_elsewhere(change: Floats, first: int, end: int) -> bool:
    """Whether the recording stands still again and again: a screen, slides, drawings."""
    others = np.concatenate([change[1 : max(first - 1, 1)], change[end + 1 :]])
    return bool(len(others) and (others < _SCREEN_STILL).mean() > _SCREEN_SHARE)


def _breaks_off(change: Floats, first: int, end: int) -> bool:
    """Whether motion stops and goes on at once. Where a scene is really still, it comes to rest and starts slowly."""
    before = change[max(first - 9, 1) : first]
    after = change[end : end + 9]
    if not len(before) or not len(after):
        return False
    moved_before, moved_after = before[before > 0.2], after[after > 0.2]
    if not len(moved_before) or not len(moved_after):
        return False
    # The first frames of a stop may still be refined by an encoder.
    stops = before[-6:].max() > 0.5 * np.median(moved_before)
    return bool(stops and after[:2].max() > 0.8 * np.median(moved_after))


def _dropped(
    measures: PictureMeasures, between: NDArray[np.bool_], frozen: list[Spotted], rate: float
) -> list[Spotted]:
    found = gaps_in_time(measures.times)
    taken = [(one.first, one.end) for one in (*frozen, *found)]
    jumps = [
        place
        for place in measures.lost.jumps
        if not between[place]
        and not any(a - 2 <= place <= b + 2 for a, b in taken)
        and not _light_jump(measures, place)
    ]
    return [*found, *jumps_together(jumps, rate)]


def _light_jump(measures: PictureMeasures, place: int) -> bool:
    """Whether the light changed all over, not the picture: a lamp went on, or a camera set its exposure."""
    before, after = measures.light[place - 1], measures.light[place]
    change = after - before
    return bool(abs(change.mean()) > 0.6 * np.abs(change).mean() and abs(change.mean()) > 0.01)


def _blurred(measures: PictureMeasures, starts: list[int], rate: float) -> list[Spotted]:
    detail = np.array(measures.detail)
    found = []
    for first, end in zip(starts, starts[1:], strict=False):
        part = detail[first:end]
        known = part[np.isfinite(part)]
        if len(known) < max(round(0.4 * rate), 8):
            continue
        sharp = float(np.percentile(known, 85))
        smooth = median_filter(np.nan_to_num(part, nan=sharp), size=5, mode="nearest")
        if sharp < _SOFT:
            if len(part) >= rate * 0.8:
                reason = "no part of the shot is sharp"
                found.append(
                    Spotted("blurred", first, end, "note", reason, "sharpen, use another take, or keep it short")
                )
            continue
        lost = (smooth < _LOST * sharp) & (smooth < _STILL_SHARP)
        for a, b in runs(lost, least=max(round(0.3 * rate), 6), bridged=2):
            # Focus that is lost was there just before or comes back.
            near = np.concatenate([smooth[max(a - round(1.5 * rate), 0) : a], smooth[b : b + round(1.5 * rate)]])
            if smooth[a:b].min() > _CLEARLY_LOST * sharp or (len(near) and near.max() < _FOCUSED * sharp):
                continue
            reason = f"the shot loses its focus for {(b - a) / rate:.2f} s"
            found.append(Spotted("blurred", first + a, first + b, "warning", reason, "cut it out or use another take"))
    return found


def _highlights(measures: PictureMeasures, rate: float) -> list[Spotted]:
    bright = np.array(measures.bright)
    usual = float(np.median(bright)) if len(bright) else 0.0
    found = []
    for first, end in runs((bright > 0.12) & (bright > usual + 0.08), least=max(round(0.4 * rate), 8), bridged=2):
        share = float(bright[first:end].mean())
        reason = f"{share:.0%} of the picture is blown out"
        found.append(Spotted("highlights", first, end, "warning", reason, "lower the exposure of this stretch"))
    return found


def _white_balance(measures: PictureMeasures, starts: list[int], rate: float) -> list[Spotted]:
    tint = np.array(measures.tint).reshape(-1, 2)
    found = []
    for first, end in zip(starts, starts[1:], strict=False):
        if end - first < rate * 0.8:
            continue
        red, blue = np.median(tint[first:end], axis=0)
        if max(abs(red), abs(blue), abs(red - blue)) > 75:
            cast = "orange" if red - blue > 75 else "blue" if blue - red > 75 else "green or magenta"
            reason = f"what is brightest is {cast}, not white"
            found.append(
                Spotted("white_balance", first, end, "note", reason, "set the white balance, unless it is meant")
            )
    return found
