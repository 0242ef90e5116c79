"""Making chosen stretches add up to a length, and moving their ends to beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rushlight.artifacts.beats import Beats
from rushlight.edit.assembling.material import Footage, Moment, jump_between

__all__ = ["SHORTEST", "fitted", "on_beats"]

SHORTEST = Fraction(3, 5)
"""No picture is seen for less when cuts are moved to beats."""
_LEAST = Fraction(1)


def fitted(
    chosen: Sequence[Moment], material: Footage, length: Fraction, jump_cut_distance: float = 0.0
) -> tuple[list[Moment], Fraction]:
    """The stretches made longer or shorter, each a little, until they add up; and what is still lacking.

    Where shortening them all to a second is not enough, the least are left out, as far as no cut jumps then.
    """
    kept = list(chosen)
    surplus = _seconds(kept) - length
    while kept and surplus > 0:
        if len(kept) == 1:
            return [replace(kept[0], end=kept[0].start + length)], Fraction(0)
        if surplus <= sum((max(one.seconds - _LEAST, Fraction(0)) for one in kept), Fraction(0)):
            kept, surplus = _shortened(kept, surplus), Fraction(0)
            break
        del kept[_least(kept, material, jump_cut_distance)]
        surplus = _seconds(kept) - length
    lacking = -surplus
    for place, one in enumerate(kept):
        first, last = material.limits[one.key]
        after = min(lacking, last - one.end)
        before = min(lacking - after, one.start - first)
        kept[place] = replace(one, start=one.start - before, end=one.end + after)
        lacking -= after + before
    return kept, lacking


def _seconds(moments: Sequence[Moment]) -> Fraction:
    return sum((one.seconds for one in moments), Fraction(0))


def _shortened(moments: Sequence[Moment], surplus: Fraction) -> list[Moment]:
    """Each made shorter by the same, none to less than a second; together they can give the surplus."""
    shorter = list(moments)
    while surplus > 0:
        able = [place for place, one in enumerate(shorter) if one.seconds > _LEAST]
        share = surplus / len(able)
        for place in able:
            one = shorter[place]
            given = min(share, one.seconds - _LEAST)
            shorter[place] = replace(one, end=one.end - given)
            surplus -= given
    return shorter


def _least(moments: Sequence[Moment], material: Footage, jump_cut_distance: float) -> int:
    """Which moment to leave out: the least valued of those after whose loss no cut jumps; else the least of all."""

    def jumps(place: int) -> bool:
        inside = 0 < place < len(moments) - 1
        return inside and jump_between(moments[place - 1], moments[place + 1], material, jump_cut_distance)

    return min(range(len(moments)), key=lambda place: (jumps(place), moments[place].value, place))


def on_beats(chosen: list[Moment], material: Footage, beats: Beats) -> list[Moment]:
    """The same stretches with their ends moved to beats, as far as their shots reach; the whole length stays."""
    # A downbeat a little further off is worth more than a beat close by.
    times = [(beat.at, Fraction(1, 8) if beat.place == 1 else Fraction(0)) for beat in beats.beats]
    moved, at = list(chosen), Fraction(0)
    for place in range(len(moved) - 1):
        one, following = moved[place], moved[place + 1]
        end = at + one.seconds
        first, last = material.limits[one.key]
        able = [
            (abs(time - end) - bonus, time)
            for time, bonus in times
            if time - at >= SHORTEST and following.seconds + end - time >= SHORTEST
        ]
        for _, time in sorted(able)[:4]:
            longer = time - end
            stretched = _stretched(one, longer, first, last)
            shrunk = _stretched(following, -longer, *material.limits[following.key])
            if stretched is not None and shrunk is not None:
                moved[place], moved[place + 1] = stretched, shrunk
                break
        at += moved[place].seconds
    return moved


def _stretched(one: Moment, longer: Fraction, first: Fraction, last: Fraction) -> Moment | None:
    """A stretch made longer (or shorter) at its end, or at its start where its shot has no more; None if neither."""
    if longer <= 0 or one.end + longer <= last:
        return replace(one, end=one.end + longer)
    lacking = one.end + longer - last
    if one.start - lacking < first:
        return None
    return replace(one, start=one.start - lacking, end=last)
