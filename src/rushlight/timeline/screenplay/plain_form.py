"""The plain way to write each kind of paragraph in Fountain, and what a line says once its marks are off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from rushlight.artifacts.screenplay import Element, ElementKind, Screenplay, TitleField
from rushlight.timeline.screenplay.lines import breaks_action, find_spans, kind_at_start, logical_lines, without_spans
from rushlight.timeline.screenplay.title_page import read_title_page, write_title_page

__all__ = ["SPEECH_PARTS", "Written", "part_kind", "plain_gap", "plain_lines", "read_line", "settled"]

SPEECH_PARTS: tuple[ElementKind, ...] = ("parenthetical", "dialogue", "lyrics")
_MERGING: tuple[ElementKind, ...] = ("dialogue", "lyrics")
_ONE_LINE: tuple[ElementKind, ...] = (
    "scene_heading", "character", "parenthetical", "transition", "section", "synopsis", "page_break",
)  # fmt: skip
_NUMBER = re.compile(r"[\w.\-]{1,40}")


class Written(NamedTuple):
    """A line of a file: what it says, between what the file has before and after it on the line."""

    before: str
    text: str
    after: str

    def __str__(self) -> str:
        return self.before + self.text + self.after


# -- reading one line --------------------------------------------------------------------------------


def part_kind(raw: str) -> ElementKind:
    """What a line of a speech is."""
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == "(" and raw[-1] == ")":
        return "parenthetical"
    return "lyrics" if raw[:1] == "~" else "dialogue"


def _trimmed(raw: str, marks: str = "", closing: str = "") -> Written:
    """Take white space and, inside it, these marks off both ends."""
    body = raw.strip()
    lead, trail = raw[: len(raw) - len(raw.lstrip())], raw[len(raw.rstrip()) :] if body else ""
    inner = body[len(marks) : len(body) - len(closing)]
    text = inner.strip()
    gap = inner[: len(inner) - len(inner.lstrip())]
    return Written(lead + marks + gap, text, (inner[len(inner.rstrip()) :] if text else "") + closing + trail)


def read_line(kind: ElementKind, raw: str) -> tuple[Written, dict[str, str | bool | int]]:
    """A line of this kind with its marks off, and what else the marks said, as fields of an element."""
    first = raw.strip()[:1]
    if kind == "action":
        lead = raw[: len(raw) - len(raw.lstrip())] + "!" if first == "!" else ""
        text = raw[len(lead) :].rstrip()
        return Written(lead, text, raw[len(lead) + len(text) :]), {}
    if kind == "scene_heading":
        return _number(_trimmed(raw, "." if first == "." else ""))
    if kind == "character":
        line = _trimmed(raw, "@" if first == "@" else "")
        name = line.text[:-1].rstrip()
        if line.text.endswith("^") and name:
            return Written(line.before, name, line.text[len(name) :] + line.after), {"dual": True}
        return line, {}
    if kind == "section":
        depth = len(re.match(r"#{1,9}", raw.strip())[0])  # type: ignore[index]
        return _trimmed(raw, "#" * depth), {"depth": depth}
    if kind == "page_break":
        return Written(raw, "", ""), {}
    marks = {"synopsis": ("=", ""), "lyrics": ("~", ""), "centered": (">", "<"), "parenthetical": ("(", ")")}
    if kind == "transition":
        return _trimmed(raw, ">" if first == ">" else ""), {}
    return _trimmed(raw, *marks.get(kind, ("", ""))), {}


def _number(line: Written) -> tuple[Written, dict[str, str | bool | int]]:
    text = line.text
    start = text.rfind("#", 0, len(text) - 1) if text.endswith("#") else -1
    if start > 0 and _NUMBER.fullmatch(text[start + 1 : -1]):
        title = text[:start].rstrip()
        if title:
            return Written(line.before, title, text[len(title) :] + line.after), {"scene_number": text[start + 1 : -1]}
    return line, {}


# -- writing one element -----------------------------------------------------------------------------


def plain_gap(before: Element | None, element: Element, *, speaking: bool) -> str:
    """What stands between two paragraphs; `speaking` when a speech goes on, `before` is None at the start."""
    if before is None:
        return ""
    return "\n" if speaking and element.kind in SPEECH_PARTS else "\n\n"


def plain_lines(element: Element, *, speaks: bool, opens: bool = False) -> list[Written]:
    """The lines of an element, with whatever marks it needs to be read as what it is.

    Args:
        element: the element.
        speaks: of a character, whether a part of a speech follows.
        opens: whether it is the first of a file without title page, where `Time: noon` would be read as one.
    """
    text = element.text
    if element.kind == "boneyard":
        return [Written("/*", text, "*/")]
    if element.kind == "note":
        return _note(text)
    if element.kind == "action":
        return _action(text, opens=opens)
    if element.kind in ("dialogue", "lyrics", "centered"):
        before, after = {"dialogue": ("", ""), "lyrics": ("~", ""), "centered": ("> ", " <")}[element.kind]
        rows = [line.raw for line in logical_lines(text, find_spans(text))]
        return [Written(before, row, after or ("" if row or before else "  ")) for row in rows]
    return [_single(element, speaks=speaks, opens=opens)]


def _note(text: str) -> list[Written]:
    rows = text.split("\n")
    last = len(rows) - 1
    return [
        Written("[[" if at == 0 else "", row, ("" if row or last == 0 else "  ") + ("]]" if at == last else ""))
        for at, row in enumerate(rows)
    ]


def _action(text: str, *, opens: bool) -> list[Written]:
    rows = list(logical_lines(text, find_spans(text)))
    made = []
    for at, row in enumerate(rows):
        if at == 0:
            kind = kind_at_start(row.raw, row.bare, next_is_blank=len(rows) == 1 or rows[1].is_blank)
            plain = kind == "action" and not row.is_spans
            plain = plain and not (opens and read_title_page([line.raw for line in rows]) is not None)
        else:
            plain = breaks_action(row.raw) is None
        forced = not plain or row.raw.lstrip()[:1] == "!"
        made.append(Written("!" if forced else "", row.raw, ""))
    return made


def _single(element: Element, *, speaks: bool, opens: bool) -> Written:
    text, kind = element.text, element.kind
    bare = without_spans(text, find_spans(text))
    if kind == "scene_heading":
        plain = kind_at_start(text, bare, next_is_blank=True) == kind and text[:1] != "."
        return Written("" if plain else ".", text, f" #{element.scene_number}#" if element.scene_number else "")
    if kind == "character":
        mark = " ^" if element.dual else ""
        plain = speaks and text[:1] != "@" and kind_at_start(text + mark, bare + mark, next_is_blank=False) == kind
        plain = plain and not (opens and ":" in text)
        return Written("" if plain else "@", text, mark)
    if kind == "transition":
        plain = kind_at_start(text, bare, next_is_blank=True) == kind and text[:1] != ">"
        return Written("" if plain else "> " if text else ">", text, "")
    if kind == "section":
        return Written("#" * (element.depth or 1) + (" " if text else ""), text, "")
    if kind == "synopsis":
        return Written("= " if text else "=", text, "")
    return Written("(", text, ")") if kind == "parenthetical" else Written("===", "", "")


# -- what can be written -----------------------------------------------------------------------------


def settled(screenplay: Screenplay) -> Screenplay:
    """The screenplay as Fountain can say it; one that was read from Fountain stays as it is, nearly always.

    An action with an empty line becomes two; parts of a speech without a name become action; neighbouring dialogue in
    one speech becomes one; a transition ends in no `<`; a heading, name or transition is on one line; white space at
    the ends goes, as do empty paragraphs; note and boneyard marks without their other half, and dialogue in brackets,
    get a backslash.
    """
    made: list[Element] = []
    speaking = False
    for element in screenplay.elements:
        for one in _settle(element, speaking=speaking):
            if made and speaking and one.kind in _MERGING and made[-1].kind == one.kind:
                made[-1] = made[-1].model_copy(update={"text": f"{made[-1].text}\n{one.text}", "layout": ""})
            else:
                made.append(one)
            speaking = one.kind == "character" or (speaking and one.kind in SPEECH_PARTS)
    return screenplay.model_copy(update={"elements": tuple(made), "title_page": _settle_title(screenplay.title_page)})


def _settle_title(fields: tuple[TitleField, ...]) -> tuple[TitleField, ...]:
    if not fields:
        return ()
    fields = tuple(
        TitleField(
            key=_no_marks(field.key), lines=tuple(_escaped(row) for line in field.lines for row in line.split("\n"))
        )
        for field in fields
    )
    text = write_title_page(fields)
    read = read_title_page(text.split("\n"))
    return read if read is not None else read_title_page(f"Title:\n{text}".split("\n")) or ()


def _escaped_field(field: TitleField) -> TitleField:
    rows = [_escaped(row) for line in field.lines for row in line.split("\n")]
    return TitleField(key=re.sub(r"[\[\].!?*]", "", field.key), lines=tuple(rows))


def _settle(element: Element, *, speaking: bool) -> Iterable[Element]:
    kind, text = element.kind, element.text.replace("\r\n", "\n").replace("\r", "\n")
    if kind in ("parenthetical", "dialogue") and not speaking:
        kind = "action"
    if kind in ("note", "boneyard"):
        text = _settle_note(text) if kind == "note" else _settle_boneyard(text)
    elif kind in _ONE_LINE:
        text = _settle_single(kind, " ".join(_lines_of(text)).strip())
        if not text and kind in ("scene_heading", "character"):
            return
    elif kind == "action":
        for part in _paragraphs(_escaped(text)):
            yield Element(kind=kind, text=part, revised=element.revised, layout=element.layout)
        return
    else:
        rows = [row.strip() for row in _lines_of(text)]
        if kind == "dialogue":
            full = [at for at, row in enumerate(rows) if row] or [0]
            rows = rows[full[0] : full[-1] + 1]
            rows = ["\\" + row if part_kind(row) != "dialogue" else row for row in rows]
            if rows == [""]:
                return
        text = "\n".join(rows)
    number = re.sub(r"[^\w.\-]", "", element.scene_number)[:40] if kind == "scene_heading" else ""
    depth = min(max(element.depth, 1), 9) if kind == "section" else 0
    changed = {"kind": kind, "text": text, "scene_number": number, "depth": depth}
    changed["dual"] = element.dual and kind == "character"
    if kind == "scene_heading" and not number:
        line, said = _number(Written("", text, ""))
        changed |= {"text": line.text, **said}
    yield element.model_copy(update=changed)


def _lines_of(text: str) -> list[str]:
    text = _escaped(text)
    return [line.raw for line in logical_lines(text, find_spans(text))]


def _escaped(text: str) -> str:
    """Marks that open or close nothing get a backslash, so that they cannot meet another paragraph's."""
    if "[[" not in text and "/*" not in text and "*/" not in text and "]]" not in text:
        return text
    parts, done = [], 0
    for span in find_spans(text):
        parts += [_no_marks(text[done : span.start]), text[span.start : span.end]]
        done = span.end
    return "".join([*parts, _no_marks(text[done:])])


def _no_marks(text: str) -> str:
    marks = r"(\\.)|(\[(?=\[)|\](?=\]))|/\*|\*/"
    return re.sub(marks, lambda match: match[1] or "".join(f"\\{char}" for char in match[0]), text, flags=re.DOTALL)


def _paragraphs(text: str) -> list[str]:
    found: list[list[str]] = [[]]
    for line in logical_lines(text, find_spans(text)):
        if line.is_blank:
            found.append([])
        else:
            found[-1].append(line.raw.rstrip())
    return ["\n".join(rows) for rows in found if rows]


def _settle_note(text: str) -> str:
    text = re.sub(r"\[(?=\[)", "[ ", re.sub(r"\](?=\])", "] ", text))
    rows = ["" if not row.strip() else row for row in text.split("\n")]
    text = "\n".join(rows)
    return text + " " if text.endswith("\\") else text


def _settle_boneyard(text: str) -> str:
    spans = find_spans(f"/*{text}*/")
    if len(spans) == 1 and (spans[0].start, spans[0].end) == (0, len(text) + 4):
        return text
    return text.replace("*/", "* /").replace("/*", "/ *").replace("\\", "\\ ") + " "


def _settle_single(kind: ElementKind, text: str) -> str:
    if kind == "page_break":
        return ""
    if kind == "parenthetical":
        return text[1:-1].strip() if len(text) > 1 and text[0] == "(" and text[-1] == ")" else text
    if kind == "scene_heading":
        return re.sub(r"^[.\s]+", "", text)
    if kind == "character":
        return text.rstrip("".join({char for char in text if char == "^" or char.isspace()}))
    return text.rstrip("< ") if kind == "transition" else text
