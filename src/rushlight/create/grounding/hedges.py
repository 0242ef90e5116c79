"""Hedges: the words before and after a number that say how it is rounded."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Hedge", "hedge_of"]

Hedge = Literal["", "near", "below", "just under", "under", "far under", "just over", "over", "far over"]

_ARTICLE = r"(?:\s+(?:the age of|a|an|the|its|his|her|their|those|these))?\s*[$€£¥]?$"
_SLIGHTLY = r"(?:only just|just|slightly|barely|a (?:little|bit|shade))"
_GREATLY = r"(?:far|much|considerably)"
_COMPARATIVE_DOWN = r"(?:young|short|small|cheap|light|low)er than"
_COMPARATIVE = r"\w{2,}(?<!few)(?<!low)(?<!und)(?<!young)(?<!short)(?<!small)(?<!cheap)(?<!light)er than"
# In this order: the longer wording stands first. The last item says whether the number itself is included.
_BEFORE: tuple[tuple[Hedge, str, bool], ...] = (
    ("under", r"(?:no|not|never)(?: \w+){1,4} (?:more|\w+er) than", True),
    ("under", r"(?:no|not|never) \w{3,}er than", True),
    ("near", r"about|around|some|roughly|approximately|circa|ca\.|an estimated|close to|more or less", False),
    ("near", r"in the (?:region|order|neighbou?rhood) of", False),
    ("below", r"nearly|almost|not quite|close on|approaching|getting on for", False),
    ("just over", rf"{_SLIGHTLY} (?:over|above|more than)|little more than", False),
    ("just under", rf"{_SLIGHTLY} (?:under|below|less than|fewer than)|little less than|just short of", False),
    ("far over", rf"well (?:over|above)|{_GREATLY} more than", False),
    ("far under", rf"well (?:under|below)|{_GREATLY} (?:less|fewer) than", False),
    ("over", r"at or (?:above|over)|at least|no fewer than|not? less than|passed", True),
    ("over", r"over|more than|above|upwards? of|beyond|in excess of|past|north of", False),
    ("over", rf"exceed(?:s|ed|ing)?|topp(?:ed|ing)|tops|surpass(?:es|ed)?|{_COMPARATIVE}", False),
    ("under", r"at or (?:below|under)|at most|not? more than|up to|within|not even", True),
    ("under", rf"under|less than|fewer than|below|{_COMPARATIVE_DOWN}", False),
)
_AFTER: tuple[tuple[Hedge, str], ...] = (
    ("near", r"(?: \w+)? or (?:so|thereabouts)\b"),
    ("over", r"(?: \w+)? (?:or|and) (?:more|over|longer|older|above)\b|-?plus\b|\+"),
    ("under", r"(?: \w+)? (?:or|and) (?:less|fewer|under|younger|below)\b"),
)
_PATTERNS_BEFORE = tuple(
    (hedge, re.compile(rf"\b(?:{words}){_ARTICLE}", re.IGNORECASE), equal) for hedge, words, equal in _BEFORE
)
_PATTERNS_AFTER = tuple((hedge, re.compile(words, re.IGNORECASE)) for hedge, words in _AFTER)


def hedge_of(before: str, after: str) -> tuple[Hedge, bool]:
    """How a number is rounded, from the text on its two sides, and whether it may be the very number that is said."""
    for hedge, pattern, allows_equal in _PATTERNS_BEFORE:
        if pattern.search(before):
            return hedge, allows_equal
    return next(((hedge, True) for hedge, pattern in _PATTERNS_AFTER if pattern.match(after)), ("", False))
