from __future__ import annotations

import csv
import io
import math
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.forecast import Forecast
from rushlight.artifacts.source import Document
from rushlight.audience.forecast_demand import forecast_demand
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, ModelError
from tests.audience.conftest import Fill
from tests.audience.viewing import played

pytest.importorskip("statsforecast")
START = date(2026, 3, 2)


def written(tmp_path: Path, series: dict[str, np.ndarray], name: str = "demand.csv") -> Document:
    path = tmp_path / name
    lines = ["date,series,value"]
    for key, values in series.items():
        lines += [f"{START + timedelta(days=at)},{key},{value}" for at, value in enumerate(values)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Document(file=FileRef.of(path))


def weekly(days: int, seed: int, level: float = 100.0) -> np.ndarray:
    week = np.resize([0.6, 0.7, 0.8, 0.9, 1.2, 1.5, 1.3], days)
    return np.random.default_rng(seed).poisson(level * week).astype(float)


def finite(found: Forecast) -> bool:
    numbers = [value for one in found.series for value in (*one.mean, *one.low, *one.high)]
    ordered = all(
        low <= mean <= high for one in found.series for low, mean, high in zip(one.low, one.mean, one.high, strict=True)
    )
    return all(math.isfinite(value) and value >= 0 for value in numbers) and ordered


def test_a_week_is_carried_on_with_bounds_that_hold_and_better_than_the_last_week(tmp_path: Path) -> None:
    values = {name: weekly(104, seed) for seed, name in enumerate(("a", "b", "c"))}
    found = forecast_demand(written(tmp_path, {name: one[:90] for name, one in values.items()}), None)
    assert [one.name for one in found.series] == sorted(values, key=lambda name: -values[name][:90].sum())
    held = []
    for one in found.series:
        truth = values[one.name][90:]
        expected = 100 * np.resize([0.6, 0.7, 0.8, 0.9, 1.2, 1.5, 1.3], 104)[90:]
        assert np.abs(np.array(one.mean) / expected - 1).max() < 0.25
        assert one.beats_naive
        assert one.periods[0] == (START + timedelta(days=90)).isoformat()
        held += [low <= value <= high for value, low, high in zip(truth, one.low, one.high, strict=True)]
    assert 0.75 <= np.mean(held) <= 1.0
    assert found.card.mase < found.card.naive_mase  # type: ignore[operator]
    assert "better" in found.as_text()


def test_short_flat_empty_and_seldom_series_have_figures_and_say_what_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    series = {
        "short": np.array([3.0, 4.0, 2.0]), "one": np.array([9.0]), "flat": np.full(40, 5.0), "none": np.zeros(40),
        "seldom": rng.poisson(0.2, 80).astype(float),
    }  # fmt: skip
    found = forecast_demand(written(tmp_path, series), None, gaps="zero", horizon=5)
    assert finite(found)
    kinds = {one.name: one.kind for one in found.series}
    assert kinds["seldom"] == "seldom"
    # Those that stop early are followed by days without demand.
    assert kinds["flat"] == "seldom"
    only = forecast_demand(written(tmp_path, {"flat": np.full(40, 5.0)}, "flat.csv"), None, horizon=3)
    assert only.series[0].kind == "flat"
    assert only.series[0].mean == (5.0, 5.0, 5.0)
    assert "never changed" in only.as_text()
    for name in ("short", "one"):
        alone = forecast_demand(written(tmp_path, {name: series[name]}, f"{name}.csv"), None, horizon=3)
        assert finite(alone)
        assert alone.series[0].mase is None
        assert alone.series[0].high[0] > alone.series[0].low[0]
        assert "too short" in alone.as_text()
    nothing = forecast_demand(written(tmp_path, {"none": np.zeros(40)}, "none.csv"), None, horizon=3)
    assert nothing.series[0].mean == (0.0, 0.0, 0.0)
    assert finite(nothing)


def test_noise_is_said_to_be_no_better_than_the_last_week_when_it_is_not(tmp_path: Path) -> None:
    steps = np.cumsum(np.random.default_rng(0).choice([-1.0, 1.0], 60)) + 100
    # Every value stands for two weeks, so that the last week again is nearly right and a mean is not.
    walk = np.repeat(steps, 14)[:200]
    found = forecast_demand(written(tmp_path, {"walk": walk}), None, horizon=7)
    one = found.series[0]
    assert one.mase is not None
    assert (one.beats_naive is False) == ("no better than the last season again" in found.as_text())


def test_a_gala_to_come_is_expected_and_its_past_does_not_mislead(tmp_path: Path) -> None:
    values = weekly(98, 5)
    galas = [20, 41, 62, 83]
    values[galas] *= 3
    demand = written(tmp_path, {"a": values[:98]})
    calendar = tmp_path / "days.csv"
    lines = [f"{START + timedelta(days=at)},gala" for at in (*galas, 104)]
    calendar.write_text("date,event\n" + "\n".join(lines), encoding="utf-8")
    known = forecast_demand(demand, Document(file=FileRef.of(calendar)))
    plain = forecast_demand(demand, None)
    assert abs(known.series[0].mean[6] / (3 * 130) - 1) < 0.2
    assert plain.series[0].mean[6] < 2 * 130
    assert known.series[0].events == ("gala",)
    assert known.effects[0].seen == 4
    assert 2.3 < known.effects[0].ratio < 3.5


def test_views_of_a_warehouse_by_title_and_category(fill: Fill, tmp_path: Path) -> None:
    rows = []
    for day in range(24):
        for viewer in range(12):
            if (viewer + day) % 3 or day % 7 > 4:
                rows += played(f"v{viewer}", (0, 10), begin=day * 86_400.0, view=f"{viewer}-{day}")
    rows += played("lone", (0, 20), begin=86_400.0, title="other", view="x")
    warehouse = fill(rows, into=Warehouse.create(tmp_path / "audience", buckets=1))
    manifest = Document(file=warehouse.events().manifest)
    found = forecast_demand(manifest, None, horizon=7)
    assert [one.name for one in found.series] == ["harbour"]
    assert found.measure == "views"
    assert "1 of 2 series have under 10 viewers" in found.as_text()
    assert sum(one.history[-1] for one in found.series) == (12 if 23 % 7 > 4 else 8)
    everything = forecast_demand(manifest, None, horizon=7, by="all", measure="watch_hours")
    assert everything.series[0].name == "all"
    assert finite(everything)
    with pytest.raises(InputError, match="No series has 50 viewers"):
        forecast_demand(manifest, None, least_viewers=50)


def test_the_table_that_comes_out_starts_no_formula_and_comes_out_the_same_again(tmp_path: Path) -> None:
    demand = written(tmp_path, {"=HYPERLINK(1)": weekly(40, 1)})
    found = forecast_demand(demand, None, horizon=3)
    rows = list(csv.DictReader(io.StringIO(found.as_csv())))
    assert [row["series"] for row in rows] == ["'=HYPERLINK(1)"] * 3
    assert found == forecast_demand(demand, None, horizon=3)


def test_without_statsforecast_one_sentence_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(ModelError, match="not installed") as caught:
        forecast_demand(written(tmp_path, {"a": weekly(30, 1)}), None)
    assert "rushlight[people]" in caught.value.hint


def test_statsforecast_is_loaded_when_it_is_needed() -> None:
    code = "import sys, rushlight.audience.forecast_demand; assert 'statsforecast' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
