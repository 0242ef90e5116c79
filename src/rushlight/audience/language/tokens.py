"""Words of a comment and where they stand in it, with what comments have: emoji, emoticons, tags, ratings, times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

__all__ = ["Token", "TokenKind", "folded", "read_tokens"]

TokenKind = Literal[
    "word", "emoji", "emoticon", "tag", "mention", "address", "time", "rating", "stars", "number", "mark"
]

# Longer comments are read up to here: a million letters without a space are no sentence.
MOST_CHARACTERS = 20_000
_EMOTICON = r"[<>]?[:;=8xX][-^o']?[)\](\[DPpOo/\\|*3]+(?![\w/])|<3+|</3|\(:|\):|\^_+\^|-_+-|T_T|¯\\_\(ツ\)_/¯"
_EMOJI = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\u2190-\u21ff\u231a-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
    "(?:\ufe0f|\U0001f3fb|\U0001f3fc|\U0001f3fd|\U0001f3fe|\U0001f3ff|\u200d[\u2640\u2642\U0001f000-\U0001faff\u2764]\ufe0f?)*)"
)
_WORD = r"[^\W\d_]+(?:[*'’][^\W\d_]+|[*]+[^\W\d_]*)*"
_TOKEN = re.compile(
    r"(?P<address>https?://\S+|www\.\S+|&(?:amp|gt|lt|quot|nbsp|#39);)"
    r"|(?P<mention>@[\w.\-]{1,60})"
    r"|(?P<tag>[#＃][^\W_][\w]{0,100})"
    r"|(?P<time>(?<![\d:.])\d{1,3}:[0-5]\d(?::[0-5]\d)?(?![\d:]))"
    r"|(?P<rating>(?<![\d/.])\d{1,3}(?:[.,]\d)?\s?/\s?(?:10|100|5)(?![\d/]))"
    r"|(?P<stars>[★☆⭐🌟](?:\ufe0f?[★☆⭐🌟½])*)"
    rf"|(?P<emoticon>{_EMOTICON})"
    rf"|(?P<emoji>{_EMOJI})"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>{_WORD})"
    r"|(?P<mark>[.!?…。！？]+|[,;:()\"“”„«»]|\s[-–—]+\s|\n+)"
)
_SUFFIX = re.compile(r"'(?:s|ll|re|ve|d|m)$")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(slots=True)
class Token:
    """One token: its kind, its folded form to look up, and where it stands in the text."""

    kind: TokenKind
    form: str
    start: int
    end: int
    is_loud: bool = False
    """Whether it is written in capitals, of two letters or more."""
    is_long: bool = False
    """Whether letters are drawn out, as in `soooo`."""


def read_tokens(text: str) -> list[Token]:
    """The tokens of a text in order; what is none of ours, such as stray symbols, is passed over."""
    found = []
    for match in _TOKEN.finditer(text, 0, MOST_CHARACTERS):
        kind: TokenKind = match.lastgroup  # type: ignore[assignment]
        raw = match.group()
        if kind == "word":
            form, is_long = folded(raw)
            found.append(Token(kind, form, match.start(), match.end(), len(raw) > 1 and raw.isupper(), is_long))
        elif kind == "emoji":
            found.append(Token(kind, _bare(raw), match.start(), match.end()))
        else:
            found.append(Token(kind, raw.strip().lower(), match.start(), match.end()))
    return found


@lru_cache(maxsize=65_536)
def folded(word: str) -> tuple[str, bool]:
    """A word as it is looked up: small letters, `n't` as `nt`, endings such as 's dropped, drawn-out letters shortened.

    Returns:
        The form, and whether letters were drawn out. Runs of three or more become two: whoever looks it up may try one.
    """
    form = word.lower().replace("’", "'")
    short = _REPEATED.sub(r"\1\1", form)
    is_long = short != form
    if "'" in short:
        short = short.replace("n't", "nt")
        short = _SUFFIX.sub("", short).replace("'", "")
    return ("it" if short == "its" else short), is_long


@lru_cache(maxsize=4096)
def _bare(emoji: str) -> str:
    """An emoji without skin tone and presentation."""
    return re.sub("[\ufe0f\U0001f3fb-\U0001f3ff]", "", emoji)
