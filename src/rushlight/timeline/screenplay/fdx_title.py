"""The title page of a Final Draft file, which has lines and no keys."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from rushlight.artifacts.screenplay import TitleField
from rushlight.timeline.screenplay.fdx_paragraph import instruction, instruction_of, text_node, tidy_xml
from rushlight.timeline.screenplay.inline import Run, read_runs, write_runs

__all__ = ["read_title", "title_content"]

_CENTRED = ("title", "credit", "author", "authors", "source", "writer", "writers")
_CREDIT = re.compile(r"^(written|screenplay|story|teleplay|created|adapted)?\s*by$", re.IGNORECASE)
_SOURCE = re.compile(r"^(based|adapted|inspired|story)\b", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\b(19|20)\d\d\b|\bdraft\b", re.IGNORECASE)


def title_content(fields: tuple[TitleField, ...], raw: str) -> Any:
    """A `TitlePage`, or None without fields; `raw` is the page as a file had it, used while it still says the same."""
    if raw:
        try:
            page = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
            if page.tag == "TitlePage" and read_title(page)[0] == fields:
                return page
        except (etree.XMLSyntaxError, ValueError):
            pass
    if not fields:
        return None
    page = etree.Element("TitlePage")
    content = etree.SubElement(page, "Content")
    for field in fields:
        centred = field.key.strip().lower() in _CENTRED
        for at, line in enumerate(field.lines or ("",)):
            paragraph = etree.SubElement(content, "Paragraph", {"Alignment": "Center" if centred else "Left"})
            kept: dict[str, object] = {"line": line}
            if at == 0:
                kept |= {"key": field.key, "lines": len(field.lines)}
            paragraph.append(instruction(kept))
            for run in read_runs(line) or [Run("")]:
                paragraph.append(text_node(run))
    return page


def read_title(page: Any) -> tuple[tuple[TitleField, ...], str]:
    """The fields of a title page, and the page itself as XML when it was not Rushlight that wrote it."""
    content = page.find("Content") if page is not None else None
    if content is None:
        return (), ""
    paragraphs = content.findall("Paragraph")
    if paragraphs and all(instruction_of(paragraph) for paragraph in paragraphs):
        return _with_keys(paragraphs), ""
    return _guessed(paragraphs), tidy_xml(page)


def _with_keys(paragraphs: list[Any]) -> tuple[TitleField, ...]:
    fields: list[tuple[str, list[str]]] = []
    for paragraph in paragraphs:
        kept = instruction_of(paragraph) or {}
        if "key" in kept or not fields:
            fields.append((str(kept.get("key", "Notes")), []))
            if kept.get("lines") == 0 and not _words(paragraph):
                continue
        line = str(kept.get("line", ""))
        seen = "".join(text_node(run).text for run in read_runs(line))
        fields[-1][1].append(line if seen == _words(paragraph) else _marked(paragraph))
    return tuple(TitleField(key=key, lines=tuple(lines)) for key, lines in fields)


def _words(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.findall("Text"))


def _marked(paragraph: Any) -> str:
    runs = []
    for node in paragraph.findall("Text"):
        styles = (node.get("Style") or "").split("+")
        runs.append(Run(node.text or "", *(style in styles for style in ("Bold", "Italic", "Underline"))))
    return " ".join(write_runs(runs).split())


def _guessed(paragraphs: list[Any]) -> tuple[TitleField, ...]:
    """Keys for lines that have none: by where they stand and what they say."""
    fields: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        line = _marked(paragraph)
        if not line:
            continue
        if paragraph.get("Alignment") == "Center":
            if _CREDIT.match(line):
                key = "Credit"
            elif _SOURCE.match(line) and "Title" in fields:
                key = "Source"
            elif "Credit" in fields:
                key = "Author"
            else:
                key = "Title"
        elif re.match(r"^(©|\(c\)|copyright)", line, re.IGNORECASE):
            key = "Copyright"
        else:
            key = "Draft date" if _DATE.search(line) and len(line) < 40 and "@" not in line else "Contact"
        fields.setdefault(key, []).append(line)
    return tuple(TitleField(key=key, lines=tuple(lines)) for key, lines in fields.items())
