"""A model of creatives judged on tests held back, and what it says of variants that are yet to be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from rushlight.artifacts.creative_forecast import CreativeCandidate, CreativePair, CreativeTrait
from rushlight.artifacts.prediction import ReliabilityBin
from rushlight.audience.predicting.contents import SAID, Contents
from rushlight.audience.predicting.contests import Contest, PairwiseModel, chance, fit_contest, log_odds_of
from rushlight.audience.predicting.creatives import Creative
from rushlight.audience.predicting.explaining import MOST_ERROR
from rushlight.audience.predicting.judging import Bounded, mean_of_draws
from rushlight.audience.statistics.intervals import wilson

__all__ = ["Held", "Judged", "contest_of", "foretell", "held_back", "judge", "traits_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FOLDS, _BINS, _DRAWS = 5, 5, 500
_BEST_DRAWS = 20_000
_DECIDED = 1.96
_SURE = 1.645
_MOST_TRAITS, _REASONS = 10, 3
_MOST_PAIRS = 400


@dataclass(frozen=True)
class Held:
    """Pairs of variants of tests that the model had not seen.

    Attributes:
        test: number of the test of each pair.
        fold: in which fold it was held back.
        z: expected difference of log-odds over its deviation, counting noise of the test included.
        won: whether the first was clicked more.
        weight: of a pair; those of a test add up to 1.
        decided: whether the test itself tells them apart.
    """

    test: Ints
    fold: Ints
    z: Floats
    won: NDArray[np.bool_]
    weight: Floats
    decided: NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """How it did on tests held back.

    Attributes:
        loss: logarithmic loss.
        right: share of decided pairs in which the favourite won; None where there are none.
        decided: how many such pairs there are.
        error: ECE of favourites.
        bins: reliability of favourites.
        stretch: by what z is multiplied.
    """

    loss: Bounded
    right: Bounded | None
    decided: int
    error: float
    bins: tuple[ReliabilityBin, ...]
    stretch: float


def contest_of(rows: Sequence[Creative], contents: Contents) -> Contest:
    """Variants as a contest."""
    _, test = np.unique([one.test for one in rows], return_inverse=True)
    impressions = np.array([one.impressions for one in rows], np.float64)
    clicks = np.array([one.clicks for one in rows], np.float64)
    names, groups = np.unique(contents.groups, return_inverse=True)
    del names
    return Contest(test.astype(np.int64), contents.values, groups.astype(np.int64), *log_odds_of(impressions, clicks))


def held_back(contest: Contest, whole: PairwiseModel, seed: int) -> Held:
    """Pairs of tests held back, each test once, by models fitted on the others."""
    tests = np.unique(contest.test)
    fold_of = np.random.default_rng(seed).permutation(np.arange(len(tests)) % _FOLDS)
    parts: list[tuple[Ints, Ints, Floats, NDArray[np.bool_], Floats, NDArray[np.bool_]]] = []
    for fold in range(_FOLDS):
        model = fit_contest(contest.of(tests[fold_of != fold]), whole)
        for test in tests[fold_of == fold].tolist():
            rows = np.flatnonzero(contest.test == test)
            first, second = np.triu_indices(len(rows), 1)
            first, second = rows[first], rows[second]
            apart = contest.odds[first] - contest.odds[second]
            noise = contest.noise[first] + contest.noise[second]
            told = apart != 0
            first, second, apart, noise = first[told], second[told], apart[told], noise[told]
            if not len(first):
                continue
            mean, deviation = model.compare(model.steps(contest.values[first], contest.values[second]), noise)
            size = len(first)
            parts.append((np.full(size, test), np.full(size, fold), mean / deviation, apart > 0,
                          np.full(size, 1 / size), np.abs(apart) > _DECIDED * np.sqrt(noise)))  # fmt: skip
    if not parts:
        return Held(*(np.zeros(0, kind) for kind in (np.int64, np.int64, float, bool, float, bool)))
    return Held(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def judge(held: Held, seed: int) -> Judged | None:
    """Scores of pairs held back; None where no test told any two apart."""
    if not len(held.z):
        return None
    said = np.zeros(len(held.z))
    for fold in range(_FOLDS):
        inside = held.fold == fold
        said[inside] = chance(_stretch(held, ~inside) * held.z[inside], np.ones(1))
    said = np.clip(said, 1e-6, 1 - 1e-6)
    loss = -np.log(np.where(held.won, said, 1 - said))
    rng = np.random.default_rng(seed)
    _, number = np.unique(held.test, return_inverse=True)
    count = int(number.max()) + 1
    times = rng.multinomial(count, np.full(count, 1 / count), _DRAWS)

    def bounded(values: Floats, weight: Floats) -> Bounded:
        sums, sizes = np.bincount(number, weight * values, count), np.bincount(number, weight, count)
        drawn = (times @ sums) / np.where(times @ sizes > 0, times @ sizes, np.nan)
        return mean_of_draws(float(sums.sum() / sizes.sum()), drawn)

    favourite = np.where(said >= 0.5, said, 1 - said)
    came = np.where(said >= 0.5, held.won, ~held.won).astype(np.float64)
    decided = held.decided.astype(np.float64)
    bins = _bins(favourite, came, held.weight)
    error = sum(one.rows * abs(one.predicted - one.observed) for one in bins) / max(sum(one.rows for one in bins), 1)
    return Judged(
        loss=bounded(loss, held.weight), right=bounded(came, decided) if decided.any() else None,
        decided=int(decided.sum()), error=round(error, 9), bins=bins, stretch=_stretch(held, np.ones(len(said), bool)),
    )  # fmt: skip


def _stretch(held: Held, rows: NDArray[np.bool_]) -> float:
    """By what z is to be multiplied so that it is neither too sure nor too unsure."""
    z, won, weight = held.z[rows], held.won[rows], held.weight[rows]
    if not len(z) or not np.abs(z).max() > 1e-9:
        return 1.0

    def loss(stretch: float) -> float:
        said = np.clip(chance(stretch * z, np.ones(1)), 1e-9, 1 - 1e-9)
        # One pair of each kind at a stretch of 1 keeps few tests from going to an end.
        return float(-(weight * np.log(np.where(won, said, 1 - said))).sum()) + (stretch - 1) ** 2

    return round(float(minimize_scalar(loss, bounds=(0.0, 2.0), method="bounded").x), 6)


def _bins(said: Floats, came: Floats, weight: Floats) -> tuple[ReliabilityBin, ...]:
    found = []
    order = np.argsort(said, kind="stable")
    cuts = np.searchsorted(np.cumsum(weight[order]), np.linspace(0, weight.sum(), _BINS + 1)[1:-1])
    for rows in np.split(order, cuts):
        # Pairs of one test are no independent ones: bounds count tests.
        size = float(weight[rows].sum())
        if not len(rows) or size <= 0:
            continue
        observed = float((weight[rows] * came[rows]).sum() / size)
        low, high = wilson(np.array([observed]), size)
        found.append(
            ReliabilityBin(predicted=round(float((weight[rows] * said[rows]).sum() / size), 9),
                           observed=round(observed, 9), low=round(float(low[0]), 9), high=round(float(high[0]), 9),
                           rows=max(round(size), 1))
        )  # fmt: skip
    return tuple(found)


def traits_of(model: PairwiseModel, contents: Contents) -> tuple[CreativeTrait, ...]:
    """Properties that go with clicks, surest first; those that might as well not are left out."""
    deviation = np.sqrt(np.diag(model.covariance))
    sure = np.abs(model.weights) / np.maximum(deviation, 1e-12)
    order = np.argsort(-sure, kind="stable")
    found = []
    for place in order[:_MOST_TRAITS].tolist():
        if sure[place] < _SURE:
            break
        at, reach = float(model.weights[place]), 1.96 * float(deviation[place])
        found.append(
            CreativeTrait(trait=contents.names[place], words=said_of_trait(contents.names[place]),
                          ratio=round(math.exp(at), 9), low=round(math.exp(at - reach), 9),
                          high=round(math.exp(at + reach), 9))
        )  # fmt: skip
    return tuple(found)


def said_of_trait(name: str, *, is_less: bool = False) -> str:
    """More of a property in words, or less of it."""
    if name.startswith("word ") and name != "word length":
        return f'{"without " if is_less else ""}the word "{name.removeprefix("word ")}"'
    return SAID.get(name, (f"more {name}", f"less {name}"))[is_less]


def foretell(
    model: PairwiseModel, contents: Contents, rows: Sequence[Creative], values: Floats, stretch: float, seed: int
) -> tuple[tuple[CreativeCandidate, ...], tuple[CreativePair, ...], float]:
    """What is expected of variants that are yet to be shown.

    Args:
        model: the line.
        contents: names of its properties.
        rows: the variants.
        values: their properties in the model's order.
        stretch: how sure the model may be.
        seed: of the draws.

    Returns:
        Variants, pairs, and the largest distance between a forecast and the sum of its reasons, relative to it.
    """
    candidates: list[CreativeCandidate] = []
    pairs: list[CreativePair] = []
    worst = 0.0
    names = [one.test for one in rows]
    for test in dict.fromkeys(names):
        inside = np.flatnonzero(np.array([name == test for name in names]))
        own = values[inside]
        known = ~np.isnan(own)
        middle = np.where(known, own, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        steps = model.steps(own, middle)
        shares = steps * model.weights
        mean = steps @ model.weights
        worst = max(worst, float((np.abs(shares.sum(axis=1) - mean) / np.maximum(np.abs(mean), 1e-9)).max()))
        size = len(inside)
        free = np.eye(size) - 1 / size
        spread = (steps @ model.covariance @ steps.T + model.spread**2 * free) / max(stretch, 0.05) ** 2
        best = _best(mean, spread, seed)
        found = []
        for place, row in enumerate(inside.tolist()):
            reach = 1.96 * math.sqrt(max(float(spread[place, place]), 0.0))
            at = float(mean[place])
            found.append(
                CreativeCandidate(
                    test=test, variant=rows[row].variant, best=round(float(best[place]), 6),
                    ratio=round(math.exp(at), 9), low=round(math.exp(at - reach), 9),
                    high=round(math.exp(at + reach), 9), because=_because(contents.names, steps[place], shares[place]),
                )
            )  # fmt: skip
        candidates += sorted(found, key=lambda one: (-one.best, one.variant))
        first, second = np.triu_indices(size, 1)
        expected, deviation = model.compare(model.steps(own[first], own[second]))
        for a, b, odds in zip(first, second, chance(stretch * expected, deviation).tolist(), strict=True):
            one, other = rows[inside[a]].variant, rows[inside[b]].variant
            if odds < 0.5:
                one, other, odds = other, one, 1 - odds
            pairs.append(CreativePair(test=test, first=one, second=other, probability=round(odds, 6)))
    pairs.sort(key=lambda pair: (pair.test, -pair.probability, pair.first, pair.second))
    if worst > MOST_ERROR:
        candidates = [one.model_copy(update={"because": ""}) for one in candidates]
    return tuple(candidates), tuple(pairs[:_MOST_PAIRS]), worst


def _best(mean: Floats, spread: Floats, seed: int) -> Floats:
    """How often each is the greatest when all are drawn together."""
    variances, axes = np.linalg.eigh((spread + spread.T) / 2)
    root = axes * np.sqrt(np.maximum(variances, 0.0))
    drawn = mean + np.random.default_rng(seed).standard_normal((_BEST_DRAWS, len(mean))) @ root.T
    return np.bincount(drawn.argmax(axis=1), minlength=len(mean)) / _BEST_DRAWS


def _because(names: tuple[str, ...], steps: Floats, shares: Floats) -> str:
    order = np.argsort(-np.abs(shares), kind="stable")[:_REASONS]
    return "; ".join(
        f"{said_of_trait(names[place], is_less=bool(steps[place] < 0))} {100 * shares[place]:+.1f}"
        for place in order.tolist() if abs(shares[place]) >= 0.0005
    )  # fmt: skip
