"""What is wrong with a film, where, how badly, and what would mend it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds, format_clock

__all__ = ["Fault", "FaultKind", "Faults", "Severity"]

FaultKind = Literal[
    "black", "frozen", "dropped", "blurred", "highlights", "white_balance", "flashing", "silent", "clipped", "hum",
    "phase", "offset", "loudness", "captions",
]  # fmt: skip
Severity = Literal["note", "warning", "error"]
"""A note is for taste, a warning is seen or heard, an error is refused by broadcasters or may do harm."""


class Fault(BaseModel):
    """One fault in one place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    start: Seconds
    end: Seconds
    severity: Severity
    reason: str
    """What was measured, in words a person can check."""
    repair: str = ""
    """What would mend it."""
    picture: FileRef | None = None
    """The frame in the middle of it."""


class Faults(Artifact):
    """All faults of a film in order of their start."""

    faults: tuple[Fault, ...]
    duration: Seconds
    film_sha256: str = ""
    page: FileRef | None = None
    """The same as a page with pictures, to open in a browser."""
    notes: tuple[str, ...] = ()
    """What could not be checked, and why."""

    def as_text(self) -> str:
        """A line for each fault."""
        lines = []
        for found in self.faults:
            seconds = float(found.end - found.start)
            repair = f" → {found.repair}" if found.repair else ""
            lines.append(
                f"{format_clock(found.start)}  {seconds:7.2f} s  {found.severity:<8}{found.kind:<14}"
                f"{found.reason}{repair}"
            )
        total = f"{len(self.faults)} faults in {float(self.duration):.1f} s" if lines else "No fault was found."
        return "\n".join([*lines, total, *self.notes])

    def as_csv(self) -> str:
        """The faults as a table that spreadsheets open."""
        rows = ["start_seconds,end_seconds,severity,kind,reason,repair"]
        for found in self.faults:
            words = ",".join('"{}"'.format(text.replace('"', '""')) for text in (found.reason, found.repair))
            rows.append(f"{float(found.start):.3f},{float(found.end):.3f},{found.severity},{found.kind},{words}")
        return "\n".join(rows) + "\n"
