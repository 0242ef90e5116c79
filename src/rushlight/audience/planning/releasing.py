"""Days to bring a title out, scored by forecast demand, by rivals, and by how titles live after they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts.release_plan import ChannelStep, ReleaseCard
from rushlight.audience.planning.combining import Combined, combine
from rushlight.audience.planning.tables import moment, number, read_table
from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.people import without_bots
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

__all__ = [
    "Days",
    "Opening",
    "Rival",
    "backtest",
    "day_named",
    "days_between",
    "opening_of",
    "read_rivals",
    "rival_factors",
    "rivals_near",
    "score_days",
]

Floats = NDArray[np.float64]

_COLUMNS = {
    "date": ("date", "release", "released", "day", "start"),
    "title": ("title", "name", "event", "rival", "film"),
    "size": ("size", "weight", "relative_size"),
}
_RIVAL_DAYS, _HALF_DAYS = 14, 5.0
_NEAR_DAYS = 7
_PATHS = 500
_LEAST_STARTS = 20
_TRIALS, _TRIAL_DAYS = 4, 28


@dataclass(frozen=True)
class Rival:
    """A title of others: the day it comes out, and its size, 1 for one as large as ours."""

    day: date
    title: str
    size: float


@dataclass(frozen=True)
class Opening:
    """How titles live in their first days, and how viewers come to them.

    Attributes:
        days: weight of each day of the opening, adding up to their number.
        channels: in the order in which viewers come by them.
        titles: how many titles it rests on; 0 where all days weigh alike.
    """

    days: Floats
    channels: tuple[ChannelStep, ...]
    titles: int


@dataclass(frozen=True)
class Days:
    """Scores of days.

    Attributes:
        mean: demand of the opening, by day looked at.
        low: lower bound; `high` the upper.
        best: probability of each to be the best.
    """

    mean: Floats
    low: Floats
    high: Floats
    best: Floats


def read_rivals(path: Path) -> tuple[tuple[Rival, ...], tuple[str, ...]]:
    """A table of date and title, and size where it is known; and what of it could not be read.

    Raises:
        InputError: no such table, or no row that can be read.
    """
    rows, _ = read_table(path, _COLUMNS, ("date", "title"))
    found, bad = [], 0
    for row in rows:
        at, size = moment(row["date"]), number(row.get("size") or "1")
        if at is None or not row["title"] or size is None or not 0 <= size <= 100:
            bad += 1
            continue
        found.append(Rival(at.date(), row["title"][:80], size))
    if not found:
        hint = "Write: 2026-12-18,Their Film below date,title."
        raise InputError("This table names no rival with a date.", path=path, hint=hint)
    return tuple(found), ((f"{bad:,} rivals have no date, no title or no size that can be read.",) if bad else ())


def rival_factors(rivals: Sequence[Rival], first: date, count: int, share: float) -> Floats:
    """What is left of demand on each day: each rival takes a share, less from day to day, for two weeks."""
    left = np.ones(count)
    for one in rivals:
        start = (one.day - first).days
        for step in range(_RIVAL_DAYS):
            if 0 <= start + step < count:
                left[start + step] *= max(1 - share * one.size * 0.5 ** (step / _HALF_DAYS), 0.05)
    return left


def rivals_near(rivals: Sequence[Rival], day: date) -> tuple[str, ...]:
    """Titles that come out within a week of a day, the nearest first."""
    near = [one for one in rivals if abs((one.day - day).days) <= _NEAR_DAYS]
    return tuple(one.title for one in sorted(near, key=lambda one: (abs((one.day - day).days), one.title)))


def opening_of(warehouse: Warehouse, engine: Engine, days: int, titles: set[str] | None) -> Opening:
    """How views of earlier titles spread over their first days, each title counting alike, and by which channels.

    Args:
        warehouse: where they lie.
        engine: what counts.
        days: of an opening.
        titles: which titles to look at; all by default.
    """
    views, _, _ = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
    views = views.filter(views.played_seconds > 0).mutate(day=views.started_at.cast("date"))
    rows = engine.rows(
        views.group_by(["title_id", "day", "traffic_source"])
        .agg(views=views.count())
        .order_by(["title_id", "day", "traffic_source"])
    )
    by_title: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
    for row in rows:
        if titles is None or str(row["title_id"]) in titles:
            day = date.fromisoformat(str(row["day"])[:10]).toordinal()
            by_title[str(row["title_id"])].append((day, str(row["traffic_source"] or ""), float(row["views"])))
    last = max((day for own in by_title.values() for day, _, _ in own), default=0)
    first = min((day for own in by_title.values() for day, _, _ in own), default=0)
    curve, used = np.zeros(days), 0
    lags: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for own in by_title.values():
        start = min(day for day, _, _ in own)
        whole = sum(count for day, _, count in own if day - start < days)
        # A title whose start or end is cut off says nothing of its opening.
        if start == first or start + days > last or whole < _LEAST_STARTS:
            continue
        used += 1
        for day, source, count in own:
            if day - start < days:
                curve[day - start] += count / whole
                lags[source].append((day - start, count / whole))
    if used < 3:
        return Opening(np.ones(days), (), 0)
    curve = (curve / used + 0.1 / days) / 1.1
    return Opening(curve * days, _steps({name: own for name, own in lags.items() if name}, used), used)


def _steps(lags: Mapping[str, Sequence[tuple[int, float]]], titles: int) -> tuple[ChannelStep, ...]:
    made = []
    for name, own in lags.items():
        share = sum(weight for _, weight in own) / titles
        if share >= 0.02:
            made.append(
                ChannelStep(
                    channel=name, day=int(_weighted(own, 0.1)), share=round(share, 6), median_days=_weighted(own, 0.5)
                )
            )
    return tuple(sorted(made, key=lambda one: (one.day, one.median_days, -one.share, one.channel)))


def _weighted(own: Sequence[tuple[int, float]], level: float) -> float:
    total, so_far = sum(weight for _, weight in own), 0.0
    for day, weight in sorted(own):
        so_far += weight
        if so_far >= level * total:
            return float(day)
    return float(max(day for day, _ in own))


def score_days(
    made: Combined, factor: Floats, opening: Floats, starts: Sequence[int], *, confidence: float, seed: int
) -> Days:
    """Demand of the opening from each start, with bounds, and how likely each is the best.

    Errors of the past are drawn again in stretches as they came, so that what holds for a whole month moves all days
    of it together and does not make one of them look better.

    Args:
        made: the forecast, before events.
        factor: what each day to come is multiplied by.
        opening: weight of each day of the opening.
        starts: days to come that are looked at, from 0.
        confidence: of the bounds.
        seed: of what is drawn.
    """
    horizon, length = len(made.mean), len(opening)
    rng = np.random.default_rng(seed)
    known = made.errors[:, np.isfinite(made.errors).any(axis=0)] if len(made.errors) else np.zeros((0, 0))
    paths = np.tile(made.mean, (_PATHS, 1))
    if known.size:
        filled = np.where(np.isfinite(known), known, 0.0)
        level = max(float(np.mean(made.mean)), 1e-9)
        reach = filled.shape[1]
        for at in range(0, horizon, reach):
            # From any place on and with either sign: what few moments had in common is no forecast of ours.
            place = (rng.integers(0, reach, _PATHS)[:, None] + np.arange(min(reach, horizon - at))) % reach
            part = filled[rng.integers(0, len(filled), _PATHS)[:, None], place]
            part = part * rng.choice((-1.0, 1.0), _PATHS)[:, None]
            paths[:, at : at + part.shape[1]] += part * np.sqrt(made.mean[at : at + part.shape[1]] / level)
    paths = np.maximum(paths, 0) * factor
    window = np.stack([paths[:, start : start + length] @ opening for start in starts], axis=1)
    mean = np.array([float((made.mean * factor)[start : start + length] @ opening) for start in starts])
    tail = (1 - confidence) / 2
    low, high = np.quantile(window, [tail, 1 - tail], axis=0)
    best = np.bincount(window.argmax(axis=1), minlength=len(starts)) / _PATHS
    return Days(mean, np.minimum(low, mean), np.maximum(high, mean), best)


def backtest(values: Floats, opening: Floats, every: str = "day") -> ReleaseCard:
    """Choose days from moments of the past and see what demand they had; without events and rivals."""
    length = len(opening)
    need = _TRIAL_DAYS + length
    origins = [len(values) - need - step * _TRIAL_DAYS // 2 for step in range(_TRIALS)]
    origins = [origin for origin in origins if origin >= max(2 * need, 42)]
    gains, weekday, possible = [], [], []
    for origin in origins:
        made = combine(values[:origin], need, every)
        true = np.array([values[origin + at : origin + at + length] @ opening for at in range(_TRIAL_DAYS)])
        if true.mean() <= 0:
            continue
        guess = np.array([made.mean[at : at + length] @ opening for at in range(_TRIAL_DAYS)])
        before = np.array([values[origin - 14 + at : origin - 14 + at + length] @ opening for at in range(7)])
        gains.append(true[int(guess.argmax())] / true.mean())
        weekday.append(true[int(before.argmax()) :: 7].mean() / true.mean())
        possible.append(true.max() / true.mean())
    if not gains:
        return ReleaseCard()
    return ReleaseCard(
        trials=len(gains), gain=round(float(np.mean(gains)), 6), gain_of_weekday=round(float(np.mean(weekday)), 6),
        possible=round(float(np.mean(possible)), 6),
    )  # fmt: skip


def day_named(text: str, default: date) -> date:
    """A day as a person writes it.

    Raises:
        InputError: it is none.
    """
    try:
        return date.fromisoformat(text) if text else default
    except ValueError as error:
        raise InputError(f"{text[:40]!r} is no day.", hint="Write 2026-12-18.") from error


def days_between(first: date, last: date) -> list[date]:
    """All days from one to another."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
