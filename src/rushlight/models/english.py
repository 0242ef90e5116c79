"""What an English voice should say for words that are not written as they are spoken: numbers, dates, money, names."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import inflect

__all__ = ["say_words"]

_WORD = re.compile(r"^(?P<before>[^\w€$£¥+\-−#&%°½⅓⅔¼¾⅛.]*)(?P<core>.*?)(?P<after>[^\w%°€$£¥½⅓⅔¼¾⅛]*)$", re.DOTALL)
_MONEY = {"€": ("euro", "euros", "cent"), "$": ("dollar", "dollars", "cent"), "£": ("pound", "pounds", "penny"),
          "¥": ("yen", "yen", "")}  # fmt: skip
_SCALES = {"thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion", "m": "million",
           "bn": "billion", "k": "thousand", "tn": "trillion"}  # fmt: skip
_UNITS = {
    "km": "kilometres", "m": "metres", "cm": "centimetres", "mm": "millimetres", "kg": "kilograms", "g": "grams",
    "km/h": "kilometres an hour", "mph": "miles an hour", "m/s": "metres a second", "km²": "square kilometres",
    "m²": "square metres", "m³": "cubic metres", "ha": "hectares", "°": "degrees", "°c": "degrees Celsius",
    "°f": "degrees Fahrenheit", "kwh": "kilowatt hours", "mwh": "megawatt hours", "gwh": "gigawatt hours",
    "twh": "terawatt hours", "kw": "kilowatts", "mw": "megawatts", "gw": "gigawatts", "ft": "feet", "lb": "pounds",
    "lbs": "pounds", "oz": "ounces", "hz": "hertz", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz",
    "kb": "kilobytes", "mb": "megabytes", "gb": "gigabytes", "tb": "terabytes", "min": "minutes", "h": "hours",
    "%": "percent", "db": "decibels", "v": "volts", "x": "times", "×": "times",
}  # fmt: skip
# Units that are never words themselves, so that they are read out even where the number is written in letters.
_PLAIN_UNITS = frozenset("km kg cm mm mph km/h m/s km² m² m³ kwh mwh gwh twh khz mhz ghz °c °f".split())
_ABBREVIATIONS = {
    "dr.": "doctor", "mr.": "mister", "mrs.": "missus", "ms.": "miz", "prof.": "professor", "st.": "saint",
    "vs.": "versus", "vs": "versus", "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is",
    "approx.": "approximately", "no.": "number", "jr.": "junior", "sr.": "senior", "gov.": "governor",
    "sen.": "senator", "gen.": "general", "capt.": "captain", "lt.": "lieutenant", "mt.": "mount", "jan.": "January",
    "feb.": "February", "aug.": "August", "sept.": "September", "oct.": "October", "nov.": "November",
    "dec.": "December", "&": "and", "a.m.": "ay M", "p.m.": "P M", "=": "equals", "+": "plus", "→": "to",
    "×": "times",
}  # fmt: skip
_TITLES = {"dr": "doctor", "mr": "mister", "mrs": "missus", "prof": "professor"}
_MONTHS = ("January February March April May June July August September October November December").split()
_YEAR_CUES = frozenset("in since until till by from around year circa after before of late early".split())
# Followed by one of these, four digits are a year even though the word ends like a plural.
_NOT_COUNTED = frozenset("was is has as its this his does perhaps always thus years's".split())
_NUMBERED = frozenset("chapter part act volume book section phase class type war bowl mark apollo scene title".split())
_KINGS = frozenset("Charles James Elizabeth George Napoleon Francis Henry Louis William Edward Nicholas Peter".split())
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8)}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_MONEY_TOKEN = re.compile(
    rf"(?P<sign>[-−+]?)(?P<land>US|A|C|NZ|HK)?(?P<coin>[€$£¥])(?P<sign2>[-−]?)(?P<first>{_NUMBER})"
    rf"(?:[–-](?P<second>{_NUMBER}))?(?P<scale>m|bn|k|tn)?", re.ASCII,
)  # fmt: skip
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|gov|edu|co\.uk|tv)"
)


@cache
def _engine() -> inflect.engine:
    return inflect.engine()


def say_words(written: list[str], said: list[str | None]) -> list[str]:
    """What is said for each word of a line.

    Args:
        written: the words as shown.
        said: for each word a respelling that stands as it is, or None.

    Returns:
        One text a word, in order; no letter or digit for a mark that is not said.
    """
    found: list[str] = [text if text is not None else "" for text in said]
    fixed = {place for place, text in enumerate(said) if text is not None}
    for place in range(len(written)):
        if place not in fixed:
            _say(place, found, written, fixed)
    return found


def _say(place: int, said: list[str], written: list[str], fixed: set[int]) -> None:
    """Put what is said for the word at `place` into `said`; money, times and phone numbers decide for more words."""
    text = written[place]
    previous = written[place - 1].strip('.,;:!?()"“”') if place else ""
    following = written[place + 1].rstrip('.,;:!?)"”') if place + 1 < len(written) else ""
    if (short := _abbreviation(text, previous, following)) is not None:
        said[place] = short
        return
    match = _WORD.match(text)
    assert match is not None
    before, core, after = match["before"], match["core"], match["after"]
    if not core:
        # A dash standing alone is heard as a short rest, like a comma; other lone marks are not heard.
        said[place] = "," if text and set(text) <= set("—–-") else ""
        return
    if re.fullmatch(r"\+\d{1,3}", core, re.ASCII) and re.fullmatch(r"[\d-]{2,}", following, re.ASCII):
        _phone(place, said, written, fixed)
        return
    if money := _MONEY_TOKEN.fullmatch(core):
        scale = _SCALES.get(following.lower(), "") if not money["scale"] and place + 1 not in fixed else ""
        amount, coins = _money(money, scale)
        said[place] = f"{before}{amount}" if scale else f"{before}{f'{amount} {coins}'.strip()}{after}"
        if scale:
            said[place + 1] = f"{scale} {coins}{written[place + 1][len(following) :]}"
            fixed.add(place + 1)
        return
    spoken = _core(core, previous, following)
    said[place] = f"{before}{spoken}{after}" if spoken is not None else text


def _abbreviation(text: str, previous: str, following: str) -> str | None:
    lower = text.lower().rstrip(",;:!?)")
    tail = text[len(lower) :]
    if lower == "no." and not following[:1].isdigit():
        return None
    if lower == "st." and previous[:1].isupper() and not following[:1].isupper():
        return f"street{tail}"
    if lower in _ABBREVIATIONS:
        return _ABBREVIATIONS[lower] + tail
    if lower in _TITLES and text[:1].isupper() and following[:1].isupper():
        return _TITLES[lower] + tail
    if re.fullmatch(r"(?:[a-z]\.){2,}", lower):
        return _letters(lower.replace(".", "").upper()) + tail
    return None


def _letters(capitals: str) -> str:
    # A lone "A" would be read as the article.
    return " ".join("ay" if letter == "A" else letter for letter in capitals)


def _phone(place: int, said: list[str], written: list[str], fixed: set[int]) -> None:
    said[place] = "plus " + _digits(written[place])
    for later in range(place + 1, len(written)):
        if later in fixed or not re.fullmatch(r"[\d-]{2,}[.,;:!?]*", written[later], re.ASCII):
            break
        tail = written[later].lstrip("0123456789-")
        said[later] = _digits(written[later]) + (tail or ",")
        fixed.add(later)


def _digits(text: str) -> str:
    return " ".join("oh" if digit == "0" else _cardinal(digit) for digit in text if digit in "0123456789")


def _money(money: re.Match[str], scale: str) -> tuple[str, str]:
    one, many, cent = _MONEY[money["coin"]]
    scale = scale or _SCALES.get(money["scale"] or "", "")
    land = _letters(money["land"]) + " " if money["land"] else ""
    sign = "minus " if money["sign"] in ("-", "−") or money["sign2"] else ""
    first, second = money["first"], money["second"]
    inner = f" {_SCALES[money['scale']]}" if money["scale"] else ""
    if second:
        return f"{sign}{_number(first)} to {_number(second)}{inner}", land + many
    whole, _, part = first.replace(",", "").partition(".")
    if len(part) == 2 and not scale and cent and len(whole) <= 15:
        coins = (f"{_cardinal(str(int(part)))} {_plural_of(cent, int(part))}",) if int(part) else ()
        notes = (f"{_cardinal(whole)} {land}{one if whole == '1' else many}",) if int(whole or 0) or not coins else ()
        return sign + " and ".join((*notes, *coins)), ""
    return f"{sign}{_number(first)}{inner}", land + (one if first == "1" and not scale else many)


def _plural_of(cent: str, count: int) -> str:
    return cent if count == 1 else {"penny": "pence"}.get(cent, f"{cent}s")


def _core(core: str, previous: str, following: str) -> str | None:
    """What is said for a word without its punctuation, or None when it is said as written."""
    for say in _WAYS:
        if (spoken := say(core, previous, following)) is not None:
            return spoken
    return None


def _say_address(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    if not _ADDRESS.fullmatch(core):
        return None
    text = re.sub(r"^https?://", "", core).rstrip("/")
    names = {".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals",
             "&": "and", "#": "hash", ":": "colon", "+": "plus", "%": "percent", "~": "tilde"}  # fmt: skip
    parts = [names.get(part, part) for part in re.split(r"([./@\-_?=&#:+%~])", text) if part]
    return " ".join("W W W" if part.lower() == "www" else part for part in parts)


def _say_time(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    match = re.fullmatch(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(am|pm)?", core, re.ASCII | re.IGNORECASE)
    if not match:
        return None
    hour, minutes = int(match[1]), match[2]
    half = match[4] or (following if following.lower().replace(".", "") in ("am", "pm") else "")
    if minutes != "00":
        words = f"{_cardinal(str(hour))} {_cardinal(minutes)}"
    elif half:
        words = _cardinal(str(hour))
    else:
        words = f"{_cardinal(str(hour))} o'clock" if 0 < hour <= 12 else f"{_cardinal(str(hour))} hundred"
    words += f" {_cardinal(match[3])}" if match[3] else ""
    return words + (f" {_letters(match[4].upper())}" if match[4] else "")


def _say_half_of_day(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    if core.lower() in ("am", "pm") and re.fullmatch(r"\d{1,2}(:\d\d)?", previous, re.ASCII):
        return _letters(core.upper())
    return None


def _say_date(core: str, previous: str, following: str) -> str | None:
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", core, re.ASCII):
        month, day = int(match[2]), int(match[3])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return f"{_MONTHS[month - 1]} {_ordinal(str(day))}, {_year(int(match[1]))}"
    if re.fullmatch(r"\d{1,2}", core, re.ASCII) and 1 <= int(core) <= 31:
        if following in _MONTHS:
            return f"{'' if previous.lower() == 'the' else 'the '}{_ordinal(core)} of"
        if previous in _MONTHS:
            return _ordinal(core)
    if (match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", core, re.ASCII)) and following in _MONTHS:
        return f"{'' if previous.lower() == 'the' else 'the '}{_ordinal(match[1])} of"
    return None


def _say_year(core: str, previous: str, following: str) -> str | None:
    if match := re.fullmatch(r"((?:1[1-9]|20)\d\d)s", core, re.ASCII):
        return _plural(_year(int(match[1])))
    if match := re.fullmatch(r"['’‘]?([2-9]0)s", core, re.ASCII):
        return _plural(_cardinal(match[1]))
    if match := re.fullmatch(r"((?:1[1-9]|20)\d\d)[–/-](\d{2}|\d{4})", core, re.ASCII):
        end = match[2]
        return f"{_year(int(match[1]))} to {_year(int(end)) if len(end) == 4 else _cardinal(end)}"
    if not re.fullmatch(r"(1[0-9]|20)\d\d", core, re.ASCII) or following.lower() in _UNITS:
        return None
    cued = previous.lower() in _YEAR_CUES or previous in _MONTHS or following.lower() in ("bc", "ad", "bce", "ce")
    if core.startswith("10"):
        return _year(int(core)) if cued and core != "1000" else None
    counted = (re.search(r"[^s]s$", following) and following.lower() not in _NOT_COUNTED) or following == "people"
    return None if counted and previous.lower() not in ("in", "since", "until") else _year(int(core))


def _say_range(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    match = re.fullmatch(rf"({_NUMBER})([–-])({_NUMBER})(%|°[CF]?|[a-zA-Z²/]+)?", core, re.ASCII)
    if not match:
        return None
    first, second, unit = match[1], match[3], match[4] or ""
    zeros = any(len(part) > 1 and part.startswith("0") and "." not in part for part in (first, second))
    asked = previous.lower() in ("call", "phone", "tel", "telephone", "dial", "ring", "number", "fax")
    if zeros or (asked and match[2] == "-"):
        return f"{_digits(first)}, {_digits(second)}"
    name = _unit(unit, many=True)
    return None if name is None else f"{_number(first)} to {_number(second)}{name}"


def _say_phone(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    if re.fullmatch(r"\d{2,5}(?:-\d{2,5}){2,4}", core, re.ASCII):
        return ", ".join(_digits(part) for part in core.split("-"))
    if re.fullmatch(r"0\d{2,}|\d{10,15}", core, re.ASCII):
        return _digits(core)
    return None


def _say_fraction(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    if match := re.fullmatch(r"(\d*)([½⅓⅔¼¾⅛])", core, re.ASCII):
        part = _fraction(*_VULGAR[match[2]])
        if not match[1]:
            return part
        return f"{_cardinal(match[1])} and {part if part[0] != 'h' else 'a half'}"
    if not (match := re.fullmatch(r"(\d{1,2})/(\d{1,2})", core, re.ASCII)):
        return None
    top, bottom = int(match[1]), int(match[2])
    if 0 < top < bottom and bottom in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20):
        return _fraction(top, bottom)
    return f"{_cardinal(match[1])} {_cardinal(match[2])}"


def _fraction(top: int, bottom: int) -> str:
    name = {2: "half", 4: "quarter"}.get(bottom) or _ordinal(str(bottom))
    return ("half" if bottom == 2 else f"{'a' if bottom == 4 else 'one'} {name}") if top == 1 else (
        f"{_cardinal(str(top))} {name}s"
    )  # fmt: skip


def _say_ratio(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    match = re.fullmatch(r"(\d{1,3}):(\d{1,3})", core, re.ASCII)
    return f"{_cardinal(match[1])} to {_cardinal(match[2])}" if match else None


def _say_roman(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    match = re.fullmatch(r"(X{0,3}(?:IX|IV|V?I{0,3}))(['’]s)?", core)
    if not match or not match[1] or not previous[:1].isupper():
        return None
    numbered = previous.lower() in _NUMBERED
    if len(match[1]) == 1 and not (numbered or previous in _KINGS):
        return None
    worth = {"I": 1, "V": 5, "X": 10}
    values = [worth[letter] for letter in match[1]]
    number = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    return (_cardinal(str(number)) if numbered else f"the {_ordinal(str(number))}") + (match[2] or "")


def _say_ordinal(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})*|\d+)(st|nd|rd|th)", core, re.ASCII)
    return _ordinal(match[1].replace(",", "")) if match and len(match[1]) <= 15 else None


def _say_quantity(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    if core.startswith("#") and core[1:].isdecimal() and core.isascii():
        return f"number {_number(core[1:])}"
    if match := re.fullmatch(rf"({_NUMBER})([€$£¥])", core, re.ASCII):
        return f"{_number(match[1])} {_MONEY[match[2]][0 if match[1] == '1' else 1]}"
    match = re.fullmatch(rf"([+\-−]?)({_NUMBER})(%|°[CF]?|[a-zA-Z²³/×]+)?", core, re.ASCII)
    if not match:
        return None
    unit = match[3] or ""
    name = f" {_SCALES[unit]}" if unit in _SCALES and unit != "m" else _unit(unit, many=match[2] != "1")
    if name is None:
        return None
    return f"{ {'+': 'plus ', '': ''}.get(match[1], 'minus ') }{_number(match[2])}{name}"


def _say_unit(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    lower, counted = core.lower(), previous[-1:].isdecimal()
    if core in _MONEY and counted:
        return _MONEY[core][1]
    if (counted and lower in _UNITS) or lower in _PLAIN_UNITS:
        return (_unit(core, many=previous.lstrip("+-−") not in ("1", "one")) or "").strip()
    return None


def _say_compound(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    """Numbers joined to words: `6-bed`, `mid-1990s`, `COVID-19`, `12th-century`."""
    parts = re.split(r"[-–]", core)
    if len(parts) < 2 or not all(parts) or not any(part[0].isdecimal() for part in parts):
        return None
    if not any(part.isalpha() for part in parts):
        return None
    last = len(parts) - 1
    return " ".join(
        _core(part, "in" if place else "", "" if place == last else "people") or part
        for place, part in enumerate(parts)
    )


def _say_plural_letters(core: str, previous: str, following: str) -> str | None:  # noqa: ARG001
    match = re.fullmatch(r"([A-Z]{2,4})s", core)
    return f"{_letters(match[1])}'s" if match else None


_WAYS: tuple[Callable[[str, str, str], str | None], ...] = (
    _say_address, _say_time, _say_half_of_day, _say_date, _say_year, _say_phone, _say_range, _say_fraction,
    _say_ratio, _say_roman, _say_ordinal, _say_quantity, _say_unit, _say_compound, _say_plural_letters,
)  # fmt: skip


def _unit(unit: str, *, many: bool) -> str | None:
    """A unit in words with a space before it; None when it is none."""
    if not unit:
        return ""
    words = _UNITS.get(unit.lower())
    if words is None or (unit == "M"):
        return None
    if not many:
        first, _, rest = words.partition(" ")
        if first in ("square", "cubic", "kilowatt", "megawatt", "gigawatt", "terawatt"):
            return f" {words.removesuffix('s')}"
        one = {"feet": "foot", "hertz": "hertz", "times": "times", "percent": "percent"}.get(
            first, first.removesuffix("s")
        )
        words = f"{one} {rest}".strip()
    return f" {words}"


def _number(digits: str) -> str:
    """Digits, with thousands commas and a decimal point, in words."""
    whole, _, part = digits.replace(",", "").partition(".")
    said = "" if not whole else (_cardinal(whole) if len(whole) <= 15 else _digits(whole))
    return f"{said} point {' '.join(_cardinal(digit) for digit in part)}".strip() if part else said


def _cardinal(digits: str) -> str:
    if len(digits) == 2 and digits.startswith("0"):
        return f"oh {_cardinal(digits[1])}"
    return str(_engine().number_to_words(str(int(digits)), andword="and", comma=""))


def _ordinal(digits: str) -> str:
    return str(_engine().number_to_words(_engine().ordinal(str(int(digits)))))


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if 2000 <= year <= 2009 or rest == 0:
        return _cardinal(str(year)) if century % 10 == 0 else f"{_cardinal(str(century))} hundred"
    tail = f"oh {_cardinal(str(rest))}" if rest < 10 else _cardinal(str(rest))
    return f"{_cardinal(str(century))} {tail}"


def _plural(words: str) -> str:
    return words[:-1] + "ies" if words.endswith("y") else words + "s"
