"""Clauses: where a sentence may be cut so that what is said on one side is not said of the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Clause", "clauses"]

_CUT = re.compile(
    r"[.!?;:—–]+(?=\s|$)"
    r"|,? (?:but|while|whereas|although|though|because|unless|until|when|after|before|as soon as|so that)\b"
    r"|, (?:and|or|so)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """A stretch of a sentence.

    Attributes:
        text: its words.
        start: character offset in the whole text.
    """

    text: str
    start: int


def clauses(text: str) -> list[Clause]:
    """The clauses of a text, cut at stops and at words that open another, but not at relative ones."""
    found, at = [], 0
    for match in _CUT.finditer(text):
        found.append(Clause(text[at : match.start()], at))
        at = match.end()
    found.append(Clause(text[at:], at))
    return [clause for clause in found if clause.text.strip()]
