"""Music under a cut: a track whose level follows the film's own sound and makes way for voices."""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import quote

import numpy as np
import opentimelineio as otio
from numpy.typing import NDArray

from rushlight.artifacts import Media
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.listening.bands import HOP, RATE
from rushlight.edit.listening.speech_activity import speech_odds
from rushlight.media.loudness import integrated_loudness_lufs
from rushlight.media.sound import read_sound
from rushlight.media.stretches import runs
from rushlight.timeline.cutfile import METADATA_VERSION, rational
from rushlight.timeline.mixing import Span, duck_under, merge_spans

__all__ = ["MUSIC_RATE", "SAMPLE_RATE", "music_track", "sound_clip"]

MUSIC_RATE = RATE
"""Samples a second of the sound that is listened to for levels and voices."""
SAMPLE_RATE = 48_000
"""Samples a second that sound clips are counted in."""

Floats = NDArray[np.float32]

# A film whose sound is softer than this has none to follow; then music has the loudness of films on the web.
_NO_SOUND_LUFS, _ALONE_LUFS = -45.0, -16.0
_SOFTEST_LUFS, _LOUDEST_LUFS = -22.0, -13.0
_FADE = Fraction(3, 2)
# Voices are counted from this length on; pauses between sentences do not bring the music up.
_SPOKEN_SECONDS, _HOLD = 0.45, Fraction(7, 5)


def music_track(music: Media, heard: Floats, seconds: Fraction, balance_db: tuple[float, float]) -> otio.schema.Track:
    """A track with the music from the beginning of a film, faded out at its end where the music goes on.

    Args:
        music: the piece.
        heard: the film's own sound, mono at `MUSIC_RATE`, shape (n,).
        seconds: length of the film.
        balance_db: loudness of the music against the film's own sound: where nobody speaks, and where somebody does.

    Raises:
        InputError: the file has no sound.
    """
    if music.sound is None:
        raise InputError("There is no sound in this music.", path=music.file.path, hint="Give a piece of music.")
    length = min(seconds, music.duration)
    if length < seconds:
        current_run().note_weak(f"The music ends {float(seconds - length):.1f} s before the film.")
    samples = read_sound(music.file.path, sample_rate=MUSIC_RATE, channels=1, duration=length)
    own, played = _loudness(heard), _loudness(samples[:, 0])
    alone = own < _NO_SOUND_LUFS
    wanted = _ALONE_LUFS if alone else min(max(own + balance_db[0], _SOFTEST_LUFS), _LOUDEST_LUFS)
    open_db = wanted - played if played > -70 else 0.0
    clip = sound_clip(music, Fraction(0), length)
    added = clip.metadata["rushlight"]
    added["gain_db"] = round(open_db, 2)
    spoken = [] if alone else _spoken(heard)
    if spoken:
        down_db = min(_loudness_of(heard, spoken) + balance_db[1] - played, open_db)
        keys = duck_under([(span, down_db) for span in spoken], open_db=open_db, hold_seconds=_HOLD)
        rising = [key for place, key in enumerate(keys) if not place or key.seconds > keys[place - 1].seconds]
        added["gain_db"] = [[float(key.seconds), round(key.gain_db, 2)] for key in rising]
    if music.duration > length:
        added["fade_out_seconds"] = float(min(_FADE, length / 4))
    track = otio.schema.Track("Music", kind=otio.schema.TrackKind.Audio)
    track.append(clip)
    return track


def sound_clip(source: Media, start: Fraction, seconds: Fraction) -> otio.schema.Clip:
    """A clip of a recording's sound, counted in samples."""
    span = otio.opentime.TimeRange(
        rational(Fraction(round(start * SAMPLE_RATE), SAMPLE_RATE), Fraction(SAMPLE_RATE)),
        rational(Fraction(round(seconds * SAMPLE_RATE), SAMPLE_RATE), Fraction(SAMPLE_RATE)),
    )
    clip = otio.schema.Clip(source.file.path.name, otio.schema.ExternalReference(quote(source.file.path.name)), span)
    clip.metadata["rushlight"] = {"version": METADATA_VERSION, "sha256": source.file.sha256}
    return clip


def _loudness(samples: Floats) -> float:
    found = integrated_loudness_lufs(samples[:, None], MUSIC_RATE) if len(samples) >= MUSIC_RATE else float("-inf")
    return found if np.isfinite(found) else -120.0


def _loudness_of(heard: Floats, spans: list[Span]) -> float:
    parts = [heard[round(span.start * MUSIC_RATE) : round(span.end * MUSIC_RATE)] for span in spans]
    spoken = np.concatenate(parts)
    # Loudness is known of a second and more: a word is measured as if it were said again and again.
    return max(_loudness(np.tile(spoken, -(-MUSIC_RATE // max(len(spoken), 1)))), _NO_SOUND_LUFS)


def _spoken(heard: Floats) -> list[Span]:
    """When somebody speaks, pauses between sentences counted in."""
    odds = speech_odds(heard)
    step = Fraction(HOP, MUSIC_RATE)
    found = runs(odds > 0, least=round(_SPOKEN_SECONDS / float(step)), bridged=round(0.2 / float(step)))
    return merge_spans([Span(first * step, end * step) for first, end in found], _HOLD)
