"""Whether a line says up where its evidence says down, or calls something the most that nothing calls so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rushlight.create.claims import Found, find_claims
from rushlight.create.grounding.dates import find_dates
from rushlight.create.grounding.implied import implied_quantities
from rushlight.create.grounding.lexicon import told_words
from rushlight.create.grounding.quantities import Quantity, read_quantities
from rushlight.create.grounding.units import UNIT

__all__ = ["CHANGES", "direction_faults"]

CHANGES = frozenset(
    "rose rise rises risen rising grew grow grows grown growing increased increase increases climbed climb climbs "
    "soared surged jumped fell fall falls fallen falling dropped drop drops declined decline declines decreased "
    "shrank shrunk sank plunged".split()
)
_BY_HOW_MUCH = re.compile(r"(?: \w+){0,2}? (?:by|from|to) (?:(?!within)\w+ ){0,2}?[$€£]?\d|[.!?]?$")
_SUPERLATIVE = re.compile(
    r"\b(?:more than|up to|maximum|minimum|height|"
    r"record|ever|never|first|last|only|ideal\w*|optim\w+|favou?rite|\w{3,}est|most|least|best|worst|top|"
    r"peak\w*|(?:no|any|than) other|lead(?:s|ing|er)?|second|third)\b",
    re.I,
)
# `Fall in` and `sink in` go nowhere up or down.
_PARTICLE = re.compile(r" (?:in|apart|off|out|behind|asleep|ill|silent|through|over|short|for|on|into)\b(?! \d)")
_BESIDE = 3
_MAJORITY = re.compile(r" (?:of\b|[a-z]+s\b|people\b|part\b|share\b|number\b)")


def direction_faults(line: str, evidence: str, busy: list[tuple[int, int]]) -> Iterator[tuple[Found, str]]:
    """Each word of direction or extreme that the evidence speaks against or gives no ground for, with the reason.

    Args:
        line: the line.
        evidence: the sentences that it rests on.
        busy: spans of the line that are dates and numbers.
    """
    given = [
        found
        for found in find_claims(evidence)
        if found.kind in ("direction", "extreme") and not _opens_number(evidence[found.end :])
    ]
    for found in find_claims(line, busy):
        if found.kind not in ("direction", "extreme") or _opens_number(line[found.end :]):
            continue
        is_place = found.text.lower() == "top" and re.match(r" of the\b", line[found.end :]) is not None
        if found.kind == "extreme" and (is_place or line[: found.start].lower().endswith("at ")):
            continue
        if any(other.kind == found.kind and other.value == found.value for other in given):
            continue
        if found.kind == "direction":
            wrong = _points_elsewhere(found, line, evidence, given)
        else:
            wrong = _is_no_extreme(found, line, evidence, given)
        if wrong:
            yield found, f"The place this line names does not say {found.text!r}."


def _opens_number(after: str) -> bool:
    """Whether `than` and a number follow: `more than 40` is no direction but a rounded number."""
    match = re.match(r" than (?:an? |the )?", after)
    if match is None:
        return False
    is_unit = match.group() in (" than a ", " than an ") and UNIT.match(after[match.end() :]) is not None
    return is_unit or any(quantity.start <= match.end() for quantity in read_quantities(after[:60]))


def _points_elsewhere(found: Found, line: str, evidence: str, given: list[Found]) -> bool:
    if (not given and _went(evidence) == found.value) or (
        found.text.lower() in CHANGES and _PARTICLE.match(line[found.end :])
    ):
        return False
    if found.text.lower() in ("greater", "larger", "bigger") and _MAJORITY.match(line[found.end :]):
        return False
    against = [other for other in given if other.kind == "direction"]
    if found.text.lower() not in CHANGES:
        # `More` of one thing is not against `less` of another.
        here = _around(line, found)
        against = [other for other in against if here & _around(evidence, other)]
    if not against and _agrees_with_itself(found, line):
        return False
    measured = found.text.lower() in CHANGES and _BY_HOW_MUCH.match(line[found.end :]) is not None
    is_particle = found.text.lower() in ("up", "down", "lost") and not _BY_HOW_MUCH.match(line[found.end :])
    return (bool(against) and not is_particle) or measured


def _around(text: str, found: Found) -> frozenset[str]:
    """Keys of the words and figures beside a word of direction."""
    before, after = text[: found.start].split()[-_BESIDE:], text[found.end :].split()[:_BESIDE]
    beside = " ".join([*before, *after])
    figures = re.findall(r"\d[\d.,]*\d|\d", beside)
    return frozenset(figures).union(*(word.keys for word in told_words(beside)))


def _is_no_extreme(found: Found, line: str, evidence: str, given: list[Found]) -> bool:
    if found.text.lower() == "most" and line[: found.start].lower()[-4:] != "the " and _is_most(line, found, evidence):
        return False
    if _is_end_of_range(found, line, evidence):
        return False
    return any(other.kind == "extreme" for other in given) or not _SUPERLATIVE.search(evidence)


def _counts(text: str) -> list[Quantity]:
    dates = [(date.found.start, date.found.end) for date in find_dates(text)]
    return [quantity for quantity in read_quantities(text, dates) if quantity.kind == "count"]


def _is_most(line: str, found: Found, evidence: str) -> bool:
    """Whether `most` is more than half, and the evidence says as much."""
    if not _MAJORITY.match(line[found.end :]):
        return False
    shares = [*read_quantities(evidence), *implied_quantities(evidence)]
    return any(share.kind == "share" and share.low >= 0.5 for share in shares)


def _is_end_of_range(found: Found, line: str, evidence: str) -> bool:
    """Whether an extreme is said of the highest or lowest of some figures: the youngest was 45."""
    values = [quantity.low for quantity in _counts(evidence)]
    if len(values) < 2:
        return False
    end = max(values) if (found.value > 0) != (found.text.lower() == "youngest") else min(values)
    return any(abs(quantity.low) == end for quantity in _counts(line))


def _agrees_with_itself(found: Found, line: str) -> bool:
    """Whether the line goes from one figure to another in the direction it says; the figures are checked apart."""
    counts = _counts(line)
    if len(counts) != 2 or not re.search(r"\bfrom\b.*\bto\b", line):
        return False
    return found.value * (counts[1].low - counts[0].low) > 0


def _went(evidence: str) -> float:
    """Which way two figures of one kind go in a text: 1 up, -1 down, 0 where there are not exactly two."""
    counts = _counts(evidence)
    if len(counts) != 2 or counts[0].unit != counts[1].unit:
        return 0.0
    return float((counts[1].low > counts[0].low) - (counts[1].low < counts[0].low))
