"""Numerals: digits and number words as sentences write them, before their units and hedges are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rushlight.create.grounding.lexicon import FUNCTION_WORDS
from rushlight.create.grounding.units import UNIT, convert, unit_of

__all__ = ["Numeral", "NumeralKind", "read_numerals"]

NumeralKind = Literal["count", "share", "fold", "ordinal", "year", "years", "vague"]

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {w: 10 * v for v, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_GROUPS = {"dozen": 12.0, "hundred": 100.0, "hundredweight": 50.0, **_SCALES}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9}
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_ORDINAL = (
    {word: value for value, word in enumerate(_ORDINALS)}
    | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80}
    | {"ninetieth": 90, "hundredth": 100}
    | {f"{tens}-{_ORDINALS[ones]}": value + ones for tens, value in _TENS.items() for ones in range(1, 10)}
)
_PARTS = {"half": 2, "quarter": 4, "third": 3} | {word: value for word, value in _ORDINAL.items() if value >= 4}
_FOLDS = {
    "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "twice": 2, "triple": 3, "tripled": 3, "triples": 3,
    "tripling": 3, "treble": 3, "trebled": 3, "thrice": 3, "quadruple": 4, "quadrupled": 4, "halve": 0.5,
    "halved": 0.5, "halves": 0.5, "halving": 0.5,
}  # fmt: skip
_VAGUE = {"dozens": 24.0, "scores": 40.0, "hundreds": 200.0, "thousands": 2e3, "millions": 2e6, "billions": 2e9}
# Three times as much is a multiple, three times a day is not.
_MULTIPLIES = re.compile(r" (?:as|more|less|larger|bigger|greater|higher|what|the|that|its|his|her|their|over|\w+er)\b")
_TOKEN = re.compile(
    r"(?P<money>[$€£¥])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<tail>st|nd|rd|th|s|k|mn|m|bn)?(?![\w])|(?P<word>[A-Za-z]+)"
)
# The second half and half-time are no halves of anything counted.
_HALVES = frozenset("first second other later latter".split())
_HALF_WORD = re.compile(r"-(?:time|way|brother|sister|term|light|hearted|price)\b")
_MONEY_WORD = re.compile(r" (?:euros?|pounds?|dollars?|kron[aeo]r?|kroner|yen|crowns|francs)\b")


@dataclass(frozen=True)
class Numeral:
    """A numeral in a text.

    Attributes:
        kind: `share` of a whole (0.5), `fold` of something else (2), `years` a span of years such as a decade,
            `vague` as in `hundreds`, …
        text: as written.
        start: character offset; `end` likewise.
        low: the number; where it is a span, its lower end, with `high` as the upper.
        unit: a currency or unit that is part of the numeral itself, as in `half an hour`.
        slack: how far a truth may lie from it when it is stated outright, from its noughts and decimals.
    """

    kind: NumeralKind
    text: str
    start: int
    end: int
    low: float
    high: float
    unit: str = ""
    slack: float = 0.0


def read_numerals(text: str, taken: list[tuple[int, int]] | None = None) -> Iterator[Numeral]:
    """Every numeral of a text in order, but for what lies in the `taken` spans, such as dates."""
    tokens = [m for m in _TOKEN.finditer(text) if not any(s < m.end() and m.start() < e for s, e in taken or [])]
    at = 0
    while at < len(tokens):
        for read in (_read_part_of, _read_share, _read_fold, _read_span, _read_ordinal, _read_vague, _read_count):
            made = read(text, tokens, at)
            if made is not None:
                yield made[0]
                at = made[1]
                break
        else:
            at += 1


_Read = tuple[Numeral, int] | None


def _word(tokens: list[re.Match[str]], at: int) -> str:
    return (tokens[at]["word"] or "").lower() if 0 <= at < len(tokens) else ""


def _words(tokens: list[re.Match[str]], at: int, count: int) -> list[str]:
    return [_word(tokens, at + k) for k in range(count)]


def _joined(text: str, tokens: list[re.Match[str]], at: int) -> bool:
    """Whether a token follows the one before with nothing but a space or a hyphen between."""
    return text[tokens[at - 1].end() : tokens[at].start()] in (" ", "-", "\u00a0") if at < len(tokens) else False


def _made(
    kind: NumeralKind, text: str, first: re.Match[str], last: re.Match[str], low: float, **more: float
) -> Numeral:
    start, end = first.start(), last.end()
    return Numeral(kind, text[start:end], start, end, low, more.get("high", low), slack=more.get("slack", 0.0))


def _fraction(tokens: list[re.Match[str]], at: int) -> tuple[float, int] | None:
    """A fraction in words with the token after it: `half`, `a third`, `three quarters`."""
    first, second = _word(tokens, at), _word(tokens, at + 1)
    if first == "half":
        return 0.5, at + 1
    top = 1 if first in ("a", "an", "one") else _SMALL.get(first, 0)
    part = _PARTS.get(second) or _PARTS.get(second.removesuffix("s"), 0) or (2 if second == "halves" else 0)
    if top and part and (top == 1) != second.endswith("s"):
        return top / part, at + 2
    return None


def _read_part_of(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    """A fraction of a unit or of a round number: half an hour, a fifth of a kilo, three quarters of a million."""
    fraction = _fraction(tokens, at)
    if fraction is None:
        return _read_one_and_a_half(text, tokens, at)
    value, after = fraction
    here = after + 1 if _word(tokens, after) == "of" else after
    if _word(tokens, here) not in ("a", "an") or (here == after and value != 0.5):
        return _read_half_unit(text, tokens, at) if _word(tokens, at) == "half" else None
    if here + 1 >= len(tokens):
        return None
    whole, last = _word(tokens, here + 1), here + 1
    slack = 0.06 * value if value not in (0.5, 0.25, 0.75) else 0.0
    if whole in _GROUPS:
        made = _made("count", text, tokens[at], tokens[last], value * _GROUPS[whole], slack=slack * _GROUPS[whole])
        return made, last + 1
    form = re.match(r" (second)\b", text[tokens[here].end() :]) or UNIT.match(text[tokens[here].end() :])
    if form is None:
        return None
    unit = unit_of(form[1]) or "seconds"
    end = tokens[here].end() + form.end()
    numeral = Numeral("count", text[tokens[at].start() : end], tokens[at].start(), end, value, value, unit, slack)
    while last < len(tokens) and tokens[last].start() < end:
        last += 1
    return _in_smaller(numeral), last


def _read_half_unit(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    """`A half-hour walk`."""
    unit = UNIT.match(text[tokens[at].end() :]) if text[tokens[at].end() :].startswith("-") else None
    if unit is None:
        return None
    start, end = tokens[at].start(), tokens[at].end() + unit.end()
    numeral = Numeral("count", text[start:end], start, end, 0.5, 0.5, unit_of(unit[1]))
    return _in_smaller(numeral), at + 2


def _read_one_and_a_half(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    """`A month and a half`, `a decade and a half`."""
    unit = UNIT.match(text[tokens[at].end() :]) if _word(tokens, at) in ("a", "an") else None
    end = tokens[at].end() + (unit.end() if unit else 0)
    if unit is None or not text[end:].startswith(" and a half"):
        return None
    start, end = tokens[at].start(), end + len(" and a half")
    numeral = Numeral("count", text[start:end], start, end, 1.5, 1.5, unit_of(unit[1]))
    return _in_smaller(numeral), next((k for k in range(at, len(tokens)) if tokens[k].start() >= end), len(tokens))


def _in_smaller(numeral: Numeral) -> Numeral:
    """A part of a decade or century in years: they are said with nothing else."""
    years = convert(1.0, numeral.unit, "years") if numeral.unit in ("decades", "centuries") else None
    if years is None:
        return numeral
    years = round(years)
    return replace(
        numeral, low=numeral.low * years, high=numeral.high * years, slack=numeral.slack * years, unit="years"
    )


def _read_share(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    first, second = _word(tokens, at), _word(tokens, at + 1)
    if first == "half" and second not in ("a", "past"):
        if _word(tokens, at - 1) in _HALVES or _HALF_WORD.match(text[tokens[at].end() :]):
            return None
        return _made("share", text, tokens[at], tokens[at], 0.5), at + 1
    fraction = _fraction(tokens, at) if first != "half" and _joined(text, tokens, at + 1) else None
    if fraction and _word(tokens, at) in ("a", "an") and _counts_on(text[tokens[fraction[1] - 1].end() :]):
        return _made("ordinal", text, tokens[at], tokens[fraction[1] - 1], round(1 / fraction[0])), fraction[1]
    if fraction:
        return _made("share", text, tokens[at], tokens[fraction[1] - 1], fraction[0]), fraction[1]
    return _read_so_many_in(text, tokens, at)


def _counts_on(after: str) -> bool:
    """Whether a noun follows, so that `a third` counts one more thing (a third ship) and is no part of a whole."""
    word = re.match(r" ([a-z]+)\b(?! of)", after)
    return bool(word) and word[1] not in FUNCTION_WORDS and not re.search(r"(?:er|ed)$", word[1])  # type: ignore[index]


def _read_so_many_in(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    """`Six in ten`, `2 out of every 5`, `one tube in ten`, `one for every seven`."""
    first = tokens[at]
    top: float = _SMALL.get(_word(tokens, at), 0)
    if first["digits"] and first["digits"].isdigit() and not first["money"] and not first["tail"]:
        top = int(first["digits"][:4])
    if not top:
        return None
    noun = _word(tokens, at + 1)
    gaps = [("in",), ("in", "every"), ("out", "of"), ("out", "of", "every"), ("of", "every"), ("for", "every")]
    gaps += [(noun, *gap) for gap in gaps[:2]] if top == 1 and noun else []
    for gap in sorted(gaps, key=len, reverse=True):
        other = at + 1 + len(gap)
        if _words(tokens, at + 1, len(gap)) != list(gap) or other >= len(tokens):
            continue
        below = float(_SMALL.get(_word(tokens, other), _TENS.get(_word(tokens, other), 0)))
        if digits := tokens[other]["digits"]:
            below = float(digits.replace(",", ""))
        if 0 < top < below <= 100 and below.is_integer():
            return _made("share", text, first, tokens[other], top / below), other + 1
    return None


def _read_fold(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    first = _word(tokens, at)
    if first in _FOLDS:
        return _made("fold", text, tokens[at], tokens[at], _FOLDS[first]), at + 1
    if first.endswith("fold") and first[:-4] in _SMALL | _TENS:
        return _made("fold", text, tokens[at], tokens[at], (_SMALL | _TENS)[first[:-4]]), at + 1
    if _word(tokens, at + 1) == "times" and not _MULTIPLIES.match(text[tokens[at + 1].end() :]):
        return None
    if _word(tokens, at + 1) in ("times", "fold"):
        value: float = _SMALL.get(first) or _TENS.get(first) or 0
        value = value or (float(tokens[at]["digits"].replace(",", "")) if tokens[at]["digits"] else 0)
        if value:
            return _made("fold", text, tokens[at], tokens[at + 1], value), at + 2
    return None


def _read_span(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
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
    tens = _word(tokens, at).removesuffix("ies") + "y"
    if _word(tokens, at).endswith("ies") and tens in _TENS:
        # `The mid-nineties`: of which century, only the evidence can say.
        return _made("years", text, token, token, _TENS[tens], high=_TENS[tens] + 9.0), at + 1
    return None


def _read_ordinal(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    token = tokens[at]
    if token["digits"] and token["tail"] in ("st", "nd", "rd", "th"):
        return _made("ordinal", text, token, token, float(token["digits"].replace(",", ""))), at + 1
    both = f"{_word(tokens, at)}-{_word(tokens, at + 1)}"
    if both in _ORDINAL and _joined(text, tokens, at + 1):
        return _made("ordinal", text, token, tokens[at + 1], _ORDINAL[both]), at + 2
    number = _ORDINAL.get(_word(tokens, at), 0)
    if number > 1 and _word(tokens, at - 1) == "every":
        return _made("share", text, token, token, 1 / number), at + 1
    return (_made("ordinal", text, token, token, number), at + 1) if number >= 1 else None


def _read_vague(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    """`Hundreds`, `tens of thousands`: from two of them to ten."""
    for words, low, last in (
        (("tens", "of", "thousands"), 2e4, at + 2),
        (("hundreds", "of", "thousands"), 2e5, at + 2),
        (("tens", "of", "millions"), 2e7, at + 2),
        (("hundreds", "of", "millions"), 2e8, at + 2),
    ):
        if tuple(_words(tokens, at, 3)) == words:
            return _made("vague", text, tokens[at], tokens[last], low, high=5 * low), last + 1
    if _word(tokens, at) in ("several", "few") and _word(tokens, at + 1) in _GROUPS:
        low = 2 * _GROUPS[_word(tokens, at + 1)]
        return _made("vague", text, tokens[at], tokens[at + 1], low, high=5 * low), at + 2
    low = _VAGUE.get(_word(tokens, at), 0.0) if _word(tokens, at + 1) == "of" else 0.0
    return (_made("vague", text, tokens[at], tokens[at], low, high=5 * low), at + 1) if low else None


def _read_count(text: str, tokens: list[re.Match[str]], at: int) -> _Read:
    token = tokens[at]
    if token["digits"]:
        return _read_digits(text, tokens, at)
    first, second = _word(tokens, at), _word(tokens, at + 1)
    if first in ("pair", "couple"):
        return _made("count", text, token, token, 2), at + 1
    if first in ("a", "another"):
        if second not in _GROUPS or not _joined(text, tokens, at + 1):
            return None
        third = (
            _SCALES.get(_word(tokens, at + 2), 0.0) if second == "hundred" and _joined(text, tokens, at + 2) else 0.0
        )
        last = at + 2 if third else at + 1
        return _made("count", text, token, tokens[last], _GROUPS[second] * (third or 1.0)), last + 1
    if first in _GROUPS:
        # `A possible hundred`.
        return _made("count", text, token, token, _GROUPS[first]), at + 1
    value, here = _cardinal(text, tokens, at)
    if here == at:
        return None
    if _words(tokens, here, 3) == ["and", "a", "half"] and _joined(text, tokens, here):
        scale = _SCALES.get(_word(tokens, here + 3), 0.0)
        last = here + 3 if scale else here + 2
        return _made("count", text, token, tokens[last], (value + 0.5) * (scale or 1.0)), last + 1
    return _made("count", text, token, tokens[here - 1], value), here


def _cardinal(text: str, tokens: list[re.Match[str]], at: int) -> tuple[float, int]:
    """The value of the number words from a token on, and the token after them."""
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
    return total + current, here


def _read_digits(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Numeral, int]:
    token = tokens[at]
    digits, tail = token["digits"], token["tail"] or ""
    plain = digits.rstrip(",").replace(",", "")
    value, last = float(plain), at
    decimals = len(plain.partition(".")[2])
    scale, unit = _SHORT.get(tail, 1.0), token["money"] or ""
    if tail == "m" and not unit and not _MONEY_WORD.match(text[token.end() :]):
        scale, unit = 1.0, "m"
    if _word(tokens, at + 1) in _SCALES and _joined(text, tokens, at + 1):
        scale, last = _SCALES[_word(tokens, at + 1)], at + 1
    slack = 10.0**-decimals * scale / 2 if decimals or scale > 1 else 0.0
    if decimals == 0 and scale == 1 and "," in digits and value >= 10_000:
        noughts = len(plain) - len(plain.rstrip("0"))
        slack = 10.0 ** min(noughts, len(plain) - 3) / 2
    year = re.fullmatch(r"1\d{3}|20\d\d", digits) is not None and scale == 1 and not unit
    made = _made("year" if year else "count", text, token, tokens[last], value * scale, slack=slack)
    return replace(made, unit=unit), last + 1
