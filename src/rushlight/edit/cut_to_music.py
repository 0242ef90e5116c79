"""The capability `cut_to_music`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import EditList, Media, Shots
from rushlight.artifacts.beats import Beat, Beats
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.units import Seconds
from rushlight.edit.assembling.material import edit_list_of, footage_of
from rushlight.edit.assembling.slots import Slot, SlotFiller
from rushlight.media.sound import read_sound

__all__ = ["cut_to_music", "music_energy"]

_SHORTEST = Fraction(2, 5)
# How long a picture stays in the quietest and in the loudest music, in seconds.
_QUIET_SECONDS, _LOUD_SECONDS = 4.5, 1.0
# A downbeat may be this share of the wanted length further off than a beat.
_DOWNBEAT = 0.35
_SAMPLE_RATE = 16_000


@capability(version=1, metrics=("stretches", "seconds"))
def cut_to_music(
    media: tuple[Media, ...],
    shots: tuple[Shots, ...],
    tables: tuple[ShotTable, ...],
    beats: Beats,
    music: Media,
    /,
    *,
    length_seconds: Annotated[
        Seconds, Field(description="How long the cut is to be; 0 for as long as the music.")
    ] = Fraction(0),
    jump_cut_distance: Annotated[
        float,
        Field(ge=0, le=1, description="Neighbours from one recording whose colours are nearer than this jump."),
    ] = 0.16,
) -> EditList:
    """Cut footage to music: every cut on a beat, quick and lively where the music is loud, calm where it is soft.

    Args:
        media: the recordings.
        shots: the shots of each.
        tables: the table of each.
        beats: of the music.
        music: the music itself, which begins with the cut.

    Returns:
        An `EditList` of the wanted length, or of what there is, which its notes say.

    Raises:
        InputError: no footage, music in which no beat is found, or a length beyond its end.
    """
    length = length_seconds or music.duration
    if not beats.beats:
        raise InputError("There is no beat in this music to cut on.", path=music.file.path, hint="Use --by interest.")
    if length > music.duration:
        raise InputError(
            f"The music is {float(music.duration):.1f} s long, and the cut should be {float(length):.1f} s.",
            path=music.file.path, hint=f"Give --length {float(music.duration):.0f}s or longer music.",
        )  # fmt: skip
    footage = footage_of(media, shots, tables, shortest=_SHORTEST)
    energy = music_energy(music)
    filler = SlotFiller(footage, jump_cut_distance, np.random.default_rng(0))
    lacking = filler.fill(_slots(beats.beats, energy, length), _halving(beats.beats))
    return edit_list_of(filler.chosen, media, footage, lacking)


def music_energy(music: Media) -> NDArray[np.float64]:
    """How loud each half second of a piece is, as a rank among all of it, 0 to 1.

    Raises:
        InputError: no sound.
        MediaError: a damaged file.
    """
    if music.sound is None:
        raise InputError("There is no sound in this file.", path=music.file.path, hint="Give a piece of music.")
    samples = read_sound(music.file.path, sample_rate=_SAMPLE_RATE, channels=1)[:, 0]
    hop = _SAMPLE_RATE // 2
    count = max(len(samples) // hop, 1)
    parts = np.resize(samples, count * hop).reshape(count, hop).astype(np.float64)
    level = 10 * np.log10((parts**2).mean(axis=1) + 1e-9)
    # A beat more or less is no change of mood.
    smooth = np.convolve(np.pad(level, 2, mode="edge"), np.ones(5) / 5, "valid")
    return np.asarray(np.argsort(np.argsort(smooth, kind="stable")) / max(count - 1, 1), np.float64)


def _slots(beats: Sequence[Beat], energy: NDArray[np.float64], length: Fraction) -> list[Slot]:
    slots, at = [], Fraction(0)
    while at < length:
        felt = float(energy[min(int(at * 2), len(energy) - 1)])
        wanted = _QUIET_SECONDS + (_LOUD_SECONDS - _QUIET_SECONDS) * felt
        able = [beat for beat in beats if beat.at - at >= _SHORTEST and length - beat.at >= _SHORTEST]
        near = min(able, key=lambda beat: _distance(beat, float(at) + wanted, wanted), default=None)
        end = near.at if near is not None and float(length - at) > 1.3 * wanted else length
        slots.append(Slot(end - at, felt))
        at = end
    return slots


def _distance(beat: Beat, at: float, wanted: float) -> tuple[float, Fraction]:
    return abs(float(beat.at) - at) - (_DOWNBEAT * wanted if beat.place == 1 else 0.0), beat.at


def _halving(beats: Sequence[Beat]) -> Callable[[Fraction, Fraction], Fraction | None]:
    def middle(start: Fraction, end: Fraction) -> Fraction | None:
        half = (start + end) / 2
        able = [beat.at for beat in beats if beat.at - start >= _SHORTEST and end - beat.at >= _SHORTEST]
        return min(able, key=lambda at: (abs(at - half), at), default=None)

    return middle
