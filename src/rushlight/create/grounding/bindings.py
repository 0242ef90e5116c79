"""Whether a line ties a number to what its evidence ties another number to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rushlight.create.claims import Found
from rushlight.create.grounding.lexicon import lemmas, told_words
from rushlight.create.grounding.quantities import Quantity, read_quantities

__all__ = ["binding_faults"]

_BOUNDARY = re.compile(r"[,;:.!?—–]|\s(?:and|but|while|whereas|against|compared)\s")
_BASE = re.compile(
    r"\b(?:from|against|compared (?:with|to)|instead of|rather than|up on|down on)\s+(?:\w+\s+)?[$€£¥]?$", re.I
)
# Who says so is tied to no number.
_ATTRIBUTION = re.compile(
    r"\baccording to [^,;.]+|\b(?:said|says|say) (?:(?:[A-Z][\w'’-]+|the|a) ?)+|(?:[A-Z][\w'’-]+ )+(?:said|says)\b"
)
_ORIGIN = re.compile(r"\b(?:from|up on|down on)\s+(?:\w+\s+)?[$€£¥]?$", re.IGNORECASE)
_GOAL = re.compile(r"\bto\s+(?:\w+\s+)?[$€£¥]?$", re.IGNORECASE)


@dataclass(frozen=True)
class _Tied:
    """A number with the words that stand with it.

    Attributes:
        number: the number.
        keys: keys of these words.
        names: the names among them.
        is_base: whether it is what another is compared with.
        is_origin: whether something went from it.
        is_goal: whether something went to it.
    """

    number: Quantity
    keys: frozenset[str]
    names: frozenset[str]
    is_base: bool
    is_origin: bool
    is_goal: bool


def binding_faults(
    line: str, evidence: str, taken: list[tuple[int, int]], given: list[tuple[int, int]]
) -> Iterator[tuple[Found, str]]:
    """Numbers of a line that stand with the words, names or `from` of another number of the evidence, with the reason.

    Args:
        line: the line.
        evidence: the sentences that it rests on.
        taken: spans of the line that are dates and times.
        given: those of the evidence.
    """
    said = [(one, other) for one in _tied(line, taken) if (other := _only(one, _tied(evidence, given)))]
    theirs = _tied(evidence, given)
    for one, true in said:
        for other in theirs:
            if not _comparable(true.number, other.number):
                continue
            partner = next((mine for mine, its in said if its == other), None)
            if _is_swapped(one, true, other, partner) or _is_under_another_name(one, true, other):
                found = Found("measure", one.number.text, one.number.start, one.number.end)
                yield found, f"The place this line names says {one.number.text!r} of something else."
                break


def _comparable(one: Quantity, other: Quantity) -> bool:
    units = {one.unit, other.unit}
    return one.kind == other.kind and one.low != other.low and (len(units) == 1 or ("" in units and "age" not in units))


def _only(one: _Tied, theirs: list[_Tied]) -> _Tied | None:
    """The one number of the evidence that a number says; `None` where there are more or none."""
    same = [other for other in theirs if other.number.kind == one.number.kind and other.number.low == one.number.low]
    return same[0] if len(same) == 1 else None


def _is_swapped(one: _Tied, true: _Tied, other: _Tied, partner: _Tied | None) -> bool:
    """Whether two numbers of a line have changed places."""
    if partner is None:
        return False
    if one.is_base and other.is_base and not partner.is_base and not true.is_base:
        return True
    if one.is_goal and true.is_origin:
        return True
    crossed, straight = one.keys & (other.keys - true.keys), one.keys & (true.keys - other.keys)
    partner_crossed = partner.keys & (true.keys - other.keys)
    return bool(crossed) and not straight and bool(partner_crossed)


def _is_under_another_name(one: _Tied, true: _Tied, other: _Tied) -> bool:
    """Whether a number stands with the name of another number, and not with its own."""
    return (
        bool(true.names)
        and bool(other.names)
        and bool(one.names & (other.names - true.names))
        and not (one.names & true.names)
    )


def _tied(text: str, taken: list[tuple[int, int]]) -> list[_Tied]:
    text = _ATTRIBUTION.sub(lambda match: " " * len(match.group()), text)
    numbers = [q for q in read_quantities(text, taken) if q.kind in ("count", "share")]
    made, start = [], 0
    for place, number in enumerate(numbers):
        end = numbers[place + 1].start if place + 1 < len(numbers) else len(text)
        cut = _BOUNDARY.search(text, number.end, end)
        end = cut.start() if cut and place + 1 < len(numbers) else end
        words = told_words(text[start : number.start]) + told_words(text[number.end : end])
        keys = {key for word in words for key in word.keys}
        names = {word.text for word in words if word.text[0].isupper() and not lemmas(word.text)}
        if re.search(r"\bagainst\b", text[number.end : end]):
            keys.add("against")
        before = text[: number.start]
        made.append(
            _Tied(
                number,
                frozenset(keys),
                frozenset(names),
                *(bool(pattern.search(before)) for pattern in (_BASE, _ORIGIN, _GOAL)),
            )
        )
        start = end
    return made
