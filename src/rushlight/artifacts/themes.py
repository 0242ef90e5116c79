"""What people speak of in their comments, how they feel about it, and in which words."""

from __future__ import annotations

import csv
import io

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.comments import FeelingLabel
from rushlight.core.artifact import Artifact
from rushlight.core.units import format_clock

__all__ = ["Quote", "ThemeFinding", "ThemeMoment", "Themes"]


class Quote(BaseModel):
    """Words of a comment, as they stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    comment: str
    """Id of the comment."""
    start: int
    """Where the words begin in the comment, in characters."""
    label: FeelingLabel
    at_seconds: float | None = None


class ThemeMoment(BaseModel):
    """Comments on a theme that speak of one stretch of the film."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_seconds: float
    end_seconds: float
    comments: float
    mean_score: float


class ThemeFinding(BaseModel):
    """One theme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str
    comments: float
    """Weight of the comments that speak of it; spam does not count."""
    share: float
    """Of all comments that count."""
    positive: float
    negative: float
    """Weight of those whose words on it are praise, or blame; the rest is neither."""
    mean_score: float
    """Mean of what their words on it feel, -1 to +1."""
    low: float
    high: float
    """Bounds of its 95 % interval."""
    quotes: tuple[Quote, ...]
    moments: tuple[ThemeMoment, ...] = ()
    cues: tuple[str, ...] = ()
    """The commonest words that told."""


class Themes(Artifact):
    """Themes, the one most spoken of first."""

    themes: tuple[ThemeFinding, ...]
    comments: float
    """Weight of all comments that count."""
    unthemed: float = 0.0
    """Weight of those that speak of no theme."""
    also_named: tuple[str, ...] = ()
    """Words that come up often in comments without a theme."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A paragraph for each theme, with quotes."""
        lines = []
        for one in self.themes:
            lines.append(
                f"{one.theme}: {one.comments:,.0f} comments ({one.share:.0%}), {one.positive:,.0f} praise, "
                f"{one.negative:,.0f} blame, mean {one.mean_score:+.2f} ({one.low:+.2f} to {one.high:+.2f})"
            )
            for quote in one.quotes:
                at = f"  [{format_clock(quote.at_seconds)}]" if quote.at_seconds is not None else ""
                lines.append(f"  “{' '.join(quote.text.split())}”{at}")
        if not lines:
            lines.append("No comment speaks of a theme.")
        if self.also_named:
            lines.append(f"Also named: {', '.join(self.also_named)}")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row a theme."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["theme", "comments", "share", "positive", "negative", "mean_score", "low", "high"])
        for one in self.themes:
            writer.writerow(
                [one.theme, one.comments, one.share, one.positive, one.negative, one.mean_score, one.low, one.high]
            )
        return out.getvalue()
