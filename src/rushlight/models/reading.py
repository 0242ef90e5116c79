"""How written words are read aloud: markup, and what is said for each word.

A line is split into the words a caption shows; each keeps the text that a voice should say for it, so that every
spoken time can be tied back to a written word. English is normalised here; other languages are left to the voice.

Markup in a line: `*word*` for emphasis, `[pause 0.5s]` for a silence, `{Nguyen|nwin}` for a word said another way.
Markup that is not closed is text like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from rushlight.core.errors import InputError
from rushlight.core.units import parse_seconds
from rushlight.models.english import say_words

__all__ = ["SpokenWord", "caption_text", "read_line", "trailing_pause"]

LONGEST_PAUSE_SECONDS = 60
_PAUSE = r"\[pause\s+[^\[\]]+\]"
_TOKEN = re.compile(
    r"\[pause\s+(?P<pause>[^\[\]]+)\]"
    rf"|(?P<before>(?:(?!{_PAUSE})\S)*?)"
    r"\{(?P<shown>[^{}|]*[^{}|\s][^{}|]*)\|(?P<said>[^{}]*)\}"
    rf"(?P<after>(?:(?!{_PAUSE})[^\s{{}}])*)"
    rf"|(?P<plain>(?:(?!{_PAUSE})\S)+)",
    re.IGNORECASE,
)
# One or two stars around text, not inside a word: 2*3*4 is no emphasis.
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*]*[^\s*])\1(?![\w*])")
# Stand for the stars of closed emphasis while a line is split; from Unicode's private use area.
_OPEN, _CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True)
class SpokenWord:
    """A written word with what is said for it.

    `spoken` holds no letter or digit for a mark that is shown but not said; `pause_seconds` is silence before it.
    """

    text: str
    spoken: str
    emphasis: bool = False
    pause_seconds: Fraction = Fraction(0)


@dataclass(frozen=True)
class _Written:
    text: str
    said: str | None
    emphasis: bool
    pause_seconds: Fraction


def caption_text(text: str) -> str:
    """A line as captions show it: markup taken out."""
    return " ".join(word.text for word in _split(text)[0])


def trailing_pause(text: str) -> Fraction:
    """Seconds of pause that a line asks for after its last word."""
    return _split(text)[1]


def read_line(text: str, language: str = "en") -> list[SpokenWord]:
    """Split a line into written words, each with what is said for it.

    Raises:
        InputError: a pause that is not a time, or longer than a minute.
    """
    words, _ = _split(text)
    if language.startswith("en"):
        said = say_words([word.text for word in words], [word.said for word in words])
    else:
        said = [word.text if word.said is None else word.said for word in words]
    return [
        SpokenWord(word.text, spoken, word.emphasis, word.pause_seconds)
        for word, spoken in zip(words, said, strict=True)
    ]


def _split(text: str) -> tuple[list[_Written], Fraction]:
    """The written words, and the pause after the last of them."""
    words: list[_Written] = []
    pause, emphatic = Fraction(0), False
    marked = _EMPHASIS.sub(rf"{_OPEN}\2{_CLOSE}", text.replace(_OPEN, "").replace(_CLOSE, ""))
    for match in _TOKEN.finditer(marked):
        if match["pause"]:
            pause += _pause(match, text)
            continue
        if match["plain"] is not None:
            raw, said = match["plain"], None
        else:
            raw = match["before"] + match["shown"] + match["after"]
            said = _bare(match["before"]) + match["said"] + _bare(match["after"]) if match["said"].strip() else ""
        starts, ends, shown = _OPEN in raw, _CLOSE in raw, _bare(raw)
        if shown:
            words.append(_Written(shown, said, emphatic or starts, pause))
            pause = Fraction(0)
        emphatic = (emphatic or starts) and not ends
    return words, pause


def _bare(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _pause(match: re.Match[str], line: str) -> Fraction:
    try:
        seconds = parse_seconds(_bare(match["pause"]))
    except InputError as error:
        raise InputError(
            f"{_bare(match[0])!r} is not a pause.", hint="Write it as [pause 0.5s].", where=line[:40]
        ) from error
    if seconds > LONGEST_PAUSE_SECONDS:
        raise InputError(
            f"{_bare(match[0])!r} is longer than {LONGEST_PAUSE_SECONDS} s.", hint="Make it shorter.", where=line[:40]
        )
    return seconds
