"""An interpolated Kneser–Ney n-gram model: the yardstick of the house writer, and its memory for small corpora.

A few thousand lines are too little for a network to know what the corpus says often. The two are mixed; the share of
each is found on scenes that neither was trained on.

Reference:
    Kneser, Ney 1995; Chen, Goodman 1999, "An empirical study of smoothing techniques for language modeling", section
    3.6 (interpolated, modified: three discounts for each order).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["NgramModel"]


class NgramModel:
    """Counts of token sequences up to a length, smoothed.

    Args:
        order: longest sequence, 5 for a 5-gram model.
        vocabulary: number of tokens.
        sequences: what to count; nothing is counted across the end of one.
    """

    def __init__(self, order: int, vocabulary: int, sequences: Iterable[Sequence[int]]) -> None:
        self.order, self.vocabulary = order, vocabulary
        counts: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order)]
        for sequence in sequences:
            tokens = tuple(sequence)
            for length in range(1, order + 1):
                counts[length - 1].update(tokens[at : at + length] for at in range(len(tokens) - length + 1))
        # Below the highest order a sequence counts once for every token it was seen after, except at a start.
        for length in range(1, order):
            seen: Counter[tuple[int, ...]] = Counter(gram[1:] for gram in counts[length])
            counts[length - 1] = Counter({gram: seen.get(gram) or count for gram, count in counts[length - 1].items()})
        self._followers = [self._grouped(level) for level in counts]
        self._discounts = [self._discount(level) for level in counts]
        self._row = lru_cache(maxsize=4096)(self._distribution)

    @staticmethod
    def _grouped(
        counts: Counter[tuple[int, ...]],
    ) -> dict[tuple[int, ...], tuple[NDArray[np.int64], NDArray[np.float64]]]:
        groups: dict[tuple[int, ...], dict[int, int]] = defaultdict(dict)
        for gram, count in counts.items():
            groups[gram[:-1]][gram[-1]] = count
        return {
            context: (np.fromiter(nexts, np.int64), np.fromiter(nexts.values(), np.float64))
            for context, nexts in groups.items()
        }

    @staticmethod
    def _discount(counts: Counter[tuple[int, ...]]) -> tuple[float, float, float]:
        """Discounts for sequences counted once, twice and more often."""
        of = Counter(min(count, 4) for count in counts.values())
        if not of[1] or not of[2]:
            return (0.5, 0.5, 0.5)
        share = of[1] / (of[1] + 2 * of[2])
        if not of[3] or not of[4]:
            return (share, share, share)
        found = [number - (number + 1) * share * of[number + 1] / of[number] for number in (1, 2, 3)]
        once, twice, more = (min(max(value, 0.05), number - 0.05) for number, value in enumerate(found, 1))
        return (once, twice, more)

    def probabilities(self, before: Sequence[int]) -> NDArray[np.float64]:
        """Of every token to come next, float64, shape (vocabulary,), summing to 1.

        Args:
            before: the tokens so far; only the last `order` - 1 count.
        """
        context = tuple(before[-(self.order - 1) :]) if self.order > 1 else ()
        return self._row(context)

    def _distribution(self, context: tuple[int, ...]) -> NDArray[np.float64]:
        lower = self._row(context[1:]) if context else np.full(self.vocabulary, 1 / self.vocabulary)
        found = self._followers[len(context)].get(context)
        if found is None:
            return lower
        tokens, counts = found
        discounts = np.array(self._discounts[len(context)])[np.minimum(counts, 3).astype(int) - 1]
        total = counts.sum()
        row: NDArray[np.float64] = lower * (discounts.sum() / total)
        row[tokens] += (counts - discounts) / total
        return row
