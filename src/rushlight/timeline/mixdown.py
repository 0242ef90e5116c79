"""The sound of a cut: every audio track laid on the clock, with gains and fades, summed and kept under the ceiling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import opentimelineio as otio
from numpy.typing import NDArray

from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.units import frames_spanning
from rushlight.media.sound import limit_true_peak, read_sound, true_peak_dbtp
from rushlight.media.sound_reader import SoundReader
from rushlight.timeline.cutfile import extra, seconds_of
from rushlight.timeline.pictures import keyframes

__all__ = ["CEILING_DBTP", "mix_down"]

CEILING_DBTP = -1.0
_MANY_CLIPS = 8


def mix_down(
    timeline: otio.schema.Timeline,
    rate: Fraction,
    find: Callable[[otio.schema.Clip], FileRef | None],
    *,
    sample_rate: int = 48_000,
) -> NDArray[np.float32] | None:
    """Mix all audio tracks.

    Returns:
        float32, shape (n, 2), n the film's length in samples; None when the cut has no sound.

    Raises:
        InputError: a clip's media is missing.
    """
    total_frames = frames_spanning(seconds_of(timeline.duration()), rate)
    total = round(Fraction(total_frames) / rate * sample_rate)
    mixed = np.zeros((total, 2), dtype=np.float32)
    heard = False
    sounds = _Sounds(timeline, find, sample_rate)
    for track in timeline.audio_tracks():
        if not track.enabled:
            continue
        at = Fraction(0)
        for item in track:
            if isinstance(item, otio.schema.Transition):
                continue
            seconds = seconds_of(item.duration())
            if isinstance(item, otio.schema.Clip) and item.enabled:
                heard = True
                _lay(mixed, item, sounds, at, seconds, sample_rate)
            at += seconds
    if not heard:
        return None
    if true_peak_dbtp(mixed, sample_rate) > CEILING_DBTP + 0.05:
        mixed = limit_true_peak(mixed, sample_rate, CEILING_DBTP)
    return mixed


class _Sounds:
    """Sounds of clips. A file that many clips play is read in long stretches: opening it for each would take longer."""

    def __init__(
        self, timeline: otio.schema.Timeline, find: Callable[[otio.schema.Clip], FileRef | None], sample_rate: int
    ) -> None:
        self._find, self._rate = find, sample_rate
        clips = [clip for track in timeline.audio_tracks() if track.enabled for clip in track.find_clips()]
        self._uses = Counter(file.path for clip in clips if clip.enabled and (file := find(clip)) is not None)
        self._reader = SoundReader(sample_rate, 2)

    def of(self, clip: otio.schema.Clip, start: Fraction, seconds: Fraction) -> NDArray[np.float32]:
        """What a clip plays: float32, shape (n, 2).

        Raises:
            InputError: the clip is a graphic.
        """
        file = self._find(clip)
        if file is None:
            raise InputError(
                f"The clip {clip.name!r} on a sound track is a graphic.", hint="Move it to a picture track."
            )
        if self._uses[file.path] < _MANY_CLIPS:
            return read_sound(file.path, sample_rate=self._rate, channels=2, start=start, duration=seconds)
        return self._reader.read(file.path, start, seconds)


def _lay(
    mixed: NDArray[np.float32],
    clip: otio.schema.Clip,
    sounds: _Sounds,
    at: Fraction,
    seconds: Fraction,
    sample_rate: int,
) -> None:
    sound = sounds.of(clip, seconds_of(clip.trimmed_range().start_time), seconds)
    found = extra(clip)
    times = np.arange(len(sound)) / sample_rate
    gain = np.ones(len(sound), dtype=np.float32)
    if "gain_db" in found:
        curve = keyframes(found["gain_db"], "gain_db")
        spots = np.array([key[0] for key in curve.keys])
        levels = np.array([key[1] for key in curve.keys])
        gain *= (10 ** (np.interp(times, spots, levels) / 20)).astype(np.float32)
    for name, from_end in (("fade_in_seconds", times), ("fade_out_seconds", float(seconds) - times)):
        if (length := float(found.get(name, 0))) > 0:
            gain *= np.clip(from_end / length, 0, 1).astype(np.float32)
    first = round(at * sample_rate)
    room = mixed[first : first + len(sound)]
    room += (sound * gain[:, None])[: len(room)]
