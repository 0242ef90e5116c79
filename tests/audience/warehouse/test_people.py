from __future__ import annotations

from datetime import date

import pytest

from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.people import (
    access_viewer,
    erase_before,
    erase_outdated,
    erase_viewer,
    pseudonym,
    without_bots,
)
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played

CROWD = [row for number in range(20) for row in played(f"viewer-{number}", (0, 30 + number))]


def test_one_viewer_is_erased_everywhere_and_the_others_stay(fill: Fill) -> None:
    warehouse = fill([*CROWD, {**event("bad", "ping", 3, -1.0, viewer="viewer-7")}])
    name = pseudonym(warehouse, "viewer-7")
    before = warehouse.events().rows
    kept = access_viewer(warehouse, "viewer-7")
    assert {"events", "stretches", "spans", "covered", "views", "quarantine"} == set(kept)
    assert all(row["viewer"] == name for rows in kept.values() for row in rows)
    done = erase_viewer(warehouse, "viewer-7")
    assert done.left == 0
    assert done.rows["events"] == len(kept["events"])
    assert access_viewer(warehouse, "viewer-7") == {}
    assert warehouse.events().rows == before - len(kept["events"])
    held = b"".join(path.read_bytes() for path in warehouse.folder.rglob("*") if path.suffix in (".parquet", ".jsonl"))
    assert name.encode() not in held
    assert "finds 0 rows" in done.as_text()
    assert "Nothing was kept" in erase_viewer(warehouse, name).as_text()


def test_what_is_left_is_what_would_be_there_without_the_viewer(fill: Fill) -> None:
    warehouse = fill(CROWD)
    erase_viewer(warehouse, "viewer-3")
    with open_engine() as engine:
        views = engine.rows(warehouse.table(engine, "views").order_by("view"))
    assert len(views) == 19
    assert sum(view["content_seconds"] for view in views) == sum(30 + number for number in range(20) if number != 3)


def test_days_before_the_limit_are_erased(fill: Fill) -> None:
    day = 86_400
    late = [row for number in range(5) for row in played(f"late-{number}", (0, 20), begin=3 * day)]
    warehouse = fill([*CROWD, *late])
    assert erase_before(warehouse, date(2026, 10, 3)) == len(CROWD)
    assert warehouse.events().views == 5
    assert warehouse.events().first_date == "2026-10-04"


def test_bots_are_known_by_doing_what_nobody_can(fill: Fill) -> None:
    bot = [row for number in range(501) for row in played("robot", (0, 6), begin=60 * number, view=f"v{number}")]
    warehouse = fill([*CROWD, *bot])
    with open_engine() as engine:
        views, events, bots = without_bots(engine, warehouse.table(engine, "views"), warehouse.table(engine, "events"))
        assert bots == 1
        assert engine.rows(views.aggregate(n=views.count())) == [{"n": 20}]
        assert engine.rows(events.aggregate(n=events.count())) == [{"n": len(CROWD)}]


@pytest.mark.parametrize("viewer", ["'; DROP TABLE x --", "", "v_zz", "größe"])
def test_a_viewer_who_was_never_there(fill: Fill, viewer: str) -> None:
    warehouse = fill(CROWD)
    assert access_viewer(warehouse, viewer) == {}
    assert erase_viewer(warehouse, viewer).left == 0
    assert warehouse.events().views == 20


def test_what_is_older_than_the_limit_goes_with_the_next_import(fill: Fill) -> None:
    warehouse = fill(CROWD)
    with warehouse.writing():
        manifest = warehouse.manifest()
        warehouse.commit(manifest.model_copy(update={"keep_days": 30}))
    assert erase_outdated(warehouse, date(2026, 10, 20)) == 0
    assert erase_outdated(warehouse, date(2026, 11, 20)) == len(CROWD)
    assert warehouse.events().rows == 0
    assert warehouse.events().views == 0
