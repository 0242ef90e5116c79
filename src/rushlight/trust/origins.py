"""Where a file comes from, read off a project's records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from rushlight.artifacts.credentials import Act, Ingredient, Origin
from rushlight.core.artifact import FileRef, file_sha256
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.trust.source_types import GENERATED, SOURCE_TYPES, overall

__all__ = ["ancestors", "is_generated", "is_trained", "maker_of", "origin_of"]

# Engines that work by rule; whatever else is named as a model was trained.
_BY_RULE = ("espeak", "extractive", "data", "grammar", "house-rules", "renderer", "scene", "filters")
# What is said of an act, by capability.
_WORDS = {
    "write_script": "Script written",
    "rewrite_screenplay": "Screenplay rewritten",
    "write_screenplay": "Screenplay written",
    "speak_script": "Narration synthesised",
    "perform_screenplay": "Dialogue synthesised",
    "compose_music": "Music composed",
    "render_score": "Music synthesised",
    "design_sound": "Sound effects synthesised",
    "mix_sound": "Sound mixed",
    "plan_pictures": "Pictures chosen and graphics drawn",
    "draw_storyboard": "Pictures drawn",
    "lay_timeline": "Laid out in time",
    "lay_cut": "Cut",
    "render_film": "Film rendered",
    "render_cut_sound": "Sound rendered",
    "smart_render": "Cut, the rest copied as it was recorded",
    "transcribe": "Speech recognised",
    "disclose_sound": "A spoken note added that AI was used",
}
# Acts that C2PA has a name for and that leave no action of their own on their records.
_ACTIONS = {
    "write_script": ("c2pa.addedText", "algorithmicMedia"),
    "write_screenplay": ("c2pa.addedText", "algorithmicMedia"),
    "rewrite_screenplay": ("c2pa.addedText", "algorithmicMedia"),
    "compose_music": ("c2pa.edited", "algorithmicMedia"),
    "plan_pictures": ("c2pa.drawing", "algorithmicMedia"),
    "draw_storyboard": ("c2pa.drawing", "algorithmicMedia"),
    "lay_timeline": ("c2pa.edited", ""),
    "lay_cut": ("c2pa.edited", ""),
}
_EDITORS = frozenset(("lay_cut", "smart_render", "render_cut_sound"))


def ancestors(project: Project, record: Record, records: Iterable[Record] | None = None) -> list[Record]:
    """A record and every record it rests on, oldest first; edits by persons too.

    Looking back ends at files that were signed: their own credentials tell what went before.
    """
    known = list(records) if records is not None else project.ledger.all()
    by_key = {one.key: one for one in known}
    by_file: dict[str, list[Record]] = {}
    for one in known:
        for sha256 in one.files() | ({str(one.output["sha256"])} if "sha256" in one.output else set()):
            by_file.setdefault(sha256, []).append(one)
    found: dict[str, Record] = {}
    ahead = [record]
    while ahead:
        one = ahead.pop()
        if one.key in found or (one.capability == "sign_credentials" and one.key != record.key):
            continue
        found[one.key] = one
        for use in one.inputs:
            if use.made_by in by_key:
                ahead.append(by_key[use.made_by])
            for sha256 in use.files:
                ahead += by_file.get(sha256, ())
    return sorted(found.values(), key=lambda one: (one.started, one.key))


def maker_of(project: Project, path: Path) -> Record | None:
    """The record of the step that made a file, looking through signing to what was signed."""
    record = project.ledger.made(file=file_sha256(path))
    while record is not None and record.capability == "sign_credentials" and record.inputs:
        inner = project.ledger.made(file=record.inputs[0].files[0]) if record.inputs[0].files else None
        if inner is None:
            return record
        record = inner
    return record


def origin_of(
    project: Project,
    record: Record,
    *,
    title: str,
    documents: Iterable[Path] = (),
    recordings: Iterable[FileRef] = (),
) -> Origin:
    """The origin of what a record made.

    Args:
        project: whose records tell.
        record: of the step that made the file.
        title: of the work.
        documents: what it was made from, such as the article; named as inputs.
        recordings: files that may be in it; records keep their hashes, and not always their place.
    """
    chain = ancestors(project, record)
    acts = [act for one in chain if one.key != record.key and (act := _act(one)) is not None]
    media, missing = _media(project, chain, record, tuple(recordings))
    is_edit = bool(_EDITORS & {one.capability for one in chain})
    generated = {act.source_type for act in acts if act.by} if not is_edit else set()
    ingredients = [
        Ingredient(title=file.path.name, relation="componentOf", file=file)
        for file in sorted(media, key=lambda file: (file.path.name, file.sha256))
    ]
    made: Literal["created", "opened"] = "created"
    if is_edit and len(ingredients) == 1 and not missing:
        made, ingredients = "opened", [ingredients[0].model_copy(update={"relation": "parentOf"})]
    for path in documents:
        if path.is_file():
            ingredients.append(Ingredient(title=path.name, relation="inputTo", file=FileRef.of(path)))
    # The step that made the file closes the list, so that every act stands in it.
    last = _act(record)
    if last is not None:
        acts.append(last)
    kinds = generated & SOURCE_TYPES
    return Origin(
        title=title, made=made, source_type=overall(kinds, bool(media) or bool(missing)), acts=tuple(acts),
        ingredients=tuple(ingredients), complete=not missing, missing=tuple(sorted(missing)),
    )  # fmt: skip


def _act(record: Record) -> Act | None:
    """What a record tells, if it tells of a change to picture, sound or words."""
    if record.capability in ("sign_credentials", "verify_credentials"):
        return None
    if record.capability == "person":
        what = f"{record.parameters.get('file', 'A file')} changed by a person"
        return Act(
            action="c2pa.edited", source_type="humanEdits", what=what, when=_when(record), record=record.key
        )  # fmt: skip
    action, kind = record.action, record.source_type
    if not action:
        action, kind = _ACTIONS.get(record.capability, ("", ""))
        if action and kind and any(is_trained(model) for model in record.models):
            kind = "trainedAlgorithmicMedia"
    if not action:
        return None
    if action in ("c2pa.created", "c2pa.opened"):
        action = "c2pa.edited"  # A work begins once; what was made for it is added to it.
    if record.capability in _EDITORS or record.capability == "render_film":
        kind = ""  # These put together what is there; of what kind that is, its own acts and credentials say.
    by = ", ".join(f"{model['name']} {model.get('revision', '')}".strip() for model in record.models)
    return Act(
        action=action, source_type=kind, what=_WORDS.get(record.capability, record.capability.replace("_", " ")),
        by=by or f"Rushlight {record.rushlight_version}", when=_when(record), record=record.key,
    )  # fmt: skip


def _when(record: Record) -> str:
    return record.started.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_trained(model: Mapping[str, str]) -> bool:
    """Whether a model that a record names was trained; what works by rule was not."""
    return not model.get("name", "").lower().startswith(_BY_RULE)


def _media(
    project: Project, chain: list[Record], record: Record, recordings: tuple[FileRef, ...]
) -> tuple[list[FileRef], set[str]]:
    """Recordings and pictures that no step of ours made and that are in the work; and names of those that are gone."""
    made = {
        file.sha256 for one in chain for file in _files(one.output) if file.path.is_relative_to(".rushlight/objects")
    }
    wanted: dict[str, FileRef] = {}
    for one in chain:
        if one.output_kind == "Cut" or one.capability == "smart_render" or one.key == record.key:
            for file in _files(one.output.get("media", ())):
                wanted[file.sha256] = file
    if record.capability in ("smart_render", "render_cut_sound"):
        wanted |= {file.sha256: file for file in _given(project, chain, record, recordings)}
    found, missing = [], set()
    for sha256, file in wanted.items():
        if sha256 in made:
            continue
        path = file.path if file.path.is_absolute() else project.root / file.path
        if path.is_file() and path.stat().st_size == file.bytes:
            found.append(file.model_copy(update={"path": path}))
        else:
            missing.add(path.name)
    return found, missing


def _given(project: Project, chain: list[Record], record: Record, recordings: tuple[FileRef, ...]) -> list[FileRef]:
    """Files handed to a step that takes a recording itself: those a record beside it tells the place of."""
    hashes = {sha256 for use in record.inputs if use.kind == "Media" for sha256 in use.files}
    known = [*recordings, *(file for one in chain for file in _files(one.output))]
    found = {file.sha256: file for file in known if file.sha256 in hashes}
    for path in (project.root / "media").rglob("*") if hashes - set(found) else ():
        if path.is_file() and file_sha256(path) in hashes:
            file = FileRef.of(path)
            found[file.sha256] = file
    return list(found.values())


def _files(value: Any) -> list[FileRef]:
    if isinstance(value, dict):
        if {"path", "sha256", "bytes"} <= value.keys():
            return [FileRef.model_validate(value)]
        return [file for item in value.values() for file in _files(item)]
    if isinstance(value, (list, tuple)):
        return [file for item in value for file in _files(item)]
    return []


def is_generated(origin: Origin) -> bool:
    """Whether a system made some of it, so that it has to be marked."""
    return origin.source_type in GENERATED or any(act.source_type in GENERATED and act.by for act in origin.acts)
