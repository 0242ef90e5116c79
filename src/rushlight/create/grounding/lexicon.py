"""Words: what they are forms of, and which carry a meaning. Forms come from LemmInflect's table of English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rushlight.create.grounding.units import unit_of

__all__ = [
    "FUNCTION_WORDS",
    "Word",
    "content_words",
    "is_comparative",
    "is_known",
    "keys_of",
    "lemmas",
    "plural_nouns",
    "told_words",
]

FUNCTION_WORDS = frozenset(
    """
    a about above across after again against all almost along also although always am among an and another any are
    around as at away back be became because become becomes been before behind being below beneath between both but by
    came can cannot come comes coming could did do does doing done down during each either else even ever every for
    from further get gets getting goes going gone got had has have having he her here hers him his how however i if in
    inside into is it its itself just less like made make makes making many may me might more most much must my near
    nearly neither never no nobody none nor not nothing now of off often on once one only onto or other others our out
    outside over own per put rather said say says she should since so some soon still such take taken takes than that
    the their them then there these they this those though through thus till to today together too took toward towards
    under until up upon us use used very via was we went were what when where whether which while who whom whose why
    will with within without would yes yet you your
    """.split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STEM_LETTERS = 5
_BESIDE_ANYTHING = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million
    billion half third quarter ago last next later earlier time times average same total now first second per
    """.split()
)


@dataclass(frozen=True)
class Word:
    """A word with a meaning of its own.

    Attributes:
        text: as written.
        start: character offset; `end` likewise.
        keys: its lemmas, cut so that words of one family meet: `design` and `designer`.
    """

    text: str
    start: int
    end: int
    keys: frozenset[str]


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> dict[str, tuple[str, ...]]:
    """The lemmas of a word by part of speech (`NOUN`, `VERB`, `ADJ`, `ADV`); empty when the word is not known."""
    import lemminflect

    plain = re.sub(r"['’]s?$", "", word.lower())
    found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(plain)
    if found or not plain.endswith(("ed", "ing", "s")):
        return found
    if plain.endswith("s"):
        singles = [plain.removesuffix("ies") + "y", plain.removesuffix("es"), plain.removesuffix("s")]
        known = (lemminflect.getAllLemmas(single) for single in singles if single != plain)
        return next((forms for forms in known if "NOUN" in forms), {})
    # A verb that the table has only as a noun: ringed, mothballed.
    base = re.sub(r"(?:ed|ing)$", "", plain)
    stems = [base, f"{base}e", base[:-1] if base[-2:-1] == base[-1:] else base]
    return next(({"VERB": (stem,)} for stem in stems if lemminflect.getAllLemmas(stem)), {})


def is_known(word: str) -> bool:
    """Whether a word is one of the language's, not a name that only its capital tells."""
    return word.lower() in FUNCTION_WORDS or any(lemmas(part) for part in [word, *word.split("-")])


def is_comparative(word: str) -> bool:
    """Whether a word is an adjective or adverb in its comparative, such as `older`; `starter` and `water` are none."""
    forms = lemmas(word)
    plain = word.lower()
    if plain in forms.get("NOUN", ()) and plain != "better":
        return False
    return plain.endswith("er") and any(lemma != plain for part in ("ADJ", "ADV") for lemma in forms.get(part, ()))


def keys_of(word: str) -> frozenset[str]:
    """The keys of a word; words that share one are taken to be related."""
    plain = re.sub(r"['’]s?$", "", word.lower())
    found = {lemma for forms in lemmas(plain).values() for lemma in forms} | {plain}
    return frozenset(lemma[:_STEM_LETTERS].lower() for lemma in found)


def content_words(text: str) -> list[Word]:
    """The words of a text that carry a meaning, in order; those with a hyphen are parted."""
    found = []
    for match in _WORD.finditer(text):
        for part in re.finditer(r"[^-]+", match.group()):
            if len(part.group()) > 1 and re.sub(r"['’]s?$", "", part.group().lower()) not in FUNCTION_WORDS:
                start = match.start() + part.start()
                found.append(Word(part.group(), start, start + len(part.group()), keys_of(part.group())))
    return found


def told_words(text: str) -> list[Word]:
    """The content words of a text but for number words, units and words of time, which stand beside anything."""
    return [
        word for word in content_words(text) if word.text.lower() not in _BESIDE_ANYTHING and not unit_of(word.text)
    ]


def plural_nouns(words: list[str]) -> frozenset[str]:
    """The lemma of the first plural noun among some words; empty when there is none."""
    for word in words:
        nouns = lemmas(word).get("NOUN", ())
        if word.lower() in ("people", "staff", "police", "crew") or any(noun != word.lower() for noun in nouns):
            return frozenset(noun.lower() for noun in nouns)
        if not lemmas(word) and re.fullmatch(r"[a-z]{3,}[^sui]s", word):
            return frozenset({re.sub(r"ies$", "y", word).removesuffix("s")})
    return frozenset()
