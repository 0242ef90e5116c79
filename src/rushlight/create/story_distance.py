"""How far apart stories are, so that variations are known to differ and not just hoped to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from rushlight.artifacts.outline import Idea

__all__ = ["MEASURE", "farthest", "story_distances", "story_words"]

MEASURE = (
    "1 − cosine similarity of word counts, weighted by how few of the ideas use a word; names and words of the premise "
    "that all share count for nothing"
)
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{3,}")
_STOP = frozenset(
    """the and that this with from for her his its their who what when where how has have had was were are is not but
    one can must will would into out about only there then than them they she him you your our all any been being before
    after until because everybody everyone nobody too also just""".split()
)
_ENDINGS = re.compile(r"(?:ingly|edly|ings|ing|ies|ied|ed|es|s|ly|'s|’s)$")


def story_words(idea: Idea) -> Counter[str]:
    """The telling words of an idea, shortened to stems; names of characters are left out."""
    names = {part.lower() for role in idea.characters for part in _WORD.findall(role.name)}
    text = " ".join(
        [idea.title, idea.logline, *idea.turns, *(f"{role.background} {role.want}" for role in idea.characters)]
    )
    words = (word.lower() for word in _WORD.findall(text))
    return Counter(_ENDINGS.sub("", word) or word for word in words if word not in _STOP and word not in names)


def story_distances(texts: Sequence[Counter[str]]) -> tuple[tuple[float, ...], ...]:
    """Distance between every two, 0 the same to 1 nothing in common.

    Cosine over term frequency times inverse document frequency; see `MEASURE`.
    """
    count = len(texts)
    spread = Counter(word for text in texts for word in text)
    weights = {
        word: log((1 + count) / (1 + used)) if used < count or count == 1 else 0.0 for word, used in spread.items()
    }
    vectors = [{word: (1 + log(n)) * weights[word] for word, n in text.items()} for text in texts]
    norms = [sqrt(sum(value * value for value in vector.values())) for vector in vectors]

    def distance(one: int, other: int) -> float:
        if one == other:
            return 0.0
        if not norms[one] or not norms[other]:
            return 0.0 if texts[one] == texts[other] else 1.0
        small, large = sorted((vectors[one], vectors[other]), key=len)
        dot = sum(value * large.get(word, 0.0) for word, value in small.items())
        return min(max(1 - dot / (norms[one] * norms[other]), 0.0), 1.0)

    return tuple(tuple(distance(min(a, b), max(a, b)) for b in range(count)) for a in range(count))


def farthest(distances: Sequence[Sequence[float]], count: int, kept: Sequence[int] = ()) -> list[int]:
    """Indices of `count` items that lie far apart: each next one is the farthest from all before it.

    Args:
        distances: between every two, a square.
        count: how many to choose; all if there are fewer.
        kept: indices that are chosen already.

    Reference:
        Gonzalez 1985 (farthest-first traversal, at least half the best possible smallest distance).
    """
    size = len(distances)
    chosen = list(kept)
    if not chosen and size:
        # The one that lies farthest from all others is the surest start.
        chosen = [max(range(size), key=lambda number: (sum(distances[number]), -number))]
    while len(chosen) < min(count, size):
        left = [number for number in range(size) if number not in chosen]
        chosen.append(max(left, key=lambda number: (min(distances[number][other] for other in chosen), -number)))
    return chosen[:count]
