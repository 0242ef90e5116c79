"""Which recommender is best here: by the ranking of choices held back, never by the error of ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.artifacts.recommendations import ModelScore
from rushlight.audience.recommending.biased_factors import BiasedFactors
from rushlight.audience.recommending.factors import ImplicitFactors
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.measures import bootstrap, held_out_ndcg
from rushlight.audience.recommending.recommender import Recommender
from rushlight.audience.recommending.storing import MODELS
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["COMPARED", "Compared", "compare", "made", "rating_errors"]

Floats = NDArray[np.float64]
COMPARED = ("blend", "ease", "implicit-als", "item-neighbours", "popularity")
_HELD, _LATEST, _LEAST_CHOICES, _LEAST_VIEWERS = 0.25, 0.2, 4, 10


@dataclass(frozen=True)
class Compared:
    """What was compared and found.

    Attributes:
        scores: of each model, the best first.
        best: the name of the one to use.
        model: that one, fitted on what was not held back.
        left: what was not held back.
        held: what was.
        worth: NDCG of `best` for each viewer that something was held back of.
    """

    scores: tuple[ModelScore, ...]
    best: str
    model: Recommender
    left: Interactions
    held: sparse.csr_matrix
    worth: Floats


def made(name: str, seed: int = 0, engine: str = "duckdb") -> Recommender:
    """A model that is not fitted yet; on a Spark engine the factorisation is Spark's own."""
    if name == "implicit-als" and engine.startswith("spark://"):
        return ImplicitFactors(seed=seed, engine=engine)
    return MODELS[name]()


def compare(interactions: Interactions, names: tuple[str, ...], seed: int, engine: str = "duckdb") -> Compared:
    """Fit models on what was chosen first and rank them on the rest.

    Held back is the latest fifth of all choices where it is known when they were made, as models will be used on what
    comes; else a quarter of every viewer's.

    Raises:
        InputError: too few viewers with enough choices to hold any back.
    """
    left, held = _held_back(interactions, seed)
    viewers = int((np.diff(held.indptr) > 0).sum())
    if viewers < _LEAST_VIEWERS:
        raise InputError(
            f"Only {viewers} viewers chose {_LEAST_CHOICES} titles or more; "
            f"{_LEAST_VIEWERS} are needed to compare models.",
            hint="Name one with --model, such as popularity.",
        )
    found: list[tuple[ModelScore, Recommender, Floats]] = []
    for number, name in enumerate(names):
        current_run().progress(0.1 + 0.6 * number / len(names), f"fitting {name}")
        model = made(name, seed, engine).fit(left)
        histories = left.ratings if model.reads_ratings and left.ratings is not None else left.chosen
        worth = held_out_ndcg(model, histories, held)
        low, high = bootstrap(worth, seed)
        score = ModelScore(model=name, ndcg=round(float(worth.mean()), 6), low=round(low, 6), high=round(high, 6))
        found.append((score, model, worth))
    found.sort(key=lambda one: -one[0].ndcg)
    return Compared(tuple(one[0] for one in found), found[0][0].model, found[0][1], left, held, found[0][2])


def _held_back(interactions: Interactions, seed: int) -> tuple[Interactions, sparse.csr_matrix]:
    if interactions.times is not None and np.ptp(interactions.times.data) >= 1:
        left, held = interactions.split_by_time(_LATEST)
        if (np.diff(held.indptr) > 0).sum() >= 3 * _LEAST_VIEWERS:
            return left, held
    return interactions.split(_HELD, seed, _LEAST_CHOICES)


def rating_errors(interactions: Interactions, seed: int) -> tuple[float, float] | None:
    """RMSE of predicted ratings, and of the means of titles, on a fifth held back; None where too few were rated."""
    ratings = interactions.ratings
    if ratings is None or ratings.nnz < 50:
        return None
    rng = np.random.default_rng(seed)
    away = rng.random(ratings.nnz) < 0.2
    rows = np.repeat(np.arange(ratings.shape[0]), np.diff(ratings.indptr))
    at = (rows[~away], ratings.indices[~away])
    kept = sparse.csr_matrix((ratings.data[~away], at), ratings.shape)
    from dataclasses import replace

    model = BiasedFactors(seed=seed).fit(replace(interactions, ratings=kept))
    wanted, titles = ratings.data[away], ratings.indices[away].astype(np.int64)
    expected = model.predict(kept, rows[away], titles)
    total = np.bincount(kept.indices, kept.data, ratings.shape[1])
    count = np.bincount(kept.indices, minlength=ratings.shape[1])
    means = np.where(count > 0, total / np.maximum(count, 1), kept.data.mean())[titles]
    return tuple(float(np.sqrt(np.mean((guess - wanted) ** 2))) for guess in (expected, means))  # type: ignore[return-value]
