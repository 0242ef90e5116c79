"""Every statement of a script with the place in the source that bears it out."""

from __future__ import annotations

import csv
import io
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["ClaimTable", "StatedClaim"]


class StatedClaim(BaseModel):
    """One spoken sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beat_id: str
    line_index: int
    statement: str
    verdict: Literal["supported", "unsupported", "opinion"]
    """`opinion` for a sentence in which there is nothing to check and that traces to no place."""
    sources: tuple[str, ...] = ()
    """Sentences of the source, or cells and how they were combined."""
    reasons: tuple[str, ...] = ()
    """What is not borne out, and why."""
    by_person: bool = False


class ClaimTable(Artifact):
    """All statements of a script."""

    title: str
    claims: tuple[StatedClaim, ...]

    @property
    def unsupported(self) -> tuple[StatedClaim, ...]:
        """The statements that the source does not bear out."""
        return tuple(claim for claim in self.claims if claim.verdict == "unsupported")

    def as_text(self) -> str:
        """The unsupported ones first, then all with their sources."""
        lines = [f"{self.title}: {len(self.claims)} statements, {len(self.unsupported)} unsupported"]
        for claim in sorted(self.claims, key=lambda one: one.verdict != "unsupported"):
            lines.append(
                f"{'✗' if claim.verdict == 'unsupported' else '✓' if claim.sources else '·'} {claim.statement}"
            )
            lines += [f"    not borne out: {reason}" for reason in claim.reasons]
            lines += [f"    from: {source}" for source in claim.sources]
        return "\n".join(lines)

    def as_csv(self) -> str:
        """A row for each statement."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["beat", "line", "verdict", "statement", "sources", "reasons", "by_person"])
        for claim in self.claims:
            cells = [claim.statement, " | ".join(claim.sources), " | ".join(claim.reasons)]
            # A table program takes a cell that begins so for a formula.
            safe = [f"'{cell}" if cell[:1] in "=+-@" else cell for cell in cells]
            writer.writerow([claim.beat_id, claim.line_index, claim.verdict, *safe, claim.by_person])
        return out.getvalue()
