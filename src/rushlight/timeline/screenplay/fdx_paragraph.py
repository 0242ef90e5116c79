"""One paragraph of a Final Draft file, and what is kept beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from rushlight.artifacts.screenplay import Element, ElementKind
from rushlight.timeline.screenplay.inline import Run, notes_of, read_runs, write_runs

__all__ = [
    "PI",
    "instruction",
    "instruction_of",
    "plain_paragraph",
    "read_paragraph",
    "said",
    "script_note",
    "shown",
    "text_node",
    "tidy_xml",
]

PI = "rushlight"
_TYPES: dict[str, ElementKind] = {
    "Scene Heading": "scene_heading",
    "Action": "action",
    "Character": "character",
    "Parenthetical": "parenthetical",
    "Dialogue": "dialogue",
    "Transition": "transition",
    "Lyrics": "lyrics",
    "Singing": "lyrics",
}
_NAMES: dict[ElementKind, str] = {kind: name for name, kind in _TYPES.items() if name != "Singing"} | {
    "lyrics": "Dialogue",
    "centered": "Action",
}
_OUTLINE = re.compile(r"Outline ([1-9])$")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


# -- what is kept beside a paragraph -----------------------------------------------------------------


def said(element: Element) -> dict[str, Any]:
    """An element's fields that are not at their default."""
    return element.model_dump(exclude_defaults=True) | {"kind": element.kind}


def instruction(value: dict[str, Any]) -> Any:
    """A value as a processing instruction."""
    # Written in ASCII with `>` escaped, nothing in it can end the instruction or be unfit for XML.
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace(">", "\\u003e")
    return etree.ProcessingInstruction(PI, text)


def instruction_of(node: Any) -> dict[str, Any] | None:
    """The value of an instruction, or of the one inside a paragraph; None when there is none."""
    if isinstance(node.tag, str):
        node = next((child for child in node if not isinstance(child.tag, str) and child.tag is etree.PI), None)
    if node is None or node.tag is not etree.PI or node.target != PI:
        return None
    try:
        value = json.loads(node.text or "")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


# -- writing -----------------------------------------------------------------------------------------


def plain_paragraph(element: Element) -> Any:
    """A paragraph that says what Final Draft can say of an element."""
    paragraph = etree.Element("Paragraph", {"Type": _NAMES.get(element.kind, "Action")})
    if element.kind == "centered":
        paragraph.set("Alignment", "Center")
    if element.scene_number:
        paragraph.set("Number", _fit(element.scene_number))
    for note in notes_of(element.text):
        paragraph.append(script_note(note, 0))
    runs = read_runs(element.text)
    if element.kind == "parenthetical":
        runs = [Run("("), *runs, Run(")")]
    if element.kind == "lyrics":
        runs = [run._replace(italic=True) for run in runs]
    for run in list(_joined(runs)) or [Run("")]:
        node = text_node(run)
        if element.revised:
            node.set("RevisionID", _fit(element.revised))
        paragraph.append(node)
    return paragraph


def text_node(run: Run) -> Any:
    """A styled run as a `Text`."""
    node = etree.Element("Text")
    style = [name for name, on in zip(("Bold", "Italic", "Underline"), run[1:], strict=True) if on]
    if style:
        node.set("Style", "+".join(style))
    node.text = _fit(run.text)
    return node


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)


def script_note(text: str, number: int) -> Any:
    """A note as Final Draft shows it, one paragraph for each line."""
    note = etree.Element("ScriptNote", {"ID": str(number)})
    for line in text.split("\n"):
        etree.SubElement(etree.SubElement(note, "Paragraph"), "Text").text = _fit(line)
    return note


# -- reading -----------------------------------------------------------------------------------------


def read_paragraph(paragraph: Any, *, dual: bool, elsewhere: Sequence[str]) -> Iterator[Element]:
    """The element a paragraph holds; none when it is empty.

    Args:
        paragraph: a `Paragraph`.
        dual: whether it is in the second voice of a dual dialogue.
        elsewhere: notes that are shown here but stand by themselves as well.
    """
    seen = shown(paragraph, dual=dual, elsewhere=elsewhere)
    element = _corrected(seen, instruction_of(paragraph) or {})
    if element is not None:
        yield element
    elif seen.text or seen.kind == "character":
        yield _with_raw(seen, paragraph, elsewhere)


def shown(paragraph: Any, *, dual: bool, elsewhere: Sequence[str]) -> Element:
    """What Final Draft shows of a paragraph, whatever is kept beside it."""
    notes = [_note_text(node) for node in paragraph.findall("ScriptNote")]
    return _with_notes(_visible(paragraph, dual), _left(notes, elsewhere))


def _note_text(note: Any) -> str:
    return "\n".join("".join(text.text or "" for text in line.iter("Text")) for line in note.findall("Paragraph"))


def _left(notes: Sequence[str], elsewhere: Sequence[str]) -> list[str]:
    known = [_fit(note) for note in elsewhere]
    left = []
    for note in notes:
        if note in known:
            known.remove(note)
        else:
            left.append(note)
    return left


def _with_notes(element: Element, notes: Sequence[str]) -> Element:
    marks = " ".join(f"[[{note.replace(']]', '] ]')}]]" for note in notes)
    return element.model_copy(update={"text": f"{element.text} {marks}".strip()}) if marks else element


def _corrected(seen: Element, kept: dict[str, Any]) -> Element | None:
    """The element as Rushlight wrote it, when its paragraph still says what it said then."""
    if not isinstance(kept.get("set"), dict) or said(seen) != kept.get("seen"):
        return None
    fields = {key: value for key, value in kept["seen"].items() if key not in (kept.get("unset") or [])}
    try:
        return Element.model_validate(fields | kept["set"])
    except ValueError:
        return None


def _visible(paragraph: Any, dual: bool) -> Element:
    name = paragraph.get("Type", "Action")
    kind = _TYPES.get(name, "action")
    runs, revised = [], ""
    for node in paragraph.findall("Text"):
        styles = (node.get("Style") or "").split("+")
        runs.append(Run(node.text or "", *(style in styles for style in ("Bold", "Italic", "Underline"))))
        revised = revised or node.get("RevisionID", "")
    if kind == "lyrics" or (kind == "action" and _OUTLINE.match(name)):
        runs = [run._replace(italic=False) for run in runs]
    depth = 0
    if kind == "action" and paragraph.get("Alignment") == "Center":
        kind = "centered"
    elif match := _OUTLINE.match(name):
        kind, depth = "section", int(match[1])
    text = "\n".join(line.rstrip() for line in write_runs(_joined(runs)).split("\n")).strip("\n")
    text = text if kind == "action" else text.strip()
    if kind == "parenthetical" and text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    return Element(
        kind=kind,
        text=text,
        scene_number=(paragraph.get("Number") or "") if kind == "scene_heading" else "",
        dual=dual and kind == "character",
        depth=depth,
        revised=revised or "",
    )


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    last: Run | None = None
    for run in runs:
        if last is not None and last[1:] == run[1:]:
            last = last._replace(text=last.text + run.text)
        else:
            if last is not None:
                yield last
            last = run
    if last is not None:
        yield last


def _with_raw(element: Element, paragraph: Any, elsewhere: Sequence[str]) -> Element:
    """The element, with its paragraph as it was when a plain one would say less."""
    copy = etree.fromstring(etree.tostring(paragraph, with_tail=False))
    known = [_fit(note) for note in elsewhere]
    for node in copy.findall("ScriptNote"):
        if _note_text(node) in known:
            known.remove(_note_text(node))
            copy.remove(node)
    if _canonical(plain_paragraph(element)) == _canonical(copy):
        return element
    if copy.get("StartsNewPage") == "Yes":
        del copy.attrib["StartsNewPage"]
    layout = json.dumps({"fdx": tidy_xml(copy)}, ensure_ascii=False, separators=(",", ":"))
    return element.model_copy(update={"layout": layout})


def tidy_xml(node: Any) -> str:
    """A node as XML, without the white space that only indents it."""
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    for inner in copy.iter():
        inner.tail = inner.tail if inner.tail and inner.tail.strip() else None
        if inner.tag != "Text" and inner.text and not inner.text.strip():
            inner.text = None
    return str(etree.tostring(copy, encoding="unicode"))


def _canonical(paragraph: Any) -> list[Any]:
    """What matters of a paragraph, in a form that can be compared."""
    found: list[Any] = [sorted((k, v) for k, v in paragraph.attrib.items() if k != "StartsNewPage")]
    for node in paragraph:
        if not isinstance(node.tag, str) or (node.tag == "Text" and not node.text):
            continue
        if node.tag == "ScriptNote":
            found.append(("ScriptNote", _note_text(node)))
        else:
            found.append((node.tag, sorted(node.attrib.items()), node.text, len(node)))
    return found
