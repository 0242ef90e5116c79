"""What people wrote about films, each comment with what it feels and is tied to."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.errors import StorageError

__all__ = ["CommentReading", "Comments", "FeelingLabel", "FeelingTerm"]

FeelingLabel = Literal["positive", "negative", "neutral", "mixed", "unknown"]


class FeelingTerm(BaseModel):
    """One term of a comment's feeling: weight times factor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    """The words as they stand in the comment."""
    start: int
    """Where they begin, in characters."""
    weight: float
    factor: float
    value: int
    """Weight times factor in thousandths; the terms add up to the comment's `sum` exactly."""
    why: str = ""


class CommentReading(BaseModel):
    """One comment, read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    author: str = ""
    """A pseudonym: of the warehouse, or a number in this reading."""
    title_id: str = ""
    said_at: str = ""
    """When it was written, ISO 8601 in UTC; empty when unknown."""
    text: str
    parent: str = ""
    """Id of the comment it answers or shares."""
    language: str = "und"
    """Two letters, or `und`."""
    label: FeelingLabel = "unknown"
    """`unknown` where nothing is known of its language: that is no neutral."""
    sum: int | None = None
    """S in thousandths."""
    score: float | None = None
    """S bounded to -1 … 1."""
    terms: tuple[FeelingTerm, ...] = ()
    emotions: dict[str, float] = {}
    at_seconds: tuple[float, ...] = ()
    """Times of the film it speaks of."""
    shots: tuple[int, ...] = ()
    """Numbers of the shots at those times, from 1."""
    scenes: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    """Why it may not be a viewer's own word: `duplicate`, `repeated`, `burst`, `account`, `advert`."""
    weight: float = Field(default=1.0, ge=0, le=1)
    """What it counts for in figures: 0 for spam."""


class Comments(Artifact):
    """Comments with what they feel; the comments themselves lie in a file, one a line."""

    table: FileRef
    count: int
    counted: float
    """Sum of weights: what is left when spam is discounted."""
    labels: dict[str, float]
    """Weight of comments with each label."""
    mean_score: float | None = None
    """Weighted mean of scores; None when no comment has one."""
    languages: dict[str, int] = {}
    emotions: dict[str, float] = {}
    flags: dict[str, int] = {}
    titles: dict[str, int] = {}
    tied: int = 0
    """Comments that speak of a time in the film."""
    method: str = "lexicon"
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[CommentReading]:
        """The comments, as they came.

        Raises:
            StorageError: the file is gone or damaged.
        """
        try:
            with self.table.path.open(encoding="utf-8") as file:
                for line in file:
                    yield CommentReading.model_validate_json(line)
        except (OSError, ValueError) as error:
            raise StorageError(
                "These comments cannot be read.", path=self.table.path, hint="Read them again."
            ) from error

    def as_text(self) -> str:
        """Counts, and the comments that feel most."""
        lines = [f"{self.count:,} comments, {self.counted:,.0f} of them counted."]
        for name in ("positive", "negative", "mixed", "neutral", "unknown"):
            if self.labels.get(name):
                lines.append(f"  {name:<9}{self.labels[name]:>9,.0f}  {_share(self.labels[name], self.counted)}")
        if self.mean_score is not None:
            lines.append(f"Mean score {self.mean_score:+.2f} on a scale from -1 to +1.")
        for name, counts in (("Emotions", self.emotions), ("Languages", self.languages), ("Flagged", self.flags)):
            if counts:
                ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
                lines.append(f"{name}: " + ", ".join(f"{key} {value:,.0f}" for key, value in ranked))
        if self.tied:
            lines.append(f"{self.tied:,} speak of a time in the film.")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row a comment, its feeling explained by its terms."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", "author", "title_id", "said_at", "language", "label", "score", "sum", "because",
                         "emotions",
                         "at_seconds", "shots", "scenes", "characters", "flags", "weight", "text"])  # fmt: skip
        for row in self.rows():
            because = " ".join(f"{term.text}={term.value / 1000:+.3f}" for term in row.terms)
            writer.writerow([_cell(value) for value in (
                row.id, row.author, row.title_id, row.said_at, row.language, row.label,
                "" if row.score is None else row.score, "" if row.sum is None else row.sum / 1000, because,
                " ".join(row.emotions), " ".join(f"{at:g}" for at in row.at_seconds), " ".join(map(str, row.shots)),
                " ".join(row.scenes), ", ".join(row.characters), " ".join(row.flags), row.weight, row.text,
            )])  # fmt: skip
        return out.getvalue()

    @staticmethod
    def write(rows: list[CommentReading]) -> str:
        """Rows as the lines of a table."""
        return "".join(json.dumps(row.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n" for row in rows)

    @staticmethod
    def tally(values: Iterator[tuple[str, float]]) -> dict[str, float]:
        """Sums by name, the largest first."""
        counts: Counter[str] = Counter()
        for name, weight in values:
            counts[name] += weight  # type: ignore[assignment]
        return {
            name: round(float(value), 6) for name, value in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        }


def _share(part: float, whole: float) -> str:
    return f"{part / whole:4.0%}" if whole else ""


def _cell(value: object) -> object:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
