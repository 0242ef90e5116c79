"""The recommender that ships: two closed forms over titles, added up, tuned inside what it is fitted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.linear import LinearRecommender, ease_weights
from rushlight.audience.recommending.measures import ndcg
from rushlight.audience.recommending.recommender import best

__all__ = ["Blend", "Settings"]

Floats = NDArray[np.float64]

# Viewers who choose much weigh less, each, or the model would be theirs; titles that many chose are held back more.
_ACTIVITY_POWER, _POPULARITY_POWER = 0.25, 0.4
_MOST_RANK = 128
_TUNED_TITLES, _TUNED_VIEWERS, _LEAST_TUNED = 1700, 1500, 20
_PENALTIES = (100.0, 200.0, 400.0)
_CONTENT = (0.0, 5.0, 20.0)
_RANKS = (8, 16, 24, 32, 48, 64, 80, 96)
_TUNED_PLACES = 20
_HALF_LIVES, _RECENT = (3.0, 7.0, 14.0, 30.0), (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Settings:
    """What is tuned.

    Attributes:
        penalty: λ of the regression between titles.
        content: weight of content features in it, as if so many viewers chose by them alone.
        threshold: what singular values are lowered by.
        spectral: weight of the low-rank part.
        base: weight of the average viewer for one of few choices.
        recent: weight of what is chosen these days.
        half_life_days: after which a choice counts for half in that.
    """

    penalty: float = 200.0
    content: float = 0.0
    threshold: float = 13.0
    spectral: float = 1.0
    base: float = 0.0
    recent: float = 0.0
    half_life_days: float = 14.0


class Blend(LinearRecommender):
    """A ridge regression between titles and a low-rank smoother, added up.

    With W the viewers' weights, X the choices and F the content of titles:

    - regression: B of `ease_weights` on XᵀW²X + content · FFᵀ, so that titles of like content support each other and
      one that nobody chose yet has weights too;
    - smoother: V · max(1 − threshold / s, 0) · Vᵀ of WX = U s Vᵀ, which is what matrix factorisation with squared
      norms as penalty converges to, without its iterations.

    Both are weights between titles, so their sum is explained exactly. To it comes the average viewer, who weighs as
    much as one choice, and, where it is known when choices were made, what is chosen these days: its weight is tuned on
    the latest fifth of the choices. The other settings are chosen by NDCG over twenty places on a quarter
    of the choices of up to 1,500 viewers held back from what it is fitted on, over the 1,700 most chosen titles.

    Args:
        settings: taken as they are; tuned when None.
        seed: of the choices that are held back.

    Reference:
        Steck 2019 (EASE); Jeunen, Van Balen, Goethals 2020, "Closed-form models for collaborative filtering with side
        information"; Mazumder, Hastie, Tibshirani 2010, "Spectral regularization algorithms" (soft thresholds).
    """

    name = "blend"

    def __init__(self, settings: Settings | None = None, seed: int = 0):
        self.settings, self.seed = settings, seed

    def _fit(self, interactions: Interactions) -> None:
        if self.settings is None:
            self.settings = _tuned_in_time(interactions, _tuned(interactions, self.seed))
        super()._fit(interactions)
        self.base = self.settings.base * interactions.popularity / max(len(interactions.viewers), 1)
        if self.settings.recent:
            self.recent = self.settings.recent * _recent(interactions, self.settings.half_life_days)

    def _weights(self, interactions: Interactions) -> Floats:
        assert self.settings is not None
        weighed = _weighed(interactions.chosen)
        likeness = _likeness(interactions.features)
        made = _regression(_gram(weighed), likeness, interactions.popularity, self.settings)
        if self.settings.spectral > 0:
            singular, directions = _spectrum(weighed)
            made += self.settings.spectral * _smoother(singular, directions, self.settings.threshold)
        return made


def _weighed(chosen: sparse.csr_matrix) -> sparse.csr_matrix:
    """Choices, each viewer's weighed by how much they choose; their squares still add up to the number of choices."""
    activity = np.maximum(np.diff(chosen.indptr), 1.0)
    weight = activity**-_ACTIVITY_POWER
    total = (weight**2 * np.diff(chosen.indptr)).sum()
    return sparse.csr_matrix(sparse.diags(weight * np.sqrt(chosen.nnz / max(total, 1e-12))) @ chosen)


def _gram(weighed: sparse.csr_matrix) -> Floats:
    return np.asarray((weighed.T @ weighed).todense())


def _likeness(features: sparse.csr_matrix | None) -> Floats | None:
    return None if features is None else np.asarray((features @ features.T).todense())


def _regression(gram: Floats, likeness: Floats | None, popularity: Floats, settings: Settings) -> Floats:
    if settings.content and likeness is not None:
        gram = gram + settings.content * likeness
    count = np.maximum(popularity, 1.0)
    return ease_weights(gram, settings.penalty * (count / count.mean()) ** _POPULARITY_POWER)


def _spectrum(weighed: sparse.csr_matrix) -> tuple[Floats, Floats]:
    """The largest singular values, and their directions over titles."""
    rank = min(_MOST_RANK, min(weighed.shape) - 1)
    if rank < 1:
        return np.zeros(0), np.zeros((weighed.shape[1], 0))
    start = np.ones(min(weighed.shape)) / np.sqrt(min(weighed.shape))
    _, singular, directions = svds(weighed.astype(np.float64), k=rank, v0=start, return_singular_vectors="vh")
    return singular, directions.T


def _smoother(singular: Floats, directions: Floats, threshold: float) -> Floats:
    kept = singular > threshold
    made: Floats = (directions[:, kept] * (1 - threshold / singular[kept])) @ directions[:, kept].T
    np.fill_diagonal(made, 0.0)
    return made


def _recent(interactions: Interactions, half_life_days: float) -> Floats:
    """How often each title was chosen of late, in choices a viewer as popularity is."""
    times = interactions.times
    if times is None or not times.nnz:
        return np.zeros(len(interactions.titles))
    weight = 0.5 ** ((times.data.max() - times.data) / half_life_days)
    late = np.bincount(times.indices, weight, len(interactions.titles))
    made: Floats = late / max(late.sum(), 1e-12) * times.nnz / max(len(interactions.viewers), 1)
    return made


def _tuned_in_time(interactions: Interactions, settings: Settings) -> Settings:
    """The same settings with the weight of what is chosen these days that helps most on the latest choices."""
    if interactions.times is None or not interactions.times.nnz or np.ptp(interactions.times.data) < 1:
        return settings
    order = np.argsort(-interactions.popularity, kind="stable")[:_TUNED_TITLES]
    left, held = interactions.only(np.sort(order)).split_by_time(0.2)
    rows = np.flatnonzero(np.diff(held.indptr))[:_TUNED_VIEWERS]
    if len(rows) < _LEAST_TUNED:
        return settings
    trial = _Trial(left, left.chosen[rows], held[rows])
    scores = Blend(settings).fit(replace(left, times=None)).scores(trial.histories)
    value, found = trial.worth(scores), settings
    for half_life, weight in product(_HALF_LIVES, _RECENT):
        reached = trial.worth(scores + weight * _recent(left, half_life))
        if reached > value:
            value, found = reached, replace(settings, recent=weight, half_life_days=half_life)
    return found


def _tuned(interactions: Interactions, seed: int) -> Settings:
    """Settings by held-out NDCG on the most chosen titles; the defaults where there is too little to hold back."""
    order = np.argsort(-interactions.popularity, kind="stable")[:_TUNED_TITLES]
    left, held = interactions.only(np.sort(order)).split(0.25, seed, least=4)
    rows = np.flatnonzero(np.diff(held.indptr))
    start = Settings(content=_CONTENT[1] if interactions.features is not None else 0.0, spectral=0.0, base=1.0)
    if len(rows) < _LEAST_TUNED:
        return start
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:_TUNED_VIEWERS])
    trial = _Trial(left, left.chosen[rows], held[rows])
    value, chosen, regression = max(
        (trial.regression(replace(start, penalty=penalty)) for penalty in _PENALTIES), key=lambda one: one[0]
    )
    others = [one for one in _CONTENT if one != start.content] if interactions.features is not None else []
    for content in others:
        reached, settings, scores = trial.regression(replace(chosen, content=content))
        if reached > value:
            value, chosen, regression = reached, settings, scores
    return trial.spectral(chosen, regression)


class _Trial:
    """Choices held back, to try settings on."""

    def __init__(self, left: Interactions, histories: sparse.csr_matrix, held: sparse.csr_matrix):
        self.left, self.histories, self.held = left, histories, held
        self.weighed = _weighed(left.chosen)
        self.gram, self.likeness = _gram(self.weighed), _likeness(left.features)

    def worth(self, scores: Floats) -> float:
        return float(np.mean(ndcg(best(scores, self.histories, _TUNED_PLACES)[0], self.held)))

    def regression(self, settings: Settings) -> tuple[float, Settings, Floats]:
        made = _regression(self.gram, self.likeness, self.left.popularity, settings)
        scores = np.asarray(self.histories @ made)
        return self.worth(scores), settings, scores

    def spectral(self, settings: Settings, regression: Floats) -> Settings:
        """The same settings with the low-rank part that helps most."""
        singular, directions = _spectrum(self.weighed)
        seen = np.asarray(self.histories @ directions)
        thresholds = [float(np.sort(singular)[-1 - rank]) for rank in _RANKS if rank < len(singular)]
        if len(thresholds) < 3:
            return settings
        reached = []
        for threshold in thresholds:
            smooth = (seen * np.maximum(1 - threshold / np.maximum(singular, 1e-12), 0)) @ directions.T
            reached.append(self.worth(regression + smooth))
        # A threshold is only believed together with its neighbours, or luck would choose it.
        even = np.convolve(np.pad(reached, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
        place = int(np.argmax(even))
        return replace(settings, threshold=thresholds[place], spectral=1.0)
