"""Who wrote each word of a script."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["AuthorShare", "AuthoredSpan", "Authorship"]


class AuthoredSpan(BaseModel):
    """A stretch of one author's words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: int
    """Offset of its first character in the text."""
    end: int
    author: str
    version: int
    """From 1: the version in which these words first stood."""


class AuthorShare(BaseModel):
    """How much of the standing words one author wrote."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: str
    is_person: bool
    words: int
    share: float
    """Of all words, 0 to 1."""


class Authorship(Artifact):
    """Who wrote each word of the last version of a script, from the history of its versions."""

    name: str
    text: str
    """The last version."""
    spans: tuple[AuthoredSpan, ...]
    """In order, without gaps."""
    shares: tuple[AuthorShare, ...]
    """Most words first."""

    def as_text(self) -> str:
        """The shares as a table for people."""
        rows = [f"{'author':<32}{'words':>7}{'share':>7}"]
        rows += [
            f"{one.author[:31]:<32}{one.words:>7}{one.share:>7.0%}  {'person' if one.is_person else 'machine'}"
            for one in self.shares
        ]
        return "\n".join(rows)
