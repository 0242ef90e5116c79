"""Before something is rendered or learned: may these files and models be used? What must not be stops the job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from rushlight import __version__
from rushlight.artifacts.use_decision import UseDecision
from rushlight.core.artifact import FileRef
from rushlight.core.errors import ApprovalError, InputError, RushlightError, StorageError
from rushlight.core.project import Project, find_project
from rushlight.core.record import Record
from rushlight.media.probe import probe
from rushlight.trust.consents import Consent, ConsentBook
from rushlight.trust.licences import PURPOSE_WORDS, PURPOSES
from rushlight.trust.rights import Registry, Use, decide, kept_fingerprint, load_registry

__all__ = ["consent_book", "decide_use", "note_consent", "read_consents", "require_training_rights", "require_use"]


def consent_book(project: Project) -> ConsentBook:
    """The consents of a project."""
    return ConsentBook(project.root / "consents", kept_fingerprint(project.memory / "cache" / "fingerprints"))


def note_consent(project: Project, consent: Consent) -> None:
    """Record that a consent was written down or revoked, so that an older version of it cannot be put back."""
    digest = hashlib.sha256(consent.message()).hexdigest()
    record = Record(
        key=hashlib.sha256(f"consent\n{consent.id}\n{digest}".encode()).hexdigest(), capability="person", version=1,
        parameters={"consent": consent.id, "sha256": digest, "revoked": consent.revoked_at is not None},
        asked_by=project.asked_by, started=datetime.now(UTC), rushlight_version=__version__,
    )  # fmt: skip
    project.ledger.add(record)


def read_consents(project: Project) -> list[Consent]:
    """The consents of a project, each in the version that was recorded last.

    Raises:
        StorageError: one was changed, is an older version, or is missing.
    """
    last: dict[str, str] = {}
    for record in project.ledger.all():
        if record.capability == "person" and "consent" in record.parameters:
            last[str(record.parameters["consent"])] = str(record.parameters["sha256"])
    consents = consent_book(project).all()
    for consent in consents:
        if last.pop(consent.id, None) not in (None, hashlib.sha256(consent.message()).hexdigest()):
            raise StorageError(
                f"The consent {consent.id} is not the version that was recorded last.", path=project.root / "consents",
                hint="Bring the last version back, or record it anew.",
            )  # fmt: skip
    if last:
        raise StorageError(
            f"The consent {next(iter(last))} is not there any more.", path=project.root / "consents",
            hint="Bring it back; to end it, revoke it.",
        )  # fmt: skip
    return consents


def decide_use(
    project: Project, files: Iterable[Path], models: Iterable[str], *, work: str, on: date | None = None
) -> list[UseDecision]:
    """What registry and consents say of everything that is to be used in a work.

    `[trust]` of the project says what the work is for (`purposes`, such as `["show", "commercial"]`), where it is to be
    seen (`territories`), and what people gave their consent for (`consent_purpose`).

    Raises:
        InputError: a registry or setting cannot be read.
        StorageError: a consent was changed after it was signed.
    """
    settings = project.settings().get("trust", {})
    purposes = tuple(settings.get("purposes", ("show",)))
    territories = tuple(str(place) for place in settings.get("territories", ()))
    if wrong := [purpose for purpose in purposes if purpose not in PURPOSES]:
        raise InputError(
            f"[trust] purposes: {wrong[0]!r} is no purpose.", path=project.root / "rushlight.toml",
            hint=f"Choose {', '.join(PURPOSES)}.",
        )  # fmt: skip
    on = on or datetime.now().astimezone().date()
    take = kept_fingerprint(project.memory / "cache" / "fingerprints")
    registry_file = project.root / "rights.toml"
    registry = load_registry(registry_file) if registry_file.is_file() else None
    book = consent_book(project)
    consents = read_consents(project)
    found: list[UseDecision] = []
    paths, names = list(dict.fromkeys(files)), list(dict.fromkeys(name for name in models if name))
    if registry is not None:
        for purpose in purposes:
            use = Use(purpose=purpose, territories=territories, on=on)
            found += [decide(registry, project.root, use, file=path, take=take) for path in paths]
            found += [_of_model(registry, project.root, use, name) for name in names]
    if consents:
        asked = partial(
            book.decide, on=on, purpose=str(settings.get("consent_purpose", "film")), work=work,
            territories=territories, consents=consents,
        )  # fmt: skip
        found += [asked(aspects=_aspects(path), file=path) for path in paths]
        found += [asked(aspects=("voice",), model=name) for name in names]
    return found


def _of_model(registry: Registry, root: Path, use: Use, name: str) -> UseDecision:
    """Models come with Rushlight or are installed by hand; one that is not registered is not refused for that."""
    return decide(registry.model_copy(update={"unlisted": "allow"}), root, use, model=name)


def _aspects(path: Path) -> tuple[str, ...]:
    """What of a person a file would show: the face where there is a picture, the voice where there is sound."""
    try:
        media = probe(path)
    except RushlightError:
        return ("likeness",)
    found = [name for name, part in (("face", media.video), ("voice", media.sound)) if part is not None]
    return tuple(found) or ("face",)


def require_use(
    project: Project, files: Iterable[FileRef], models: Iterable[str] = (), *, work: str
) -> list[UseDecision]:  # fmt: skip
    """Stop the job when something in it must not be used; else record what was decided.

    Raises:
        ApprovalError: a file or model must not be used; the sentence says which and why.
    """
    own = project.memory / "objects"
    paths = [file.path for file in files if not file.path.is_relative_to(own) and file.path.is_file()]
    decisions = decide_use(project, paths, models, work=work)
    _record(project, decisions, work)
    refused = [decision for decision in decisions if not decision.allowed]
    if refused:
        first = refused[0]
        why = next(rule.reason for rule in first.rules if not rule.allowed)
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise ApprovalError(
            f"{first.subject} must not be {PURPOSE_WORDS.get(first.purpose, 'used')}: {why}{more}",
            hint="Take it out, or have it allowed: `rushlight trust rights` and `rushlight trust consent` show how.",
        )
    return decisions


def _record(project: Project, decisions: list[UseDecision], work: str) -> None:
    """One record of what was asked and decided, the first time it was decided so on a day."""
    if not decisions:
        return
    said = [decision.model_dump(mode="json") for decision in decisions]
    today = datetime.now(UTC)
    key = hashlib.sha256(f"use\n{work}\n{today:%Y-%m-%d}\n{json.dumps(said, sort_keys=True)}".encode()).hexdigest()
    if project.ledger.get(key) is None:
        record = Record(
            key=key, capability="check_use", version=1, parameters={"work": work}, output_kind="UseDecisions",
            output={"decisions": said}, asked_by=project.asked_by, started=today, rushlight_version=__version__,
        )  # fmt: skip
        project.ledger.add(record)


def require_training_rights(folder: Path, files: Iterable[str]) -> None:
    """Stop a training when a source's rights do not allow it, by `rights.toml` in its folder or project.

    Raises:
        ApprovalError: a source must not be learned from; the sentence says which and why.
    """
    project = find_project(folder)
    places = [folder / "rights.toml", *([project.root / "rights.toml"] if project else [])]
    use = Use(purpose="train", on=datetime.now().astimezone().date())
    for place in places:
        if not place.is_file():
            continue
        registry = load_registry(place)
        refused = [
            decision
            for name in files
            if not (decision := decide(registry, place.parent, use, file=folder / name)).allowed
        ]
        if refused:
            why = next(rule.reason for rule in refused[0].rules if not rule.allowed)
            more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
            raise ApprovalError(
                f"{refused[0].subject} must not be used to train models: {why}{more}",
                hint="Take it out of the corpus, or have it allowed.",
            )
