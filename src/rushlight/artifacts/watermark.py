"""A file with a mark in its pictures or sound, and what reading a mark found."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["MarkReading", "MarkedFile", "ReadMark"]


class MarkedFile(Artifact):
    """A copy of a film, picture or recording that carries a mark."""

    is_media: ClassVar[bool] = True

    file: FileRef
    payload: str
    """16 hex digits."""
    marked: tuple[Literal["picture", "sound"], ...]
    source_sha256: str
    psnr_db: float | None = None
    """Of the marked pictures against the unmarked ones, before they are encoded; the lowest second."""
    snr_db: float | None = None
    """Of the marked sound."""
    false_positive_probability: float
    """At which the mark is read from the marked copy; the larger where picture and sound are both marked."""

    def as_text(self) -> str:
        """What was marked, for people."""
        near = [f"{self.psnr_db:.1f} dB PSNR"] if self.psnr_db is not None else []
        near += [f"{self.snr_db:.1f} dB SNR"] if self.snr_db is not None else []
        return f"{self.payload} in {' and '.join(self.marked)} ({', '.join(near)})"


class ReadMark(BaseModel):
    """What was read from the pictures or from the sound of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Literal["picture", "sound"]
    payload: str = ""
    """16 hex digits, the last 8 of them in sound; empty where nothing was found that chance could not have made."""
    false_positive_probability: float
    """Upper bound on how often material without this mark gives as much, over everything that was tried."""
    how: str
    """Which mark was looked for, and where it lay."""


class MarkReading(Artifact):
    """What reading the marks of a file found. It is never certain: each finding says how likely chance is."""

    title: str
    file_sha256: str
    marks: tuple[ReadMark, ...]
    notes: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[ReadMark, ...]:
        """The marks with a payload, surest first."""
        with_payload = [mark for mark in self.marks if mark.payload]
        return tuple(sorted(with_payload, key=lambda mark: mark.false_positive_probability))

    def as_text(self) -> str:
        """What was found, for people."""
        lines = [
            f"{self.title}: {'a mark was read' if self.found else 'no mark was read; that does not say there is none'}"
        ]
        for mark in self.marks:
            chance = _chance(mark.false_positive_probability)
            said = f"payload {mark.payload}, {chance}" if mark.payload else "nothing that chance could not make"
            lines.append(f"  {mark.where}: {said}; {mark.how}")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def _chance(probability: float) -> str:
    if probability >= 0.01:
        return f"by chance in up to {probability:.0%} of unmarked files"
    probability = max(probability, 1e-30)
    return f"by chance in fewer than {probability:.0e} of unmarked files"
