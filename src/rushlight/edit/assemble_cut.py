"""The capability `assemble_cut`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import EditList, EditSpan, Media, Shots
from rushlight.artifacts.beats import Beats
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.seeing.colours import hellinger

__all__ = ["assemble_cut"]

_HALF = Fraction(1, 2)
# Lengths tried for every shot, in seconds.
_LENGTHS = (Fraction(3, 2), Fraction(5, 2), Fraction(4), Fraction(6))
# No picture is seen for less when cuts are moved to beats.
_SHORTEST = Fraction(3, 5)
# What a picture of another kind adds, against an interesting moment of one second.
_COVERAGE = 1.4


@dataclass(frozen=True)
class _Moment:
    """A stretch of one shot that might be used."""

    source: int
    shot: int
    start: Fraction
    end: Fraction
    value: float

    @property
    def seconds(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True)
class _Bin:
    """All shots there are: (source, shot), when they may be used, and how alike their colours are."""

    keys: tuple[tuple[int, int], ...]
    limits: dict[tuple[int, int], tuple[Fraction, Fraction]]
    likeness: NDArray[np.float64]

    def row(self, moment: _Moment) -> NDArray[np.float64]:
        return np.asarray(self.likeness[self.keys.index((moment.source, moment.shot))])


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
    if not media or not len(media) == len(shots) == len(tables):
        raise InputError(
            "Give the shots and the table of every recording.", hint="Run detect-shots and describe-shots."
        )
    material, moments = _offered(shots, tables)
    if not moments:
        raise InputError("There is no shot long enough to use.", hint="Give longer footage.")
    chosen = _chosen(moments, material, length_seconds, _COVERAGE * variety, jump_cut_distance)
    chosen, short = _fitted(chosen, material, length_seconds)
    if beats is not None and not short:
        chosen = _on_beats(chosen, material, beats)
    notes = []
    if short > 0:
        notes.append(f"The footage that could be used is {float(short):.2f} s shorter than what was wanted.")
        current_run().note_weak(notes[-1])
    spans = tuple(
        EditSpan(source=one.source, start=one.start, end=one.end, reason=_reason(one, tables[one.source]))
        for one in chosen
    )
    current_run().figure("stretches", float(len(spans)))
    current_run().figure("seconds", float(sum((span.duration for span in spans), Fraction(0))))
    return EditList(spans=spans, sources=tuple(item.file.sha256 for item in media), notes=tuple(notes))


def _offered(shots: Sequence[Shots], tables: Sequence[ShotTable]) -> tuple[_Bin, list[_Moment]]:
    keys, limits, colours, moments = [], {}, [], []
    for source, (found, table) in enumerate(zip(shots, tables, strict=True)):
        if len(found.shots) != len(table.rows):
            raise InputError(f"The table of recording {source + 1} is of other shots.", hint="Describe it again.")
        for number, (shot, row) in enumerate(zip(found.shots, table.rows, strict=True)):
            if shot.end - shot.start < _LENGTHS[0]:
                continue
            key = (source, number)
            keys.append(key)
            limits[key] = (shot.start, shot.end)
            colours.append(np.array(row.colours))
            moments += _best_moments(key, shot.start, shot.end, row.interest)
    apart = np.array([[hellinger(one, other) for other in colours] for one in colours])
    return _Bin(tuple(keys), limits, 1 - apart), moments


def _best_moments(key: tuple[int, int], start: Fraction, end: Fraction, interest: Sequence[float]) -> list[_Moment]:
    """The best stretch of each length."""
    sums = np.concatenate([[0.0], np.cumsum(interest)])
    found = []
    for length in _LENGTHS:
        halves = int(length / _HALF)
        if end - start < length:
            break
        last = floor((end - start - length) / _HALF)
        means = [(sums[min(at + halves, len(interest))] - sums[at]) / halves for at in range(last + 1)]
        at = int(np.argmax(means))
        # An interesting second is worth more at the start of a stretch than at the end of a long one.
        value = (0.15 + float(means[at])) * float(length) ** 0.75
        found.append(_Moment(*key, start + at * _HALF, start + at * _HALF + length, value))
    return found


def _chosen(
    moments: Sequence[_Moment], material: _Bin, length: Fraction, coverage: float, jump: float
) -> list[_Moment]:
    """Greedy choice by gain a second, until the length is reached."""
    chosen: dict[tuple[int, int], _Moment] = {}
    covered = np.zeros(len(material.keys))
    left, open_moments = length, list(moments)
    while open_moments and left > 0:
        gains = [_gain(one, chosen.get((one.source, one.shot)), material, covered, coverage) for one in open_moments]
        for place in np.argsort(-np.array(gains), kind="stable"):
            one = open_moments[int(place)]
            key = (one.source, one.shot)
            if key in chosen or not _jumps([*chosen.values(), one], material, jump):
                break
        else:
            break
        before = chosen.get(key)
        left -= one.seconds - (before.seconds if before else 0)
        chosen[key] = one
        covered = np.maximum(covered, material.row(one))
        # Of a shot that is used, only a longer stretch is still on offer.
        open_moments = [
            other for other in open_moments if (other.source, other.shot) != key or other.seconds > one.seconds
        ]
    return sorted(chosen.values(), key=lambda one: (one.source, one.start))


def _gain(one: _Moment, before: _Moment | None, material: _Bin, covered: NDArray[np.float64], coverage: float) -> float:
    """What a stretch adds for each second it adds, beside or instead of one of the same shot."""
    if before is not None:
        return (one.value - before.value) / float(one.seconds - before.seconds)
    wider = float(np.maximum(material.row(one) - covered, 0).mean())
    return (one.value + 4 * coverage * wider) / float(one.seconds)


def _jumps(chosen: Sequence[_Moment], material: _Bin, jump: float) -> bool:
    """Whether two neighbours are so alike that the cut between them would jump."""
    ordered = sorted(chosen, key=lambda one: (one.source, one.start))
    return any(
        before.source == after.source
        and 1 - float(material.row(before)[material.keys.index((after.source, after.shot))]) < jump
        for before, after in zip(ordered, ordered[1:], strict=False)
    )


def _fitted(chosen: Sequence[_Moment], material: _Bin, length: Fraction) -> tuple[list[_Moment], Fraction]:
    """The stretches made longer or shorter, each a little, until they add up; and what is still lacking."""
    fitted = list(chosen)
    surplus = sum((one.seconds for one in fitted), Fraction(0)) - length
    while surplus > 0:
        share = surplus / len(fitted)
        shorter = [replace(one, end=one.end - min(share, max(one.seconds - 1, Fraction(0)))) for one in fitted]
        gained = sum((one.seconds for one in fitted), Fraction(0)) - sum((one.seconds for one in shorter), Fraction(0))
        if gained == 0 or (len(fitted) > 1 and gained < surplus and all(one.seconds <= 1 for one in shorter)):
            least = min(range(len(fitted)), key=lambda place: fitted[place].value)
            if len(fitted) == 1:
                fitted = [replace(fitted[0], end=fitted[0].start + length)]
                return fitted, Fraction(0)
            surplus -= fitted[least].seconds
            del fitted[least]
            continue
        fitted, surplus = shorter, surplus - gained
    lacking = -surplus
    for place, one in enumerate(fitted):
        first, last = material.limits[(one.source, one.shot)]
        after = min(lacking, last - one.end)
        before = min(lacking - after, one.start - first)
        fitted[place] = replace(one, start=one.start - before, end=one.end + after)
        lacking -= after + before
    return fitted, lacking


def _on_beats(chosen: list[_Moment], material: _Bin, beats: Beats) -> list[_Moment]:
    """The same stretches with their ends moved to beats, as far as their shots reach; the whole length stays."""
    # A downbeat a little further off is worth more than a beat close by.
    times = [(beat.at, Fraction(1, 8) if beat.place == 1 else Fraction(0)) for beat in beats.beats]
    moved, at = list(chosen), Fraction(0)
    for place in range(len(moved) - 1):
        one, following = moved[place], moved[place + 1]
        end = at + one.seconds
        first, last = material.limits[(one.source, one.shot)]
        able = [
            (abs(time - end) - bonus, time)
            for time, bonus in times
            if time - at >= _SHORTEST and following.seconds + end - time >= _SHORTEST
        ]
        for _, time in sorted(able)[:4]:
            longer = time - end
            stretched = _stretched(one, longer, first, last)
            shrunk = _stretched(following, -longer, *material.limits[(following.source, following.shot)])
            if stretched is not None and shrunk is not None:
                moved[place], moved[place + 1] = stretched, shrunk
                break
        at += moved[place].seconds
    return moved


def _stretched(one: _Moment, longer: Fraction, first: Fraction, last: Fraction) -> _Moment | None:
    """A stretch made longer (or shorter) at its end, or at its start where its shot has no more; None if neither."""
    if longer <= 0 or one.end + longer <= last:
        return replace(one, end=one.end + longer)
    lacking = one.end + longer - last
    if one.start - lacking < first:
        return None
    return replace(one, start=one.start - lacking, end=last)


def _reason(one: _Moment, table: ShotTable) -> str:
    row = table.rows[one.shot]
    told = [
        (row.arousal, "lively"), (row.novelty - 0.3, "unlike the rest"),
        (0.6 if row.faces else 0.0, "somebody is seen"),
        (row.speech_share or 0.0, "somebody speaks"), (row.subject_motion * 4, "something moves"),
    ]  # fmt: skip
    best = max(told, key=lambda item: item[0])
    return f"shot {one.shot + 1}: {best[1]}"
