"""What a comment speaks of: themes by their cues, the part of the comment that speaks of each, and its feeling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from rushlight.artifacts.comments import FeelingTerm
from rushlight.audience.language.lexicon import Phrases, _spelled, load_modifiers, read_terms
from rushlight.audience.language.tokens import Token

__all__ = ["THEMES", "Mention", "Theme", "find_mentions"]

Theme = Literal[
    "story",
    "characters",
    "acting",
    "dialogue",
    "pace",
    "length",
    "ending",
    "music",
    "sound",
    "picture",
    "effects",
    "technical",
]
THEMES: tuple[Theme, ...] = (
    "story", "characters", "acting", "dialogue", "pace", "length", "ending", "music", "sound", "picture",
    "effects", "technical",
)  # fmt: skip
_ENOUGH = 1.0
_QUOTE_LETTERS = 220


@dataclass(frozen=True, slots=True)
class Mention:
    """A comment speaks of a theme.

    Attributes:
        theme: which.
        start: first letter of the part that speaks of it; `end` is one past its last.
        cues: the words that tell.
        sum: S of that part in thousandths; of the whole comment where the part has no feeling of its own.
    """

    theme: Theme
    start: int
    end: int
    cues: tuple[str, ...]
    sum: int


@lru_cache(maxsize=1)
def _cues() -> tuple[dict[str, dict[str, float]], Phrases, list[dict[str, float]]]:
    """Single words, a tree of longer terms, and what each of those speaks for."""
    spoken: dict[tuple[str, ...], dict[str, float]] = {}
    for head, terms in read_terms("themes.txt"):
        theme, weight = head.split(":")
        for term in terms:
            for words in _spelled(term):
                spoken.setdefault(words, {})[theme] = float(weight)
    single = {words[0]: speaks for words, speaks in spoken.items() if len(words) == 1}
    tree = Phrases()
    entries: list[dict[str, float]] = []
    for words, speaks in spoken.items():
        if len(words) > 1:
            tree.add(words, float(len(entries)))
            entries.append(speaks)
    return single, tree, entries


def find_mentions(text: str, tokens: list[Token], terms: Sequence[FeelingTerm], total: int) -> list[Mention]:
    """The themes a comment speaks of, in their fixed order.

    Args:
        text: the comment.
        tokens: its tokens.
        terms: the terms of its feeling, and `total`, what they add up to.
    """
    single, tree, entries = _cues()
    forms = [token.form for token in tokens]
    parts = _parts(text, tokens)
    weights: dict[str, float] = {}
    found: dict[str, list[int]] = {}
    index = 0
    while index < len(forms):
        phrase = tree.longest(forms, index) if tokens[index].kind in ("word", "number") else None
        size, speaks = (phrase[0], entries[int(phrase[1])]) if phrase else (1, _single(single, tokens[index]))
        for theme, weight in speaks.items():
            if weight:
                weights[theme] = weights.get(theme, 0.0) + weight
                found.setdefault(theme, []).append(index)
        index += size
    return [
        _mention(theme, text, tokens, parts, found[theme], terms, total)
        for theme in THEMES
        if weights.get(theme, 0.0) >= _ENOUGH
    ]


def _single(single: dict[str, dict[str, float]], token: Token) -> dict[str, float]:
    if token.kind not in ("word", "tag", "number"):
        return {}
    form = token.form.lstrip("#")
    return single.get(form) or {}


def _parts(text: str, tokens: list[Token]) -> list[tuple[int, int]]:
    """Clauses: from mark to mark, and from a contrast on."""
    contrast = load_modifiers()["contrast"].words
    borders = [0]
    for token in tokens:
        if token.kind == "mark":
            borders.append(token.end)
        elif token.form in contrast and token.start - borders[-1] > 12:
            borders.append(token.start)
    borders.append(len(text))
    return [(a, b) for a, b in zip(borders, borders[1:], strict=False) if text[a:b].strip()]


def _mention(
    theme: str, text: str, tokens: list[Token], parts: list[tuple[int, int]], cues: list[int],
    terms: Sequence[FeelingTerm], total: int,
) -> Mention:  # fmt: skip
    places = [tokens[index].start for index in cues]
    mine = [(a, b) for a, b in parts if any(a <= place < b for place in places)] or [(0, len(text))]
    local = [term.value for term in terms if any(a <= term.start < b for a, b in mine)]
    start, end = mine[0]
    # A clause of a word or two is no quote: take in what stands beside it.
    if len(text) <= _QUOTE_LETTERS:
        start, end = 0, len(text)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    end = min(end, start + _QUOTE_LETTERS)
    words = tuple(dict.fromkeys(text[tokens[index].start : tokens[index].end].lower() for index in cues))
    return Mention(cast(Theme, theme), start, end, words, sum(local) if local else total)
