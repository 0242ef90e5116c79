"""The models that a forecast combines: statsforecast's, and means for what is bought seldom.

Reference:
    Hyndman, Koehler, Snyder, Grose 2002 (ETS); Fiorucci et al. 2016 (optimised Theta); Svetunkov, Kourentzes, Ord 2022
    (complex exponential smoothing); Bandara, Hyndman, Bergmeir 2021 (MSTL); Teunter, Syntetos, Babai 2011 (TSB);
    Nikolopoulos et al. 2011 (ADIDA).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError

__all__ = ["Kind", "Shape", "candidates", "require_statsforecast", "seasonal_naive", "shape_of"]

Floats = NDArray[np.float64]
Kind = Literal["regular", "seldom", "flat", "short"]
Forecaster = Callable[[Floats, int], Floats]

_SELDOM_SHARE = 0.4
_LEAST_SEASONS = 2
_YEAR_DAYS = 365
# What lies further back says little of the days to come.
_MOST_FITTED = 400
# A trend may carry a forecast this far beyond what was ever seen, in units of the largest.
_FARTHEST = 3.0


@dataclass(frozen=True)
class Shape:
    """What a series is like, which decides what may forecast it.

    Attributes:
        kind: `regular`, `seldom` (many periods without demand), `flat` (one value) or `short`.
        season: periods of a season that is short enough to be seen twice; 1 for none.
    """

    kind: Kind
    season: int


def require_statsforecast() -> Any:
    """The models of statsforecast.

    Raises:
        ModelError: it is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from statsforecast import models
    except ImportError as error:
        raise ModelError(
            "statsforecast is not installed, so nothing can be forecast.",
            hint="Install it: pip install 'rushlight[people]'.",
        ) from error
    return models


def shape_of(values: Floats, every: str) -> Shape:
    """What a series is like."""
    season = {"day": 7, "week": 52, "month": 12}[every]
    if len(values) < 8:
        return Shape("short", 1)
    if np.ptp(values) == 0:
        return Shape("flat", 1)
    if len(values) < _LEAST_SEASONS * season + 2:
        season = 1
    if float((values == 0).mean()) >= _SELDOM_SHARE:
        return Shape("seldom", season)
    return Shape("regular", season)


def seasonal_naive(values: Floats, horizon: int, season: int) -> Floats:
    """The last season again."""
    last = values[-season:] if len(values) >= season else values[-1:]
    return np.resize(last, horizon)


def candidates(values: Floats, shape: Shape, every: str) -> dict[str, Forecaster]:
    """Models that suit a series, by name; each gives the mean of as many periods as it is asked for.

    Args:
        values: what they will first be fitted on: the form of exponential smoothing is chosen on it.
        shape: what the series is like.
        every: its pace.
    """
    season = shape.season
    made: dict[str, Forecaster] = {"seasonal naive": lambda y, h: seasonal_naive(y, h, season)}
    if shape.kind in ("flat", "short"):
        return {"mean": lambda y, h: np.full(h, float(np.mean(y[-8:])))} | made
    if season > 1:
        made["seasonal mean"] = lambda y, h: _seasonal_mean(y, h, season)
    models = require_statsforecast()
    if shape.kind == "seldom":
        made["TSB"] = _library(lambda: models.TSB(alpha_d=0.1, alpha_p=0.1))
        made["ADIDA"] = _library(models.ADIDA)
        made["mean"] = lambda y, h: np.full(h, float(np.mean(y[-8 * max(season, 4) :])))
        made["SES"] = _library(lambda: models.AutoETS(season_length=1, model="ANN"))
        return made
    plain, logged = _smoothing(values, season, models), _smoothing(np.log1p(values), season, models)
    made["AutoETS"] = _library(lambda: models.AutoETS(season_length=season, model=plain[0], damped=plain[1]))
    made["Theta"] = _library(lambda: models.DynamicOptimizedTheta(season_length=season))
    made["CES"] = _library(lambda: models.AutoCES(season_length=season))
    # Demand is multiplied by what moves it, and what is multiplied is straight in logarithms.
    made["AutoETS of logarithms"] = _logged(
        _library(lambda: models.AutoETS(season_length=season, model=logged[0], damped=logged[1]))
    )
    made["Theta of logarithms"] = _logged(_library(lambda: models.DynamicOptimizedTheta(season_length=season)))
    if every == "day" and len(values) >= _LEAST_SEASONS * _YEAR_DAYS:
        made["MSTL"] = _library(lambda: models.MSTL(season_length=[season, _YEAR_DAYS]), most=4 * _YEAR_DAYS)
    return made


def _seasonal_mean(values: Floats, horizon: int, season: int) -> Floats:
    """Each place of the season as it was in the last eight seasons on average."""
    kept = values[-(min(len(values) // season, 8) * season) :]
    return np.resize(kept.reshape(-1, season).mean(axis=0), horizon)


def _smoothing(values: Floats, season: int, models: Any) -> tuple[str, bool | None]:
    """The form of exponential smoothing that AutoETS takes on a series, to be fitted again without the search."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = models.AutoETS(season_length=season).fit(values[-_MOST_FITTED:]).model_["components"]
    except Exception:
        return "ZZZ", None
    error, trend, seasonal, damped = (str(part) for part in found[:4])
    return f"{error}{trend}{seasonal}", damped == "D" if trend != "N" else None


def _logged(model: Forecaster) -> Forecaster:
    return lambda values, horizon: np.expm1(model(np.log1p(values), horizon))


def _library(make: Callable[[], Any], most: int = _MOST_FITTED) -> Forecaster:
    """A model of statsforecast; where it fails on a series, or runs away, it gives NaN and is not used there."""

    def forecast(values: Floats, horizon: int) -> Floats:
        values = values[-most:]
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                found = np.asarray(make().forecast(y=values, h=horizon)["mean"], dtype=np.float64)
        except Exception:
            return np.full(horizon, np.nan)
        limit = _FARTHEST * float(np.max(np.abs(values)))
        return np.full(horizon, np.nan) if not np.isfinite(found).all() or np.abs(found).max() > limit else found

    return forecast
