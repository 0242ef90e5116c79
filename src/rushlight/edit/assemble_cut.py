"""The capability `assemble_cut`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import EditList, Media, Shots
from rushlight.artifacts.beats import Beats
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.units import Seconds
from rushlight.edit.assembling.fitting import fitted, on_beats
from rushlight.edit.assembling.material import HALF, Footage, Key, Moment, edit_list_of, footage_of, jump_between

__all__ = ["assemble_cut"]

# Lengths tried for every shot, in seconds.
_LENGTHS = (Fraction(3, 2), Fraction(5, 2), Fraction(4), Fraction(6))
# What a picture of another kind adds, against an interesting moment of one second.
_COVERAGE = 1.4


@capability(version=1, metrics=("stretches", "seconds"))
def assemble_cut(
    media: tuple[Media, ...],
    shots: tuple[Shots, ...],
    tables: tuple[ShotTable, ...],
    beats: Beats | None = None,
    /,
    *,
    length_seconds: Annotated[Seconds, Field(description="How long the cut is to be.")] = Fraction(60),
    variety: Annotated[
        float, Field(ge=0, le=4, description="How much different pictures count against interesting ones.")
    ] = 1.0,
    jump_cut_distance: Annotated[
        float,
        Field(ge=0, le=1, description="Neighbours from one recording whose colours are nearer than this jump."),
    ] = 0.16,
) -> EditList:
    """Assemble a rough cut of a wanted length from footage: its most interesting moments, no two alike.

    Each shot offers its best stretches; the set with the most interest and the widest coverage of what there is is
    chosen greedily, by gain a second, which for such a goal (monotone, submodular, under a budget) is known to be
    near the best there is. Stretches stay in the order they were recorded in; neighbours that would jump are not put
    together. Transitions that are in the footage already are left out.

    With the beats of the music that will lie under it, pictures change on beats, on downbeats where one is near.

    Args:
        media: the recordings.
        shots: the shots of each.
        tables: the table of each.
        beats: of the music; it begins with the cut.

    Returns:
        An `EditList` of the wanted length, or of all there is when the footage is shorter, which its notes say.

    Raises:
        InputError: no footage, no length, or shots and tables of other footage.

    Reference:
        Lin and Bilmes 2010, "Multi-document summarization via budgeted maximization of submodular functions".
    """
    if length_seconds <= 0:
        raise InputError("A cut needs a length.", hint="Give --length-seconds.")
    footage = footage_of(media, shots, tables, shortest=_LENGTHS[0])
    moments = [
        moment
        for key in footage.keys
        for moment in _best_moments(key, *footage.limits[key], footage.rows[key].interest)
    ]
    chosen = _chosen(moments, footage, length_seconds, _COVERAGE * variety, jump_cut_distance)
    chosen, short = fitted(chosen, footage, length_seconds, jump_cut_distance)
    if beats is not None and not short:
        chosen = on_beats(chosen, footage, beats)
    return edit_list_of(chosen, media, footage, short)


def _best_moments(key: Key, start: Fraction, end: Fraction, interest: Sequence[float]) -> list[Moment]:
    """The best stretch of each length."""
    sums = np.concatenate([[0.0], np.cumsum(interest)])
    found = []
    for length in _LENGTHS:
        halves = int(length / HALF)
        if end - start < length:
            break
        last = floor((end - start - length) / HALF)
        means = [(sums[min(at + halves, len(interest))] - sums[at]) / halves for at in range(last + 1)]
        at = int(np.argmax(means))
        # An interesting second is worth more at the start of a stretch than at the end of a long one.
        value = (0.15 + float(means[at])) * float(length) ** 0.75
        found.append(Moment(*key, start + at * HALF, start + at * HALF + length, value))
    return found


def _chosen(
    moments: Sequence[Moment], footage: Footage, length: Fraction, coverage: float, jump: float
) -> list[Moment]:
    """Greedy choice by gain a second, until the length is reached."""
    chosen: dict[tuple[int, int], Moment] = {}
    covered = np.zeros(len(footage.keys))
    left, open_moments = length, list(moments)
    while open_moments and left > 0:
        gains = [_gain(one, chosen.get(one.key), footage, covered, coverage) for one in open_moments]
        for place in np.argsort(-np.array(gains), kind="stable"):
            one = open_moments[int(place)]
            key = one.key
            if key in chosen or not _jumps([*chosen.values(), one], footage, jump):
                break
        else:
            break
        before = chosen.get(key)
        left -= one.seconds - (before.seconds if before else 0)
        chosen[key] = one
        covered = np.maximum(covered, footage.row(one))
        # Of a shot that is used, only a longer stretch is still on offer.
        open_moments = [other for other in open_moments if other.key != key or other.seconds > one.seconds]
    return sorted(chosen.values(), key=lambda one: (one.source, one.start))


def _gain(one: Moment, before: Moment | None, footage: Footage, covered: NDArray[np.float64], coverage: float) -> float:
    """What a stretch adds for each second it adds, beside or instead of one of the same shot."""
    if before is not None:
        return (one.value - before.value) / float(one.seconds - before.seconds)
    wider = float(np.maximum(footage.row(one) - covered, 0).mean())
    return (one.value + 4 * coverage * wider) / float(one.seconds)


def _jumps(chosen: Sequence[Moment], footage: Footage, jump: float) -> bool:
    """Whether two neighbours are so alike that the cut between them would jump."""
    ordered = sorted(chosen, key=lambda one: (one.source, one.start))
    return any(jump_between(before, after, footage, jump) for before, after in zip(ordered, ordered[1:], strict=False))
