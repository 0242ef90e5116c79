"""Numbers as people say them: in words, rounded, as fractions and multiples, years, decades, with their units."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["Quantity", "is_said_by", "read_quantities"]

QuantityKind = Literal["count", "share", "fold", "ordinal", "year", "years"]

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {w: 10 * v for v, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9}
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_ORDINAL = {word: value for value, word in enumerate(_ORDINALS)} | {"twenty-first": 21}
_PARTS = {"half": 2, "quarter": 4, "third": 3} | {word: value for word, value in _ORDINAL.items() if value >= 4}
_FOLDS = {"double": 2, "doubled": 2, "doubling": 2, "twice": 2, "triple": 3, "tripled": 3, "treble": 3, "trebled": 3,
          "thrice": 3, "quadruple": 4, "quadrupled": 4, "halved": 0.5}  # fmt: skip
_UNITS: dict[str, tuple[str, ...]] = {
    "%": ("%", "per cent", "percent"), "points": ("percentage points", "percentage point", "points", "point"),
    "nautical miles": ("nautical miles", "nautical mile"), "miles": ("miles", "mile"), "feet": ("feet", "foot", "ft"),
    "inches": ("inches", "inch"), "yards": ("yards", "yard"), "acres": ("acres", "acre"),
    "km/h": ("kilometres per hour", "kilometres an hour", "km/h", "kph"), "mph": ("miles per hour", "mph"),
    "km²": ("square kilometres", "square kilometers", "km²"), "km": ("kilometres", "kilometre", "kilometers", "km"),
    "m": ("metres", "metre", "meters", "meter", "m"), "cm": ("centimetres", "centimetre", "centimeters", "cm"),
    "mm": ("millimetres", "millimetre", "millimeters", "mm"), "ha": ("hectares", "hectare", "ha"),
    "t": ("tonnes", "tonne", "tons", "ton"), "kg": ("kilograms", "kilogram", "kilos", "kg"), "g": ("grams", "gram"),
    "l": ("litres", "litre", "liters"), "kWh": ("kilowatt-hours", "kilowatt hours", "kWh"),
    "MWh": ("megawatt-hours", "MWh"), "GWh": ("gigawatt-hours", "GWh"), "MW": ("megawatts", "MW"),
    "GW": ("gigawatts", "GW"), "°": ("degrees Celsius", "degrees", "degree", "°C", "°"), "dB": ("decibels", "dB"),
    "€": ("euros", "euro", "EUR"), "$": ("dollars", "dollar", "USD"), "£": ("pounds", "pound", "GBP"), "¥": ("yen",),
    "kroner": ("kroner", "kronor", "krone"), "crowns": ("crowns",), "francs": ("francs", "franc"),
    "guineas": ("guineas", "guinea"), "cents": ("cents", "cent"), "pence": ("pence", "penny"),
    "years": ("years", "year"), "months": ("months", "month"), "weeks": ("weeks", "week"), "days": ("days", "day"),
    "hours": ("hours", "hour"), "minutes": ("minutes", "minute"), "seconds": ("seconds",),
    "decades": ("decades", "decade"), "centuries": ("centuries", "century"),
}  # fmt: skip
_UNIT_OF = {form: unit for unit, forms in _UNITS.items() for form in forms}
_UNIT = re.compile(
    r"[\s-]*(" + "|".join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True)) + r")(?![\w²])", re.IGNORECASE
)
_YEARS_PER = {"decades": 10.0, "centuries": 100.0}
_TOKEN = re.compile(
    r"(?P<money>[$€£¥])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<tail>st|nd|rd|th|s|k|mn|m|bn)?(?![\w])|(?P<word>[A-Za-z]+)"
)
_BEFORE = (
    ("near", re.compile(r"\b(?:about|around|some|roughly|approximately|circa|an estimated|close to)\s*$", re.I)),
    ("below", re.compile(r"(?:\b(?:nearly|almost|just under|just below|not quite|close on))\s*$", re.I)),
    ("under", re.compile(r"(?:\b(?:under|less than|fewer than|below|up to|at most|no more than|within))\s*$", re.I)),
    ("over", re.compile(
        r"(?:\b(?:over|more than|above|at least|just over|well over|no fewer than|no less than|upwards of|beyond))\s*$",
        re.I)),
)  # fmt: skip
_NEGATIVE = re.compile(r"(?:\bminus\s+|(?<![\w\d])[-−])[$€£¥]?$", re.I)
_BELOW_ZERO = re.compile(r"\s*(?:degrees(?: Celsius)?|°C?)?\s*below (?:zero|freezing)", re.I)
_CHANGE = re.compile(r"\bby\s+(?:about |around |some |nearly |almost |over |more than )?[$€£¥]?$", re.I)
_CLOSE = 0.06


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
    """

    kind: QuantityKind
    text: str
    start: int
    end: int
    low: float
    high: float
    unit: str = ""
    hedge: str = ""
    slack: float = 0.0
    is_change: bool = False


def read_quantities(text: str, taken: list[tuple[int, int]] | None = None) -> list[Quantity]:
    """Every number of a text in order, but for what lies in the `taken` spans, such as dates, and a bare `one`."""
    tokens = [m for m in _TOKEN.finditer(text) if not any(s < m.end() and m.start() < e for s, e in taken or [])]
    found: list[Quantity] = []
    at = 0
    while at < len(tokens):
        made = _read(text, tokens, at)
        if made is None:
            at += 1
            continue
        quantity, at = made
        found.append(_dressed(quantity, text))
    return [
        quantity
        for quantity in _with_shared_units(found, text)
        if not (quantity.kind == "count" and quantity.text.lower() == "one" and not quantity.unit)
        and not (quantity.text == "zero" and re.search(r"\b(?:below|above) $", text[: quantity.start]))
        # `A month and a half`: half of what, only the noun before says.
        and not (quantity.text == "a half" and text[: quantity.start].endswith("and "))
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
            unit = _UNIT.match(between)
            if unit and re.fullmatch(r",? (?:to|instead of|and|or) ", between[unit.end() :]):
                made[at + 1] = replace(other, unit=one.unit)
    return made


def _read(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int] | None:
    for reader in (_read_share, _read_fold, _read_span, _read_ordinal, _read_count):
        made = reader(text, tokens, at)
        if made is not None:
            return made
    return None


def _word(tokens: list[re.Match[str]], at: int) -> str:
    return (tokens[at]["word"] or "").lower() if at < len(tokens) else ""


def _joined(text: str, tokens: list[re.Match[str]], at: int) -> bool:
    """Whether a token follows the one before with nothing but a space or a hyphen between."""
    return text[tokens[at - 1].end() : tokens[at].start()] in (" ", "-", "\u00a0") if at < len(tokens) else False


def _made(
    kind: QuantityKind, text: str, first: re.Match[str], last: re.Match[str], low: float, **more: float
) -> Quantity:
    start, end = first.start(), last.end()
    return Quantity(kind, text[start:end], start, end, low, more.get("high", low), slack=more.get("slack", 0.0))


def _read_share(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int] | None:
    first, second = _word(tokens, at), _word(tokens, at + 1)
    if first == "half" and second != "a":
        return _made("share", text, tokens[at], tokens[at], 0.5), at + 1
    if first == "half" and _word(tokens, at + 2) in _SCALES:
        return _made("count", text, tokens[at], tokens[at + 2], 0.5 * _SCALES[_word(tokens, at + 2)]), at + 3
    top = 1 if first in ("a", "one") else _SMALL.get(first, 0)
    part = _PARTS.get(second) or _PARTS.get(second.removesuffix("s"), 0)
    if top and part and second and (top == 1) != second.endswith("s") and _joined(text, tokens, at + 1):
        return _made("share", text, tokens[at], tokens[at + 1], top / part), at + 2
    # `Six in ten`, `2 out of 5`, `one tube in ten`.
    for gap in (("in",), ("out", "of"), (second, "in") if first == "one" else ("out", "of")):
        if gap[0] == "out" and tokens[at]["digits"] and tokens[at]["digits"].isdigit():
            top = int(tokens[at]["digits"][:4])
        other = at + 1 + len(gap)
        below = _SMALL.get(_word(tokens, other), _TENS.get(_word(tokens, other), 0))
        if other < len(tokens) and tokens[other]["digits"] and "." not in tokens[other]["digits"]:
            below = int(tokens[other]["digits"].replace(",", ""))
        if all(_word(tokens, at + 1 + k) == word for k, word in enumerate(gap)) and 0 < top < below <= 100:
            return _made("share", text, tokens[at], tokens[other], top / below), other + 1
    return None


def _read_fold(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int] | None:
    first = _word(tokens, at)
    if first in _FOLDS:
        return _made("fold", text, tokens[at], tokens[at], _FOLDS[first]), at + 1
    if first.endswith("fold") and first[:-4] in _SMALL | _TENS:
        return _made("fold", text, tokens[at], tokens[at], (_SMALL | _TENS)[first[:-4]]), at + 1
    if _word(tokens, at + 1) in ("times", "fold"):
        value = _SMALL.get(first) or (float(tokens[at]["digits"].replace(",", "")) if tokens[at]["digits"] else 0)
        if value:
            return _made("fold", text, tokens[at], tokens[at + 1], value), at + 2
    return None


def _read_span(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int] | None:
    token = tokens[at]
    if token["digits"] and token["tail"] == "s" and re.fullmatch(r"[12]\d\d0", token["digits"]):
        year = float(token["digits"])
        return _made("years", text, token, token, year, high=year + (99 if year % 100 == 0 else 9)), at + 1
    if _word(tokens, at + 1) == "century":
        number = _ORDINAL.get(_word(tokens, at), 0)
        if token["digits"] and token["tail"] in ("st", "nd", "rd", "th"):
            number = int(float(token["digits"].replace(",", "")))
        if number:
            low, high = 100.0 * number - 100, 100.0 * number
            return _made("years", text, token, tokens[at + 1], low, high=high), at + 2
    return None


def _read_ordinal(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int] | None:
    token = tokens[at]
    if token["digits"] and token["tail"] in ("st", "nd", "rd", "th"):
        return _made("ordinal", text, token, token, float(token["digits"].replace(",", ""))), at + 1
    number = _ORDINAL.get(_word(tokens, at), 0)
    return (_made("ordinal", text, token, token, number), at + 1) if number >= 1 else None


def _read_count(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int] | None:
    token = tokens[at]
    if token["digits"]:
        return _read_digits(text, tokens, at)
    first = _word(tokens, at)
    if first in ("a", "pair"):
        if first == "pair":
            return _made("count", text, token, token, 2), at + 1
        second = _word(tokens, at + 1)
        if second == "dozen":
            return _made("count", text, token, tokens[at + 1], 12), at + 2
        if second == "hundred" or second in _SCALES:
            return _made("count", text, token, tokens[at + 1], _SCALES.get(second, 100.0)), at + 2
        return None
    total = current = 0.0
    here = at
    while here < len(tokens):
        word = _word(tokens, here)
        small = _SMALL.get(word, _TENS.get(word))
        if here > at and not _joined(text, tokens, here):
            break
        if small is not None and (current % 100 == 0 or (current % 10 == 0 and current % 100 >= 20 and small < 10)):
            if here > at and current == 0 and total == 0:
                break
            current += small
        elif word == "hundred" and current:
            current *= 100
        elif word == "dozen" and here > at:
            current *= 12
        elif word in _SCALES and here > at:
            total, current = total + max(current, 1) * _SCALES[word], 0
        elif not (word == "and" and (total or current >= 100) and _word(tokens, here + 1) in _SMALL | _TENS):
            break
        here += 1
    if here == at:
        return None
    if [_word(tokens, here + k) for k in range(3)] == ["and", "a", "half"] and _joined(text, tokens, here):
        scale = _SCALES.get(_word(tokens, here + 3), 0.0)
        last = here + 3 if scale else here + 2
        return _made("count", text, token, tokens[last], (total + current + 0.5) * (scale or 1.0)), last + 1
    return _made("count", text, token, tokens[here - 1], total + current), here


def _read_digits(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Quantity, int]:
    token = tokens[at]
    digits, tail = token["digits"], token["tail"] or ""
    plain = digits.rstrip(",").replace(",", "")
    value, last = float(plain), at
    decimals = len(plain.partition(".")[2])
    scale, money = _SHORT.get(tail, 1.0), token["money"] or ""
    if (
        tail == "m"
        and not money
        and not re.match(r" (?:euros|pounds|dollars|kroner|kronor|yen)\b", text[token.end() :])
    ):
        scale, money = 1.0, "m"
    if _word(tokens, at + 1) in _SCALES and _joined(text, tokens, at + 1):
        scale, last = _SCALES[_word(tokens, at + 1)], at + 1
    slack = 10.0**-decimals * scale / 2 if decimals or scale > 1 else 0.0
    if decimals == 0 and scale == 1 and "," in digits and value >= 10_000:
        noughts = len(plain) - len(plain.rstrip("0"))
        slack = 10.0 ** min(noughts, len(plain) - 3) / 2
    year = re.fullmatch(r"1\d{3}|20\d\d", digits) is not None and scale == 1 and not money
    made = _made("year" if year else "count", text, token, tokens[last], value * scale, slack=slack)
    return replace(made, unit=money), last + 1


def _dressed(quantity: Quantity, text: str) -> Quantity:
    """The number with its unit, sign and hedge."""
    before, after = text[max(quantity.start - 40, 0) : quantity.start], text[quantity.end :]
    low, high, unit, kind = quantity.low, quantity.high, quantity.unit, quantity.kind
    if not unit and kind in ("count", "year") and (match := _UNIT.match(after)):
        unit = next((u for form, u in _UNIT_OF.items() if form.lower() == match[1].lower()), "")
        kind = "count"
        if unit in _YEARS_PER:
            low, high, unit = low * _YEARS_PER[unit], high * _YEARS_PER[unit], "years"
    if unit == "%":
        low, high, kind, unit = low / 100, high / 100, "share", ""
        quantity = replace(quantity, slack=0.0005 if "." in quantity.text else 0.005)
    if _NEGATIVE.search(before) or (kind == "count" and _BELOW_ZERO.match(after)):
        low, high = -high, -low
    hedge = next((name for name, pattern in _BEFORE if pattern.search(before.rstrip("$€£¥"))), "")
    change = bool(_CHANGE.search(before))
    return replace(quantity, kind=kind, low=low, high=high, unit=unit, hedge=hedge, is_change=change)


def _digits_of(value: float) -> int:
    """How many digits a number states: 2 for 280, 3 for 287."""
    return len(f"{abs(value):.10g}".replace(".", "").strip("0")) if "e" not in f"{abs(value):.10g}" else 1


def is_said_by(said: Quantity, true: float) -> bool:
    """Whether a number as said is right of a true value, given how it is hedged."""
    value = said.low
    if abs(value - true) <= max(said.slack, 1e-9 * max(abs(true), 1.0)):
        return True
    if value * true <= 0 or (any(c.isdigit() for c in said.text) and _digits_of(value) >= _digits_of(true)):
        # Rounding leaves fewer digits: `about 290` is no rounding of 280.
        return False
    ratio = true / value
    if said.hedge == "near":
        return abs(ratio - 1) <= _CLOSE
    if said.hedge == "below":
        return 0.88 <= ratio <= 1
    if said.hedge == "under":
        return 0.8 <= ratio <= 1
    if said.hedge == "over":
        return 1 <= ratio <= 1.2
    # A share in words is round by itself: a third need not be 33.3 per cent.
    return said.kind in ("share", "fold") and not any(c.isdigit() for c in said.text) and abs(ratio - 1) <= _CLOSE
