"""`trust release`: the way out of a project. Nothing passes that is not allowed, not signed, or not agreed to."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from rushlight import __version__
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import ApprovalError, InputError
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.core.store import write_atomically
from rushlight.flows.trust_report import TrustMatter, gather_trust
from rushlight.trust.approvals import require_approval

__all__ = ["release_file", "what_to_tell"]


def what_to_tell(matter: TrustMatter) -> tuple[str, ...]:
    """What a person is told before they agree, a sentence each."""
    said = [
        f"{matter.film.name}, SHA-256 {matter.sha256[:16]}…",
        f"Credentials: {matter.verdict.verdict}.",
        f"Made by AI, wholly or in part: {matter.disclosure['made by AI, wholly or in part']}; "
        f"visible label: {matter.disclosure['visible label']}.",
    ]
    return (*said, *(f"Look at: {risk}" for risk in matter.risks[:12]))


def release_file(project: Project, film: Path, target: Path) -> Path:
    """Copy a film out, once the persons asked for agreed to exactly this, and record that it left.

    Raises:
        ApprovalError: too few persons agreed, or something in it must not be used.
        InputError: no step of this project made it, or something else stands under the target's name.
    """
    if target.is_dir():
        target = target / film.name
    if target.exists() and file_sha256(target) != file_sha256(film):
        raise InputError("Another file has this name already.", path=target, hint="Choose another name.")
    approvals = require_approval(project, film, "publish")
    matter = gather_trust(project, film)
    for decision in matter.decisions:
        for rule in decision.rules:
            if not rule.allowed:
                raise ApprovalError(
                    f"{decision.subject} must not be used any more: {rule.reason}", path=film,
                    hint="Take it out and make the film again, or have it allowed.",
                )  # fmt: skip
    if matter.verdict.verdict == "invalid":
        raise ApprovalError(
            f"The film was changed since it was signed: {matter.verdict.reasons[0]}", path=film,
            hint="Make it again, then have it approved.",
        )  # fmt: skip
    write_atomically(target, film)
    now = datetime.now(UTC)
    key = hashlib.sha256(f"release\n{matter.sha256}\n{target}\n{now.isoformat()}".encode()).hexdigest()
    project.ledger.add(
        Record(
            key=key, capability="person", version=1, action="c2pa.published", started=now,
            parameters={"released": matter.sha256, "verdict": matter.verdict.verdict},
            asked_by=project.asked_by, approved_by=", ".join(one.who for one in approvals),
            rushlight_version=__version__,
        )
    )  # fmt: skip
    return target
