"""Gates: nothing public or irreversible happens before a named person agreed, having seen exactly this.

An approval is a record of a person's act: who, when, for which gate, the hash of what they saw, and what they were told
of it. It holds for these bytes only: a film that changes needs a new one. A project may ask for two persons:

    [trust.approvals]
    publish = 2
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rushlight import __version__
from rushlight.core.artifact import FileRef, canonical_json, file_sha256
from rushlight.core.errors import ApprovalError, InputError
from rushlight.core.project import Project
from rushlight.core.record import Record

__all__ = ["GATES", "Approval", "approvals_of", "approve", "require_approval"]

GATES = ("publish", "likeness", "delete", "send")


@dataclass(frozen=True)
class Approval:
    """One person's word."""

    gate: str
    who: str
    when: datetime
    sha256: str
    """Of what they saw."""
    told: tuple[str, ...]
    """What they were told of it."""
    refused: bool = False


def approve(
    project: Project, path: Path, gate: str, who: str, *, told: tuple[str, ...] = (), refused: bool = False
) -> Approval:  # fmt: skip
    """Record that a person agreed to, or refused, letting exactly this file through a gate.

    Raises:
        InputError: no such gate, no name, or no such file.
    """
    _gate(gate)
    if not who.strip() or len(who) > 200:
        raise InputError("An approval needs the name of a person.", hint="Give --by NAME.")
    file = FileRef.of(path)
    now = datetime.now(UTC)
    said = {
        "approve": gate, "sha256": file.sha256, "file": _named(project, path), "told": list(told), "refused": refused,
    }  # fmt: skip
    key = hashlib.sha256(f"approval\n{who}\n{now.isoformat()}\n{canonical_json(said)}".encode()).hexdigest()
    project.ledger.add(
        Record(
            key=key, capability="person", version=1, parameters={"approval": said}, asked_by=project.asked_by,
            approved_by=who.strip(), started=now, rushlight_version=__version__,
        )
    )  # fmt: skip
    return Approval(gate, who.strip(), now, file.sha256, told, refused)


def _gate(gate: str) -> None:
    if gate not in GATES:
        raise InputError(f"There is no gate {gate!r}.", hint=f"Choose {', '.join(GATES)}.")


def _named(project: Project, path: Path) -> str:
    path = path.absolute()
    return str(path.relative_to(project.root)) if path.is_relative_to(project.root) else path.name


def approvals_of(project: Project, path: Path, gate: str) -> list[Approval]:
    """Everything persons said of exactly this file at a gate, oldest first; only the last word of each person.

    Raises:
        InputError: no such gate.
    """
    _gate(gate)
    sha256 = file_sha256(path)
    last: dict[str, Approval] = {}
    for record in project.ledger.all():
        said = record.parameters.get("approval")
        if record.capability == "person" and isinstance(said, dict) and said.get("approve") == gate:
            if said.get("sha256") != sha256:
                continue
            who = record.approved_by
            last.pop(who.casefold(), None)
            last[who.casefold()] = Approval(
                gate, who, record.started, sha256, tuple(said.get("told", ())), bool(said.get("refused"))
            )
    return list(last.values())


def require_approval(project: Project, path: Path, gate: str) -> list[Approval]:
    """Let exactly this file through a gate, or say who has to agree first.

    Returns:
        The approvals that let it through.

    Raises:
        ApprovalError: too few persons agreed, or one refused.
        InputError: no such gate, or the setting makes no sense.
    """
    found = approvals_of(project, path, gate)
    wanted = project.settings().get("trust", {}).get("approvals", {}).get(gate, 1)
    if not isinstance(wanted, int) or isinstance(wanted, bool) or not 1 <= wanted <= 10:
        raise InputError(
            f"[trust.approvals] {gate} = {wanted!r} makes no sense.", path=project.root / "rushlight.toml",
            hint="Give a number of persons from 1 to 10.",
        )  # fmt: skip
    if refused := [one for one in found if one.refused]:
        raise ApprovalError(
            f"{refused[0].who} refused on {refused[0].when:%Y-%m-%d} to {gate} this.", path=path,
            hint="Change it, or have them agree.",
        )  # fmt: skip
    if len(found) < wanted:
        have = f"{', '.join(one.who for one in found)} agreed; " if found else ""
        people = "person has" if wanted - len(found) == 1 else f"of {wanted} persons have"
        raise ApprovalError(
            f"{have}{wanted - len(found)} {people} yet to agree to {gate} this, as it is now.", path=path,
            hint=f"`rushlight trust approve {path.name} --gate {gate} --by NAME`, after looking at it.",
        )  # fmt: skip
    return found
