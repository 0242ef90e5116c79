"""A screenplay: what a Fountain or Final Draft file says, element by element, nothing lost."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact

__all__ = [
    "Element",
    "ElementKind",
    "Heading",
    "Scene",
    "Screenplay",
    "Speech",
    "TitleField",
    "plain_text",
    "read_heading",
    "split_name",
]

ElementKind = Literal[
    "scene_heading",
    "action",
    "character",
    "parenthetical",
    "dialogue",
    "lyrics",
    "transition",
    "centered",
    "section",
    "synopsis",
    "note",
    "boneyard",
    "page_break",
]


class TitleField(BaseModel):
    """One entry of the title page, such as `Author`, with its lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    lines: tuple[str, ...]


class Element(BaseModel):
    """One paragraph of a screenplay."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ElementKind
    text: str = ""
    """Words with Fountain's inline markup (`*italic*`, `**bold**`, `_underline_`, `[[note]]`), without the marks that
    only say which kind of paragraph it is. Lines are parted by a line feed. Headings, names and transitions are
    written as the author wrote them, not raised to capitals; a parenthetical has no brackets around it."""
    scene_number: str = ""
    """Of a scene heading: the number between `#` marks, such as `1A`."""
    dual: bool = False
    """Of a character: speaks at the same time as the character before."""
    depth: int = Field(default=0, ge=0, le=9)
    """Of a section: how deep it lies, from 1."""
    revised: str = ""
    """Final Draft's revision set that this paragraph was changed in; empty when in none."""
    layout: str = ""
    """How a file wrote this paragraph where that cannot be told from the rest (a forcing mark, indents, blank lines),
    so that writing it again gives the same text; empty for the plain way. Carries no meaning."""


class Speech(BaseModel):
    """What one character says in one go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    character: str
    """The name alone, in capitals: `STEEL` of `STEEL (V.O.)`."""
    extensions: tuple[str, ...] = ()
    """What stands in brackets after the name, such as `V.O.`, `O.S.`, `CONT'D`."""
    parts: tuple[Element, ...]
    """Parentheticals, dialogue and lyrics in order."""
    dual: bool = False
    first: int
    """Index in `Screenplay.elements` of the character's name; the parts follow it."""


class Heading(BaseModel):
    """A scene heading taken apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    setting: Literal["INT", "EXT", "INT/EXT", ""]
    place: str
    time_of_day: str = ""
    """As written after the last dash, such as `NIGHT`; empty when none is given."""


class Scene(BaseModel):
    """One scene: its heading and all that follows up to the next one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    """From 1, in order; 0 for what stands before the first heading."""
    number: str
    """As written in the heading, else `str(index)`."""
    heading: Heading
    title: str
    """The heading as written; empty before the first one."""
    elements: tuple[Element, ...]
    """Without the heading."""
    first: int
    """Index in `Screenplay.elements` of the heading, or of the first element where there is no heading."""
    body: int
    """Index in `Screenplay.elements` of `elements[0]`."""

    def speeches(self) -> tuple[Speech, ...]:
        """What is said, in order."""
        found = []
        place = 0
        while place < len(self.elements):
            element = self.elements[place]
            place += 1
            if element.kind != "character":
                continue
            first = place - 1
            while place < len(self.elements) and self.elements[place].kind in ("parenthetical", "dialogue", "lyrics"):
                place += 1
            name, extensions = split_name(element.text)
            found.append(
                Speech(
                    character=name,
                    extensions=extensions,
                    parts=self.elements[first + 1 : place],
                    dual=element.dual,
                    first=self.body + first,
                )
            )
        return tuple(found)


class Screenplay(Artifact):
    """A screenplay. Elements are addressed as `sSCENE.ELEMENT`, both from 1: `s2.4`, and the heading is `s2.0`."""

    title_page: tuple[TitleField, ...] = ()
    elements: tuple[Element, ...]
    language: str = "en"
    writer: str = "person"
    """Who wrote it: `person`, or a storyteller such as `grammar`, `house/NAME`."""
    notes: tuple[str, ...] = ()
    """What the writer could not do."""
    extras: dict[str, str] = {}
    """What a file format carries beside the elements, by a name of that format, kept so that writing loses nothing."""

    @property
    def title(self) -> str:
        """The title, without markup, on one line; empty when the title page has none."""
        for entry in self.title_page:
            if entry.key.strip().lower() == "title":
                return " ".join(re.sub(r"[*_\\]", "", line).strip() for line in entry.lines).strip()
        return ""

    def scenes(self) -> tuple[Scene, ...]:
        """All scenes in order; one without heading first when something stands before the first heading."""
        starts = [number for number, element in enumerate(self.elements) if element.kind == "scene_heading"]
        found = []
        if self.elements and (not starts or starts[0] > 0):
            end = starts[0] if starts else len(self.elements)
            found.append(
                Scene(
                    index=0, number="", heading=Heading(setting="", place=""), title="",
                    elements=self.elements[:end], first=0, body=0,
                )
            )  # fmt: skip
        ends = [*starts[1:], len(self.elements)] if starts else []
        for index, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
            head = self.elements[start]
            found.append(
                Scene(
                    index=index, number=head.scene_number or str(index), heading=read_heading(head.text),
                    title=head.text, elements=self.elements[start + 1 : end], first=start, body=start + 1,
                )
            )  # fmt: skip
        return tuple(found)

    def addresses(self) -> tuple[str, ...]:
        """The address of every element, in order."""
        found = []
        for scene in self.scenes():
            if scene.index:
                found.append(f"s{scene.index}.0")
            found += [f"s{scene.index}.{number}" for number in range(1, len(scene.elements) + 1)]
        return tuple(found)

    def characters(self) -> tuple[str, ...]:
        """Every speaking character, by first appearance, in capitals."""
        names = [split_name(element.text)[0] for element in self.elements if element.kind == "character"]
        return tuple(dict.fromkeys(names))


# A note, a boneyard, an escaped character, or marks of emphasis.
_MARKUP = re.compile(r"\[\[.*?\]\](?!\])|/\*.*?\*/|\\([^\w\s]|_)|[*_]+", re.DOTALL)
_MARKED = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)")


def plain_text(text: str) -> str:
    """The words alone: without notes, boneyard, emphasis and escapes; `a \\*b\\* _c_ [[d]]` is `a *b* c`."""

    def read(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        return match[0] if match[0][0] in "*_" and not _MARKED.match(text, match.start()) else ""

    return "\n".join(" ".join(line.split()) for line in _MARKUP.sub(read, text).split("\n")).strip()


_SETTING = re.compile(r"^\s*(INT\.?\s*/\s*EXT|EXT\.?\s*/\s*INT|I\s*/\s*E|INT|EXT|EST)(?:\.|\s|$)\.?\s*", re.IGNORECASE)
_DASH = re.compile(r"\s+[-–—]+\s+")


def read_heading(text: str) -> Heading:
    """Take a scene heading apart: `INT. KITCHEN - STOVE - NIGHT` is inside, at `KITCHEN - STOVE`, by `NIGHT`."""
    text = " ".join(plain_text(text).split())
    match = _SETTING.match(text)
    setting: Literal["INT", "EXT", "INT/EXT", ""] = ""
    if match:
        mark = re.sub(r"[\s.]", "", match[1].upper())
        setting = "INT/EXT" if "/" in mark else "INT" if mark == "INT" else "EXT"
        text = text[match.end() :]
    parts = _DASH.split(text)
    if len(parts) > 1:
        return Heading(setting=setting, place=" - ".join(parts[:-1]).strip(), time_of_day=parts[-1].strip())
    return Heading(setting=setting, place=text.strip())


def split_name(text: str) -> tuple[str, tuple[str, ...]]:
    """A character cue taken apart: `Steel (V.O.) (cont'd)` is `STEEL`, with `V.O.` and `CONT'D`."""
    text = plain_text(text)
    extensions = tuple(part.strip().upper() for part in re.findall(r"\(([^()]*)\)", text) if part.strip())
    return " ".join(re.sub(r"\([^()]*\)", " ", text).split()).upper(), extensions
