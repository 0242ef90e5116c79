"""Recommending what viewers like this one chose."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Attribution, Recommender

__all__ = ["ViewerNeighbours"]

Floats = NDArray[np.float64]


class ViewerNeighbours(Recommender):
    """Σ over the `most` nearest viewers of their cosine, squared, for each title they chose.

    The model is the histories themselves, so it is never stored: an erased viewer would live on in it.

    Args:
        most: viewers that count.

    Reference:
        Resnick et al. 1994, "GroupLens".
    """

    name = "viewer-neighbours"
    holds_viewers = True

    def __init__(self, most: int = 200):
        self.most = most

    def _fit(self, interactions: Interactions) -> None:
        self.chosen = interactions.chosen
        self.length = np.sqrt(np.maximum(interactions.activity, 1.0))

    def _near(self, histories: sparse.csr_matrix) -> Floats:
        shared = np.asarray((histories @ self.chosen.T).todense(), dtype=np.float64)
        own = np.sqrt(np.maximum(np.diff(histories.indptr), 1.0))
        like = (shared / self.length / own[:, None]) ** 2
        if self.most < like.shape[1]:
            least = np.partition(like, -self.most, axis=1)[:, -self.most][:, None]
            like = np.where(like >= least, like, 0.0)
        return np.asarray(like)

    def scores(self, histories: sparse.csr_matrix) -> Floats:
        """Scores of all titles for each history."""
        return np.asarray(self._near(histories) @ self.chosen) + 1e-9 * self.popular

    def attribution(self, history: sparse.csr_matrix, title: int) -> Attribution | None:
        """Each neighbour's share goes to the titles it has in common with the history, in equal parts."""
        near = self._near(history)[0] * np.asarray(self.chosen[:, [title]].todense()).ravel()
        common = self.chosen[:, history.indices]
        count = np.maximum(np.diff(common.indptr), 1.0)
        values = np.asarray(common.T @ (near / count)).ravel()
        return Attribution(float(1e-9 * self.popular[title]), history.indices.astype(np.int64), values)

    def tensors(self) -> dict[str, Floats]:
        """Nothing: see `holds_viewers`."""
        return {}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Floats]) -> Self:
        """Never: it is not stored."""
        raise NotImplementedError
