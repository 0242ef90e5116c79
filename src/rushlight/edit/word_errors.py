"""Words of two transcripts against each other: the fewest substitutions, deletions and insertions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

__all__ = ["count_word_errors", "spoken_words"]

_INSIDE = re.compile(r"[^\w'’]+")


def spoken_words(texts: Sequence[str]) -> list[str]:
    """Words as they are heard: without case, and without punctuation round them."""
    whole = unicodedata.normalize("NFKC", " ".join(texts)).casefold().replace("’", "'")
    return [word.strip("'_") for word in _INSIDE.sub(" ", whole).split() if word.strip("'_")]


def count_word_errors(reference: Sequence[str], tested: Sequence[str]) -> dict[str, int]:
    """The errors of an alignment with the fewest of them (Levenshtein distance over words).

    Memory grows with the longer text only: rows of the table hold how the best path to each place came about.
    """
    ids: dict[str, int] = {}
    right = np.array([ids.setdefault(word, len(ids)) for word in tested], dtype=np.int64)
    count = len(right)
    # Columns: errors, substituted, deleted, inserted; compared as one number, so that ties always fall the same way.
    row = np.zeros((count + 1, 4), np.int64)
    row[:, 0] = row[:, 3] = np.arange(count + 1)
    for word in reference:
        equal = right == ids.get(word, -1)
        across = row[:-1] + np.where(equal[:, None], 0, np.array([1, 1, 0, 0]))
        down = row[1:] + np.array([1, 0, 1, 0])
        best = np.where((across[:, :1] <= down[:, :1]), across, down)
        new = np.empty_like(row)
        new[0] = row[0] + np.array([1, 0, 1, 0])
        # An insertion costs one for each step to the right: the best start of such a run, for all places at once.
        costs = np.concatenate([new[:1, 0], best[:, 0]]) - np.arange(count + 1)
        least = np.minimum.accumulate(costs)
        starts = np.maximum.accumulate(np.where(costs == least, np.arange(count + 1), 0))
        rows = np.concatenate([new[:1], best])
        steps = np.arange(count + 1) - starts
        new = rows[starts].copy()
        new[:, 0] += steps
        new[:, 3] += steps
        row = new
    _, substituted, deleted, inserted = (int(value) for value in row[-1])
    return {"substituted": substituted, "deleted": deleted, "inserted": inserted, "words": len(reference)}
