"""Groups among labelled cases beyond what a reference shows: a mixture of the reference and of latent classes.

A case comes from the background, which is spread as the reference is, or from a class in which each label has
probabilities of its own: p(x) = π₀ q(x) + Σₖ πₖ Πₐ θₖₐ(xₐ). So what is true of everybody makes no class. The number of
classes is the one with the least BIC whose classes come out again from halves of the cases; none is a possible answer.

Reference:
    Latent classes: Lazarsfeld & Henry 1968, Goodman 1974; EM: Dempster, Laird, Rubin 1977; BIC: Schwarz 1978; halves:
    Tibshirani & Walther 2005.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["Excess", "ExcessCandidate", "find_excess"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STARTS, _ROUNDS = 6, 300
_SETTLED = 1e-7
_LEAST_STABILITY = 0.75
_SPLITS = 3
# So many cases of the reference are added to each class, so that no label becomes impossible.
_PRIOR = 2.0
# The joint spread of the reference is drawn to that of labels that have nothing to do with each other.
_SMOOTHING = 0.05


@dataclass(frozen=True)
class ExcessCandidate:
    """One number of classes: how many, BIC above that of no class, and how surely cases stay together by halves."""

    k: int
    bic: float
    stability: float


@dataclass(frozen=True)
class Excess:
    """What was found.

    Attributes:
        shares: of the background, then of each class, the largest first; float64 of shape (k + 1,).
        labels: class of each case, 0 for the background.
        reference_labels: class that each row of the reference would have.
        candidates: every number that was tried.
        stability: of the number that was chosen.
    """

    shares: Floats
    labels: Ints
    reference_labels: Ints
    candidates: tuple[ExcessCandidate, ...]
    stability: float

    @property
    def k(self) -> int:
        """How many classes there are beside the background."""
        return len(self.shares) - 1


@dataclass(frozen=True)
class _Mixture:
    shares: Floats
    odds: tuple[Floats, ...]
    loss: float

    def joint(self, cells: Ints, background: Floats) -> Floats:
        """Density of each part in each cell, float64 of shape (cells, k + 1)."""
        parts = np.ones((len(cells), len(self.shares)))
        for place, table in enumerate(self.odds):
            parts[:, 1:] *= table[:, cells[:, place]].T
        parts[:, 0] = background
        return np.asarray(parts * self.shares)


def find_excess(cases: Ints, reference: Ints, levels: Sequence[int], *, most: int, seed: int) -> Excess:
    """Find classes of cases beyond the reference.

    Args:
        cases: numbers of labels, int64 of shape (n, attributes).
        reference: the same of everything that the cases come from.
        levels: how many labels each attribute has.
        most: the largest number of classes to try.
        seed: of starts and halves.
    """
    spread = _Background(reference, levels)
    cells, number, counts = np.unique(cases, axis=0, return_inverse=True, return_counts=True)
    weights, background = counts.astype(np.float64), spread(cells)
    size, width = float(weights.sum()), sum(level - 1 for level in levels)
    nothing = -float((weights * np.log(background)).sum())
    chosen, best, bics = None, 0.0, []
    candidates: list[ExcessCandidate] = []
    for k in range(1, most + 1):
        found = _fit(cells, weights, background, spread.marginals, k, np.random.default_rng([seed, k]))
        bic = 2 * (found.loss - nothing) + k * (1 + width) * np.log(size)
        stability = 0.0
        if bic < best:
            stability = _stability(cells, weights, background, spread.marginals, found, seed)
            if stability >= _LEAST_STABILITY:
                chosen, best = (found, stability), bic
        candidates.append(ExcessCandidate(k, round(float(bic), 6), round(stability, 6)))
        bics.append(bic)
        if len(bics) > 2 and bics[-1] > bics[-2] > bics[-3]:
            break
    if chosen is None:
        none = np.zeros(len(cases), np.int64), np.zeros(len(reference), np.int64)
        return Excess(np.ones(1), *none, tuple(candidates), 0.0)
    mixture, stability = chosen
    order = np.append(0, 1 + np.argsort(-mixture.shares[1:], kind="stable"))
    back = np.argsort(order)
    labels = back[mixture.joint(cells, background).argmax(axis=1)][number.ravel()]
    theirs, place = np.unique(reference, axis=0, return_inverse=True)
    reference_labels = back[mixture.joint(theirs, spread(theirs)).argmax(axis=1)][place.ravel()]
    return Excess(mixture.shares[order], labels, reference_labels, tuple(candidates), stability)


class _Background:
    """How the reference is spread: as it was counted, drawn a little to independent labels."""

    def __init__(self, reference: Ints, levels: Sequence[int]) -> None:
        self.marginals: tuple[Floats, ...] = tuple(
            np.asarray((np.bincount(reference[:, place], minlength=level) + 0.5) / (len(reference) + 0.5 * level))
            for place, level in enumerate(levels)
        )
        cells, counts = np.unique(reference, axis=0, return_counts=True)
        self._known = {tuple(cell): count / len(reference) for cell, count in zip(cells.tolist(), counts, strict=True)}

    def __call__(self, cells: Ints) -> Floats:
        apart = np.ones(len(cells))
        for place, shares in enumerate(self.marginals):
            apart *= shares[cells[:, place]]
        counted = np.array([self._known.get(tuple(cell), 0.0) for cell in cells.tolist()])
        return np.asarray((1 - _SMOOTHING) * counted + _SMOOTHING * apart)


def _fit(
    cells: Ints, weights: Floats, background: Floats, marginals: tuple[Floats, ...], k: int, rng: np.random.Generator
) -> _Mixture:
    """The likeliest of several starts."""
    best: _Mixture | None = None
    lifted = weights / background
    for _ in range(_STARTS):
        # Classes begin around cells that are commoner here than in the reference.
        middles = cells[rng.choice(len(cells), k, p=lifted / lifted.sum())]
        odds = tuple(
            0.5 * shares[None, :] + 0.5 * np.eye(len(shares))[middles[:, place]]
            for place, shares in enumerate(marginals)
        )
        found = _climbed(cells, weights, background, marginals, _Mixture(np.full(k + 1, 1 / (k + 1)), odds, np.inf))
        if best is None or found.loss < best.loss - 1e-9:
            best = found
    assert best is not None
    return best


def _climbed(cells: Ints, weights: Floats, background: Floats, marginals: tuple[Floats, ...], at: _Mixture) -> _Mixture:
    """EM from a start until the likelihood no longer rises."""
    size, loss = weights.sum(), np.inf
    for _ in range(_ROUNDS):
        joint = at.joint(cells, background)
        whole = joint.sum(axis=1)
        now = -float((weights * np.log(whole)).sum())
        at = _Mixture(at.shares, at.odds, now)
        if loss - now < _SETTLED * size:
            break
        loss = now
        share = joint * (weights / whole)[:, None]
        odds = []
        for place, usual in enumerate(marginals):
            counted = np.stack(
                [np.bincount(cells[:, place], share[:, one], len(usual)) for one in range(1, share.shape[1])]
            )
            drawn = counted + _PRIOR * usual
            odds.append(drawn / drawn.sum(axis=1, keepdims=True))
        at = _Mixture(share.sum(axis=0) / size, tuple(odds), now)
    return at


def _stability(
    cells: Ints, weights: Floats, background: Floats, marginals: tuple[Floats, ...], found: _Mixture, seed: int
) -> float:
    """Share of cases in the same class when fitted on a half: of the least sure class, on average over splits."""
    rng, k = np.random.default_rng([seed, 1, len(found.shares)]), len(found.shares) - 1
    own = found.joint(cells, background).argmax(axis=1)
    sure = []
    for _ in range(_SPLITS):
        half = rng.binomial(weights.astype(np.int64), 0.5).astype(np.float64)
        there = half > 0
        theirs = _fit(cells[there], half[there], background[there], marginals, k, rng)
        other = theirs.joint(cells, background).argmax(axis=1)
        table = np.zeros((k + 1, k + 1))
        np.add.at(table, (own, other), weights)
        # The background is no class: it stays what it is.
        rows, columns = linear_sum_assignment(-table[1:, 1:])
        sizes = np.maximum(table.sum(axis=1)[1:][rows], table.sum(axis=0)[1:][columns])
        sure.append(float((table[1:, 1:][rows, columns] / np.maximum(sizes, 1.0)).min()))
    return float(np.mean(sure))
