"""What a work says, piece by piece, each with the place a person finds it at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from rushlight.artifacts.screenplay import Screenplay, plain_text
from rushlight.core.errors import InputError
from rushlight.core.units import format_clock
from rushlight.timeline.captionfile import read_captions
from rushlight.timeline.screenplay.fdx import parse_fdx
from rushlight.timeline.screenplay.fountain import parse_fountain

__all__ = ["Passage", "Voice", "read_passages"]

Voice = Literal["dialogue", "action", "text"]
"""Who speaks: a character, the action of a screenplay, or the work itself."""

_MOST_BYTES = 16_000_000
_CAPTIONS = (".srt", ".vtt", ".ass", ".ssa", ".ttml")
_TEXTS = (".txt", ".text", ".md", "")
_NOTES = re.compile(r"^\[\^[^\]]*\]:")
# Marks of Markdown that stand in the way of words; line breaks stay.
# Stars inside a word hide letters of it; they are no emphasis.
_HIDDEN = re.compile(r"(?<=\w)\*{1,4}(?=\w)")
_MARKS = re.compile(r"\[\^[^\]\n]*\]|[*_`>]+|(?<![\w#])#+|\{[^{}\n]*\}")


@dataclass(frozen=True)
class Passage:
    """A stretch of words in one voice.

    Attributes:
        text: its words, without markup.
        place: where, in words: a line, a scene and who speaks, a time.
        voice: who says it.
        start: when it is said, in seconds; none where there is no clock.
        end: when it ends.
    """

    text: str
    place: str
    voice: Voice = "text"
    start: Fraction | None = None
    end: Fraction | None = None


def read_passages(path: Path) -> tuple[Passage, ...]:
    """Read a screenplay (`.fountain`, `.fdx`), captions, or a text such as a script or a transcript.

    Raises:
        InputError: another form, too large, not text, or empty.
    """
    suffix = path.suffix.lower()
    if suffix in _CAPTIONS:
        found = tuple(_captions(path))
    elif suffix in (".fountain", ".spmd"):
        found = tuple(_screenplay(parse_fountain(_text(path))))
    elif suffix == ".fdx":
        found = tuple(_screenplay(parse_fdx(_bytes(path))))
    elif suffix in _TEXTS:
        found = tuple(_lines(_text(path)))
    else:
        raise InputError(
            f"Files of the form {suffix} are not reviewed.", path=path,
            hint="Give a screenplay (.fountain, .fdx), captions (.srt, .vtt, .ass, .ttml) or a text (.md, .txt).",
        )  # fmt: skip
    if not found:
        raise InputError("There are no words in this file.", path=path, hint="Give one with something to review.")
    return found


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("This file cannot be read.", path=path, hint="Check its name and rights.") from error
    if len(data) > _MOST_BYTES:
        raise InputError(f"This file is larger than {_MOST_BYTES >> 20} MB.", path=path, hint="Split it.")
    return data


def _text(path: Path) -> str:
    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("This is not text in UTF-8.", path=path, hint="Save it as UTF-8.") from error
    if "\0" in text:
        raise InputError("This is not a text.", path=path, hint="Give a screenplay, captions or a text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _captions(path: Path) -> Iterator[Passage]:
    for cue in read_captions(path).cues:
        who = f", {cue.speaker}" if cue.speaker else ""
        yield Passage(" ".join(cue.lines), f"{format_clock(cue.start)}{who}", "dialogue", cue.start, cue.end)


def _screenplay(screenplay: Screenplay) -> Iterator[Passage]:
    for scene in screenplay.scenes():
        place = f"scene {scene.number} ({plain_text(scene.title)})" if scene.title else "before the first scene"
        speaker = ""
        for element in scene.elements:
            hidden = _HIDDEN.sub(lambda match: "#" * len(match[0]), element.text)
            text = " ".join(plain_text(hidden).split())
            if element.kind == "character":
                speaker = text
            elif element.kind in ("dialogue", "lyrics", "parenthetical"):
                if text:
                    yield Passage(text, f"{place}, {speaker}", "dialogue")
            elif element.kind in ("action", "centered") and text:
                yield Passage(text, f"{place}, action", "action")


def _lines(text: str) -> Iterator[Passage]:
    """Paragraphs, with the line each begins in; sources of a script stand in footnotes and are not spoken."""
    start, kept = 1, list[str]()
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip() and not _NOTES.match(line):
            if not kept:
                start = number
            kept.append(line)
            continue
        hidden = _HIDDEN.sub(lambda match: "#" * len(match[0]), " ".join(kept))
        words = " ".join(_MARKS.sub(" ", hidden).split())
        if words:
            yield Passage(words, f"line {start}")
        kept = []
