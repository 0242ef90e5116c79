"""Takes of the same words in one recording: which stretch of speech begins another one again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.edit.listening.bands import RATE
from rushlight.edit.listening.repeats import FRAME_SECONDS, features, find_repeat, usual_distance
from rushlight.edit.listening.speech_activity import speech_odds, speech_spans

__all__ = ["Again", "Span", "TakeRules", "find_takes", "stretches_of_speech"]

Floats = NDArray[np.float32]
Span = tuple[float, float]

# How alike the first half second of two takes must be before the rest is looked at.
_OPENING_SECONDS, _OPENING_DISTANCE = 0.6, 0.75
_MOST_STRETCHES = 8
# What is heard after a broken-off take may begin with a stretch this much longer, to hold all of it.
_LATER_ROOM = 1.7


@dataclass(frozen=True)
class TakeRules:
    """What counts as the same words again."""

    pause_seconds: float
    """Shortest pause that parts takes."""
    least_seconds: float
    longest_seconds: float
    distance: float
    """Largest distance of the sounds, see `Repeat`."""
    doubtful_distance: float
    """Up to here text may decide, where there is some."""


@dataclass(frozen=True)
class Again:
    """Speech that is said again, and where; in seconds."""

    start: float
    end: float
    instead_start: float
    distance: float
    by_text: bool = False


def stretches_of_speech(samples: Floats, pause_seconds: float) -> list[Span]:
    """Speech between pauses of at least this length."""
    joined: list[Span] = []
    for start, end in speech_spans(speech_odds(samples), lean=0.5, enter=4.0, leave=4.0):
        if joined and start - joined[-1][1] < pause_seconds:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def find_takes(
    samples: Floats,
    rules: TakeRules,
    says_the_same: Callable[[Span, Span], bool] = lambda earlier, later: False,
    on_progress: Callable[[float], None] = lambda done: None,
) -> list[Again]:
    """Stretches of speech whose words come again right after them; of several takes the last complete one stays.

    Args:
        samples: mono at 16 kHz.
        rules: what counts.
        says_the_same: whether the text of an earlier stretch begins the text of a later one.
        on_progress: told how far it is.
    """
    spans = stretches_of_speech(samples, rules.pause_seconds)
    known = [features(samples[int(start * RATE) : int(end * RATE)]) for start, end in spans]
    usual = usual_distance(known)
    found: list[Again] = []
    first = 0
    while first < len(spans):
        on_progress(first / len(spans))
        again = _again(spans, known, first, usual, rules, says_the_same)
        if again is None:
            first += 1
            continue
        found.append(again)
        # What replaces this one may itself be replaced: go on from there.
        first = next(number for number, span in enumerate(spans) if span[0] >= again.instead_start)
    return _last_of_chain(found)


def _again(
    spans: Sequence[Span], known: Sequence[Floats], first: int, usual: float, rules: TakeRules,
    says_the_same: Callable[[Span, Span], bool],
) -> Again | None:  # fmt: skip
    """The nearest place after a stretch where it begins again, wholly or, when it was complete, broken off."""
    for second in range(first + 1, min(first + _MOST_STRETCHES + 1, len(spans))):
        earlier = np.concatenate(known[first:second])
        seconds = len(earlier) * FRAME_SECONDS
        if seconds > rules.longest_seconds:
            break
        later = _from(known, second, len(earlier))
        opening = earlier[: round(_OPENING_SECONDS / FRAME_SECONDS)]
        if seconds < rules.least_seconds or find_repeat(opening, later, usual).distance > _OPENING_DISTANCE:
            continue
        start, end = spans[first][0], spans[second - 1][1]
        distance = find_repeat(earlier, later, usual).distance
        if distance <= rules.distance:
            return Again(start, end, spans[second][0], distance)
        if distance <= rules.doubtful_distance and says_the_same((start, end), (spans[second][0], spans[-1][1])):
            return Again(start, end, spans[second][0], distance, by_text=True)
    return None


def _from(known: Sequence[Floats], number: int, frames: int) -> Floats:
    """What is said from a stretch on, enough of it to hold so many frames said slowly."""
    parts, length = [], 0
    while number < len(known) and length < frames * _LATER_ROOM + 20:
        parts.append(known[number])
        length += len(known[number])
        number += 1
    return np.concatenate(parts)


def _last_of_chain(found: Sequence[Again]) -> list[Again]:
    """Each take replaced by the last one of its words, not by another that is cut out too."""
    kept: list[Again] = []
    for again in reversed(found):
        into = next((other for other in kept if abs(other.start - again.instead_start) < 0.01), None)
        instead = into.instead_start if into else again.instead_start
        kept.append(Again(again.start, again.end, instead, again.distance, again.by_text))
    return kept[::-1]
