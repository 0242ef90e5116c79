"""Boosted trees as plain arrays of float64: predicted and explained exactly, stored as numbers.

An explanation shares a prediction out over its features by Shapley values of the game in which a feature that is not
known is averaged over, by how many rows of the fit went each way at every split. For one leaf, whose path asks d
features, the game is a product, so that its values depend only on which of the d conditions hold: they are worked out
once for all 2^d cases and looked up.

Reference:
    Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees", Nature
    Machine Intelligence 2 (the path-dependent game); Shapley 1953.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import factorial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoostedTrees"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class BoostedTrees:
    """A sum of trees, each node a row of these arrays.

    Attributes:
        base: what every prediction starts from.
        starts: first node of each tree, int64.
        feature: column that a node asks; −1 at a leaf.
        threshold: rows at or below it go left.
        missing_left: whether rows without a value go left.
        left: node for rows that go left, counted from the first node of the tree; as is `right`.
        value: what a leaf adds.
        cover: rows of the fit that came through a node.
    """

    base: float
    starts: Ints
    feature: Ints
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: Ints
    right: Ints
    value: Floats
    cover: Floats

    name = "trees"

    def raw(self, rows: Floats) -> Floats:
        """Predictions: seconds, or log-odds.

        Args:
            rows: float64 of shape (n, features); NaN where a value is missing.
        """
        found = np.full(len(rows), self.base)
        for first in self.starts.tolist():
            node = np.zeros(len(rows), np.int64)
            while True:
                at = first + node
                inner = np.flatnonzero(self.feature[at] >= 0)
                if not len(inner):
                    break
                here = at[inner]
                goes = self._goes_left(rows[inner, self.feature[here]], here)
                node[inner] = np.where(goes, self.left[here], self.right[here])
            found += self.value[first + node]
        return found

    def explain(self, rows: Floats) -> tuple[float, Floats]:
        """What each feature adds to each prediction.

        Returns:
            The expectation before any feature is known, and float64 of shape (n, features): with it they add up to
            `raw`.
        """
        parts = np.zeros(rows.shape)
        expected = self.base
        for first, end in self._spans():
            expected += self._tree(rows, first, end, parts)
        return expected, parts

    def first(self, trees: int) -> BoostedTrees:
        """The sum of the first so many trees."""
        end = int(self.starts[trees]) if trees < len(self.starts) else len(self.feature)
        cut = {name: getattr(self, name)[:end] for name in _NODES}
        return BoostedTrees(self.base, self.starts[:trees], **cut)

    def only(self, tree: int) -> BoostedTrees:
        """One tree of the sum, without the base."""
        first, end = self._spans()[tree]
        cut = {name: getattr(self, name)[first:end] for name in _NODES}
        return BoostedTrees(0.0, np.zeros(1, np.int64), **cut)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays."""
        return {"base": np.array([self.base]), "starts": self.starts, **{name: getattr(self, name) for name in _NODES}}

    @classmethod
    def from_tensors(cls, tensors: dict[str, NDArray[Any]]) -> Self:
        """The model that `tensors` came from."""
        return cls(float(tensors["base"][0]), tensors["starts"], **{name: tensors[name] for name in _NODES})

    def _spans(self) -> list[tuple[int, int]]:
        ends = np.append(self.starts, len(self.feature))[1:]
        return [(int(first), int(end)) for first, end in zip(self.starts, ends, strict=True)]

    def _goes_left(self, values: Floats, node: Ints | int) -> NDArray[np.bool_]:
        return np.where(np.isnan(values), self.missing_left[node], values <= self.threshold[node])

    def _tree(self, rows: Floats, first: int, end: int, parts: Floats) -> float:
        """Add one tree's shares to `parts`; gives its expectation."""
        inner = [node for node in range(first, end) if self.feature[node] >= 0]
        goes = {node: self._goes_left(rows[:, self.feature[node]], node) for node in inner}
        expected = 0.0
        for leaf, path in self._paths(first):
            weight = float(self.value[leaf])
            asked: dict[int, tuple[float, NDArray[np.bool_]]] = {}
            for node, went_left, share in path:
                column = int(self.feature[node])
                holds = goes[node] if went_left else ~goes[node]
                before = asked.get(column)
                asked[column] = (share, holds) if before is None else (before[0] * share, before[1] & holds)
            odds = np.array([one[0] for one in asked.values()])
            expected += weight * float(odds.prod())
            if not asked:
                continue
            case = np.zeros(len(rows), np.int64)
            for place, (_, holds) in enumerate(asked.values()):
                case += holds.astype(np.int64) << place
            shares = weight * _shares_of_leaf(odds)[case]
            for place, column in enumerate(asked):
                parts[:, column] += shares[:, place]
        return expected

    def _paths(self, first: int) -> list[tuple[int, list[tuple[int, bool, float]]]]:
        """Every leaf of a tree with the nodes above it, which way it lies, and what share of rows went there."""
        found: list[tuple[int, list[tuple[int, bool, float]]]] = []
        open_ = [(first, list[tuple[int, bool, float]]())]
        while open_:
            node, path = open_.pop()
            if self.feature[node] < 0:
                found.append((node, path))
                continue
            for is_left, child in ((True, first + int(self.left[node])), (False, first + int(self.right[node]))):
                share = float(self.cover[child] / self.cover[node])
                open_.append((child, [*path, (node, is_left, share)]))
        return found


_NODES = ("feature", "threshold", "missing_left", "left", "right", "value", "cover")


def _shares_of_leaf(odds: Floats) -> Floats:
    """Shapley values of the game v(S) = Π_{i∈S} zᵢ Π_{i∉S} rᵢ for every z in {0, 1}^d.

    Args:
        odds: r, the share of rows for which each condition holds, float64 of shape (d,).

    Returns:
        float64 of shape (2^d, d); bit i of the row's number is zᵢ.
    """
    count = len(odds)
    holds = _cases(count)
    found = np.zeros((2**count, count))
    for own in range(count):
        # Coefficient s: the sum over sets of s others of their z times the r of those not among them.
        terms = np.zeros((2**count, count))
        terms[:, 0] = 1.0
        for other in range(count):
            if other == own:
                continue
            shifted = np.zeros_like(terms)
            shifted[:, 1:] = terms[:, :-1]
            terms = terms * odds[other] + shifted * holds[:, [other]]
        found[:, own] = (holds[:, own] - odds[own]) * (terms @ _weights(count))
    return found


@cache
def _cases(count: int) -> Floats:
    return ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(np.float64)


@cache
def _weights(count: int) -> Floats:
    return np.array([factorial(s) * factorial(count - s - 1) / factorial(count) for s in range(count)])
