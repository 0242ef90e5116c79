"""The capability `find_beats`."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from rushlight.artifacts import Media
from rushlight.artifacts.beats import Beat, Beats
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.listening.rhythm import RATE, find_rhythm
from rushlight.media.sound import read_sound

__all__ = ["find_beats"]

_MOST_SECONDS = 3600


@capability(version=1, metrics=("beats", "tempo_bpm"))
def find_beats(music: Media, /) -> Beats:
    """Find the beats and bars of music, so that pictures can be cut to it.

    Returns:
        `Beats`; none where nothing recurs, and a confidence that is low where the pulse is weak.

    Raises:
        InputError: no sound, or more than an hour of it.
        MediaError: a damaged file.
    """
    if music.sound is None:
        raise InputError("There is no sound in this file.", path=music.file.path, hint="Give a piece of music.")
    if music.duration > _MOST_SECONDS:
        raise InputError("Beats are found in at most an hour of music.", path=music.file.path, hint="Give one piece.")
    samples = read_sound(music.file.path, sample_rate=RATE, channels=1)[:, 0]
    current_run().progress(0.3, "listening")
    rhythm = find_rhythm(samples)
    beats = tuple(
        Beat(at=Fraction(round(time * 1000), 1000), place=int(place))
        for time, place in zip(rhythm.beats, rhythm.places, strict=True)
        if 0 <= time <= music.duration
    )
    tempo = 60 / float(np.median(np.diff(rhythm.beats))) if len(rhythm.beats) > 1 else 0.0
    current_run().figure("beats", float(len(beats)))
    current_run().figure("tempo_bpm", round(tempo, 2))
    return Beats(
        beats=beats,
        tempo_bpm=round(tempo, 2),
        beats_a_bar=rhythm.beats_a_bar,
        confidence=round(rhythm.confidence, 3),
        duration=music.duration,
        sound_sha256=music.file.sha256,
    )
