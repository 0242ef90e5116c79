"""Reading XML from strangers: no entities, no network, no more than is sensible."""

from __future__ import annotations

from lxml import etree

from rushlight.core.errors import InputError, LimitError

__all__ = ["parse_xml", "xml_text"]

_LARGEST_BYTES = 64 << 20
_DEEPEST = 100


def parse_xml(data: bytes, root: str) -> etree._Element:
    """The root element of a document.

    Args:
        data: the file.
        root: name that the root must have.

    Raises:
        LimitError: too large or too deep.
        InputError: not XML, with entities of its own, or with another root.
    """
    if len(data) > _LARGEST_BYTES:
        raise LimitError(f"This file has more than {_LARGEST_BYTES >> 20} MB.", hint="Export fewer clips at once.")
    if b"<!ENTITY" in data or "<!ENTITY".encode("utf-16-le") in data or "<!ENTITY".encode("utf-16-be") in data:
        raise InputError("This file defines entities, which are not opened.", hint="Export it from the editor again.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        found = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"This is not well-formed XML ({error}).", hint="Export it from the editor again.") from error
    if found.tag != root:
        raise InputError(f"This file begins with <{found.tag}> and not with <{root}>.", hint="Check the format.")
    for element in found.iter():
        if sum(1 for _ in element.iterancestors()) > _DEEPEST:
            raise LimitError("This file is nested too deeply.")
    return found


def xml_text(root: etree._Element, doctype: str = "") -> str:
    """A document with its head, indented."""
    etree.indent(root, " ")
    body = str(etree.tostring(root, encoding="unicode"))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"<!DOCTYPE {doctype}>\n" if doctype else "") + body + "\n"
