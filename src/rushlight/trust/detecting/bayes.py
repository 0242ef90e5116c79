"""From signals to a probability: likelihood ratios, a prior that somebody sets, and when not to judge.

References:
    Good 1950, "Probability and the weighing of evidence". A ratio of several kinds of change, of which one may have
    happened, is the mean of their ratios.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Calibrated", "combined", "probability"]

# No picture or voice is worth more than this: models are wrong in ways that their calibration did not meet.
_MOST = math.log(200)


@dataclass(frozen=True)
class Calibrated:
    """A line over named numbers, fitted with as many changed as unchanged pieces, so that its log odds are a ratio.

    Attributes:
        names: of the numbers.
        mean: of the pieces it was fitted on.
        spread: of the same.
        weights: for standardised numbers.
        offset: added to their sum.
        farthest: mean squared standard distance beyond which a piece is foreign.
    """

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    offset: float
    farthest: float

    def log_ratio(self, numbers: dict[str, float]) -> float:
        """Natural logarithm of the likelihood ratio, held within what any evidence here is worth."""
        found = float(self.weights @ self._standard(numbers) + self.offset)
        return max(-_MOST, min(_MOST, found))

    def parts(self, numbers: dict[str, float]) -> dict[str, float]:
        """What each number adds to the log ratio; with `offset` they sum to it, before it is held."""
        return dict(zip(self.names, (self.weights * self._standard(numbers)).tolist(), strict=True))

    def is_foreign(self, numbers: dict[str, float]) -> bool:
        """Whether the piece is unlike everything that this was fitted on."""
        return float(np.mean(self._standard(numbers) ** 2)) > self.farthest

    def _standard(self, numbers: dict[str, float]) -> NDArray[np.float64]:
        values = np.array([numbers[name] for name in self.names])
        return (values - self.mean) / self.spread

    @classmethod
    def from_json(cls, said: dict[str, object]) -> Calibrated:
        """Read from a card."""
        return cls(
            tuple(said["names"]),  # type: ignore[arg-type]
            np.array(said["mean"], np.float64),
            np.array(said["spread"], np.float64),
            np.array(said["weights"], np.float64),
            float(said["offset"]),  # type: ignore[arg-type]
            float(said["farthest"]),  # type: ignore[arg-type]
        )


def combined(log_ratios: Sequence[float]) -> float | None:
    """Of several kinds of change, any one of which may have happened, equally likely: the mean of their ratios."""
    if not log_ratios:
        return None
    most = max(log_ratios)
    return most + math.log(sum(math.exp(one - most) for one in log_ratios) / len(log_ratios))


def probability(log_ratio: float, prior: float) -> float:
    """Bayes: p(D|X) = p(X|D) p(D) / p(X)."""
    return 1 / (1 + math.exp(-(math.log(prior / (1 - prior)) + log_ratio)))
