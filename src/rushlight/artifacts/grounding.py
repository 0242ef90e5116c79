"""What a script claims, and whether its source says so."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["Claim", "GroundingReport"]


class Claim(BaseModel):
    """One checkable thing in a line: a number, a name, a date, a direction, an extreme or the thing measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beat_id: str
    line_index: int
    """Which line of the beat, from zero."""
    kind: Literal["number", "name", "date", "direction", "extreme", "measure", "wording"]
    text: str
    """As it stands in the line."""
    start: int
    """Character offset in `Line.text`."""
    end: int
    verdict: Literal["grounded", "ungrounded"]
    place: str = ""
    """Where the source says it: `characters 120–188`, or a derivation such as `max(population)`."""
    reason: str = ""
    """For an ungrounded claim, what is wrong, in one sentence."""
    by_person: bool = False
    """True when a person wrote the line: reported, but theirs to answer for."""


class GroundingReport(Artifact):
    """Every claim of a script with a verdict."""

    script_digest: str
    source_digest: str
    claims: tuple[Claim, ...]

    @property
    def ungrounded(self) -> tuple[Claim, ...]:
        """The claims that the source does not bear out."""
        return tuple(claim for claim in self.claims if claim.verdict == "ungrounded")

    @property
    def grounded_share(self) -> float:
        """Share of claims that are grounded, 0 to 1; 1 when there are no claims."""
        return 1.0 - len(self.ungrounded) / len(self.claims) if self.claims else 1.0
