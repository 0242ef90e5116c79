"""What a line rests on: sentences of a source and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Evidence"]


@dataclass(frozen=True)
class Evidence:
    """The sentences that a line rests on.

    Attributes:
        places: stretches of the source.
        before: for each what stands just before it, in which a `he` or `it` may have its name.
        title: the source's title; names in it may stand for `the city`, `the company`.
        article: the whole source, in which a surname may have its first name.
    """

    places: tuple[str, ...]
    before: tuple[str, ...] = ()
    title: str = ""
    article: str = ""

    @property
    def text(self) -> str:
        """All the sentences."""
        return " ".join(self.places)
