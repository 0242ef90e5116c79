"""Content Credentials: where a file comes from, the file with that signed into it, and what a check of it found."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef, canonical_json

__all__ = ["Act", "CredentialVerdict", "Ingredient", "Origin", "SignedFile"]


class Act(BaseModel):
    """One thing that was done on the way to a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str
    """C2PA action, such as `c2pa.edited`."""
    source_type: str = ""
    """IPTC digital source type, by its short name."""
    what: str = ""
    """In words."""
    by: str = ""
    """The software or model that did it; empty for a person, whose name does not go into files."""
    when: str = ""
    """ISO 8601."""
    record: str = ""
    """Key of the record that tells of it."""


class Ingredient(BaseModel):
    """A file that went into another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    relation: Literal["parentOf", "componentOf", "inputTo"]
    file: FileRef


class Origin(Artifact):
    """Where a file comes from, read off the records of its project."""

    title: str
    made: Literal["created", "opened"]
    """`opened` for the edit of one file that was there before, which is then the first ingredient."""
    source_type: str
    """Of the whole, when it was created."""
    acts: tuple[Act, ...] = ()
    """Oldest first, without the making itself."""
    ingredients: tuple[Ingredient, ...] = ()
    complete: bool = True
    """Whether every act is known."""
    missing: tuple[str, ...] = ()
    """Names of what went in and is not there any more."""
    mark: str = ""
    """Payload of the mark in picture and sound, by which the file is known when its credentials are lost."""


class SignedFile(Artifact):
    """A file with its credentials, inside it or beside it."""

    file: FileRef
    sidecar: FileRef | None = None
    """The credentials, where the file's form has no place for them."""
    source_sha256: str
    """Of the file as it was before."""
    title: str
    signer: str
    fingerprint: str
    """SHA-256 of the signing certificate."""
    actions: tuple[str, ...]
    ingredients: int = 0
    time_stamped: bool = False

    def digest(self) -> str:
        """Over what was signed and by whom. The signature itself is random, so the signed bytes do not count."""
        said = self.model_dump(mode="json", exclude={"file", "sidecar", "fingerprint", "signer"})
        return hashlib.sha256(f"{self.kind()}\n{canonical_json(said)}".encode()).hexdigest()

    def as_text(self) -> str:
        """What was signed, for people."""
        place = "beside it" if self.sidecar else "inside it"
        stamp = ", with a time stamp" if self.time_stamped else ""
        return (
            f"{self.title}: signed by {self.signer}{stamp}, credentials {place}\n"
            f"{len(self.actions)} acts ({', '.join(dict.fromkeys(self.actions))}), {self.ingredients} ingredients"
        )


class CredentialVerdict(Artifact):
    """What a check of a file's credentials found."""

    verdict: Literal["trusted", "valid", "invalid", "absent"]
    """`trusted`: unchanged, and signed by somebody you trust. `valid`: unchanged, signed by somebody you do not know.
    `invalid`: changed since, or wrongly signed. `absent`: no credentials, which says nothing about the file."""
    reasons: tuple[str, ...] = ()
    """Why, a sentence each."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing, a sentence each."""
    title: str = ""
    signer: str = ""
    """As the certificate names them."""
    issuer: str = ""
    signed_at: str = ""
    """From a time stamp, if there is one; a signature alone has no trustworthy time."""
    generator: str = ""
    """The software that signed."""
    source_types: tuple[str, ...] = ()
    """IPTC digital source types that the credentials name, by their short names."""
    actions: tuple[str, ...] = ()
    """In order, such as `c2pa.created`."""
    ingredients: tuple[str, ...] = ()
    """Titles of what went in."""
    is_generated: bool | None = None
    """Whether the credentials say that some of it was made or changed by AI; None when they do not say."""
    training: str = ""
    """What the credentials allow of training on it: `allowed`, `notAllowed`, `constrained`; empty when not said."""

    def as_text(self) -> str:
        """The verdict for people."""
        said = {
            "trusted": "TRUSTED  unchanged since it was signed by somebody you trust",
            "valid": "VALID    unchanged since it was signed, by somebody you have not said you trust",
            "invalid": "INVALID  changed since it was signed, or wrongly signed",
            "absent": "ABSENT   no credentials; that says nothing about the file, most files have none",
        }
        lines = [said[self.verdict], *(f"  {reason}" for reason in self.reasons)]
        facts = {
            "title": self.title,
            "signed by": self.signer,
            "issued by": self.issuer,
            "signed at": self.signed_at,
            "made with": self.generator,
            "source": ", ".join(self.source_types),
            "acts": ", ".join(self.actions),
            "from": ", ".join(self.ingredients[:12]),
            "training": self.training,
            "AI": {True: "yes, says whoever signed", False: "no, says whoever signed", None: ""}[self.is_generated],
        }
        if self.verdict == "invalid":
            lines.append("  What the credentials say is shown below, but cannot be relied on:")
        lines += [f"  {name:<10} {value}" for name, value in facts.items() if value]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])
