"""A reliability curve: what was said against how often it came."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.prediction import ReliabilityBin

__all__ = ["reliability_curve"]

_WIDE = 360


def reliability_curve(bins: tuple[ReliabilityBin, ...], *, label: str, start: float = 0.0) -> Markup:
    """Predicted against observed shares with their intervals; on the diagonal what was said came so often.

    Args:
        bins: groups of predictions of about the same size.
        label: what it shows, for those who cannot see it.
        start: the least share that can be said.
    """
    top = max((max(one.predicted, one.high) for one in bins), default=1.0) or 1.0
    left, under = 44, 30

    def x(value: float) -> float:
        return left + (_WIDE - left - 8) * (value - start) / max(top - start, 1e-9)

    def y(value: float) -> float:
        return 8 + (_WIDE - 8 - under) * (1 - max(value - start, 0.0) / max(top - start, 1e-9))

    parts = [
        Markup('<svg viewBox="0 0 {0} {0}" style="max-width:{0}px" role="img" aria-label="{1}">').format(_WIDE, label)
    ]
    for share in (0.0, 0.5, 1.0):
        value = start + share * (top - start)
        parts.append(Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" class="grid"/>').format(
            left, _WIDE - 8, y(value), y(value)))  # fmt: skip
        parts.append(Markup('<text x="{}" y="{:.1f}" class="tick" text-anchor="end">{:.2g}%</text>').format(
            left - 6, y(value) + 4, 100 * value))  # fmt: skip
        parts.append(Markup('<text x="{:.1f}" y="{}" class="tick" text-anchor="middle">{:.2g}%</text>').format(
            min(x(value), _WIDE - 22), _WIDE - under + 16, 100 * value))  # fmt: skip
    parts.append(Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="zero"/>').format(
        x(start), y(start), x(top), y(top)))  # fmt: skip
    for one in bins:
        at = x(one.predicted)
        parts.append(Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}" stroke="#2f6db3"/>').format(
            at, y(one.low), y(one.high)))  # fmt: skip
        parts.append(
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="#2f6db3"><title>said {:.2%}, came {:.2%} of {:,}'
                   "</title></circle>").format(at, y(one.observed), one.predicted, one.observed, one.rows)
        )  # fmt: skip
    parts.append(Markup("</svg>"))
    return Markup('<p class="soft">{}; on the line they agree</p>{}').format(label, Markup("").join(parts))
