"""Merging scripts as Markdown, paragraph by paragraph, with notes kept as comments.

In a Markdown script, pins, comments and alternatives are comments on a line of their own, after the paragraph::

    Between 2001 and 2024, revenue rose to €160 million. [^1]

    <!-- pin -->

    <!-- alt: Revenue has quadrupled. -->
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rushlight.timeline.merging import Key, merge_sequences, merge_words
from rushlight.timeline.screenplay.annotations import Annotation, read_note, write_note

__all__ = ["MergedText", "comment_of", "merge_paragraphs", "read_comment", "without_comments"]

_COMMENT = re.compile(r"<!--(?!\s*rushlight-script\b)\s*(.*?)\s*-->\s*$", re.DOTALL)
_GAP = re.compile(r"(\n[ \t]*(?:\n[ \t]*)+)")


class MergedText(NamedTuple):
    """What came of a merge."""

    text: str
    set_aside: tuple[str, ...]
    """The machine's wordings that were kept as alternatives."""
    dropped: tuple[str, ...]
    """What the machine reworded and the person had deleted."""


def comment_of(annotation: Annotation) -> str:
    """A note as a comment on one line."""
    text = " ".join(write_note(annotation).split()).replace("--", "—")
    return f"<!-- {text} -->"


def read_comment(paragraph: str) -> Annotation | None:
    """The note that a paragraph is, or None where it is no comment, or the script's own stamp."""
    match = _COMMENT.match(paragraph.strip())
    return read_note(match[1]) if match else None


def without_comments(text: str) -> str:
    """A Markdown script without its notes."""
    return "".join(_joined([one for one in _paragraphs(text) if read_comment(one) is None], text))


def merge_paragraphs(base: str, mine: str, theirs: str, *, writer: str = "") -> MergedText:
    """Merge a person's edits of a Markdown script with the machine's.

    Every edit of the person stands; the machine's come in where they touch none of them, and are kept as comments
    (`<!-- alt: … -->`) where they do. A paragraph with `<!-- pin -->` after it stays as it is.
    """
    own = _paragraphs(mine)
    pinned = {at for at in range(len(own)) for note in _notes_after(own, at) if note.kind == "pin"}
    held = {own[at] for at in pinned}
    made = merge_sequences(
        _paragraphs(base), own, _paragraphs(theirs),
        key=_key, blend=merge_words, same=lambda one, other: one.strip() == other.strip(),
        held=lambda paragraph: paragraph in held,
    )  # fmt: skip
    items: list[str] = []
    set_aside: list[str] = []
    for at, item in enumerate(made.items):
        items.append(item)
        for version in made.set_aside.get(at, []):
            note = comment_of(Annotation("alt", version, writer))
            if note not in made.items:
                items.append(note)
            set_aside.append(version)
    return MergedText("".join(_joined(items, mine)), tuple(set_aside), tuple(made.dropped))


def _paragraphs(text: str) -> list[str]:
    return [part for part in _GAP.split(text.replace("\r\n", "\n").strip("\n"))[::2] if part.strip()]


def _joined(paragraphs: list[str], like: str) -> list[str]:
    newline = "\r\n" if "\r\n" in like else "\n"
    text = "\n\n".join(paragraphs)
    return [text.replace("\n", newline), newline if text else ""]


def _notes_after(paragraphs: list[str], at: int) -> list[Annotation]:
    notes = []
    if read_comment(paragraphs[at]) is not None:
        return []
    for following in paragraphs[at + 1 :]:
        note = read_comment(following)
        if note is None:
            break
        notes.append(note)
    return notes


def _key(paragraph: str) -> Key:
    head = paragraph.lstrip()
    starts = {"<!--": "comment", "#": "heading", "[^": "footnote"}
    return Key(next((kind for start, kind in starts.items() if head.startswith(start)), "line"), paragraph)
