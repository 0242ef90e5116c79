"""Commands for whole jobs, written by hand; what is heavy is imported when a command runs, so that help is quick."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rushlight.cli.cut_command import cut
from rushlight.cli.models_command import models
from rushlight.cli.script_command import script

if TYPE_CHECKING:
    from rushlight.core.project import Project

__all__ = ["COMMANDS", "near", "project_for"]


@click.command("new", short_help="Make a new project.")
@click.argument("name")
def new(name: str) -> None:
    """Make a new project folder NAME."""
    from rushlight.core.project import create_project

    project = create_project(name, title=Path(name).name)
    click.echo(f"Made {project.root}. Put photos and clips into media/, then: cd {name} && rushlight make ARTICLE")


@click.command("make", short_help="A brief, an article, a table or a screenplay becomes a film.")
@click.argument("document", type=click.Path(path_type=Path))
@click.option("--project", "folder", type=click.Path(path_type=Path), help="Project folder; made if it is not there.")
@click.option("--length", help="Length of the film, such as 60s or 1m30s; `auto` for whatever the script takes.")
@click.option("--aspect", help="Shapes of the film, such as 16:9,9:16,1:1. (default: 16:9)")
@click.option("--style", help="Look: house, paper, night, signal. (default: house)")
@click.option("--voice", help="Who narrates, such as espeak/en-gb.")
@click.option("--writer", help="Who writes: auto, extractive, data, http://HOST/v1#MODEL. (default: auto)")
@click.option("--genre", help="Music: cinematic, ambient, acoustic, electronic, documentary.")
@click.option("--language", help="Language of the document, such as en or de.")
@click.option("--pictures", multiple=True, type=click.Path(path_type=Path), help="Folder of photos and clips.")
@click.option("--height", type=click.IntRange(144, 2160), help="Shorter side in pixels. (default: 720)")
@click.option("--rate", help="Frames a second: 24, 25, 29.97, 30, … (default: 30)")
@click.option("--loudness", type=click.FloatRange(-36, -8), help="Integrated loudness in LUFS. (default: -14)")
@click.option("--captions", type=click.Choice(["burned", "track", "none"]), help="Where captions go. (default: burned)")
@click.option("--music/--no-music", default=None, help="Compose music. (default: yes)")
@click.option("--disclosure/--no-disclosure", default=None, help="Say on screen that AI was used. (default: yes)")
@click.option("--credentials/--no-credentials", default=None, help="Sign where the film comes from. (default: yes)")
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed, another wording and music.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes to draw with. (default: one a core)")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--dry-run", is_flag=True, help="Read the document and say what would be made.")
def make(document: Path, folder: Path | None, workers: int | None, as_json: bool, dry_run: bool, **given: Any) -> None:
    """Make a finished film from DOCUMENT: a brief, an article, a table or a screenplay.

    Briefs end in .toml, articles in .md, .txt or .html, tables in .csv or .parquet, screenplays in .fountain or .fdx.

    Everything it makes is a plain file in the project: change the script, captions, music, pictures or timeline and
    run the same command again; what you changed is kept and only what depends on it is made anew. A screenplay
    (.fountain, .fdx) becomes an animatic: drawn shots, a voice for each character, sound effects and music.
    """
    from rushlight.flows.wishes import FilmWishes, settle

    # What is cheap to refuse is refused before anything slow is imported.
    _document_here(document)
    wishes = FilmWishes(
        **{
            **{name: value for name, value in given.items() if name != "loudness"},
            "pictures": tuple(path.absolute() for path in given["pictures"]),
            "loudness_lufs": given["loudness"],
        }
    )
    settle(wishes, {}, {})
    from rushlight.core.project import slug

    title, form, asked = _read_document(document)
    if dry_run:
        settle(wishes, asked, {})
        name = slug(document.stem)
        plan = {
            "title": title,
            "form": form,
            "writes": f"renders/{name}.mp4",
            "project": str(folder or ""),
        }
        click.echo(json.dumps(plan) if as_json else "Would make “{title}” from a {form}: {writes}.".format(**plan))
        return
    from rushlight.cli.watching import watching

    project = project_for(document, folder)
    project.workers = workers or os.cpu_count() or 1
    with watching(quiet=as_json) as watcher:
        from rushlight.flows.make_film import make_film  # slow to import, so the bar is shown already

        project.watcher = watcher
        film = make_film(project, document, wishes)
    if as_json:
        click.echo(json.dumps(_summary(film), ensure_ascii=False))
        return
    for aspect, path in film.renders.items():
        click.secho(f"\n{aspect}  {near(path)}", fg="green")
    if film.report:
        click.echo(f"Report  {near(film.report)}")
    if film.cast is not None:
        click.echo("Cast")
        for part in film.cast.parts:
            click.echo(f"  {part.character:<18} {part.voice:<32} {part.reason}")
        return
    traced, claims = film.grounded
    click.echo(f"{traced} of {claims} numbers and names trace to the source.")


def _read_document(document: Path) -> tuple[str, str, dict[str, str]]:
    """Title, form and settings of a document, which refuses a bad one."""
    from rushlight.flows.wishes import SCREENPLAY_SUFFIXES

    if document.suffix.lower() in SCREENPLAY_SUFFIXES:
        from rushlight.create.read_screenplay import load_screenplay

        return load_screenplay(document).title or document.stem, "screenplay", {}
    from rushlight.create.read_source import load_source

    source = load_source(document)
    return source.title, source.form, source.settings


def _document_here(document: Path) -> None:
    from rushlight.core.errors import InputError

    if not document.is_file():
        what = "is a folder, not a document" if document.is_dir() else "does not exist"
        raise InputError(f"This file {what}.", path=document, hint="Check the name and the folder you are in.")


def project_for(document: Path, folder: Path | None, made: str = "film") -> Project:
    """The project to work in: the one asked for, the one we are in, else a new one beside the document."""
    from rushlight.core.project import Project, create_project, find_project, slug

    if folder is not None:
        return Project(folder.absolute()) if (folder / "rushlight.toml").exists() else create_project(folder)
    project = find_project()
    if project is not None:
        return project
    beside = Path.cwd() / f"{slug(document.stem)}-{made}"
    return Project(beside) if (beside / "rushlight.toml").exists() else create_project(beside)


def near(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def _summary(film: Any) -> dict[str, Any]:
    return {
        "title": film.title,
        "renders": {aspect: str(path) for aspect, path in film.renders.items()},
        "report": str(film.report or ""),
        "duration_seconds": float(film.seconds),
        "grounded": film.grounded[0],
        "claims": film.grounded[1],
        "figures": film.figures,
        "cast": film.cast.voices() if film.cast is not None else {},
        "weak": film.weak,
    }


@click.command("log", short_help="What was done in this project.")
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="Project folder.")
@click.option("--last", type=click.IntRange(1), default=30, help="How many acts to show. (default: 30)")
@click.option("--json", "as_json", is_flag=True, help="Print the records as one JSON object.")
def log(folder: Path, last: int, as_json: bool) -> None:
    """Show the records of this project, oldest first."""
    from rushlight.core.project import open_project

    records = open_project(folder).ledger.all()[-last:]
    if as_json:
        click.echo(json.dumps({"records": [json.loads(record.model_dump_json()) for record in records]}))
        return
    for record in records:
        what = record.capability.replace("_", " ")
        models = ", ".join(model["name"] for model in record.models)
        click.echo(
            f"{record.started.astimezone():%Y-%m-%d %H:%M:%S}  {what:<20} {record.seconds:7.1f} s  "
            f"{record.output_kind:<11} {record.key[:10]}  {models}"
        )


@click.command("why", short_help="Which step, model and source made this?")
@click.argument("place")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
def why(place: str, as_json: bool) -> None:
    """Tell what made PATH, or what is seen and heard at PATH@TIME (such as renders/film.mp4@12.5)."""
    from rushlight.core.errors import InputError, ProjectError
    from rushlight.core.project import find_project
    from rushlight.flows.explain import explain_file, explain_moment

    text, at, moment = place.rpartition("@")
    path = Path(text if at else place)
    if not path.exists() and at and Path(place).exists():
        path, moment, at = Path(place), "", ""
    if not path.exists():
        raise InputError("This file does not exist.", path=path)
    project = find_project(path.parent)
    if project is None:
        raise ProjectError("This file is in no Rushlight project, so nothing is known about it.", path=path)
    answer = explain_moment(project, path, moment) if at else explain_file(project, path)
    click.echo(json.dumps(answer.as_dict(), ensure_ascii=False) if as_json else answer.as_text())


@click.command("doctor", short_help="What is installed, what is missing.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def doctor(as_json: bool) -> None:
    """Say what is installed, which model serves each task, what is missing and how to get it."""
    from rushlight.flows.examine import examine_machine

    findings = examine_machine()
    if as_json:
        click.echo(json.dumps({"findings": [finding.as_dict() for finding in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            mark, colour = {"ok": ("✓", "green"), "missing": ("·", "yellow"), "bad": ("✗", "red")}[finding.state]
            click.echo(f"{click.style(mark, fg=colour)} {finding.name:<26} {finding.detail}")
            if finding.hint:
                click.echo(f"  {'':<26} {finding.hint}")
    if any(finding.state == "bad" for finding in findings):
        sys.exit(6)


COMMANDS: dict[str, click.Command] = {
    "make": make,
    "cut": cut,
    "new": new,
    "log": log,
    "why": why,
    "doctor": doctor,
    "models": models,
    "script": script,
}
