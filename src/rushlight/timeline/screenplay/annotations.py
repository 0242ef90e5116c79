"""Pins, comments and alternatives, kept in the screenplay itself as notes that a person can read and write.

They stand at a paragraph's end, or as notes of their own right after it; other Fountain programs show them as notes::

    She lights the lamp. [[pin]] [[Anna: too long?]] [[alt: The lamp comes on.]]

`pin` keeps the paragraph from being written anew. `alt:` is another wording, `alt by NAME:` says whose, and `alt of 4:`
is one for the four paragraphs above it, as Fountain. `NAME: …` is a comment by someone, any other note a comment by
nobody in particular.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.timeline.screenplay.lines import find_spans

__all__ = [
    "Annotation",
    "annotate",
    "annotations_of",
    "note_element",
    "pinned_places",
    "read_note",
    "split_annotations",
    "with_annotations",
    "write_note",
]

_ALT = re.compile(
    r"alt(?:\s+of\s+(?P<span>\d{1,4}))?(?:\s+by\s+(?P<author>[^\n]{1,80}?))?\s*:[ \t]*(?P<text>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"(?P<author>\w[\w .'’\-/]{0,40}):\s+(?P<text>.+)$", re.DOTALL)


class Annotation(NamedTuple):
    """One thing noted at a paragraph."""

    kind: Literal["pin", "alt", "comment"]
    text: str = ""
    author: str = ""
    span: int = 1
    """Of an alternative: how many paragraphs it could replace, the last being the one it is noted at."""


def read_note(text: str) -> Annotation:
    """What a note says, given without its brackets."""
    inside = text.strip()
    if inside.lower() in ("pin", "pinned"):
        return Annotation("pin")
    if match := _ALT.match(inside):
        return Annotation("alt", _opened(match["text"]), (match["author"] or "").strip(), int(match["span"] or 1))
    if match := _COMMENT.match(inside):
        return Annotation("comment", _opened(match["text"]), match["author"].strip())
    return Annotation("comment", _opened(inside))


def write_note(annotation: Annotation) -> str:
    """A note, without its brackets, that `read_note` reads as this."""
    text = _closed(annotation.text)
    author = " ".join(re.sub(r"[\[\]:]", " ", annotation.author).split())
    if annotation.kind == "pin":
        return "pin"
    if annotation.kind == "alt":
        lead = (
            "alt"
            + (f" of {annotation.span}" if annotation.span > 1 else "")
            + (f" by {author}" if author else "")
            + ":"
        )
        return f"{lead}\n{text}" if "\n" in text else f"{lead} {text}"
    return f"{author}: {text}" if author else text


def _closed(text: str) -> str:
    """Notes inside a note, and empty lines, in a form that does not end it."""
    text = text.replace("[[", "⟦").replace("]]", "⟧").strip("\n")
    text = text + " " if text.endswith("\\") else text
    return re.sub(r"(?m)^[ \t]*$", "  ", text) if "\n" in text else text


def _opened(text: str) -> str:
    text = re.sub(r"(?m)^[ \t]+$", "", text).strip("\n")
    return text.replace("⟦", "[[").replace("⟧", "]]")


def note_element(annotation: Annotation) -> Element:
    """A note as a paragraph of its own."""
    return Element(kind="note", text=re.sub(r"(?m)^[ \t]+$", "", write_note(annotation)))


def split_annotations(text: str) -> tuple[str, tuple[Annotation, ...]]:
    """A paragraph's words, and what is noted at its end."""
    found: list[Annotation] = []
    end = len(text.rstrip())
    for span in reversed(find_spans(text)):
        if not span.is_note or span.end != end:
            break
        found.append(read_note(text[span.start + 2 : span.end - 2]))
        end = len(text[: span.start].rstrip())
    return text[:end], tuple(reversed(found))


def with_annotations(words: str, annotations: Sequence[Annotation]) -> str:
    """A paragraph of these words with these notes at its end."""
    return " ".join([words, *(f"[[{write_note(one)}]]" for one in annotations)]).strip(" ")


def annotations_of(screenplay: Screenplay, at: int) -> tuple[Annotation, ...]:
    """All that is noted at an element: at its end and right after it."""
    element = screenplay.elements[at]
    if element.kind in ("note", "boneyard"):
        return ()
    found = list(split_annotations(element.text)[1])
    for following in screenplay.elements[at + 1 :]:
        if following.kind != "note":
            break
        found.append(read_note(following.text))
    return tuple(found)


def pinned_places(screenplay: Screenplay) -> frozenset[int]:
    """Places of all elements that are pinned, or whose speech or scene is: a pin at a name holds the speech, and one at
    a heading holds the scene."""
    pinned: set[int] = set()
    scene = speech = False
    elements = screenplay.elements
    for at, element in enumerate(elements):
        own = any(one.kind == "pin" for one in annotations_of(screenplay, at))
        if element.kind == "scene_heading":
            scene, speech = own, False
        elif element.kind == "character":
            speech = own
        elif element.kind not in ("dialogue", "parenthetical", "lyrics"):
            speech = False
        if own or scene or speech:
            pinned.add(at)
    return frozenset(pinned)


def annotate(element: Element, change: Sequence[Annotation]) -> Element:
    """The element with these notes at its end, instead of those it has."""
    words, _ = split_annotations(element.text)
    return element.model_copy(update={"text": with_annotations(words, change)})
