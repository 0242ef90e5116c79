"""Visits that ended at once: what makes them likely, and whether they fall into groups."""

from __future__ import annotations

import csv
import io

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["BounceCandidate", "BounceGroup", "BounceRate", "BounceTrait", "Bounces"]


class BounceRate(BaseModel):
    """How often visits of one kind end at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trait: str
    """`device`, `daypart`, …"""
    value: str
    words: str
    visits: int
    rate: float
    low: float
    high: float
    """Wilson's interval, 95 %."""
    differs: bool
    """Whether it differs from other visits, at one false discovery in twenty."""


class BounceTrait(BaseModel):
    """A value that visits of a group have more often than other visits that ended at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trait: str
    value: str
    words: str
    share: float
    others: float


class BounceCandidate(BaseModel):
    """One number of groups that was tried."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: int
    bic: float
    """Compared with no group at all; below 0 is better."""
    stability: float


class BounceGroup(BaseModel):
    """Visits that ended at once and have much in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    visits: int
    viewers: int
    share: float
    """Of all visits that ended at once."""
    rate: float
    """Share of visits like these, ended at once or not, that ended at once."""
    rate_low: float
    rate_high: float
    median_seconds: float
    traits: tuple[BounceTrait, ...]


class Bounces(Artifact):
    """Visits that ended at once; no entry in `groups` when they fall into none."""

    within_seconds: float
    visits: int
    bounces: int
    rate: float | None = None
    """None when too few viewers stand behind it."""
    groups: tuple[BounceGroup, ...] = ()
    rates: tuple[BounceRate, ...] = ()
    """By trait and value; those that differ most first."""
    candidates: tuple[BounceCandidate, ...] = ()
    stability: float = 0.0
    """Share of the least sure group that comes out again when the visits are halved, 0 to 1."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Groups in words, then what makes leaving likely, then notes."""
        if self.rate is None:
            return "\n".join(self.notes)
        lines = [
            f"{self.bounces:,} of {self.visits:,} visits ({self.rate:.1%}) ended within {self.within_seconds:g} seconds"
        ]
        for one in self.groups:
            lines.append(
                f"{one.name}: {one.visits:,} visits, {one.share:.0%} of those that ended at once; of visits like these "
                f"{one.rate:.0%} end so ({one.rate_low:.0%}–{one.rate_high:.0%})"
            )
            lines += [f"    {trait.words} ({trait.share:.0%}, others {trait.others:.0%})" for trait in one.traits]
        if not self.groups and not any(note.startswith("No groups") for note in self.notes):
            lines.append("No groups.")
        lines += [
            f"  {one.words}: {one.rate:.0%} end at once ({one.low:.0%}–{one.high:.0%}), {one.visits:,} visits"
            for one in self.rates
            if one.differs
        ]
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each trait of each group, then for each rate."""
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["group", "trait", "value", "share", "others", "visits", "rate", "rate_low", "rate_high"])
        for group in self.groups:
            for trait in group.traits:
                rows.writerow([group.name, trait.trait, trait.value, f"{trait.share:.6f}", f"{trait.others:.6f}",
                               group.visits, *(f"{rate:.6f}" for rate in (group.rate, group.rate_low, group.rate_high))
                               ])  # fmt: skip
        for one in self.rates:
            rows.writerow(["", one.trait, one.value, "", "", one.visits, f"{one.rate:.6f}", f"{one.low:.6f}",
                           f"{one.high:.6f}"])  # fmt: skip
        return sheet.getvalue()
