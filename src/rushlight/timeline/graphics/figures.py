"""Numbers as people read them on a chart."""

from __future__ import annotations

from math import ceil, floor, log10

__all__ = ["format_value", "nice_ticks"]

_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
_BEFORE = ("€", "$", "£", "¥")


def format_value(value: float, unit: str = "", largest: float | None = None) -> str:
    """A number with its unit, in as many digits as the largest number beside it deserves.

    `1234567` is `1.23m`, `12345` is `12,345`; money signs stand before the number, `%` right after it.
    """
    size = abs(value if largest is None else largest)
    sign, value = ("−" if value < 0 else ""), abs(value)
    scale, name = next(((s, n) for s, n in _SCALES if size >= s), (1.0, ""))
    size, value = size / scale, value / scale
    digits = 0 if size >= 100 or (not name and float(value).is_integer() and size >= 10) else 1 if size >= 10 else 2
    text = f"{value:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text += name
    if unit in _BEFORE:
        return f"{sign}{unit}{text}"
    if unit == "%":
        return f"{sign}{text}%"
    return f"{sign}{text}{' ' + unit if unit else ''}"


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers that span a range; zero is taken in when it lies near."""
    if low > 0 and low < 0.5 * high:
        low = 0.0
    if high == low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / count
    power = 10.0 ** floor(log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]
