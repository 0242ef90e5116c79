"""Lexicons of feeling: the general one, what films add to it, and words that turn or strengthen others.

Reference:
    Hutto and Gilbert 2014, "VADER: a parsimonious rule-based model for sentiment analysis of social media text": its
    lexicon (MIT) is the general one; the rules on top are ours.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from rushlight.audience.language.tokens import folded
from rushlight.core.errors import ModelError

__all__ = ["Lexicon", "Phrases", "Subject", "general_words", "load_lexicon", "load_modifiers", "read_terms"]

Subject = Literal["film", "anything"]
_ANY = "*"


class Phrases:
    """Terms of several words as a tree; `*` stands for any one word."""

    def __init__(self) -> None:
        self.root: dict[str, dict] = {}  # type: ignore[type-arg]

    def add(self, words: tuple[str, ...], weight: float) -> None:
        """Add a term; a later one of the same words replaces it."""
        node = self.root
        for word in words:
            node = node.setdefault(word, {})
        node[""] = weight  # type: ignore[assignment]

    def longest(self, forms: list[str], start: int) -> tuple[int, float] | None:
        """How many of the forms from `start` make up the longest term there, and its weight."""
        if forms[start] not in self.root and _ANY not in self.root:
            return None
        best: tuple[int, float] | None = None
        level = [self.root]
        for index in range(start, len(forms)):
            word = forms[index]
            following = []
            for node in level:
                for key in (word, _ANY):
                    if key and key in node:
                        following.append(node[key])
            if not following:
                break
            level = following
            for node in level:
                if "" in node:
                    best = (index - start + 1, node[""])  # type: ignore[assignment]
        return best


@dataclass
class Lexicon:
    """What words, emoji and phrases weigh, -4 to +4.

    Attributes:
        words: single words and emoji.
        phrases: terms of several words, which go before their words.
    """

    words: dict[str, float] = field(default_factory=dict)
    phrases: Phrases = field(default_factory=Phrases)

    def add(self, term: str, weight: float) -> None:
        """Add a term as it stands in a file: `a/b` for either, words in brackets may be absent."""
        for words in _spelled(term):
            if len(words) == 1:
                self.words[words[0]] = weight
            elif words:
                self.phrases.add(words, weight)

    def weight(self, form: str, *, is_long: bool = False) -> float | None:
        """The weight of a word, also of other spellings: `goood`, `loooved`; None when it is not known."""
        found = self.words.get(form)
        if found is None and is_long:
            # Runs were cut to two; the word may have one there.
            for single in _single_spellings(form):
                if single in self.words:
                    return self.words[single]
        return found


def _single_spellings(form: str) -> list[str]:
    runs = [match.start() for match in re.finditer(r"(.)\1", form)][:4]
    found = []
    for count in range(1, len(runs) + 1):
        for chosen in itertools.combinations(runs, count):
            found.append("".join(letter for index, letter in enumerate(form) if index not in chosen))
    return found


def _spelled(term: str) -> list[tuple[str, ...]]:
    """All the word sequences that a term of a file stands for."""
    parts: list[list[str]] = []
    for piece in term.split():
        choices = [folded(choice)[0] for choice in piece.strip("()").split("/")]
        parts.append([*choices, ""] if piece.startswith("(") else choices)
    return [tuple(word for word in chosen if word) for chosen in itertools.product(*parts)]


def read_terms(name: str) -> list[tuple[str, list[str]]]:
    """Lines of a file of terms: the first word, and the terms behind it."""
    text = files("rushlight.audience.language").joinpath("lexicons", name).read_text("utf-8")
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            head, terms = line.split(None, 1)
            found.append((head, [term.strip() for term in terms.split(",") if term.strip()]))
    return found


@lru_cache(maxsize=1)
def general_words() -> dict[str, float]:
    """The general lexicon: mean valence by ten raters of 7,500 words and emoticons.

    Raises:
        ModelError: it is not installed.
    """
    try:
        text = files("vaderSentiment").joinpath("vader_lexicon.txt").read_text("utf-8")
    except ModuleNotFoundError as error:
        raise ModelError("The general lexicon is not installed.", hint='pip install "rushlight[people]"') from error
    rows = (line.split("\t") for line in text.splitlines() if line)
    found: dict[str, float] = {}
    for row in rows:
        form = folded(row[0])[0] if row[0][:1].isalpha() and " " not in row[0] else row[0]
        found.setdefault(form, float(row[1]))
    return found


@lru_cache(maxsize=2)
def load_lexicon(subject: Subject) -> Lexicon:
    """The lexicon for comments on films, or on anything.

    Raises:
        ModelError: the general lexicon is not installed.
    """
    made = Lexicon(words=dict(general_words()))
    for name in ("emoji.txt", "film.txt" if subject == "film" else "everyday.txt"):
        for weight, terms in read_terms(name):
            for term in terms:
                made.add(term, _agreed(term, float(weight)) if subject == "anything" else float(weight))
    return made


def _agreed(term: str, weight: float) -> float:
    """The mean of our weight and the raters' where both gave one: in everyday talk neither knows better."""
    rated = general_words().get(term)
    return (weight + rated) / 2 if weight and rated else weight


@lru_cache(maxsize=1)
def load_modifiers() -> dict[str, Lexicon]:
    """Words that turn, strengthen, weaken, wish or contrast, by kind; weights are all 1."""
    found = {}
    for kind, terms in read_terms("modifiers.txt"):
        found[kind] = Lexicon()
        for term in terms:
            found[kind].add(term, 1.0)
    return found
