"""Recommenders that add up weights between titles: score of j = Σ weight(i, j) over the titles i of the history.

Each title of the history gives exactly its weight, so the explanation is the model itself: these are also its SHAP
values, for in a sum the worth of a part does not depend on what else is there.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Attribution, Recommender

__all__ = [
    "MOST_CORE",
    "Ease",
    "ItemNeighbours",
    "LinearRecommender",
    "Popularity",
    "Slim",
    "ease_weights",
    "inherited",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Weights are dense over so many of the most chosen titles; the others take theirs from those they are like.
MOST_CORE = 4000
_NEAREST = 20
# What a title that nobody chose may hope for of what its likes get.
_UNPROVEN = 0.6
# Breaks ties between titles, and is far below any weight.
_TIE = 1e-7


class LinearRecommender(Recommender):
    """Base of recommenders with weights between titles.

    Attributes:
        core: columns of the titles that have weights of their own.
        weights: core × core.
        spread: core × titles: 1 for a title's own weights, shares of others' where it has none.
        base: of every title, what a viewer of n choices gets 1 / (1 + n) of: the average viewer, weighing one choice.
        recent: of every title, what everybody gets.
    """

    core: Whole
    weights: Floats
    spread: sparse.csr_matrix
    base: Floats
    recent: Floats

    def _fit(self, interactions: Interactions) -> None:
        order = np.argsort(-interactions.popularity, kind="stable")[:MOST_CORE]
        self.core = np.sort(order[interactions.popularity[order] > 0]).astype(np.int64)
        self.weights = self._weights(interactions.only(self.core))
        self.spread = inherited(interactions, self.core)
        self.base = self.recent = np.zeros(len(interactions.titles))

    @abstractmethod
    def _weights(self, interactions: Interactions) -> Floats:
        """Weights between titles, from × to."""

    def scores(self, histories: sparse.csr_matrix) -> Floats:
        """Scores of all titles for each history."""
        known = histories[:, self.core]
        if histories.shape[0] == 1:
            # One viewer who waits: only the rows of what they chose are read.
            part = known.data @ self.weights[known.indices] if known.nnz else np.zeros(len(self.core))
            part = np.atleast_2d(part)
        else:
            part = np.asarray(known @ self.weights)
        if self.spread.shape[1] != len(self.core):
            part = np.asarray(self.spread.T @ part.T).T
        return np.asarray(part + self._without(np.diff(histories.indptr)[:, None]))

    def _without(self, count: Floats | int) -> Floats:
        """Scores but for the history itself, which only counts by its length."""
        made: Floats = _TIE * self.popular + self.recent + self.base / (1 + count)
        return made

    def attribution(self, history: sparse.csr_matrix, title: int) -> Attribution | None:
        """The weight of each title of the history, exactly."""
        known = history[:, self.core]
        column = self.spread[:, [title]]
        to = np.asarray(self.weights[np.ix_(known.indices, column.tocsc().indices)] @ column.tocsc().data)
        return Attribution(
            base=float(self._without(history.nnz)[title]), titles=self.core[known.indices], values=known.data * to
        )

    def tensors(self) -> dict[str, Floats]:
        """Weights in single precision, and what titles take from others."""
        spread = self.spread.tocoo()
        return {
            "core": self.core,
            "weights": self.weights.astype(np.float32),
            "popular": self.popular,
            "base": self.base,
            "recent": self.recent,
            "spread_from": spread.row.astype(np.int64),
            "spread_to": spread.col.astype(np.int64),
            "spread_share": spread.data.astype(np.float64),
        }

    @classmethod
    def from_tensors(cls, tensors: dict[str, Floats]) -> Self:
        """The model whose `tensors` these are."""
        made = cls()
        made.core, made.popular = tensors["core"].astype(np.int64), tensors["popular"]
        made.base, made.recent = tensors["base"], tensors["recent"]
        made.weights = tensors["weights"].astype(np.float64)
        at = (tensors["spread_from"], tensors["spread_to"])
        made.spread = sparse.csr_matrix((tensors["spread_share"], at), (len(made.core), len(made.popular)))
        return made


def inherited(interactions: Interactions, core: Whole) -> sparse.csr_matrix:
    """What each title takes of the scores of core titles: its own, or shares of those whose content is like its own.

    Returns:
        Core × titles.
    """
    count, size = len(interactions.titles), len(core)
    own = sparse.csr_matrix((np.ones(size), (np.arange(size), core)), (size, count))
    rest = np.setdiff1d(np.arange(count), core)
    if interactions.features is None or not len(rest) or not size:
        return own
    features = interactions.features
    rows, columns, shares = [], [], []
    for start in range(0, len(rest), 1024):
        part = rest[start : start + 1024]
        like = np.asarray((features[part] @ features[core].T).todense())
        nearest = np.argsort(-like, axis=1, kind="stable")[:, :_NEAREST]
        near = np.take_along_axis(like, nearest, axis=1)
        total = near.sum(axis=1, keepdims=True)
        share = _UNPROVEN * near / np.where(total > 0, total, 1.0)
        seen = near > 0
        rows.append(nearest[seen])
        columns.append(np.repeat(part, nearest.shape[1]).reshape(nearest.shape)[seen])
        shares.append(share[seen])
    more = (np.concatenate(shares), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(own + sparse.csr_matrix(more, (size, count)))


class Popularity(LinearRecommender):
    """The same for everybody: what most chose. The floor that every other recommender has to be above."""

    name = "popularity"

    def _fit(self, interactions: Interactions) -> None:
        self.core = np.zeros(0, dtype=np.int64)
        self.weights = np.zeros((0, 0))
        self.spread = sparse.csr_matrix((0, len(interactions.titles)))
        self.base = self.recent = np.zeros(len(interactions.titles))

    def _weights(self, interactions: Interactions) -> Floats:
        del interactions
        return np.zeros((0, 0))


class ItemNeighbours(LinearRecommender):
    """Titles chosen by the same viewers: cosine of their columns, the `most` nearest of each.

    Args:
        most: neighbours kept of each title.
        shrink: choices that a pair has to have before its cosine counts for half.

    Reference:
        Sarwar et al. 2001, "Item-based collaborative filtering recommendation algorithms".
    """

    name = "item-neighbours"

    def __init__(self, most: int = 200, shrink: float = 20.0):
        self.most, self.shrink = most, shrink

    def _weights(self, interactions: Interactions) -> Floats:
        together = np.asarray((interactions.chosen.T @ interactions.chosen).todense(), dtype=np.float64)
        length = np.sqrt(np.diag(together))
        like = together / (np.outer(length, length) + self.shrink)
        np.fill_diagonal(like, 0.0)
        if self.most < len(like):
            least = np.partition(like, -self.most, axis=0)[-self.most]
            like = np.where(like >= least, like, 0.0)
        return like


def ease_weights(gram: Floats, penalty: Floats) -> Floats:
    """Weights B that minimise ‖X − XB‖² + Σ penalty_i B_ij², the diagonal of B being zero.

    Closed form: with P = (XᵀX + diag(penalty))⁻¹, B_ij = −P_ij / P_jj.

    Args:
        gram: XᵀX, titles × titles.
        penalty: of each title, above 0.

    Reference:
        Steck 2019, "Embarrassingly shallow autoencoders for sparse data".
    """
    if not len(gram):
        return gram
    system = np.array(gram, dtype=np.float64, order="F")
    system[np.diag_indices_from(system)] += penalty
    factor, failed = lapack.dpotrf(system, lower=1, overwrite_a=1)
    inverse, failed_too = lapack.dpotri(factor, lower=1, overwrite_c=1) if not failed else (system, 1)
    if failed or failed_too:
        inverse = np.linalg.pinv(np.asarray(gram) + np.diag(penalty))
    else:
        # LAPACK fills the lower half and leaves the upper one at zero.
        inverse = inverse + inverse.T
        inverse[np.diag_indices_from(inverse)] /= 2
    weights: Floats = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


class Ease(LinearRecommender):
    """Every title predicted from all the others at once, in closed form.

    Args:
        penalty: λ; larger trusts pairs less.
    """

    name = "ease"

    def __init__(self, penalty: float = 300.0):
        self.penalty = penalty

    def _weights(self, interactions: Interactions) -> Floats:
        gram = np.asarray((interactions.chosen.T @ interactions.chosen).todense())
        return ease_weights(gram, np.full(len(gram), self.penalty))


class Slim(LinearRecommender):
    """Sparse weights above zero: each title predicted from few others by an elastic net.

    Coordinate descent over the `most` titles that are chosen together with each, all titles in step.

    Args:
        lasso: weight of Σ|B|, which makes weights zero.
        ridge: weight of Σ B² / 2.
        most: titles that each may be predicted from.

    Reference:
        Ning, Karypis 2011, "SLIM: sparse linear methods for top-N recommender systems" (its feature selection).
    """

    name = "slim"

    def __init__(self, lasso: float = 5.0, ridge: float = 100.0, most: int = 100, sweeps: int = 30):
        self.lasso, self.ridge, self.most, self.sweeps = lasso, ridge, most, sweeps

    def _weights(self, interactions: Interactions) -> Floats:
        gram = np.asarray((interactions.chosen.T @ interactions.chosen).todense(), dtype=np.float64)
        size = len(gram)
        most = min(self.most, size - 1)
        if most < 1:
            return np.zeros((size, size))
        length = np.sqrt(np.diag(gram))
        like = gram / np.outer(length, length)
        np.fill_diagonal(like, -1.0)
        near = np.sort(np.argpartition(-like, most - 1, axis=0)[:most].T, axis=1)
        made = np.zeros((size, size))
        for start in range(0, size, 256):
            part = np.arange(start, min(start + 256, size))
            made[near[part].T, part] = self._fitted(gram, near[part], part).T
        return made

    def _fitted(self, gram: Floats, near: Whole, targets: Whole) -> Floats:
        inner = gram[near[:, :, None], near[:, None, :]]
        with_target = gram[near, targets[:, None]]
        own = np.einsum("tii->ti", inner)
        weight = np.zeros_like(with_target)
        for _ in range(self.sweeps):
            before = weight.copy()
            for place in range(near.shape[1]):
                rest = with_target[:, place] - np.einsum("tj,tj->t", inner[:, place], weight)
                rest += own[:, place] * weight[:, place]
                weight[:, place] = np.maximum(rest - self.lasso, 0.0) / (own[:, place] + self.ridge)
            if np.abs(weight - before).max() < 1e-4:
                break
        return weight
