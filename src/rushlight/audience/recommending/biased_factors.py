"""Ratings predicted by biased matrix factorisation."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Recommender
from rushlight.core.errors import InputError

__all__ = ["BiasedFactors"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
# Sweeps that change the noise by less than this have settled; the first ones always look so.
_ENOUGH, _LEAST_SWEEPS = 1e-3, 4


class BiasedFactors(Recommender):
    """Biased matrix factorisation: r̂ = μ + b_u + b_i + q_iᵀp_u.

    Every bias and vector has a normal prior whose variance is learned with it, and is kept as a mean and a covariance
    (variational Bayes), so that who rated little is drawn to the mean by as much as the data say and nothing has to be
    tuned. With w_u = (b_u, 1, p_u) and v_i = (1, b_i, q_i) the prediction is μ + v_iᵀw_u; both sides are solved in
    turn: Σ_u = (Σ_i E[v_i v_iᵀ]/σ² + diag(1/variance))⁻¹.

    It predicts ratings. The best predictor of ratings is a poor ranker, for what is not rated is not missing at
    random: choose a recommender by its ranking.

    Args:
        rank: length of p and q.
        sweeps: at most so many.
        seed: of the start.

    Reference:
        Koren, Bell, Volinsky 2009, "Matrix factorization techniques for recommender systems"; Lim, Teh 2007,
        "Variational Bayesian approach to movie rating prediction".
    """

    name = "biased-factors"
    reads_ratings = True

    def __init__(self, rank: int = 5, sweeps: int = 12, seed: int = 0):
        self.rank, self.sweeps, self.seed = rank, sweeps, seed

    def _fit(self, interactions: Interactions) -> None:
        ratings = interactions.ratings
        if ratings is None or not ratings.nnz:
            raise InputError("There are no ratings to learn from.", hint="Import some, or choose another model.")
        self.mean, self.low, self.high = (float(f(ratings.data)) for f in (np.mean, np.min, np.max))
        size, spread = self.rank + 2, max(float(ratings.data.var()), 1e-9)
        rng = np.random.default_rng(self.seed)
        title = np.zeros((len(interactions.titles), size))
        title[:, 0], title[:, 2:] = 1.0, rng.normal(0.0, 0.1, (len(title), self.rank))
        self.second = title[:, :, None] * title[:, None, :]
        self.title = title
        self.noise = 0.7 * spread
        self.viewer_variance = np.array([0.2, *[0.1] * self.rank]) * spread
        title_variance = np.array([0.2, *[1.0 / self.rank] * self.rank]) * spread
        rated, turned = _with_ones(ratings), ratings.T.tocsr()
        rated_turned = rated.T.tocsr()
        above = _shifted(ratings, self.mean)
        above_turned, squares = _shifted(turned, self.mean), float(((ratings.data - self.mean) ** 2).sum())
        for sweep in range(self.sweeps):
            before = self.noise
            viewer, second, self.viewer_variance, _ = self._side(
                rated, above, self.title, self.second, 1, self.viewer_variance
            )
            self.title, self.second, title_variance, inner = self._side(
                rated_turned, above_turned, viewer, second, 0, title_variance
            )
            off = float((np.asarray(above_turned @ viewer) * self.title).sum())
            self.noise = max((squares - 2 * off + float((inner * self.second).sum())) / ratings.nnz, 1e-9)
            if sweep >= _LEAST_SWEEPS and abs(before - self.noise) < _ENOUGH * before:
                break

    def _side(
        self, rated: sparse.csr_matrix, above: sparse.csr_matrix, other: Floats, second: Floats, one: int, prior: Floats
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Means and second moments of one side, its prior's new variance, and Σ E[vvᵀ] of each row."""
        size = other.shape[1]
        inner = np.asarray(rated @ second.reshape(len(second), -1)).reshape(-1, size, size)
        free = np.delete(np.arange(size), one)
        system = inner[:, free[:, None], free[None, :]] / self.noise
        system[:, np.arange(size - 1), np.arange(size - 1)] += 1 / prior
        covariance = np.linalg.inv(system)
        wanted = (np.asarray(above @ other) - inner[:, :, one])[:, free] / self.noise
        found = np.einsum("nij,nj->ni", covariance, wanted)
        mean = np.ones((len(found), size))
        mean[:, free] = found
        moment = mean[:, :, None] * mean[:, None, :]
        moment[:, free[:, None], free[None, :]] += covariance
        variance = (found**2 + np.einsum("nii->ni", covariance)).mean(axis=0)
        return mean, moment, np.maximum(variance, 1e-9), inner

    def _viewers(self, histories: sparse.csr_matrix) -> Floats:
        rated, above = _with_ones(histories), _shifted(histories, self.mean)
        return self._side(rated, above, self.title, self.second, 1, self.viewer_variance)[0]

    def scores(self, histories: sparse.csr_matrix) -> Floats:
        """Ratings that each viewer is expected to give, within the scale that was seen."""
        made: Floats = np.clip(self.mean + self._viewers(histories) @ self.title.T, self.low, self.high)
        return made

    def predict(self, histories: sparse.csr_matrix, rows: Whole, titles: Whole) -> Floats:
        """Ratings of some pairs, without those of all others."""
        viewers = self._viewers(histories)
        off = np.einsum("nk,nk->n", viewers[rows], self.title[titles])
        made: Floats = np.clip(self.mean + off, self.low, self.high)
        return made

    def tensors(self) -> dict[str, Floats]:
        """Moments of the titles, and the prior of viewers."""
        scale = np.array([self.mean, self.low, self.high, self.noise])
        return {"title": self.title, "second": self.second, "viewer_variance": self.viewer_variance,
                "scale": scale, "popular": self.popular}  # fmt: skip

    @classmethod
    def from_tensors(cls, tensors: dict[str, Floats]) -> Self:
        """The model whose `tensors` these are."""
        made = cls(tensors["title"].shape[1] - 2)
        made.title, made.second, made.popular = tensors["title"], tensors["second"], tensors["popular"]
        made.viewer_variance = tensors["viewer_variance"]
        made.mean, made.low, made.high, made.noise = (float(value) for value in tensors["scale"])
        return made


def _with_ones(ratings: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(len(ratings.data)), ratings.indices, ratings.indptr), ratings.shape)


def _shifted(ratings: sparse.csr_matrix, mean: float) -> sparse.csr_matrix:
    return sparse.csr_matrix((ratings.data - mean, ratings.indices, ratings.indptr), ratings.shape)
