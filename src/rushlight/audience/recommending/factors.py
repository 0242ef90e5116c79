"""Matrix factorisation of choices by alternating least squares, here or on Spark."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Attribution, Recommender

__all__ = ["ImplicitFactors"]

Floats = NDArray[np.float64]
_ROWS, _FEW = 4096, 64


class ImplicitFactors(Recommender):
    """Choices as one, the rest as zero with less weight: score = q_iᵀp_u.

    Minimises Σ c_ui (x_ui − q_iᵀp_u)² + λ(Σ‖p_u‖² + Σ‖q_i‖²), c = 1 + α for choices and 1 for the rest, solving for
    viewers and titles in turn. A new viewer's p is one such solve, so viewers are not kept.

    Args:
        rank: length of the vectors.
        penalty: λ.
        weight: α.
        sweeps: how often both sides are solved.
        seed: of the start.
        engine: `local`, or `spark://…`: Spark's MLlib fits, and everything else stays the same. MLlib multiplies λ by
            the number of choices of each row, and takes `penalty` / 400 for its λ, which is about the same on average.

    Reference:
        Hu, Koren, Volinsky 2008, "Collaborative filtering for implicit feedback datasets".
    """

    name = "implicit-als"

    def __init__(
        self,
        rank: int = 32,
        penalty: float = 20.0,
        weight: float = 1.0,
        sweeps: int = 8,
        seed: int = 0,
        engine: str = "local",
    ):
        self.rank, self.penalty, self.weight, self.sweeps = rank, penalty, weight, sweeps
        self.seed, self.engine = seed, engine

    def _fit(self, interactions: Interactions) -> None:
        if self.engine != "local":
            self.vectors = self._on_spark(interactions)
        else:
            # A start that belongs to the title, not to how many titles there are.
            rng = np.random.default_rng(self.seed)
            vectors = rng.normal(0.0, 0.1, (len(interactions.titles), self.rank))
            chosen, turned = interactions.chosen, interactions.chosen.T.tocsr()
            for _ in range(self.sweeps):
                vectors = self._solved(turned, self._solved(chosen, vectors))
            self.vectors = vectors
        self.gram = self.vectors.T @ self.vectors

    def _solved(self, chosen: sparse.csr_matrix, other: Floats, gram: Floats | None = None) -> Floats:
        """The best vector of each row, the other side's being given."""
        size = other.shape[1]
        if chosen.shape[0] <= _FEW:
            # Only the vectors that these rows chose are looked at.
            used = np.unique(chosen.indices)
            gram = other.T @ other if gram is None else gram
            chosen, other = chosen[:, used], other[used]
        upper = np.triu_indices(size)
        pairs = other[:, upper[0]] * other[:, upper[1]]
        gram = other.T @ other if gram is None else gram
        per_row = np.diff(chosen.indptr) if self.engine != "local" else np.full(chosen.shape[0], 1.0)
        made = np.empty((chosen.shape[0], size))
        for start in range(0, chosen.shape[0], _ROWS):
            part = slice(start, min(start + _ROWS, chosen.shape[0]))
            rows = chosen[part]
            system = np.empty((rows.shape[0], size, size))
            inner = self.weight * np.asarray(rows @ pairs)
            system[:, upper[0], upper[1]] = inner
            system[:, upper[1], upper[0]] = inner
            system += gram
            penalty = self._penalty * np.maximum(per_row[part], 1.0)
            system[:, np.arange(size), np.arange(size)] += penalty[:, None]
            wanted = (1 + self.weight) * np.asarray(rows @ other)
            made[part] = np.linalg.solve(system, wanted[..., None])[..., 0]
        return made

    @property
    def _penalty(self) -> float:
        return self.penalty if self.engine == "local" else self.penalty / 400

    def _on_spark(self, interactions: Interactions) -> Floats:
        """Vectors of titles as Spark's MLlib finds them."""
        from rushlight.audience.warehouse.engine import open_engine

        with open_engine(self.engine) as engine:
            from pyspark.ml.recommendation import ALS

            session: Any = engine.backend._session
            entries = interactions.chosen.tocoo()
            rows = [
                (int(row), int(column), float(value))
                for row, column, value in zip(entries.row, entries.col, entries.data, strict=True)
            ]
            frame = session.createDataFrame(rows, "viewer int, title int, chosen float")
            fitted = ALS(
                rank=self.rank, maxIter=self.sweeps, regParam=self._penalty, alpha=self.weight, implicitPrefs=True,
                seed=self.seed, userCol="viewer", itemCol="title", ratingCol="chosen",
            ).fit(frame)  # fmt: skip
            found = np.zeros((len(interactions.titles), self.rank))
            for row in fitted.itemFactors.collect():
                found[row["id"]] = row["features"]
        return found

    def scores(self, histories: sparse.csr_matrix) -> Floats:
        """Scores of all titles for each history."""
        made: Floats = self._solved(histories, self.vectors, self.gram) @ self.vectors.T + 1e-9 * self.popular
        return made

    def attribution(self, history: sparse.csr_matrix, title: int) -> Attribution | None:
        """What each title gives: p = (1 + α) A⁻¹ Σ q_i, so the score is a sum over the history.

        A depends on the whole history, so these parts add up exactly but are not what would be lost without each.
        """
        chosen = self.vectors[history.indices]
        per_row = 1.0 if self.engine == "local" else max(len(chosen), 1)
        system = self.gram + self.weight * chosen.T @ chosen + self._penalty * per_row * np.eye(len(self.gram))
        values = (1 + self.weight) * chosen @ np.linalg.solve(system, self.vectors[title])
        return Attribution(
            base=float(1e-9 * self.popular[title]), titles=history.indices.astype(np.int64), values=values
        )

    def tensors(self) -> dict[str, Floats]:
        """Vectors of the titles, and what a new viewer is solved with."""
        setting = np.array([self.penalty, self.weight, float(self.engine != "local")])
        return {"vectors": self.vectors, "popular": self.popular, "setting": setting}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Floats]) -> Self:
        """The model whose `tensors` these are."""
        penalty, weight, is_spark = tensors["setting"]
        made = cls(tensors["vectors"].shape[1], float(penalty), float(weight), engine="spark" if is_spark else "local")
        made.vectors, made.popular = tensors["vectors"], tensors["popular"]
        made.gram = made.vectors.T @ made.vectors
        return made
