"""The title page of a Fountain file."""

from __future__ import annotations

import re

from rushlight.artifacts.screenplay import TitleField
from rushlight.timeline.screenplay.lines import kind_at_start

__all__ = ["read_title_page", "write_title_page"]

_KEY = re.compile(r"^([^\s:>#=.!@~(\[/][^:\n\[\].!?*]*):(.*)$", re.DOTALL)
_KNOWN = frozenset(
    "title credit author authors writer writers source notes date contact copyright revision font language format "
    "director producer episode series season genre logline".split()
) | {"draft date", "contact info", "draft", "written by", "based on", "story by"}


def read_title_page(block: list[str]) -> tuple[TitleField, ...] | None:
    """The first paragraph of a file as a title page, or None where it is none.

    A title page starts with a key and a colon. It is one when any of its keys is a usual one (`Title`, `Author`, …), or
    when all its lines are keys or indented and no key is in capitals only, as `FADE IN:` would be.
    """
    if not block or not _KEY.match(block[0]) or kind_at_start(block[0], block[0], next_is_blank=True) != "action":
        return None
    fields: list[tuple[str, list[str]]] = []
    loose = False
    for line in block:
        match = None if line[:1].isspace() else _KEY.match(line)
        if match:
            value = match[2].strip()
            fields.append((match[1].strip(), [value] if value else []))
        else:
            loose = loose or not line[:1].isspace()
            fields[-1][1].append(line.strip())
    known = any(key.lower() in _KNOWN for key, _ in fields)
    odd = loose or any(key.isupper() or len(key.split()) > 3 or not lines for key, lines in fields)
    if not known and odd:
        return None
    return tuple(TitleField(key=key, lines=tuple(lines)) for key, lines in fields)


def write_title_page(fields: tuple[TitleField, ...]) -> str:
    """A title page in the plain way: one value after its key, more values indented below it."""
    parts = []
    for field in fields:
        key = " ".join(field.key.replace(":", " ").split()) or "Notes"
        lines = [" ".join(line.split("\n")).strip() for value in field.lines for line in value.split("\n")]
        lines = [line for line in lines if line]
        parts.append(f"{key}: {lines[0]}" if len(lines) == 1 else "\n    ".join([f"{key}:", *lines]))
    return "\n".join(parts)
