"""Charts of what is planned: demand that was and is expected, ratios around one, hours of the day."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from rushlight.audience.report.charts import WIDE

__all__ = ["day_hours", "forecast_line", "ratios"]

_HIGH, _LEFT = 150, 44
_MOST_BEFORE = 90
_NAME_WIDE, _WORDS_WIDE, _ROW_HIGH = 220, 250, 30


def forecast_line(
    history: Sequence[float], mean: Sequence[float], low: Sequence[float], high: Sequence[float], *, label: str
) -> Markup:
    """What was as a line, what is expected as a dashed one with its interval as a band, a mark between them."""
    history = history[-_MOST_BEFORE:]
    count = max(len(history) + len(mean), 2)
    top = max([1e-9, *history, *high, *mean])

    def at(index: int, value: float) -> str:
        return f"{_x(index):.1f},{_y(value):.1f}"

    def _x(index: float) -> float:
        return _LEFT + (WIDE - _LEFT - 8) * index / (count - 1)

    def _y(value: float) -> float:
        return 8 + (_HIGH - 28) * (1 - min(value / top, 1.0))

    before = len(history)
    there = " ".join(at(before + step, value) for step, value in enumerate(high))
    back = " ".join(at(before + step, low[step]) for step in reversed(range(len(low))))
    ahead = [history[-1], *mean] if history else list(mean)
    first = before - 1 if history else before
    return Markup(
        '<svg class="forecast" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<text x="0" y="14" class="tick">{}</text><text x="0" y="{}" class="tick">0</text>'
        '<polygon points="{}" class="band"/><polyline points="{}" class="line"/><polyline points="{}" class="plays"/>'
        '<line x1="{:.1f}" x2="{:.1f}" y1="6" y2="{}" class="zero"/></svg>'
    ).format(
        WIDE, _HIGH, label, f"{top:,.4g}", _HIGH - 20, f"{there} {back}",
        " ".join(at(index, value) for index, value in enumerate(history)),
        " ".join(at(first + step, value) for step, value in enumerate(ahead)),
        _x(before - 0.5), _x(before - 0.5), _HIGH - 18,
    )  # fmt: skip


def ratios(rows: Sequence[tuple[str, float, float, float, str]], *, label: str) -> Markup:
    """Ratios with their intervals on a logarithmic scale around a line at one: name, middle, low, high and words."""
    seen = (value for _, middle, low, high, _ in rows for value in (middle, low, high))
    reach = min(max([0.1, *(abs(math.log(max(value, 1e-9))) for value in seen)]), math.log(20))
    half = (WIDE - _NAME_WIDE - _WORDS_WIDE) / 2

    def x(value: float) -> float:
        return _NAME_WIDE + half * (1 + max(min(math.log(max(value, 1e-9)) / reach, 1.0), -1.0))

    tall = _ROW_HIGH * len(rows) + 24
    parts = [Markup('<svg class="ratios" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDE, tall, label)]
    parts.append(Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="{1}" class="zero"/>').format(x(1), tall - 20))
    parts.append(
        Markup('<text x="{:.1f}" y="{}" class="tick" text-anchor="middle">as the average</text>').format(x(1), tall - 5)
    )
    for number, (name, middle, low, high, words) in enumerate(rows):
        y = _ROW_HIGH * number + 16
        ink = "#3d8361" if low > 1 else "#b0413e" if high < 1 else "#5d6b82"
        parts.append(Markup('<text x="0" y="{}" class="name">{}</text>').format(y + 4, name[:34]))
        parts.append(Markup('<line x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}" stroke="{}" stroke-width="3"/>').format(
            x(low), x(high), y, y, ink))  # fmt: skip
        parts.append(Markup('<circle cx="{:.1f}" cy="{}" r="5" fill="{}"/>').format(x(middle), y, ink))
        parts.append(Markup('<text x="{}" y="{}" class="tick">{}</text>').format(WIDE - _WORDS_WIDE + 10, y + 4, words))
    return Markup("").join([*parts, Markup("</svg>")])


def day_hours(shares: Sequence[float], *, marked: int, label: str) -> Markup:
    """A bar for each hour of the day, one of them marked."""
    top = max(shares, default=1.0) or 1.0
    wide = (WIDE - 16) / 24
    parts = [Markup('<svg class="hours" viewBox="0 0 {} 120" role="img" aria-label="{}">').format(WIDE, label)]
    for hour, share in enumerate(shares):
        tall = 92 * share / top
        parts.append(Markup(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"><title>{}</title></rect>'
        ).format(
            8 + wide * hour, 98 - tall, wide - 3, tall, "#c9822b" if hour == marked else "#2f6db3",
            f"{hour}:00, {share:.1%}"))  # fmt: skip
        if hour % 3 == 0:
            parts.append(Markup('<text x="{:.1f}" y="114" class="tick">{}:00</text>').format(8 + wide * hour, hour))
    return Markup("").join([*parts, Markup("</svg>")])
