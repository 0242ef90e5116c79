from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rushlight.core.record import Ledger, Record, cache_key

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def record(key: str, minutes: int = 0, **more: object) -> Record:
    return Record(key=key, capability="c", version=1, started=NOW + timedelta(minutes=minutes), **more)  # type: ignore[arg-type]


def test_records_come_back_in_order_of_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "records")
    assert ledger.all() == []
    for key, minutes in (("b", 2), ("a", 3), ("c", 1)):
        ledger.add(record(key, minutes))
    assert [item.key for item in ledger.all()] == ["c", "b", "a"]
    assert ledger.get("a") == record("a", 3)
    assert ledger.get("z") is None


def test_the_maker_is_found_by_digest_and_by_file(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "records")
    file = {"path": "x", "sha256": "f00", "bytes": 1, "media_type": "t"}
    ledger.add(record("old", 1, output_digest="d", output={"stems": {"speech": file}}))
    ledger.add(record("new", 2, output_digest="d"))
    assert ledger.made(digest="d").key == "new"  # type: ignore[union-attr]
    assert ledger.made(file="f00").key == "old"  # type: ignore[union-attr]
    assert ledger.made(file="none") is None


PARAMETERS = st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(max_size=5)), max_size=4)


@given(PARAMETERS, PARAMETERS)
def test_the_key_changes_with_anything_that_changes_the_result(one: dict[str, object], two: dict[str, object]) -> None:
    keys = [cache_key("c", 1, parameters, [("i", "d")], "") for parameters in (one, two)]
    assert (keys[0] == keys[1]) == (one == two)
    others = {
        cache_key("c", 2, one, [("i", "d")], ""),
        cache_key("d", 1, one, [("i", "d")], ""),
        cache_key("c", 1, one, [("j", "d")], ""),
        cache_key("c", 1, one, [("i", "e")], ""),
        cache_key("c", 1, one, [("i", "d")], "model 2"),
    }
    assert len(others | {keys[0]}) == 6


def test_the_order_of_parameters_does_not_matter() -> None:
    assert cache_key("c", 1, {"a": 1, "b": 2}, [], "") == cache_key("c", 1, {"b": 2, "a": 1}, [], "")
