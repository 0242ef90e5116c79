"""Boosted regression trees as plain arrays, which numbers, not code, fill: no pickle, no library at run time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trees", "trees_of"]


@dataclass(frozen=True)
class Trees:
    """All trees in one table of nodes.

    Attributes:
        roots: int32, (trees,), where each begins.
        feature: int32, (nodes,), which number is asked; -1 in a leaf.
        threshold: float64, (nodes,), at most this goes left.
        left: int32, (nodes,).
        right: int32, (nodes,).
        value: float64, (nodes,), of leaves.
        base: float64, (1,), before all trees.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]
    base: NDArray[np.float64]

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of all trees for each row, shape (n,)."""
        node = np.repeat(self.roots[None], len(rows), axis=0)
        while np.any(inner := self.feature[node] >= 0):
            asked = np.take_along_axis(rows, np.maximum(self.feature[node], 0), axis=1)
            following = np.where(asked <= self.threshold[node], self.left[node], self.right[node])
            node = np.where(inner, following, node)
        return np.asarray(self.base[0] + self.value[node].sum(1), np.float64)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Its arrays by name, for a file."""
        return {f"trees.{name}": getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_tensors(cls, tensors: dict[str, NDArray[Any]]) -> Trees:
        """Read from a file's arrays."""
        return cls(**{name: tensors[f"trees.{name}"] for name in cls.__dataclass_fields__})


def trees_of(fitted: Any) -> Trees:
    """The trees of a fitted `HistGradientBoostingClassifier` of two classes, without missing values."""
    roots, parts, count = [], [], 0
    for (tree,) in fitted._predictors:
        nodes = tree.nodes
        roots.append(count)
        leaf = nodes["is_leaf"].astype(bool)
        parts.append(
            (
                np.where(leaf, -1, nodes["feature_idx"]), nodes["num_threshold"], nodes["left"] + count,
                nodes["right"] + count, nodes["value"],
            )
        )  # fmt: skip
        count += len(nodes)
    feature, threshold, left, right, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Trees(
        np.array(roots, np.int32), feature.astype(np.int32), threshold.astype(np.float64), left.astype(np.int32),
        right.astype(np.int32), value.astype(np.float64), np.asarray(fitted._baseline_prediction, np.float64).ravel(),
    )  # fmt: skip
