"""Signing what a job made: the origin is read off the records, the signed copy is what is published."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rushlight import __version__
from rushlight.artifacts.credentials import SignedFile
from rushlight.artifacts.source import Document
from rushlight.artifacts.watermark import MarkedFile
from rushlight.core.artifact import FileRef
from rushlight.core.errors import CancelledError, InputError, RushlightError
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.media.probe import probe
from rushlight.trust.embed_watermark import embed_watermark
from rushlight.trust.keys import KeyFolder
from rushlight.trust.ledger import ProjectLedger, log_signer
from rushlight.trust.origins import maker_of, origin_of
from rushlight.trust.sign_credentials import sign_credentials

__all__ = [
    "announce_keys", "keep_ledger", "login_name", "marks_made", "note_unsigned", "sign_file", "sign_made",
    "sign_or_say",
]  # fmt: skip


def announce_keys(tell: Callable[[str], None]) -> None:
    """Make keys where there are none yet, and say so."""
    folder = KeyFolder()
    if not folder.exists:
        name = login_name()
        folder.make(name)
        tell(
            f"A key to sign with was made for you, in {folder.folder}; films carry the name {name!r}. "
            "`rushlight trust keys --replace --name NAME` changes it."
        )


def sign_made(
    project: Project, file: FileRef, record: Record, *, title: str, documents: Iterable[Path] = (),
    recordings: Iterable[FileRef] = (),
) -> SignedFile:  # fmt: skip
    """Sign what a step of this project made.

    Args:
        project: whose records tell the origin.
        file: what was made.
        record: that tells of it.
        title: of the work.
        documents: what it was made from.
        recordings: files that may be in it, so that their place is known.

    Raises:
        RushlightError: as signing says.
    """
    announce_keys(project.watcher.on_weak)
    file, record, mark = _marked(project, file, record)
    origin = origin_of(project, record, title=title, documents=documents, recordings=recordings)
    origin = origin.model_copy(update={"mark": mark})
    training = str(project.settings().get("trust", {}).get("training", "notAllowed"))
    authority = str(project.settings().get("trust", {}).get("time_authority", ""))
    began = datetime.now(UTC)
    document, how = Document(file=file), {"training": training, "time_authority": authority}
    signed: SignedFile = project.run(sign_credentials, document, origin, **how)
    if authority and not signed.time_stamped and not _signed_since(project, signed, began):
        # The authority was away when this was signed first: it is asked again each time, until it answers.
        attempt = _stamped_attempt(project, file, signed) or f"{began:%Y-%m-%dT%H:%M:%S}"
        again: SignedFile = project.run(sign_credentials, document, origin, attempt=attempt, **how)
        return again if again.time_stamped else signed
    return signed


def _marked(project: Project, file: FileRef, record: Record) -> tuple[FileRef, Record, str]:
    """The marked copy, the record that tells of it, and its payload, where the project's settings ask for a mark."""
    if project.settings().get("trust", {}).get("watermark") is not True:
        return file, record, ""
    media, key_file = probe(file.path, trusted=True), str(project.settings()["trust"].get("watermark_key", ""))
    try:
        marked: MarkedFile = project.run(embed_watermark, media, key_file=key_file)
    except InputError as error:
        project.watcher.on_weak(f"The file carries no mark: {error.message}")
        return file, record, ""
    made = project.ledger.made(digest=marked.digest())
    return (marked.file, made, marked.payload) if made is not None else (file, record, "")


def marks_made(project: Project) -> dict[str, str]:
    """Payloads of the marks that steps of a project put into files, and the names of these files."""
    return {
        str(record.output.get("payload", "")): Path(str(record.output.get("file", {}).get("path", ""))).name
        for record in project.ledger.all()
        if record.capability == "embed_watermark"
    }


def _signed_since(project: Project, signed: SignedFile, moment: datetime) -> bool:
    record = project.ledger.made(file=(signed.sidecar or signed.file).sha256)
    return record is not None and record.started >= moment


def _stamped_attempt(project: Project, file: FileRef, signed: SignedFile) -> str:
    """The earlier attempt by the same signer that got a time stamp, if one did."""
    for record in reversed(project.ledger.all()):
        if record.capability != "sign_credentials" or not record.output.get("time_stamped"):
            continue
        same_file = any(file.sha256 in use.files for use in record.inputs if use.name == "file")
        if same_file and record.output.get("fingerprint") == signed.fingerprint:
            return str(record.parameters.get("attempt", ""))
    return ""


def sign_or_say(
    project: Project, file: FileRef, record: Record | None, *, title: str, wanted: bool,
    documents: Iterable[Path] = (), recordings: Iterable[FileRef] = (),
) -> FileRef:  # fmt: skip
    """The signed copy of what a job made; the file itself, which is said, where it is not to be or cannot be signed.

    Args:
        project: whose records tell the origin.
        file: what was made.
        record: that tells of it.
        title: of the work.
        wanted: whether credentials are on.
        documents: what it was made from.
        recordings: files that may be in it, so that their place is known.
    """
    if record is None:
        return file
    if not wanted:
        project.watcher.on_weak(
            "Content Credentials are off, as asked: this file carries no signed word of where it comes from."
        )
        note_unsigned(project, file)
        return file
    try:
        return sign_made(project, file, record, title=title, documents=documents, recordings=recordings).file
    except CancelledError:
        raise
    except RushlightError as error:
        project.watcher.on_weak(f"The file could not be signed: {error} {error.hint}".strip())
        return file


def keep_ledger(project: Project) -> None:
    """Log what a job did, so that later changes of its records show; where there are keys, a checkpoint is signed."""
    try:
        ProjectLedger(project, log_signer() if KeyFolder().exists else None).update()
    except RushlightError as error:
        # What the job made is whole; that its log is not must be known, and must not undo it.
        project.watcher.on_weak(f"The ledger was not kept: {error} {error.hint}".strip())


def note_unsigned(project: Project, file: FileRef) -> None:
    """Record that a person wanted this file without credentials."""
    key = hashlib.sha256(f"unsigned\n{file.sha256}".encode()).hexdigest()
    if project.ledger.get(key) is None:
        record = Record(
            key=key, capability="person", version=1, parameters={"credentials": "off", "of": file.sha256},
            asked_by=project.asked_by or login_name(), started=datetime.now(UTC), rushlight_version=__version__,
        )  # fmt: skip
        project.ledger.add(record)


def login_name() -> str:
    """The name of whoever is at work here."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "Rushlight user"


def sign_file(project: Project, path: Path, *, source_type: str = "", **parameters: Any) -> SignedFile:
    """Sign any file: from the records where a step of the project made it, else from what is said of it."""
    record = maker_of(project, path)
    origin = None
    if record is not None and not source_type and record.capability != "sign_credentials":
        origin = origin_of(project, record, title=path.stem)
    signed: SignedFile = project.run(
        sign_credentials, Document(file=FileRef.of(path)), origin, source_type=source_type, **parameters
    )
    return signed
