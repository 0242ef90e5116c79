"""From a catalogue to weights of properties and estimates of proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from rushlight.artifacts.commission import Comparable, Confounder, PropertyWeight, ProposalEstimate
from rushlight.audience.planning.catalogue import GROUPS, CatalogueTitle, likeness, rarity
from rushlight.audience.planning.shrunken_effects import Posterior, fit_effects, mixture_quantile

__all__ = ["Fitted", "HeldOut", "controls_of", "fit_catalogue", "held_out"]

Floats = NDArray[np.float64]

# A property of one title cannot be told from that title.
_LEAST_TITLES = 2
_MOST_PROPERTIES = 1500
_KNOWN_SHARE = 0.7
_ALWAYS, _SELDOM_ELSEWHERE = 0.95, 0.5
_COMPARABLES, _DRIVERS = 3, 4
_FOLDS = 5


@dataclass(frozen=True)
class Fitted:
    """A catalogue and what is known of it.

    Attributes:
        titles: those with a known demand.
        outcome: logarithm of their demand.
        names: group and name of each property, in the order of the effects.
        design: titles × properties.
        controls: titles × controls, the intercept first, scaled.
        control_names: of all but the intercept.
        posterior: of the effects, controls first.
    """

    titles: tuple[CatalogueTitle, ...]
    outcome: Floats
    names: tuple[tuple[str, str], ...]
    design: Floats
    controls: Floats
    control_names: tuple[str, ...]
    posterior: Posterior

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups that have a property, in the order of their spreads."""
        return tuple(dict.fromkeys(group for group, _ in self.names))

    def predict(self, titles: Sequence[CatalogueTitle], controls: Floats) -> tuple[Floats, Floats]:
        """Means and deviations of the logarithm of demand of titles to come, for each part of the mixture."""
        known = {pair: place for place, pair in enumerate(self.names)}
        rows = np.zeros((len(titles), self.controls.shape[1] + len(self.names)))
        unknown = np.zeros((len(titles), len(self.groups)))
        rows[:, : controls.shape[1]] = controls
        for at, title in enumerate(titles):
            for pair in title.properties:
                if pair in known:
                    rows[at, controls.shape[1] + known[pair]] = 1.0
                elif pair[0] in self.groups:
                    unknown[at, self.groups.index(pair[0])] += 1.0
        return self.posterior.of(rows, unknown, with_noise=True)

    def contrasts(self) -> Floats:
        """Rows that take from each property's effect the mean effect of its group, by how many titles have each.

        Where every title has one of a group, such as a theme, nothing else can be known than how they differ.
        """
        start, count = self.controls.shape[1], len(self.names)
        titles = self.design.sum(axis=0)
        group = np.array([self.groups.index(name) for name, _ in self.names])
        same = group[:, None] == group[None, :]
        mean = same * titles / (same * titles).sum(axis=1, keepdims=True)
        return np.concatenate([np.zeros((count, start)), np.eye(count) - mean], axis=1)

    def weights(self, confidence: float) -> list[PropertyWeight]:
        """The weight of every property, the surest rises first."""
        start, count = self.controls.shape[1], len(self.names)
        means, deviations = self.posterior.of(self.contrasts(), np.zeros((count, len(self.groups))), with_noise=False)
        share, tail = self.posterior.share, (1 - confidence) / 2
        low, middle, high = (mixture_quantile(share, means, deviations, at) for at in (tail, 0.5, 1 - tail))
        raises = share @ ndtr(means / deviations)
        raw = self.outcome @ self.design / self.design.sum(axis=0) - self.outcome.mean()
        others = _confounders(self.design, self.names, self.posterior, start)
        order = sorted(range(count), key=lambda at: (-raises[at], -middle[at], self.names[at]))
        return [
            PropertyWeight(
                group=self.names[at][0], name=self.names[at][1], titles=int(self.design[:, at].sum()),
                ratio=_ratio(middle[at]), low=_ratio(low[at]), high=_ratio(high[at]),
                raises=round(float(raises[at]), 6), raw_ratio=_ratio(raw[at]), confounders=others[at],
            )
            for at in order
        ]  # fmt: skip

    def estimates(
        self, proposals: Sequence[CatalogueTitle], confidence: float, demand: Floats
    ) -> list[ProposalEstimate]:
        """What proposed titles may expect, were they in the middle of the catalogue in all that is controlled."""
        if not proposals:
            return []
        controls = np.tile(np.median(self.controls, axis=0), (len(proposals), 1))
        means, deviations = self.predict(proposals, controls)
        share, tail = self.posterior.share, (1 - confidence) / 2
        low, middle, high = (np.exp(mixture_quantile(share, means, deviations, at)) for at in (tail, 0.5, 1 - tail))
        above = share @ ndtr((means - float(np.median(self.outcome))) / deviations)
        rare = rarity(self.titles)
        mean = self.posterior.share @ self.posterior.means @ self.contrasts().T
        return [
            ProposalEstimate(
                name=one.name, expected=round(float(middle[at]), 6), low=round(float(low[at]), 6),
                high=round(float(high[at]), 6), above_median=round(float(above[at]), 6),
                drivers=self._drivers(one, mean), unknown=self._unknown(one),
                comparables=_comparables(one, self.titles, demand, rare),
            )
            for at, one in enumerate(proposals)
        ]  # fmt: skip

    def _unknown(self, title: CatalogueTitle) -> tuple[str, ...]:
        return tuple(f"{group} {name}" for group, name in sorted(title.properties - set(self.names)))

    def _drivers(self, title: CatalogueTitle, mean: Floats) -> tuple[str, ...]:
        parts = [(float(mean[at]), pair) for at, pair in enumerate(self.names) if pair in title.properties]
        parts.sort(key=lambda one: (-abs(one[0]), one[1]))
        return tuple(f"{group} {name}: {np.exp(effect):.2f}×" for effect, (group, name) in parts[:_DRIVERS])


def _ratio(value: float) -> float:
    return round(float(np.exp(value)), 6)


def fit_catalogue(
    titles: Sequence[CatalogueTitle], outcome: Floats, controls: Floats, control_names: tuple[str, ...],
    weight: Floats | None,
) -> Fitted:  # fmt: skip
    """Fit effects of all properties that at least two titles have.

    Args:
        titles: with a known demand.
        outcome: logarithm of it.
        controls: of them, by `controls_of`.
        control_names: of all but the intercept.
        weight: how exactly each outcome is known, 1 for as well as the best.
    """
    counted = Counter(pair for title in titles for pair in title.properties)
    order = list(GROUPS)
    names = [pair for pair, count in counted.items() if _LEAST_TITLES <= count < len(titles)]
    names = sorted(names, key=lambda pair: (-counted[pair], pair))[:_MOST_PROPERTIES]
    names.sort(key=lambda pair: (order.index(pair[0]), pair[1]))
    groups = list(dict.fromkeys(group for group, _ in names))
    design = np.array([[pair in title.properties for pair in names] for title in titles], dtype=np.float64)
    design = design.reshape(len(titles), len(names))
    posterior = fit_effects(outcome, controls, design, [groups.index(group) for group, _ in names], weight)
    return Fitted(tuple(titles), outcome, tuple(names), design, controls, control_names, posterior)


def controls_of(titles: Sequence[CatalogueTitle], last: date) -> tuple[Floats, tuple[str, ...]]:
    """Intercept, age up to a day, and what numbers are known of most titles; unknown ones in the middle."""
    columns, names = [np.ones(len(titles))], []
    ages = [np.nan if one.released is None else np.log(max((last - one.released).days, 0) + 30.0) for one in titles]
    found = {"age": np.array(ages)}
    for name in ("position", "duration", "budget"):
        found[name] = np.array([np.log(max(one.numbers.get(name, np.nan), 1e-9)) for one in titles])
    for name, column in found.items():
        known = np.isfinite(column)
        if known.mean() < _KNOWN_SHARE or np.ptp(column[known]) == 0:
            continue
        filled = np.where(known, column, np.median(column[known]))
        columns.append((filled - filled.mean()) / filled.std())
        names.append(name)
        if name == "age" and len(titles) >= 60:
            # Demand does not fall evenly with the logarithm of age.
            columns.append(columns[-1] ** 2 - 1)
            names.append("age squared")
    return np.stack(columns, axis=1), tuple(names)


def _confounders(
    design: Floats, names: Sequence[tuple[str, str]], posterior: Posterior, start: int
) -> list[tuple[Confounder, ...]]:
    """For each property, others that nearly all its titles have and most other titles have not."""
    both = design.T @ design
    count = np.diag(both).copy()
    titles = len(design)
    covariance = np.einsum("k,kef->ef", posterior.share, posterior.covariances)[start:, start:]
    deviation = np.sqrt(np.diag(covariance))
    found = []
    for at in range(len(names)):
        inside = both[at] / count[at]
        outside = (count - both[at]) / max(titles - count[at], 1)
        places: list[int] = np.flatnonzero((inside >= _ALWAYS) & (outside < _SELDOM_ELSEWHERE)).tolist()
        others = [
            Confounder(
                group=names[other][0], name=names[other][1], shared=int(both[at, other]),
                correlation=round(float(covariance[at, other] / (deviation[at] * deviation[other])), 4),
            )
            for other in places if other != at
        ]  # fmt: skip
        found.append(tuple(sorted(others, key=lambda one: (one.correlation, one.group, one.name))[:_COMPARABLES]))
    return found


def _comparables(
    title: CatalogueTitle, titles: Sequence[CatalogueTitle], demand: Floats, rare: dict[tuple[str, str], float]
) -> tuple[Comparable, ...]:
    scored = []
    for other, wanted in zip(titles, demand, strict=True):
        shared = title.properties & other.properties
        if shared and other.id != title.id:
            scored.append((likeness(title.properties, other.properties, rare), other, float(wanted), shared))
    scored.sort(key=lambda one: (-one[0], one[1].id))
    return tuple(
        Comparable(
            title=other.name, demand=round(wanted, 6), likeness=round(alike, 4),
            shares=tuple(f"{group} {name}" for group, name in sorted(shared)),
        )
        for alike, other, wanted, shared in scored[:_COMPARABLES]
    )  # fmt: skip


@dataclass(frozen=True)
class HeldOut:
    """Errors of the logarithm of demand on titles held back, ours and of two baselines, and how many intervals held."""

    rmse: float
    rmse_of_mean: float
    rmse_of_group_means: float
    held: float


def held_out(
    titles: Sequence[CatalogueTitle], outcome: Floats, controls: Floats, weight: Floats | None, *, confidence: float,
    seed: int,
) -> HeldOut | None:  # fmt: skip
    """Foretell every title from the others, a fifth at a time; None where there are too few."""
    if len(titles) < 4 * _FOLDS:
        return None
    fold = np.random.default_rng(seed).permutation(len(titles)) % _FOLDS
    ours, mean, means = np.zeros(len(titles)), np.zeros(len(titles)), np.zeros(len(titles))
    inside = np.zeros(len(titles), dtype=bool)
    tail = (1 - confidence) / 2
    for number in range(_FOLDS):
        away, kept = fold == number, fold != number
        seen = [title for title, is_kept in zip(titles, kept, strict=True) if is_kept]
        hidden = [title for title, is_away in zip(titles, away, strict=True) if is_away]
        fitted = fit_catalogue(seen, outcome[kept], controls[kept], (), None if weight is None else weight[kept])
        means_of, deviations = fitted.predict(hidden, controls[away])
        share = fitted.posterior.share
        ours[away] = share @ means_of
        low, high = (mixture_quantile(share, means_of, deviations, at) for at in (tail, 1 - tail))
        inside[away] = (outcome[away] >= low) & (outcome[away] <= high)
        mean[away] = outcome[kept].mean()
        means[away] = _raw_means(fitted, hidden)
    errors = [float(np.sqrt(np.mean((guess - outcome) ** 2))) for guess in (ours, mean, means)]
    return HeldOut(errors[0], errors[1], errors[2], float(inside.mean()))


def _raw_means(fitted: Fitted, titles: Sequence[CatalogueTitle]) -> Floats:
    """The mean of the raw means of what each title has; that of all for one of nothing known."""
    raw = fitted.outcome @ fitted.design / np.maximum(fitted.design.sum(axis=0), 1)
    known = dict(zip(fitted.names, raw, strict=True))
    whole = float(fitted.outcome.mean())
    return np.array([np.mean([known[p] for p in sorted(one.properties) if p in known] or [whole]) for one in titles])
