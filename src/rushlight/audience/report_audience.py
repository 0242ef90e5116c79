"""The capability `report_audience`."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated

import jinja2
from pydantic import Field

from rushlight.artifacts.audience_report import AudienceReport
from rushlight.artifacts.events import Events
from rushlight.artifacts.media import Media
from rushlight.audience.report.panels import Context, Panel, panel_makers
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import RushlightError
from rushlight.core.run import current_run

__all__ = ["report_audience"]


@capability(version=1, metrics=("panels",))
def report_audience(
    events: Events,
    films: tuple[Media, ...],
    /,
    *,
    title: Annotated[str, Field(max_length=200, description="Heading of the page.")] = "How it was watched",
    least_viewers: Annotated[int, Field(ge=1, description="Groups of fewer viewers are not shown.")] = 10,
    simulated: Annotated[bool, Field(description="Say on the page that the viewers are simulated.")] = False,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> AudienceReport:
    """Show how films were watched: curves over frames of the film, moments, figures by group, tests, privacy.

    One page that opens without a network and loads nothing. Capabilities and installed packages add panels of their
    own; one that fails is named on the page and does not take the others with it.

    Args:
        events: how they were watched.
        films: their files, to show frames under the curves; each belongs to the title that is named as the file, or
            whose `film` is this file's name.

    Returns:
        `AudienceReport`.

    Raises:
        InputError: the warehouse has changed, or an unknown engine.
    """
    warehouse = Warehouse.of(events)
    context = Context(events, warehouse, _by_title(warehouse, films), least_viewers, engine)
    panels: list[Panel] = []
    notes: list[str] = []
    makers = panel_makers()
    for number, make in enumerate(makers):
        current_run().progress(number / len(makers), f"drawing {make.__name__.replace('_', ' ')}")
        try:
            made = make(context)
        except RushlightError as error:
            notes.append(f"{make.__name__.replace('_', ' ')} could not be drawn: {error.message}")
            continue
        if made is not None:
            panels.append(made)
    panels.sort(key=lambda panel: panel.order)
    current_run().figure("panels", len(panels))
    path = current_run().new_file("report.html")
    path.write_text(_page(title, panels, events, simulated, notes), encoding="utf-8")
    if not events.views:
        notes.append("No view was played yet, so there is little to show.")
    return AudienceReport(
        page=FileRef.of(path, "text/html"), panels=tuple(one.key for one in panels), notes=tuple(notes)
    )


def _by_title(warehouse: Warehouse, films: tuple[Media, ...]) -> dict[str, Media]:
    named = {facts["film"]: title for title, facts in warehouse.manifest().titles.items() if "film" in facts}
    return {named.get(film.file.path.name, film.file.path.stem): film for film in films}


def _page(title: str, panels: list[Panel], events: Events, simulated: bool, notes: list[str]) -> str:
    loader = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = loader.from_string(files("rushlight.audience").joinpath("pages", "report.html").read_text("utf-8"))
    days = f", {events.first_date} to {events.last_date}" if events.first_date else ""
    return template.render(
        title=title,
        panels=panels,
        subtitle=f"{events.rows:,} events, {events.views:,} views{days}",
        simulated=simulated,
        notes=notes,
    )
