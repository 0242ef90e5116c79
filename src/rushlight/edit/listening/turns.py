"""Stretches of speech to work on one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.edit.listening.bands import HOP, RATE
from rushlight.edit.listening.speech_activity import speech_odds, speech_spans

__all__ = ["turns_of_speech"]

Floats = NDArray[np.float32]
Span = tuple[float, float]

_PAUSE_SECONDS, _LONGEST_SECONDS, _PAD_SECONDS = 0.45, 25.0, 0.1


def turns_of_speech(
    samples: Floats, odds: Floats | None = None, longest_seconds: float = _LONGEST_SECONDS
) -> list[Span]:
    """Stretches between pauses of 0.45 s, in seconds, with a tenth of a second around them.

    Long ones are cut where they are most silent.

    Args:
        samples: mono at 16 kHz.
        odds: of speech, where they are known.
        longest_seconds: of a stretch.
    """
    odds = speech_odds(samples) if odds is None else odds
    joined: list[list[float]] = []
    for start, end in speech_spans(odds, lean=0.5):
        if joined and start - joined[-1][1] < _PAUSE_SECONDS:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    total = len(samples) / RATE
    found: list[Span] = []
    for start, end in joined:
        pieces = _cut_long(odds, start, end, longest_seconds)
        first, last = max(pieces[0][0] - _PAD_SECONDS, 0.0), min(pieces[-1][1] + _PAD_SECONDS, total)
        pieces[0], pieces[-1] = (first, pieces[0][1]), (pieces[-1][0], last)
        if len(pieces) == 1:
            pieces = [(first, last)]
        found += pieces
    return found


def _cut_long(odds: Floats, start: float, end: float, longest: float) -> list[Span]:
    if end - start <= longest:
        return [(start, end)]
    # Only the middle is looked at, so that both halves get shorter.
    low, high = int((start + (end - start) * 0.25) * RATE / HOP), int((start + (end - start) * 0.75) * RATE / HOP)
    smooth = np.convolve(odds[low:high], np.ones(9) / 9, "same")
    place = (low + int(np.argmin(smooth[4:-4])) + 4) * HOP / RATE
    return _cut_long(odds, start, place, longest) + _cut_long(odds, place, end, longest)
