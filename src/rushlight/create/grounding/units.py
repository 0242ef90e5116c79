"""Units of measure as sentences write them, and how one is converted to another."""

from __future__ import annotations

import re

__all__ = ["UNIT", "convert", "is_money", "unit_of"]

# Canonical name, dimension, how many of the dimension's base one is, forms. Another dimension is never converted;
# currencies have none, for their worth is not fixed.
_TABLE: tuple[tuple[str, str, float, str], ...] = (
    ("%", "share", 1, "%|per cent|percent|pc"),
    ("points", "points", 1, "percentage points|percentage point|points|point"),
    ("km", "length", 1000, "kilometres|kilometre|kilometers|kilometer|km"),
    ("m", "length", 1, "metres|metre|meters|meter|m"),
    ("cm", "length", 0.01, "centimetres|centimetre|centimeters|centimeter|cm"),
    ("mm", "length", 0.001, "millimetres|millimetre|millimeters|millimeter|mm"),
    ("miles", "length", 1609.344, "miles|mile"),
    ("nautical miles", "length", 1852, "nautical miles|nautical mile"),
    ("yards", "length", 0.9144, "yards|yard|yd"),
    ("feet", "length", 0.3048, "feet|foot|ft"),
    ("inches", "length", 0.0254, "inches|inch"),
    ("km²", "area", 1e6, "square kilometres|square kilometers|square kilometre|square kilometer|km²"),
    ("m²", "area", 1, "square metres|square meters|square metre|square meter|m²"),
    ("square miles", "area", 2_589_988, "square miles|square mile"),
    ("square feet", "area", 0.092903, "square feet|square foot|sq ft"),
    ("ha", "area", 1e4, "hectares|hectare|ha"),
    ("acres", "area", 4046.86, "acres|acre"),
    ("t", "mass", 1000, "tonnes|tonne|tons|ton"),
    ("kg", "mass", 1, "kilograms|kilogram|kilos|kilo|kg"),
    ("g", "mass", 0.001, "grams|gram|grammes|gramme|g"),
    ("ounces", "mass", 0.0283495, "ounces|ounce|oz"),
    ("stone", "mass", 6.35029, "stone"),
    ("l", "volume", 1, "litres|litre|liters|liter"),
    ("ml", "volume", 0.001, "millilitres|millilitre|milliliters|milliliter|ml"),
    ("gallons", "volume", 4.54609, "gallons|gallon"),
    ("pints", "volume", 0.568261, "pints|pint"),
    ("km/h", "speed", 1, "kilometres per hour|kilometers per hour|kilometres an hour|km/h|kph"),
    ("mph", "speed", 1.609344, "miles per hour|miles an hour|mph"),
    ("kWh", "energy", 1, "kilowatt-hours|kilowatt hours|kilowatt-hour|kWh"),
    ("MWh", "energy", 1e3, "megawatt-hours|megawatt hours|megawatt-hour|MWh"),
    ("GWh", "energy", 1e6, "gigawatt-hours|gigawatt hours|gigawatt-hour|GWh"),
    ("TWh", "energy", 1e9, "terawatt-hours|terawatt hours|terawatt-hour|TWh"),
    ("kW", "power", 1e-3, "kilowatts|kilowatt|kW"),
    ("MW", "power", 1, "megawatts|megawatt|MW"),
    ("GW", "power", 1e3, "gigawatts|gigawatt|GW"),
    ("dB", "sound", 1, "decibels|decibel|dB"),
    ("°", "temperature", 1, "degrees Celsius|degrees centigrade|degrees|degree|°C|° C|°"),
    ("°F", "temperature", 1, "degrees Fahrenheit|°F|° F"),
    ("years", "time", 365.25, "years|year"),
    ("decades", "time", 3652.5, "decades|decade"),
    ("centuries", "time", 36525, "centuries|century"),
    ("months", "time", 365.25 / 12, "months|month"),
    ("fortnights", "time", 14, "fortnights|fortnight"),
    ("weeks", "time", 7, "weeks|week"),
    ("days", "time", 1, "days|day"),
    ("hours", "time", 1 / 24, "hours|hour"),
    ("minutes", "time", 1 / 1440, "minutes|minute"),
    ("seconds", "time", 1 / 86400, "seconds"),
    ("age", "age", 1, "years old|years of age|year-olds|year-old|year olds|year old"),
    ("€", "money", 0, "euros|euro|EUR"),
    ("$", "money", 0, "dollars|dollar|USD"),
    ("£", "money", 0, "pounds|pound|GBP"),
    ("¥", "money", 0, "yen"),
    ("kroner", "money", 0, "kroner|kronor|krone|krona"),
    ("crowns", "money", 0, "crowns|crown"),
    ("francs", "money", 0, "francs|franc"),
    ("guineas", "money", 0, "guineas|guinea"),
    ("shillings", "money", 0, "shillings|shilling"),
    ("cents", "money", 0, "cents|cent"),
    ("pence", "money", 0, "pence|penny"),
)
_DIMENSION = {name: (dimension, factor) for name, dimension, factor, _ in _TABLE}
_FORMS = {form.lower(): name for name, _, _, forms in _TABLE for form in forms.split("|")}
UNIT = re.compile(
    r"[\s\u00a0-]*(" + "|".join(sorted(map(re.escape, _FORMS), key=len, reverse=True)) + r")(?![\w²/])", re.IGNORECASE
)


def unit_of(form: str) -> str:
    """The canonical name of a unit as written; empty when it is none."""
    return _FORMS.get(form.lower(), "")


def is_money(unit: str) -> bool:
    """Whether a unit is a currency."""
    return unit in _DIMENSION and _DIMENSION[unit][0] == "money"


def convert(value: float, unit: str, to: str) -> float | None:
    """A measure in another unit; `None` when the two do not measure the same thing."""
    if unit == to:
        return value
    if {unit, to} == {"°", "°F"}:
        return value * 9 / 5 + 32 if to == "°F" else (value - 32) * 5 / 9
    (dimension, factor), (other, other_factor) = _DIMENSION.get(unit, ("", 0.0)), _DIMENSION.get(to, ("", 0.0))
    return value * factor / other_factor if dimension == other and factor and other_factor else None
