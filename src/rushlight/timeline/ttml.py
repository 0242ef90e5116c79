"""Captions as TTML: the text profile of IMSC 1.1 written, and any text TTML read.

Reference:
    W3C, "TTML Profiles for Internet Media Subtitles and Captions 1.1" (2018).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from lxml import etree

from rushlight.artifacts import Captions, Cue
from rushlight.core.errors import InputError
from rushlight.core.units import format_clock

__all__ = ["captions_to_ttml", "is_ttml", "read_ttml"]

_TT = "http://www.w3.org/ns/ttml"
_TTP, _TTS, _TTM = f"{_TT}#parameter", f"{_TT}#styling", f"{_TT}#metadata"
_XML = "http://www.w3.org/XML/1998/namespace"
_PROFILE = "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CLOCK = re.compile(r"(\d{2,}):(\d{2}):(\d{2})(?:\.(\d{1,9})|:(\d{2,})(?:\.\d+)?)?", re.ASCII)
_OFFSET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|m|s|ms|f|t)", re.ASCII)
_RIGHT_TO_LEFT = ("ar", "fa", "he", "iw", "ur", "yi", "ps", "sd", "ug", "dv")


def is_ttml(beginning: bytes) -> bool:
    """Whether a file that begins so is meant as TTML."""
    return re.search(rb"<(?:\w+:)?tt[\s>]", beginning) is not None


def captions_to_ttml(
    captions: Captions,
    *,
    inks: Mapping[str, str] = {},
) -> bytes:
    """Captions as a document of the IMSC 1.1 text profile.

    Args:
        captions: what to write; speakers become agents.
        inks: the colour of each speaker, as `#rrggbb`.
    """
    root = etree.Element(f"{{{_TT}}}tt", nsmap={None: _TT, "ttp": _TTP, "tts": _TTS, "ttm": _TTM})
    root.set(f"{{{_XML}}}lang", captions.language)
    root.set(f"{{{_TTP}}}contentProfiles", _PROFILE)
    root.set(f"{{{_TTP}}}timeBase", "media")
    root.set(f"{{{_TTP}}}cellResolution", "32 15")
    head = etree.SubElement(root, f"{{{_TT}}}head")
    agents = _agents(head, captions)
    styling = etree.SubElement(head, f"{{{_TT}}}styling")
    _styled(
        etree.SubElement(styling, f"{{{_TT}}}style", {f"{{{_XML}}}id": "caption"}), fontFamily="proportionalSansSerif",
        fontSize="100%", color="#ffffff", backgroundColor="#000000bf", textAlign="center",
    )  # fmt: skip
    coloured = {}
    for name, identity in agents.items():
        if re.fullmatch(r"#[0-9a-fA-F]{6}", inks.get(name, "")):
            coloured[name] = f"ink-{identity}"
            _styled(
                etree.SubElement(styling, f"{{{_TT}}}style", {f"{{{_XML}}}id": coloured[name]}),
                color=inks[name].lower(),
            )
    layout = etree.SubElement(head, f"{{{_TT}}}layout")
    region = etree.SubElement(layout, f"{{{_TT}}}region", {f"{{{_XML}}}id": "bottom"})
    _styled(region, origin="10% 70%", extent="80% 25%", displayAlign="after")
    body = etree.SubElement(root, f"{{{_TT}}}body")
    part = etree.SubElement(body, f"{{{_TT}}}div", region="bottom", style="caption")
    if captions.language.split("-")[0].lower() in _RIGHT_TO_LEFT:
        _styled(part, direction="rtl")
    for cue in captions.cues:
        paragraph = etree.SubElement(part, f"{{{_TT}}}p", begin=format_clock(cue.start), end=format_clock(cue.end))
        paragraph.set(f"{{{_XML}}}space", "preserve")
        if cue.speaker:
            paragraph.set(f"{{{_TTM}}}agent", agents[cue.speaker])
        span = etree.SubElement(paragraph, f"{{{_TT}}}span")
        if cue.speaker in coloured:
            span.set("style", coloured[cue.speaker])
        lines = [_NOT_XML.sub("\ufffd", line) for line in cue.lines]
        span.text = lines[0] if lines else ""
        for line in lines[1:]:
            etree.SubElement(span, f"{{{_TT}}}br").tail = line
    # Not indented: space inside captions is kept, so none may be added.
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _agents(head: etree._Element, captions: Captions) -> dict[str, str]:
    names = sorted({cue.speaker for cue in captions.cues if cue.speaker})
    found = {name: f"speaker-{number}" for number, name in enumerate(names, 1)}
    if found:
        metadata = etree.SubElement(head, f"{{{_TT}}}metadata")
        for name, identity in found.items():
            agent = etree.SubElement(metadata, f"{{{_TTM}}}agent", {f"{{{_XML}}}id": identity, "type": "person"})
            etree.SubElement(agent, f"{{{_TTM}}}name", type="full").text = _NOT_XML.sub("\ufffd", name)
    return found


def _styled(element: etree._Element, **values: str) -> None:
    for name, value in values.items():
        element.set(f"{{{_TTS}}}{name}", value)


def read_ttml(path: Path, language: str = "en") -> Captions:
    """Read the text of a TTML document; its own language counts before `language`.

    Times of body, divisions, paragraphs and spans are added up. A document with a document type, and so with entities,
    is refused.

    Raises:
        InputError: not TTML, no captions in it, or one that ends before it starts.
    """
    try:
        data = path.read_bytes()
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<\x00!\x00D" in data or b"\x00<\x00!\x00D" in data:
            raise InputError(
                "These captions declare a document type, which is not read.", path=path, hint="Take it out."
            )
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        root = etree.fromstring(data, parser)
        cues = _cues(root)
    except InputError as error:
        raise InputError(error.message, path=path, where=error.where, hint=error.hint) from error
    except (OSError, etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise InputError(
            "These captions cannot be read as TTML.", path=path, hint="Save them as TTML, SRT or WebVTT."
        ) from error
    if not cues:
        raise InputError("There are no captions in this file.", path=path, hint="Delete it to have them made again.")
    stated = (root.get(f"{{{_XML}}}lang") or "").strip()
    return Captions(language=stated or language, cues=tuple(sorted(cues, key=lambda cue: cue.start)))


def _cues(root: etree._Element) -> list[Cue]:
    if etree.QName(root).localname != "tt":
        raise InputError("This XML is no TTML.", hint="Its first element must be tt.")
    clock = _Clock(root)
    names = {}
    for agent in root.iter("{*}agent"):
        name = next((item.text or "" for item in agent.iter("{*}name")), "")
        names[agent.get(f"{{{_XML}}}id", "")] = re.sub(r"\s+", " ", name).strip()
    cues = []
    for paragraph in root.iter("{*}p"):
        start, end = clock.span(paragraph)
        for first, after, text in _texts(paragraph, start, end, clock):
            lines = tuple(line.strip() for line in text.split("\n") if line.strip())
            if not lines or after is None:
                continue
            if after <= first:
                raise InputError("A caption ends before it starts.", where=format_clock(first), hint="Mend its times.")
            agent_id = (paragraph.get(f"{{{_TTM}}}agent") or "").split(" ")[0]
            cues.append(Cue(start=first, end=after, lines=lines, speaker=names.get(agent_id, "")))
    return cues


def _texts(
    paragraph: etree._Element, start: Fraction, end: Fraction | None, clock: _Clock
) -> Iterator[tuple[Fraction, Fraction | None, str]]:
    """What a paragraph shows: whole when it has times, else each timed span of it."""
    timed = paragraph.get("begin") or paragraph.get("end") or paragraph.get("dur")
    spans = [item for item in paragraph.iter("{*}span") if item.get("begin") or item.get("end")]
    if timed or not spans:
        yield start, end, _text(paragraph)
        return
    for span in spans:
        yield (*clock.span(span), _text(span))


def _text(element: etree._Element) -> str:
    """Text with a line feed for each break; white space is folded unless it is kept."""
    keep = any(item.get(f"{{{_XML}}}space") == "preserve" for item in [element, *element.iterancestors()])

    def of(item: etree._Element) -> Iterator[str]:
        yield fold(item.text)
        for child in item:
            name = etree.QName(child).localname
            if name == "br":
                yield "\n"
            elif name != "metadata":
                yield from of(child)
            yield fold(child.tail)

    def fold(text: str | None) -> str:
        return (text or "") if keep else re.sub(r"\s+", " ", text or "")

    return "".join(of(element))


class _Clock:
    """Reads the times of a document."""

    def __init__(self, root: etree._Element) -> None:
        rate = Fraction(_number(root.get(f"{{{_TTP}}}frameRate"), 30))
        parts = (root.get(f"{{{_TTP}}}frameRateMultiplier") or "1 1").split()
        if len(parts) == 2 and all(part.isdecimal() and int(part) for part in parts):
            rate *= Fraction(int(parts[0]), int(parts[1]))
        self.rate = rate
        self.ticks = Fraction(_number(root.get(f"{{{_TTP}}}tickRate"), int(rate) or 1))

    def span(self, element: etree._Element) -> tuple[Fraction, Fraction | None]:
        """Start and end of an element on the document's clock; None for an end that is nowhere told."""
        start, end = Fraction(0), None
        for item in reversed([element, *element.iterancestors()]):
            origin = start
            if item.get("begin"):
                start = origin + self.seconds(item.get("begin"))
            own = origin + self.seconds(item.get("end")) if item.get("end") else None
            if item.get("dur"):
                lasting = start + self.seconds(item.get("dur"))
                own = lasting if own is None else min(own, lasting)
            if own is not None:
                end = own if end is None else min(end, own)
        return start, end

    def seconds(self, text: str) -> Fraction:
        """A time expression in seconds."""
        text = text.strip()
        if match := _CLOCK.fullmatch(text):
            hours, minutes, seconds, part, frames = match.groups()
            whole = Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
            whole += Fraction(int(part), 10 ** len(part)) if part else 0
            return whole + (int(frames) / self.rate if frames else 0)
        if match := _OFFSET.fullmatch(text):
            value = Fraction(match[1])
            unit = {
                "h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000), "f": 1 / self.rate,
                "t": 1 / self.ticks,
            }  # fmt: skip
            return value * unit[match[2]]
        raise InputError(f"{text[:40]!r} is not a time of TTML.", hint="Write 00:00:12.500 or 12.5s.")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and int(text[:9]) > 0 else otherwise
