"""Whether the numbers of a line are those of its evidence, said again, rounded, converted or worked out."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import replace

from rushlight.create.claims import Found
from rushlight.create.grounding.arithmetic import Cues, follows
from rushlight.create.grounding.clock import clock_times, says_time
from rushlight.create.grounding.dates import days_between, find_dates
from rushlight.create.grounding.implied import implied_quantities
from rushlight.create.grounding.lexicon import plural_nouns
from rushlight.create.grounding.quantities import Quantity, read_quantities
from rushlight.create.grounding.rounding import is_said_by
from rushlight.create.grounding.units import convert, is_money, unit_of

__all__ = ["number_faults", "spans_of_times"]

_TIME_UNITS = frozenset("years months weeks days hours minutes".split())
# Months and years are no whole number of weeks: a month and a half is six weeks.
_LOOSE_TIME = 0.1
# `The two` speaks of two that are known already, whatever they are.
_THE_TWO = re.compile(r"\b(?:the|these|those)\s+$", re.IGNORECASE)
_ITEM = re.compile(r"^(?:the |a |an |both )?(?:(?P<twins>twins)\b|(?:\w+ ){0,2}?[A-Z][\w'’-]+)")


def spans_of_times(text: str) -> list[tuple[int, int]]:
    """Where a text names dates and times of day: their digits are no numbers of their own."""
    spans = [(date.found.start, date.found.end) for date in find_dates(text)]
    return spans + [(time.start, time.end) for time in clock_times(text)]


def number_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """Each number and time of day of a line that its evidence does not bear out, with the reason."""
    true_times = list(clock_times(evidence))
    for time in clock_times(line):
        if not any(says_time(time, true) for true in true_times):
            found = Found("number", time.text, time.start, time.end)
            yield found, f"The place this line names does not say {time.text!r}."
    taken = spans_of_times(evidence)
    given = [*read_quantities(evidence, taken), *implied_quantities(evidence, taken)]
    years = [float(reading[0]) for date in find_dates(evidence) for reading in date.readings if reading[0]]
    years += [quantity.low for quantity in given if quantity.kind == "year"]
    for days in days_between(evidence):
        given.append(Quantity("count", "", 0, 0, days, days, "days"))
    numbers = read_quantities(line, spans_of_times(line))
    given = [other for other in given if not _is_sum_of_said(other, given, numbers)]
    for number in numbers:
        found = Found("number", number.text, number.start, number.end, value=number.low)
        is_turn = re.search(r"\bend of the decade\b", evidence) and number.low in {
            10 * math.ceil(y / 10) for y in years
        }
        if not is_turn and (reason := _fault(number, numbers, given, years, line, evidence)):
            yield found, reason


def _fault(
    number: Quantity, numbers: list[Quantity], given: list[Quantity], years: list[float], line: str, evidence: str
) -> str:
    """Why a number is not borne out; empty when it is."""
    reason = f"The place this line names does not say {number.text!r}."
    if number.kind in ("ordinal", "years", "year"):
        if _in_time_or_order(number, given, years):
            return ""
        # `A third sail` is no third ship.
        as_share = replace(number, kind="share", low=1 / number.low, high=1 / number.low) if number.low else number
        is_share = number.kind == "ordinal" and re.match(r"an? ", number.text, re.IGNORECASE) is not None
        return _fault(as_share, numbers, given, years, line, evidence) if is_share else reason
    same = [other for other in given if number.things & other.things and _measure_alike(number, other)]
    is_pair = number.low == 2 and not number.unit and _THE_TWO.search(line[: number.start]) is not None
    if is_pair or _lists(number, line) or _is_listed(number, evidence):
        return ""
    if any(_matches(number, other, given) for other in given):
        counts_alike = not same or any(_matches(number, other, given) for other in same)
        if counts_alike or all(not other.things for other in given if _matches(number, other, given)):
            return ""
        # What the evidence counts of these things may be said by another number of the line.
        if any(_matches(bare, other, given) for bare in numbers if not bare.things for other in same):
            return ""
        reason = f"The place this line names counts something else with {number.text!r}."
    return "" if follows(number, given, years, Cues.of(line, number, evidence)) else reason


def _in_time_or_order(number: Quantity, given: list[Quantity], years: list[float]) -> bool:
    if number.kind == "ordinal":
        known = {q.low for q in given if q.kind in ("ordinal", "count")}
        known |= {a.low + b.low for a, b in itertools.combinations(given, 2) if a.unit and a.unit == b.unit}
        return number.low == 1 or number.low in known
    spans_of_years = [q.low for q in given if q.unit in ("years", "age") and not number.says("since")]
    reached = {year + sign * span for year in years for span in spans_of_years for sign in (1, -1)}
    if number.kind == "year":
        plain = {q.low for q in given if q.kind == "count"}
        return number.low in {*years, *reached, *plain}
    spans = [(q.low, q.high) for q in given if q.kind == "years"]
    known_years = {*years, *reached}
    if number.high < 100:
        known_years, spans = {year % 100 for year in known_years}, [(low % 100, high % 100) for low, high in spans]
    return any(number.low <= year <= number.high for year in known_years) or any(
        number.low <= low and high <= number.high for low, high in spans
    )


def _measure_alike(number: Quantity, other: Quantity) -> bool:
    """Whether two numbers count or measure in the same way, so that only one of them can be said of a thing."""
    return (
        other.kind == number.kind == "count"
        and (number.unit == other.unit or convert(1.0, other.unit, number.unit) is not None)
        and not other.says("change")
    )


def _matches(number: Quantity, other: Quantity, given: list[Quantity]) -> bool:
    """Whether a number says another again, rounded or converted."""
    if number.kind == "vague":
        return other.kind in ("count", "vague") and _is_of_unit(number, other) and is_said_by(number, other.low)
    if number.kind == "count" and other.kind in ("ordinal", "fold") and _is_said_otherwise(number, other):
        return True
    if number.kind != other.kind:
        return False
    true, is_converted = other.low, False
    if number.unit != other.unit and not _unit_goes_without_saying(number, other, given):
        value = convert(other.low, other.unit, number.unit) if number.unit and other.unit else None
        if value is None:
            return False
        true, is_converted = value, True
    if other.hedge in ("over", "under") and true == number.low:
        return number.hedge.removeprefix("far ").removeprefix("just ") == other.hedge or (
            not number.hedge and other.allows_equal
        )
    if is_said_by(number, true, "converted" if is_converted else "said"):
        return True
    return is_converted and number.unit in _TIME_UNITS and abs(number.low / true - 1) <= _LOOSE_TIME


def _is_of_unit(number: Quantity, other: Quantity) -> bool:
    """Whether another number has the same unit, or is money, of which `hundreds` may be said alone."""
    return other.unit == number.unit or is_money(other.unit)


def _is_said_otherwise(number: Quantity, other: Quantity) -> bool:
    """Whether a count says an ordinal or `twice`: eight minutes for the eighth minute, two goals for scored twice."""
    if number.low != other.low or number.hedge:
        return False
    if other.kind == "fold":
        return other.text.lower() in ("twice", "thrice")
    unit = {unit_of(thing) for thing in other.things} - {""}
    return number.unit in unit if number.unit else bool(number.things & other.things) or number.says("times")


def _is_sum_of_said(other: Quantity, given: list[Quantity], numbers: list[Quantity]) -> bool:
    """Whether a given number is a sum of which the line says a part: then it must say the other part too."""
    inside = (q for q in given if other.start <= q.start and q.end <= other.end)
    parts = {q.low for q in inside if (q.start, q.end) != (other.start, other.end)}
    return bool(parts) and any(number.low in parts and number.kind == "count" for number in numbers)


def _unit_goes_without_saying(number: Quantity, other: Quantity, given: list[Quantity]) -> bool:
    """Whether a number with a unit may say one without, or the reverse."""
    if {number.unit, other.unit} <= {"age", "years", ""} and "age" in (number.unit, other.unit):
        is_span = number.unit == "years" and any(quantity.unit == "years" for quantity in given)
        return not number.things and not is_span
    if number.unit and not other.unit:
        # `2,000 years, but only 70`: a number without a unit may take one that stands beside another.
        return not other.things and number.unit in {quantity.unit for quantity in given}
    return not number.unit and (not number.things or is_money(other.unit))


def _lists(number: Quantity, line: str) -> bool:
    """Whether the line itself names as many as it counts: two brothers, Amos and Silas."""
    if number.kind != "count" or number.unit or not 2 <= number.low <= 12:
        return False
    return number.low in _list_sizes(line[number.end :])


def _is_listed(number: Quantity, evidence: str) -> bool:
    """Whether the evidence names as many of the things that a number counts: the ports of Hull and Goole."""
    if number.kind != "count" or number.unit or not 2 <= number.low <= 12:
        return False
    nouns = [m for m in re.finditer(r"\b[a-z]+s\b", evidence) if plural_nouns([m.group()]) & number.things]
    return any(number.low in _list_sizes(evidence[m.end() : m.end() + 200]) for m in nouns)


def _list_sizes(text: str) -> list[int]:
    """How many names each list of names in a text has."""
    sizes = []
    for opening in re.finditer(r"[,:] (?=[A-Zt])|\b(?:are|were|namely|at|of|in|called|between) (?=[A-Z])", text):
        items = re.split(r",? and |, ", re.split(r"[.;:!?—–]", text[opening.end() :])[0])
        size = 0
        for item in items:
            match = _ITEM.match(item)
            if match is None:
                break
            size += 2 if match["twins"] else 1
        sizes.append(size)
    return sizes
