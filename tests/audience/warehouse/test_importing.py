from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.schema import EVENTS, FIELDS
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError, ProjectError
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def stored(warehouse: Warehouse) -> list[dict]:
    with open_engine() as engine:
        return engine.rows(warehouse.table(engine, "events").order_by("event_id"))


BAD = {
    "event is not a known name": {"event": "dance"},
    "ts_client is missing": {"ts_client": None},
    "ts_client is not a time": {"ts_client": "yesterday"},
    "ts_client is before 2000 or after tomorrow": {"ts_client": "2099-01-01T00:00:00Z"},
    "current_time_seconds is negative": {"current_time_seconds": -3},
    "current_time_seconds is beyond the end": {"current_time_seconds": 200},
    "current_time_seconds is not a number": {"current_time_seconds": "soon"},
    "duration_seconds is not above 0": {"duration_seconds": 0},
    "propensity is not above 0 and at most 1": {"propensity": 1.5},
    "position is below 1": {"position": 0},
    "viewer is missing": {"viewer": None},
    "title_id is missing": {"title_id": ""},
    "playback_rate is not between 0 and 16": {"playback_rate": 99},
    "muted is not a true or false": {"muted": "perhaps"},
}


def test_every_wrong_row_lies_in_quarantine_with_its_reason(tmp_path: Path) -> None:
    good = played("ann", (0, 40))
    wrong = [{**event(f"bad{n}", "ping", n, 5.0), **change} for n, change in enumerate(BAD.values())]
    file = write(tmp_path / "events.jsonl", [*good, *wrong])
    with file.open("a", encoding="utf-8") as more:
        more.write('{"event_id": 1, "bro\n\n   \n[1, 2]\n{"hello": 1}\n')
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    report = import_events(warehouse, [file])
    assert (report.read, report.kept) == (len(good) + len(BAD) + 3, len(good))
    assert report.read == report.kept + report.refused + report.doubled + report.without_consent
    assert {**dict.fromkeys(BAD, 1), "line is no JSON": 1, "line has no field of the schema": 2} == report.reasons
    lines = [json.loads(line) for line in report.quarantine[0].read_text("utf-8").splitlines()]
    assert sorted({line["reason"] for line in lines}) == sorted(report.reasons)
    assert any(line.get("current_time_seconds") == "soon" for line in lines), "the text itself is kept"
    assert f"{report.refused:,} were refused" in report.as_text()


def test_the_same_file_twice_adds_nothing(fill: Fill, tmp_path: Path) -> None:
    rows = played("ann", (0, 40))
    warehouse = fill(rows)
    before = stored(warehouse)
    report = import_events(warehouse, [write(tmp_path / "again.jsonl", [*rows, *played("bob", (0, 40))])])
    assert report.doubled == len(rows)
    assert len(stored(warehouse)) == 2 * len(before)
    assert import_events(warehouse, [write(tmp_path / "again.jsonl", rows)]).kept == 0


def test_viewer_ids_become_pseudonyms_of_this_warehouse_alone(tmp_path: Path) -> None:
    import hmac
    from hashlib import sha256

    file = write(tmp_path / "events.jsonl", played("ann@example.org", (0, 20)))
    names = []
    for place in ("one", "other"):
        warehouse = Warehouse.create(tmp_path / place, buckets=4)
        import_events(warehouse, [file])
        names.append({row["viewer"] for row in stored(warehouse)})
        key = warehouse.key()
        assert names[-1] == {"v_" + hmac.new(key, b"ann@example.org", sha256).hexdigest()[:16]}
        assert (warehouse.folder / "key").stat().st_mode & 0o777 == 0o600
        held = b"".join(path.read_bytes() for path in warehouse.folder.rglob("*.parquet"))
        assert b"ann@example.org" not in held
    assert names[0] != names[1]


def test_what_lacks_consent_is_counted_and_kept_nowhere(tmp_path: Path) -> None:
    rows = [*played("ann", (0, 20)), *played("bob", (0, 20), consent="marketing")]
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    report = import_events(warehouse, [write(tmp_path / "events.jsonl", rows)])
    assert report.without_consent == len(played("bob", (0, 20)))
    assert len({row["viewer"] for row in stored(warehouse)}) == 1
    assert not list((warehouse.folder / "quarantine").glob("*.jsonl"))


def test_no_consent_at_all_is_said_and_can_be_answered_for(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "consent"} for row in played("ann", (0, 20))]
    file = write(tmp_path / "events.jsonl", rows)
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    with pytest.raises(InputError, match="--consent measure"):
        import_events(warehouse, [file])
    assert import_events(warehouse, [file], consent="measure personalise").kept == len(rows)
    assert {row["consent"] for row in stored(warehouse)} == {"measure personalise"}
    with pytest.raises(InputError, match="no purpose 'spying'"):
        import_events(warehouse, [file], consent="spying")


def test_parquet_csv_and_json_give_the_same_events(tmp_path: Path) -> None:
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    rows = played("ann", (0, 40), (20, 60))
    files = [write(tmp_path / "events.jsonl", rows), tmp_path / "e.json", tmp_path / "e.csv", tmp_path / "e.parquet"]
    files[1].write_text(json.dumps(rows), encoding="utf-8")
    header = list(rows[0])
    files[2].write_text("\n".join([",".join(header), *(",".join(str(row[name]) for name in header) for row in rows)]))
    parquet.write_table(arrow.Table.from_pylist(rows), files[3])
    found = []
    for number, file in enumerate(files):
        warehouse = Warehouse.create(tmp_path / f"w{number}", buckets=4)
        (warehouse.folder / "key").write_bytes(b"k" * 32)
        assert import_events(warehouse, [file]).kept == len(rows)
        found.append(stored(warehouse))
    assert all(one == found[0] for one in found)


def test_a_csv_line_with_too_many_columns_is_quarantined(tmp_path: Path) -> None:
    rows = played("ann", (0, 40))
    header = list(rows[0])
    lines = [",".join(header), *(",".join(str(row[name]) for name in header) for row in rows)]
    file = tmp_path / "e.csv"
    file.write_text("\n".join([*lines, lines[-1] + ",one,more"]), encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    report = import_events(warehouse, [file])
    assert report.kept == len(rows)
    assert report.reasons == {"line has the wrong number of columns": 1}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"), (b"\x89PNG\r\n\x1a\n", "no file of events"), (b"PAR1 but not", "cannot be read"),
        (b"a,b\n1,2\n", "no column `event`"), (b'{"event_id": "x"}\n', "Not one of 1 events"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_events_is_refused_and_nothing_changes(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "events.dat"
    file.write_bytes(content)
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    before = warehouse.manifest()
    with pytest.raises(InputError, match=says):
        import_events(warehouse, [file])
    assert warehouse.manifest() == before
    assert not list(warehouse.folder.glob(".staging-*"))


def test_two_at_once_are_refused(fill: Fill, tmp_path: Path) -> None:
    warehouse = fill(played("ann", (0, 20)))
    with warehouse.writing(), pytest.raises(ProjectError, match="Another process"):
        import_events(warehouse, [write(tmp_path / "more.jsonl", played("bob", (0, 20)))])


def test_a_killed_import_leaves_the_old_state(fill: Fill, tmp_path: Path) -> None:
    warehouse = fill(played("ann", (0, 20)))
    before = stored(warehouse)
    many = [row for number in range(60) for row in played(f"viewer-{number}", (0, 90))]
    file = write(tmp_path / "many.jsonl", many)
    code = (
        "import sys; from pathlib import Path; import rushlight.audience.warehouse.importing as importing;"
        "derive = importing.derive;"
        "wait = lambda: (print('filed', flush=True), __import__('time').sleep(60));"
        "importing.derive = lambda *a, **k: (derive(*a, **k), wait());"
        "importing.import_events(importing.Warehouse(Path(sys.argv[1])), [Path(sys.argv[2])])"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(warehouse.folder), str(file)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"filed\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert stored(warehouse) == before
    assert import_events(warehouse, [file]).kept == len(many)
    live = {str(file.path) for file in warehouse.manifest().files}
    there = {str(path.relative_to(warehouse.folder)) for path in warehouse.folder.rglob("*.parquet")}
    assert there == live


def test_the_schema_names_every_event_and_field_of_the_issue() -> None:
    assert {"ready", "ping", "percent_progress", "impression", "exposure"} <= set(EVENTS)
    assert {"propensity", "action_set", "policy_id", "consent", "tz", "view_id"} <= {field.name for field in FIELDS}


def test_a_column_that_only_a_few_late_rows_have_is_kept(tmp_path: Path) -> None:
    from rushlight.audience.warehouse.reading import read_as

    rows = played("ann", *((0, 100) for _ in range(40)))
    rare = [{**event(f"rare{n}", "ping", n, 5.0), "quality": "720p"} for n in range(3)]
    at = int(len(rows) * 0.45)
    file = write(tmp_path / "events.jsonl", [*rows[:at], *rare, *rows[at:]])
    while "quality" in read_as(file, "jsonl", tmp_path).occurring:
        rows = [{**row, "event_id": f"{row['event_id']}-{n}"} for n in range(4) for row in rows]
        at = int(len(rows) * 0.45)
        file = write(file, [*rows[:at], *rare, *rows[at:]])
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    report = import_events(warehouse, [file])
    assert (report.kept, report.refused) == (len(rows) + 3, 0)
    assert sum(row["quality"] == "720p" for row in stored(warehouse)) == 3


def test_files_leave_out_columns_without_values_and_are_read_together(tmp_path: Path) -> None:
    import pyarrow.parquet as parquet

    warehouse = Warehouse.create(tmp_path / "audience", buckets=1)
    lean = {"event_id": "a", "event": "like", "ts_client": "2026-10-01T12:00:00Z", "viewer": "ann", "title_id": "t"}
    import_events(warehouse, [write(tmp_path / "lean.jsonl", [lean])], consent="measure")
    first = warehouse.paths("events")[0]
    assert parquet.read_schema(first).names == ["event_id", "event", "ts_client", "viewer", "consent", "title_id"]
    assert stored(warehouse)[0]["device"] is None
    more = {**lean, "event_id": "b", "device": "tv", "position": 3, "viewer": "bob"}
    import_events(warehouse, [write(tmp_path / "more.jsonl", [more])], consent="measure")
    assert [(row["event_id"], row["device"], row["position"]) for row in stored(warehouse)] == [
        ("a", None, None),
        ("b", "tv", 3),
    ]
    assert set(stored(warehouse)[0]) == {item.name for item in FIELDS}


def test_an_id_that_comes_again_with_another_viewer_or_day_is_a_double(tmp_path: Path) -> None:
    one = event("same", "like", 3)
    later = {**one, "ts_client": "2026-11-02T10:00:00Z", "ts_server": "2026-11-02T10:00:01Z", "viewer": "bob"}
    warehouse = Warehouse.create(tmp_path / "audience", buckets=8)
    report = import_events(warehouse, [write(tmp_path / "e.jsonl", [one, later])])
    assert (report.kept, report.doubled) == (1, 1)
    again = import_events(warehouse, [write(tmp_path / "f.jsonl", [{**one, "viewer": "eve"}, event("new", "like", 4)])])
    assert (again.kept, again.doubled) == (1, 1)
