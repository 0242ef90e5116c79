"""A command for any capability, made from its entry in the index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rushlight.cli.delivering import check_target, deliver
from rushlight.cli.options import options_for, parse_values, read_artifact, show

if TYPE_CHECKING:
    from rushlight.core.artifact import Artifact
    from rushlight.core.capability import InputSlot
    from rushlight.core.project import Project

__all__ = ["capability_command", "loose_project"]


def capability_command(entry: dict[str, Any]) -> click.Command:
    """The command of one capability: inputs as files, parameters as options."""
    schema: dict[str, Any] = entry["parameters"]
    arguments = _arguments(entry["inputs"])
    common = [
        click.Option(["--out", "out"], type=click.Path(path_type=Path), help="Where to put the resulting file."),
        click.Option(["--project", "project"], type=click.Path(path_type=Path), help="Project to work in."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the result as one JSON object."),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="Say what would be done, and do nothing."),
    ]

    def run(**given: Any) -> None:
        _run(entry, given)

    return click.Command(
        entry["command"], params=[*arguments, *options_for(schema), *common], callback=run, help=_help(entry["doc"]),
        short_help=entry["summary"],
    )  # fmt: skip


def _arguments(slots: list[dict[str, Any]]) -> list[click.Parameter]:
    """Inputs in their order; what comes after one that takes any number of files is an option of its name."""
    found: list[click.Parameter] = []
    path = click.Path(path_type=Path)
    after_many = False
    for slot in slots:
        if after_many:
            flag, needed = f"--{slot['name'].replace('_', '-')}", not slot["optional"] and not slot["many"]
            said = f"{slot['kind']} to work with{' (may be repeated)' if slot['many'] else ''}."
            found.append(
                click.Option([flag, slot["name"]], type=path, multiple=slot["many"], required=needed, help=said)
            )
            continue
        count, needed = (-1, False) if slot["many"] else (1, not slot["optional"])
        found.append(click.Argument([slot["name"]], nargs=count, required=needed, type=path))
        after_many = slot["many"]
    return found


def _help(doc: str) -> str:
    """A docstring as help: what it does, then what it gives; what it raises is left to the reference."""
    parts = re.split(r"\n\n(?=Args:|Returns:|Raises:|Reference:|Stability:)", doc)
    inputs = [part.removeprefix("Args:") for part in parts if part.startswith("Args:")]
    gives = [" ".join(part.removeprefix("Returns:").split()) for part in parts if part.startswith("Returns:")]
    # Click would run the lines of a list together but for the mark.
    listed = [f"\b\nInputs:{part}" for part in inputs]
    return "\n\n".join([parts[0], *listed, *(f"Gives: {text}" for text in gives)])


def _run(entry: dict[str, Any], given: dict[str, Any]) -> None:
    from rushlight.cli.watching import watching
    from rushlight.core.capability import find_capability
    from rushlight.core.project import Project, find_project

    out, folder, as_json, dry_run = (given.pop(name) for name in ("out", "project", "as_json", "dry_run"))
    found = find_capability(entry["name"])
    inputs = tuple(_read(slot, given.pop(slot.name)) for slot in found.inputs)
    parameters = parse_values(entry["parameters"], given)
    found.check(parameters)
    check_target(found.returns, out, inputs)
    if dry_run:
        click.echo(f"Would run {found.title} version {found.version} with {parameters or 'its defaults'}.")
        return
    with watching(quiet=as_json) as watcher:
        project = Project(folder.absolute()) if folder else find_project() or loose_project()
        project.watcher = watcher
        artifact: Artifact = project.run(found.name, *inputs, **parameters)
    target = deliver(artifact, out)
    if target is not None and found.returns.kind() in ("Outline", "Screenplay", "Script"):
        _note_version(target, artifact, project)
    if as_json:
        click.echo(artifact.model_dump_json())
    else:
        click.echo(show(artifact))
        if target is not None:
            click.echo(f"\nWritten to {target}")


def _read(slot: InputSlot, value: Any) -> Any:
    if slot.many:
        return tuple(read_artifact(path, slot.artifact) for path in value)
    return None if value is None else read_artifact(value, slot.artifact)


def _note_version(target: Path, artifact: Any, project: Project) -> None:
    """Remember that a model, and which, wrote this file: from here on a person's words in it are told from its own."""
    from rushlight.core.project import find_project
    from rushlight.flows.co_write import ScriptFile

    if target.suffix.lower() in (".fountain", ".fdx", ".md", ".toml") and artifact.writer != "person":
        script = ScriptFile(target, find_project(target.absolute().parent) or project)
        script.history.add(target.read_text(encoding="utf-8"), artifact.writer, is_person=False)


def loose_project() -> Project:
    """The project in the user's cache folder that keeps records of work on loose files."""
    from platformdirs import user_cache_path

    from rushlight.core.project import Project, create_project

    root = user_cache_path("rushlight") / "loose"
    return Project(root) if (root / "rushlight.toml").exists() else create_project(root, title="Loose files")
