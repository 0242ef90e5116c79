"""Numbers that follow from others: sums, differences, shares of a whole, rates, growth; each only where a line asks.

A sentence with five numbers gives some hundred sums and ratios, and a false number may hit one by chance. So a
difference is tried only where the line compares, a rate only where it speaks of `each` or `per`, a sum only where it
totals; and what is only added or taken away must come out exactly.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rushlight.create.grounding.lexicon import is_comparative
from rushlight.create.grounding.quantities import Quantity
from rushlight.create.grounding.rounding import is_said_by
from rushlight.create.grounding.units import convert, is_money, unit_of

__all__ = ["Cues", "follows"]

_TOTAL = re.compile(
    r"\b(?:in all|all told|altogether|together|total\w*|combined|overall|both|in sum|jointly|between them|all|"
    r"that (?:makes|comes to)|adds? up)\b",
    re.I,
)
_COMPARES = re.compile(
    r"\b(?:more|less|fewer|margin|majority|gap|differen\w+|leads?|further|extra|another|additional\w*|apart|"
    r"between|ahead|behind|short|rest|remain\w*|left|others?|before|until|previous\w*|former\w*|original\w*|used to|"
    r"had been|once|los[est]\w*|gain\w*|add(?:ed|s|ing)?|drop\w*|f[ea]ll\w*|r[io]se\w*|grew|grow\w*|cut\w*|sav\w*|"
    r"gone|went|beat\w*|too|up|down|out|taken|shr[aiu]nk|only|of (?:the|that|this|what|its?|their|his|her|\d+))\b",
    re.I,
)
_HEDGE = re.compile(r"\b(?:more|less|fewer|\w+er) than(?: an?| the)?\s*[$€£¥]?$", re.I)
_LEVEL = re.compile(r"\b(?:from|to)\s+[$€£¥]?$", re.I)
_PER = re.compile(
    r"\b(?:each|every|per|apiece|averag\w+|mean|an hour|a (?:year|month|week|day|head|time|piece|night|child|person)|"
    r"for (?:each|every|one)|a \w+ (?:costs?|holds?|gets?|got|takes?|earns?|weighs?))\b",
    re.I,
)
_A_PERIOD = re.compile(r"\b(?:an?|per|each|every) (year|month|week|day|hour|minute)\b", re.IGNORECASE)
_EARLIER = re.compile(
    r"\b(?:before|previous\w*|earlier|had (?:been|had|\w+ed)|promised|planned|expected|used to|until then|normal\w*|"
    r"usual\w*)\b",
    re.I,
)
_LEFT_OVER = re.compile(
    r"\b(?:of what|left|remain\w*|the rest|not|without|gone|survived|still|kept|other|"
    r"voted|in favou?r|against)\b",
    re.I,
)
_EACH = re.compile(r"\b(?:each|every|apiece|per|a head|a piece)\b", re.IGNORECASE)
_MOST_COUNTS, _WORDS_NEAR, _NO_CHANCE = 6, 6, 20
_HOURS_OF_DAY, _LARGE = 24, 1e5


@dataclass(frozen=True)
class Cues:
    """What a line does with a number: whether it totals, compares, speaks of a rate, of an earlier state, of a rest."""

    totals: bool
    compares: bool
    rates: bool
    looks_back: bool
    leaves: bool
    is_rated: bool
    imagines: bool
    period: float

    @classmethod
    def of(cls, line: str, number: Quantity, evidence: str) -> Cues:
        """The cues of a line about one of its numbers, and whether its evidence gives a rate."""
        before, after = _HEDGE.sub("", line[: number.start]), line[number.end :]
        around = [*before.split()[-_WORDS_NEAR:], number.text, *after.split()[:_WORDS_NEAR]]
        near = " ".join(around)
        compares = bool(_COMPARES.search(near) or any(is_comparative(word.strip(",.;:")) for word in around))
        compares = compares and not _LEVEL.search(before)
        return cls(
            bool(_TOTAL.search(line)), compares, bool(_PER.search(line)), bool(_EARLIER.search(line)),
            bool(_LEFT_OVER.search(near)), bool(_EACH.search(evidence)),
            bool(re.search(r"\bwould\b", line)), _period(line, evidence),
        )  # fmt: skip


def _period(line: str, evidence: str) -> float:
    """What a rate of the evidence is multiplied with for the line's: a twelfth for a month of a year; 0 for none."""
    mine, theirs = _A_PERIOD.search(line), _A_PERIOD.search(evidence)
    if mine is None or theirs is None:
        return 0.0
    return convert(1.0, unit_of(mine[1]), unit_of(theirs[1])) or 0.0


@dataclass(frozen=True)
class _Value:
    """A value that follows; an exact one is only added or taken away, and no rounding of it is expected."""

    value: float
    is_exact: bool = False


def follows(number: Quantity, given: list[Quantity], years: list[float], cues: Cues) -> bool:
    """Whether a number follows from those given.

    Args:
        number: the number of a line.
        given: the numbers of its evidence.
        years: its years.
        cues: what the line does with this number.
    """
    if number.kind == "count":
        found: Iterator[_Value] = itertools.chain(_times_between(number, years), _counts(number, given, cues))
    elif number.kind == "share":
        found = _shares(number, given, cues)
    elif number.kind == "fold":
        found = _folds(given)
    else:
        return False
    return any(_is_right(number, value) for value in found)


def _is_right(number: Quantity, true: _Value) -> bool:
    if true.is_exact and not number.hedge:
        return abs(number.low - true.value) <= max(1e-9 * abs(true.value), min(number.slack, 0.005 * abs(true.value)))
    return is_said_by(number, true.value, "derived")


def _times_between(number: Quantity, years: list[float]) -> Iterator[_Value]:
    if number.unit == "years":
        yield from (_Value(later - earlier) for earlier, later in itertools.permutations(years, 2) if later > earlier)


def _like(given: list[Quantity], unit: str) -> list[Quantity]:
    """The counts that measure the same as a unit, converted to it; one without unit or noun may be of any."""
    # The middle of a range is no number of the text to work with.
    counts = [q for q in given if q.kind == "count" and q.unit != "age" and q.start >= 0]
    counts = [quantity for quantity in counts if not any(_is_within(other, quantity) for other in counts)]
    if not unit:
        return [quantity for quantity in counts if not quantity.unit]
    if unit == "years":
        # The youngest is 15 and the oldest 91.
        counts += [replace(q, unit="years") for q in given if q.unit == "age"]
    made = []
    for quantity in counts:
        bare = not (quantity.unit or quantity.things or quantity.whole) and (
            # The trains leave at seven instead of nine.
            any(other.unit == unit for other in counts)
            or (unit == "hours" and quantity.low <= _HOURS_OF_DAY)
            or unit == "points"
        )
        value = quantity.low if bare else convert(quantity.low, quantity.unit, unit) if quantity.unit else None
        if value is not None:
            made.append(replace(quantity, low=value, unit=unit))
    return made


def _counts(number: Quantity, given: list[Quantity], cues: Cues) -> Iterator[_Value]:
    like = _like(given, number.unit)
    whole_counts = [quantity for quantity in like if not quantity.says("part")]
    if not number.unit and not number.things and (number.says("gap") or number.low >= _LARGE):
        # `5.3 more`: of what, the other number says.
        like = _like(given, next((q.unit for q in given if q.kind == "count" and q.unit not in ("", "age")), ""))
    values = [quantity.low for quantity in like]
    pairs = list(itertools.combinations(values, 2))
    shares = [quantity.low for quantity in given if quantity.kind == "share"]
    if cues.totals:
        yield from (_Value(a + b, True) for a, b in pairs)
        yield from (_Value(sum(run), True) for run in zip(values, values[1:], values[2:], strict=False))
    total = sum(quantity.low for quantity in whole_counts)
    is_spent = is_money(number.unit) and len(whole_counts) == 2
    # An exact sum that is large does not come out by chance.
    is_clear = len(whole_counts) > 1 and not number.hedge and not cues.compares and total >= _NO_CHANCE
    if cues.totals or is_spent or is_clear or (not number.hedge and _is_of_one_kind(whole_counts)):
        yield _Value(total, True)
    if cues.compares or cues.leaves or number.says("change"):
        yield from (_Value(abs(a - b), True) for a, b in pairs)
        # Third in rank: two are ahead.
        yield from (_Value(quantity.low - 1, True) for quantity in given if quantity.kind == "ordinal")
    if number.unit == "points":
        yield from (_Value(100 * abs(a - b)) for a, b in itertools.combinations(shares, 2))
    gaps = [quantity.low for quantity in like if quantity.says("gap")]
    yield from (_Value(value, True) for a in values for gap in gaps if a != gap for value in (a - gap, a + gap))
    units = {number.unit, ""} if any(quantity.unit == number.unit for quantity in given) else {number.unit}
    whole = [
        q.low for q in given if q.kind == "count" and q.unit in units and (q.unit or not q.things or not number.unit)
    ]
    yield from (_Value(a * share) for a in whole for share in shares)
    fallen = [q.low for q in given if q.kind == "share" and q.low < 1 and q.says("less")]
    less = [*fallen, *(share for share in shares if share < 1)] if cues.leaves else fallen
    if cues.compares or cues.leaves or cues.imagines:
        yield from (_Value(a * (1 - share)) for a in whole for share in less)
    if cues.imagines:
        yield from (_Value(a / q.low) for a in whole for q in given if q.kind == "share" and q.is_from_words)
    # `One for every seven`: the whole from a part.
    yield from (_Value(a / q.low) for a in values for q in given if q.kind == "share" and " every " in q.text)
    yield from _rates(number, given, values, cues)
    if cues.looks_back:
        yield from (_Value(a / (1 + share)) for a in values for share in shares)
        yield from (_Value(a / (1 - share)) for a in whole for share in fallen)


def _is_of_one_kind(counts: list[Quantity]) -> bool:
    """Whether two or three counts are all of the same thing, or of it and `one` more: their sum needs no `in all`."""
    things = {quantity.things for quantity in counts if quantity.low != 1}
    return 2 <= len(counts) <= 3 and len(things) == 1 and (things != {frozenset()} or bool(counts[0].unit))


def _rates(number: Quantity, given: list[Quantity], values: list[float], cues: Cues) -> Iterator[_Value]:
    """A total by how many, and how many times as much."""
    folds = [quantity.low for quantity in given if quantity.kind == "fold"]
    yield from (_Value(value) for a in values for fold in folds if fold for value in (a / fold, a * fold))
    yield from (_Value(a * cues.period) for a in values if cues.period)
    if cues.is_rated:
        united = [q.low for q in given if q.kind == "count" and q.unit == number.unit]
        bare = [q.low for q in given if q.kind == "count" and not q.unit]
        yield from (_Value(a * b) for a in united for b in bare if a != b and min(a, b) > 1)
    if cues.rates:
        counts = [quantity for quantity in given if quantity.kind == "count"]
        others = [quantity.low for quantity in counts if quantity.unit != number.unit or not quantity.unit]
        # Megawatt-hours for so many homes are kilowatt-hours for each: a smaller number by a larger one.
        totals = (
            values
            if not number.unit
            else [quantity.low for quantity in _like([q for q in counts if q.unit], number.unit)]
        )
        yield from (_Value(a / b) for a in totals for b in others if b > 1 and a / b > 1)


def _is_within(part: Quantity, whole: Quantity) -> bool:
    is_inside = whole.start <= part.start and part.end <= whole.end
    return is_inside and (part.start, part.end) != (whole.start, whole.end)


def _is_part(quantity: Quantity, given: list[Quantity]) -> bool:
    """Whether a count is part of a sum that is given too: the adults of two adults and three kits."""
    return any(_is_within(quantity, other) for other in given)


def _pairs_alike(given: list[Quantity]) -> list[tuple[Quantity, float]]:
    """Pairs of counts that may be compared, the second in the unit of the first: of one unit, or one without."""
    counts = [q for q in given if q.kind == "count" and q.unit != "age" and q.start >= 0 and not _is_part(q, given)]
    made = []
    for a, b in itertools.permutations(counts, 2):
        value = b.low if a.unit == b.unit or not (a.unit and b.unit) else convert(b.low, b.unit, a.unit)
        if value and 1 not in (a.low, value):
            made.append((a, value))
    return made


def _shares(number: Quantity, given: list[Quantity], cues: Cues) -> Iterator[_Value]:
    pairs = _pairs_alike(given)
    shares = [quantity.low for quantity in given if quantity.kind == "share"]
    if not number.says("change") and sum(quantity.kind == "count" for quantity in given) <= _MOST_COUNTS:
        yield from (_Value(a.low / b) for a, b in pairs if 0 < a.low < b and (cues.compares or not a.unit))
    if number.says("change") or number.says("gap") or number.says("less"):
        changes = [*((a.low, b) for a, b in pairs), *itertools.permutations(shares, 2)]
        # Less is less than the larger of the two, more is more than the smaller.
        yield from (_Value(abs(a - b) / b) for a, b in changes if b and (not number.says("less") or b > a))
        yield from (_Value(q.low - 1) for q in given if q.kind == "fold" and q.low > 1)
        # Raised by 15, to 90.
        yield from (_Value(a.low / (b - a.low)) for a, b in pairs if a.says("change") and b > a.low)
    yield from (_Value(1 / q.low) for q in given if q.kind == "fold" and q.low > 1)
    is_rest = not number.says("less") and not number.says("gap")
    for other in (q for q in given if q.kind == "share" and 0 < q.low < 1):
        if (is_rest and (other.says("less") or cues.leaves)) or other.says("not") != number.says("not"):
            yield _Value(1 - other.low)


def _folds(given: list[Quantity]) -> Iterator[_Value]:
    shares = [quantity.low for quantity in given if quantity.kind == "share"]
    yield from (_Value(a.low / b) for a, b in _pairs_alike(given))
    yield from (_Value(a / b) for a, b in itertools.permutations(shares, 2) if b)
    # Up by 100 per cent is double, down by half is halved.
    yield from (_Value(value) for share in shares for value in (1 + share, 1 - share) if value > 0)
    # Half of what the other costs: the other costs twice as much.
    yield from (_Value(1 / q.low) for q in given if q.kind == "share" and q.is_from_words and q.low > 0)
