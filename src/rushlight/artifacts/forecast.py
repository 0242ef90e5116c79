"""Demand that is expected, with bounds, and how good such forecasts were before."""

from __future__ import annotations

import csv
import io
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["EventEffect", "Forecast", "ForecastCard", "SeriesForecast"]


class SeriesForecast(BaseModel):
    """One series: what it was, and what is expected of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["regular", "seldom", "flat", "short"]
    """`seldom`: nothing is wanted in many periods. `flat`: it never changed. `short`: too little to look back on."""
    periods: tuple[str, ...]
    """The first day of each period to come."""
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    history: tuple[float, ...]
    """The latest periods before, the last of them just before the first of `periods`."""
    weights: dict[str, float] = {}
    """How much each model says."""
    mase: float | None = None
    """Mean absolute scaled error on moments of the past, weights taken from earlier moments; None without a past."""
    naive_mase: float | None = None
    """The same of seasonal naive: the last season again."""
    events: tuple[str, ...] = ()
    """What is known to happen in the periods to come."""

    @property
    def beats_naive(self) -> bool | None:
        """Whether the forecast was better than seasonal naive on moments of the past."""
        return None if self.mase is None or self.naive_mase is None else self.mase < self.naive_mase

    @property
    def total(self) -> float:
        """Expected over all periods."""
        return sum(self.mean)


class EventEffect(BaseModel):
    """What an event multiplies demand by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    ratio: float
    low: float
    high: float
    seen: int
    """Periods of it before; 0 when nothing is known of it, and then it changes nothing."""


class ForecastCard(BaseModel):
    """What the forecast is, and how good it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = (
        "weighted mean of exponential smoothing, Theta, CES and seasonal means; TSB and ADIDA for seldom demand"
    )
    series: int
    mase: float | None = None
    naive_mase: float | None = None
    """Mean over series of what they were on moments of the past."""
    held: float | None = None
    """Share of the past inside intervals made in the same way."""
    limits: str = (
        "It continues what was. It knows nothing of a campaign, a rival or a change of price that no calendar names, "
        "and a new title has no past to continue."
    )


class Forecast(Artifact):
    """Demand of each series in the periods to come."""

    every: Literal["day", "week", "month"]
    measure: str
    confidence: float
    series: tuple[SeriesForecast, ...]
    """The largest first."""
    effects: tuple[EventEffect, ...] = ()
    card: ForecastCard
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each series, how good such forecasts were, and the notes."""
        lines = []
        for one in self.series[:20]:
            last = sum(one.history[-len(one.mean) :])
            lines.append(
                f"{one.name}: {_figure(one.total)} {self.measure} in the next {len(one.mean)} {self.every}s "
                f"(the last {min(len(one.mean), len(one.history))} had {_figure(last)}); "
                f"{_figure(one.mean[0])} ({_figure(one.low[0])}–{_figure(one.high[0])}) in the first"
                + (f"; {', '.join(one.events)} ahead" if one.events else "")
                + _against_naive(one)
            )
        if len(self.series) > 20:
            lines.append(f"… and {len(self.series) - 20:,} more; --out forecast.csv has all.")
        lines += [
            f"{one.event}: {one.ratio:.2f}× ({one.low:.2f}–{one.high:.2f}), seen {one.seen} times"
            if one.seen else f"{one.event}: never seen before, so it changes nothing"
            for one in self.effects
        ]  # fmt: skip
        if self.card.mase is not None and self.card.naive_mase is not None:
            better = 1 - self.card.mase / self.card.naive_mase if self.card.naive_mase else 0.0
            lines.append(
                f"On moments of the past: MASE {self.card.mase:.3f}, seasonal naive {self.card.naive_mase:.3f}"
                + (f", {better:.0%} better." if better > 0 else ": no better than the last season again.")
            )
        if self.card.held is not None:
            lines.append(f"Intervals of {self.confidence:.0%} held {self.card.held:.0%} of the past.")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each period to come of each series."""
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["series", "date", "mean", "low", "high", "mase", "seasonal_naive_mase"])
        for one in self.series:
            scores = ["" if score is None else f"{score:.4f}" for score in (one.mase, one.naive_mase)]
            name = f"'{one.name}" if one.name[:1] in ("=", "+", "-", "@") else one.name
            for at, mean, low, high in zip(one.periods, one.mean, one.low, one.high, strict=True):
                rows.writerow([name, at, f"{mean:.4f}", f"{low:.4f}", f"{high:.4f}", *scores])
        return sheet.getvalue()


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _against_naive(one: SeriesForecast) -> str:
    if one.beats_naive is None:
        return "; it never changed" if one.kind == "flat" else "; too short to look back on"
    return "" if one.beats_naive else "; no better than the last season again"
