"""Forecasts as a weighted mean of models, their weights and intervals from forecasts of the past.

Every series is forecast again from earlier moments (rolling origin), by every model that suits it. Models weigh by how
well they did; intervals come from how far the mean of them was off (conformal prediction), each series by its own
scale, the shape of errors shared by all series of a table.

Reference:
    Bates, Granger 1969, "The combination of forecasts"; Tashman 2000, "Out-of-sample tests of forecasting accuracy";
    Hyndman, Koehler 2006 (MASE); Stankevičiūtė, Alaa, van der Schaar 2021, "Conformal time-series forecasting".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, norm

from rushlight.audience.planning.models_of_demand import Shape, candidates, seasonal_naive, shape_of

__all__ = ["Bounds", "Combined", "bounded", "combine", "naive_scale"]

Floats = NDArray[np.float64]

_MOST_ORIGINS = 8
# What the mean is measured against takes no part in it.
YARDSTICK = "seasonal naive"
_POWER = 2.0
# What is this much worse than the best is not heard.
_WORST = 1.5
_EVEN = 0.5
_PRIOR_ERRORS = 40.0


@dataclass(frozen=True)
class Combined:
    """A series and its forecast, before intervals.

    Attributes:
        shape: what the series is like.
        mean: demand of the coming periods.
        weights: of the models, by name.
        errors: truth less forecast of past moments, moments × periods; NaN where the past ends.
        scale: mean absolute error of seasonal naive inside the series, as MASE divides by; 1 where it is 0.
        mase: mean absolute error of the mean of models over scale, each moment with weights from earlier ones; None
            where the series is too short to look back.
        naive_mase: the same of seasonal naive.
    """

    shape: Shape
    mean: Floats
    weights: dict[str, float]
    errors: Floats
    scale: float
    mase: float | None
    naive_mase: float | None


def naive_scale(values: Floats, season: int) -> float:
    """Mean absolute difference from one season to the next: what MASE divides by."""
    if len(values) <= season:
        season = 1
    found = float(np.mean(np.abs(values[season:] - values[:-season]))) if len(values) > 1 else 0.0
    return found if found > 0 else 1.0


def combine(values: Floats, horizon: int, every: str) -> Combined:
    """Forecast a series with the models that suit it.

    Args:
        values: demand of each period, not below 0.
        horizon: periods to come.
        every: pace of the series.
    """
    shape = shape_of(values, every)
    season = shape.season
    scale = naive_scale(values, season)
    least = max(2 * season + 2, 8)
    reach = min(horizon, max(len(values) - least, 0) // 2)
    if shape.kind in ("flat", "short") or reach < 1:
        models = candidates(values, Shape("short", 1), every)
        mean = np.mean([model(values, horizon) for model in models.values()], axis=0)
        return Combined(shape, np.maximum(mean, 0), dict.fromkeys(models, 1 / len(models)), np.zeros((0, horizon)),
                        scale, None, None)  # fmt: skip
    origins = _origins(len(values), reach, least, season)
    models = candidates(values[: origins[0]], shape, every)
    past = {
        name: np.stack([_reached(model, values[:origin], reach, len(values) - origin) for origin in origins])
        for name, model in models.items()
    }
    truth = np.stack([_padded(values[origin : origin + reach], reach) for origin in origins])
    losses = {name: _losses(truth, made) for name, made in past.items()}
    weights = _weights(losses, len(origins))
    later = candidates(values, shape, every)
    made = {name: later[name](values, horizon) for name in weights}
    usable = {name: weight for name, weight in weights.items() if np.isfinite(made[name]).all()}
    total = sum(usable.values())
    weights = {name: weight / total for name, weight in usable.items()} if total > 0 else {YARDSTICK: 1.0}
    if total <= 0:
        made[YARDSTICK] = seasonal_naive(values, horizon, season)
    mean = np.maximum(sum(made[name] * weight for name, weight in weights.items()), 0)
    errors = np.full((len(origins), horizon), np.nan)
    honest = [0.0, 0.0]
    count = 0
    for place in range(len(origins)):
        heard = _weights(losses, place) if place else dict.fromkeys(set(past) - {YARDSTICK}, 1.0)
        forecast = _mixed({name: one[place] for name, one in past.items()}, heard)
        errors[place, :reach] = truth[place] - forecast
        if place:
            seen = np.isfinite(errors[place, :reach])
            honest[0] += float(np.abs(errors[place, :reach][seen]).sum())
            honest[1] += float(np.abs(truth[place] - past[YARDSTICK][place])[seen].sum())
            count += int(seen.sum())
    return Combined(
        shape, mean, dict(sorted(weights.items(), key=lambda one: (-one[1], one[0]))), errors, scale,
        honest[0] / count / scale if count else None, honest[1] / count / scale if count else None,
    )  # fmt: skip


def _origins(length: int, reach: int, least: int, season: int) -> list[int]:
    """Moments to look ahead from, evenly over the later half, the last so that all of its future is known."""
    last, first = length - reach, max(least, length // 2)
    first = min(first, last)
    step = max(reach // 2, -(-(last - first) // (_MOST_ORIGINS - 1)) if last > first else 1, 1)
    if season > 1 and step % season == 0:
        # Not always the same day of the week.
        step += 1
    return sorted(range(last, first - 1, -step))[-_MOST_ORIGINS:]


def _padded(values: Floats, length: int) -> Floats:
    return np.concatenate([values, np.full(length - len(values), np.nan)])


def _reached(model: object, values: Floats, reach: int, known: int) -> Floats:
    assert callable(model)
    made: Floats = np.maximum(model(values, min(reach, known)), 0)
    return _padded(made, reach)


def _losses(truth: Floats, made: Floats) -> Floats:
    """Mean absolute error at each moment; infinite where a model failed."""
    error = np.where(np.isfinite(truth), np.abs(truth - made), 0.0)
    loss = error.sum(axis=1) / np.maximum(np.isfinite(truth).sum(axis=1), 1)
    return np.where(np.isfinite(loss), loss, np.inf)


def _weights(losses: dict[str, Floats], moments: int) -> dict[str, float]:
    """Weights by 1 / error², half drawn to equal ones, of the models that are not far worse than the best."""
    mean = {name: float(np.mean(loss[:moments])) for name, loss in losses.items() if name != YARDSTICK}
    best = min(mean.values(), default=np.inf)
    if not np.isfinite(best):
        return {YARDSTICK: 1.0}
    kept = {name: loss for name, loss in mean.items() if loss <= _WORST * best + 1e-12}
    raw = {name: (loss + 1e-9 + 1e-3 * best) ** -_POWER for name, loss in kept.items()}
    total = sum(raw.values())
    return {name: _EVEN / len(kept) + (1 - _EVEN) * one / total for name, one in raw.items()}


def _mixed(made: dict[str, Floats], weights: dict[str, float]) -> Floats:
    parts = {name: weight for name, weight in weights.items() if np.isfinite(made[name]).any()}
    total = sum(parts.values())
    mean: Floats = sum((made[name] * weight for name, weight in parts.items()), np.zeros(len(made[YARDSTICK])))
    return mean / total if total else made[YARDSTICK]


@dataclass(frozen=True)
class Bounds:
    """Lower and upper bounds of a forecast, and the share of the past that such bounds held; None where unknown."""

    low: Floats
    high: Floats
    held: float | None


def bounded(all_of: Sequence[Combined], values: Sequence[Floats], confidence: float) -> list[Bounds]:
    """Intervals of forecasts.

    An error is divided by the mean absolute error of its series at the other moments and by how errors grow with the
    horizon, over all series. Quantiles of what comes out are those of the series, drawn to those of all.
    """
    horizon = max((len(one.mean) for one in all_of), default=0)
    growth = _growth(all_of, horizon)
    spreads = [_spread(one, growth) for one in all_of]
    scores = [_scores(one, growth) for one in all_of]
    pooled = np.concatenate([part.ravel() for part in scores]) if scores else np.zeros(0)
    pooled = pooled[np.isfinite(pooled)]
    made = []
    for one, known, spread, score in zip(all_of, values, spreads, scores, strict=True):
        own = score[np.isfinite(score)]
        if spread is None or len(pooled) < 10:
            made.append(_counted(one, known, confidence))
            continue
        low_at, high_at = _quantiles(own, pooled, confidence)
        reach = spread * growth[: len(one.mean)]
        low, high = np.maximum(one.mean + low_at * reach, 0), one.mean + high_at * reach
        held = _held(score, pooled if len(pooled) > 2 * len(own) else np.zeros(0), confidence)
        made.append(Bounds(np.minimum(low, one.mean), np.maximum(high, one.mean), held))
    return made


def _held(score: Floats, pooled: Floats, confidence: float) -> float | None:
    """Share of each moment's errors inside bounds from the other moments, and from other series where they are most."""
    inside = []
    for moment in range(len(score)):
        this = score[moment][np.isfinite(score[moment])]
        others = np.delete(score, moment, axis=0)
        others = others[np.isfinite(others)]
        if len(this) and len(others) >= 10:
            low, high = _quantiles(others, pooled if len(pooled) else others, confidence)
            inside += ((this >= low) & (this <= high)).tolist()
    return float(np.mean(inside)) if inside else None


def _growth(all_of: Sequence[Combined], horizon: int) -> Floats:
    """How much larger errors are at each period to come than on average; never falling."""
    rows = []
    for one in all_of:
        size = _column_means(np.abs(one.errors))
        level = np.nanmean(size) if np.isfinite(size).any() else 0.0
        if level > 0:
            rows.append(_padded(size / level, horizon))
    if not rows:
        return np.sqrt(np.arange(1, horizon + 1)) / np.sqrt((horizon + 1) / 2) if horizon else np.zeros(0)
    mean = _column_means(np.stack(rows))
    seen = np.flatnonzero(np.isfinite(mean))
    # A line through what is seen: single periods are noise, and beyond it growth goes on.
    slope = float(np.polyfit(seen, mean[seen], 1)[0]) if len(seen) > 2 else 0.0
    middle = float(mean[seen].mean())
    line = middle + max(slope, 0.0) * (np.arange(horizon) - float(seen.mean()))
    return np.asarray(np.maximum(line, 0.3 * middle), dtype=np.float64)


def _column_means(rows: Floats) -> Floats:
    """Mean of what is known in each column; NaN where nothing is."""
    count = np.isfinite(rows).sum(axis=0)
    found: Floats = np.where(count > 0, np.nansum(rows, axis=0) / np.maximum(count, 1), np.nan)
    return found


def _spread(one: Combined, growth: Floats) -> float | None:
    size = np.abs(one.errors) / growth[: one.errors.shape[1]] if len(one.errors) else np.zeros(0)
    known = size[np.isfinite(size)]
    found = float(known.mean()) if len(known) else 0.0
    return found if found > 0 else None


def _scores(one: Combined, growth: Floats) -> Floats:
    """Errors over the mean size of errors at the other moments."""
    size = np.abs(one.errors) / growth[: one.errors.shape[1]] if len(one.errors) else np.zeros((0, 0))
    if len(size) < 2:
        return np.full(size.shape, np.nan)
    count, total = np.isfinite(size).sum(axis=1), np.nansum(size, axis=1)
    others = (total.sum() - total) / np.maximum(count.sum() - count, 1)
    with np.errstate(all="ignore"):
        scaled = one.errors / growth[: one.errors.shape[1]] / np.where(others > 0, others, np.nan)[:, None]
    return np.clip(scaled, -20, 20)


def _quantiles(own: Floats, pooled: Floats, confidence: float) -> tuple[float, float]:
    """Quantiles of a series' errors and of all, each to its weight; neighbouring periods of one moment are alike, so
    that a series' own errors count for a few only."""
    tail = (1 - confidence) / 2
    everybody = np.quantile(pooled, [tail, 1 - tail])
    if len(own) < 10:
        return float(everybody[0]), float(everybody[1])
    mine = np.quantile(own, [tail, 1 - tail])
    weight = len(own) / (len(own) + _PRIOR_ERRORS) if len(pooled) > len(own) else 1.0
    found = weight * mine + (1 - weight) * everybody
    return float(min(found[0], 0.0)), float(max(found[1], 0.0))


def _counted(one: Combined, values: Floats, confidence: float) -> Bounds:
    """Without a past to look back on: as for counts of a Gamma prior, or as the values scatter, whichever is wider."""
    tail = (1 - confidence) / 2
    total, count = float(values.sum()), max(len(values), 1)
    # Jeffreys' prior of a Poisson rate: the next count is negative binomial.
    shape, chance = total + 0.5, count / (count + 1)
    low, high = float(nbinom.ppf(tail, shape, chance)), float(nbinom.ppf(1 - tail, shape, chance))
    reach = float(norm.ppf(1 - tail) * np.std(values) * np.sqrt(1 + 1 / count))
    if count > 8 and np.ptp(values) == 0:
        low, high = (values[0], values[0]) if values[0] else (0.0, high)
    return Bounds(
        np.maximum(np.minimum(low, one.mean - reach), 0), np.maximum(np.maximum(high, one.mean + reach), one.mean), None
    )
