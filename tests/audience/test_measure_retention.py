from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.measure_retention import measure_retention
from rushlight.audience.warehouse.aggregates import import_aggregate
from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.viewing import played


def test_the_curve_counted_by_hand(fill: Fill) -> None:
    rows = [
        *played("a", (0, 100)),
        *played("b", (0, 50)),
        *played("c", (0, 30), (60, 80)),
        *played("d", (0, 30), (10, 40)),
    ]
    (curve,) = measure_retention(fill(rows).events(), least_viewers=1).curves
    assert curve.views == curve.viewers == 4
    assert len(curve.watching) == 100
    assert curve.watching[0] == 1
    assert curve.watching[29] == 1
    assert curve.watching[35] == 0.75
    assert curve.watching[45] == 0.5
    assert curve.watching[70] == 0.5
    assert curve.watching[90] == 0.25
    assert curve.plays[20] == 1.25
    assert curve.plays[35] == 0.75
    assert curve.skipped[50] == 0.25
    assert curve.skipped[90] == 0
    assert curve.average_seconds == (100 + 50 + 50 + 40) / 4
    assert all(low <= at <= high for low, at, high in zip(curve.low, curve.watching, curve.high, strict=True))


def test_a_simulated_truth_is_found_within_its_interval(fill: Fill) -> None:
    hazard = np.full(120, 0.01)
    warehouse = fill(simulate_events([SimulatedTitle("clock", hazard)], viewers=1500, seed=5))
    (curve,) = measure_retention(warehouse.events()).curves
    truth = np.cumprod(1 - hazard)
    inside = [low <= true <= high for low, true, high in zip(curve.low, truth, curve.high, strict=True)]
    assert np.mean(inside) > 0.9


def test_moments_are_found_where_they_were_made(fill: Fill) -> None:
    calm, steep = np.full(150, 0.002), np.full(150, 0.002)
    steep[80:84] = 0.08
    titles = [
        SimulatedTitle("again", calm, rewatch=0.2, rewatch_at=60),
        SimulatedTitle("over", calm, skip=0.2, skip_from=40),
        SimulatedTitle("away", steep),
        SimulatedTitle("calm", calm),
    ]
    found = {
        curve.title_id: curve
        for curve in measure_retention(fill(simulate_events(titles, viewers=900, seed=6)).events()).curves
    }
    kinds = {name: {m.kind: m for m in curve.moments} for name, curve in found.items()}
    assert (kinds["again"]["spike"].start_seconds, kinds["again"]["spike"].end_seconds) == (60, 70)
    assert kinds["again"]["spike"].value == pytest.approx(0.2 * 0.998**70, abs=0.04)
    assert (kinds["over"]["dip"].start_seconds, kinds["over"]["dip"].end_seconds) == (40, 60)
    assert 78 <= kinds["away"]["drop"].start_seconds <= 81
    assert not {"spike", "dip", "drop"} & set(kinds["calm"])
    assert kinds["calm"]["intro"].value == pytest.approx(found["calm"].watching[30], abs=1e-4)


def test_views_of_one_viewer_widen_the_interval(fill: Fill) -> None:
    many = [row for n in range(40) for row in played(f"viewer-{n}", (0, 30 + n))]
    same = [row for n in range(40) for row in played("ann", (0, 30 + n), view=f"v{n}", begin=200 * n, title="other")]
    first, other = sorted(
        measure_retention(fill([*many, *same]).events(), least_viewers=1).curves, key=lambda c: c.title_id
    )
    assert first.watching == other.watching
    assert other.high[40] - other.low[40] > 3 * (first.high[40] - first.low[40])


def test_small_groups_are_left_out_and_said_so(fill: Fill) -> None:
    rows = [row for n in range(12) for row in played(f"v{n}", (0, 50), device="tv" if n < 10 else "phone")]
    found = measure_retention(fill(rows).events(), by="device")
    assert [curve.group for curve in found.curves] == ["tv"]
    assert "1 group of fewer than 10 viewers" in found.notes[0]


def test_rank_among_titles_of_similar_length(fill: Fill) -> None:
    rows = [row for t in range(7) for n in range(10) for row in played(f"v{n}", (0, 20 + 10 * t), title=f"t{t}")]
    found = {curve.title_id: curve for curve in measure_retention(fill(rows).events()).curves}
    assert found["t6"].relative[75] == 1.0
    assert found["t0"].relative[50] < 0.3


def test_nothing_watched_is_said(fill: Fill) -> None:
    warehouse = fill([{**played("ann", (0, 20))[0], "event": "impression", "current_time_seconds": None}])
    found = measure_retention(warehouse.events())
    assert found.curves == ()
    assert "No view" in found.as_text()


def test_an_aggregate_stands_beside_events_and_is_named(fill: Fill, tmp_path) -> None:
    warehouse = fill([row for n in range(10) for row in played(f"v{n}", (0, 50))])
    report = tmp_path / "youtube.csv"
    lines = ["elapsedVideoTimeRatio,audienceWatchRatio,relativeRetentionPerformance"]
    lines += [f"{n / 100},{1.2 - n / 100:.3f},0.5" for n in range(1, 101)]
    report.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match="length is not given"):
        import_aggregate(warehouse, report, title_id="trailer")
    assert import_aggregate(warehouse, report, title_id="trailer", duration_seconds=200, views=900) == "retention"
    own, given = measure_retention(warehouse.events()).curves
    assert (own.source, given.source) == ("events", "youtube")
    assert given.watching[99] == pytest.approx(0.7, abs=0.01)
    assert given.watching[5] > 1
    assert own.views == 10


def test_a_changed_warehouse_is_not_mistaken_for_the_old_one(fill: Fill) -> None:
    warehouse = fill(played("ann", (0, 50)))
    events = warehouse.events()
    fill(played("bob", (0, 50)), into=warehouse)
    with pytest.raises(InputError, match="has changed"):
        measure_retention(events)


def test_text_and_table(fill: Fill) -> None:
    found = measure_retention(fill([row for n in range(10) for row in played(f"v{n}", (0, 50))]).events())
    assert "harbour: 10 views by 10 viewers, 50 s watched of 100 s (50%)" in found.as_text()
    lines = found.as_csv().splitlines()
    assert lines[1].startswith('"harbour","",0,1.000000,')
    assert len(lines) == 101
