"""Lines of Fountain and what each can be, told from the line and its neighbours alone.

Follows the Fountain syntax, version 1.1 (fountain.io/syntax). Where it leaves a choice, the reader is the milder one:
headings need no empty line after them, notes may go over one, an unclosed note or boneyard is text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from rushlight.artifacts.screenplay import ElementKind

__all__ = ["SourceLine", "Span", "breaks_action", "find_spans", "kind_at_start", "logical_lines", "without_spans"]

_TOKEN = re.compile(r"\\.|\[\[|\]{2,}|/\*|\*/", re.DOTALL)
_HEADING = re.compile(r"(?:INT\.?/EXT|EXT\.?/INT|INT|EXT|EST|I\.?/E|E\.?/I)(?P<mark>\.|[ \t])", re.IGNORECASE)
_PAGE_BREAK = re.compile(r"={3,}\s*$")


@dataclass(frozen=True)
class Span:
    """A note or a boneyard: from its opening to after its closing mark."""

    start: int
    end: int
    is_note: bool


@dataclass(frozen=True)
class SourceLine:
    """One or more lines of a file that belong together because a note or boneyard goes over their ends."""

    raw: str
    """As in the file, without the last line break."""
    bare: str
    """Without notes and boneyards."""
    spans: tuple[Span, ...]
    """Places in `raw`."""
    number: int
    """Of its first line in the file, from 1."""

    @property
    def is_blank(self) -> bool:
        """Nothing on it."""
        return not self.raw.strip()

    @property
    def is_spans(self) -> bool:
        """Nothing on it but notes and boneyards."""
        return bool(self.spans) and not self.bare.strip()


def find_spans(text: str) -> list[Span]:
    """Every closed note and boneyard that lies in no other, in order; in linear time.

    Boneyards nest, notes do not, and `\\[[` and `\\/*` open nothing.
    """
    if "[[" not in text and "/*" not in text:
        return []
    marks = [(match.start(), match[0]) for match in _TOKEN.finditer(text) if match[0][0] != "\\"]
    closings: dict[int, int] = {}
    opened: list[int] = []
    for place, mark in marks:
        if mark == "/*":
            opened.append(place)
        elif mark == "*/" and opened:
            closings[opened.pop()] = place + 2
    note_opens = [place for place, mark in marks if mark == "[["]
    note_ends = [(place, place + len(mark)) for place, mark in marks if mark[0] == "]"]
    starts = [place for place, _ in note_ends]
    spans: list[Span] = []
    done = 0
    for place, mark in marks:
        if place < done:
            continue
        if mark == "/*" and place in closings:
            spans.append(Span(place, closings[place], is_note=False))
        elif mark == "[[":
            at = bisect_left(starts, place + 2)
            after = bisect_left(note_opens, place + 2)
            if at == len(starts) or (after < len(note_opens) and note_opens[after] < starts[at]):
                continue
            if _holds_a_heading(text, place, starts[at]):
                continue
            spans.append(Span(place, note_ends[at][1], is_note=True))
        else:
            continue
        done = spans[-1].end
    return spans


def _holds_a_heading(text: str, start: int, end: int) -> bool:
    """Whether a note that goes over an empty line would swallow a scene: then its closing mark is another's."""
    inside = text[start:end]
    if "\n" not in inside:
        return False
    blank = False
    for line in inside.split("\n")[1:]:
        if blank and _HEADING.match(line.lstrip()):
            return True
        blank = not line.strip() and len(line) < 2
    return False


def without_spans(text: str, spans: tuple[Span, ...] | list[Span]) -> str:
    """The text with these places cut out."""
    if not spans:
        return text
    parts, done = [], 0
    for span in spans:
        parts.append(text[done : span.start])
        done = span.end
    return "".join([*parts, text[done:]])


def logical_lines(text: str, spans: list[Span]) -> Iterator[SourceLine]:
    """The lines of a text, those joined that a span goes over."""
    place, number, upcoming = 0, 1, 0
    while place <= len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        inside = []
        while upcoming < len(spans) and spans[upcoming].start < end:
            span = spans[upcoming]
            inside.append(Span(span.start - place, span.end - place, span.is_note))
            if span.end > end:
                end = text.find("\n", span.end)
                end = len(text) if end < 0 else end
            upcoming += 1
        raw = text[place:end]
        yield SourceLine(raw, without_spans(raw, inside), tuple(inside), number)
        number += raw.count("\n") + 1
        place = end + 1


def kind_at_start(raw: str, bare: str, *, next_is_blank: bool) -> ElementKind:
    """What a line is at the start of a paragraph, with an empty line before it."""
    raw, bare = raw.strip(), bare.strip()
    forced = _forced(raw)
    if forced is not None:
        return forced
    match = _HEADING.match(bare)
    if match and (match["mark"] == "." or bare[: match.end()].isupper() or next_is_blank):
        return "scene_heading"
    if next_is_blank:
        return "transition" if bare.endswith("TO:") and bare.isupper() else "action"
    return "character" if _is_name(bare) else "action"


def _forced(raw: str) -> ElementKind | None:
    first = raw[:1]
    if first == "!":
        return "action"
    if first == "@" and raw[1:].strip():
        return "character"
    if first == "." and raw[1:2] not in ("", ".") and not raw[1].isspace():
        return "scene_heading"
    if first == "#":
        return "section"
    if first == "=":
        return "page_break" if _PAGE_BREAK.match(raw) else "synopsis"
    if first == "~":
        return "lyrics"
    if first == ">":
        return "centered" if raw.endswith("<") else "transition"
    return None


def _is_name(bare: str) -> bool:
    """In capitals, but for what stands in brackets."""
    if bare.startswith("("):
        return False
    return re.sub(r"\([^()]*\)", "", bare).rstrip("^ \t").isupper()


def breaks_action(raw: str) -> ElementKind | None:
    """What a line in the middle of a paragraph of action is, if it cannot be action."""
    raw = raw.strip()
    kind = _forced(raw) if raw[:1] in ("~", "=", ">") else None
    return kind if kind in ("lyrics", "page_break", "centered") else None
