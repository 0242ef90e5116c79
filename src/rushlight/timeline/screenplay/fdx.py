"""Final Draft files (FDX) read and written without loss.

What Final Draft has no place for (sections, boneyards, Fountain's layout) goes into processing instructions named
`rushlight`, which it passes over; what Rushlight has no place for (fonts, page settings, tags, revision colours) is
kept as it was in `Element.layout` and `Screenplay.extras` and written back where its paragraph was not changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError, LimitError
from rushlight.timeline.screenplay.fdx_paragraph import (
    instruction,
    instruction_of,
    plain_paragraph,
    read_paragraph,
    said,
    script_note,
    shown,
    tidy_xml,
)
from rushlight.timeline.screenplay.fdx_title import read_title, title_content
from rushlight.timeline.screenplay.plain_form import SPEECH_PARTS

__all__ = ["MAX_BYTES", "parse_fdx", "write_fdx"]

MAX_BYTES = 8_000_000
"""The FDX file of a feature film has one to three million bytes."""
_REST, _TITLE = "fdx.rest", "fdx.title_page"
_UNSEEN = ("section", "synopsis", "note", "boneyard", "page_break")


# -- reading -----------------------------------------------------------------------------------------


def parse_fdx(data: bytes, *, language: str = "en") -> Screenplay:
    """Read a Final Draft file.

    Args:
        data: the file's bytes. Nothing in it is fetched or expanded.
        language: language as a tag, where the file does not say.

    Raises:
        InputError: it is not XML, not of Final Draft, or has a document type or entities of its own.
        LimitError: it is larger than `MAX_BYTES`.
    """
    root = _root(data)
    content = root.find("Content")
    if content is None:
        raise InputError("This Final Draft file has no content.", hint="Save it again in Final Draft.")
    note = next((found for node in root if (found := instruction_of(node)) and "extras" in found), {})
    elements = tuple(_elements(content))
    extras = {str(key): str(value) for key, value in dict(note.get("extras", {})).items()}
    rest = _rest(root)
    if rest:
        extras[_REST] = rest
    title = root.find("TitlePage")
    fields, raw = read_title(title)
    if raw:
        extras[_TITLE] = raw
    return Screenplay(
        title_page=fields,
        elements=elements,
        language=str(note.get("language", language)),
        writer=str(note.get("writer", "person")),
        extras=extras,
    )


def _root(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise LimitError(
            f"This Final Draft file has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.",
            hint="The file of a feature film has one to three: split it.",
        )
    if b"<!DOCTYPE" in data[:4096].replace(b"\0", b"").upper():
        raise InputError(
            "This Final Draft file declares a document type or entities, which Final Draft never does.",
            hint="Remove everything from <!DOCTYPE to its end.",
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise InputError(
            "This is not a Final Draft file: its XML is broken.",
            where=f"line {line}" if line else "",
            hint="Save it again in Final Draft, as .fdx.",
        ) from error
    if root.getroottree().docinfo.doctype:
        raise InputError("This Final Draft file declares a document type or entities.", hint="Remove <!DOCTYPE …>.")
    if root.tag != "FinalDraft" or root.get("DocumentType", "Script") != "Script":
        raise InputError(
            f"This is XML, but no Final Draft screenplay: it is a <{root.tag}>.",
            hint="Give a screenplay saved as .fdx.",
        )
    return root


def _elements(content: Any) -> Iterator[Element]:
    unseen: list[Element] = []
    for paragraph, dual in _paragraphs(content):
        kept = instruction_of(paragraph)
        if not isinstance(paragraph.tag, str):
            element = _unseen(kept)
            if element is not None:
                unseen.append(element)
                yield element
            continue
        if paragraph.get("StartsNewPage") == "Yes" and not any(element.kind == "page_break" for element in unseen):
            yield Element(kind="page_break")
        unseen = []
        yield from read_paragraph(paragraph, dual=dual, elsewhere=_notes_after(paragraph))
        summary = _summary(paragraph)
        if summary:
            yield Element(kind="synopsis", text=summary)


def _paragraphs(content: Any) -> Iterator[tuple[Any, bool]]:
    """Every paragraph and instruction in order, and whether it is the second voice of a dual dialogue."""
    for node in content:
        if node.tag == "DualDialogue" or (node.tag == "Paragraph" and node.find("DualDialogue") is not None):
            pair = node if node.tag == "DualDialogue" else node.find("DualDialogue")
            voices = 0
            for inner in pair:
                voices += inner.tag == "Paragraph" and inner.get("Type") == "Character"
                yield inner, voices > 1
        elif node.tag == "Paragraph" or instruction_of(node):
            yield node, False


def _summary(paragraph: Any) -> str:
    """What a scene's card says, unless it stands after the heading as a synopsis already."""
    found = paragraph.find("SceneProperties/Summary")
    text = (
        " ".join(word for node in found.iter("Text") for word in (node.text or "").split()) if found is not None else ""
    )
    following = paragraph.getnext()
    kept = instruction_of(following) if following is not None and not isinstance(following.tag, str) else None
    return "" if kept == {"kind": "synopsis", "text": text} else text


def _notes_after(paragraph: Any) -> list[str]:
    """Notes that stand by themselves after a paragraph, and are shown by Final Draft in it."""
    found = []
    node = paragraph.getnext()
    if node is None and paragraph.getparent() is not None and paragraph.getparent().tag == "DualDialogue":
        # What follows the second voice stands behind the paragraph that both are in.
        pair = paragraph.getparent()
        outer = pair.getparent()
        node = (outer if outer is not None and outer.tag == "Paragraph" else pair).getnext()
    while node is not None and not isinstance(node.tag, str):
        kept = instruction_of(node)
        if kept and kept.get("kind") == "note":
            found.append(str(kept.get("text", "")))
        node = node.getnext()
    return found


def _unseen(kept: dict[str, Any] | None) -> Element | None:
    if not kept or kept.get("kind") not in _UNSEEN:
        return None
    try:
        return Element.model_validate({key: value for key, value in kept.items() if key in Element.model_fields})
    except ValueError:
        return None


def _rest(root: Any) -> str:
    """Everything of a file but its paragraphs and title page, as XML; empty when there is nothing worth keeping."""
    copy = etree.Element(root.tag, dict(root.attrib))
    kept = False
    for node in root:
        if node.tag in ("Content", "TitlePage"):
            etree.SubElement(copy, node.tag)
        elif isinstance(node.tag, str):
            copy.append(etree.fromstring(etree.tostring(node, with_tail=False)))
            kept = True
    plain = {"DocumentType": "Script", "Template": "No", "Version": "5"}
    return tidy_xml(copy) if kept or dict(root.attrib) != plain else ""


# -- writing -----------------------------------------------------------------------------------------


def write_fdx(screenplay: Screenplay) -> bytes:
    """Write a Final Draft file that `parse_fdx` reads as the same screenplay."""
    root = _frame(screenplay.extras.get(_REST, ""))
    content = root.find("Content")
    kept = {key: value for key, value in screenplay.extras.items() if not key.startswith("fdx.")}
    if kept or screenplay.language != "en" or screenplay.writer != "person":
        note = {"extras": kept, "language": screenplay.language, "writer": screenplay.writer}
        content.addprevious(instruction(note))
    _write_content(content, screenplay.elements)
    place = root.find("TitlePage")
    title = title_content(screenplay.title_page, screenplay.extras.get(_TITLE, ""))
    if place is not None:
        root.remove(place)
    if title is not None:
        content.addnext(title)
    etree.indent(root, "  ")
    _keep_words(root)
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
    return head + bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=False)) + b"\n"


def _frame(rest: str) -> Any:
    if rest:
        try:
            root = _root(rest.encode())
            if root.find("Content") is not None:
                return root
        except (InputError, LimitError):
            pass
    root = etree.Element("FinalDraft", {"DocumentType": "Script", "Template": "No", "Version": "5"})
    etree.SubElement(root, "Content")
    return root


def _keep_words(root: Any) -> None:
    """Indenting must not add white space to what is said."""
    for text in root.iter("Text"):
        if len(text):
            continue
        text.text = text.text or ""


def _write_content(content: Any, elements: tuple[Element, ...]) -> None:
    pairs = _dual_pairs(elements)
    target, until = content, -1
    note_id = 0
    last: Any = None
    new_page = False
    for at, element in enumerate(elements):
        if at in pairs:
            wrapper = etree.SubElement(content, "Paragraph")
            target, until = etree.SubElement(wrapper, "DualDialogue"), pairs[at]
        elif at >= until:
            target = content
        if element.kind in _UNSEEN:
            target.append(instruction(said(element)))
            new_page = new_page or element.kind == "page_break"
            if element.kind == "note" and last is not None:
                note_id += 1
                last.insert(0, script_note(element.text, note_id))
            continue
        paragraph = _paragraph(element, dual=element.dual, inside=target is not content)
        if new_page:
            paragraph.set("StartsNewPage", "Yes")
            new_page = False
        for note in paragraph.iter("ScriptNote"):
            if note.get("ID") == "0":
                note_id += 1
                note.set("ID", str(note_id))
        target.append(paragraph)
        last = paragraph


def _paragraph(element: Element, *, dual: bool, inside: bool) -> Any:
    """The element as it was in the file it came from, else as a plain one, with what that cannot say beside it."""
    raw = _raw(element)
    if raw is not None:
        return raw
    paragraph = plain_paragraph(element)
    plain = list(read_paragraph(paragraph, dual=dual and inside, elsewhere=()))
    if plain != [element]:
        wanted, visible = said(element), said(shown(paragraph, dual=dual and inside, elsewhere=()))
        changed = {key: value for key, value in wanted.items() if visible.get(key) != value}
        missing = [key for key in visible if key not in wanted]
        paragraph.insert(0, instruction({"set": changed, "unset": missing, "seen": visible}))
    return paragraph


def _raw(element: Element) -> Any:
    try:
        kept = json.loads(element.layout).get("fdx", "") if element.layout else ""
        paragraph = etree.fromstring(kept, etree.XMLParser(resolve_entities=False, no_network=True)) if kept else None
    except (ValueError, AttributeError, RecursionError, etree.XMLSyntaxError):
        return None
    if paragraph is None or paragraph.tag != "Paragraph":
        return None
    read = list(read_paragraph(paragraph, dual=element.dual, elsewhere=()))
    return paragraph if len(read) == 1 and read[0] == element else None


def _dual_pairs(elements: tuple[Element, ...]) -> dict[int, int]:
    """Where two speeches at the same time begin, and where they end."""
    pairs: dict[int, int] = {}
    first: int | None = None
    at = 0
    while at < len(elements):
        if elements[at].kind != "character":
            first = first if elements[at].kind in ("note", "boneyard") else None
            at += 1
            continue
        end = at + 1
        while end < len(elements) and elements[end].kind in SPEECH_PARTS:
            end += 1
        if elements[at].dual and first is not None:
            pairs[first] = end
            first = None
        else:
            first = None if elements[at].dual else at
        at = end
    return pairs
