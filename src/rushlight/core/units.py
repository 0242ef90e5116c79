"""Exact time. Seconds are `Fraction`, frame rates are `Fraction`, frames are `int`; floats never count time."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from rushlight.core.errors import InputError

__all__ = [
    "Rate",
    "Seconds",
    "format_clock",
    "frame_at",
    "frames_spanning",
    "parse_rate",
    "parse_seconds",
]

_NTSC = {"23.976": 24, "23.98": 24, "29.97": 30, "47.952": 48, "59.94": 60, "119.88": 120}
_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)$")
_TIMECODE = re.compile(r"^(\d{1,2}):(\d{2}):(\d{2})([:;])(\d{2})$")
_SPAN = re.compile(r"^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s)?$")


def parse_rate(value: Any) -> Fraction:
    """Read a frame rate: `25`, `"30000/1001"`, `"29.97"` (which means 30000/1001).

    Raises:
        InputError: not a positive number or fraction below 1000.
    """
    text = str(value).strip()
    try:
        rate = Fraction(_NTSC[text] * 1000, 1001) if text in _NTSC else Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate < 1000:
        raise InputError(
            f"{text!r} is not a frame rate.", hint="Give frames per second, such as 25, 29.97 or 30000/1001."
        )
    return rate


def parse_seconds(value: Any, rate: Fraction | None = None) -> Fraction:
    """Read a time as people type it: `12`, `0.6s`, `1m30s`, `00:00:00.600`, `00:00:00:15` (the last needs a rate).

    Drop-frame timecode (`00:01:00;02`) is understood at 29.97 and 59.94.

    Raises:
        InputError: not a time, negative, or a frame count without a frame rate.
    """
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return _not_negative(Fraction(value), str(value))
    if isinstance(value, float):
        return _not_negative(Fraction(repr(value)), str(value))
    text = str(value).strip().lower()
    if match := _TIMECODE.match(text):
        return _timecode_seconds(match, text, rate)
    if match := _CLOCK.match(text):
        hours, minutes, seconds = match.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds.replace(",", "."))
    if text and (match := _SPAN.match(text)):
        hours, minutes, seconds = (Fraction(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    try:
        plain = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(
            f"{text!r} is not a time.", hint="Write seconds (12 or 0.6s), 1m30s, 00:00:12.5 or 00:00:12:15."
        ) from None
    return _not_negative(plain, text)


def _not_negative(seconds: Fraction, text: str) -> Fraction:
    if seconds < 0:
        raise InputError(f"{text!r} is a negative time.", hint="Times count from zero.")
    return seconds


def _timecode_seconds(match: re.Match[str], text: str, rate: Fraction | None) -> Fraction:
    if rate is None:
        raise InputError(
            f"{text!r} counts frames, but the frame rate is not known here.",
            hint="Write the fraction of a second instead, such as 00:00:12.5.",
        )
    hours, minutes, seconds, frames = (int(match.group(i)) for i in (1, 2, 3, 5))
    nominal = ceil(rate)
    if frames >= nominal:
        raise InputError(f"{text!r} has a frame number past {nominal - 1}.", hint=f"The rate is {rate}.")
    total = (hours * 3600 + minutes * 60 + seconds) * nominal + frames
    if match.group(4) == ";":
        if rate.denominator != 1001 or nominal % 30:
            raise InputError(f"{text!r} is drop-frame timecode, which exists at 29.97 and 59.94 only.")
        dropped_a_minute = nominal // 15
        all_minutes = hours * 60 + minutes
        total -= dropped_a_minute * (all_minutes - all_minutes // 10)
    return total / rate


def format_clock(seconds: Fraction | float, *, separator: str = ".") -> str:
    """Write a time as `HH:MM:SS.mmm`, rounded to the nearest millisecond; `separator=","` suits SRT."""
    milliseconds = round(Fraction(seconds) * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{separator}{milliseconds % 1000:03d}"


def frame_at(seconds: Fraction, rate: Fraction) -> int:
    """The frame on screen at a time: frame n is shown from n/rate up to, not including, (n+1)/rate."""
    return floor(seconds * rate)


def frames_spanning(seconds: Fraction, rate: Fraction) -> int:
    """How many frames a length comes to, rounded half up, never below one for a length above zero."""
    return max(floor(seconds * rate + Fraction(1, 2)), 1 if seconds > 0 else 0)


Seconds = Annotated[
    Fraction,
    BeforeValidator(parse_seconds),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "seconds", "description": "exact seconds, such as 3/2 or 1.5s"}),
]
"""A time or length: exact seconds; accepts what people type."""

Rate = Annotated[
    Fraction,
    BeforeValidator(parse_rate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "rate", "description": "frames per second, such as 30000/1001"}),
]
"""A frame rate: exact frames per second."""
