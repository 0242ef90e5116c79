"""Numbers as people read them on a chart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, isfinite, log10

from rushlight.core.errors import InputError

__all__ = ["Unit", "format_tick", "format_value", "nice_ticks", "parse_unit", "percentages"]

_SCALES = ((1e12, "tn", "trillion"), (1e9, "bn", "billion"), (1e6, "m", "million"))
_FACTORS = {
    "thousand": 1e3, "thousands": 1e3, "000s": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "mio": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "trillion": 1e12, "trillions": 1e12,
}  # fmt: skip
_MONEY = {
    "€": "€", "$": "$", "£": "£", "¥": "¥", "eur": "€", "euro": "€", "euros": "€", "usd": "$", "us$": "$",
    "dollars": "$", "gbp": "£", "pounds sterling": "£", "jpy": "¥", "yen": "¥",
}  # fmt: skip
# Signs that stand so close to their number that they read as one with it on an axis as well.
_SHORT = 3
_COUNTED = frozenset("years months weeks days hours minutes seconds tonnes miles litres metres people points".split())
_ONE = {"people": "person"}


@dataclass(frozen=True)
class Unit:
    """A unit as it is written round a number: `€ millions` is `€` before, a factor of a million, nothing after.

    Attributes:
        before: money sign.
        factor: what one of the unit stands for.
        after: what follows the number, without the factor.
        is_year: the numbers are years, which take neither commas nor a unit.
    """

    before: str = ""
    factor: float = 1.0
    after: str = ""
    is_year: bool = False

    @property
    def note(self) -> str:
        """A long unit is said once beneath the title rather than at every number; empty for a short one."""
        return self.after if len(self.after) > _SHORT else ""


@lru_cache(maxsize=256)
def parse_unit(text: str) -> Unit:
    """Read a unit as headers of tables give it: `€ millions`, `thousand tonnes`, `%`, `km²`, `years`, `USD`."""
    rest = " ".join(text.split())
    if rest.lower() == "year":
        return Unit(is_year=True)
    before, factor = "", 1.0
    words = rest.split()
    kept: list[str] = []
    for word in words:
        bare = word.lower().strip("().,")
        if bare in _MONEY and not before:
            before = _MONEY[bare]
        elif word[:1] in "€$£¥" and bare[1:] in _FACTORS and not before:
            before, factor = word[0], factor * _FACTORS[bare[1:]]
        elif bare in _FACTORS and factor == 1.0:
            factor = _FACTORS[bare]
        elif not (bare == "of" and not kept):
            kept.append(word)
    return Unit(before, factor, " ".join(kept))


def format_value(value: float, unit: str = "", largest: float | None = None, *, brief: bool = False) -> str:
    """A number with its unit, as a chart shows it: three digits that count, thousands parted, units where they belong.

    `€160m` for 160 of `€ millions`; `540,000` for 0.54 of `millions`; `1.2 million km²`; `46%`; `1812` for a year.

    Args:
        value: the number.
        unit: its unit, as `parse_unit` reads it.
        largest: take scale and digits from this number instead, so that neighbours on an axis look alike.
        brief: leave out a long unit, which is then said once elsewhere.

    Raises:
        InputError: the number is not finite.
    """
    if not isfinite(value):
        raise InputError("A chart cannot show a number that is not finite.", hint="Leave the missing value out.")
    known = parse_unit(unit)
    if known.is_year:
        return str(round(value))
    after = "" if brief and known.note else known.after
    real = value * known.factor
    text, scale = _scaled(abs(real), abs(real if largest is None else largest * known.factor), bool(known.before))
    sign = "−" if value < 0 and text.strip("0.,") else ""
    if scale:
        short, word = scale
        text += (f" {word}" if after and after[0] not in "%°" else short) if real else ""
    if text == "1" and after in _COUNTED:
        after = _ONE.get(after, after.removesuffix("s"))
    close = after[:1] in ("%", "°", "")
    return f"{sign}{known.before}{text}{'' if close else ' '}{after}"


def _scaled(real: float, size: float, money: bool) -> tuple[str, tuple[str, str] | None]:
    """Digits of a size, and the short and long name of the scale it is given in."""
    found: tuple[str, str] | None = None
    for scale, short, word in _SCALES:
        # What would be rounded to a thousand of the scale below belongs to this one.
        if size >= scale * (0.9995 if scale > 1e6 else 1):
            real, size, found = real / scale, size / scale, (short, word)
            break
    if size >= 100:
        digits = 0
    elif size >= 10:
        digits = 1
    elif size >= 0.1 or size == 0:
        digits = 2
    else:
        digits = min(1 - floor(log10(size)), 12)
    text = f"{real:,.{digits}f}"
    if money and not found and "." in text and size < 100 and not float(text.replace(",", "")).is_integer():
        return f"{real:,.2f}", None
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text, found


def format_tick(value: float, unit: str, ticks: list[float]) -> str:
    """A number on an axis: as short as its step allows, a long unit left out."""
    known = parse_unit(unit)
    if known.is_year:
        return str(round(value))
    size = max(abs(tick) for tick in ticks) * known.factor
    scale, short = next(((s, n) for s, n, _ in _SCALES if size >= s), (1.0, ""))
    step = (ticks[1] - ticks[0]) * known.factor / scale if len(ticks) > 1 else 1.0
    digits = max(-floor(log10(step) + 1e-9), 0) if step > 0 else 0
    digits += 1 if abs(step * 10**digits - round(step * 10**digits)) > 1e-6 else 0
    shown = value * known.factor / scale
    text = f"{abs(shown):,.{digits}f}"
    sign = "−" if shown < 0 and text.strip("0.,") else ""
    after = "" if known.note else known.after
    if not text.strip("0.,"):
        text, short = "0", ""
    return f"{sign}{known.before}{text}{short}{'' if after[:1] in ('%', '°', '') else ' '}{after}"


def percentages(values: list[float]) -> list[str]:
    """Shares of a whole in percent, as text; what is there but rounds to nothing is `<1%`.

    Raises:
        InputError: a negative number, or nothing at all.
    """
    total = sum(values)
    if total <= 0 or min(values) < 0:
        raise InputError("Shares need numbers above zero.", hint="Use a bar chart for negative numbers.")
    shares = [value / total * 100 for value in values]
    return ["<1%" if 0 < share < 0.5 else f"{round(share)}%" for share in shares]


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that span a range; zero is taken in when it lies near."""
    if low > 0 and low < 0.5 * high:
        low = 0.0
    if high < 0 and high > 0.5 * low:
        high = 0.0
    if high - low <= max(1e-12 * max(abs(low), abs(high)), 1e-200):
        low = high = 0.0 if abs(high) < 1e-200 else high
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if high else (0.0, 1.0)
    raw = (high - low) / count
    power = 10.0 ** floor(log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def is_time(text: str) -> bool:
    """Whether a label is a year, a month or a date, so that its place in a row means something."""
    return re.fullmatch(r"(1[0-9]|20)\d\d(-\d\d(-\d\d)?)?|Q[1-4] ?\d{4}|[A-Z][a-z]+ (1[0-9]|20)\d\d", text) is not None
