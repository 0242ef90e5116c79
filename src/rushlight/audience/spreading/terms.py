"""Terms of a comment whose rise would say something: hashtags, words that carry meaning, and pairs of such words."""

from __future__ import annotations

from functools import lru_cache

from rushlight.audience.language.lexicon import read_terms
from rushlight.audience.language.tokens import folded, read_tokens

__all__ = ["terms_of"]

_LEAST_LETTERS = 4
_MOST_TERMS = 80


@lru_cache(maxsize=1)
def _usual() -> frozenset[str]:
    """Words every comment may hold: frequent ones of all languages, and those that only turn or strengthen others."""
    found = {term for head, terms in read_terms("languages.txt") if head.endswith(":words") for term in terms}
    found |= {term for _, terms in read_terms("modifiers.txt") for term in terms}
    return frozenset(folded(term)[0] for term in found)


@lru_cache(maxsize=20_000)
def terms_of(text: str) -> frozenset[str]:
    """The terms of a text, small letters; at most 80 of a long one."""
    usual = _usual()
    found: list[str] = []
    before = ""
    for token in read_tokens(text):
        if token.kind == "tag":
            found.append("#" + token.form.lstrip("#＃"))
            before = ""
        elif token.kind == "word" and len(token.form) >= _LEAST_LETTERS and token.form not in usual:
            found.append(token.form)
            if before:
                found.append(f"{before} {token.form}")
            before = token.form
        else:
            before = ""
        if len(found) >= _MOST_TERMS:
            break
    return frozenset(found)
