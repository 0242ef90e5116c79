"""Numbers as people say them, with their units, how they are rounded, and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rushlight.create.grounding.hedges import Hedge, hedge_of
from rushlight.create.grounding.lexicon import FUNCTION_WORDS, plural_nouns
from rushlight.create.grounding.numerals import Numeral, NumeralKind, read_numerals
from rushlight.create.grounding.units import UNIT, convert, is_money, unit_of

__all__ = ["Mark", "Quantity", "read_quantities"]

Mark = Literal["change", "less", "not", "gap", "part", "times", "since"]

_NEGATIVE = re.compile(r"(?:\bminus\s+|(?<![\w\d])[-−])[$€£¥]?$", re.I)
_BELOW_ZERO = re.compile(r"\s*(?:degrees(?: Celsius)?|°C?)?\s*below (?:zero|freezing)", re.I)
_CHANGE = re.compile(r"\bby\s+(?:\w+ |(?:more|less|fewer|just \w+) than |close to |an? \w+ )?[$€£¥]?$", re.I)
_AGED = re.compile(r"\b(?:aged?|age of|turned|turning|turns)\s+$", re.I)
_AT_AGE = re.compile(r"(?<!stands )(?<!stood )(?<!stand )(?<!kept )(?<!put )(?<!remains )(?<!valued )\bat\s+$", re.I)
_APPOSED_AGE = re.compile(r"[A-Z][\w'’-]+, $")
_PART_OF = re.compile(r" of (?:the|its|his|her|their|these|those|my|our|whom|them|which)\b ?((?:[a-z'’-]+ ?){0,3})")
# 54 straight days, three more years.
_UNIT_LATER = re.compile(
    rf" (?!of\b|to\b|or\b|and\b|in\b|a\b|an\b|the\b|per\b|%)[a-z]+(?=\s)(?:{UNIT.pattern})", re.IGNORECASE
)
_LESS = re.compile(
    r"(?: of [\w ]+)? (?:was|were|has been|have been) (?:cut|lost)\b|"
    r"\s*(?:fewer|less|lower|cheaper|smaller|shorter|below|off\b|down\b)",
    re.IGNORECASE,
)
_FELL_BY = re.compile(
    r"\b(?:down|fell|fallen|falls|dropped|drops|cut|shrank|shrunk|decreased|reduced|declined|lost|sank)(?: by)?"
    r"(?: (?:about|around|some|roughly|nearly|almost|more|less|fewer|than|over|only|just|well|far|an?))* $",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"(?: of \w+(?: \w+){0,2})? (?:do|does|did|has|have|had|is|are|was|were|can|could|will|would)(?: not|n['’]t)\b"
)
_GAP = re.compile(
    r"\s*(?:ahead|behind|more|less|fewer|clear\b|above|below|short\b|apart|\w{3,}er\b|too\b|as \w+ again\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.,;]|$")
_IDLE_THINGS = frozenset("times mark marks barrier threshold points years".split())
_LONGEST_PHRASE = 3


@dataclass(frozen=True)
class Quantity:
    """A number in a text.

    Attributes:
        kind: `share` of a whole (0.5), `fold` of something else (2), `years` a span of years such as a decade, …
        text: as written.
        start: character offset; `end` likewise.
        low: the number; where it is a span, its lower end, with `high` as the upper.
        unit: canonical, such as `km`, `%`, `€`; empty when none is said.
        hedge: how it is rounded; empty when it is stated outright.
        slack: how far a truth may lie from a number that is stated outright, from its noughts.
        things: the noun that it counts, or of which it measures an amount, as a lemma; empty when none follows.
        whole: the noun of which it counts a part, as in `four of the furnaces`.
        reach: offset after its unit.
        marks: what more it says: by how much something changed (`change`), how much less it is (`less`), of how many
            something is not so (`not`), how far two
            others are apart (`gap`), a part of what was counted before (`part`), how often (`times`), since when
            (`since`).
        allows_equal: whether its hedge includes the number itself, as `at least` does and `more than` does not.
    """

    kind: NumeralKind
    text: str
    start: int
    end: int
    low: float
    high: float
    unit: str = ""
    hedge: Hedge = ""
    slack: float = 0.0
    things: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    allows_equal: bool = False
    reach: int = 0
    marks: frozenset[Mark] = frozenset()

    def says(self, mark: Mark) -> bool:
        """Whether it has a mark."""
        return mark in self.marks

    @property
    def is_from_words(self) -> bool:
        """Whether it is a fraction or multiple in words, which is round by itself."""
        return self.kind in ("share", "fold") and not any(char.isdigit() for char in self.text)


def read_quantities(text: str, taken: list[tuple[int, int]] | None = None) -> list[Quantity]:
    """Every number of a text in order, but for what lies in the `taken` spans, such as dates, and a bare `one`."""
    found = _with_shared_units([_dressed(numeral, text) for numeral in read_numerals(text, taken)], text)
    return [
        quantity
        for quantity in _with_parts(found, text)
        if not (quantity.kind == "count" and quantity.text.lower() == "one" and not quantity.unit)
        and not (quantity.text == "zero" and re.search(r"\b(?:below|above) $", text[: quantity.start]))
    ]


def _with_shared_units(found: list[Quantity], text: str) -> list[Quantity]:
    """Numbers that stand together share the unit that one of them has: from 58 to 34 per cent."""
    made = list(found)
    for at, (one, other) in enumerate(zip(found, found[1:], strict=False)):
        between = text[one.end : other.start]
        if one.kind != "count":
            continue
        if not one.unit and re.fullmatch(r" ?(?:to|and|or|–|-) ?", between):
            if other.kind == "count" and other.unit:
                made[at] = replace(one, unit=other.unit)
            elif other.kind == "share" and any(char.isdigit() for char in other.text):
                made[at] = replace(one, kind="share", low=one.low / 100, high=one.high / 100, slack=other.slack)
        elif one.unit and other.kind == "count" and not other.unit:
            unit = UNIT.match(between)
            shares_unit = (
                (unit and re.fullmatch(r",? (?:to|instead of|and|or) ", between[unit.end() :]))
                or (re.search(r"\b(?:another|further)\s$", between) and not other.things)
                or (is_money(one.unit) and other.text[0].isdigit() and re.fullmatch(r" (?:to|and|or) ", between))
                # Forty minutes, and used thirty-one.
                or (
                    unit
                    and not other.things
                    and re.fullmatch(r"[^.;]{1,40}\s", between)
                    and _ENDS.match(text[other.end :])
                )
            )
            if shares_unit:
                made[at + 1] = replace(other, unit=one.unit)
    return made


def _with_parts(found: list[Quantity], text: str) -> Iterator[Quantity]:
    """Measures in two parts made one: three hours and ten minutes, a year and a half."""
    at = 0
    while at < len(found):
        one = found[at]
        at += 1
        unit = UNIT.match(text[one.end :]) if one.unit else None
        tail = text[one.end + unit.end() :] if unit else ""
        if one.unit and tail.startswith(" and a half"):
            one = replace(one, low=one.low + 0.5 * _scale(one), high=one.high + 0.5 * _scale(one))
            if at < len(found) and found[at].low == 0.5 and found[at].start < one.end + len(one.unit) + 15:
                at += 1
        elif unit and at < len(found) and re.fullmatch(r" and |, | ", text[one.end + unit.end() : found[at].start]):
            other = found[at]
            part = convert(other.low, other.unit, one.unit) if other.unit and other.unit != one.unit else None
            if is_money(one.unit) and other.unit in ("", one.unit) and 5 <= other.low < 100 and one.low.is_integer():
                # Two pounds fifty.
                part = other.low / 100 if text[one.end + unit.end() : found[at].start] == " " else None
            if part is not None and part < 1:
                one = replace(one, low=one.low + part, high=one.high + part)
                at += 1
        yield one


def _scale(quantity: Quantity) -> float:
    """What one of the unit is that a number was said with: decades are kept as years."""
    return 10.0 if quantity.unit == "years" and quantity.low % 10 == 0 and not quantity.text.isdigit() else 1.0


def _dressed(numeral: Numeral, text: str) -> Quantity:
    """The number with its unit, sign, hedge and what it counts."""
    before, after = text[max(numeral.start - 60, 0) : numeral.start], text[numeral.end :]
    low, high, unit, kind, slack = numeral.low, numeral.high, numeral.unit, numeral.kind, numeral.slack
    match = _unit_after(after) if not unit and kind in ("count", "year") else None
    if match and not (
        unit_of(match[match.lastindex or 1]) in ("m", "g", "l") and match.group()[:1].isalpha() and low >= 1e6
    ):
        unit, kind, after = unit_of(match[match.lastindex or 1]), "count", after[match.end() :]
    if unit in ("decades", "centuries"):
        years = {"decades": 10.0, "centuries": 100.0}[unit]
        low, high, slack, unit = low * years, high * years, slack * years, "years"
    if unit == "%":
        low, high, kind, unit = low / 100, high / 100, "share", ""
        slack = 0.5 * 10.0 ** -(2 + len(numeral.text.partition(".")[2]))
    things = _things(after, is_measure=bool(unit)) if kind in ("count", "vague") else frozenset()
    if kind == "ordinal" and (match := re.match(r" ([a-z]+)\b", after)):
        things = frozenset({match[1]})
    if not unit and kind == "count" and _is_age(low, before, after, things):
        unit = "age"
    if not unit and kind == "count" and _BELOW_ZERO.match(after):
        unit = "°"
    if _NEGATIVE.search(before) or (kind == "count" and _BELOW_ZERO.match(text[numeral.end :])):
        low, high = -high, -low
    hedge, equal = hedge_of(before, text[numeral.end :])
    # `Over five years` may be during five years.
    equal = equal or (unit in ("years", "months", "weeks", "days", "hours") and before.lower().endswith("over "))
    part = _PART_OF.match(after) if kind == "count" and not unit else None
    whole = plural_nouns(part[1].split()) if part else frozenset()
    span, reach = (numeral.start, numeral.end), len(text) - len(after)
    return Quantity(
        kind, numeral.text, *span, low, high, unit, hedge, slack, things, whole, equal, reach,
        frozenset(_marks(before, after, is_part=part is not None, counts=bool(things))),
    )  # fmt: skip


def _marks(before: str, after: str, *, is_part: bool, counts: bool) -> Iterator[Mark]:
    if _CHANGE.search(before) and not counts:
        yield "change"
    if _LESS.match(after) or _FELL_BY.search(before):
        yield "less"
    if _NOT_DONE.match(after):
        yield "not"
    if _GAP.match(after):
        yield "gap"
    if is_part:
        yield "part"
    if after.startswith(" times"):
        yield "times"
    if before.lower().endswith("since "):
        yield "since"


def _unit_after(after: str) -> re.Match[str] | None:
    """The unit after a number, perhaps with one word before it: 54 straight days, but not 142 last year."""
    later = _UNIT_LATER.match(after)
    return UNIT.match(after) or (later if later and later.group().endswith("s") else None)


def _is_age(value: float, before: str, after: str, things: frozenset[str]) -> bool:
    """Whether a bare number is an age: aged 61; Hugh Sorensen, 61, who; came to England at 20."""
    if _AGED.search(before) or (_APPOSED_AGE.search(before) and after[:1] in ",.)"):
        return True
    return (
        not things
        and 5 <= value <= 110
        and _AT_AGE.search(before) is not None
        and not re.match(r"[:.%\d]\d|[%:]", after)
    )


def _things(after: str, *, is_measure: bool) -> frozenset[str]:
    """What a number counts, from the text after it and its unit: five public libraries, 400 grams of rye flour."""
    match = re.match(r"\s+of\s+((?:[a-z'’-]+[ ]?){1,3})" if is_measure else r"[\s-]+((?:[A-Za-z'’-]+[ ]?){1,4})", after)
    words: list[str] = []
    for word in match[1].split() if match else []:
        if word.lower() in FUNCTION_WORDS:
            break
        words.append(word)
    if is_measure:
        return frozenset(words[-1:]) if words else frozenset()
    return plural_nouns(words[:_LONGEST_PHRASE]) - _IDLE_THINGS
