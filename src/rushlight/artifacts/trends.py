"""What rises, what is spreading, and whose words carry far."""

from __future__ import annotations

import csv
import io
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["Influencer", "Rise", "Spread", "Trends"]


class Rise(BaseModel):
    """A hashtag or term that is written by more people than its season explains."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str
    kind: Literal["hashtag", "term"]
    people: float
    """Who wrote it in the last days, a person a day counted once, bots left out."""
    expected: float
    """As many as level, weekday and time of year make likely."""
    ratio: float
    p_value: float
    since: str
    """The day from which it lay above what was expected, without a break."""
    days: tuple[float, ...]
    expected_days: tuple[float, ...]
    """People a day up to the last day, and as many as were expected."""
    bots: int = 0
    """Accounts that wrote it and were left out."""


class Spread(BaseModel):
    """A comment that others answer or share, and those that follow from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comment: str
    text: str
    people: int
    recent: int
    """Of them in the last days."""
    depth: int


class Influencer(BaseModel):
    """Somebody whose words are passed on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: str
    reach: float
    """People a comment of theirs is expected to move to write, over all steps."""
    direct: int
    """People who answered or shared them."""
    centrality: float
    """PageRank in the graph of who passes on whom; all add up to 1."""
    comments: int


class Trends(Artifact):
    """Rises by how unlikely they are, spreads by size, people by reach."""

    rises: tuple[Rise, ...]
    spreads: tuple[Spread, ...] = ()
    influencers: tuple[Influencer, ...] = ()
    first_day: str = ""
    last_day: str = ""
    window_days: int = 7
    terms: int = 0
    """How many terms were looked at."""
    bots: int = 0
    """Accounts left out."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Rises, spreads and people, a line each."""
        lines = [
            f"{one.term}: {one.people:,.0f} people in {self.window_days} days, {one.expected:,.1f} expected "
            f"({one.ratio:.1f}×), since {one.since}"
            for one in self.rises
        ] or [f"Nothing rises beyond its season among {self.terms:,} terms."]
        lines += [f"Spreading: “{' '.join(one.text.split())[:80]}”, {one.people:,} people, {one.recent:,} lately"
                  for one in self.spreads]  # fmt: skip
        lines += [
            f"{one.author}: a comment moves {one.reach:.1f} people, {one.direct:,} at first hand"
            for one in self.influencers
        ]
        if self.bots:
            lines.append(f"{self.bots:,} accounts left out as bots.")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row a rise."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["term", "kind", "people", "expected", "ratio", "p_value", "since", "bots"])
        for one in self.rises:
            term = f"'{one.term}" if one.term[:1] in "=+-@" else one.term
            writer.writerow([term, one.kind, one.people, one.expected, one.ratio, one.p_value, one.since, one.bots])
        return out.getvalue()
