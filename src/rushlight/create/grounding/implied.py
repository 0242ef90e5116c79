"""Numbers that a text gives without a numeral: a whole day, two daughters and a son, most of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rushlight.create.grounding.lexicon import plural_nouns
from rushlight.create.grounding.quantities import Mark, Quantity, read_quantities
from rushlight.create.grounding.units import unit_of

__all__ = ["implied_quantities"]

_SINGLE = re.compile(
    r"\b(?:a whole|a full|the whole|(?:the|its|his|her|their) first|a|an|one|every|each|per) (?!half\b)"
    r"(?P<unit>[a-z-]+)\b"
    r"(?P<gap> (?:more|less|above|below|ahead|behind)\b)?",
    re.IGNORECASE,
)
_ONE_MORE = re.compile(
    r"(?:, |\band |\bplus )(?:(?P<one>an?|one|another) (?P<noun>[a-z]+)\b(?=,| and|\.|;)|"
    r"(?P<alone>one) (?!of\b|in\b|for\b|out\b|half\b))|\b(?P<single>[Oo]ne) (?=[a-z]{3,}\b)(?!half|day|can|could|would)"
    r"|\b(?:his|her|its|their) (?P<first>first) (?=[a-z])"
)
_JOINED = re.compile(r"(?: [a-z'’-]+){1,3}(?:,| and|, and) ")
_LONGEST_LIST = 4
# Breakfast, lunch and dinner.
_NOUNS = re.compile(r"\b[a-z]+, [a-z]+(?:, [a-z]+)*,? and [a-z]+\b")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DAYS_OF_WEEK = re.compile(
    rf"\b(?P<first>{'|'.join(_WEEKDAYS)})s?(?: to |–|-| until | through )(?P<last>{'|'.join(_WEEKDAYS)})"
)
_RANGE = re.compile(r"(?: ?%| per cent| percent)? ?(?:and|to|–|-) ?")
_MOST = re.compile(r"\b(?:(?<!the )(?<!at )most(?= of\b| [a-z]+s\b| people\b)|majority|bulk)\b", re.IGNORECASE)
_DURATION = re.compile(r"\b(\d{1,2}):([0-5]\d):([0-5]\d)\b")
_BOTH = re.compile(r"\b(?:both(?: of the)?|a pair of) ([a-z]+s)\b")
# Open from ten to seven.
_OPENING = re.compile(r"\bfrom ([a-z]+|\d{1,2}) to ([a-z]+|\d{1,2})\b(?! ?(?:%|per cent|percent|[a-z]+s\b))")
_HOURS_OF_DAY = 24
_AND_OTHERS = re.compile(r"\s*others?\b")


def implied_quantities(text: str, taken: list[tuple[int, int]] | None = None) -> Iterator[Quantity]:
    """Every number that a text implies; `taken` spans are dates and times."""
    read = read_quantities(text, taken)
    ones = [_one(match) for match in _ONE_MORE.finditer(text) if not unit_of(match["noun"] or "")]
    yield from ones
    yield from _sums_of_lists(sorted([*read, *ones], key=lambda quantity: quantity.start), text)
    yield from _middles_of_ranges(read, text)
    for match in _SINGLE.finditer(text):
        if unit := unit_of(match["unit"]):
            marks: frozenset[Mark] = frozenset({"gap"}) if match["gap"] else frozenset()
            yield Quantity("count", match.group(), *match.span(), 1.0, 1.0, unit, marks=marks)
    for match in _DAYS_OF_WEEK.finditer(text):
        days = float((_WEEKDAYS.index(match["last"]) - _WEEKDAYS.index(match["first"])) % 7 + 1)
        yield Quantity("count", match.group(), *match.span(), days, days)
    for match in _OPENING.finditer(text):
        first, last = (next(iter(read_quantities(part)), None) for part in match.groups())
        if first and last and max(first.low, last.low) <= _HOURS_OF_DAY:
            hours = (last.low - first.low) % 12
            yield Quantity("count", match.group(), *match.span(), hours, hours, "hours")
    for match in _BOTH.finditer(text):
        yield Quantity("count", match.group(), *match.span(), 2.0, 2.0, things=plural_nouns([match[1]]))
    for match in _NOUNS.finditer(text):
        size = float(len(re.findall(r",|\band\b", match.group())) + 1)
        yield Quantity("count", match.group(), *match.span(), size, size)
    for match in _DURATION.finditer(text):
        hours = int(match[1]) + int(match[2]) / 60 + int(match[3]) / 3600
        yield Quantity("count", match.group(), *match.span(), hours, hours, "hours")
    for match in _MOST.finditer(text):
        yield Quantity("share", match.group(), *match.span(), 0.5, 0.5, hedge="over")
    for one in read:
        # She and eleven others are twelve.
        if one.kind == "count" and not one.unit and _AND_OTHERS.match(text[one.end :]):
            yield replace(one, low=one.low + 1, high=one.high + 1)


def _one(match: re.Match[str]) -> Quantity:
    """The one thing that `a son`, `another` or `her first` counts."""
    name = next(name for name in ("one", "alone", "first", "single") if match[name])
    return Quantity("count", match[name], *match.span(name), 1.0, 1.0)


def _sums_of_lists(counts: list[Quantity], text: str) -> Iterator[Quantity]:
    """What is counted in one list makes a number of something: two daughters and a son are three."""
    for first in range(len(counts)):
        total = counts[first].low
        for last in range(first + 1, min(first + _LONGEST_LIST, len(counts))):
            one, other = counts[last - 1], counts[last]
            is_bare = one.kind == other.kind == "count" and not (one.unit or other.unit or other.says("part"))
            if not is_bare or not _JOINED.fullmatch(text[one.end : other.start]):
                break
            total += other.low
            start, end = counts[first].start, other.end
            yield Quantity("count", text[start:end], start, end, total, total)


def _middles_of_ranges(read: list[Quantity], text: str) -> Iterator[Quantity]:
    """`Between 18 and 22 per cent` is about a fifth; the middle stands nowhere in the text and has no span."""
    for one, other in zip(read, read[1:], strict=False):
        is_range = one.kind == other.kind and one.unit == other.unit and one.low < other.low
        if is_range and _RANGE.fullmatch(text[one.end : other.start]):
            middle = (one.low + other.low) / 2
            yield replace(other, text=text[one.start : other.end], start=-1, end=-1, low=middle, high=middle)
