"""Phrases with choices and slots, made into sentences: `[one|another] {name}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

__all__ = ["agree", "expand", "pick", "sentence"]

T = TypeVar("T")

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_A = re.compile(r"\b([Aa])n? (?=(\*{0,2}[A-Za-z][\w'’-]*))")
# Said with a vowel, or without one, against their letter.
_VOWEL_SOUND = re.compile(r"(?:[aeiou]|hour|honest|heir|honou?r)", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(r"(?:uni|use|usu|eu|one\b|once\b)", re.IGNORECASE)


def pick(choices: Sequence[T], random: Random) -> T:
    """One of some choices.

    Raises:
        IndexError: there are none.
    """
    return choices[random.randrange(len(choices))]


def expand(phrase: str, slots: Mapping[str, str], random: Random) -> str:
    """A phrase with every choice made and every slot filled; choices may lie inside choices.

    `<<fact needed: …>>` becomes a note of the screenplay, `[[fact needed: …]]`.

    Raises:
        KeyError: a slot is not known.
    """
    while match := _CHOICE.search(phrase):
        phrase = phrase[: match.start()] + pick(match[1].split("|"), random) + phrase[match.end() :]
    return agree(_SLOT.sub(lambda match: slots[match[1]], phrase)).replace("<<", "[[").replace(">>", "]]")


def agree(text: str) -> str:
    """`a` or `an` as the next word sounds, and no space doubled or before a mark."""

    def article(match: re.Match[str]) -> str:
        word = match[2].lstrip("*")
        vowel = bool(_VOWEL_SOUND.match(word)) and not _CONSONANT_SOUND.match(word)
        return f"{match[1]}n " if vowel else f"{match[1]} "

    text = _A.sub(article, text)
    return re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()


def sentence(text: str) -> str:
    """With a capital first and a full stop last."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith("]]") or text[-1] in '.!?…—"”' else text + "."
