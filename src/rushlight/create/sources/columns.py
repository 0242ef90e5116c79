"""Column headers into labels and units that can be spoken."""

from __future__ import annotations

import re

__all__ = ["UNIT_WORDS", "describe_header", "is_year_header", "scale_and_unit"]

_BRACKETED = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]{1,24})[)\]]\s*$")
_SCALES = {
    "thousand": 1e3, "thousands": 1e3, "000s": 1e3, "'000": 1e3, "k": 1e3,
    "million": 1e6, "millions": 1e6, "mn": 1e6, "mio": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "trillion": 1e12, "trillions": 1e12,
}  # fmt: skip
_MONEY = {"eur": "€", "euro": "€", "euros": "€", "usd": "$", "us$": "$", "dollars": "$", "gbp": "£", "jpy": "¥"}
# Trailing words of snake_case headers that state a unit; `_m` and `_c` count only in company that makes them clear.
_SUFFIXES = {
    **_MONEY, "pct": "%", "percent": "%", "percentage": "%", "km": "km", "kg": "kg", "cm": "cm", "mm": "mm",
    "kwh": "kWh", "mwh": "MWh", "gwh": "GWh", "kmh": "km/h", "mph": "mph", "celsius": "°C",
    "fahrenheit": "°F", "tonnes": "tonnes",
    "millions": "millions", "thousands": "thousands", "billions": "billions", "hours": "hours", "minutes": "minutes",
    "seconds": "seconds", "days": "days", "metres": "m", "meters": "m", "litres": "litres", "miles": "miles",
}  # fmt: skip
_SPOKEN_UNITS = {"c": "°C", "f": "°F", "deg c": "°C", "pct": "%", "percent": "%", "per cent": "%", "percentage": "%"}
_EXPANDED = {
    "avg": "average", "min": "minimum", "max": "maximum", "temp": "temperature", "pop": "population",
    "qty": "quantity",    "num": "number of", "avail": "available", "pct": "percentage of", "yr": "year",
    "no.": "number of", "mins": "minutes",
}  # fmt: skip


def is_year_header(name: str) -> bool:
    """Whether a header says that the column holds years, such as `Year` or `fiscal_year`."""
    return bool(re.search(r"(^|[\s_\-(])(year|jahr|année|año|anno)s?\b", name.replace("_", " "), re.IGNORECASE))


def describe_header(name: str, *, shouting: bool = False) -> tuple[str, str]:
    """A header as a label in words and a unit: `Population (millions)` gives `population` and `millions`.

    Args:
        name: the header as in the file.
        shouting: whether all headers of the table are upper case, so that upper case means nothing.
    """
    unit = ""
    rest = name.strip()
    if match := _BRACKETED.match(rest):
        inside = match.group(2).strip()
        if not re.fullmatch(r"\d{4}|\d{2,4}[-–]\d{2,4}", inside):
            rest, unit = match.group(1), _tidy_unit(inside)
    elif match := re.match(r"^(.*\S)\s*([%$€£°]\w?)$", rest):
        rest, unit = match.groups()
    words = _words(rest, shouting)
    if not unit and len(words) > 1 and words[-1].lower() in _SUFFIXES:
        unit = _SUFFIXES[words.pop().lower()]
    label = " ".join(_EXPANDED.get(word.lower(), word) for word in words)
    label = re.sub(r"\b(\d\d) (\d\d)$", r"\1–\2", label)
    return label or name.strip(), unit


def _tidy_unit(unit: str) -> str:
    low = unit.lower()
    return _SPOKEN_UNITS.get(low) or _MONEY.get(low) or unit


def _words(text: str, shouting: bool) -> list[str]:
    parts = re.sub(r"[_\s]+", " ", text).strip()
    if " " not in parts:
        parts = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", parts)
    result: list[str] = []
    pieces = parts.split()
    for word in pieces:
        if shouting:
            result.append(word.lower())
        elif word.isupper() and len(word) > 1:
            result.append(word)
        elif re.search(r"[a-z][A-Z]", word):
            # Names run together, such as `RottenTomatoes`; but `totalSales` is ordinary words.
            run = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).split()
            result += run if word[0].isupper() else [part.lower() for part in run]
        elif not result and len(pieces) > 1 and "_" in text:
            result.append(word)
        else:
            result.append(word if result and " " in text.strip() else word.lower())
    return result


def scale_and_unit(unit: str) -> tuple[float, str]:
    """Split a unit into its multiplier and what remains: `€ millions` gives 1,000,000 and `€`."""
    words = unit.replace("$m", "$ m").replace("€m", "€ m").replace("£m", "£ m").split()
    scale, rest = 1.0, []
    for word in words:
        low = word.lower()
        if low in _SCALES and scale == 1.0 and not (low == "m" and len(words) == 1):
            scale = _SCALES[low]
        elif low not in ("of", "in"):
            rest.append(_MONEY.get(low, word))
    return scale, " ".join(rest)


# Units as headers write them, and how a sentence says one and several of them.
UNIT_WORDS: dict[str, tuple[str, str]] = {
    "%": ("percent", "percent"), "points": ("percentage point", "percentage points"),
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"), "cm": ("centimetre", "centimetres"), "mm": ("millimetre", "millimetres"),
    "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "t": ("tonne", "tonnes"), "tonnes": ("tonne", "tonnes"),
    "km/h": ("kilometre per hour", "kilometres per hour"), "mph": ("mile per hour", "miles per hour"),
    "m/s": ("metre per second", "metres per second"), "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"), "kWh": ("kilowatt-hour", "kilowatt-hours"),
    "MWh": ("megawatt-hour", "megawatt-hours"), "GWh": ("gigawatt-hour", "gigawatt-hours"),
    "TWh": ("terawatt-hour", "terawatt-hours"), "MW": ("megawatt", "megawatts"), "GW": ("gigawatt", "gigawatts"),
    "h": ("hour", "hours"), "hours": ("hour", "hours"), "min": ("minute", "minutes"),
    "minutes": ("minute", "minutes"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"), "s": ("second", "seconds"), "seconds": ("second", "seconds"),
    "days": ("day", "days"), "years": ("year", "years"),
    "km²": ("square kilometre", "square kilometres"), "km2": ("square kilometre", "square kilometres"),
    "m²": ("square metre", "square metres"), "ha": ("hectare", "hectares"), "miles": ("mile", "miles"),
    "litres": ("litre", "litres"), "l": ("litre", "litres"), "USD": ("dollar", "dollars"),
    "people": ("person", "people"),
}  # fmt: skip
