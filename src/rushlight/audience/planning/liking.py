"""Who will choose a title that nobody has seen, from who chose titles like it when those were new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit
from scipy.stats import norm, rankdata

from rushlight.audience.planning.catalogue import CatalogueTitle, likeness, rarity
from rushlight.audience.recommending.choosing import made
from rushlight.audience.recommending.interactions import Interactions

__all__ = ["Liking", "area_under_curve", "like_title", "relatives"]

Floats = NDArray[np.float64]

_MOST_RELATED = 30
_MOST_LAUNCHES, _LEAST_LAUNCHES, _LEAST_CHOOSERS = 12, 3, 20
# Choices of the average viewer that are added to each one's own.
_PRIOR_CHOICES = 3.0
_RIDGE = 1.0


@dataclass(frozen=True)
class Liking:
    """How likely viewers are to choose a title.

    Attributes:
        score: a value a viewer, higher is likelier, of all viewers of the interactions.
        chance: probability of each; None where too few titles like it came out to learn from.
        because: column of the title of each viewer's own that speaks most for it, -1 for none.
        related: columns of the titles that it is like.
        launches: titles that came out before it and were foretold.
        auc: of those, each foretold from the others: probability that who chose it stood above who did not.
        auc_of_activity: the same of the simplest baseline: who chooses most.
        chosen_first_fifth: share of choosers among the fifth of viewers that stood highest.
        expected: how many of all viewers will choose it; low and high bound it at the confidence asked for.
    """

    score: Floats
    chance: Floats | None
    because: NDArray[np.int64]
    related: NDArray[np.int64]
    launches: int = 0
    auc: float | None = None
    auc_of_activity: float | None = None
    chosen_first_fifth: float | None = None
    spread: float = 0.0

    def expected(self, rows: NDArray[np.bool_], confidence: float) -> tuple[float, float, float] | None:
        """How many of some viewers will choose it, with bounds that rest on how titles differ from each other."""
        if self.chance is None:
            return None
        reach = float(norm.ppf(0.5 + confidence / 2)) * self.spread
        at = logit(np.clip(self.chance[rows], 1e-9, 1 - 1e-9))
        low, middle, high = (float(expit(at + step).sum()) for step in (-reach, 0.0, reach))
        # Chance within one title comes to how titles differ.
        chance = float(norm.ppf(0.5 + confidence / 2)) * np.sqrt(middle)
        return middle, max(low - chance, 0.0), high + chance


def relatives(
    title: CatalogueTitle, titles: Mapping[str, CatalogueTitle], columns: Sequence[str], like: Sequence[str]
) -> Floats:
    """How much like the new title each column is, adding up to 1; all 0 where none is.

    Args:
        title: the new one.
        titles: what is known of titles, by id.
        columns: ids.
        like: ids that are named to be like it; they count most.
    """
    rare = rarity(list(titles.values()))
    weight = np.array([
        likeness(title.properties, titles[one].properties, rare) if one in titles and one != title.id else 0.0
        for one in columns
    ])  # fmt: skip
    for one in like:
        if one in columns and one != title.id:
            weight[list(columns).index(one)] = max(1.0, float(weight.max(initial=0.0)))
    order = np.argsort(-weight, kind="stable")
    weight[order[_MOST_RELATED:]] = 0.0
    total = weight.sum()
    found: Floats = weight / total if total > 0 else weight
    return found


def like_title(
    interactions: Interactions, titles: Mapping[str, CatalogueTitle], title: CatalogueTitle, like: Sequence[str]
) -> Liking | None:
    """Score all viewers for a title; None where nothing that anybody chose is like it."""
    columns = interactions.titles
    weight = relatives(title, titles, columns, like)
    chosen = interactions.chosen
    own = columns.index(title.id) if title.id in columns else -1
    count = np.asarray(chosen.sum(axis=0)).ravel()
    weight = np.where(count > 0, weight, 0.0)
    if not weight.any():
        return None
    weight /= weight.sum()
    others = np.setdiff1d(np.arange(len(columns)), [own])
    histories = chosen[:, others].tocsr()
    fitted = made("ease").fit(interactions.only(others))
    features = _features(fitted.scores(histories), histories, weight[others])
    because, related = _because(chosen, weight), np.flatnonzero(weight)
    tables = _earlier(interactions, titles, _launches(interactions, titles, weight, own), own)
    if len(tables) < _LEAST_LAUNCHES:
        return Liking(features[:, :2].sum(axis=1), None, because, related)
    scores, simple, first = [], [], []
    for number, (table, label) in enumerate(tables):
        rest = [one for at, one in enumerate(tables) if at != number]
        weights = _fit([one for one, _ in rest], [one for _, one in rest])
        guess = table @ weights[1:]
        scores.append(area_under_curve(guess, label))
        simple.append(area_under_curve(table[:, 2], label))
        top = np.argsort(-guess, kind="stable")[: max(len(guess) // 5, 1)]
        first.append(float(label[top].sum() / max(label.sum(), 1)))
    weights = _fit([one for one, _ in tables], [one for _, one in tables])
    offsets = [_offset(table @ weights[1:] + weights[0], label) for table, label in tables]
    return Liking(
        score=features @ weights[1:], chance=expit(features @ weights[1:] + weights[0] + float(np.mean(offsets))),
        because=because, related=related, launches=len(tables), auc=float(np.mean(scores)),
        auc_of_activity=float(np.mean(simple)), chosen_first_fifth=float(np.mean(first)),
        spread=float(np.std(offsets, ddof=1) * np.sqrt(1 + 1 / len(offsets))),
    )  # fmt: skip


def _earlier(
    interactions: Interactions, titles: Mapping[str, CatalogueTitle], launches: Sequence[int], own: int
) -> list[tuple[Floats, Floats]]:
    """For each earlier title, what spoke for it in every history before it came, and who chose it; by a model that
    knows none of them."""
    kept = np.setdiff1d(np.arange(len(interactions.titles)), [*launches, own])
    if not launches or not len(kept):
        return []
    ids = [interactions.titles[at] for at in kept]
    model = made("ease").fit(interactions.only(kept))
    tables = []
    for column in launches:
        near = relatives(titles[interactions.titles[column]], titles, ids, ())
        before = _before(interactions, column)[:, kept].tocsr()
        rows = np.flatnonzero(np.diff(before.indptr) > 0)
        label = np.asarray(interactions.chosen[rows, column].todense(), dtype=np.float64).ravel()
        if near.any() and 0 < label.sum() < len(label):
            tables.append((_features(model.scores(before[rows]), before[rows], near), label))
    return tables


def _launches(interactions: Interactions, titles: Mapping[str, CatalogueTitle], weight: Floats, own: int) -> list[int]:
    """Titles to learn from: chosen by enough who had chosen before, like some other title, the most like it first."""
    count = _choosers_with_a_past(interactions)
    enough = (count >= _LEAST_CHOOSERS) & (count < 0.9 * len(interactions.viewers))
    order = sorted(np.flatnonzero(enough), key=lambda at: (-weight[at], -count[at], at))
    known = [int(at) for at in order if at != own and titles.get(interactions.titles[at], _NOBODY).properties]
    # Most titles have to stay, or nothing would be left to foretell from.
    return known[: min(_MOST_LAUNCHES, len(interactions.titles) // 3)]


def _choosers_with_a_past(interactions: Interactions) -> Floats:
    """How many chose each title after something else, before which it came out."""
    chosen = interactions.chosen
    if interactions.times is None:
        return np.asarray(chosen.sum(axis=0), dtype=np.float64).ravel()
    times = interactions.times
    first = np.array([
        times.data[start:end].min() if end > start else np.inf
        for start, end in zip(times.indptr[:-1], times.indptr[1:], strict=True)
    ])  # fmt: skip
    columns = times.tocsc()
    return np.array([
        float((first[columns.indices[start:end]] < _came_out(columns.data[start:end])).sum()) if end > start else 0.0
        for start, end in zip(columns.indptr[:-1], columns.indptr[1:], strict=True)
    ])  # fmt: skip


def _came_out(when: Floats) -> float:
    """When a title came out: nearly all have a straggler before, so a hundredth of its choices does not count."""
    return float(np.quantile(when, 0.01))


_NOBODY = CatalogueTitle("", "", frozenset())


def _before(interactions: Interactions, column: int) -> sparse.csr_matrix:
    """What each viewer had chosen before a title came; everything but it where times are not known."""
    chosen = interactions.chosen.copy()
    if interactions.times is not None:
        when = np.asarray(interactions.times[:, column].data)
        if len(when):
            chosen.data = np.where(interactions.times.data < _came_out(when), chosen.data, 0.0)
            chosen.eliminate_zeros()
    return chosen


def _features(scores: Floats, histories: sparse.csr_matrix, weight: Floats) -> Floats:
    """What speaks for a title in each history: the recommender, how much of the like was chosen, how much at all."""
    recommended = scores @ weight
    mine = np.asarray(histories @ (weight > 0).astype(np.float64)).ravel()
    count = np.diff(histories.indptr).astype(np.float64)
    base = mine.sum() / max(count.sum(), 1.0)
    share = np.log((mine + _PRIOR_CHOICES * base + 1e-9) / ((count + _PRIOR_CHOICES) * max(base, 1e-9)))
    columns = np.stack([recommended, share, np.log1p(count)], axis=1)
    spread = columns.std(axis=0)
    found: Floats = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return found


def _because(chosen: sparse.csr_matrix, weight: Floats) -> NDArray[np.int64]:
    found = np.full(chosen.shape[0], -1, dtype=np.int64)
    for row in range(chosen.shape[0]):
        own = chosen.indices[chosen.indptr[row] : chosen.indptr[row + 1]]
        if len(own) and weight[own].max() > 0:
            found[row] = own[int(np.argmax(weight[own]))]
    return found


def _fit(tables: Sequence[Floats], labels: Sequence[Floats]) -> Floats:
    """Logistic regression, each title weighing alike; intercept first. Newton's method."""
    design = np.concatenate([np.concatenate([np.ones((len(one), 1)), one], axis=1) for one in tables])
    label = np.concatenate(labels)
    weight = np.concatenate([np.full(len(one), 1 / len(one)) for one in tables])
    weight = weight * len(label) / weight.sum()
    at = np.zeros(design.shape[1])
    at[0] = logit(np.clip(float(label.mean()), 1e-6, 1 - 1e-6))
    penalty = np.full(len(at), _RIDGE)
    penalty[0] = 0.0
    for _ in range(50):
        chance = expit(design @ at)
        slope = design.T @ (weight * (label - chance)) - penalty * at
        curve = design.T @ ((weight * chance * (1 - chance))[:, None] * design) + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        at = at + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return at


def _offset(scores: Floats, label: Floats) -> float:
    """What has to be added to log-odds so that as many are expected as there were."""
    wanted, low, high = float(label.sum()), -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(expit(scores + middle).sum()) < wanted else (low, middle)
    return (low + high) / 2


def area_under_curve(scores: Floats, label: Floats) -> float:
    """Probability that one who chose stands above one who did not; a half for no difference."""
    yes = int(label.sum())
    no = len(label) - yes
    if not yes or not no:
        return 0.5
    return float((rankdata(scores)[label > 0].sum() - yes * (yes + 1) / 2) / (yes * no))
