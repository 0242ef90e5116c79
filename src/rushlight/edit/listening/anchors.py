"""Tying a known text to a recording of it in which words may be left out, added or said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from rushlight.edit.listening.bands import RATE
from rushlight.models.recogniser import HeardWord

__all__ = ["HEARD", "Placed", "place_words"]

Floats = NDArray[np.float32]
Aligner = Callable[[Floats, Sequence[str]], list[HeardWord] | None]

# Nobody says a letter in less: a word that has less room than this was left out.
_LEAST_LETTER_SECONDS = 0.022
# Short words are swallowed by those around them; up to so many letters may be there though nothing was heard.
_SWALLOWED_LETTERS = 6
# Sound of other words is kept from the aligner from this length on; less may be a misheard part of a word.
_STRANGE_SECONDS = 0.3
# A pause this long between two words that were heard as written is a place to part the recording.
_PART_SECONDS, _LONGEST_PART_SECONDS = 0.25, 25.0
HEARD = 0.95
"""Confidence of a word that was heard as it is written."""
_OTHERWISE, _UNHEARD = 0.6, 0.4
_PAD_SECONDS = 0.08


@dataclass
class Placed:
    """A word of the text, by its number, and when it is said, in seconds."""

    number: int
    start: float
    end: float
    confidence: float
    exact: bool = False
    """Whether the aligner placed it, not only the recogniser."""
    breaks: bool = False
    """Whether other words are said between the word before and this one."""


def place_words(samples: Floats, words: Sequence[str], heard: Sequence[HeardWord], align: Aligner) -> list[Placed]:
    """When the words of a text are said.

    What was heard is matched with the text. Words between matches are kept where there is room for them to be said,
    and taken for left out where there is none; sound with words that are not in the text is passed over. Between
    pauses the kept words are then fitted to the sound exactly.

    Args:
        samples: mono at 16 kHz.
        words: the text in dictionary form.
        heard: words that a recogniser heard, in order, empty where it heard another.
        align: fits words to sound; None when it cannot.

    Returns:
        The words that are said, in order; those left out are absent.
    """
    kept = _kept(words, heard)
    found: list[Placed] = []
    for part in _parts(kept):
        low = max(part[0].start - _PAD_SECONDS, found[-1].end if found else 0.0)
        high = part[-1].end + _PAD_SECONDS
        following = next((word.start for word in kept[len(found) + len(part) :]), high)
        high = min(high, max(following, part[-1].end), len(samples) / RATE)
        fitted = align(samples[int(low * RATE) : int(high * RATE)], [words[word.number] for word in part])
        for index, word in enumerate(part):
            if fitted is not None:
                word.start, word.end, word.exact = low + fitted[index].start, low + fitted[index].end, True
            found.append(word)
    return found


def _kept(words: Sequence[str], heard: Sequence[HeardWord]) -> list[Placed]:
    matcher = SequenceMatcher(None, words, [word.text for word in heard], autojunk=False)
    found: list[Placed] = []
    breaks = False
    for kind, first, after, low, high in matcher.get_opcodes():
        if kind == "equal":
            for offset in range(after - first):
                item = heard[low + offset]
                found.append(Placed(first + offset, item.start, item.end, HEARD, breaks=breaks))
                breaks = False
            continue
        start = heard[low - 1].end if low else (max(heard[0].start - 0.2, 0.0) if heard else 0.0)
        end = heard[high].start if high < len(heard) else (heard[-1].end + 0.2 if heard else 0.0)
        # A swallowed word leans on the word before it, not on a pause.
        end = min(end, start + 0.2)
        if kind == "replace":
            start, end = heard[low].start, heard[high - 1].end
            fitting = _fitting(words, first, after, end - start)
        else:
            # Nothing is heard between: at most a word or two was swallowed.
            fitting = 0 < sum(len(words[number]) for number in range(first, after)) <= _SWALLOWED_LETTERS
        if fitting:
            sure = _OTHERWISE if kind == "replace" else _UNHEARD
            letters = np.cumsum([0] + [len(words[number]) + 1 for number in range(first, after)])
            times = start + (end - start) * letters / letters[-1]
            for number, one, two in zip(range(first, after), times, times[1:], strict=False):
                found.append(Placed(number, float(one), float(two), sure, breaks=breaks))
                breaks = False
        elif high > low and heard[high - 1].end - heard[low].start >= _STRANGE_SECONDS:
            breaks = True
    return found


def _fitting(words: Sequence[str], first: int, after: int, seconds: float) -> bool:
    letters = sum(len(words[number]) for number in range(first, after))
    return after > first and seconds >= letters * _LEAST_LETTER_SECONDS


def _parts(kept: Sequence[Placed]) -> list[list[Placed]]:
    parts: list[list[Placed]] = []
    for word in kept:
        last = parts[-1][-1] if parts else None
        sure = last is not None and last.confidence == word.confidence == HEARD
        pause = word.start - last.end if last else 0.0
        long = last is not None and word.end - parts[-1][0].start > _LONGEST_PART_SECONDS
        if last is None or word.breaks or (sure and (pause >= _PART_SECONDS or long)) or pause > 2:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts
