"""Command-line options from JSON schemas, and artifacts from files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rushlight.core.errors import InputError

if TYPE_CHECKING:
    from rushlight.core.artifact import Artifact

__all__ = ["options_for", "parse_values", "read_artifact"]


def options_for(schema: dict[str, Any]) -> list[click.Option]:
    """One option for each parameter of a capability."""
    required = set(schema.get("required", []))
    made = []
    for name, field in schema.get("properties", {}).items():
        kind, choices = _kind(field)
        flag = f"--{name.replace('_', '-')}"
        text = str(field.get("description", "")).strip()
        bounds = _bounds(field)
        if bounds:
            text += f" [{bounds}]"
        if "default" in field and field["default"] not in (None, "", {}, []):
            text += f" (default: {field['default']})"
        declarations = [f"{flag}/--no-{flag[2:]}"] if kind == "boolean" else [flag]
        option_type: click.ParamType[Any] = click.Choice(choices) if choices else click.STRING
        made.append(
            click.Option(
                [*declarations, name],
                type=click.BOOL if kind == "boolean" else option_type,
                default=None,
                required=name in required,
                multiple=kind in ("array", "object"),
                help=text + (" (NAME=VALUE, may be repeated)" if kind == "object" else ""),
            )
        )
    return made


def _kind(field: dict[str, Any]) -> tuple[str, list[str]]:
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    first = options[0] if options else {}
    return str(first.get("type", "string")), [str(choice) for choice in first.get("enum", [])]


def _bounds(field: dict[str, Any]) -> str:
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    return f"{low} to {high}" if None not in (low, high) else f"at least {low}" if high is None else f"at most {high}"


def parse_values(schema: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What the person typed as values that a capability's parameters can be validated from; unset ones are left out."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        kind, _ = _kind(schema["properties"][name])
        if value is None or value == ():
            continue
        if kind == "object":
            values[name] = dict(_pair(name, item) for item in value)
        elif kind == "array":
            values[name] = list(value)
        else:
            values[name] = value
    return values


def _pair(name: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--{name.replace('_', '-')} takes NAME=VALUE, not {text!r}.")
    return key, value


def read_artifact(path: Path, artifact: type[Artifact]) -> Artifact:
    """An artifact from a file: its own kind of file (an article, a clip, captions, a cut), or JSON as `--json` prints.

    Raises:
        InputError: the file does not hold such an artifact.
    """
    from rushlight.core.artifact import FileRef

    if artifact.kind() in _READ_FOLDERS and path.is_dir():
        return _READERS[artifact.kind()](path)
    FileRef.of(path)
    reader = _READERS.get(artifact.kind())
    if reader is not None and (path.suffix.lower() != ".json" or artifact.kind() in _READ_JSON):
        return reader(path)
    try:
        return artifact.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        if artifact.kind() == "Document":
            # Any JSON may be a document: an export of comments, a warehouse's manifest.
            return _document(path)
        raise InputError(
            f"This file does not hold a {artifact.kind()}.",
            path=path,
            hint="Give what an earlier step printed with --json.",
        ) from error


def _media(path: Path) -> Artifact:
    from rushlight.media.probe import probe

    return probe(path)


def _source(path: Path) -> Artifact:
    from rushlight.create.read_source import load_source

    return load_source(path)


def _document(path: Path) -> Artifact:
    from rushlight.artifacts.source import Document
    from rushlight.core.artifact import FileRef

    # A warehouse is a folder whose manifest stands for it; so is a project that has one.
    held = (folder / "warehouse.json" for folder in (path, path / "audience") if path.is_dir())
    return Document(file=FileRef.of(next((file for file in held if file.is_file()), path)))


def _screenplay(path: Path) -> Artifact:
    from rushlight.create.read_screenplay import load_screenplay

    return load_screenplay(path)


def _captions(path: Path) -> Artifact:
    from rushlight.timeline.captionfile import read_captions

    return read_captions(path)


def _cut(path: Path) -> Artifact:
    from rushlight.timeline.cutfile import read_cut

    return read_cut(path)


def _outline(path: Path) -> Artifact:
    from rushlight.artifacts import Outline
    from rushlight.cli.capability_command import loose_project
    from rushlight.core.project import find_project
    from rushlight.flows.co_write import ScriptFile
    from rushlight.timeline.outlinefile import toml_to_outline

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("This outline is not UTF-8 text.", path=path, hint="Save it as UTF-8.") from error
    nothing = Outline(title="", premise="", logline="", characters=(), beats=(), scenes=(), writer="person")

    def as_made(said: str) -> Outline:
        """What a file says, none of it a person's unless it is marked so."""
        read = toml_to_outline(said, nothing)
        levels = {
            name: tuple(item.model_copy(update={"author": "writer"}) for item in getattr(read, name))
            for name in ("characters", "beats", "scenes")
        }
        return toml_to_outline(said, read.model_copy(update={**levels, "logline_author": "writer"}))

    try:
        # What differs from the file as a model last wrote it is a person's.
        history = ScriptFile(path, find_project(path.absolute().parent) or loose_project()).history
        last = history.last_by_machine()
        return toml_to_outline(text, as_made(history.text(last))) if last else as_made(text)
    except InputError as error:
        raise InputError(error.message, path=path, where=error.where, hint=error.hint) from error


def _transcript(path: Path) -> Artifact:
    from rushlight.edit.listening.transcriptfile import load_transcript

    return load_transcript(path)


def _score(path: Path) -> Artifact:
    from rushlight.timeline.music.midi import score_from_midi

    return score_from_midi(path)


def _events(path: Path) -> Artifact:
    from rushlight.audience.warehouse.warehouse import read_events

    return read_events(path)


_READERS: dict[str, Callable[[Path], Artifact]] = {
    "Captions": _captions,
    "Cut": _cut,
    "Document": _document,
    "Events": _events,
    "Media": _media,
    "Outline": _outline,
    "Score": _score,
    "Screenplay": _screenplay,
    "Source": _source,
    "Transcript": _transcript,
}
# Kinds whose own files may be JSON too.
_READ_JSON = frozenset({"Events", "Transcript"})
# Kinds that are a folder.
_READ_FOLDERS = frozenset({"Document", "Events"})


def show(artifact: Artifact) -> str:
    """An artifact for people: in its own words where it has some, else its fields, long ones shortened."""
    words = getattr(artifact, "as_text", None)
    if callable(words):
        return str(words())
    lines = []
    for name, value in json.loads(artifact.model_dump_json()).items():
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
        lines.append(f"{name.replace('_', ' '):>18}  {text if len(text) <= 100 else text[:97] + '…'}")
    return "\n".join(lines)
