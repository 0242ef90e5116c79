"""Making chosen stretches add up to a length, and moving their ends to beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rushlight.artifacts.beats import Beats
from rushlight.edit.assembling.material import Footage, Moment

__all__ = ["SHORTEST", "fitted", "on_beats"]

SHORTEST = Fraction(3, 5)
"""No picture is seen for less when cuts are moved to beats."""


def fitted(chosen: Sequence[Moment], material: Footage, length: Fraction) -> tuple[list[Moment], Fraction]:
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
        first, last = material.limits[one.key]
        after = min(lacking, last - one.end)
        before = min(lacking - after, one.start - first)
        fitted[place] = replace(one, start=one.start - before, end=one.end + after)
        lacking -= after + before
    return fitted, lacking


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
