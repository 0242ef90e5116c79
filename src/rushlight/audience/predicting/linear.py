"""A line through the features: predicted and explained exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["LinearModel"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinearModel:
    """base + Σ weightᵢ (xᵢ − centreᵢ); a missing value counts as the centre, one beyond what was seen as its edge.

    The share of a feature is weight · (x − centre), which is its Shapley value when features that are not known are
    averaged over one by one.

    Attributes:
        base: prediction of a row at the centre: seconds, or log-odds.
        weights: of each feature, float64.
        centres: mean of each feature over the fit, float64.
        low: least value of each feature over the fit; `high` the greatest: a line is not drawn on beyond them.
    """

    base: float
    weights: Floats
    centres: Floats
    low: Floats
    high: Floats

    name = "linear"

    def raw(self, rows: Floats) -> Floats:
        """Predictions of rows of shape (n, features); NaN where a value is missing."""
        return np.asarray(self.base + self._parts(rows).sum(axis=1))

    def explain(self, rows: Floats) -> tuple[float, Floats]:
        """The base, and what each feature adds to each prediction, float64 of shape (n, features)."""
        return self.base, self._parts(rows)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays."""
        return {"base": np.array([self.base]), **{name: getattr(self, name) for name in _COLUMNS}}

    @classmethod
    def from_tensors(cls, tensors: dict[str, NDArray[Any]]) -> Self:
        """The model that `tensors` came from."""
        return cls(float(tensors["base"][0]), **{name: tensors[name] for name in _COLUMNS})

    def _parts(self, rows: Floats) -> Floats:
        return np.asarray(
            np.where(np.isnan(rows), 0.0, np.clip(rows, self.low, self.high) - self.centres) * self.weights
        )


_COLUMNS = ("weights", "centres", "low", "high")
