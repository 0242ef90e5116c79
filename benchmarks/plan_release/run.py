"""The day of a release, chosen from what was known before: how much demand it had.

Twenty-four simulated audiences over 200 to 500 days, with a week of their own, trends, walks and holidays, and days
of MovieTweetings by genre, the eight largest. From a moment of the past a day of the coming four weeks is chosen for
an opening of three days; holidays that happened before are in the calendar given, and come again. Measured: demand of
the opening chosen over that of the average day of the four weeks, and how often the day in truth best lies among the
five shown.

Peers: the weekday of the best opening of the last week, and of the last four weeks.

Run: `python benchmarks/plan_release/run.py`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from results import write_results
from rushlight.artifacts.source import Document
from rushlight.audience.plan_release import plan_release
from rushlight.core.artifact import FileRef

Floats = NDArray[np.float64]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
WORLDS, GENRES, AHEAD, OPENING = 24, 8, 28, 3
START = date(2025, 1, 6)


def world(rng: np.random.Generator) -> tuple[Floats, list[int]]:
    """Demand, and the days of a holiday that comes every few weeks."""
    days = int(rng.integers(200, 500))
    at = np.arange(days)
    week = np.resize(np.roll(rng.dirichlet(np.full(7, float(rng.choice((6, 20, 60))))) * 7, int(rng.integers(7))), days)
    mean = float(rng.lognormal(4, 1)) * week * np.exp(rng.normal(0, 0.4) * at / days)
    mean = mean * np.exp(np.cumsum(rng.normal(0, 0.02, days)))
    every = int(rng.integers(17, 40))
    feasts = list(range(int(rng.integers(every)), days, every))
    mean[feasts] *= float(rng.uniform(1.2, 2.5))
    spread = float(rng.uniform(8, 60))
    return rng.negative_binomial(spread, spread / (spread + mean)).astype(float), feasts


def genres() -> list[Floats]:
    """Ratings a day of the largest genres of MovieTweetings."""
    place = FIXTURES / "ratings" / "movietweetings"
    if not place.is_dir():
        return []
    known = {}
    for line in (place / "movies.dat").read_text("utf-8").splitlines():
        known[line.split("::")[0]] = [one for one in line.split("::")[-1].strip().split("|") if one]
    rows = [line.split("::") for line in (place / "ratings.dat").read_text("utf-8").splitlines() if line]
    days = [datetime.fromtimestamp(int(row[3]), UTC).toordinal() for row in rows]
    first, last = min(days) + 1, max(days) - 1
    counts: dict[str, Floats] = defaultdict(lambda: np.zeros(last - first + 1))
    for row, day in zip(rows, days, strict=True):
        if first <= day <= last:
            for name in known.get(row[1], ()):
                counts[name][day - first] += 1
    return [counts[name] for name in sorted(counts, key=lambda name: -counts[name].sum())[:GENRES]]


def measured(values: Floats, feasts: list[int], folder: Path) -> list[float]:
    """Gains of ours and the peers, of the best day, and whether that was among the five shown."""
    known = len(values) - AHEAD - OPENING
    lines = ["date,value", *(f"{START + timedelta(days=day)},{value}" for day, value in enumerate(values[:known]))]
    path, calendar = folder / "demand.csv", folder / "feasts.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    calendar.write_text("date,event\n" + "".join(f"{START + timedelta(days=day)},feast\n" for day in feasts), "utf-8")
    tables = (Document(file=FileRef.of(calendar)),) if feasts else ()
    first = START + timedelta(days=known)
    found = plan_release(
        Document(file=FileRef.of(path)), tables, None, opening_days=OPENING, earliest=first.isoformat(),
        latest=(first + timedelta(days=AHEAD - 1)).isoformat(),
    )  # fmt: skip
    true = np.array([values[known + day : known + day + OPENING].sum() for day in range(AHEAD)])
    shown = [(date.fromisoformat(one.date) - START).days - known for one in found.options]
    early = known - AHEAD - OPENING + 1
    before = np.array([values[early + step : early + step + OPENING].sum() for step in range(AHEAD)])
    # Openings of the past by their distance to the first day ahead, as a day of the week.
    week = (early + AHEAD - 7 + int(before[-7:].argmax()) - known) % 7
    month = (early + int(before.argmax()) - known) % 7
    mean = max(float(true.mean()), 1e-9)
    return [true[shown[0]] / mean, true[week::7].mean() / mean, true[month::7].mean() / mean, true.max() / mean,
            float(int(true.argmax()) in shown)]  # fmt: skip


def main() -> None:
    """Choose everywhere and write the results."""
    rng = np.random.default_rng(20261125)
    rows = [
        ["demand", "number", "Rushlight", "best weekday of last week", "of last month", "possible", "best among five"]
    ]
    with tempfile.TemporaryDirectory() as place:
        for name, series in (
            ("simulated", [world(rng) for _ in range(WORLDS)]),
            ("genres, real", [(one, list[int]()) for one in genres()]),
        ):
            if series:
                found = np.mean([measured(values, feasts, Path(place)) for values, feasts in series], axis=0)
                rows.append([name, str(len(series)), *(f"{value:.3f}" for value in found[:4]), f"{found[4]:.0%}"])
    notes = ["Demand of the opening chosen over that of the average day; five of 28 days are 18 % by chance."]
    write_results(__file__, (__doc__ or "").split("Run:")[0], rows, notes)


if __name__ == "__main__":
    main()
