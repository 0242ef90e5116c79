"""Who wrote each word now standing, found by going through all versions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from rushlight.artifacts.authorship import AuthoredSpan, AuthorShare, Authorship
from rushlight.timeline.merging import words_of

__all__ = ["VersionText", "trace_authors"]

_MOVED = 5
"""So many words in a row that stood in an earlier version were moved or brought back, not written anew."""

Origin = tuple[str, int]
"""Author, and the number of the version."""

Known = dict[tuple[str, ...], tuple[Origin, ...]]
"""Words in a row of any version so far, with the origin of each."""


class VersionText(NamedTuple):
    """One version of a text."""

    text: str
    author: str
    is_person: bool


def trace_authors(name: str, versions: Sequence[VersionText]) -> Authorship:
    """Trace every word of the last version to the version it came in with.

    A word belongs to whoever wrote the version in which it first stood at its place. Words that were moved, or brought
    back from an earlier version, five or more in a row, stay their first author's.

    Args:
        name: the script's name.
        versions: in the order in which they were made.
    """
    words: list[str] = []
    origins: list[Origin] = []
    known: Known = {}
    for number, version in enumerate(versions, 1):
        new = words_of(version.text)
        origins = _carried(words, origins, new, (version.author, number), known)
        words = new
        _remember(words, origins, known)
    people = {version.author for version in versions if version.is_person}
    return Authorship(
        name=name,
        text=versions[-1].text if versions else "",
        spans=_spans(words, origins),
        shares=_shares(words, origins, people),
    )


def _carried(
    old: list[str],
    origins: list[Origin],
    new: list[str],
    author: Origin,
    known: Known,
) -> list[Origin]:
    """The origin of each word of a version."""
    made: list[Origin] = [author] * len(new)
    for first, second, third, fourth in _blocks(old, new):
        made[third:fourth] = origins[first:second]
    for start, end in _runs_of(made, author):
        _bring_back(new, made, start, end, known)
    return made


def _blocks(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Equal stretches, found line by line and then word by word inside what changed, so that it is quick."""
    old_lines, new_lines = _lines(old), _lines(new)
    matcher = SequenceMatcher(
        None, ["".join(old[a:b]) for a, b in old_lines], ["".join(new[a:b]) for a, b in new_lines], autojunk=False
    )
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if a == b or c == d:
            continue
        start, end = old_lines[a][0], old_lines[b - 1][1]
        other_start, other_end = new_lines[c][0], new_lines[d - 1][1]
        if tag == "equal":
            found.append((start, end, other_start, other_end))
            continue
        inner = SequenceMatcher(None, old[start:end], new[other_start:other_end], autojunk=False)
        found += [
            (start + one, start + one + size, other_start + other, other_start + other + size)
            for one, other, size in inner.get_matching_blocks()
            # A lone space in common is no sign of common origin.
            if any(word.strip() for word in old[start + one : start + one + size])
        ]
    return found


def _lines(words: list[str]) -> list[tuple[int, int]]:
    found, start = [], 0
    for at, word in enumerate(words):
        if "\n" in word:
            found.append((start, at + 1))
            start = at + 1
    return [*found, (start, len(words))] if start < len(words) else found


def _runs_of(origins: list[Origin], author: Origin) -> list[tuple[int, int]]:
    found, start = [], None
    for at, origin in enumerate([*origins, None]):
        if origin == author and start is None:
            start = at
        elif origin != author and start is not None:
            found.append((start, at))
            start = None
    return found


def _bring_back(words: list[str], origins: list[Origin], start: int, end: int, known: Known) -> None:
    places = [at for at in range(start, end) if not words[at].isspace()]
    at = 0
    while at + _MOVED <= len(places):
        window = places[at : at + _MOVED]
        found = known.get(tuple(words[place] for place in window))
        if found is None:
            at += 1
            continue
        for place, origin in zip(window, found, strict=True):
            origins[place] = origin
        at += 1
    for place in range(start + 1, end):
        if words[place].isspace():
            origins[place] = origins[place - 1]


def _remember(words: list[str], origins: list[Origin], known: Known) -> None:
    places = [at for at, word in enumerate(words) if not word.isspace()]
    for at in range(len(places) - _MOVED + 1):
        window = places[at : at + _MOVED]
        known.setdefault(tuple(words[place] for place in window), tuple(origins[place] for place in window))


def _spans(words: list[str], origins: list[Origin]) -> tuple[AuthoredSpan, ...]:
    spans: list[AuthoredSpan] = []
    place = start = 0
    for at, word in enumerate(words):
        place += len(word)
        if at + 1 == len(words) or origins[at + 1] != origins[at]:
            author, version = origins[at]
            spans.append(AuthoredSpan(start=start, end=place, author=author, version=version))
            start = place
    return tuple(spans)


def _shares(words: list[str], origins: list[Origin], people: set[str]) -> tuple[AuthorShare, ...]:
    counts = Counter(author for word, (author, _) in zip(words, origins, strict=True) if re.match(r"\w", word))
    total = sum(counts.values())
    return tuple(
        AuthorShare(author=author, is_person=author in people, words=count, share=round(count / total, 4))
        for author, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
