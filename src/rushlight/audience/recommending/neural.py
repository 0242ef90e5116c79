"""A small neural network over vectors of viewers and titles."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Recommender

__all__ = ["NeuralFactors"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_BATCH = 256


class NeuralFactors(Recommender):
    """Neural collaborative filtering: ŷ = σ(Wᵀ(p_u ⊙ q_i) + b), the probability that u chooses i.

    p_u is the mean of input vectors of what u chose, itself left out while learning, with a one in front so that q_i
    can say how popular a title is. So a new viewer has a vector at once. Trained on choices and on others drawn at
    random by cross-entropy −Σ y log ŷ + (1 − y) log(1 − ŷ), with AdaGrad.

    Args:
        size: length of the vectors.
        epochs: how often every choice is seen.
        negatives: titles drawn for each choice.
        rate: step of learning.
        seed: of the start and of what is drawn.

    Reference:
        He et al. 2017, "Neural collaborative filtering" (its GMF); Kabbur, Ning, Karypis 2013, "FISM".
    """

    name = "neural"

    def __init__(self, size: int = 24, epochs: int = 12, negatives: int = 4, rate: float = 0.1, seed: int = 0):
        self.size, self.epochs, self.negatives, self.rate, self.seed = size, epochs, negatives, rate, seed

    def _fit(self, interactions: Interactions) -> None:
        rng = np.random.default_rng(self.seed)
        count = len(interactions.titles)
        self.inputs = rng.normal(0.0, 0.1, (count, self.size))
        self.outputs = rng.normal(0.0, 0.1, (count, self.size + 1))
        self.weights, self.bias = np.ones(self.size + 1), np.zeros(1)
        seen = {name: np.full_like(value, 1e-3) for name, value in self._parameters().items()}
        rows = np.flatnonzero(np.diff(interactions.chosen.indptr) > 1)
        for _ in range(self.epochs):
            for part in np.array_split(rng.permutation(rows), max(len(rows) // _BATCH, 1)):
                if len(part):
                    slopes = self._slopes(interactions.chosen[part], rng)
                    for name, value in self._parameters().items():
                        seen[name] += slopes[name] ** 2
                        value -= self.rate * slopes[name] / np.sqrt(seen[name])

    def _parameters(self) -> dict[str, Floats]:
        return {"inputs": self.inputs, "outputs": self.outputs, "weights": self.weights, "bias": self.bias}

    def _slopes(self, chosen: sparse.csr_matrix, rng: np.random.Generator) -> dict[str, Floats]:
        """Slopes of the loss of a batch of viewers."""
        count = np.diff(chosen.indptr)
        who = np.repeat(np.arange(len(count)), count)
        drawn = rng.integers(0, chosen.shape[1], (len(who), self.negatives))
        rows = np.concatenate([who, np.repeat(who, self.negatives)])
        titles = np.concatenate([chosen.indices, drawn.ravel()])
        wanted = np.concatenate([np.ones(len(who)), np.zeros(drawn.size)])
        own = wanted[:, None]
        whole = np.asarray(chosen @ self.inputs)
        share = 1.0 / np.maximum(count[rows] - wanted, 1.0)
        viewer = np.ones((len(rows), self.size + 1))
        viewer[:, 1:] = (whole[rows] - own * self.inputs[titles]) * share[:, None]
        title = self.outputs[titles]
        off = _sigmoid((viewer * title) @ self.weights + self.bias[0]) - wanted
        to_viewer = (off[:, None] * title * self.weights)[:, 1:] * share[:, None]
        place = sparse.csr_matrix((np.ones(len(rows)), (titles, np.arange(len(rows)))), (chosen.shape[1], len(rows)))
        of_row = sparse.csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), (len(count), len(rows)))
        inputs = np.asarray(chosen.T @ np.asarray(of_row @ to_viewer)) - np.asarray(place @ (own * to_viewer))
        return {
            "inputs": inputs,
            "outputs": np.asarray(place @ (off[:, None] * viewer * self.weights)),
            "weights": (off[:, None] * viewer * title).sum(axis=0),
            "bias": np.array([off.sum()]),
        }

    def scores(self, histories: sparse.csr_matrix) -> Floats:
        """log(ŷ / (1 − ŷ)) of all titles, which ranks as ŷ does; those of an empty history are the popular ones."""
        count = np.maximum(np.diff(histories.indptr), 1.0)
        viewer = np.ones((histories.shape[0], self.size + 1))
        viewer[:, 1:] = np.asarray(histories @ self.inputs) / count[:, None]
        made: Floats = (viewer * self.weights) @ self.outputs.T + self.bias[0]
        return made

    def tensors(self) -> dict[str, Floats]:
        """Vectors, W and b."""
        return {**self._parameters(), "popular": self.popular}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Floats]) -> Self:
        """The model whose `tensors` these are."""
        made = cls(tensors["inputs"].shape[1])
        made.inputs, made.outputs = tensors["inputs"], tensors["outputs"]
        made.weights, made.bias, made.popular = tensors["weights"], tensors["bias"], tensors["popular"]
        return made


def _sigmoid(value: Floats) -> Floats:
    made: Floats = 0.5 * (1 + np.tanh(value / 2))
    return made
