"""Finding a person's own pictures by what the words speak of.

Without an embedding model, meaning is what words share: stems weighted by how rare they are among all the film's
words, as in TF-IDF retrieval (Spärck Jones 1972), assigned so that the whole film gains most and no picture comes
twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.optimize import linear_sum_assignment

from rushlight.artifacts import Media

__all__ = ["Match", "match_pictures", "stem", "stems"]

STOP_WORDS = frozenset(
    "a an the of to in on at by for from with without and or but nor as than that this these those which who "
    "whose whom what when where why how is are was were be been being has have had having do does did will "
    "would can could may might must shall should not no so if then else it its he she they them his her their "
    "our your my we you i me us him there here out up down off over under again once all any both each few "
    "more most other some such only own same too very just also about into through during before after above "
    "below between img image photo picture pic dsc clip video footage still final copy edit new old one two".split()
)
_ENDINGS = (
    "ization", "ational", "fulness", "iveness", "ations", "ation", "ments", "ment", "ingly", "edly", "ings", "ing",
    "ness", "ies", "ers", "er", "ed", "es", "ly", "s",
)  # fmt: skip


def stem(word: str) -> str:
    """A word without its common English endings; short words stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            root = word[: -len(ending)]
            if ending == "ies":
                return root + "y"
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls":
                root = root[:-1]
            return root.removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word


def stems(text: str) -> list[str]:
    """The stems of a text's content words; file-name separators and camel case part words too."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", text)
    words = re.findall(r"[^\W\d_]{3,}", parted.lower())
    return [stem(word) for word in words if word not in STOP_WORDS]


# How much more a picture agrees when it has a colour that the words name.
_COLOUR_BONUS = 1.15


@dataclass(frozen=True)
class Match:
    """A picture for a moment: how well they agree, 0 to 1, and on which words."""

    media: Media
    score: float
    words: tuple[str, ...]


def match_pictures(
    texts: Sequence[str], pictures: Sequence[Media], *, threshold: float, colours: Sequence[frozenset[str]] = ()
) -> list[Match | None]:
    """Give each text the picture that suits it, or None; each picture is used at most once.

    Args:
        texts: what is said at each moment.
        pictures: the candidates; their `description` is what they show.
        threshold: least agreement, as the cosine of TF-IDF vectors.
        colours: names of the colours of each picture; a colour that the words name too decides between pictures
            that agree alike, and never makes a match by itself.
    """
    if not pictures:
        return [None] * len(texts)
    wanted = [Counter(stems(text)) for text in texts]
    shown = [Counter(stems(media.description or media.file.path.stem)) for media in pictures]
    seen_in = Counter(word for counts in (*wanted, *shown) for word in counts)
    rarity = {word: log((1 + len(wanted) + len(shown)) / (1 + count)) + 1 for word, count in seen_in.items()}
    scores = np.zeros((len(wanted), len(shown)))
    for row, text in enumerate(wanted):
        for column, description in enumerate(shown):
            scores[row, column] = _agreement(text, description, rarity)
            agrees = scores[row, column] >= threshold
            if agrees and colours and colours[column] & set(re.findall(r"[a-z]+", texts[row].lower())):
                scores[row, column] *= _COLOUR_BONUS
    found: list[Match | None] = [None] * len(texts)
    for row, column in zip(*linear_sum_assignment(-np.where(scores >= threshold, scores, 0)), strict=True):
        if scores[row, column] >= threshold and scores[row, column] > 0:
            common = sorted(set(wanted[row]) & set(shown[column]), key=lambda word: (-rarity[word], word))
            written = _written(texts[row])
            words = tuple(written.get(word, word) for word in common[:3])
            found[row] = Match(pictures[column], float(scores[row, column]), words)
    return found


def _written(text: str) -> dict[str, str]:
    """The stems of a text and how the words are written there, so that reasons can be read."""
    return {found[0]: word for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if (found := stems(word))}


def _agreement(text: Counter[str], description: Counter[str], rarity: dict[str, float]) -> float:
    """Cosine of two bags of words, each word counted once and weighted by rarity; a long text is not punished."""
    common = sum(rarity[word] ** 2 for word in text.keys() & description.keys())
    if not common:
        return 0.0
    sizes = [sum(rarity[word] ** 2 for word in counts) for counts in (text, description)]
    # The text's own length counts half: a description of two words found whole in a long text is a good match.
    return float(common / (sqrt(sizes[1]) * sizes[0] ** 0.25 * common**0.25))
