"""The panel of traffic as platforms report it: aggregates, apart from events."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.audience.report.charts import bars
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.warehouse.aggregates import read_traffic

__all__ = ["traffic_panel"]


def traffic_panel(context: Context) -> Panel | None:
    """Views by traffic source of every title that a platform gave figures of."""
    parts = [
        Markup("<figure><h3>{}</h3>{}</figure>").format(
            title,
            bars([(row["traffic_source"], row["views"], f"{row['views']:,} views") for row in rows],
                 label=f"Views of {title} by traffic source"),
        )
        for title, rows in sorted(read_traffic(context.warehouse).items())
    ]  # fmt: skip
    if not parts:
        return None
    return Panel("traffic", "Where platforms say they came from", 400, Markup("").join(parts))
