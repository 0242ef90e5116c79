"""Who will choose a title that nobody has seen, from who chose titles like it when those were new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit
from scipy.stats import norm, rankdata

from rushlight.audience.planning.catalogue import CatalogueTitle, likeness, rarity
from rushlight.audience.recommending.choosing import made
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Recommender

__all__ = ["Liking", "area_under_curve", "like_title", "relatives", "window_days"]

Floats = NDArray[np.float64]

_MOST_RELATED, _MOST_TITLES = 30, 2000
_MOST_LAUNCHES, _LEAST_LAUNCHES, _LEAST_CHOOSERS = 12, 3, 10
# Choices of the average viewer that are added to each one's own.
_PRIOR_CHOICES = 3.0
_RIDGE = 1.0
_LATELY_DAYS, _LONGEST_DAYS, _WINDOW_DAYS = 30.0, 365.0, 30.0


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
        spread: deviation of how much more or less than foretold a title is chosen, in log-odds.
        days: after its release that are foretold; 0 where times are not known.
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
    days: float = 0.0

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
    weight = relatives(title, titles, interactions.titles, like)
    count = interactions.popularity
    weight = np.where(count > 0, weight, 0.0)
    if not weight.any():
        return None
    # A recommender over all titles takes the cube of their number; what few chose adds little to it.
    kept = np.flatnonzero(weight)
    order = np.argsort(-count, kind="stable")[:_MOST_TITLES]
    own = [interactions.titles.index(title.id)] if title.id in interactions.titles else []
    places = np.unique(np.concatenate([kept, order, own])).astype(np.int64)
    found = _liked(interactions.only(places), titles, title, weight[places] / weight.sum())
    return replace(
        found, related=places[found.related], because=np.where(found.because >= 0, places[found.because], -1)
    )  # fmt: skip


def _liked(
    interactions: Interactions, titles: Mapping[str, CatalogueTitle], title: CatalogueTitle, weight: Floats
) -> Liking:
    """The same over titles that are not too many, of which some are like it."""
    columns = interactions.titles
    chosen = interactions.chosen
    own = columns.index(title.id) if title.id in columns else -1
    others = np.setdiff1d(np.arange(len(columns)), [own])
    histories = chosen[:, others].tocsr()
    fitted = made("ease").fit(interactions.only(others))
    late = interactions.times.data.max() if interactions.times is not None and interactions.times.nnz else None
    recent = _recency(interactions, None if late is None else float(late) + 1e-6)
    features = _features(_between(fitted, len(others)) @ weight[others], histories, weight[others], recent)
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
        spread=float(np.std(offsets, ddof=1) * np.sqrt(1 + 1 / len(offsets))), days=window_days(interactions),
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
    between = _between(made("ease").fit(interactions.only(kept)), len(kept))
    by_title = _by_title(interactions)
    tables = []
    for column in launches:
        near = relatives(titles[interactions.titles[column]], titles, ids, ())
        launch = _launch(by_title, column, window_days(interactions), len(interactions.viewers))
        before = _before(interactions, launch.out)[:, kept].tocsr()
        rows = np.flatnonzero((np.diff(before.indptr) > 0) & ~launch.early)
        label = launch.chose[rows]
        if near.any() and 0 < label.sum() < len(label):
            recent = _recency(interactions, launch.out)[rows]
            tables.append((_features(between @ near, before[rows], near, recent), label))
    return tables


@dataclass(frozen=True)
class _Launch:
    """When a title came out (None where times are not known), who chose it in the days after, and who even before."""

    out: float | None
    chose: Floats
    early: NDArray[np.bool_]


def _launch(by_title: sparse.csc_matrix, column: int, days: float, viewers: int) -> _Launch:
    """Of a title: `by_title` are times, or choices where times are not known and `days` is 0."""
    own, early = np.zeros(viewers), np.zeros(viewers, dtype=bool)
    part = slice(by_title.indptr[column], by_title.indptr[column + 1])
    rows, when = by_title.indices[part], by_title.data[part]
    if not days:
        own[rows] = 1.0
        return _Launch(None, own, early)
    # Nearly all titles have a straggler before they are out, so a hundredth of the choices does not count.
    out = float(np.quantile(when, 0.01)) if len(when) else np.inf
    early[rows[when < out]] = True
    own[rows[(when >= out) & (when < out + days)]] = 1.0
    return _Launch(out, own, early)


def window_days(interactions: Interactions) -> float:
    """Days after a release that count: a month, or a quarter of all that is known where that is shorter."""
    times = interactions.times
    return min(_WINDOW_DAYS, float(np.ptp(times.data)) / 4) if times is not None and times.nnz else 0.0


def _launches(interactions: Interactions, titles: Mapping[str, CatalogueTitle], weight: Floats, own: int) -> list[int]:
    """Titles to learn from: those most like the new one, the latest first among equals; of all that came out neither
    in the first quarter of what is known, when nobody had a past, nor too late to see who chose them."""
    found = []
    times = interactions.times
    started, by_title, days = _first_choices(interactions), _by_title(interactions), window_days(interactions)
    for column, name in enumerate(interactions.titles):
        if column == own or name not in titles or not titles[name].properties:
            continue
        launch = _launch(by_title, column, days, len(interactions.viewers))
        known = launch.chose if launch.out is None else launch.chose * (started < launch.out)
        if not _LEAST_CHOOSERS <= known.sum() < 0.9 * len(interactions.viewers):
            continue
        if times is not None and launch.out is not None:
            first, last = float(times.data.min()), float(times.data.max())
            if launch.out < first + (last - first) / 4 or launch.out + days > last + 1:
                continue
        found.append((-weight[column], -(launch.out or 0.0), column))
    # Most titles have to stay, or nothing would be left to foretell from.
    return [column for _, _, column in sorted(found)[: min(_MOST_LAUNCHES, len(interactions.titles) // 3)]]


def _by_title(interactions: Interactions) -> sparse.csc_matrix:
    return (interactions.chosen if interactions.times is None else interactions.times).tocsc()


def _first_choices(interactions: Interactions) -> Floats:
    """When each viewer first chose anything."""
    found = np.full(len(interactions.viewers), np.inf)
    if interactions.times is not None:
        rows = np.repeat(np.arange(len(found)), np.diff(interactions.times.indptr))
        np.minimum.at(found, rows, interactions.times.data)
    return found


def _before(interactions: Interactions, out: float | None) -> sparse.csr_matrix:
    """What each viewer had chosen before a time; everything where times are not known."""
    chosen = interactions.chosen.copy()
    if interactions.times is not None and out is not None:
        chosen.data = np.where(interactions.times.data < out, chosen.data, 0.0)
        chosen.eliminate_zeros()
    return chosen


def _recency(interactions: Interactions, out: float | None) -> Floats:
    """How long before a time each viewer chose last, as a negative logarithm of days, and how much in that month."""
    found = np.zeros((len(interactions.viewers), 2))
    times = interactions.times
    if times is None or out is None:
        return found
    rows = np.repeat(np.arange(len(found)), np.diff(times.indptr))
    seen = times.data < out
    last = np.full(len(found), -np.inf)
    np.maximum.at(last, rows[seen], times.data[seen])
    lately = np.bincount(rows[seen & (times.data >= out - _LATELY_DAYS)], minlength=len(found))
    found[:, 0] = -np.log1p(np.minimum(out - last, _LONGEST_DAYS))
    found[:, 1] = np.log1p(lately)
    return found


def _between(model: Recommender, count: int) -> Floats:
    """What each title of a history adds to each title's score. The model is linear, so this is all of it, and nobody's
    scores of all titles have to be worked out to know that of one."""
    alone = model.scores(sparse.identity(count, format="csr"))
    return alone - model.scores(sparse.csr_matrix((1, count)))


def _features(adds: Floats, histories: sparse.csr_matrix, weight: Floats, recent: Floats) -> Floats:
    """What speaks for a title in each history: the recommender, how much of the like was chosen, how much at all, and
    how lately."""
    recommended = np.asarray(histories @ adds).ravel()
    mine = np.asarray(histories @ (weight > 0).astype(np.float64)).ravel()
    count = np.diff(histories.indptr).astype(np.float64)
    base = mine.sum() / max(count.sum(), 1.0)
    share = np.log((mine + _PRIOR_CHOICES * base + 1e-9) / ((count + _PRIOR_CHOICES) * max(base, 1e-9)))
    columns = np.stack([recommended, share], axis=1)
    spread = columns.std(axis=0)
    # What is like it differs from title to title; how much and how lately somebody chooses means the same for all.
    scaled = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.column_stack([scaled, np.log1p(count), recent])


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
