"""Fountain files read and written without loss.

Reading keeps, beside what each paragraph says, how the file wrote it wherever that is not the plain way
(`Element.layout`, `Screenplay.extras`), so that writing an unchanged screenplay gives the same text, byte for byte.
Writing a screenplay that was made or changed elsewhere forces whatever would be read as another kind of paragraph.

Reference:
    Fountain syntax, version 1.1, https://fountain.io/syntax
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise

from rushlight.artifacts.screenplay import Element, ElementKind, Screenplay, TitleField
from rushlight.core.errors import LimitError
from rushlight.timeline.screenplay.lines import (
    SourceLine,
    Span,
    breaks_action,
    find_spans,
    kind_at_start,
    logical_lines,
)
from rushlight.timeline.screenplay.plain_form import (
    SPEECH_PARTS,
    Written,
    part_kind,
    plain_gap,
    plain_lines,
    read_line,
    settled,
)
from rushlight.timeline.screenplay.title_page import read_title_page, write_title_page

__all__ = ["MAX_CHARACTERS", "meaning", "parse_fountain", "write_fountain"]

MAX_CHARACTERS = 5_000_000
"""A feature film has 200,000; what is longer is not one screenplay."""

_NEWLINE, _BOM, _TITLE, _TITLE_AT, _TAIL = (
    f"fountain.{name}" for name in ("newline", "bom", "title_page", "title_at", "tail")
)
_TRIES = 6


def parse_fountain(text: str, *, language: str = "en") -> Screenplay:
    """Read Fountain. Any text can be read; what is unclear is said in `notes`.

    Args:
        text: the file's text, with line breaks of any kind.
        language: language as a tag.

    Raises:
        LimitError: it is longer than `MAX_CHARACTERS`.
    """
    if len(text) > MAX_CHARACTERS:
        raise LimitError(
            f"This screenplay has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
            hint="A feature film has about 200,000: split the file.",
        )
    extras: dict[str, str] = {}
    if text.startswith("\ufeff"):
        text, extras[_BOM] = text[1:], "1"
    text, newline = _line_breaks(text)
    if newline:
        extras[_NEWLINE] = newline
    reader = _Reader(text)
    reader.read()
    return Screenplay(
        title_page=reader.title_page,
        elements=reader.elements(),
        language=language,
        notes=tuple(reader.notes),
        extras=extras | reader.extras,
    )


def _line_breaks(text: str) -> tuple[str, str]:
    """The text with line feeds, and the name of the line breaks it had where all were of another kind."""
    pairs, feeds, returns = text.count("\r\n"), text.count("\n"), text.count("\r")
    if pairs and pairs == feeds == returns:
        return text.replace("\r\n", "\n"), "crlf"
    if returns and not feeds:
        return text.replace("\r", "\n"), "cr"
    return text, ""


@dataclass
class _Piece:
    """An element while it is read: its text's lines as the file wrote them, and what stands before it."""

    kind: ElementKind
    gap: str
    lines: list[Written]
    said: dict[str, str | bool | int] = field(default_factory=dict)

    def element(self) -> Element:
        return Element.model_validate(
            {"kind": self.kind, "text": "\n".join(line.text for line in self.lines), **self.said}
        )


class _Reader:
    """Goes through the lines of one file."""

    def __init__(self, text: str) -> None:
        spans = find_spans(text)
        self.lines: list[SourceLine] = list(logical_lines(text, spans))
        self.at = 0
        self.gap: list[str] = []
        self.after_blank = True
        self.pieces: list[_Piece] = []
        self.title_page: tuple[TitleField, ...] = ()
        self.extras: dict[str, str] = {}
        self.notes = list(_unclear(text, spans))
        self._title_possible = True

    def read(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.is_blank:
                self.gap += [line.raw, "\n"]
                self.after_blank = True
                self.at += 1
            elif line.is_spans:
                self._spans(line)
            elif not (self._title_possible and self._title()):
                self._paragraph(line)
        # A line feed was counted after every line, and the last one has none.
        tail = "".join(self.gap)[:-1]
        if tail != ("\n" if self.pieces or self.title_page else ""):
            self.extras[_TAIL] = tail

    def _title(self) -> bool:
        self._title_possible = False
        end = self.at
        while end < len(self.lines) and not self.lines[end].is_blank:
            end += 1
        block = [line.raw for line in self.lines[self.at : end]]
        fields = read_title_page(block)
        if fields is None:
            return False
        raw, gap = "\n".join(block), "".join(self.gap)
        self.title_page = fields
        if self.pieces:
            self.extras[_TITLE_AT] = str(len(self.pieces))
        if raw != write_title_page(fields) or gap != ("\n\n" if self.pieces else ""):
            self.extras[_TITLE] = gap + raw
        self.gap, self.at = ["\n"], end
        return True

    def _spans(self, line: SourceLine) -> None:
        done = 0
        for span in line.spans:
            inside = line.raw[span.start + 2 : span.end - 2]
            self.gap.append(line.raw[done : span.start])
            if span.is_note:
                rows = inside.split("\n")
                last = len(rows) - 1
                written = [
                    Written(
                        "[[" if at == 0 else "",
                        row if row.strip() else "",
                        ("" if row.strip() else row) + ("]]" if at == last else ""),
                    )
                    for at, row in enumerate(rows)
                ]
            else:
                written = [Written("/*", inside, "*/")]
            self._add("note" if span.is_note else "boneyard", written)
            self.gap = []
            done = span.end
        self.gap = [line.raw[done:], "\n"]
        self.at += 1

    def _add(self, kind: ElementKind, written: list[Written], said: dict[str, str | bool | int] | None = None) -> None:
        self.pieces.append(_Piece(kind, "".join(self.gap), written, said or {}))
        self.gap = ["\n"]

    def _paragraph(self, line: SourceLine) -> None:
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else None
        next_is_blank = following is None or following.is_blank
        kind = kind_at_start(line.raw, line.bare, next_is_blank=next_is_blank)
        forced = line.raw.strip()[:1] in ("@", ">")
        if not self.after_blank and kind in ("character", "transition") and not forced:
            kind = "action"
        self.after_blank = False
        self._title_possible = False
        written, said = read_line(kind, line.raw)
        self._add(kind, [written], said)
        self.at += 1
        if kind == "character":
            self._speech()
        elif kind in ("action", "centered", "lyrics"):
            self._more(kind)

    def _more(self, kind: ElementKind) -> None:
        """Further lines of the paragraph that was begun."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            other = breaks_action(line.raw)
            if line.is_blank or other != (None if kind == "action" else kind):
                return
            self.pieces[-1].lines.append(read_line(kind, line.raw)[0])
            self.at += 1

    def _speech(self) -> None:
        while self.at < len(self.lines):
            joining: list[str] = []
            place = self.at
            while place < len(self.lines) and _joins(self.lines[place].raw):
                joining.append(self.lines[place].raw)
                place += 1
            if place == len(self.lines) or self.lines[place].is_blank:
                return
            raw = self.lines[place].raw
            kind = part_kind(raw)
            written, _ = read_line(kind, raw)
            last = self.pieces[-1]
            if kind != "parenthetical" and last.kind == kind:
                last.lines += [*(Written("", "", row) for row in joining), written]
            else:
                self.gap += [row + "\n" for row in joining]
                self._add(kind, [written])
            self.at = place + 1

    def elements(self) -> tuple[Element, ...]:
        """What was read, each with how the file wrote it where that is not the plain way."""
        plain = [piece.element() for piece in self.pieces]
        made = []
        for at, (piece, gap, lines) in enumerate(zip(self.pieces, *_plainly(plain, self._title_at()), strict=True)):
            layout: dict[str, object] = {}
            if piece.gap != gap:
                layout["gap"] = piece.gap
            if [str(line) for line in piece.lines] != [str(line) for line in lines]:
                layout["lines"] = [[line.before, line.after] for line in piece.lines]
            text = json.dumps(layout, ensure_ascii=False, separators=(",", ":")) if layout else ""
            made.append(plain[at].model_copy(update={"layout": text}) if text else plain[at])
        return tuple(made)

    def _title_at(self) -> int | None:
        return int(self.extras.get(_TITLE_AT, "0")) if self.title_page else None


def _joins(raw: str) -> bool:
    """Two spaces on an otherwise empty line keep a speech together."""
    return len(raw) >= 2 and not raw.strip(" ")


def _unclear(text: str, spans: list[Span]) -> list[str]:
    """What a reader should know of marks without their other half."""
    notes: list[str] = []
    at = 0
    bounds = [*spans, Span(len(text), len(text), is_note=False)]
    for span in bounds:
        for match in re.finditer(r"\\.|\[\[|/\*", text[at : span.start], re.DOTALL):
            if match[0][0] != "\\" and len(notes) < 5:
                what = "note" if match[0] == "[[" else "boneyard"
                line = text.count("\n", 0, at + match.start()) + 1
                notes.append(f"A {what} is opened on line {line} and not closed: it is read as text.")
        at = span.end
    return notes


# -- writing -----------------------------------------------------------------------------------------


def _plainly(elements: list[Element], title_at: int | None) -> tuple[list[str], list[list[Written]]]:
    """The plain gap and the plain lines of every element; `title_at` is None without a title page."""
    gaps, lines = [], []
    speaking, opening = False, title_at is None
    for at, (element, following) in enumerate(pairwise([*elements, None])):
        assert element is not None
        before = elements[at - 1] if at else None
        gap = "\n\n" if at == title_at else plain_gap(before, element, speaking=speaking)
        speaks = following is not None and following.kind in SPEECH_PARTS
        gaps.append(gap)
        lines.append(plain_lines(element, speaks=speaks, opens=opening))
        speaking = element.kind == "character" or (speaking and element.kind in SPEECH_PARTS)
        opening = opening and element.kind in ("note", "boneyard")
    return gaps, lines


def meaning(screenplay: Screenplay) -> tuple[object, ...]:
    """What a Fountain file can say of a screenplay; two files of one meaning differ in layout only."""
    said = tuple((e.kind, e.text, e.scene_number, e.dual, e.depth) for e in screenplay.elements)
    return screenplay.title_page, said


def write_fountain(screenplay: Screenplay) -> str:
    """Write Fountain that `parse_fountain` reads as the same screenplay.

    A screenplay read from Fountain and not changed gives the same text again. Paragraphs that Fountain cannot say as
    they are (an action with an empty line in it, dialogue without a name before it) are settled into the nearest that
    it can; see `rushlight.timeline.screenplay.plain_form.settled`.
    """
    for settle in (False, True):
        candidate = settled(screenplay) if settle else screenplay
        for _ in range(_TRIES):
            text = _compose(candidate)
            if len(text) > MAX_CHARACTERS:
                return text
            read = parse_fountain(text)
            wrong = _first_difference(read, candidate)
            if wrong is None:
                return text
            eased = _without_layout(candidate, wrong)
            if eased == candidate:
                break
            candidate = eased
    bare = settled(screenplay)
    bare = bare.model_copy(update={"elements": tuple(e.model_copy(update={"layout": ""}) for e in bare.elements)})
    return _compose(bare.model_copy(update={"extras": {}}))


def _first_difference(read: Screenplay, wanted: Screenplay) -> int | None:
    """Index of the first element that is read otherwise than wanted; -1 for the title page, None when all is well."""
    if read.title_page != wanted.title_page:
        return -1
    (_, first), (_, second) = meaning(read), meaning(wanted)
    if first == second:
        return None
    assert isinstance(first, tuple)
    assert isinstance(second, tuple)
    pairs = zip(first, second, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def _without_layout(screenplay: Screenplay, at: int) -> Screenplay:
    elements = [
        element.model_copy(update={"layout": ""}) if at - 1 <= number <= at + 1 and element.layout else element
        for number, element in enumerate(screenplay.elements)
    ]
    extras = screenplay.extras
    if at < 0 or tuple(elements) == screenplay.elements:
        extras = {key: value for key, value in extras.items() if key not in (_TITLE, _TITLE_AT, _TAIL)}
    return screenplay.model_copy(update={"elements": tuple(elements), "extras": extras})


def _compose(screenplay: Screenplay) -> str:
    extras = screenplay.extras
    title_at = _title_place(screenplay)
    gaps, plain = _plainly(list(screenplay.elements), title_at)
    parts: list[str] = []
    for at, element in enumerate(screenplay.elements):
        if at == title_at:
            parts.append(_title_text(screenplay, at))
        gap, rows = _as_laid_out(element, gaps[at], plain[at])
        parts += [gap, "\n".join(rows)]
    if title_at is not None and title_at >= len(screenplay.elements):
        parts.append(_title_text(screenplay, title_at))
    text = "".join(parts)
    text += extras.get(_TAIL, "\n" if text else "")
    text = text.replace("\n", {"crlf": "\r\n", "cr": "\r"}.get(extras.get(_NEWLINE, ""), "\n"))
    return ("\ufeff" if _BOM in extras or text.startswith("\ufeff") else "") + text


def _title_place(screenplay: Screenplay) -> int | None:
    if not screenplay.title_page:
        return None
    text = screenplay.extras.get(_TITLE_AT, "0")
    place = int(text) if text.isdecimal() and len(text) < 8 else 0
    opening = screenplay.elements[:place]
    return place if len(opening) == place and all(e.kind in ("note", "boneyard") for e in opening) else 0


def _title_text(screenplay: Screenplay, place: int) -> str:
    raw = screenplay.extras.get(_TITLE, "")
    lines = [line for line in logical_lines(raw, find_spans(raw)) if not line.is_blank]
    if raw and read_title_page([line.raw for line in lines]) == screenplay.title_page:
        return raw
    return ("\n\n" if place else "") + write_title_page(screenplay.title_page)


def _as_laid_out(element: Element, gap: str, plain: list[Written]) -> tuple[str, list[str]]:
    """The gap and the lines as the file had them, as far as that still fits the element."""
    if not element.layout:
        return gap, [str(line) for line in plain]
    try:
        layout = json.loads(element.layout)
        marks = [(str(before), str(after)) for before, after in layout.get("lines", [])]
        gap = str(layout.get("gap", gap))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return gap, [str(line) for line in plain]
    if len(marks) != len(plain):
        return gap, [str(line) for line in plain]
    return gap, [before + line.text + after for (before, after), line in zip(marks, plain, strict=True)]
