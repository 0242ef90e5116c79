"""The capability `make_trailer`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field

from rushlight.artifacts import EditList, Media, Shots
from rushlight.artifacts.beats import Beats
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.assembling.material import Footage, edit_list_of, footage_of
from rushlight.edit.assembling.slots import Slot, SlotFiller

__all__ = ["BREATH", "CLIMAX", "make_trailer"]

BREATH, CLIMAX = Fraction(78, 100), Fraction(87, 100)
"""Where in a trailer the breath begins, and where the end of it that gives all; shares of its length."""

_SHORTEST = Fraction(2, 5)
# How long pictures stay: at the beginning, as a share of the trailer and at most; before the breath; in the climax.
_OPENING_SHARE, _OPENING_MOST = Fraction(1, 8), Fraction(16, 5)
_QUICKEST, _CLIMAX_SECONDS, _LAST_SECONDS = Fraction(9, 10), Fraction(3, 5), Fraction(6, 5)
_QUIET, _RISEN = 0.2, 0.8
# Shown of a scene at most, and how that grows where a film is too short for it.
_SCENE_SHARE, _MORE_OF_SCENE = 0.3, 1.2
# Chance changes which of two like moments is taken, not what the trailer is like.
_CHANCE = 0.06


@capability(version=1, metrics=("stretches", "seconds", "scenes"))
def make_trailer(
    film: tuple[Media, ...],
    shots: tuple[Shots, ...],
    tables: tuple[ShotTable, ...],
    beats: Beats | None = None,
    /,
    *,
    length_seconds: Annotated[Seconds, Field(description="How long the trailer is to be.")] = Fraction(30),
    spoiler_share: Annotated[
        float, Field(ge=0, le=0.9, description="Nothing is shown of this last share of the film.")
    ] = 0.2,
    most_of_scene: Annotated[
        float | None,
        Field(
            gt=0, le=1, description="No more than this share of any scene is shown; by default 0.3, or what it takes."
        ),
    ] = None,
    jump_cut_distance: Annotated[
        float, Field(ge=0, le=1, description="Neighbours from one reel whose colours are nearer than this jump.")
    ] = 0.16,
    seed: Annotated[int, Field(ge=0, description="Another seed gives another trailer; the same one the same.")] = 0,
) -> EditList:
    """Make a trailer of a film: its highlights, with a build, a breath before the end, and nothing that gives it away.

    Pictures change ever faster and show ever more, from quiet moments to lively ones; then one quiet picture, and the
    liveliest of all at the end. Tension is how much happens in a moment, ranked among all that may be shown. With the
    beats of music every cut lies on one, the breath and the last stretch on downbeats.

    Args:
        film: the reels of the film in order.
        shots: the shots of each; with scenes, no more than a share of any is shown.
        tables: the table of each.
        beats: of the music, which begins with the trailer.

    Returns:
        An `EditList` of exactly the wanted length, or of what there is, which its notes say.

    Raises:
        InputError: no film, no length, less than four seconds of it, or a spoiler share that leaves nothing.
    """
    if length_seconds < 4:
        raise InputError("A trailer is at least four seconds long.", hint="Give --length-seconds 30.")
    spared = _spared(film, spoiler_share)
    footage = _before(footage_of(film, shots, tables, shortest=_SHORTEST), spared)
    times = [beat.at for beat in beats.beats if beat.at < length_seconds] if beats else []
    bars = [beat.at for beat in beats.beats if beat.place == 1 and beat.at < length_seconds] if beats else []
    slots = _slots(length_seconds, times, bars)
    share = most_of_scene or _SCENE_SHARE
    while True:
        allowed = _allowances(shots, share, spared)
        filler = SlotFiller(footage, jump_cut_distance, np.random.default_rng(seed), allowed, chance=_CHANCE)
        lacking = filler.fill(slots, _halving(times))
        if most_of_scene is not None or not lacking or share == 1:
            break
        share = min(share * _MORE_OF_SCENE, 1.0)
    if share > (most_of_scene or _SCENE_SHARE):
        current_run().note_weak(f"Up to {share:.0%} of a scene is shown: the film is short for such a trailer.")
    if not filler.chosen:
        raise InputError(
            "Nothing of this film can be shown under these limits.", hint="Raise most_of_scene or lower spoiler_share."
        )
    scenes = {(one.source, footage.scenes[one.key]) for one in filler.chosen}
    current_run().figure("scenes", float(len(scenes)))
    return edit_list_of(filler.chosen, film, footage, lacking)


def _spared(film: Sequence[Media], share: float) -> list[Fraction]:
    """When, on the clock of each reel, showing must end."""
    left = sum((reel.duration for reel in film), Fraction(0)) * (1 - Fraction(share).limit_denominator(10_000))
    ends = []
    for reel in film:
        ends.append(min(max(left, Fraction(0)), reel.duration))
        left -= reel.duration
    return ends


def _before(footage: Footage, ends: Sequence[Fraction]) -> Footage:
    """The footage without what lies after the end of each reel."""
    limits = {key: (first, min(last, ends[key[0]])) for key, (first, last) in footage.limits.items()}
    keys = tuple(key for key in footage.keys if limits[key][1] - limits[key][0] >= _SHORTEST)
    if not keys:
        raise InputError("The spoiler limit leaves nothing to show.", hint="Lower spoiler_share.")
    kept = [footage.keys.index(key) for key in keys]
    return replace(
        footage, keys=keys, limits={key: limits[key] for key in keys},
        rows={key: footage.rows[key] for key in keys}, likeness=footage.likeness[np.ix_(kept, kept)],
    )  # fmt: skip


def _allowances(
    shots: Sequence[Shots], share: float, ends: Sequence[Fraction]
) -> dict[tuple[int, int | None], Fraction]:
    """How much of each scene may be shown; a film without scenes has no such limit."""
    lengths: dict[tuple[int, int | None], Fraction] = {}
    for source, found in enumerate(shots):
        for shot in found.shots:
            if shot.scene is not None and shot.start < ends[source]:
                place = (source, shot.scene)
                lengths[place] = lengths.get(place, Fraction(0)) + shot.end - shot.start
    # A film of one scene has no other to show.
    if len(lengths) < 2:
        return {}
    return {place: length * Fraction(share).limit_denominator(10_000) for place, length in lengths.items()}


def _slots(length: Fraction, beats: Sequence[Fraction], bars: Sequence[Fraction]) -> list[Slot]:
    """The row of pictures: the build, the breath, the climax; edges on beats where there are some."""
    breath, climax = (_turn(share * length, beats, bars, length) for share in (BREATH, CLIMAX))
    if not 0 < breath < climax < length:
        breath, climax = (_near(share * length, beats, length) for share in (BREATH, CLIMAX))
    if not 0 < breath < climax < length:
        breath, climax = BREATH * length, CLIMAX * length
    opening = min(_OPENING_MOST, length * _OPENING_SHARE)
    edges, at = [Fraction(0)], Fraction(0)
    while at < breath:
        risen = at / breath
        at = at + max(opening * (1 - risen) + _QUICKEST * risen, _QUICKEST)
        edges.append(_near(at, beats, length))
    edges = [edge for edge in edges if edge <= breath - _QUICKEST / 2] + [breath, climax]
    at = climax
    while length - at > _LAST_SECONDS + _CLIMAX_SECONDS:
        at += _CLIMAX_SECONDS
        edges.append(_near(at, beats, length))
    kept = [edges[0]]
    for edge in [*edges[1:], length]:
        if edge - kept[-1] >= _SHORTEST or edge == length:
            kept.append(edge)
    if len(kept) > 2 and kept[-1] - kept[-2] < _SHORTEST:
        del kept[-2]
    return [Slot(after - before, _tension(before, breath, climax)) for before, after in pairwise(kept)]


def _tension(at: Fraction, breath: Fraction, climax: Fraction) -> float:
    if at >= climax:
        return 1.0
    if at >= breath:
        return 0.05
    return _QUIET + (_RISEN - _QUIET) * float(at / breath)


def _turn(at: Fraction, beats: Sequence[Fraction], bars: Sequence[Fraction], length: Fraction) -> Fraction:
    """Where the trailer turns: on a downbeat near by, else on a beat."""
    near = [bar for bar in bars if abs(bar - at) <= 1]
    return _near(at, near or beats, length)


def _near(at: Fraction, beats: Sequence[Fraction], length: Fraction) -> Fraction:
    """The nearest beat; the time itself where no beat is within a second."""
    best = min(beats, key=lambda beat: (abs(beat - at), beat), default=None)
    # Without beats times stay on hundredths, which edit lists keep exactly.
    exact = Fraction(round(at * 100), 100)
    return best if best is not None and abs(best - at) <= 1 else min(exact, length)


def _halving(beats: Sequence[Fraction]) -> Callable[[Fraction, Fraction], Fraction | None]:
    """Where a slot may be parted: at the beat nearest to its middle, or in its middle."""

    def middle(start: Fraction, end: Fraction) -> Fraction | None:
        half = (start + end) / 2
        if not beats:
            return half if half - start >= _SHORTEST else None
        able = [beat for beat in beats if beat - start >= _SHORTEST and end - beat >= _SHORTEST]
        return min(able, key=lambda beat: (abs(beat - half), beat), default=None)

    return middle
