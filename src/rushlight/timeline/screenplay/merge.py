"""Merging a person's screenplay with a new one by the machine."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from rushlight.artifacts.screenplay import Element, Screenplay, plain_text
from rushlight.timeline.merging import merge_sequences, merge_words
from rushlight.timeline.screenplay.annotations import Annotation, pinned_places, split_annotations, with_annotations

__all__ = ["MergedScreenplay", "merge_screenplays"]


class MergedScreenplay(NamedTuple):
    """What came of a merge."""

    screenplay: Screenplay
    set_aside: tuple[str, ...]
    """Addresses of elements of which the machine's version was kept as an alternative."""
    dropped: tuple[str, ...]
    """What the machine reworded and the person had deleted."""


def merge_screenplays(base: Screenplay, mine: Screenplay, theirs: Screenplay) -> MergedScreenplay:
    """Merge a person's edits with the machine's.

    Every edit of the person stands: what was reworded, added, moved or deleted. The machine's edits come in wherever
    they touch none of the person's, word by word; where they do, its wording is kept as `[[alt: …]]`. Pinned elements
    stay as they are.

    Args:
        base: the machine's version that both were made from.
        mine: the person's.
        theirs: the machine's new one.
    """
    pinned = {id(mine.elements[at]) for at in pinned_places(mine)}
    made = merge_sequences(
        base.elements, mine.elements, theirs.elements,
        key=_key, blend=_blend, same=_same, held=lambda element: id(element) in pinned,
    )  # fmt: skip
    items = list(made.items)
    dropped = list(made.dropped)
    for at, versions in made.set_aside.items():
        for version in versions:
            if items[at].kind in ("note", "boneyard", "page_break"):
                dropped.append(version)
            else:
                items[at] = _with_alternative(items[at], version, theirs.writer)
    result = mine.model_copy(
        update={"elements": tuple(items), "title_page": _title(base, mine, theirs), "notes": mine.notes}
    )
    addresses = result.addresses()
    return MergedScreenplay(
        result,
        tuple(addresses[at] for at in sorted(made.set_aside)),
        tuple(plain_text(element.text) for element in dropped if plain_text(element.text)),
    )


def _key(element: Element) -> tuple[Hashable, str]:
    return element.kind, split_annotations(element.text)[0] if element.kind != "note" else element.text


def _meaning(element: Element) -> tuple[object, ...]:
    return element.kind, element.text, element.scene_number, element.dual, element.depth


def _same(first: Element, second: Element) -> bool:
    return _meaning(first) == _meaning(second)


def _blend(base: Element, mine: Element, theirs: Element) -> Element | None:
    old, old_notes = split_annotations(base.text)
    own, own_notes = split_annotations(mine.text)
    new, new_notes = split_annotations(theirs.text)
    words = merge_words(old, own, new)
    if words is None:
        return None
    notes = [*own_notes, *(one for one in new_notes if one not in old_notes and one not in own_notes)]
    changed: dict[str, object] = {"text": with_annotations(words, notes)}
    for name in ("scene_number", "dual", "depth", "revised"):
        ours = getattr(mine, name)
        changed[name] = getattr(theirs, name) if ours == getattr(base, name) else ours
    return mine.model_copy(update=changed)


def _with_alternative(element: Element, version: Element, writer: str) -> Element:
    words, notes = split_annotations(element.text)
    said, _ = split_annotations(version.text)
    author = "" if writer == "person" else writer
    if said == words or any(one.kind == "alt" and one.text == said for one in notes):
        return element
    return element.model_copy(update={"text": with_annotations(words, [*notes, Annotation("alt", said, author)])})


def _title(base: Screenplay, mine: Screenplay, theirs: Screenplay) -> tuple[object, ...]:
    """The person's title page where it was changed, else the machine's."""
    return theirs.title_page if mine.title_page == base.title_page else mine.title_page
