from __future__ import annotations

import os
from pathlib import Path

import pytest

from rushlight.audience.measure_engagement import measure_engagement
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.people import access_viewer, erase_viewer, pseudonym
from rushlight.audience.warehouse.tables import import_ratings, import_segments
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.viewing import played


def test_figures_by_segment(fill: Fill, tmp_path: Path) -> None:
    warehouse = fill([row for n in range(24) for row in played(f"v{n}", (0, 20 if n < 12 else 80))])
    table = tmp_path / "segments.csv"
    names = [f"v{n}" if n % 2 else pseudonym(warehouse, f"v{n}") for n in range(24)]
    lines = [f"{name},{'hasty' if n < 12 else 'patient'}" for n, name in enumerate(names)]
    table.write_text("viewer,segment\n" + "\n".join([*lines, "ghost,"]), encoding="utf-8")
    assert import_segments(warehouse, table) == 24
    found = {row.group: row.engagement for row in measure_engagement(warehouse.events(), by="segment").rows}
    assert found == {"hasty": 0.2, "patient": 0.8}
    assert access_viewer(warehouse, "v3")["segments"][0]["segment"] == "hasty"
    assert erase_viewer(warehouse, "v3").rows["segments"] == 1


FORMS = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,10,4.5,100\n1,11,3.0,100\n2,10,5.0,100\n1,10,2.0,200\n",
    "u.data": "1\t10\t4.5\t100\n1\t11\t3.0\t100\n2\t10\t5.0\t100\n1\t10\t2.0\t200\n",
    "ratings.dat": "1::10::4.5::100\n1::11::3.0::100\n2::10::5.0::100\n1::10::2.0::200\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_ratings_of_every_format_are_the_same(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(FORMS[name], encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "audience", buckets=2)
    assert import_ratings(warehouse, file) == 3
    assert import_ratings(warehouse, file) == 3
    with open_engine() as engine:
        rows = engine.rows(warehouse.table(engine, "ratings").order_by(["title_id", "rating"]))
    first = pseudonym(warehouse, "1")
    assert [(row["viewer"] == first, row["title_id"], row["rating"]) for row in rows] == [
        (True, "10", 2.0), (False, "10", 5.0), (True, "11", 3.0),
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "userId,movieId,rating\nx,y,z\n"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text(content, encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "audience", buckets=2)
    with pytest.raises(InputError):
        import_ratings(warehouse, file)
    with pytest.raises(InputError):
        import_segments(warehouse, file)
    assert warehouse.manifest().files == ()


def test_real_ratings(tmp_path: Path) -> None:
    fixtures = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[4] / "shared" / "fixtures"))
    if not fixtures.is_dir():
        pytest.skip("no real data here: set RUSHLIGHT_FIXTURES to a folder of it")
    file = next((fixtures / "ratings" / "movietweetings").glob("*ratings*"))
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    assert import_ratings(warehouse, file) == 50_697
