"""Commands that act on an event warehouse: filling it, keeping it, showing what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rushlight.audience.warehouse.warehouse import Warehouse

__all__ = ["COMMANDS", "warehouse_for"]

_WAREHOUSE = click.option(
    "--warehouse", "folder", type=click.Path(path_type=Path), help="Folder of the warehouse. (default: audience)"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")


def warehouse_for(folder: Path | None, *, make: bool = False) -> Warehouse:
    """The warehouse that is meant: the folder given, else `audience/` of the project here, else `audience/` here."""
    from rushlight.audience.warehouse.warehouse import Warehouse
    from rushlight.core.project import find_project

    if folder is None:
        project = find_project()
        folder = (project.root if project else Path.cwd()) / "audience"
    return Warehouse.create(folder) if make else Warehouse(folder)


@click.command("import", short_help="Add files of events, comments or a platform's figures.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_WAREHOUSE
@click.option(
    "--form",
    default="auto",
    help="jsonl, json, csv, parquet, snowplow, xapi, cmcd, comments, aggregate, titles, segments, ratings, creatives, "
    "drafts.",
)
@click.option(
    "--consent", default="", help="Purposes to assume where a source says nothing of consent, such as measure."
)
@click.option(
    "--viewers", type=click.Choice(["raw", "pseudonym"]), default="raw", help="What viewer ids are. (default: raw)"
)
@click.option("--title", "title_id", default="", help="Of an aggregate: the title it is of.")
@click.option("--duration", default="", help="Of an aggregate: length of the title, such as 6m12s.")
@click.option("--views", type=click.IntRange(0), default=0, help="Of an aggregate: how many views it is of.")
@_JSON
def import_(
    paths: tuple[Path, ...], folder: Path | None, form: str, consent: str, viewers: str, title_id: str, duration: str,
    views: int, as_json: bool,
) -> None:  # fmt: skip
    """Add PATHS to the warehouse: checked, pseudonymised, freed of doubles; playback is worked out from them.

    What cannot be kept lies in the warehouse's quarantine folder with the reason. Viewer ids are replaced by keyed
    hashes as they come in. Events without consent to be measured are not kept; where a source says nothing of consent
    and you have it, say so with --consent measure.

    Figures that a platform gives ready-made (YouTube's retention and traffic reports, PeerTube's retention) come in
    with --form aggregate and are never mixed with events. --form titles reads a table of title_id, name, category;
    --form segments one of viewer, segment; --form ratings the files of MovieLens and MovieTweetings. --form creatives
    says what the variants of tests look like (test, variant, text, picture), --form drafts those yet to be shown.
    """
    from rushlight.audience.predicting.creatives import import_creatives, import_drafts
    from rushlight.audience.warehouse.aggregates import import_aggregate
    from rushlight.audience.warehouse.importing import import_events
    from rushlight.audience.warehouse.tables import import_ratings, import_segments
    from rushlight.audience.warehouse.titles import import_titles
    from rushlight.cli.watching import watching
    from rushlight.core.run import Run, running
    from rushlight.core.units import parse_seconds

    warehouse = warehouse_for(folder, make=True)
    tables = {
        "titles": import_titles, "segments": import_segments, "ratings": import_ratings, "creatives": import_creatives,
        "drafts": import_drafts,
    }  # fmt: skip
    if form in tables:
        for path in paths:
            click.echo(f"{path.name}: {tables[form](warehouse, path):,} {form} are known.")
        return
    if form == "aggregate":
        seconds = float(parse_seconds(duration)) if duration else 0.0
        for path in paths:
            kind = import_aggregate(warehouse, path, title_id=title_id, duration_seconds=seconds, views=views)
            click.echo(f"{path.name}: {kind} kept.")
        return
    with watching(quiet=as_json) as watcher:
        run = Run(scratch=warehouse.folder, on_progress=watcher.on_progress, is_cancelled=watcher.is_cancelled)
        with running(run):
            report = import_events(warehouse, paths, form=form, consent=consent, viewers=viewers)
    if as_json:
        kept = {
            name: getattr(report, name) for name in ("read", "kept", "refused", "doubled", "without_consent", "reasons")
        }
        click.echo(json.dumps({**kept, "quarantine": [str(path) for path in report.quarantine]}))
    else:
        click.echo(report.as_text())
        click.echo(warehouse.events().as_text())


@click.command("access", short_help="Print everything that is kept of one viewer.")
@click.argument("viewer")
@_WAREHOUSE
def access(viewer: str, folder: Path | None) -> None:
    """Print as JSON all that is kept of VIEWER, an id as the source gave it or a pseudonym."""
    from rushlight.audience.warehouse.people import access_viewer

    click.echo(json.dumps(access_viewer(warehouse_for(folder), viewer), indent=1, ensure_ascii=False))


@click.command("erase", short_help="Erase one viewer, or everything before a day.")
@click.argument("viewer", required=False)
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Erase all days before this one: 2026-01-31.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_WAREHOUSE
@_JSON
def erase(viewer: str | None, before: Any, yes: bool, folder: Path | None, as_json: bool) -> None:
    """Erase all that is kept of VIEWER and prove it by a search of every table; or the days before --before.

    It cannot be undone.
    """
    from rushlight.audience.warehouse.people import erase_before, erase_viewer

    if bool(viewer) == bool(before):
        raise click.UsageError("Say whom to erase, or --before which day.")
    warehouse = warehouse_for(folder)
    what = f"all that is kept of {viewer}" if viewer else f"all events before {before:%Y-%m-%d}"
    if not yes:
        click.confirm(f"Erase {what}? It cannot be undone.", abort=True)
    if viewer is None:
        rows = erase_before(warehouse, before.date())
        click.echo(json.dumps({"rows": rows}) if as_json else f"{rows:,} events erased.")
        return
    done = erase_viewer(warehouse, viewer)
    said = {"viewer": done.viewer, "rows": done.rows, "left": done.left}
    click.echo(json.dumps(said) if as_json else done.as_text())


@click.command("publish", short_help="Release a retention curve under differential privacy.")
@click.argument("title_id")
@click.option("--epsilon", type=float, default=1.0, help="Loss of privacy of this release. (default: 1)")
@click.option("--points", type=int, default=100, help="Points of the curve. (default: 100)")
@click.option(
    "--budget", type=float, default=4.0, help="The most all releases of a title may cost together. (default: 4)"
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; printed otherwise.")
@_WAREHOUSE
def publish(title_id: str, epsilon: float, points: int, budget: float, out: Path | None, folder: Path | None) -> None:
    """Release the retention of TITLE_ID for the public: nearly the same with and without any one viewer.

    What each release costs is noted in the warehouse; beyond the budget there are no more.
    """
    from rushlight.audience.warehouse.publishing import publish_retention
    from rushlight.core.store import write_atomically

    made = publish_retention(warehouse_for(folder), title_id, epsilon=epsilon, points=points, budget=budget)
    text = json.dumps(made.as_dict(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    write_atomically(out, text)
    click.echo(
        f"ε = {made.epsilon:g} spent, {made.spent:g} in all; points are off by {made.error:.3f} on average: {out}"
    )


@click.command("keep", short_help="Keep events for so many days only.")
@click.argument("days", type=click.IntRange(0))
@_WAREHOUSE
def keep(days: int, folder: Path | None) -> None:
    """Keep events for DAYS days: older ones are erased now and with every import. 0 keeps them until told."""
    from rushlight.audience.warehouse.people import keep_days

    erased = keep_days(warehouse_for(folder), days)
    click.echo(f"{erased:,} events erased." if days else "Events are kept until told.")


@click.command("schema", short_help="Print the schema of events.")
def schema() -> None:
    """Print the schema of events as a table in Markdown."""
    from rushlight.audience.warehouse.schema import describe_schema

    click.echo(describe_schema())


@click.command("collect", short_help="Take events over HTTP.")
@_WAREHOUSE
@click.option("--host", default="127.0.0.1", help="Address to listen on. (default: 127.0.0.1, this machine only)")
@click.option("--port", type=click.IntRange(1, 65535), default=8731, help="Port. (default: 8731)")
@click.option("--import-every", default="60s", help="How often what came in is imported; 0s leaves it. (default: 60s)")
@click.option(
    "--allow-origin", "origins", multiple=True, help="A web page that may send, such as https://films.example."
)
def collect(folder: Path | None, host: str, port: int, import_every: str, origins: tuple[str, ...]) -> None:
    """Take events over HTTP into the warehouse: POST them to /v1/events, in batches.

    A batch is answered when it is on disk. Stop it with Ctrl-C; what came in is then imported. To let others reach
    it, put it behind a proxy that speaks TLS.
    """
    from rushlight.audience.warehouse.collector import serve
    from rushlight.core.units import parse_seconds

    warehouse = warehouse_for(folder, make=True)
    click.echo(f"Taking events at http://{host}:{port}/v1/events into {warehouse.folder}. Ctrl-C stops it.", err=True)
    every = float(parse_seconds(import_every))
    serve(warehouse, host=host, port=port, import_seconds=every, origins=origins)


@click.command("watch", short_help="Show live figures from a collector.")
@click.option("--port", type=click.IntRange(1, 65535), default=8731, help="Port of the collector. (default: 8731)")
@click.option("--every", type=click.FloatRange(0.2, 60), default=1.0, help="Seconds between two looks. (default: 1)")
@click.option("--times", type=click.IntRange(1), default=None, help="Stop after so many looks.")
@_JSON
def watch(port: int, every: float, times: int | None, as_json: bool) -> None:
    """Show who watches what right now, from the collector on this machine; with --json one object a line."""
    from rushlight.cli.live_figures import show_live

    show_live(f"http://127.0.0.1:{port}/v1/live", every=every, times=times, as_json=as_json)


@click.command("report", short_help="One page: curves over the film, moments, figures, tests.")
@click.argument("films", nargs=-1, type=click.Path(path_type=Path))
@_WAREHOUSE
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where to put the page. (default: report.html in the warehouse)"
)
@click.option("--title", default="How it was watched", help="Heading of the page.")
@click.option("--simulated", is_flag=True, help="Say on the page that the viewers are simulated.")
@_JSON
def report(
    films: tuple[Path, ...], folder: Path | None, out: Path | None, title: str, simulated: bool, as_json: bool
) -> None:
    """Make one page of how films were watched. Give FILMS to show their frames under the curves.

    A film belongs to the title whose id is the file's name without its ending, or whose `film` names the file in a
    table given with `rushlight audience import --form titles`.
    """
    from rushlight.artifacts.audience_report import AudienceReport
    from rushlight.cli.capability_command import loose_project
    from rushlight.cli.delivering import deliver
    from rushlight.cli.watching import watching
    from rushlight.core.project import find_project
    from rushlight.media.probe import probe

    warehouse = warehouse_for(folder)
    media = tuple(probe(film) for film in films)
    with watching(quiet=as_json) as watcher:
        project = find_project() or loose_project()
        project.watcher = watcher
        events = warehouse.events()
        made: AudienceReport = project.run("report_audience", events, media, title=title, simulated=simulated)
    target = deliver(made, out or warehouse.folder / "report.html")
    click.echo(made.model_dump_json() if as_json else f"{', '.join(made.panels)}: {target}")


COMMANDS: dict[str, click.Command] = {
    "access": access,
    "collect": collect,
    "erase": erase,
    "import": import_,
    "keep": keep,
    "publish": publish,
    "report": report,
    "schema": schema,
    "watch": watch,
}
