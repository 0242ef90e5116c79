"""Claims: what in a sentence can be checked: numbers, dates, names, words of direction and of extreme."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rushlight.create.sources.columns import UNIT_WORDS

__all__ = ["START_WORDS", "Found", "find_claims", "unit_after", "unit_words_of"]

Kind = Literal["number", "name", "date", "direction", "extreme", "measure"]

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(_MONTHS)
_DATES = (
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?\b"),
    re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b"),
    re.compile(rf"\b(?P<month>{_MONTH}) (?P<year>\d{{4}})\b"),
    re.compile(r"\b(?P<year>\d{4})-(?P<monthnumber>\d{2})-(?P<day>\d{2})\b"),
)
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<minus>minus |[-−](?=[\d$€£¥.]))?(?P<money>[$€£¥])?"
    r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?|\d+(?:,\d+)?)"
    r"(?P<ordinal>st|nd|rd|th)?(?: (?P<scale>thousand|million|billion|trillion)\b)?(?P<percent> ?%)?",
    re.IGNORECASE,
)
_UNITS_0_19 = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_WORDS: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_UNITS_0_19)},
    **{word: 20.0 + 10 * value for value, word in enumerate(_TENS)},
    **{
        f"{tens}-{ones}": 20.0 + 10 * place + value
        for place, tens in enumerate(_TENS)
        for value, ones in enumerate(_UNITS_0_19[1:10], 1)
    },
    **{word: float(value) for value, word in enumerate(_ORDINALS, 1)},
    "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0, "half": 0.5, "a third": 1 / 3,
    "a quarter": 0.25, "two thirds": 2 / 3, "two-thirds": 2 / 3, "three quarters": 0.75, "three-quarters": 0.75,
    "twice": 2.0, "doubled": 2.0, "double": 2.0, "tripled": 3.0, "trebled": 3.0, "halved": 0.5, "a single": 1.0,
    "once": 1.0, "a fifth": 0.2, "a tenth": 0.1,
}  # fmt: skip
# Words that round by themselves: half of a thing need not be 50.0 percent of it.
_LOOSE = {
    "half", "a third", "a quarter", "two thirds", "two-thirds", "three quarters", "three-quarters", "twice", "a fifth",
    "doubled", "double", "tripled", "trebled", "halved", "a tenth",
}  # fmt: skip
_NUMBER_WORD = re.compile(
    r"(?<!no )\b(?:" + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)) + r")\b(?! another| by one)",
    re.IGNORECASE,
)
_UP = """
    rose rise rises risen rising grew grow grows grown growing increase increased increases increasing climb climbed
    climbs gained gain gains jumped jump surged surge up higher above soared soar more greater
"""
_DOWN = """
    fell fall falls fallen falling dropped drop drops declined decline declines declining decreased decrease decreases
    shrank shrink shrunk sank slid slipped lost loses down lower below fewer less plunged plunge smaller
"""
_MOST = "highest most largest biggest greatest peak peaked peaks top maximum longest tallest best oldest"
_LEAST = "lowest fewest least smallest bottom minimum shortest worst youngest"
_TREND = {**dict.fromkeys(_UP.split(), 1), **dict.fromkeys(_DOWN.split(), -1)}
_BOUND = {**dict.fromkeys(_MOST.split(), 1), **dict.fromkeys(_LEAST.split(), -1)}
_SIGNED = re.compile(rf"\b(?:{'|'.join([*_TREND, *_BOUND])})\b", re.IGNORECASE)
_NAME = re.compile(
    r"\b(?:[A-Z][\w'’&-]*|[A-Z](?=\.))\.?(?:(?:\s+(?:(?:of|the|de|la|le|von|van|der|and|du|al|bin)\s+){0,2})"
    r"(?:[A-Z][\w'’&-]*|[A-Z](?=\.))\.?)*"
)
START_WORDS = re.compile(
    r"^(?:a|about|according|across|added|after|all|almost|also|although|among|an|and|another|any|around|as|at|because|"
    r"before|behind|between|both|but|by|despite|during|each|even|every|few|for|from|grouped|half|he|her|here|his|how|"
    r"however|if|in|into|it|its|just|last|look|many|more|most|nearly|next|no|nobody|none|nor|not|nothing|now|once|of|on|one|only|or|other|our|"
    r"over|perhaps|she|since|so|some|sorted|source|still|such|taken|that|the|their|then|there|these|they|this|those|"
    r"though|through|to|together|today|two|under|until|up|we|what|when|where|which|while|who|why|with|within|without|"
    r"yes|yet|you|your|i)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """A checkable thing in a text.

    Attributes:
        kind: what it is.
        text: as written.
        start: character offset; `end` likewise.
        value: of a number, in whole units; of a direction or extreme, +1 or -1; else 0.
        slack: how far the truth may lie from `value` for the number to be rightly rounded.
        unit: `%` or a currency sign that is written with the number; other units follow it in the text.
        date: year, month and day of a date, 0 where unsaid.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: float = 0.0
    slack: float = 0.0
    unit: str = ""
    date: tuple[int, int, int] = (0, 0, 0)

    def is_day(self, day: dt.date) -> bool:
        """Whether the parts of this date that are said agree with a day."""
        said = zip(self.date, (day.year, day.month, day.day), strict=True)
        return all(mine in (0, theirs) for mine, theirs in said)


def find_claims(text: str, taken: Iterable[tuple[int, int]] = ()) -> list[Found]:
    """Every claim in a text, in order; what lies in the `taken` spans was read already and is left alone."""
    free = [True] * len(text)
    found: list[Found] = []

    def take(start: int, end: int) -> bool:
        if not all(free[start:end]):
            return False
        free[start:end] = [False] * (end - start)
        return True

    for start, end in taken:
        take(start, end)
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if take(*match.span()):
                found.append(_date(match))
    for match in _NUMBER.finditer(text):
        if take(*match.span()):
            found.append(_number(match))
    for match in _NUMBER_WORD.finditer(text):
        if take(*match.span()):
            found.append(_number_word(match))
    for match in _SIGNED.finditer(text):
        # Inside a sentence a capital makes it a name: Upper Falls.
        if match.group()[0].isupper() and re.search(r"[\w,;]\s+$", text[: match.start()]):
            continue
        if take(*match.span()):
            word = match.group().lower()
            kind: Kind = "direction" if word in _TREND else "extreme"
            sign = _TREND.get(word) or _BOUND[word]
            found.append(Found(kind, match.group(), *match.span(), value=float(sign)))
    for match in _NAME.finditer(text):
        if (span := _name_span(text, match, free)) and take(*span):
            found.append(Found("name", text[span[0] : span[1]], *span))
    return sorted(found, key=lambda claim: claim.start)


def _date(match: re.Match[str]) -> Found:
    parts = match.groupdict()
    month = _MONTHS.index(parts["month"]) + 1 if parts.get("month") else int(parts["monthnumber"])
    date = (int(parts.get("year") or 0), month, int(parts.get("day") or 0))
    return Found("date", match.group(), *match.span(), date=date)


def _number(match: re.Match[str]) -> Found:
    digits = match.group("digits")
    thousands = bool(re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits))
    plain = digits.replace(",", "") if thousands else digits.replace(",", ".")
    scale = _SCALES[match.group("scale").lower()] if match.group("scale") else 1.0
    decimals = len(plain.partition(".")[2])
    step = 10.0**-decimals * scale
    if decimals == 0 and scale == 1 and thousands and float(plain) >= 10_000:
        # 34,800 is said of 34,846: three digits are stated, the noughts after them are not.
        noughts = len(plain) - len(plain.rstrip("0"))
        step = 10.0 ** min(noughts, len(plain) - 3)
    value = float(plain) * scale * (-1 if match.group("minus") else 1)
    unit = match.group("money") or ("%" if match.group("percent") else "")
    return Found("number", match.group(), *match.span(), value=value, slack=step / 2, unit=unit)


def _number_word(match: re.Match[str]) -> Found:
    word = match.group().lower()
    slack = 0.06 * _WORDS[word] if word in _LOOSE else 0.0
    return Found("number", match.group(), *match.span(), value=_WORDS[word], slack=slack)


def _name_span(text: str, match: re.Match[str], free: list[bool]) -> tuple[int, int] | None:
    start, end = match.span()
    while end > start and not text[end - 1].isalnum():
        end -= 1
    words = text[start:end].split()
    if not words:
        return None
    opens = start == 0 or bool(re.search(r"[.!?…:]['\"”’)]*\s+[\"“‘'(]*$|^[\"“‘'(]+$", text[:start]))
    if opens or not all(free[start:end]):
        # The first word of a sentence is capital whatever it is, and may be no part of the name.
        while words and (START_WORDS.match(words[0]) or not all(free[start : start + len(words[0])])):
            start += len(words[0])
            start += len(text[start:]) - len(text[start:].lstrip())
            words = words[1:]
        if opens and len(words) == 1 and start == match.start():
            return None
        if not words or not words[0][0].isupper():
            return None
    if len(words) == 1 and (words[0] in ("I", "A") or START_WORDS.match(words[0])):
        return None
    return (start, end) if start < end else None


_UNIT_FORMS = sorted(
    {(form, unit) for unit, forms in UNIT_WORDS.items() for form in forms} | {("per cent", "%"), ("percent", "%")},
    key=lambda pair: -len(pair[0]),
)


def unit_words_of(unit: str) -> tuple[str, ...]:
    """How a sentence may write a unit after a number."""
    return (*UNIT_WORDS.get(unit, (unit, unit)), *(("per cent",) if unit == "%" else ()))


def unit_after(text: str, end: int) -> str:
    """The known unit that follows a number in a text, as headers write it; empty when none does."""
    rest = text[end:].lstrip(" \u00a0")
    for form, unit in _UNIT_FORMS:
        if rest.startswith(form) and not rest[len(form) : len(form) + 1].isalnum():
            return unit
    return ""
