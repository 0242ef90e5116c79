"""The registry of consents: what a named person agreed to have done with their voice, face, likeness or body data.

Each consent is a signed JSON file in `consents/` of the project. It says whose voice or face it is by reference files
(known by content, look and sound) and by model names, for which works, purposes, places and how long. It is asked when
something is used, so a consent that was revoked or has ended stops the next render, whatever the file is called then.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rushlight.artifacts.use_decision import UseDecision, UseRule
from rushlight.core.artifact import canonical_json
from rushlight.core.errors import InputError, StorageError
from rushlight.core.store import write_atomically
from rushlight.trust.fingerprints import Fingerprint, fingerprint, matches
from rushlight.trust.notes import NoteSigner

__all__ = ["Aspect", "Consent", "ConsentBook", "Reference"]

Aspect = Literal["voice", "face", "likeness", "biometric"]
ASPECTS = ("voice", "face", "likeness", "biometric")


class Reference(BaseModel):
    """A file in which the person is seen or heard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    fingerprint: dict[str, str]


class Consent(BaseModel):
    """What one person agreed to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[0-9a-f]{16}$")
    person: str = Field(min_length=1, max_length=200)
    aspects: tuple[Aspect, ...] = Field(min_length=1)
    purposes: tuple[str, ...] = ()
    """What for, such as `film` or `advertising`; empty for anything."""
    works: tuple[str, ...] = ()
    """Names of the films it holds for; empty for any."""
    territories: tuple[str, ...] = ()
    starts: date
    until: date | None = None
    references: tuple[Reference, ...] = ()
    models: tuple[str, ...] = ()
    """Names of voices or models made of the person, such as `piper/anna.onnx`."""
    paper_sha256: str = ""
    """Of the paper, recording or mail in which the person signed."""
    paper_name: str = ""
    recorded_by: str = ""
    recorded_at: datetime
    revoked_at: datetime | None = None
    revoked_because: str = ""
    signer: str = ""
    """Public key of whoever recorded it, in hex."""
    signature: str = ""

    def message(self) -> bytes:
        """What is signed: everything but the signature."""
        return b"rushlight consent v1\n" + canonical_json(self.model_dump(mode="json", exclude={"signature"})).encode()


class ConsentBook:
    """All consents of a project.

    Args:
        folder: where they lie, `consents/` of the project.
        take: how fingerprints are taken; a project keeps them.
    """

    def __init__(self, folder: Path, take: Callable[[Path], Fingerprint] = fingerprint) -> None:
        self.folder, self.take = folder, take

    def all(self) -> list[Consent]:
        """Every consent, by person.

        Raises:
            StorageError: one was changed after it was signed, or is damaged.
        """
        found = [_read(path) for path in sorted(self.folder.glob("*.json"))] if self.folder.is_dir() else []
        return sorted(found, key=lambda one: (one.person, one.recorded_at))

    def record(
        self,
        signer: NoteSigner,
        *,
        person: str,
        aspects: Iterable[str],
        starts: date,
        until: date | None = None,
        purposes: Iterable[str] = (),
        works: Iterable[str] = (),
        territories: Iterable[str] = (),
        references: Iterable[Path] = (),
        models: Iterable[str] = (),
        paper: Path | None = None,
        recorded_by: str = "",
    ) -> Consent:
        """Write down what a person agreed to, and sign it.

        Raises:
            InputError: something in it makes no sense, or it says neither which files nor which models it is about.
        """
        files = list(references)
        named = tuple(models)
        if not files and not named:
            raise InputError("This consent is about no file and no model.", hint="Give --reference or --model.")
        if until is not None and until < starts:
            raise InputError("This consent ends before it begins.", hint="Look at --from and --until.")
        try:
            consent = Consent(
                id=secrets.token_hex(8), person=person.strip(), aspects=tuple(aspects),  # type: ignore[arg-type]
                purposes=tuple(purposes), works=tuple(works), territories=tuple(territories), starts=starts,
                until=until, models=named, recorded_by=recorded_by, recorded_at=datetime.now(UTC),
                references=tuple(Reference(name=path.name, fingerprint=self.take(path).as_dict()) for path in files),
                paper_sha256=self.take(paper).sha256 if paper else "", paper_name=paper.name if paper else "",
            )  # fmt: skip
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise InputError(
                f"{first['loc'][0]}: {first['msg']}.", hint=f"Aspects are {', '.join(ASPECTS)}."
            ) from error  # fmt: skip
        return self._write(consent, signer)

    def revoke(self, start: str, because: str, signer: NoteSigner) -> Consent:
        """Write down that a person took a consent back; it stays in the book.

        Raises:
            InputError: there is no such consent, or several.
        """
        found = [one for one in self.all() if one.id.startswith(start)] if start else []
        if len(found) != 1:
            raise InputError(f"There is no one consent {start!r}.", hint="`rushlight trust consent list` shows them.")
        if found[0].revoked_at is not None:
            raise InputError(f"This consent was revoked on {found[0].revoked_at:%Y-%m-%d} already.", hint="It is so.")
        changed = found[0].model_copy(update={"revoked_at": datetime.now(UTC), "revoked_because": because})
        return self._write(changed, signer)

    def _write(self, consent: Consent, signer: NoteSigner) -> Consent:
        named = consent.model_copy(update={"signer": signer.public.hex(), "signature": ""})
        signed = named.model_copy(update={"signature": signer.key.sign(named.message()).hex()})
        plain = re.sub(r"[^\w]+", "-", signed.person.lower()).strip("-")[:40] or "person"
        write_atomically(self.folder / f"{plain}-{signed.id}.json", signed.model_dump_json(indent=1) + "\n")
        return signed

    def decide(
        self,
        *,
        aspects: Iterable[str],
        on: date,
        file: Path | None = None,
        model: str = "",
        purpose: str = "",
        work: str = "",
        territories: Iterable[str] = (),
        consents: list[Consent] | None = None,
    ) -> UseDecision:
        """Whether a file or model may be used now, by every person who is known to be in it.

        A person of whom nothing is registered is not told by this: the registry knows who was put into it. For each
        person one consent that holds is enough. A consent for one aspect also tells that the person is in the file, so
        that what they did not agree to is not just taken.

        Args:
            aspects: what of the person is used.
            on: the day.
            file: what is to be used.
            model: name of a voice or model that is to be used.
            purpose: what for.
            work: name of the film.
            territories: where.
            consents: the book's, when they were read already.
        """
        wanted = tuple(aspects)
        places = tuple(territories)
        by_person: dict[str, list[tuple[Consent, str]]] = {}
        mine: Fingerprint | None = None
        for consent in self.all() if consents is None else consents:
            how = "name" if model and model in consent.models else ""
            if not how and file is not None and consent.references:
                mine = mine or self.take(file)
                how = next((how for ref in consent.references if (how := matches(mine, _of(ref)))), "")
            if how:
                by_person.setdefault(consent.person, []).append((consent, how))
        rules = [
            _rule(person, found, wanted, on=on, purpose=purpose, work=work, territories=places)
            for person, found in sorted(by_person.items())
        ]
        subject = model or (file.name if file else "")
        said = purpose or " and ".join(wanted)
        return UseDecision(
            allowed=all(rule.allowed for rule in rules), subject=subject, purpose=said, rules=tuple(rules)
        )


def _of(reference: Reference) -> Fingerprint:
    try:
        return Fingerprint.from_dict(reference.fingerprint)
    except (ValueError, KeyError) as error:
        raise StorageError("A reference of a consent is damaged.", where=reference.name) from error


def _rule(
    person: str, found: list[tuple[Consent, str]], wanted: tuple[str, ...], *, on: date, purpose: str, work: str,
    territories: tuple[str, ...],
) -> UseRule:  # fmt: skip
    """What one person's consents say: allowed when each aspect that is used has one that holds."""
    reasons: list[str] = []
    how = found[0][1]
    for aspect in wanted:
        against = [
            _against(consent, aspect, on=on, purpose=purpose, work=work, territories=territories)
            for consent, _ in found
        ]
        if "" not in against:
            reasons.append(next((said for said in reversed(against) if said), f"no consent for the {aspect}"))
    if reasons:
        return UseRule(
            name=person, found_by=how, allowed=False, reason=f"{person}: {'; '.join(dict.fromkeys(reasons))}."
        )
    return UseRule(name=person, found_by=how, allowed=True, reason=f"{person} agreed to it.")


def _against(
    consent: Consent, aspect: str, *, on: date, purpose: str, work: str, territories: tuple[str, ...]
) -> str:  # fmt: skip
    """Why a consent does not hold for a use; empty when it does."""
    if aspect not in consent.aspects:
        return f"agreed to {' and '.join(consent.aspects)}, not to {aspect}"
    if consent.revoked_at is not None:
        return f"the consent was revoked on {consent.revoked_at:%Y-%m-%d}"
    if on < consent.starts:
        return f"the consent begins on {consent.starts}"
    if consent.until is not None and on > consent.until:
        return f"the consent ended on {consent.until}"
    if consent.purposes and purpose not in consent.purposes:
        return f"agreed for {' and '.join(consent.purposes)} only"
    if consent.works and work not in consent.works:
        return f"agreed for {' and '.join(consent.works)} only"
    if consent.territories:
        outside = [place for place in territories or ("the world",) if place not in consent.territories]
        if outside:
            return f"agreed for {', '.join(consent.territories)}, not for {', '.join(outside)}"
    return ""


def _read(path: Path) -> Consent:
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        consent = Consent.model_validate(said)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(consent.signer))
        public.verify(bytes.fromhex(consent.signature), consent.message())
    except InvalidSignature as error:
        raise StorageError(
            "This consent was changed after it was signed.", path=path, hint="Bring it back, or record it anew."
        ) from error
    except (OSError, ValueError) as error:
        raise StorageError("This consent is damaged.", path=path, hint="Bring it back, or record it anew.") from error
    return consent
