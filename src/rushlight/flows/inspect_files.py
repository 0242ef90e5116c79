"""`trust inspect`: the free detector. Where do these files say they come from, and were they changed since?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rushlight.artifacts.credentials import CredentialVerdict
from rushlight.core.errors import InputError, RushlightError
from rushlight.core.project import Project, find_project
from rushlight.trust.containers import EMBEDDED, SIDECAR
from rushlight.trust.origins import maker_of
from rushlight.trust.verify_credentials import verify_file

__all__ = ["Inspected", "Inspection", "inspect_files"]

_MOST_FILES = 10_000
# Looked at in folders; a file that is named is looked at whatever it is.
_SUFFIXES = frozenset((*EMBEDDED, ".mkv", ".webm", ".ogg", ".opus", ".tif", ".tiff", ".avif", ".heic", ".pdf", ".svg"))


@dataclass(frozen=True)
class Inspected:
    """What was found of one file."""

    path: Path
    verdict: CredentialVerdict | None
    made_here: str = ""
    """The step of the project around it that made it, if one did."""
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        found = self.verdict.model_dump(mode="json") if self.verdict else {}
        return {"file": str(self.path), **found, "made_here": self.made_here, "error": self.error}


@dataclass
class Inspection:
    """What was found of all files."""

    files: list[Inspected] = field(default_factory=list)
    left_out: int = 0
    """Files that were not looked at, because there were too many."""

    def counts(self) -> dict[str, int]:
        """How many files there are of each verdict."""
        return dict(Counter(one.verdict.verdict if one.verdict else "error" for one in self.files))

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"files": [one.as_dict() for one in self.files], "counts": self.counts(), "left_out": self.left_out}

    def as_text(self) -> str:
        """For people: a file alone in full, several a line each."""
        if len(self.files) == 1 and self.files[0].verdict is not None:
            one = self.files[0]
            here = f"\n  made here by the step {one.made_here}" if one.made_here else ""
            return f"{one.path}\n{self.files[0].verdict.as_text()}{here}"
        lines = []
        for one in self.files:
            if one.verdict is None:
                lines.append(f"ERROR    {one.path}: {one.error}")
                continue
            made = {True: "AI", False: "no AI", None: "not said"}[one.verdict.is_generated]
            said = f"{one.verdict.signer or '-':<24.24} {made:<9}" if one.verdict.verdict != "absent" else ""
            why = one.verdict.reasons[0] if one.verdict.verdict == "invalid" else ""
            lines.append(f"{one.verdict.verdict.upper():<8} {one.path}  {said}{why}".rstrip())
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.counts().items()))
        more = f"; {self.left_out} more were not looked at" if self.left_out else ""
        absent = " Absent credentials say nothing about a file." if "absent" in self.counts() else ""
        return "\n".join([*lines, f"{counts or 'no files'}{more}.{absent}"])


def inspect_files(place: Path, anchors: str = "") -> Inspection:
    """Look at a file, or at every picture, film and sound below a folder.

    Raises:
        InputError: there is no such file or folder, or the list of roots cannot be read.
    """
    if not place.exists():
        raise InputError("There is no such file or folder.", path=place, hint="Check the name.")
    project = find_project(place if place.is_dir() else place.absolute().parent)
    found = Inspection()
    for number, path in enumerate(_files(place)):
        if number >= _MOST_FILES:
            found.left_out += 1
            continue
        found.files.append(_inspected(path, project, anchors))
    return found


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    for path in sorted(place.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(place).parts) or path.is_symlink():
            continue
        suffix = path.suffix.lower()
        is_signed_beside = suffix in SIDECAR and path.with_name(f"{path.name}.c2pa").is_file()
        if (suffix in _SUFFIXES or is_signed_beside) and path.is_file():
            yield path


def _inspected(path: Path, project: Project | None, anchors: str) -> Inspected:
    try:
        verdict = verify_file(path, None, anchors)
        record = maker_of(project, path) if project is not None else None
        return Inspected(path, verdict, record.capability if record else "")
    except RushlightError as error:
        if anchors and isinstance(error, InputError) and "roots" in error.message:
            raise
        return Inspected(path, None, error=error.message)
