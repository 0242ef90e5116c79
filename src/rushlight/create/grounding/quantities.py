"""Numbers as people say them, with their units, how they are rounded, and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rushlight.create.grounding.lexicon import FUNCTION_WORDS, plural_nouns
from rushlight.create.grounding.numerals import Numeral, NumeralKind, read_numerals
from rushlight.create.grounding.units import UNIT, convert, is_money, unit_of

__all__ = ["Quantity", "implied_quantities", "read_quantities"]

_ARTICLE = r"(?:\s+(?:the age of|a|an|the|its|his|her|their|those|these))?"
_BEFORE = tuple(
    (name, re.compile(rf"(?:{words}){_ARTICLE}\s*[$€£¥]?$", re.IGNORECASE))
    for name, words in (
        ("under", r"\b(?:no|not|never)(?: \w+){1,4} more than"),
        ("near", r"\b(?:about|around|some|roughly|approximately|circa|ca\.|an estimated|close to|or so|"
                 r"in the (?:region|order|neighbou?rhood) of|more or less)"),
        ("below", r"\b(?:nearly|almost|not quite|close on|approaching|getting on for)"),
        ("just over", r"\b(?:just|slightly|only just|barely|a (?:little|bit|shade)) (?:over|above|more than)|little more than"),
        ("just under", r"\b(?:just|slightly|a (?:little|bit|shade)) (?:under|below|less than|fewer than)|little less than|just short of"),
        ("far over", r"\b(?:well (?:over|above)|(?:far|much|considerably) more than)"),
        ("far under", r"\b(?:well (?:under|below)|(?:far|much|considerably) (?:less|fewer) than)"),
        ("over", r"\b(?:over|more than|at or (?:above|over)|above|at least|no fewer than|no less than|not less than|upwards? of|beyond|"
                 r"in excess of|past|passed|exceed(?:s|ed|ing)?|topp(?:ed|ing)|tops|surpass(?:es|ed)?|north of|"
                 r"\w{2,}(?<!few)(?<!low)(?<!und)(?<!young)(?<!short)(?<!small)(?<!cheap)(?<!light)er than)"),
        ("under", r"\b(?:under|less than|fewer than|below|up to|at most|no more than|not more than|within|not even|"
                  r"(?:young|short|small|cheap|light|low)er than)"),
    )
)  # fmt: skip
_AFTER = (
    ("near", re.compile(r"(?: \w+)? or (?:so|thereabouts)\b", re.IGNORECASE)),
    ("over", re.compile(r"(?:(?: \w+)? (?:or|and) (?:more|over|longer|older|above)\b|-?plus\b|\+)", re.IGNORECASE)),
    ("under", re.compile(r"(?: \w+)? (?:or|and) (?:less|fewer|under|younger|below)\b", re.IGNORECASE)),
)
_NEGATIVE = re.compile(r"(?:\bminus\s+|(?<![\w\d])[-−])[$€£¥]?$", re.I)
_BELOW_ZERO = re.compile(r"\s*(?:degrees(?: Celsius)?|°C?)?\s*below (?:zero|freezing)", re.I)
_CHANGE = re.compile(r"\bby\s+(?:\w+ |(?:more|less|fewer|just \w+) than |close to |an? \w+ )?[$€£¥]?$", re.I)
_AGED = re.compile(r"\b(?:aged?|age of|turned|turning|turns)\s+$", re.I)
_AT_AGE = re.compile(r"(?<!stands )(?<!stood )(?<!stand )(?<!kept )(?<!put )(?<!remains )(?<!valued )\bat\s+$", re.I)
_ALLOWS_EQUAL = re.compile(
    r"\b(?:at (?:least|most)|at or (?:above|over|below|under)|no (?:fewer|less|more) than|not (?:less|more) than|up to|within|not even|passed|(?:no|not|never)(?: \w+){1,4} more than)\s*$",
    re.I,
)
_APPOSED_AGE = re.compile(r"[A-Z][\w'’-]+, $")
_SINGLE = re.compile(
    r"\b(?:a whole|a full|the whole|a|an|one|every|each|per) (?!half\b)(?P<unit>[a-z-]+)\b", re.IGNORECASE
)
_ONE_MORE = re.compile(
    r"(?:, |\band |\bplus )(?:(?P<one>an?|one|another) (?P<noun>[a-z]+)\b(?=,| and|\.|;)|"
    r"(?P<alone>one) (?!of\b|in\b|for\b|out\b|half\b))|\b(?P<single>[Oo]ne) (?=[a-z]{3,}\b)(?!half|day|can|could|would)"
    r"|\b(?:his|her|its|their) (?P<first>first) (?=[a-z])"
)
_JOINED_COUNTS = re.compile(r"(?: [a-z'’-]+){0,3}(?:,| and|, and) ")
_LONGEST_LIST = 4
# Breakfast, lunch and dinner.
_NOUNS = re.compile(r"\b[a-z]+, [a-z]+(?:, [a-z]+)*,? and [a-z]+\b")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DAYS_OF_WEEK = re.compile(
    rf"\b(?P<first>{'|'.join(_WEEKDAYS)})s?(?: to |–|-| until | through )(?P<last>{'|'.join(_WEEKDAYS)})"
)
_RANGE = re.compile(r"(?: ?%| per cent| percent)? ?(?:and|to|–|-) ?")
_MOST = re.compile(r"\b(?:(?<!the )(?<!at )most(?= of\b| [a-z]+s\b| people\b)|majority|bulk)\b", re.IGNORECASE)
_PART_OF = re.compile(r" of (?:the|its|his|her|their|these|those|my|our|whom|them|which)\b ?((?:[a-z'’-]+ ?){0,3})")
# 54 straight days, three more years.
_UNIT_LATER = re.compile(
    rf" (?!of\b|to\b|or\b|and\b|in\b|a\b|an\b|the\b|per\b|%)[a-z]+(?=\s)(?:{UNIT.pattern})", re.IGNORECASE
)
_LESS = re.compile(
    r"(?: of [\w ]+)? (?:was|were|has been|have been) (?:cut|lost)\b|\s*(?:fewer|less|lower|cheaper|smaller|shorter|below|off\b|down\b)",
    re.IGNORECASE,
)
_FELL_BY = re.compile(
    r"\b(?:down|fell|fallen|falls|dropped|drops|cut|shrank|shrunk|decreased|reduced|declined|lost|sank)(?: by)?"
    r"(?: (?:about|around|some|roughly|nearly|almost|more|less|fewer|than|over|only|just|well|far|an?))* $",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"(?: of \w+(?: \w+)?)? (?:do|does|did|has|have|had|is|are|was|were|can|could|will|would)(?: not|n['’]t)\b"
)
_GAP = re.compile(
    r"\s*(?:ahead|behind|more|less|fewer|clear\b|above|below|short\b|apart|\w{3,}er\b|too\b)", re.IGNORECASE
)
_AND_OTHERS = re.compile(r"\s*others?\b")
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
        hedge: how it is rounded: `near`, `below`, `under`, `over`; empty when it is stated outright.
        slack: how far a truth may lie from a number that is stated outright, from its noughts.
        is_change: whether it says by how much something changed.
        things: the noun that it counts, or of which it measures an amount, as a lemma; empty when none follows.
        whole: the noun of which it counts a part, as in `four of the furnaces`.
        is_times: whether it says how often something happened, as in `three times a day`.
        reach: offset after its unit.
        is_part: whether it counts a part of what was counted before, as in `nine of them`.
        is_less: whether it says how much less something is, as in `a third fewer`.
        is_gap: whether it says how far apart two others are, as in `two points ahead`.
        is_since: whether it is a year since when something is so.
        allows_equal: whether its hedge includes the number itself, as `at least` does and `more than` does not.
    """

    kind: NumeralKind
    text: str
    start: int
    end: int
    low: float
    high: float
    unit: str = ""
    hedge: str = ""
    slack: float = 0.0
    is_change: bool = False
    things: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    allows_equal: bool = False
    reach: int = 0
    is_part: bool = False
    is_less: bool = False
    is_gap: bool = False
    is_since: bool = False
    is_times: bool = False

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


def implied_quantities(text: str, taken: list[tuple[int, int]] | None = None) -> Iterator[Quantity]:
    """Numbers that a text gives without a numeral: `a whole day`, `two daughters and a son`, `most of them`."""
    for match in _SINGLE.finditer(text):
        if unit := unit_of(match["unit"]):
            yield Quantity("count", match.group(), *match.span(), 1.0, 1.0, unit)
    ones = [_single(match) for match in _ONE_MORE.finditer(text) if not unit_of(match["noun"] or "")]
    yield from ones
    for match in _DAYS_OF_WEEK.finditer(text):
        days = float((_WEEKDAYS.index(match["last"]) - _WEEKDAYS.index(match["first"])) % 7 + 1)
        yield Quantity("count", match.group(), *match.span(), days, days)
    read = read_quantities(text, taken)
    for one in read:
        if one.kind == "count" and not one.unit and _AND_OTHERS.match(text[one.end :]):
            yield replace(one, low=one.low + 1, high=one.high + 1)
    yield from _sums_of_lists(sorted([*read, *ones], key=lambda quantity: quantity.start), text)
    for one, other in zip(read, read[1:], strict=False):
        between = text[one.end : other.start]
        if one.kind == other.kind and one.unit == other.unit and _RANGE.fullmatch(between) and one.low < other.low:
            middle = (one.low + other.low) / 2
            yield replace(other, text=text[one.start : other.end], start=-1, end=-1, low=middle, high=middle)
    for match in _NOUNS.finditer(text):
        size = float(len(re.findall(r",|\band\b", match.group())) + 1)
        yield Quantity("count", match.group(), *match.span(), size, size)
    for match in _MOST.finditer(text):
        yield Quantity("share", match.group(), *match.span(), 0.5, 0.5, hedge="over")


def _single(match: re.Match[str]) -> Quantity:
    """The one thing that `a son`, `another` or `her first` counts."""
    name = next(name for name in ("one", "alone", "first", "single") if match[name])
    return Quantity("count", match[name], *match.span(name), 1.0, 1.0)


def _sums_of_lists(counts: list[Quantity], text: str) -> Iterator[Quantity]:
    """What is counted in one list makes a number of something: two daughters and a son are three."""
    for first in range(len(counts)):
        total = counts[first].low
        for last in range(first + 1, min(first + _LONGEST_LIST, len(counts))):
            one, other = counts[last - 1], counts[last]
            is_bare = one.kind == other.kind == "count" and not (one.unit or other.unit or other.is_part)
            if not is_bare or not _JOINED_COUNTS.fullmatch(text[one.end : other.start]):
                break
            total += other.low
            start, end = counts[first].start, other.end
            yield Quantity("count", text[start:end], start, end, total, total)


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
    if _NEGATIVE.search(before) or (kind == "count" and _BELOW_ZERO.match(text[numeral.end :])):
        low, high = -high, -low
    hedge = next((name for name, pattern in _BEFORE if pattern.search(before)), "")
    hedge = hedge or next((name for name, pattern in _AFTER if pattern.match(text[numeral.end :])), "")
    part = _PART_OF.match(after) if kind == "count" and not unit else None
    whole = plural_nouns(part[1].split()) if part else frozenset()
    change = bool(_CHANGE.search(before)) and not things
    equal = bool(_ALLOWS_EQUAL.search(before)) or any(pattern.match(text[numeral.end :]) for _, pattern in _AFTER)
    # `Over five years` may be during five years.
    equal = equal or (unit in ("years", "months", "weeks", "days", "hours") and before.lower().endswith("over "))
    return Quantity(
        kind,
        numeral.text,
        numeral.start,
        numeral.end,
        low,
        high,
        unit,
        hedge,
        slack,
        change,
        things,
        whole,
        equal,
        len(text) - len(after),
        part is not None,
        bool(_LESS.match(after) or _FELL_BY.search(before) or _NOT_DONE.match(after)),
        bool(_GAP.match(after)),
        before.lower().endswith("since "),
        after.startswith(" times"),
    )


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
