"""Emotions that words of a comment name or show: six that are common to all people, and two that films give."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from rushlight.audience.language.lexicon import Lexicon, load_modifiers, read_terms
from rushlight.audience.language.tokens import Token

__all__ = ["EMOTIONS", "Emotion", "find_emotions"]

Emotion = Literal["anger", "joy", "sadness", "fear", "surprise", "disgust", "boredom", "confusion"]
EMOTIONS: tuple[Emotion, ...] = ("anger", "joy", "sadness", "fear", "surprise", "disgust", "boredom", "confusion")
_NEGATED_WITHIN = 3


@lru_cache(maxsize=1)
def _lexicons() -> dict[Emotion, Lexicon]:
    found: dict[Emotion, Lexicon] = {}
    for head, terms in read_terms("emotions.txt"):
        name, weight = head.split(":")
        made = found.setdefault(name, Lexicon())  # type: ignore[arg-type]
        for term in terms:
            made.add(term, float(weight))
    return found


@lru_cache(maxsize=1)
def _starts() -> dict[str, tuple[Emotion, ...]]:
    """Which emotions a first word may begin a term of: most words begin none."""
    found: dict[str, list[Emotion]] = {}
    for name, lexicon in _lexicons().items():
        for word in {*lexicon.words, *lexicon.phrases.root}:
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def find_emotions(tokens: list[Token]) -> dict[Emotion, float]:
    """How much speaks for each emotion; those that nothing speaks for are left out.

    A negation right before takes a term away: `not scary` is no fear.

    Reference:
        Ekman 1992, "An argument for basic emotions", for the first six.
    """
    forms = [token.form for token in tokens]
    negators, starts, lexicons = load_modifiers()["negators"].words, _starts(), _lexicons()
    found: dict[Emotion, float] = {}
    for index, form in enumerate(forms):
        for name in starts.get(form, ()):
            lexicon = lexicons[name]
            phrase = lexicon.phrases.longest(forms, index)
            weight = phrase[1] if phrase else lexicon.words.get(form, 0.0)
            if weight and not any(one in negators for one in forms[max(index - _NEGATED_WITHIN, 0) : index]):
                found[name] = found.get(name, 0.0) + weight
    return {name: round(found[name], 3) for name in EMOTIONS if name in found}
