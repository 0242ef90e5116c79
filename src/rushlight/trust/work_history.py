"""What a project's records tell of a work: who did what, and whose the files in it are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rushlight.artifacts.contribution import Contributor, Deed, MediaOrigin, WorkHistory
from rushlight.core.artifact import FileRef
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.trust.origins import ancestors, is_trained
from rushlight.trust.rights import load_registry

__all__ = ["work_history"]

_NOT_WORK = frozenset(("sign_credentials", "verify_credentials", "check_use", "check_rights", "draw_panels"))


def work_history(project: Project, record: Record, recordings: Iterable[FileRef] = ()) -> WorkHistory:
    """The history of what a record made.

    Parameters count as chosen by a person where a step was run by hand; inside a job they were set by its rules.

    Args:
        project: whose records tell.
        record: of the step that made the work.
        recordings: files in it that no step made; they are whose the registry of rights says, else the person's.
    """
    person = record.asked_by or "whoever made it"
    deeds = []
    for one in ancestors(project, record):
        if one.capability in _NOT_WORK:
            continue
        if one.capability == "person":
            if "file" in one.parameters:
                who = Contributor(kind="person", name=one.asked_by or person)
                deeds.append(
                    Deed(contributor=who, step=f"edit of {one.parameters['file']}", record=one.key, is_edit=True)
                )
            continue
        trained = [model["name"] for model in one.models if is_trained(model)]
        who = Contributor(kind="model", name=", ".join(trained)) if trained else Contributor(
            kind="rule", name="Rushlight"
        )  # fmt: skip
        chosen = one.passed if not one.job else ()
        left = tuple(name for name in one.parameters if name not in chosen)
        deeds.append(Deed(contributor=who, step=one.capability, record=one.key, chosen=chosen, left=left))
    return WorkHistory(deeds=tuple(deeds), media=tuple(_owners(project, recordings, person)), person=person)


def _owners(project: Project, recordings: Iterable[FileRef], person: str) -> Iterable[MediaOrigin]:
    registry_file = project.root / "rights.toml"
    items = load_registry(registry_file).item if registry_file.is_file() else ()
    for file in recordings:
        item = next(
            (one for one in items if one.sha256 == file.sha256 or _is_file(project.root / one.file, one.file, file)),
            None,
        )
        holder = item.holder if item is not None and item.holder else person
        evidence = f"file {file.path.name}" + (f", {item.licence or 'registered'}" if item is not None else "")
        yield MediaOrigin(sha256=file.sha256, contributor=Contributor(kind="person", name=holder), evidence=evidence)


def _is_file(place: Path, named: str, file: FileRef) -> bool:
    return bool(named) and place == file.path
