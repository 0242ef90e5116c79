"""From notes to samples: every track played, placed in one room, brought together on one bus."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rushlight.artifacts import Note, Score
from rushlight.core.errors import InputError
from rushlight.timeline.music.instruments import INSTRUMENTS, Instrument
from rushlight.timeline.music.oscillators import Floats
from rushlight.timeline.music.room import bus_gain, clean_tone, convolve_stereo, impulse_response
from rushlight.timeline.music.styles import STYLES

__all__ = ["RenderedTracks", "render_tracks"]

_VELOCITY_STEP = 9
"""Notes within one step share their timbre; their level stays exact."""
_LOOSENESS_SECONDS = 0.004
_MOST_BYTES_IN_MEMORY = 200 << 20
_TAIL_SECONDS = 1.6
"""The music dies away over at most this long, to silence on its last sample."""


@dataclass(frozen=True)
class RenderedTracks:
    """Stereo tracks, float32, shape (n, 2) each, that add up to the mix. Tracks of long music lie on disk."""

    tracks: dict[str, Floats]
    mix: Floats


def _seconds_at(beats: Fraction, score: Score) -> float:
    return float(beats * 60 / score.tempo_bpm)


class _NoteBank:
    """Notes already played, so that each is synthesised once."""

    def __init__(self, instrument: str, sample_rate: int, seed: int) -> None:
        self.name, self.rate, self.seed = instrument, sample_rate, seed
        self.instrument: Instrument = INSTRUMENTS[instrument]
        self.known: dict[tuple[int, int, int], Floats] = {}

    def note(self, pitch: int, velocity: int, seconds: float) -> Floats:
        """Samples of a note, scaled to its exact velocity."""
        step = max(round(velocity / _VELOCITY_STEP), 1)
        milliseconds = 0 if self.name == "kit" else round(seconds * 1000)
        key = (pitch, step, milliseconds)
        if key not in self.known:
            rng = np.random.default_rng([self.seed, zlib.crc32(self.name.encode()), pitch, step])
            strength = min(step * _VELOCITY_STEP / 127, 1.0)
            self.known[key] = self.instrument.make(pitch, strength, milliseconds / 1000, self.rate, rng)
        return self.known[key] * np.float32((velocity / 127) ** 1.5 * 10 ** (self.instrument.level_db / 20))


def _pan(sound: Floats, position: float) -> Floats:
    """Place a sound between the speakers with constant power; a stereo sound is only tilted."""
    angle = (position + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    if sound.ndim == 1:
        return np.asarray(sound[:, None] * sides, dtype=np.float32)
    return np.asarray(sound * (sides * np.float32(np.sqrt(0.5))), dtype=np.float32)


def _play_track(notes: list[Note], score: Score, instrument: str, count: int, rate: int, seed: int) -> Floats:
    bank = _NoteBank(instrument, rate, seed)
    loose = np.random.default_rng([seed, zlib.crc32(notes[0].track.encode())])
    sound = np.zeros((count, 2), dtype=np.float32)
    for note in notes:
        shift = float(loose.uniform(-1, 1)) * _LOOSENESS_SECONDS if instrument != "kit" else 0.0
        start = max(round((_seconds_at(note.start_beats, score) + shift) * rate), 0)
        played = bank.note(note.pitch, note.velocity, _seconds_at(note.duration_beats, score))
        pan = bank.instrument.pan
        if instrument in ("piano", "harp", "celesta", "bell", "electric_piano"):
            pan += (note.pitch - 64) / 90  # low notes a little to the left, as at the keyboard
        placed = _pan(played[: max(count - start, 0)], min(max(pan, -0.8), 0.8))
        sound[start : start + len(placed)] += placed
    return sound


def _parked(sound: Floats, scratch: Path | None) -> Floats:
    """The same samples, on disk when there are many: six tracks of an hour would fill 8 GB of memory."""
    if sound.nbytes < _MOST_BYTES_IN_MEMORY:
        return sound
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=scratch) as file:  # the map keeps it open; no name is left behind
        parked = np.memmap(file, dtype=np.float32, mode="w+", shape=sound.shape)
    parked[:] = sound
    return parked


def _fade_out(sound: Floats, seconds: float, rate: int) -> None:
    length = min(int(seconds * rate), len(sound))
    if length > 1:
        ramp = (0.5 + 0.5 * np.cos(np.pi * np.arange(1, length + 1) / length)).astype(np.float32)
        sound[-length:] *= ramp[:, None]


def _closing_seconds(score: Score) -> float:
    """Length of the closing fade: inside the last chord, so that its attack is untouched."""
    last = Fraction(score.chords[-1][0]) if score.chords else max((n.start_beats for n in score.notes), default=0)
    return min(_TAIL_SECONDS, 0.55 * max(float(score.duration) - _seconds_at(Fraction(last), score), 0.2))


def render_tracks(
    score: Score,
    sample_rate: int,
    seed: int,
    on_progress: Callable[[float, str], None] = lambda done, what: None,
    scratch: Path | None = None,
) -> RenderedTracks:
    """Play a score.

    Every track goes through the same tone, room and bus gain, so that the tracks add up to the mix exactly (to
    float32 rounding).

    Args:
        score: notes and instruments.
        sample_rate: samples a second.
        seed: of the room, of noise in the instruments and of the players' looseness.
        on_progress: told how far the work is.
        scratch: folder for what does not fit well into memory; None takes the system's temporary one.

    Raises:
        InputError: a track without an instrument, or with one that does not exist.
    """
    count = round(score.duration * sample_rate)
    style = next((style for genre, style in STYLES.items() if genre == score.genre), STYLES["documentary"])
    response = impulse_response(style.reverb_seconds, sample_rate, np.random.default_rng([seed, 77]))
    by_track: dict[str, list[Note]] = {}
    for note in score.notes:
        by_track.setdefault(note.track, []).append(note)
    tracks: dict[str, Floats] = {}
    mix: Floats = np.zeros((count, 2), dtype=np.float32)
    for number, (track, notes) in enumerate(sorted(by_track.items())):
        on_progress(number / (len(by_track) + 1), f"Playing {track}")
        name = score.instruments.get(track, "")
        if name not in INSTRUMENTS:
            raise InputError(
                f"Track {track!r} asks for instrument {name!r}, which does not exist.",
                hint="Instruments: " + ", ".join(sorted(INSTRUMENTS)) + ".",
            )
        sound = _play_track(notes, score, name, count, sample_rate, seed)
        send = sound.sum(axis=1) * np.float32(0.5 * style.reverb_level * INSTRUMENTS[name].wet * 2.2)
        sound += convolve_stereo(send, response)
        mix += clean_tone(sound, sample_rate)
        tracks[track] = _parked(sound, scratch)
    gain: npt.NDArray[np.float32] = bus_gain(mix, sample_rate)[:, None]
    closing = _closing_seconds(score)
    mix = np.zeros((count, 2), dtype=np.float32)
    for sound in tracks.values():
        sound *= gain
        _fade_out(sound, closing, sample_rate)
        mix += sound
    return RenderedTracks(tracks, mix)
