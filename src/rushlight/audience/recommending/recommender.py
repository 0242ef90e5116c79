"""One interface for all recommenders.

A recommender is fitted on interactions and then asked with histories: rows over the same titles that say what a viewer
chose (or how they rated). A new viewer is a row like any other, so nobody has to wait for the next fit, and what a
fitted model holds is about titles, not about viewers, unless it says so in `holds_viewers`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.interactions import Interactions

__all__ = ["Attribution", "Recommender", "best"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Attribution:
    """What each title of a history gives to the score of another title.

    Attributes:
        base: what the score is without any history.
        titles: columns of the history.
        values: what each adds.
    """

    base: float
    titles: Whole
    values: Floats

    @property
    def total(self) -> float:
        """The score that these add up to."""
        return float(self.base + self.values.sum())


class Recommender(ABC):
    """Scores titles for a history.

    Attributes:
        name: how it is chosen.
        reads_ratings: whether histories are ratings rather than choices.
        holds_viewers: whether the fitted model keeps histories of viewers, so that it may not be stored.
        popular: how many chose each title; breaks ties, and is all there is for a viewer without history.
    """

    name: ClassVar[str]
    reads_ratings: ClassVar[bool] = False
    holds_viewers: ClassVar[bool] = False
    popular: Floats

    def fit(self, interactions: Interactions) -> Self:
        """Learn from interactions. The same interactions give the same model."""
        count = interactions.popularity
        self.popular = count / max(count.max(), 1.0) if len(count) else count
        self._fit(interactions)
        return self

    @abstractmethod
    def _fit(self, interactions: Interactions) -> None: ...

    @abstractmethod
    def scores(self, histories: sparse.csr_matrix) -> Floats:
        """Scores of all titles for each history, histories × titles; finite, higher is better."""

    @abstractmethod
    def tensors(self) -> dict[str, Floats]:
        """What was learned, for a file."""

    @classmethod
    @abstractmethod
    def from_tensors(cls, tensors: dict[str, Floats]) -> Self:
        """The model whose `tensors` these are."""

    def attribution(self, history: sparse.csr_matrix, title: int) -> Attribution | None:
        """What each title of a history gives to the score of `title`; None where it does not come apart like that."""
        del history, title
        return None

    def top(self, histories: sparse.csr_matrix, most: int, context: Floats | None = None) -> tuple[Whole, Floats]:
        """The best titles that are not in each history.

        Args:
            histories: histories × titles.
            most: how many of each.
            context: added to the scores, by title.

        Returns:
            Columns and scores, histories × `most`, the best first; a column of -1 where there are not so many.
        """
        scores = self.scores(histories)
        return best(scores if context is None else scores + context, histories, most)


def best(scores: Floats, histories: sparse.csr_matrix, most: int) -> tuple[Whole, Floats]:
    """The highest scores of each row outside its history; equal scores in the order of titles."""
    scores = scores.copy()
    rows = np.repeat(np.arange(scores.shape[0]), np.diff(histories.indptr))
    scores[rows, histories.indices] = -np.inf
    most = min(most, scores.shape[1])
    if most < scores.shape[1]:
        chosen = np.sort(np.argpartition(-scores, most - 1, axis=1)[:, :most], axis=1)
    else:
        chosen = np.tile(np.arange(most), (scores.shape[0], 1))
    value = np.take_along_axis(scores, chosen, axis=1)
    order = np.argsort(-value, axis=1, kind="stable")
    chosen, value = np.take_along_axis(chosen, order, axis=1), np.take_along_axis(value, order, axis=1)
    return np.where(np.isfinite(value), chosen, -1).astype(np.int64), np.where(np.isfinite(value), value, 0.0)
