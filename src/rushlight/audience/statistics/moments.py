"""Moments of a retention curve: what stands out from what is around it by more than chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from rushlight.artifacts.retention import Moment
from rushlight.media.stretches import runs

__all__ = ["find_moments"]

Floats = NDArray[np.float64]
INTRO_SECONDS = 30.0
# The least that is worth telling, as a share of views, however sure it is.
_LEAST = 0.02
_SIGMAS = 4.0
# What is around a moment: this share of the film, and at least so many seconds.
_AROUND_SHARE, _AROUND_SECONDS = 0.08, 15.0
_MOST_EACH = 5


def find_moments(
    watching: Floats, plays: Floats, skipped: Floats, *, effective: float, step_seconds: float
) -> tuple[Moment, ...]:
    """Intro, top, spikes, dips and drops of a curve.

    A spike is a stretch that is seen again more than is usual in this film, a dip one that is jumped over more, a drop
    a loss of viewers within five seconds beyond the loss around it; each by more than four standard errors and two
    percent of views. Who jumps over a place has not left at it.

    Args:
        watching: share of views that played each step.
        plays: plays of each step a view.
        skipped: share of views that jumped over each step.
        effective: number of independent views.
        step_seconds: length of a step.
    """
    count = len(watching)
    if count < 4 or effective <= 0:
        return ()
    size = int(max(_AROUND_SECONDS, _AROUND_SHARE * count * step_seconds) / step_seconds) | 1
    size = max(min(size, count - 1 | 1), 3)
    found = [*_intro(watching, step_seconds)]
    again = np.maximum(plays - watching, 0)
    for kind, share, words in (
        ("spike", again, "seen again by {:.1%} of views more than the film usually is"),
        ("dip", skipped, "jumped over by {:.1%} of views more than the film usually is"),
    ):
        error = np.sqrt(np.maximum(share / effective, 1 / effective**2))
        found += _stretches(kind, share - float(np.median(share)), error, step_seconds, words)
    there = watching + skipped
    found += _drops(there, effective, step_seconds, size)
    found += _top(there, step_seconds)
    return tuple(sorted(found, key=lambda moment: (moment.start_seconds, moment.kind)))


def _intro(watching: Floats, step_seconds: float) -> list[Moment]:
    index = round(INTRO_SECONDS / step_seconds)
    if index * 2 >= len(watching):
        return []
    left = float(watching[index])
    return [
        Moment(kind="intro", start_seconds=0.0, end_seconds=INTRO_SECONDS, value=round(left, 4),
               reason=f"{left:.0%} still watch after {INTRO_SECONDS:.0f} seconds")
    ]  # fmt: skip


def _stretches(kind: str, above: Floats, error: Floats, step_seconds: float, words: str) -> list[Moment]:
    stands_out = (above > _SIGMAS * error) & (above > _LEAST)
    found = []
    for first, end in runs(stands_out):
        value = float(above[first:end].max())
        found.append(
            Moment(kind=kind, start_seconds=first * step_seconds, end_seconds=end * step_seconds,  # type: ignore[arg-type]
                   value=round(value, 4), reason=words.format(value))
        )  # fmt: skip
    return sorted(found, key=lambda moment: -moment.value)[:_MOST_EACH]


def _drops(watching: Floats, effective: float, step_seconds: float, size: int) -> list[Moment]:
    reach = max(round(5 / step_seconds), 1)
    if len(watching) <= 3 * reach:
        return []
    lost = watching[:-reach] - watching[reach:]
    usual = median_filter(lost, size, mode="nearest")
    # How many leave in between is a count out of those who were there.
    error = np.sqrt(np.maximum(np.maximum(lost, usual), 1 / effective) / effective)
    stands_out = (lost - usual > _SIGMAS * error) & (lost - usual > _LEAST)
    found = []
    for first, end in runs(stands_out):
        at = first + int(np.argmax(lost[first:end]))
        value = float(lost[at])
        found.append(
            Moment(kind="drop", start_seconds=at * step_seconds, end_seconds=(at + reach) * step_seconds,
                   value=round(value, 4),
                   reason=f"{value:.1%} of views leave within {reach * step_seconds:.0f} seconds; "
                   f"around it {float(usual[at]):.1%}")
        )  # fmt: skip
    return sorted(found, key=lambda moment: -moment.value)[:_MOST_EACH]


def _top(watching: Floats, step_seconds: float) -> list[Moment]:
    """The longest stretch, of at least ten seconds, in which the curve loses less than a fifth of its usual pace."""
    start, end = round(0.05 * len(watching)), round(0.95 * len(watching))
    if (end - start) * step_seconds < 30 or watching[start] <= 0:
        return []
    usual = (watching[start] - watching[end - 1]) / (end - start)
    if usual <= 0:
        return []
    reach = max(round(10 / step_seconds), 1)
    lost = (watching[start : end - reach] - watching[start + reach : end]) / reach
    calm = runs(lost < usual * 0.2)
    if not calm:
        return []
    first, last = max(calm, key=lambda run: (run[1] - run[0], -run[0]))
    begin, finish = start + first, start + last + reach
    left = float(watching[begin:finish].mean())
    return [
        Moment(kind="top", start_seconds=begin * step_seconds, end_seconds=finish * step_seconds, value=round(left, 4),
               reason=f"hardly anyone leaves; {left:.0%} watch")
    ]  # fmt: skip
