"""Words out of the JSON that Whisper programs write: openai-whisper, whisper.cpp, faster-whisper and WhisperX."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rushlight.core.errors import InputError
from rushlight.models.recogniser import HeardWord

__all__ = ["share_out", "words_of_whisper"]

_MOST_WORDS = 1_000_000


def words_of_whisper(answer: Any) -> tuple[list[HeardWord], bool]:
    """The words of a transcript as JSON, and whether all their times are the recogniser's own.

    A segment without times of words shares its time out over them by their letters.

    Args:
        answer: what `json.loads` gave: `{"segments": […]}` or whisper.cpp's `{"transcription": […]}`.

    Raises:
        InputError: it holds no transcript, or a time that is none.
    """
    segments = answer.get("segments", answer.get("transcription")) if isinstance(answer, dict) else None
    if not isinstance(segments, list):
        raise InputError("This JSON holds no transcript.", hint="Give what Whisper wrote, with its segments.")
    found: list[HeardWord] = []
    exact = True
    for number, segment in enumerate(segments, 1):
        if not isinstance(segment, dict):
            raise InputError("A segment of the transcript is not an object.", where=f"segment {number}")
        words = segment.get("words")
        timed = list(_timed(words, number)) if isinstance(words, list) else []
        if not timed:
            start, end = _span(segment, number)
            timed = share_out(str(segment.get("text", "")), start, end)
            exact = exact and not timed
        found += timed
        if len(found) > _MOST_WORDS:
            raise InputError("This transcript is too long.", hint=f"At most {_MOST_WORDS:,} words are read.")
    return found, exact


def share_out(text: str, start: float, end: float) -> list[HeardWord]:
    """The words of a text over a stretch of time, each as long as its letters are many."""
    words = text.split()
    weights = [len(word) + 1 for word in words]
    total, at, found = sum(weights), start, []
    for word, weight in zip(words, weights, strict=True):
        after = at + (end - start) * weight / total
        found.append(HeardWord(word, at, after))
        at = after
    return found


def _timed(words: list[Any], segment: int) -> Iterator[HeardWord]:
    last = 0.0
    for word in words:
        if not isinstance(word, dict):
            raise InputError("A word of the transcript is not an object.", where=f"segment {segment}")
        text = str(word.get("word", word.get("text", ""))).strip()
        if not text:
            continue
        # WhisperX leaves the times of numbers out: they follow the word before.
        start = _number(word.get("start", last), segment)
        end = _number(word.get("end", start), segment)
        chance = word.get("probability", word.get("score"))
        sure = min(max(_number(chance, segment), 0.0), 1.0) if chance is not None else None
        last = max(start, end)
        yield HeardWord(text, start, last, sure)


def _span(segment: dict[str, Any], number: int) -> tuple[float, float]:
    offsets = segment.get("offsets")
    if isinstance(offsets, dict):
        start, end = (_number(offsets.get(name), number) / 1000 for name in ("from", "to"))
    else:
        start, end = (_number(segment.get(name), number) for name in ("start", "end"))
    return start, max(start, end)


def _number(value: Any, segment: int) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not 0 <= number < 1e7:
        raise InputError(f"{str(value)[:40]!r} is not a time or a probability.", where=f"segment {segment}")
    return number
