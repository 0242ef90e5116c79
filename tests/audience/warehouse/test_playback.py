from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played


def rows(warehouse: Warehouse, table: str, *order: str) -> list[dict]:
    with open_engine() as engine:
        return engine.rows(warehouse.table(engine, table).order_by(list(order)))


def parts(warehouse: Warehouse, table: str) -> list[tuple[float, float]]:
    found = rows(warehouse, table, *(["started_at"] if table == "spans" else []), "start_seconds")
    return [(row["start_seconds"], row["end_seconds"]) for row in found]


def test_playing_pausing_and_seeking(fill: Fill) -> None:
    warehouse = fill([
        event(0, "ready", 0, 0), event(1, "play", 1, 0), event(2, "ping", 11, 10), event(3, "seek_start", 15, 14),
        event(4, "seek_end", 15, 50), event(5, "ping", 25, 60), event(6, "pause", 30, 65), event(7, "play", 400, 65),
        event(8, "ping", 410, 75), event(9, "seek_start", 412, 77), event(10, "seek_end", 412, 5),
        event(11, "pause", 422, 15),
    ])  # fmt: skip
    assert parts(warehouse, "spans") == [(0, 14), (50, 65), (65, 77), (5, 15)]
    assert parts(warehouse, "covered") == [(0, 15), (50, 77)]
    (view,) = rows(warehouse, "views", "view")
    assert view["played_seconds"] == 14 + 15 + 12 + 10
    assert view["content_seconds"] == 15 + 27
    assert view["ended"] == "exit"
    assert view["seeks"] == 2


def test_a_jump_without_a_seek_and_a_clock_that_stands_are_not_played(fill: Fill) -> None:
    jumped = fill([event(0, "play", 0, 0), event(1, "ping", 5, 5), event(2, "ping", 10, 60), event(3, "ping", 15, 65)])
    assert parts(jumped, "spans") == [(0, 5), (60, 65)]


def test_double_speed_is_played_and_takes_half_the_time(fill: Fill) -> None:
    warehouse = fill([
        event(0, "play", 0, 0, playback_rate=2.0), event(1, "ping", 10, 20, playback_rate=2.0),
        event(2, "pause", 20, 40, playback_rate=2.0),
    ])  # fmt: skip
    assert parts(warehouse, "spans") == [(0, 40)]
    assert rows(warehouse, "views", "view")[0]["played_seconds"] == 20


@pytest.mark.parametrize(
    ("last", "more", "ended"),
    [
        ("end", {}, "end"), ("pause", {}, "exit"), ("ping", {"visible": False}, "background"),
        ("error", {"error_code": "network_timeout"}, "network"), ("error", {"error_code": "decode"}, "error"),
    ],
)  # fmt: skip
def test_how_a_view_ended(fill: Fill, last: str, more: dict, ended: str) -> None:
    warehouse = fill([event(0, "play", 0, 0), event(1, "ping", 10, 10), event(2, last, 20, 20, **more)])
    assert rows(warehouse, "views", "view")[0]["ended"] == ended


def test_views_without_a_name_are_parted_by_half_an_hour(fill: Fill) -> None:
    warehouse = fill([
        event(0, "play", 0, 0, view=None), event(1, "ping", 10, 10, view=None), event(2, "ping", 1799, 12, view=None),
        event(3, "play", 4000, 0, view=None), event(4, "ping", 4005, 5, view=None),
    ])  # fmt: skip
    assert [view["content_seconds"] for view in rows(warehouse, "views", "started_at")] == [12, 5]


def test_a_view_over_midnight_is_one_view_of_its_first_day_however_its_halves_arrive(fill: Fill) -> None:
    midnight = 12 * 3600
    early = [event(n, "play" if n == 0 else "ping", midnight - 20 + 10 * n, 10 * n) for n in range(2)]
    late = [event(n, "ping", midnight - 20 + 10 * n, 10 * n) for n in range(2, 6)]
    warehouse = fill(late)
    assert len(rows(warehouse, "views", "view")) == 1
    fill(early, into=warehouse)
    (view,) = rows(warehouse, "views", "view")
    assert view["content_seconds"] == 50
    assert str(view["started_at"]).startswith("2026-10-01 23:59:40")


def test_out_of_order_and_double_events_change_nothing(fill: Fill) -> None:
    sent = played("ann", (0, 40), (20, 60))
    warehouse = fill([*reversed(sent), *sent[:4]])
    assert parts(warehouse, "spans") == [(0, 40), (20, 60)]


def test_an_endless_heartbeat_is_thinned_and_gives_the_same(fill: Fill) -> None:
    each_second = [event(n, "ping" if n else "play", n, float(n), duration_seconds=900.0) for n in range(800)]
    gap = [row for n, row in enumerate(each_second) if not 500 <= n < 520]
    warehouse = fill(gap)
    assert parts(warehouse, "covered") == [(0, 799)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), min_size=1, max_size=6))
def test_covered_is_the_union_of_what_was_played(fill: Fill, wanted: list[tuple[int, int]]) -> None:
    pieces = [(float(start), float(start + length)) for start, length in wanted]
    warehouse = Warehouse(fill(played("ann", *pieces, view=f"v{abs(hash(tuple(pieces)))}")).folder)
    name = f"v{abs(hash(tuple(pieces)))}"
    with open_engine() as engine:
        table = warehouse.table(engine, "covered")
        found = engine.rows(table.filter(table["view"].endswith(name)))
    seconds = {second for start, length in wanted for second in range(start, start + length)}
    assert sum(row["end_seconds"] - row["start_seconds"] for row in found) == len(seconds)
    ends = sorted((row["start_seconds"], row["end_seconds"]) for row in found)
    assert all(one[1] < other[0] for one, other in zip(ends, ends[1:], strict=False))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6))
def test_thinning_changes_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    import numpy as np
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    from rushlight.audience.warehouse import playback
    from rushlight.audience.warehouse.schema import FIELDS

    kinds = {"VARCHAR": arrow.string(), "TIMESTAMP": arrow.timestamp("us"), "DOUBLE": arrow.float64(),
             "BOOLEAN": arrow.bool_(), "INTEGER": arrow.int32()}  # fmt: skip
    rng = np.random.default_rng(seed)
    rows, clock, place = [], 0.0, 0.0
    for number in range(150):
        name = (
            "ping"
            if rng.random() < 0.93
            else str(rng.choice(["pause", "play", "seek_start", "seek_end", "quality_change"]))
        )
        rows.append(event(number, name, clock, min(place, 99.0), view="one"))
        clock += float(rng.choice([1, 1, 1, 1, 1, 5, 20, 40]))
        place += float(rng.choice([1, 1, 1, 1, 1, 1, -2, -20, 15, 0]))
        place = max(place, 0.0)
    path = tmp_path_factory.mktemp("thin") / "events.parquet"
    columns = {item.name: [row.get(item.name) for row in rows] for item in FIELDS}
    columns["ts_client"] = [datetime.fromisoformat(str(stamp)).replace(tzinfo=None) for stamp in columns["ts_client"]]
    columns["ts_server"] = columns["ts_client"]
    schema = arrow.schema([(item.name, kinds[item.type]) for item in FIELDS])
    parquet.write_table(arrow.table(columns, schema=schema), path)
    with open_engine() as engine:
        table = engine.table([path], {})
        thin = playback.covered(playback.spans(playback.stretches(table)))
        whole = playback.covered(playback.spans(playback.stretches(table, thin=False)))
        found = [
            [(row["start_seconds"], row["end_seconds"]) for row in engine.rows(one.order_by("start_seconds"))]
            for one in (thin, whole)
        ]
    assert found[0] == found[1]
