"""Forecasts of daily demand against seasonal naive and AutoETS, and how often intervals hold.

A hundred series: sixty that are simulated (steady weeks, trends, walks, small counts, seldom demand, shifts of level,
decay after a release, promotions, seasons of the year, noise without a week; counts of a negative binomial with level,
week and scatter of their own) and forty real ones: ratings a day of MovieTweetings, by genre and for the most rated
titles. The last 14 days of each are held back; MASE divides by the mean absolute difference from one week to the next
before them. Intervals are those for 90 %. The last
fortnight of the real series was looked at when the models were chosen; three earlier moments of them, which were not,
stand in a row of their own.

The whole way is measured: a table of date, series and value, then the capability. Peers, on the same days in the same
run: seasonal naive, and statsforecast's AutoETS with a season of seven, with its own 90 % intervals.

Reference: Hyndman, Koehler 2006, "Another look at measures of forecast accuracy".

Run: `python benchmarks/forecast_demand/run.py [--data RATINGS.dat --movies MOVIES.dat]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from results import write_results
from rushlight.artifacts.source import Document
from rushlight.audience.forecast_demand import forecast_demand
from rushlight.core.artifact import FileRef

Floats = NDArray[np.float64]
HORIZON = 14
SIMULATED, REAL = 60, 40
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
KINDS = (
    "steady week", "trend", "walk", "small counts", "seldom", "shift", "decay", "promotions", "season of the year",
    "no week",
)  # fmt: skip


def simulated(rng: np.random.Generator, kind: str) -> Floats:
    """One series of a kind."""
    days = 800 if kind == "season of the year" else int(rng.integers(60, 500))
    at = np.arange(days)
    level = float(rng.lognormal(4, 1))
    shares = np.ones(7) if kind == "no week" else rng.dirichlet(np.full(7, 8.0)) * 7
    mean = level * np.resize(np.roll(shares, int(rng.integers(7))), days)
    if kind == "trend":
        mean = mean * np.exp(rng.normal(0, 0.6) * at / days)
    elif kind == "walk":
        mean = mean * np.exp(np.cumsum(rng.normal(0, 0.03, days)))
    elif kind == "small counts":
        mean = mean / level * rng.uniform(2, 12)
    elif kind == "seldom":
        mean = mean / level * rng.uniform(0.15, 0.6)
    elif kind == "shift":
        mean = mean * np.where(at > rng.integers(days // 3, days), rng.uniform(0.4, 2.2), 1)
    elif kind == "decay":
        mean = 5 * mean * (1 + at / 10) ** -rng.uniform(0.4, 0.9)
    elif kind == "promotions":
        mean = mean * np.where(rng.random(days) < 0.03, rng.uniform(1.5, 3), 1)
    elif kind == "season of the year":
        mean = mean * (1 + 0.4 * np.sin(2 * np.pi * (at / 365.25 + rng.random())))
    spread = float(rng.uniform(5, 60))
    return rng.negative_binomial(spread, spread / (spread + mean)).astype(float)


def real(ratings: Path, movies: Path) -> dict[str, Floats]:
    """Ratings a day by genre, and of the most rated titles from the day of their first; whole days only."""
    genres = {}
    for line in movies.read_text(encoding="utf-8").splitlines():
        parts = line.split("::")
        genres[parts[0]] = [one for one in parts[-1].strip().split("|") if one]
    rows = [line.split("::") for line in ratings.read_text(encoding="utf-8").splitlines() if line]
    days = [datetime.fromtimestamp(int(row[3]), UTC).toordinal() for row in rows]
    first, last = min(days) + 1, max(days) - 1
    counts: dict[str, Floats] = defaultdict(lambda: np.zeros(last - first + 1))
    for row, day in zip(rows, days, strict=True):
        if first <= day <= last:
            for name in (*(f"genre {one}" for one in genres.get(row[1], ())), f"title {row[1]}"):
                counts[name][day - first] += 1
    order = sorted(counts, key=lambda name: -counts[name].sum())
    kept = [name for name in order if name.startswith("genre") and counts[name].sum() > 100]
    found = {name: counts[name] for name in kept}
    for name in (name for name in order if name.startswith("title")):
        own = counts[name][int(np.flatnonzero(counts[name])[0]) :]
        if len(own) >= 45 and len(found) < REAL:
            found[name] = own
    return found


def peer(values: Floats) -> tuple[Floats, Floats, Floats]:
    """AutoETS and its interval."""
    from statsforecast.models import AutoETS

    made = AutoETS(season_length=7).forecast(y=values, h=HORIZON, level=[90])
    return tuple(np.asarray(made[name]) for name in ("mean", "lo-90", "hi-90"))  # type: ignore[return-value]


def ours(series: dict[str, Floats], folder: Path) -> dict[str, tuple[Floats, Floats, Floats]]:
    """The capability on a table of all series."""
    lines = ["date,series,value"]
    end = date(2026, 6, 1)
    for name, values in series.items():
        days = [end - timedelta(days=len(values) - at) for at in range(len(values))]
        lines += [f"{day},{name},{value}" for day, value in zip(days, values, strict=True)]
    path = folder / "demand.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = forecast_demand(Document(file=FileRef.of(path)), None, horizon=HORIZON, most=5000, gaps="zero")
    return {one.name: (np.array(one.mean), np.array(one.low), np.array(one.high)) for one in found.series}


def scores(series: dict[str, Floats], folder: Path) -> dict[str, list[tuple[float, float, float, float, float]]]:
    """For each series: MASE of ours, seasonal naive and AutoETS; share inside our interval and AutoETS's."""
    before = {name: values[:-HORIZON] for name, values in series.items()}
    made = ours(before, folder)
    found: dict[str, list[tuple[float, float, float, float, float]]] = defaultdict(list)
    for name, values in series.items():
        past, truth = before[name], values[-HORIZON:]
        scale = float(np.mean(np.abs(past[7:] - past[:-7]))) or 1.0
        mean, low, high = made[name]
        ets, ets_low, ets_high = peer(past)
        naive = np.resize(past[-7:], HORIZON)
        error = [float(np.mean(np.abs(truth - one)) / scale) for one in (mean, naive, ets)]
        held = [
            float(np.mean((truth >= one - 1e-9) & (truth <= two + 1e-9)))
            for one, two in ((low, high), (ets_low, ets_high))
        ]
        found[name.split("|")[0]].append((error[0], error[1], error[2], held[0], held[1]))
    return found


def row(name: str, own: list[tuple[float, float, float, float, float]]) -> list[str]:
    mean = np.mean(own, axis=0)
    return [name, str(len(own)), *(f"{value:.3f}" for value in mean[:3]), f"{mean[3]:.1%}", f"{mean[4]:.1%}"]


def main() -> None:
    """Forecast everything and write the results."""
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    folder = FIXTURES / "ratings" / "movietweetings"
    ratings = Path(given.get("--data", folder / "ratings.dat"))
    movies = Path(given.get("--movies", ratings.parent / "movies.dat"))
    # Not the worlds that the weights of models were looked at with.
    rng = np.random.default_rng(20261125)
    series = {
        f"{KINDS[number % len(KINDS)]}|{number}": simulated(rng, KINDS[number % len(KINDS)])
        for number in range(SIMULATED)
    }
    notes = []
    known: dict[str, Floats] = {}
    if ratings.is_file() and movies.is_file():
        known = real(ratings, movies)
    else:
        notes.append("MovieTweetings is not here, so there are no real series.")
    named = {f"real {'genres' if name.startswith('genre') else 'titles'}|{name}": own for name, own in known.items()}
    rows = [["series", "number", "MASE, Rushlight", "seasonal naive", "AutoETS", "inside 90 %", "AutoETS's"]]
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        found = scores({**series, **named}, Path(place))
        took = time.perf_counter() - start
        rows += [row(name, own) for name, own in found.items()]
        everything = [one for own in found.values() for one in own]
        rows.append(row("**all**", everything))
        earlier = []
        for back in (14, 28, 42):
            cut = {name: own[:-back] for name, own in named.items() if len(own) - back >= 45}
            if cut:
                earlier += [one for own in scores(cut, Path(place)).values() for one in own]
        if earlier:
            rows.append(row("real, three earlier moments", earlier))
    better = np.mean([one[0] < one[1] for one in everything]), np.mean([one[0] < one[2] for one in everything])
    notes += [
        f"Better than seasonal naive on {better[0]:.0%} of the series, than AutoETS on {better[1]:.0%}.",
        f"All of it, peers too, took {took:.0f} s.",
        "Targets: MASE below both, intervals that hold 85 to 95 %.",
    ]
    write_results(__file__, (__doc__ or "").split("Run:")[0], rows, notes)


if __name__ == "__main__":
    main()
