"""What people, models, rules and data each contributed to a work, measured, each figure with its evidence."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = ["ContributionAccount", "Contributor", "Deed", "Entry", "Kind", "MediaOrigin", "WorkHistory"]

Kind = Literal["person", "model", "rule", "data"]


class Contributor(BaseModel):
    """Who or what contributed: a person, a trained model, software that works by rule, or a source of data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    name: str


class Deed(BaseModel):
    """One recorded act on the way to the work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contributor: Contributor
    step: str
    record: str
    is_edit: bool = False
    """Whether a person changed a result by hand."""
    chosen: tuple[str, ...] = ()
    """Names of the parameters that a person set."""
    left: tuple[str, ...] = ()
    """Names of the parameters that were left to the software."""


class MediaOrigin(BaseModel):
    """Whose a file in the work is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    contributor: Contributor
    evidence: str


class WorkHistory(Artifact):
    """What the records of a project tell of a work."""

    deeds: tuple[Deed, ...] = ()
    media: tuple[MediaOrigin, ...] = ()
    person: str = "whoever made it"
    """How the person at work is called where no name is known."""


class Entry(BaseModel):
    """One contributor's part of one measure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: Literal["picture_seconds", "pixels", "speech_seconds", "music_seconds", "words", "edits", "decisions"]
    contributor: Contributor
    amount: Seconds
    """Exact; seconds are fractions, everything else whole."""
    method: str
    evidence: tuple[str, ...]


class ContributionAccount(Artifact):
    """A vector of contributions. There is no single percentage: what counts how much is for people to say."""

    title: str
    totals: dict[str, Seconds]
    """The whole of each measure, which its entries add up to exactly."""
    entries: tuple[Entry, ...]
    weights: dict[str, float] = {}
    """How much each measure counts, where somebody said so."""
    weighed: dict[str, float] = {}
    """By kind, the weighed mean of shares; empty when nobody gave weights."""
    ai_categories: dict[str, str] = {}
    """For music metadata (DDEX): what AI did in each category of work."""
    credits: tuple[str, ...] = ()
    """Lines of a credits page."""

    def share(self, measure: str, kind: Kind) -> float:
        """Part of a measure that contributors of one kind have, 0 to 1."""
        whole = self.totals.get(measure)
        mine = sum(
            entry.amount for entry in self.entries if entry.measure == measure and entry.contributor.kind == kind
        )
        return float(mine / whole) if whole else 0.0

    def as_text(self) -> str:
        """A table for people: each measure with who has how much of it."""
        lines = [self.title]
        for measure, whole in self.totals.items():
            lines.append(f"{measure.replace('_', ' ')}: {float(whole):,.6g}")
            for entry in self.entries:
                if entry.measure == measure:
                    part = float(entry.amount / whole) if whole else 0.0
                    who = f"{entry.contributor.name} ({entry.contributor.kind})"
                    lines.append(f"  {float(entry.amount):>12,.6g}  {part:>6.1%}  {who:<44.44} {entry.method}")
        if self.weighed:
            said = ", ".join(f"{kind} {value:.0%}" for kind, value in self.weighed.items())
            lines.append(f"with the weights {self.weights}: {said}")
        lines += [f"{name}: {value}" for name, value in self.ai_categories.items()]
        return "\n".join(lines)
