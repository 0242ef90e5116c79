"""The panel of figures: what was shown, chosen, watched, finished and come back to."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.engagement import Engagement
from rushlight.audience.measure_engagement import Grouping, measure_engagement
from rushlight.audience.report.charts import bars, cell
from rushlight.audience.report.panels import Context, Panel

__all__ = ["engagement_panel"]

_MOST_ROWS = 12
_WAYS: tuple[tuple[Grouping, str], ...] = (
    ("title_id", "Title"), ("category", "Category"), ("device", "Device"), ("traffic_source", "Where they came from"),
    ("hour", "Hour of the viewer's day"), ("segment", "Segment"),
)  # fmt: skip
_HEAD = (
    "viewers",
    "impressions",
    "CTR",
    "views",
    "hours",
    "engaged",
    "finished",
    "left at once",
    "came back",
    "interest",
)


def engagement_panel(context: Context) -> Panel | None:
    """A table for each way of grouping that says more than one thing, hours watched as bars beside the first."""
    parts: list[Markup] = []
    notes: dict[str, None] = {}
    for by, heading in _WAYS:
        found = measure_engagement(context.events, by=by, least_viewers=context.least_viewers, engine=context.engine)
        notes.update(dict.fromkeys(found.notes))
        groups = [row for row in found.rows if row.group != "unknown"]
        if not groups or (by != "title_id" and len(found.rows) < 2):
            continue
        parts.append(_table(found, heading, context))
    if not parts:
        return None
    return Panel("engagement", "What they choose", 200, Markup("").join(parts), tuple(notes))


def _table(found: Engagement, heading: str, context: Context) -> Markup:
    names = {title: facts.get("name", title) for title, facts in context.warehouse.manifest().titles.items()}
    rows = found.rows if found.by == "hour" else found.rows[:_MOST_ROWS]
    chart = bars([(_name(found.by, row.group, names), row.watch_hours, f"{row.watch_hours:,.1f} h") for row in rows],
                 label=f"Hours watched by {heading.lower()}")  # fmt: skip
    lines = [
        Markup("<tr><th>{}</th>{}</tr>").format(
            _name(found.by, row.group, names),
            Markup("").join(
                Markup("<td>{}</td>").format(value)
                for value in (
                    f"{row.viewers:,}", f"{row.impressions:,}", cell(row.click_through), f"{row.views:,}",
                    f"{row.watch_hours:,.1f}", cell(row.engagement), cell(row.completion), cell(row.bounce),
                    cell(row.repeat), cell(row.interest, "{:.0f}"),
                )
            ),
        )
        for row in rows
    ]  # fmt: skip
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in ("", *_HEAD))
    more = (
        Markup('<p class="soft">The first {} of {}.</p>').format(len(rows), len(found.rows))
        if len(rows) < len(found.rows)
        else ""
    )
    return Markup(
        '<details{}><summary>{}</summary>{}<div class="wide"><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>{}</details>"
    ).format(Markup(" open") if found.by == "title_id" else "", heading, chart, head, Markup("").join(lines), more)


def _name(by: str, group: str, names: dict[str, str]) -> str:
    if by == "title_id":
        return names.get(group, group)
    return f"{group}:00" if by == "hour" and group.isdigit() else group
