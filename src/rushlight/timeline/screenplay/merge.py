"""Merging a person's screenplay with a new one by the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rushlight.artifacts.screenplay import Element, Screenplay, TitleField, plain_text
from rushlight.timeline.merging import Key, merge_sequences, merge_words
from rushlight.timeline.screenplay.annotations import Annotation, pinned_places, split_annotations, with_annotations
from rushlight.timeline.screenplay.lines import find_spans, logical_lines

__all__ = ["MergedScreenplay", "merge_screenplays"]

_FIELDS = ("kind", "scene_number", "dual", "depth", "revised")
_MUTE = ("note", "boneyard", "page_break")


class MergedScreenplay(NamedTuple):
    """What came of a merge."""

    screenplay: Screenplay
    set_aside: tuple[str, ...]
    """Addresses of elements of which the machine's version was kept as an alternative."""
    dropped: tuple[str, ...]
    """What the machine reworded and the person had deleted."""


@dataclass(frozen=True, eq=False)
class _Line:
    """One line of a paragraph: paragraphs are joined and parted by edits, lines are not."""

    element: Element
    """The paragraph with this line as its words."""
    notes: tuple[Annotation, ...]
    """At the paragraph's end; on its last line."""
    source: Element
    goes_on: bool
    """Belongs to the paragraph of the line before."""
    held: bool

    def said(self) -> tuple[object, ...]:
        """What can differ between two versions."""
        return (self.element.text, self.notes, *(getattr(self.element, name) for name in _FIELDS[:-1]))


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
    made = merge_sequences(
        list(_lines(base)), list(_lines(mine)), list(_lines(theirs)),
        key=_key, blend=_blend, same=lambda one, other: one.said() == other.said(), held=lambda line: line.held,
    )  # fmt: skip
    writer = "" if theirs.writer == "person" else theirs.writer
    dropped = [line.element.text for line in made.dropped]
    elements: list[Element] = []
    changed: list[int] = []
    for group in _paragraphs(made.items):
        lines = [made.items[at] for at in group]
        aside = [(n, version) for n, at in enumerate(group) for version in made.set_aside.get(at, [])]
        element = _joined(lines)
        if element.kind in _MUTE:
            dropped += [version.element.text for _, version in aside]
        elif aside:
            changed.append(len(elements))
            element = _with_alternatives(element, lines, aside, writer)
        elements.append(element)
    title = _title(base, mine, theirs)
    result = mine.model_copy(update={"elements": tuple(elements), "title_page": title})
    addresses = result.addresses()
    said = tuple(words for text in dropped if (words := plain_text(text)))
    return MergedScreenplay(result, tuple(addresses[at] for at in changed), said)


def _lines(screenplay: Screenplay) -> Iterator[_Line]:
    pinned = pinned_places(screenplay)
    for at, element in enumerate(screenplay.elements):
        held = at in pinned
        if element.kind in _MUTE:
            yield _Line(element, (), element, goes_on=False, held=held)
            continue
        words, notes = split_annotations(element.text)
        rows = [line.raw for line in logical_lines(words, find_spans(words))]
        for number, row in enumerate(rows):
            line = element.model_copy(update={"text": row, "layout": ""})
            own = notes if number == len(rows) - 1 else ()
            yield _Line(line, own, element, goes_on=number > 0, held=held)


def _key(line: _Line) -> Key:
    kind = line.element.kind
    if kind in _MUTE:
        return Key(kind, line.element.text, kind)
    # A paragraph put in by the machine can part a name from its words, which are action then.
    group = kind if kind in ("scene_heading", "section", "synopsis") else "words"
    return Key(group, line.element.text, kind)


def _blend(base: _Line, mine: _Line, theirs: _Line) -> _Line | None:
    words = merge_words(base.element.text, mine.element.text, theirs.element.text)
    if words is None:
        return None
    new = [note for note in theirs.notes if note not in base.notes and note not in mine.notes]
    changed: dict[str, object] = {"text": words}
    for name in _FIELDS:
        ours = getattr(mine.element, name)
        changed[name] = getattr(theirs.element, name) if ours == getattr(base.element, name) else ours
    element = mine.element.model_copy(update=changed)
    return _Line(element, (*mine.notes, *new), mine.source, mine.goes_on, mine.held)


def _paragraphs(lines: Sequence[_Line]) -> Iterator[list[int]]:
    group: list[int] = []
    for at, line in enumerate(lines):
        kind = line.element.kind
        # Two pieces of dialogue with nothing between them are one in a file.
        goes_on = (line.goes_on or kind == "dialogue") and bool(group) and kind == lines[group[-1]].element.kind
        if group and not goes_on:
            yield group
            group = []
        group.append(at)
    if group:
        yield group


def _joined(lines: Sequence[_Line]) -> Element:
    """One paragraph of these lines, with its layout where it is as it was in a file."""
    notes = [note for line in lines for note in line.notes]
    words = "\n".join(line.element.text for line in lines)
    element = lines[0].element.model_copy(update={"text": with_annotations(words, notes) if notes else words})
    source = lines[0].source
    if all(line.source is source for line in lines):
        before = source.model_copy(update={"layout": ""})
        return source if before == element else element.model_copy(update={"layout": source.layout})
    return element


def _with_alternatives(
    element: Element, lines: Sequence[_Line], aside: Iterable[tuple[int, _Line]], writer: str
) -> Element:
    words, notes = split_annotations(element.text)
    found = list(notes)
    for number, version in aside:
        rows = [line.element.text for line in lines]
        rows[number] = version.element.text
        text = "\n".join(rows)
        if text != words and all(note.text != text for note in found if note.kind == "alt"):
            found.append(Annotation("alt", text, writer))
    return element.model_copy(update={"text": with_annotations(words, found)})


def _title(base: Screenplay, mine: Screenplay, theirs: Screenplay) -> tuple[TitleField, ...]:
    """The person's title page where it was changed, else the machine's."""
    return theirs.title_page if mine.title_page == base.title_page else mine.title_page
