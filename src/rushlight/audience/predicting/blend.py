"""Trees and a line together: their weighted sum, whose explanation is the same sum of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.predicting.linear import LinearModel
from rushlight.audience.predicting.trees import BoostedTrees

__all__ = ["Blend"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Blend:
    """share · trees + (1 − share) · line. Shapley values are linear in the model, so those of the sum are the sum.

    Attributes:
        trees: one part.
        line: the other.
        share: of the trees, 0 to 1.
    """

    trees: BoostedTrees
    line: LinearModel
    share: float

    name = "blend"

    def raw(self, rows: Floats) -> Floats:
        """Predictions of rows of shape (n, features); NaN where a value is missing."""
        return self.share * self.trees.raw(rows) + (1 - self.share) * self.line.raw(rows)

    def explain(self, rows: Floats) -> tuple[float, Floats]:
        """The expectation, and what each feature adds to each prediction, float64 of shape (n, features)."""
        of_trees, of_line = self.trees.explain(rows), self.line.explain(rows)
        base = self.share * of_trees[0] + (1 - self.share) * of_line[0]
        return base, self.share * of_trees[1] + (1 - self.share) * of_line[1]

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays."""
        return {
            "share": np.array([self.share]),
            **{f"trees.{name}": value for name, value in self.trees.tensors().items()},
            **{f"line.{name}": value for name, value in self.line.tensors().items()},
        }

    @classmethod
    def from_tensors(cls, tensors: dict[str, NDArray[Any]]) -> Self:
        """The model that `tensors` came from."""
        trees, line = (
            {name.removeprefix(part): value for name, value in tensors.items() if name.startswith(part)}
            for part in ("trees.", "line.")
        )
        return cls(BoostedTrees.from_tensors(trees), LinearModel.from_tensors(line), float(tensors["share"][0]))
