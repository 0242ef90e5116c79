"""The panel of trends: what rises beyond its season, and what is spreading."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.audience.find_trends import find_trends
from rushlight.audience.report.comment_charts import rise_line
from rushlight.audience.report.comments_panel import comments_of
from rushlight.audience.report.panels import Context, Panel

__all__ = ["trends_panel"]

_MOST_LINES = 8


def trends_panel(context: Context) -> Panel | None:
    """A line for each rise over what was expected; people are not named."""
    made = comments_of(context)
    if made is None:
        return None
    found = find_trends(made, least_people=context.least_viewers)
    parts = [
        Markup(
            '<figure><h3>{}</h3><p class="soft">{} people in {} days, {} expected ({}×), since {}.</p>{}</figure>'
        ).format(
            one.term, f"{one.people:,.0f}", found.window_days, f"{one.expected:,.1f}", f"{one.ratio:.1f}", one.since,
            rise_line(one.days, one.expected_days, found.window_days, label=f"People a day who write {one.term}"),
        )
        for one in found.rises[:_MOST_LINES]
    ]  # fmt: skip
    parts += [
        Markup("<p>“{}” is passed on: {} people, {} of them in the last days.</p>").format(
            one.text, f"{one.people:,}", f"{one.recent:,}"
        )
        for one in found.spreads[:_MOST_LINES]
        if one.people >= context.least_viewers
    ]
    if not parts:
        return None
    return Panel("trends", "What rises", 330, Markup("").join(parts), found.notes)
