"""Which paragraphs of a screenplay a person wrote, from its history."""

from __future__ import annotations

from collections.abc import Sequence

from rushlight.artifacts.authorship import Authorship
from rushlight.artifacts.screenplay import Screenplay
from rushlight.timeline.authorship import VersionText, trace_authors
from rushlight.timeline.merging import words_of
from rushlight.timeline.screenplay.lines import find_spans, without_spans

__all__ = ["spoken_text", "trace_screenplay", "written_by_people"]


def spoken_text(text: str) -> str:
    """Fountain without its notes and boneyards: what counts as written."""
    return without_spans(text, find_spans(text))


def trace_screenplay(name: str, versions: Sequence[VersionText]) -> Authorship:
    """Who wrote each word of a Fountain file, notes and boneyards aside."""
    return trace_authors(name, [version._replace(text=spoken_text(version.text)) for version in versions])


def written_by_people(screenplay: Screenplay, authorship: Authorship) -> tuple[str, ...]:
    """Addresses of the elements in which a person wrote at least one word."""
    people = {share.author for share in authorship.shares if share.is_person}
    words: list[tuple[str, bool]] = []
    for span in authorship.spans:
        own = span.author in people
        words += [(word, own) for word in words_of(authorship.text[span.start : span.end]) if word[0].isalnum()]
    found = []
    place = 0
    for address, element in zip(screenplay.addresses(), screenplay.elements, strict=True):
        said = [word for word in words_of(spoken_text(element.text)) if word[0].isalnum()]
        if not said or element.kind in ("note", "boneyard"):
            continue
        start = _find(words, said, place)
        if start is None or any(own for _, own in words[start : start + len(said)]):
            # What cannot be found is taken as a person's: rather too much is kept than too little.
            found.append(address)
        if start is not None:
            place = start + len(said)
    return tuple(found)


def _find(words: list[tuple[str, bool]], said: list[str], place: int) -> int | None:
    # A title page and scene numbers stand between elements: more would mean that the texts differ.
    for start in range(place, min(len(words) - len(said) + 1, place + 2000)):
        if words[start][0] == said[0] and all(words[start + n][0] == word for n, word in enumerate(said)):
            return start
    return None
