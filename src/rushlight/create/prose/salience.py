"""What matters in sentences: centrality, likeness, names and numbers, and what could be pictured."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["STOP_WORDS", "centrality", "content_words", "likeness", "picture_words", "telling"]

_STOP_WORDS = """
a about above across after again against all almost along already also although always am among an and another
any are around as at away back be became because become been before began behind being below between both but by
came can could did do does done down during each either else enough even ever every few first for found from
further gave get give given go goes gone got had has have he held her here hers him his how however i if in into
is it its itself just keep kept kind knew know known last later least left less let like long made make makes
many may me might mine more most much must my near nearly neither never no nor not nothing now of off often on
once one only onto or other others our out over own part per perhaps put quite rather really said same saw say
says see seem seemed seen several shall she should since so some something soon still such take taken than that
the their them themselves then there these they thing things this those though through thus to together too took
toward towards turned two under until up upon us used using very was way we well went were what when where
whether which while who whole whom whose why will with within without would year years yes yet you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*")
_CAPITALISED = re.compile(r"\b[A-Z][\w'’-]+(?:\s+(?:(?:of|the|de|la|von|van|and)\s+)?[A-Z][\w'’-]+)*")
_NOUN_BEFORE = re.compile(
    r"\b(?:the|a|an|of|its|their|his|her|in|by|with|each|every|this|these|one|two|three|\w+(?:al|ic|ed|ous|ive|en|y))"
    r"\s+([a-z][a-z-]{2,})\b"
)


def content_words(text: str) -> list[str]:
    """Lower-case words that carry meaning, cut to a rough stem."""
    return [_stem(word) for word in (w.lower() for w in _WORD.findall(text)) if word not in STOP_WORDS]


def _stem(word: str) -> str:
    word = re.sub(r"['’]s$", "", word)
    for ending in ("ings", "ing", "edly", "ies", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            stem = word[: -len(ending)]
            return stem + "y" if ending in ("ies", "ied") else stem
    return word


def likeness(texts: Sequence[str]) -> NDArray[np.float64]:
    """Cosine likeness of TF-IDF vectors of every two texts, shape (n, n), 0 to 1, ones on the diagonal."""
    bags = [Counter(content_words(text)) for text in texts]
    terms = {term: place for place, term in enumerate(sorted(set().union(*bags)))} if bags else {}
    matrix = np.zeros((len(bags), max(len(terms), 1)))
    for row, bag in enumerate(bags):
        for term, count in bag.items():
            matrix[row, terms[term]] = 1 + np.log(count)
    weights = np.log((1 + len(bags)) / (1 + (matrix > 0).sum(axis=0))) + 1
    matrix *= weights
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(lengths > 0, lengths, 1)
    alike: NDArray[np.float64] = matrix @ matrix.T
    np.fill_diagonal(alike, 1.0)
    return np.clip(alike, 0.0, 1.0)


def centrality(alike: NDArray[np.float64], *, damping: float = 0.85) -> NDArray[np.float64]:
    """LexRank with continuous weights: how much each sentence is like the others, 0 to 1, shape (n,).

    Reference:
        Erkan, Radev 2004, "LexRank: graph-based lexical centrality as salience in text summarization".
    """
    count = len(alike)
    links = alike - np.diag(np.diag(alike))
    links = np.where(links >= 0.05, links, 0.0)
    sums = links.sum(axis=1, keepdims=True)
    chain = np.where(sums > 0, links / np.where(sums > 0, sums, 1), 1 / count)
    rank = np.full(count, 1 / count)
    for _ in range(60):
        rank = (1 - damping) / count + damping * (chain.T @ rank)
    spread = rank.max() - rank.min()
    scaled: NDArray[np.float64] = (rank - rank.min()) / spread if spread > 0 else np.zeros(count)
    return scaled


def telling(text: str) -> float:
    """How concrete a sentence is, 0 to 1: names inside it, numbers, years, quotations, superlatives."""
    names = len(_CAPITALISED.findall(text[1:]))
    numbers = len(re.findall(r"\d[\d.,]*", text))
    quoted = bool(re.search(r"[“\"].{8,}[”\"]", text))
    superlative = bool(re.search(r"\b(?:first|last|only|never|\w{3,}est|most|least)\b", text))
    return min(0.16 * names + 0.2 * numbers + 0.2 * quoted + 0.16 * superlative, 1.0)


def picture_words(texts: Sequence[str], article: str, *, count: int = 4) -> str:
    """What should be seen while these sentences are spoken: names first, then the nouns the article keeps using.

    Without a grammar, a noun is known by what stands before it: an article, a preposition, an adjective's ending.
    """
    joined = " ".join(texts)
    nouns = Counter(
        noun
        for noun in _NOUN_BEFORE.findall(article)
        if noun not in STOP_WORDS and not re.search(r"(?:ly|ed|ing|ous|ful|ive|able|ible|ward|al|ic)$", noun)
    )
    names = Counter[str]()
    for text in texts:
        for match in _CAPITALISED.finditer(text):
            name = match.group()
            # The first word of a sentence is capital whatever it is; the article tells whether it is a name.
            if match.start() == 0 and re.search(rf"\b{re.escape(name[0].lower() + name[1:])}\b", article):
                continue
            if name.lower() not in STOP_WORDS and name.split()[0].lower() not in STOP_WORDS:
                names[re.sub(r"['’]s$", "", name)] += 1
    here = Counter(_WORD.findall(joined.lower()))
    ranked = sorted(
        (noun for noun in nouns if here[noun]), key=lambda noun: (-here[noun] * (1 + np.log(nouns[noun])), noun)
    )
    chosen = [name for name, _ in names.most_common(2)]
    chosen += [noun for noun in ranked if noun not in " ".join(chosen).lower()][: count - len(chosen)]
    return " ".join(chosen)
