"""Which language a comment is in, from its script, its frequent words and its letters; unknown where little speaks
for any.

Comments are short, so what tells them apart is words that few other languages have. Each known word speaks for its
languages, and more the fewer they are; letters that only some languages write speak for those.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache

from rushlight.audience.language.lexicon import Lexicon, general_words, read_terms
from rushlight.audience.language.tokens import Token, folded

__all__ = ["KNOWN_LANGUAGES", "lexicon_of", "which_language"]

UNKNOWN = "und"
# A script that one language (here) writes.
_SCRIPTS = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "ARABIC": "ar", "HEBREW": "he",
            "THAI": "th", "GREEK": "el", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta",
            "GEORGIAN": "ka", "ARMENIAN": "hy"}  # fmt: skip
_LETTERS = {
    "de": "äöüß", "fr": "éèêàçœùîô", "es": "ñ¿¡áéíóú", "pt": "ãõçáéêâ", "it": "èòàù", "sv": "åäö", "da": "æøå",
    "no": "æøå", "fi": "äö", "pl": "ąćęłńśźż", "cs": "ěščřžýů", "tr": "ğışçöü", "ro": "ăâîșț", "nl": "ë",
    "uk": "іїєґ", "ru": "ыэъё",
}  # fmt: skip
_LEAST_EVIDENCE, _LEAST_LEAD = 0.8, 1.25
_ENGLISH_WORD = 0.45


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, float]]:
    """What each frequent word speaks for, and how much."""
    holders: dict[str, list[str]] = {}
    for head, terms in read_terms("languages.txt"):
        language, kind = head.split(":")
        for term in terms:
            if " " not in term and kind != "not":
                form = folded(term)[0]
                if language not in holders.setdefault(form, []):
                    holders[form].append(language)
    return {
        form: {one: 1.0 / math.sqrt(len(those)) / (1 if len(those) < 3 else 1.6) for one in those}
        for form, those in holders.items()
    }


KNOWN_LANGUAGES = tuple(
    sorted({head.split(":")[0] for head, _ in read_terms("languages.txt")} | set(_SCRIPTS.values()))
)


def which_language(text: str, tokens: list[Token]) -> tuple[str, float]:
    """A language as its two-letter code, or `und`, and how sure that is, 0 to 1.

    Args:
        text: the comment.
        tokens: its tokens.
    """
    script = _script(text)
    if script in _SCRIPTS:
        if script == "CJK" and any("\u3040" <= letter <= "\u30ff" for letter in text):
            return "ja", 1.0
        return _SCRIPTS[script], 1.0
    votes: dict[str, float] = defaultdict(float)
    words = [token for token in tokens if token.kind == "word"]
    known, english = _words(), _english()
    for token in words:
        speaks = known.get(token.form)
        for language, weight in (speaks or {}).items():
            votes[language] += weight
        if token.form in english and not (speaks and "en" in speaks):
            votes["en"] += _ENGLISH_WORD / (2 if speaks else 1)
    small = text.lower()
    for language, letters in _LETTERS.items():
        if votes.get(language) or script == "CYRILLIC":
            votes[language] += 0.5 * min(sum(small.count(letter) for letter in letters), 3)
    return _verdict(votes, words, script)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """English words that our lexicons know, beside the frequent ones."""
    found = {form for form in general_words() if form.isascii() and form.isalpha()}
    for name in ("film.txt", "everyday.txt", "modifiers.txt", "emotions.txt"):
        for _, terms in read_terms(name):
            for term in terms:
                found.update(folded(choice)[0] for piece in term.split() for choice in piece.strip("()").split("/"))
    return frozenset(form for form in found if len(form) > 2 and form.isascii() and form.isalpha())


def _verdict(votes: dict[str, float], words: list[Token], script: str) -> tuple[str, float]:
    if script == "CYRILLIC":
        votes = {one: votes[one] for one in ("ru", "uk") if votes.get(one)}
    ranked = sorted(votes.items(), key=lambda item: -item[1])[:2]
    ranked = [item for item in ranked if item[1]]
    if not ranked or not words:
        return UNKNOWN, 0.0
    best, weight = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    least = _LEAST_EVIDENCE if len(words) > 4 else _ENGLISH_WORD - 0.01
    if weight < least or (second and weight / second < _LEAST_LEAD and best != "en"):
        return UNKNOWN, 0.0
    return best, round(weight / (weight + second + 0.3), 3)


def _script(text: str) -> str:
    """The script most of the first letters are in, empty where there are none."""
    seen: Counter[str] = Counter()
    for letter in text[:400]:
        if letter.isalpha():
            seen["LATIN" if letter < "\u0250" else _script_of(letter)] += 1
    return seen.most_common(1)[0][0] if seen else ""


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0]


@lru_cache(maxsize=32)
def lexicon_of(language: str) -> Lexicon | None:
    """The small lexicon of a language, with emoji; None where there is none, English included."""
    made = Lexicon()
    is_known = False
    for head, terms in read_terms("languages.txt"):
        own, kind = head.split(":")
        if own == language and kind not in ("words", "not"):
            is_known = True
            for term in terms:
                made.add(term, float(kind))
    if not is_known:
        return None
    for word, weight in symbols().words.items():
        made.words.setdefault(word, weight)
    return made


@lru_cache(maxsize=1)
def symbols() -> Lexicon:
    """What needs no language: emoji and emoticons."""
    made = Lexicon()
    for weight, terms in read_terms("emoji.txt"):
        for term in terms:
            made.add(term, float(weight))
    for form, rated in general_words().items():
        if not form[:1].isalnum():
            made.words.setdefault(form, rated)
    return made
