"""Charts of comments: praise and blame side by side, feeling along the film, people a day against what was expected."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rushlight.audience.report.charts import WIDE, clock

__all__ = ["feeling_along", "praise_and_blame", "rise_line"]

PRAISE, BLAME, NEITHER = "#3d8361", "#b0413e", "#c9c4b8"
_NAME_WIDE, _ROW_HIGH = 150, 26


def praise_and_blame(rows: Sequence[tuple[str, float, float, float]], *, label: str) -> Markup:
    """Bars around a middle line: blame to the left, praise to the right, what is neither as a grey stretch at the far
    right.

    Args:
        rows: name, praise, blame and neither, as weights of comments.
        label: what it shows, for those who cannot see it.
    """
    top = max((max(praise, blame) for _, praise, blame, _ in rows), default=0.0) or 1.0
    most = max((neither for *_, neither in rows), default=0.0) or 1.0
    tall = _ROW_HIGH * len(rows) + 20
    half = (WIDE - _NAME_WIDE - 230) / 2
    middle = _NAME_WIDE + half
    parts = [Markup('<svg class="feeling" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDE, tall, label)]
    for number, (name, praise, blame, neither) in enumerate(rows):
        y = _ROW_HIGH * number + 4
        parts.append(Markup('<text x="0" y="{}" class="name">{}</text>').format(y + 14, name))
        for value, ink, x in ((blame, BLAME, middle - half * blame / top), (praise, PRAISE, middle)):
            parts.append(Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="18" fill="{}"/>').format(
                x, y, half * value / top, ink))  # fmt: skip
        parts.append(Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="18" fill="{}"/>').format(
            WIDE - 210, y, 60 * neither / most, NEITHER))  # fmt: skip
        words = f"{blame:,.0f} / {praise:,.0f} / {neither:,.0f}"
        parts.append(Markup('<text x="{}" y="{}" class="tick">{}</text>').format(WIDE - 140, y + 14, words))
    parts.append(Markup('<line x1="{0}" x2="{0}" y1="0" y2="{1}" class="zero"/>').format(round(middle, 1), tall - 18))
    parts.append(
        Markup('<text x="{}" y="{}" class="tick" text-anchor="middle">blame | praise</text>').format(
            round(middle, 1), tall - 4
        )
    )
    parts.append(Markup('<text x="{}" y="{}" class="tick">neither</text></svg>').format(WIDE - 210, tall - 4))
    return Markup("").join(parts)


def feeling_along(
    steps: Sequence[tuple[float, float, float]], *, step_seconds: float, end_seconds: float, label: str
) -> Markup:
    """Mean feeling of comments on each stretch of a film: up is praise, down is blame, as opaque as there are comments.

    Args:
        steps: first second, mean score (-1 to +1) and weight of comments of each stretch.
        step_seconds: length of a stretch.
        end_seconds: end of the film.
        label: what it shows.
    """
    high, left = 150, 8
    most = max((weight for *_, weight in steps), default=1.0) or 1.0
    whole = max(end_seconds, step_seconds)
    parts = [
        Markup('<svg class="along" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDE, high + 20, label)
    ]
    parts.append(
        Markup('<line x1="{}" x2="{}" y1="{}" y2="{}" class="zero"/>').format(left, WIDE - left, high / 2, high / 2)
    )
    for start, score, weight in steps:
        x = left + (WIDE - 2 * left) * start / whole
        wide = max((WIDE - 2 * left) * step_seconds / whole - 1, 2)
        tall = max(abs(score) * high / 2, 2)
        ink = PRAISE if score > 0.05 else BLAME if score < -0.05 else NEITHER
        parts.append(Markup(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" opacity="{:.2f}">'
            "<title>{}</title></rect>"
        ).format(x, high / 2 - tall if score >= 0 else high / 2, wide, tall, ink,
                 0.35 + 0.65 * weight / most, f"{clock(start)}: {weight:,.0f} comments, {score:+.2f}"))  # fmt: skip
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(Markup('<text x="{:.1f}" y="{}" class="tick" text-anchor="{}">{}</text>').format(
            left + (WIDE - 2 * left) * share, high + 14, "start" if share == 0 else "end" if share == 1 else "middle",
            clock(whole * share)))  # fmt: skip
    return Markup("").join([*parts, Markup("</svg>")])


def rise_line(days: Sequence[float], expected: Sequence[float], window_days: int, *, label: str) -> Markup:
    """People a day as a line over what was expected (dashed), the judged days shaded."""
    high, left = 120, 8
    count = max(len(days), 2)
    top = max(1.0, *days, *expected)

    def points(values: Sequence[float]) -> str:
        return " ".join(
            f"{left + (WIDE - 2 * left) * index / (count - 1):.1f},{6 + (high - 12) * (1 - value / top):.1f}"
            for index, value in enumerate(values)
        )

    begin = left + (WIDE - 2 * left) * max(count - window_days, 0) / (count - 1)
    return Markup(
        '<svg class="rise" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<rect x="{:.1f}" y="0" width="{:.1f}" height="{}" '
        'fill="#2f6db3" opacity=".1"/><polyline points="{}" class="plays"/><polyline points="{}" class="line"/></svg>'
    ).format(WIDE, high, label, begin, max(WIDE - left - begin, 1), high, points(expected), points(days))
