"""How written words are read aloud: markup, numbers, years, units, money, abbreviations.

A line is split into the words a caption shows; each keeps the text that a voice should say for it, so that every
spoken time can be tied back to a written word. English is normalised here; other languages are left to the voice.

Markup in a line: `*word*` for emphasis, `[pause 0.5s]` for a silence, `{Nguyen|nwin}` for a word said another way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import inflect

from rushlight.core.errors import InputError
from rushlight.core.units import parse_seconds

__all__ = ["SpokenWord", "caption_text", "read_line"]

_TOKEN = re.compile(r"\[pause\s+([^\]]+)\]|\{([^{}|]+)\|([^{}]*)\}(\S*)|(\S+)", re.IGNORECASE)
_WORD = re.compile(r"^(?P<before>[^\w€$£¥+\-−#&]*)(?P<core>.*?)(?P<after>[^\w%°€$£]*)$")
_MONEY = {"€": ("euro", "euros"), "$": ("dollar", "dollars"), "£": ("pound", "pounds"), "¥": ("yen", "yen")}
_SCALES = {"thousand", "million", "billion", "trillion", "m", "bn", "k", "tn"}
_SCALE_WORDS = {"m": "million", "bn": "billion", "k": "thousand", "tn": "trillion"}
_UNITS = {
    "km": "kilometres", "m": "metres", "cm": "centimetres", "mm": "millimetres", "kg": "kilograms", "g": "grams",
    "km/h": "kilometres an hour", "mph": "miles an hour", "m/s": "metres a second", "km²": "square kilometres",
    "m²": "square metres",
    "ha": "hectares", "°c": "degrees Celsius", "°f": "degrees Fahrenheit",
    "kwh": "kilowatt hours",
    "mwh": "megawatt hours", "gwh": "gigawatt hours", "twh": "terawatt hours", "kw": "kilowatts", "mw": "megawatts",
    "gw": "gigawatts", "ft": "feet", "lb": "pounds", "lbs": "pounds", "oz": "ounces", "hz": "hertz", "khz": "kilohertz",
    "mhz": "megahertz", "ghz": "gigahertz", "mb": "megabytes", "gb": "gigabytes", "tb": "terabytes", "min": "minutes",
}  # fmt: skip
_ABBREVIATIONS = {
    "dr.": "doctor", "mr.": "mister", "mrs.": "missus", "ms.": "miz", "prof.": "professor", "st.": "saint",
    "vs.": "versus", "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is", "approx.": "approximately",
    "no.": "number", "jr.": "junior", "sr.": "senior", "gov.": "governor", "sen.": "senator", "gen.": "general",
    "capt.": "captain", "lt.": "lieutenant", "mt.": "mount", "jan.": "January", "feb.": "February", "aug.": "August",
    "sept.": "September", "oct.": "October", "nov.": "November", "dec.": "December", "&": "and", "u.s.": "U S",
    "u.k.": "U K", "a.m.": "A M", "p.m.": "P M", "=": "equals", "+": "plus", "→": "to", "×": "times",
}  # fmt: skip
_MONTHS = frozenset("january february march april may june july august september october november december".split())


@dataclass(frozen=True)
class SpokenWord:
    """A written word with what is said for it.

    `spoken` holds no letter or digit for a mark that is shown but not said; `pause_seconds` is silence before it.
    """

    text: str
    spoken: str
    emphasis: bool = False
    pause_seconds: Fraction = Fraction(0)


@cache
def _engine() -> inflect.engine:
    return inflect.engine()


def caption_text(text: str) -> str:
    """A line as captions show it: markup taken out."""
    return " ".join(word.text for word in _written(text))


def _written(text: str) -> list[SpokenWord]:
    words: list[SpokenWord] = []
    pause, emphatic = Fraction(0), False
    for match in _TOKEN.finditer(text):
        if match.group(1):
            try:
                pause += parse_seconds(match.group(1))
            except InputError as error:
                raise InputError(
                    f"{match.group(0)!r} is not a pause.", hint="Write it as [pause 0.5s].", where=text[:40]
                ) from error
            continue
        shown, said = (match.group(2) + match.group(4), match.group(3)) if match.group(2) else (match.group(5), None)
        starts, ends = shown.startswith("*"), bool(re.search(r"\*[^\w*]*$", shown))
        emphatic = emphatic or starts
        shown = shown.replace("*", "")
        if shown:
            words.append(SpokenWord(shown, shown if said is None else said, emphatic, pause))
            pause = Fraction(0)
        if ends:
            emphatic = False
    return words


def read_line(text: str, language: str = "en") -> list[SpokenWord]:
    """Split a line into written words, each with what is said for it.

    Raises:
        InputError: a pause that is not a time.
    """
    words = _written(text)
    if not language.startswith("en"):
        return words
    said = [word.spoken for word in words]
    for position, word in enumerate(words):
        if word.spoken == word.text:
            _say(position, said, [item.text for item in words])
    return [
        SpokenWord(word.text, spoken, word.emphasis, word.pause_seconds)
        for word, spoken in zip(words, said, strict=True)
    ]


def _say(position: int, said: list[str], written: list[str]) -> None:
    """Put what is said for the word at `position` into `said`; money and units may change the next word too."""
    text = written[position]
    if text.lower() in _ABBREVIATIONS and not (text.lower() == "no." and not _numeric_follows(position, written)):
        said[position] = _ABBREVIATIONS[text.lower()]
        return
    match = _WORD.match(text)
    assert match is not None
    before, core, after = match.group("before"), match.group("core"), match.group("after")
    if not core:
        # A dash standing alone is heard as a short rest, like a comma; other lone marks are not heard.
        said[position] = "," if set(text) <= set("—–-") else ""
        return
    following = written[position + 1].lower().rstrip(".,;:!?)") if position + 1 < len(written) else ""
    previous = written[position - 1].lower().strip(".,;:!?(") if position else ""
    if core[0] in _MONEY and (amount := _number(core[1:])):
        one, many = _MONEY[core[0]]
        if following in _SCALES:
            tail = written[position + 1][len(following) :]
            said[position] = f"{before}{amount}"
            said[position + 1] = f"{_SCALE_WORDS.get(following, following)} {many}{tail}"
        else:
            said[position] = f"{before}{amount} {one if core[1:] == '1' else many}{after}"
        return
    spoken = _core(core, previous, following)
    if spoken is not None:
        said[position] = f"{before}{spoken}{after}"
    elif core.lower() in _UNITS and previous and previous[-1].isdigit():
        said[position] = f"{before}{_UNITS[core.lower()]}{after}"


def _numeric_follows(position: int, written: list[str]) -> bool:
    return position + 1 < len(written) and written[position + 1][:1].isdigit()


def _core(core: str, previous: str, following: str) -> str | None:
    """What is said for a word without its punctuation, or None when it is said as written."""
    if re.fullmatch(r"(1[1-9]|20)\d\d", core) and following not in _UNITS and following not in ("%", "people"):
        return _year(int(core))
    if match := re.fullmatch(r"((?:1[1-9]|20)\d\d)s", core):
        return _plural(_year(int(match.group(1))))
    if match := re.fullmatch(r"((?:1[1-9]|20)\d\d)[–-](\d{2,4})", core):
        end = match.group(2)
        return f"{_year(int(match.group(1)))} to {_year(int(end)) if len(end) == 4 else _cardinal(end)}"
    if match := re.fullmatch(r"([\d.,]+)[–-]([\d.,]+)(%?)", core):
        first, second = _number(match.group(1)), _number(match.group(2))
        if first and second:
            return f"{first} to {second}{' percent' if match.group(3) else ''}"
    if match := re.fullmatch(r"(\d{1,3}(?:,\d{3})*)(st|nd|rd|th)", core):
        return str(_engine().number_to_words(_engine().ordinal(match.group(1).replace(",", ""))))
    if match := re.fullmatch(r"([+\-−]?)([\d.,]+)(%|°[CF]?|[a-zA-Zµ²/]+)?", core):
        return _quantity(match.group(1), match.group(2), match.group(3) or "", previous)
    return None


def _quantity(sign: str, digits: str, unit: str, previous: str) -> str | None:
    number = _number(digits)
    if number is None:
        return None
    if unit and unit != "%" and unit.lower() not in _UNITS and unit.lower() not in _SCALE_WORDS and unit != "°":
        return None
    if not sign and not unit and previous in _MONTHS and digits.isdigit() and int(digits) <= 31:
        return str(_engine().number_to_words(_engine().ordinal(digits)))
    words = {"": "", "%": " percent", "°": " degrees"}.get(unit)
    if words is None:
        words = " " + (_UNITS.get(unit.lower()) or _SCALE_WORDS[unit.lower()])
    return f"{'plus ' if sign == '+' else 'minus ' if sign else ''}{number}{words}"


def _number(digits: str) -> str | None:
    """Digits, with thousands commas and a decimal point, in words; None when they are no number."""
    if not re.fullmatch(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?", digits):
        return None
    whole, _, part = digits.replace(",", "").partition(".")
    said = _cardinal(whole) if len(whole) <= 15 else " ".join(_cardinal(digit) for digit in whole)
    return f"{said} point {' '.join(_cardinal(digit) for digit in part)}" if part else said


def _cardinal(digits: str) -> str:
    if len(digits) == 2 and digits.startswith("0"):
        return f"oh {_cardinal(digits[1])}"
    return str(_engine().number_to_words(digits, andword="and", comma=""))


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if 2000 <= year <= 2009 or rest == 0:
        return _cardinal(str(year)) if century % 10 == 0 else f"{_cardinal(str(century))} hundred"
    tail = f"oh {_cardinal(str(rest))}" if rest < 10 else _cardinal(str(rest))
    return f"{_cardinal(str(century))} {tail}"


def _plural(words: str) -> str:
    return words[:-1] + "ies" if words.endswith("y") else words + "s"
