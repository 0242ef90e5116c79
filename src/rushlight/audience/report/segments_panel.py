"""The panel of segments: who watches alike, and in what each group differs."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.segments import Segment
from rushlight.audience.report.charts import intervals
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.segment_viewers import segment_viewers
from rushlight.core.errors import ModelError

__all__ = ["segments_panel"]


def segments_panel(context: Context) -> Panel | None:
    """Each segment with what it does more and less than the others; nothing where there are too few viewers to look."""
    try:
        found = segment_viewers(context.events, least_viewers=context.least_viewers, engine=context.engine)
    except ModelError as error:
        note = f"Segments were not looked for: {error.message} {error.hint}"
        return Panel("segments", "Who watches alike", 320, Markup(""), (note,))
    if not found.candidates:
        return None
    body = Markup("").join(_figure(one) for one in found.segments)
    return Panel("segments", "Who watches alike", 320, body, found.notes)


def _figure(one: Segment) -> Markup:
    rows = [
        (trait.words, trait.difference, 0.0, trait.difference, f"{trait.value:.3g}, all {trait.overall:.3g}")
        for trait in one.traits
    ]
    chart = intervals(rows, label=f"In what the segment differs: {one.name}")
    return Markup('<figure><h3>{}</h3><p class="soft">{:,} viewers, {:.0%} of those looked at.</p>{}</figure>').format(
        one.name, one.viewers, one.share, chart
    )
