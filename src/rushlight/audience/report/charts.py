"""Charts of the report as SVG in the page, so that it opens without a network and prints sharply."""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import Markup, escape

__all__ = ["bars", "clock", "curve", "intervals"]

WIDE, HIGH = 960, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 24
_INK = {"intro": "#5d6b82", "top": "#3d8361", "spike": "#2f6db3", "dip": "#c9822b", "drop": "#b0413e"}


def clock(seconds: float) -> str:
    """A time as people read it: 1:02, 1:00:02."""
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def curve(
    watching: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    plays: Sequence[float],
    *,
    step_seconds: float,
    moments: Sequence[tuple[str, float, float, str]],
    label: str,
) -> Markup:
    """A retention curve: its interval as a band, plays as a thin line where they differ, moments as marked stretches.

    Args:
        watching: share of views that played each step; `low` and `high` bound it, and may be empty.
        plays: plays of each step a view; may be empty.
        step_seconds: length of a step.
        moments: kind, first and last second, and words of each.
        label: what it shows, for those who cannot see it.
    """
    top = max(1.0, *watching, *plays) if plays else max(1.0, *watching)
    count = max(len(watching), 1)
    seconds = count * step_seconds

    def x(index: float) -> float:
        return _LEFT + (WIDE - _LEFT - _RIGHT) * index / count

    def y(value: float) -> float:
        return _TOP + (HIGH - _TOP - _BOTTOM) * (1 - min(value, top) / top)

    pick = _thinned(count)
    parts = [Markup('<svg class="curve" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDE, HIGH, label)]
    parts += _grid(top, seconds, x, y, step_seconds)
    for kind, first, end, words in moments:
        if kind == "intro":
            continue
        parts.append(
            Markup(
                '<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="{}" opacity=".16"><title>{}</title></rect>'
            ).format(
                x(first / step_seconds), _TOP, max(x(end / step_seconds) - x(first / step_seconds), 2),
                HIGH - _TOP - _BOTTOM, _INK[kind], f"{kind} {clock(first)}–{clock(end)}: {words}",
            )
        )  # fmt: skip
    if low and high:
        there = " ".join(f"{x(i + 0.5):.1f},{y(high[i]):.1f}" for i in pick)
        back = " ".join(f"{x(i + 0.5):.1f},{y(low[i]):.1f}" for i in reversed(pick))
        parts.append(Markup('<polygon points="{} {}" class="band"/>').format(there, back))
    if plays and any(abs(a - b) > 0.002 for a, b in zip(plays, watching, strict=True)):
        line = " ".join(f"{x(i + 0.5):.1f},{y(plays[i]):.1f}" for i in pick)
        parts.append(Markup('<polyline points="{}" class="plays"/>').format(line))
    line = " ".join(f"{x(i + 0.5):.1f},{y(watching[i]):.1f}" for i in pick)
    parts.append(Markup('<polyline points="{}" class="line"/>').format(line))
    parts.append(Markup('<line class="cursor" x1="0" x2="0" y1="{}" y2="{}" hidden/>').format(_TOP, HIGH - _BOTTOM))
    parts.append(Markup("</svg>"))
    at = [round(watching[i], 4) for i in pick]
    data = json.dumps({"step": step_seconds, "at": at, "of": count, "left": _LEFT / WIDE,
                       "right": _RIGHT / WIDE})  # fmt: skip
    return Markup('<div class="plot" data-curve="{}">{}<output class="told"></output></div>').format(
        data, Markup("").join(parts)
    )


def _thinned(count: int, most: int = 480) -> list[int]:
    """At most so many places of a series, evenly spread, the ends among them."""
    if count <= most:
        return list(range(count))
    return [round(index * (count - 1) / (most - 1)) for index in range(most)]


def _grid(top: float, seconds: float, x, y, step: float) -> list[Markup]:  # type: ignore[no-untyped-def]
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1.0):
        parts.append(Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" class="grid"/>').format(
            _LEFT, WIDE - _RIGHT, y(share), y(share)))  # fmt: skip
        parts.append(Markup('<text x="{}" y="{:.1f}" class="tick" text-anchor="end">{:.0%}</text>').format(
            _LEFT - 6, y(share) + 4, share))  # fmt: skip
    for every in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if seconds / every <= 10:
            break
    at = 0.0
    while at < seconds:
        parts.append(Markup('<text x="{:.1f}" y="{}" class="tick" text-anchor="middle">{}</text>').format(
            x(at / step), HIGH - 6, clock(at)))  # fmt: skip
        at += every
    del top
    return parts


def bars(rows: Sequence[tuple[str, float, str]], *, label: str) -> Markup:
    """Horizontal bars: name, value and the value in words of each; the longest fills the width."""
    top = max((value for _, value, _ in rows), default=0) or 1.0
    items = [
        Markup('<div class="bar"><span class="name">{}</span><span class="track"><span style="width:{:.1f}%"></span>'
               '</span><span class="value">{}</span></div>').format(name, 100 * value / top, words)
        for name, value, words in rows
    ]  # fmt: skip
    return Markup('<div class="bars" role="img" aria-label="{}">{}</div>').format(label, Markup("").join(items))


def intervals(rows: Sequence[tuple[str, float, float, float, str]], *, label: str) -> Markup:
    """Differences with their intervals around a line at zero: name, estimate, low, high and verdict of each."""
    reach = max((abs(value) for _, at, low, high, _ in rows for value in (at, low, high)), default=1.0) or 1.0
    row_high, name_wide = 34, 220
    tall = row_high * len(rows) + 26

    def x(value: float) -> float:
        middle = name_wide + (WIDE - name_wide - 160) / 2
        return middle + value / reach * (WIDE - name_wide - 160) / 2

    parts = [Markup('<svg class="intervals" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDE, tall, label)]
    parts.append(Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="{1}" class="zero"/>').format(x(0), tall - 22))
    parts.append(
        Markup('<text x="{:.1f}" y="{}" class="tick" text-anchor="middle">no difference</text>').format(x(0), tall - 6)
    )
    for number, (name, at, low, high, verdict) in enumerate(rows):
        y = row_high * number + 18
        ink = "#3d8361" if verdict == "better" else "#b0413e" if verdict == "worse" else "#5d6b82"
        parts.append(Markup('<text x="0" y="{}" class="name">{}</text>').format(y + 4, name))
        parts.append(Markup('<line x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}" stroke="{}" stroke-width="3"/>').format(
            x(low), x(high), y, y, ink))  # fmt: skip
        parts.append(Markup('<circle cx="{:.1f}" cy="{}" r="5" fill="{}"/>').format(x(at), y, ink))
        parts.append(
            Markup('<text x="{}" y="{}" class="name" fill="{}">{}</text>').format(WIDE - 150, y + 4, ink, verdict)
        )
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def cell(value: float | None, form: str = "{:.1%}") -> str:
    """A figure in a table; a dash where there is none."""
    return "–" if value is None else str(escape(form.format(value)))
