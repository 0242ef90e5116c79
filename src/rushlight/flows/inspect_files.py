"""`trust inspect`: the free detector. Where do these files say they come from, and were they changed since?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rushlight.artifacts.credentials import CredentialVerdict
from rushlight.artifacts.detection import Detection
from rushlight.artifacts.watermark import MarkReading
from rushlight.core.errors import InputError, RushlightError
from rushlight.core.project import Project, find_project
from rushlight.flows.sign_result import marks_made
from rushlight.trust.containers import EMBEDDED, SIDECAR
from rushlight.trust.fingerprints import Fingerprint, fingerprint, matches
from rushlight.trust.origins import maker_of
from rushlight.trust.rights import kept_fingerprint
from rushlight.trust.verify_credentials import verify_file

__all__ = ["Inspected", "Inspection", "inspect_files", "media_below"]

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
    known_as: str = ""
    """A signed film of the project asked about that looks or sounds the same, where the file itself has lost that."""
    marks: MarkReading | None = None
    """Marks in picture and sound, when they were looked for."""
    detection: Detection | None = None
    """How likely it was made or changed by machine, when that was asked."""
    unseen: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        found = self.verdict.model_dump(mode="json") if self.verdict else {}
        deep = {
            name: None if made is None else made.model_dump(mode="json", exclude={"page"})
            for name, made in (("marks", self.marks), ("detection", self.detection))
        }
        return {"file": str(self.path), **found, "made_here": self.made_here, "known_as": self.known_as,
                "error": self.error, **deep, "unseen": list(self.unseen)}  # fmt: skip

    def deeper(self) -> list[str]:
        """Marks and detection in words, when they were looked at."""
        return [made.as_text() for made in (self.marks, self.detection) if made is not None] + list(self.unseen)


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
            known = f"\n  it looks or sounds like {one.known_as}, which is signed" if one.known_as else ""
            deep = "".join(f"\n{said}" for said in one.deeper())
            return f"{one.path}\n{self.files[0].verdict.as_text()}{here}{known}{deep}"
        lines = []
        for one in self.files:
            if one.verdict is None:
                lines.append(f"ERROR    {one.path}: {one.error}")
                continue
            made = {True: "AI", False: "no AI", None: "not said"}[one.verdict.is_generated]
            said = f"{one.verdict.signer or '-':<24.24} {made:<9}" if one.verdict.verdict != "absent" else ""
            why = one.verdict.reasons[0] if one.verdict.verdict == "invalid" else ""
            why = f"looks or sounds like {one.known_as}, which is signed" if one.known_as else why
            lines.append(f"{one.verdict.verdict.upper():<8} {one.path}  {said}{why}".rstrip())
            if one.marks is not None:
                marks = ", ".join(f"{mark.where} {mark.payload}" for mark in one.marks.found)
                lines.append(f"         marks: {marks or 'none read'}")
            if one.detection is not None:
                lines.append(f"         {one.detection.verdict}")
            lines += [f"         {said}" for said in one.unseen]
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.counts().items()))
        more = f"; {self.left_out} more were not looked at" if self.left_out else ""
        absent = " Absent credentials say nothing about a file." if "absent" in self.counts() else ""
        return "\n".join([*lines, f"{counts or 'no files'}{more}.{absent}"])


def inspect_files(
    place: Path, anchors: str = "", against: Project | None = None, *, deep: bool = False, prior: float = 0.1
) -> Inspection:
    """Look at a file, or at every picture, film and sound below a folder.

    Args:
        place: the file or folder.
        anchors: PEM file of roots to trust besides one's own.
        against: a project whose films are looked for among files without credentials: stripped and coded anew, a film
            is still known by its fingerprint.
        deep: read marks too, and say how likely each was made or changed by machine; seconds for each file.
        prior: how likely that is before looking.

    Raises:
        InputError: there is no such file or folder, or the list of roots cannot be read.
    """
    if not place.exists():
        raise InputError("There is no such file or folder.", path=place, hint="Check the name.")
    project = find_project(place if place.is_dir() else place.absolute().parent)
    signed = _signed_films(against) if against is not None else []
    marks = marks_made(against) if against is not None else {}
    found = Inspection()
    for number, path in enumerate(_files(place)):
        if number >= _MOST_FILES:
            found.left_out += 1
            continue
        one = _inspected(path, project, anchors)
        if signed and one.verdict is not None and one.verdict.verdict == "absent":
            mine = fingerprint(path)
            one = replace(one, known_as=next((name for name, theirs in signed if matches(mine, theirs)), ""))
        if deep and one.verdict is not None:
            one = _looked_into(one, prior)
            one = replace(one, known_as=one.known_as or _known_by_mark(one.marks, marks))
        found.files.append(one)
    return found


def _looked_into(one: Inspected, prior: float) -> Inspected:
    """The same with marks and detection; what cannot be decoded is said."""
    from rushlight.media.probe import probe
    from rushlight.trust.detect_synthetic import detect_synthetic
    from rushlight.trust.read_watermark import read_watermark

    unseen = []
    try:
        media = probe(one.path)
    except RushlightError as error:
        return replace(one, unseen=(f"not looked into: {error.message}",))
    marks, detection = None, None
    try:
        marks = read_watermark(media)
    except RushlightError as error:
        unseen.append(f"marks were not read: {error.message}")
    try:
        detection = detect_synthetic(media, prior=prior)
    except RushlightError as error:
        unseen.append(f"not judged: {error.message}")
    return replace(one, marks=marks, detection=detection, unseen=tuple(unseen))


def _known_by_mark(reading: MarkReading | None, marks: dict[str, str]) -> str:
    """The file of a project whose mark was read; sound carries the end of the payload."""
    for mark in reading.found if reading else ():
        for payload, name in marks.items():
            if payload.endswith(mark.payload):
                return f"{name} (by its mark)"
    return ""


def _signed_films(project: Project) -> list[tuple[str, Fingerprint]]:
    """Fingerprints of the signed results of a project, taken once and kept."""
    take = kept_fingerprint(project.memory / "cache" / "fingerprints")
    paths = [path for path in sorted((project.root / "renders").glob("*")) if path.suffix.lower() in _SUFFIXES]
    return [
        (f"{path.relative_to(project.root)}", take(path))
        for path in paths
        if verify_file(path).verdict in ("trusted", "valid")
    ]


def media_below(place: Path) -> Iterator[Path]:
    """A file, or every picture, film and sound below a folder.

    Raises:
        InputError: there is no such file or folder.
    """
    if not place.exists():
        raise InputError("There is no such file or folder.", path=place, hint="Check the name.")
    yield from _files(place)


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
