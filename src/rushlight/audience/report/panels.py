"""What a panel of the audience report is, and where panels come from.

A panel is a function from the report's context to a piece of the page, or to None when there is nothing to show. Ours
stand in this package; those of others join through the entry-point group `rushlight.audience.panels`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from markupsafe import Markup

from rushlight.artifacts.events import Events
from rushlight.artifacts.media import Media
from rushlight.audience.warehouse.warehouse import Warehouse

__all__ = ["Context", "Panel", "PanelMaker", "panel_makers"]


@dataclass(frozen=True)
class Context:
    """What panels are made from.

    Attributes:
        events: what is reported.
        warehouse: where they lie.
        films: files of titles, to show frames of.
        least_viewers: groups of fewer viewers are not shown.
        engine: what counts.
    """

    events: Events
    warehouse: Warehouse
    films: dict[str, Media] = field(default_factory=dict)
    least_viewers: int = 10
    engine: str = "duckdb"


@dataclass(frozen=True)
class Panel:
    """A piece of the page.

    Attributes:
        key: its anchor.
        title: its heading.
        order: panels stand in this order; ours leave room between.
        body: HTML, everything in it escaped already.
        notes: sentences below it.
    """

    key: str
    title: str
    order: int
    body: Markup
    notes: tuple[str, ...] = ()


PanelMaker = Callable[[Context], "Panel | None"]


def panel_makers() -> list[PanelMaker]:
    """Our panels, then those that installed packages add, in the order of their names."""
    from rushlight.audience.report.bounces_panel import bounces_panel
    from rushlight.audience.report.campaign_panel import campaign_panel
    from rushlight.audience.report.comments_panel import comments_panel
    from rushlight.audience.report.commission_panel import commission_panel
    from rushlight.audience.report.creatives_panel import creatives_panel
    from rushlight.audience.report.engagement_panel import engagement_panel
    from rushlight.audience.report.forecast_panel import forecast_panel
    from rushlight.audience.report.predictions_panel import predictions_panel
    from rushlight.audience.report.privacy_panel import privacy_panel
    from rushlight.audience.report.recommendation_panel import recommendation_panel
    from rushlight.audience.report.release_panel import release_panel
    from rushlight.audience.report.retention_panel import retention_panel
    from rushlight.audience.report.segments_panel import segments_panel
    from rushlight.audience.report.tests_panel import tests_panel
    from rushlight.audience.report.traffic_panel import traffic_panel
    from rushlight.audience.report.trends_panel import trends_panel

    own: list[PanelMaker] = [
        retention_panel,
        engagement_panel,
        tests_panel,
        segments_panel,
        bounces_panel,
        predictions_panel,
        creatives_panel,
        recommendation_panel,
        forecast_panel,
        commission_panel,
        campaign_panel,
        release_panel,
        comments_panel,
        trends_panel,
        traffic_panel,
        privacy_panel,
    ]
    found = sorted(entry_points(group="rushlight.audience.panels"), key=lambda entry: entry.name)
    return [*own, *(entry.load() for entry in found)]
