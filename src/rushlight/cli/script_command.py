"""`rushlight script`: a script that people and models write together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rushlight.artifacts import Screenplay
    from rushlight.core.project import Project
    from rushlight.flows.co_write import ScriptFile

__all__ = ["script"]

_FILE = click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
_DRY = click.option("--dry-run", "dry_run", is_flag=True, help="Show what would be written, and write nothing.")
_BY = click.option("--by", default="", help="Whose changes to the file these are. (default: your user name)")


@click.group("script", short_help="Scripts written together: history, pins, alternatives, merging.")
def script() -> None:
    """Scripts that people and models write together: history, pins, comments, alternatives, rewriting, merging.

    Places are named s2.4 (a paragraph of scene 2), s2.4-7 (a beat) or s2 (a scene).
    """


def _open(path: Path, by: str = "") -> ScriptFile:
    from rushlight.core.project import find_project
    from rushlight.flows.co_write import ScriptFile

    project = find_project(path.absolute().parent) or _loose()
    return ScriptFile(path, project, by)


def _loose() -> Project:
    from rushlight.cli.capability_command import loose_project

    return loose_project()


def _say(as_json: bool, value: dict[str, Any], text: str) -> None:
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


@script.command("history", short_help="Every version, with its author.")
@_FILE
@_BY
@_JSON
def history(path: Path, by: str, as_json: bool) -> None:
    """List the versions of FILE, oldest first."""
    opened = _open(path, by)
    opened.text()
    versions = opened.history.versions()
    rows = [
        f"{one.number:>4}  {one.made.astimezone():%Y-%m-%d %H:%M}  {one.author[:30]:<30}  "
        f"{'person ' if one.is_person else 'machine'}  {one.sha256[:8]}  {one.note}"
        for one in versions
    ]
    _say(as_json, {"versions": [one.model_dump(mode="json") for one in versions]}, "\n".join(rows))


@script.command("diff", short_help="What changed between two versions.")
@_FILE
@click.argument("first", default="-2")
@click.argument("second", default="-1")
@_JSON
def diff(path: Path, first: str, second: str, as_json: bool) -> None:
    """Show what changed in FILE between versions FIRST and SECOND; by default, between the last two."""
    opened = _open(path)
    opened.text()
    one, other = opened.history.find(first), opened.history.find(second)
    text = opened.difference(one, other)
    _say(as_json, {"first": one.number, "second": other.number, "diff": text}, text or "Nothing.")


@script.command("restore", short_help="Bring a version back.")
@_FILE
@click.argument("version")
@_BY
@_DRY
@_JSON
def restore(path: Path, version: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Bring VERSION of FILE back; what stands now stays in the history."""
    opened = _open(path, by)
    opened.text()
    found = opened.history.find(version)
    text = opened.history.text(found)
    if not dry_run:
        opened.write(text, opened.by, is_person=True, note=f"restored version {found.number}")
    _say(as_json, {"version": found.number, "written": not dry_run}, text if dry_run else f"Version {found.number}.")


@script.command("who", short_help="Who wrote each word.")
@_FILE
@_BY
@_JSON
def who(path: Path, by: str, as_json: bool) -> None:
    """Tell who wrote how much of FILE as it stands; with --json, each word."""
    found = _open(path, by).authorship()
    click.echo(found.model_dump_json() if as_json else found.as_text())


def _edit(
    path: Path, by: str, note: str, change: Callable[[Screenplay], Screenplay], dry_run: bool, as_json: bool
) -> None:
    opened = _open(path, by)
    before = opened.screenplay()
    text = opened.unparse(change(before))
    changed = text != opened.unparse(before)
    if changed and not dry_run:
        opened.write(text, opened.by, is_person=True, note=note)
    said = text if dry_run else f"Written to {path}." if changed else "Nothing to change."
    _say(as_json, {"written": changed and not dry_run, "note": note}, said)


@script.command("pin", short_help="Keep a place from being written anew.")
@_FILE
@click.argument("address")
@_BY
@_DRY
@_JSON
def pin(path: Path, address: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Pin ADDRESS of FILE: no model writes it anew, no merge changes it."""
    from rushlight.timeline.screenplay.annotations import Annotation
    from rushlight.timeline.screenplay.choosing import add_note

    _edit(path, by, f"pin {address}", lambda one: add_note(one, address, Annotation("pin")), dry_run, as_json)


@script.command("unpin", short_help="Take a pin off.")
@_FILE
@click.argument("address")
@_BY
@_DRY
@_JSON
def unpin(path: Path, address: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Take the pins off ADDRESS of FILE."""
    from rushlight.timeline.screenplay.choosing import remove_pins

    _edit(path, by, f"unpin {address}", lambda one: remove_pins(one, address), dry_run, as_json)


@script.command("comment", short_help="Note something at a place.")
@_FILE
@click.argument("address")
@click.argument("text")
@_BY
@_DRY
@_JSON
def comment(path: Path, address: str, text: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Note TEXT at ADDRESS of FILE, under your name."""
    from rushlight.flows.co_write import person
    from rushlight.timeline.screenplay.annotations import Annotation
    from rushlight.timeline.screenplay.choosing import add_note

    note = Annotation("comment", text, by or person())
    _edit(path, by, f"comment {address}", lambda one: add_note(one, address, note), dry_run, as_json)


@script.command("alternatives", short_help="Other wordings that are kept.")
@_FILE
@_JSON
def alternatives(path: Path, as_json: bool) -> None:
    """List the alternatives in FILE, with their places and numbers."""
    from rushlight.timeline.screenplay.choosing import alternatives_of

    found = list(alternatives_of(_open(path).screenplay()))
    rows = [
        f"{one.address:<10}{one.number:>3}  {one.author:<16}  {' / '.join(one.text.split(chr(10)))}" for one in found
    ]
    _say(as_json, {"alternatives": [one._asdict() for one in found]}, "\n".join(rows) or "There are none.")


@script.command("choose", short_help="Put an alternative in.")
@_FILE
@click.argument("address")
@click.argument("number", type=click.IntRange(1))
@_BY
@_DRY
@_JSON
def choose(path: Path, address: str, number: int, by: str, dry_run: bool, as_json: bool) -> None:
    """Put alternative NUMBER of ADDRESS in; what stood there becomes an alternative."""
    from rushlight.timeline.screenplay import choosing

    note = f"choose {address} {number}"
    _edit(path, by, note, lambda one: choosing.choose(one, address, number), dry_run, as_json)


@script.command("rewrite", short_help="Have a paragraph, a beat or a scene written anew.")
@_FILE
@click.argument("address")
@click.option("--wish", default="", help="In your words, what should change.")
@click.option("--writer", default="grammar", show_default=True, help="Who writes, as in create write-outline.")
@click.option("--alternatives", "count", type=click.IntRange(1, 5), default=1, help="How many wordings. (default: 1)")
@click.option("--replace-own", is_flag=True, help="Also what is pinned or a person wrote; it becomes an alternative.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Chooses among equally good wordings. (default: 0)")
@_BY
@_DRY
@_JSON
def rewrite(
    path: Path, address: str, wish: str, writer: str, count: int, replace_own: bool, seed: int, by: str, dry_run: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Have ADDRESS of FILE written anew; the old wording stays as an alternative."""
    from rushlight.cli.watching import watching

    opened = _open(path, by)
    screenplay = opened.screenplay()
    own = () if replace_own else opened.written_by_people()
    with watching(quiet=as_json) as watcher:
        opened.project.watcher = watcher
        made: Screenplay = opened.project.run(
            "rewrite_screenplay", screenplay, address=address, wish=wish, writer=writer, alternatives=count,
            person_wrote=own, replace_own=replace_own, seed=seed,
        )  # fmt: skip
    text = opened.unparse(made)
    if not dry_run:
        key = opened.project.used[-1] if opened.project.used else ""
        opened.write(text, writer, is_person=False, key=key, note=f"rewrite {address}")
    _say(as_json, {"written": not dry_run, "address": address}, text if dry_run else f"Written to {path}.")


@script.command("merge", short_help="Take a model's new version in, and keep every change of yours.")
@_FILE
@click.argument("theirs", type=click.Path(path_type=Path))
@click.option("--base", type=click.Path(path_type=Path), help="What both were made from. (default: the model's last)")
@click.option("--writer", default="machine", show_default=True, help="Who wrote the new version.")
@_BY
@_DRY
@_JSON
def merge(path: Path, theirs: Path, base: Path | None, writer: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Merge THEIRS, a model's new version, into FILE: every change of a person stands."""
    from rushlight.core.errors import InputError
    from rushlight.flows.co_write import ScriptFile

    opened = _open(path, by)
    mine = opened.text()
    new = ScriptFile(theirs, opened.project)._now()
    if base is not None:
        old = ScriptFile(base, opened.project)._now()
    else:
        last = opened.history.last_by_machine()
        if last is None:
            raise InputError(
                "No model has written this file, so it is not known what both versions were made from.",
                path=path,
                hint="Give that version with --base.",
            )
        old = opened.history.text(last)
    text, set_aside, dropped = opened.merged(old, mine, new, writer)
    if not dry_run:
        opened.history.add(new, writer, is_person=False, note=f"merged from {theirs.name}")
        opened.write(text, opened.by, is_person=True, note=f"merged {theirs.name}")
    rows = [text] if dry_run else [f"Written to {path}."]
    rows += [f"Kept as an alternative: {one}" for one in set_aside]
    rows += [f"Left out, for you had deleted it: {one}" for one in dropped]
    value = {"written": not dry_run, "set_aside": list(set_aside), "dropped": list(dropped)}
    _say(as_json, value, "\n".join(rows))
