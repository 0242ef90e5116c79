"""The capability `check_lipsync`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.media import Media
from rushlight.artifacts.sync import LipSync
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.media.decode import VideoReader
from rushlight.media.sound import read_sound

__all__ = ["check_lipsync", "measure_offset"]

Signal = NDArray[np.float64]

_SOUND_RATE = 16_000
# Both signals are compared on this clock: fine enough for a tenth of a frame.
_CLOCK = 400
_MOST_SECONDS = 600
_FACES = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
_FACE_EVERY_SECONDS = 0.5


@capability(version=1, metrics=("confidence",))
def check_lipsync(
    film: Media,
    /,
    *,
    most_seconds: Annotated[float, Field(gt=0, le=5, description="Largest offset looked for.")] = 1.0,
    min_confidence: Annotated[float, Field(ge=0, le=1, description="Below it nothing is said.")] = 0.6,
) -> LipSync:
    """Measure how far the sound of a film is from its picture.

    Claps and flashes, where there are some, are matched one by one. Else the onsets of the sound are correlated with
    what moves: mouths when faces are found, the whole picture when not. The first ten minutes count.

    Returns:
        A `LipSync`; its offset is None when it cannot be told.

    Raises:
        MediaError: a damaged film.
    """
    found = measure_offset(film, most_seconds, min_confidence)
    current_run().figure("confidence", found.confidence)
    if found.offset is None:
        current_run().note_weak(f"How far sound and picture are apart was not told: {found.reason}.")
    return found


def measure_offset(film: Media, most_seconds: float = 1.0, min_confidence: float = 0.6) -> LipSync:
    """As the capability, for steps that need it on their way."""
    if film.video is None or film.sound is None or film.is_still:
        lacking = "sound" if film.sound is None else "moving picture"
        return _said(None, 0.0, "", f"it has no {lacking}")
    light, moves, method = _watch(film)
    seconds = min(film.duration, Fraction(_MOST_SECONDS))
    sound = read_sound(film.file.path, sample_rate=_SOUND_RATE, channels=1, duration=seconds)[:, 0]
    onsets = _onsets(sound)
    rate = float(film.video.rate)
    exact = _match_events(_flashes(light, rate), _clicks(sound), most_seconds, 1 / rate)
    if exact is not None:
        offset, count = exact
        return _said(offset, 1 - 0.5**count, "events", f"{count} flashes and clicks lie equally far apart")
    offset, sure, reason = _correlated(moves, onsets, rate, most_seconds)
    return _said(offset if sure >= min_confidence else None, sure, method, reason)


def _said(offset: float | None, sure: float, method: str, reason: str) -> LipSync:
    exact = None if offset is None else Fraction(round(offset * 1000), 1000)
    return LipSync(offset=exact, confidence=round(sure, 3), method=method, reason=reason)


def _watch(film: Media) -> tuple[Signal, Signal, str]:
    """Brightness of each frame, how much moves in it, and whether mouths or the whole picture were watched."""
    assert film.video is not None
    video = film.video
    scale = min(1.0, 360 / max(video.display_height_px, 1))
    size = tuple(max(round(side * scale / 2) * 2, 16) for side in (video.display_width_px, video.display_height_px))
    count = max(int(min(film.duration, Fraction(_MOST_SECONDS)) * video.rate), 1)
    finder = cv2.CascadeClassifier(str(_FACES))
    every = max(round(float(video.rate) * _FACE_EVERY_SECONDS), 1)
    light, whole, mouths, faces = np.zeros(count), np.zeros(count), np.zeros(count), 0
    before: NDArray[np.uint8] | None = None
    boxes: list[tuple[int, int, int, int]] = []
    with VideoReader(film.file.path, width_px=size[0], height_px=size[1], rate=video.rate) as reader:
        for number, frame in enumerate(reader.frames(Fraction(0), count)):
            grey = frame[: size[1]]
            light[number] = grey.mean()
            if number % every == 0:
                current_run().progress(number / count, "watching")
                boxes = [_mouth(box) for box in finder.detectMultiScale(grey, 1.15, 5, minSize=(36, 36))]
                faces += bool(boxes)
            if before is not None:
                change = cv2.absdiff(grey, before)
                whole[number] = change.mean()
                mouths[number] = sum(change[y : y + h, x : x + w].mean() for x, y, w, h in boxes)
            before = grey
    if faces * every > 0.5 * count:
        return light, mouths, "faces"
    return light, whole, "motion"


def _mouth(box: Any) -> tuple[int, int, int, int]:
    """The lower third of a face."""
    x, y, w, h = (int(value) for value in box)
    return x + w // 5, y + 2 * h // 3, 3 * w // 5, h // 3


def _onsets(sound: NDArray[np.float32]) -> Signal:
    """How strongly sounds begin, on the common clock: rises of the loudness in bands of hearing."""
    from scipy.signal import stft

    hop = _SOUND_RATE // _CLOCK
    _, _, bands = stft(sound, _SOUND_RATE, nperseg=8 * hop, noverlap=7 * hop, boundary="even")
    size = np.log1p(1000 * np.abs(bands))
    grouped = np.stack([part.mean(axis=0) for part in np.array_split(size, 16)])
    return np.asarray(np.maximum(np.diff(grouped, axis=1, prepend=grouped[:, :1]), 0).sum(axis=0), np.float64)


def _flashes(light: Signal, rate: float) -> Signal:
    """When the picture becomes bright at once, in seconds: the first bright frame."""
    rises = np.diff(light, prepend=light[:1])
    usual = np.median(np.abs(rises - np.median(rises))) * 1.4826
    places = np.flatnonzero(rises > max(12.0, 12 * usual))
    return np.asarray(places[np.diff(places, prepend=-10) > 2] / rate, np.float64)


def _clicks(sound: NDArray[np.float32]) -> Signal:
    """When a sound bursts out of what was there before, in seconds."""
    step = _SOUND_RATE // 1000
    count = len(sound) // step
    if count < 60:
        return np.zeros(0)
    level = 10 * np.log10(np.mean(sound[: count * step].reshape(count, step) ** 2, axis=1) + 1e-9)
    before = np.array([level[max(n - 50, 0) : max(n - 1, 1)].max() for n in range(count)])
    places = np.flatnonzero((level > before + 18) & (level > level.max() - 14))
    return np.asarray(places[np.diff(places, prepend=-1000) > 100] / 1000, np.float64)


def _match_events(flashes: Signal, clicks: Signal, most: float, frame: float) -> tuple[float, int] | None:
    """The offset at which most flashes have their click, and how many; None when it is not clear."""
    if not 1 < len(flashes) < 500 or not 1 < len(clicks) < 500:
        return None
    apart = (clicks[None, :] - flashes[:, None]).ravel()
    apart = np.sort(apart[np.abs(apart) <= most])
    # A flash shows on the next frame: true pairs lie within one frame of each other.
    counts = np.searchsorted(apart, apart + frame * 1.05, "right") - np.arange(len(apart))
    if not len(counts) or counts.max() < 2:
        return None
    place = int(np.argmax(counts))
    found = apart[place : place + counts[place]]
    rest = counts[(apart < found[0] - 2 * frame) | (apart > found[-1] + 2 * frame)]
    needed = 0.6 * min(len(flashes), len(clicks))
    if len(found) < needed or (len(rest) and rest.max() > 0.6 * len(found)):
        return None
    return float(found.mean()), len(found)


def _correlated(moves: Signal, onsets: Signal, rate: float, most: float) -> tuple[float, float, str]:
    """Offset of the highest correlation, how sure it is, and why."""
    length = len(onsets)
    times = np.arange(length) / _CLOCK
    # What moves between two frames is seen in the middle of them.
    moved = np.interp(times, (np.arange(len(moves)) - 0.5) / rate, moves)
    if moved.std() < 1e-6 or onsets.std() < 1e-6 or length < 2 * _CLOCK:
        return 0.0, 0.0, "nothing moves or nothing is heard"
    first, second = _smoothed(moved), _smoothed(onsets)
    whole = _row(first, second, most)
    at = int(np.argmax(whole))
    parts = np.array_split(np.arange(length), max(min(length // (4 * _CLOCK), 12), 2))
    peaks = [int(np.argmax(_row(first[part], second[part], most))) for part in parts]
    agree = float(np.mean([abs(peak - at) < 0.06 * _CLOCK for peak in peaks]))
    far = np.delete(whole, np.arange(max(at - _CLOCK // 5, 0), min(at + _CLOCK // 5, len(whole))))
    ratio = float((whole[at] - far.mean()) / (far.std() + 1e-9)) if len(far) else 0.0
    beyond = float(whole[at] - far.max()) / (whole[at] + 1e-9) if len(far) else 0.0
    sure = min(max((ratio - 2.5) / 3, 0), 1) * min(max(beyond * 4, 0), 1) * min(1.0, 0.3 + agree)
    reason = f"the peak stands {ratio:.1f} deviations out, {agree:.0%} of the parts agree"
    return (at - (len(whole) - 1) // 2) / _CLOCK, sure, reason


def _smoothed(signal: Signal) -> Signal:
    """Rises and falls slower than a syllable and faster than a scene."""
    from scipy.ndimage import gaussian_filter1d

    pressed = np.log1p(signal / (np.median(signal) + 1e-6))
    return np.asarray(gaussian_filter1d(pressed, 0.03 * _CLOCK) - gaussian_filter1d(pressed, 1.0 * _CLOCK), np.float64)


def _row(moved: Signal, heard: Signal, most: float) -> Signal:
    """Correlation for every lag from −most to +most; positive: heard later than seen."""
    from scipy.signal import correlate

    reach = min(round(most * _CLOCK), len(moved) - 1)
    row = correlate(heard, moved, "full", "fft") / (np.linalg.norm(heard) * np.linalg.norm(moved) + 1e-9)
    middle = len(moved) - 1
    return np.asarray(row[middle - reach : middle + reach + 1], np.float64)
