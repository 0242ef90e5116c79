"""How many still watch, second by second."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact
from rushlight.core.units import format_clock

__all__ = ["Moment", "MomentKind", "Retention", "RetentionCurve"]

MomentKind = Literal["intro", "top", "spike", "dip", "drop"]


class Moment(BaseModel):
    """A place in a film that its curve makes stand out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: MomentKind
    """`intro`: how many are left after the first half minute; `top`: hardly anyone leaves; `spike`: seen again or
    jumped to; `dip`: jumped over; `drop`: many leave at once."""
    start_seconds: float
    end_seconds: float
    value: float
    """Share of views: still there (intro, top), above or below what is around it (spike, dip), lost (drop)."""
    reason: str


class RetentionCurve(BaseModel):
    """One curve: of a title, or of a title in one group. Every series has one value a step, each between its times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title_id: str
    group: str = ""
    """Such as a device or a variant; empty where all views are together."""
    views: int
    viewers: int
    """0 where only an aggregate is known."""
    duration_seconds: float
    step_seconds: float = 1.0
    watching: tuple[float, ...]
    """Share of views that played this step at least once."""
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    """Bounds of the confidence interval of `watching`."""
    plays: tuple[float, ...] = ()
    """Times this step was played, a view; above `watching` where it is seen again."""
    skipped: tuple[float, ...] = ()
    """Share of views that jumped over this step and watched on behind it."""
    relative: tuple[float, ...] = ()
    """Rank among titles of similar length at the same place, 0 lowest to 1 highest; empty with too few of them."""
    average_seconds: float
    """Mean content watched a view."""
    moments: tuple[Moment, ...] = ()
    source: str = "events"
    """`events`, or the platform whose aggregate this is."""


class Retention(Artifact):
    """Curves of titles, the most watched first."""

    curves: tuple[RetentionCurve, ...]
    confidence: float = 0.95
    notes: tuple[str, ...] = ()
    """What was left out and why."""

    def as_text(self) -> str:
        """A paragraph for each curve."""
        lines: list[str] = []
        for curve in self.curves:
            name = f"{curve.title_id} ({curve.group})" if curve.group else curve.title_id
            share = curve.average_seconds / curve.duration_seconds if curve.duration_seconds else 0.0
            lines.append(
                f"{name}: {curve.views:,} views"
                + (f" by {curve.viewers:,} viewers" if curve.viewers else "")
                + f", {curve.average_seconds:.0f} s watched of {curve.duration_seconds:.0f} s ({share:.0%})"
                + ("" if curve.source == "events" else f", as {curve.source} gives it")
            )
            lines.append(f"  {_spark(curve.watching)}")
            for found in curve.moments:
                where = f"{format_clock(found.start_seconds)}–{format_clock(found.end_seconds)}"
                lines.append(f"  {found.kind:<6}{where}  {found.reason}")
        if not lines:
            lines.append("No curve can be given.")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """The curves as one table, a row a step."""
        rows = ["title_id,group,second,watching,low,high,plays,skipped,relative"]
        for curve in self.curves:
            series = (curve.watching, curve.low, curve.high, curve.plays, curve.skipped, curve.relative)
            for index in range(len(curve.watching)):
                values = ",".join(f"{one[index]:.6f}" if one else "" for one in series)
                names = ",".join('"{}"'.format(name.replace('"', '""')) for name in (curve.title_id, curve.group))
                rows.append(f"{names},{index * curve.step_seconds:g},{values}")
        return "\n".join(rows) + "\n"


def _spark(values: tuple[float, ...], width: int = 60) -> str:
    """A curve as a line of blocks."""
    if not values:
        return ""
    blocks = " ▁▂▃▄▅▆▇█"
    size = max(len(values) / width, 1.0)
    columns = [values[int(index * size) : max(int((index + 1) * size), int(index * size) + 1)]
               for index in range(min(width, len(values)))]  # fmt: skip
    means = [sum(column) / len(column) for column in columns if column]
    top = max(1.0, *means)
    return "".join(blocks[round(mean / top * (len(blocks) - 1))] for mean in means)
