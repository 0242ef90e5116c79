"""Dates in all their forms, and whether one says the same day, month, season or part of the day as another."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rushlight.create.claims import Found

__all__ = ["MONTHS", "SaidDate", "days_between", "days_of_months", "find_dates", "period_faults", "same_date"]

MONTHS = tuple("January February March April May June July August September October November December".split())
_MONTH = "|".join(sorted([*MONTHS, *(f"{month[:3]}\\.?" for month in MONTHS), "Sept\\.?"], key=len, reverse=True))
_PATTERNS = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})(?:,?(?: of)? (?P<year>\d{{4}}))?(?!\w)"
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH}) (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!,?\d)(?:,? (?P<year>\d{{4}}))?(?!\w)"
    ),
    re.compile(rf"\b(?P<month>{_MONTH})(?:,| of| in)? (?P<year>\d{{4}})(?!\w)"),
    re.compile(r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})[/.](?P<number>\d{1,2})[/.](?P<year>\d{4})\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? day of (?P<month>{_MONTH})(?!\w)"),
)
_SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}
_PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True)
class SaidDate:
    """A date in a text with every way to read it: 5/10/2020 has two.

    Attributes:
        found: the date as a claim.
        readings: year, month and day, 0 where unsaid.
    """

    found: Found
    readings: tuple[tuple[int, int, int], ...]


def find_dates(text: str) -> Iterator[SaidDate]:
    """All dates of a text that name at least a month with a day or year."""
    used: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in used):
                continue
            parts = match.groupdict()
            day, year = int(parts.get("day") or 0), int(parts.get("year") or 0)
            if parts.get("month"):
                names = [month[:3].lower() for month in MONTHS]
                readings: tuple[tuple[int, int, int], ...] = ((year, names.index(parts["month"][:3].lower()) + 1, day),)
            else:
                number = int(parts["number"])
                readings = ((year, number, day), (year, day, number))
            used.append(match.span())
            yield SaidDate(Found("date", match.group(), *match.span(), date=readings[0]), readings)


def days_of_months(text: str) -> Iterator[tuple[int, int, int]]:
    """Days that a text gives after their month: nine nights in April, and on the 24th."""
    for match in re.finditer(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b", text):
        months = [name for name in MONTHS for _ in re.finditer(rf"\b{name}\b", text[: match.start()])]
        if months:
            last = max(months, key=lambda name: text.rfind(name, 0, match.start()))
            yield 0, MONTHS.index(last) + 1, int(match[1])


def days_between(text: str) -> list[float]:
    """How many days lie between dates of a text, the last of them counted or not."""
    days = []
    for date in find_dates(text):
        year, month, day = date.readings[0]
        if 1 <= month <= 12 and 1 <= day <= 28 + 3 * (month != 2):
            days.append((year, (dt.date(year or 2001, month, 1) + dt.timedelta(day - 1)).toordinal()))
    pairs = [(a, b) for a, b in itertools.combinations(days, 2) if bool(a[0]) == bool(b[0])]
    return [float(abs(b[1] - a[1]) + more) for a, b in pairs for more in (0, 1)]


def same_date(mine: tuple[int, int, int], theirs: tuple[int, int, int]) -> bool:
    """Whether all that one date says is what the other says."""
    return all(said in (0, true) for said, true in zip(mine, theirs, strict=True))


def period_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """Seasons, parts of the day, months and weekdays of a line in whose place its evidence has others."""
    months = {number for number, month in enumerate(MONTHS, 1) if re.search(rf"\b{month}\b", evidence)}
    months |= {reading[1] for date in find_dates(evidence) for reading in date.readings}
    seasons = {
        name
        for name in _SEASONS
        if re.search(rf"\b{name}\b|\bfall of\b" if name == "autumn" else rf"\b{name}\b", evidence, re.I)
    }
    for name, span in _SEASONS.items():
        near = {(month + step - 1) % 12 + 1 for month in span for step in (-1, 0, 1)}
        yield from _contradicted(
            line, evidence, rf"\b{name}\b", bool((seasons - {name}) or (months and not months & near))
        )
    for name in _PARTS_OF_DAY:
        others = "|".join(other for other in _PARTS_OF_DAY if other != name)
        yield from _contradicted(
            line, evidence, rf"\b{name}s?\b", re.search(rf"\b(?:{others})s?\b", evidence) is not None
        )
    for names in (MONTHS, _WEEKDAYS):
        for name in names:
            if names == _WEEKDAYS and re.search(r"\bweek(?:ends?|days?)\b", evidence):
                continue
            others = "|".join(other for other in names if other != name)
            yield from _contradicted(
                line, evidence, rf"\b{name}s?\b", re.search(rf"\b(?:{others})", evidence) is not None
            )


def _contradicted(line: str, evidence: str, pattern: str, has_other: bool) -> Iterator[tuple[Found, str]]:
    match = re.search(pattern, line)
    if match and has_other and not re.search(pattern, evidence, re.IGNORECASE):
        yield Found("date", match.group(), *match.span()), f"The place this line names does not say {match.group()!r}."
