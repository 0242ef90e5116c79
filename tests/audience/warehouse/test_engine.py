from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.measure_engagement import measure_engagement
from rushlight.audience.measure_retention import measure_retention
from rushlight.audience.model_retention import model_retention
from rushlight.audience.test_variants import test_variants as try_variants
from rushlight.audience.warehouse import playback
from rushlight.audience.warehouse.engine import DuckDB, open_engine
from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events
from rushlight.core.artifact import Artifact
from rushlight.core.errors import InputError, LimitError, ModelError, StorageError
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played

needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or not (shutil.which("java") or os.environ.get("JAVA_HOME")),
    reason="Spark or the Java it needs is not installed here (`make spark`)",
)


def numbers(value: object) -> list[float]:
    """Every number of an artifact, in order."""
    if isinstance(value, Artifact):
        return numbers(value.model_dump())
    if isinstance(value, dict):
        return [found for item in value.values() for found in numbers(item)]
    if isinstance(value, (list, tuple)):
        return [found for item in value for found in numbers(item)]
    return [float(value)] if isinstance(value, (int, float)) else []


@needs_spark
def test_duckdb_and_spark_give_the_same_figures(fill: Fill) -> None:
    hazard = np.full(60, 0.01)
    titles = [
        SimulatedTitle("harbour", hazard, rewatch=0.2, rewatch_at=20, experiment_id="x", variant="a"),
        SimulatedTitle("clock", hazard, skip=0.2, skip_from=15),
    ]
    rows = simulate_events(titles, viewers=150, seed=4, impressions=0.8)
    rows += [
        {**row, "viewer": f"{row['viewer']}-b", "event_id": f"{row['event_id']}-b", "variant": "b"}
        for row in rows if row.get("variant") == "a"
    ]  # fmt: skip
    warehouse = fill([*rows, *played("ann", (0, 30), (10, 50), view=None), event("c", "click", 3, view=None)])
    events = warehouse.events()
    measures = (
        lambda engine: measure_retention(events, engine=engine),
        *(lambda engine, by=by: measure_engagement(events, by=by, engine=engine) for by in ("title_id", "hour")),
        lambda engine: try_variants(events, engine=engine),
    )
    with open_engine("spark://local") as spark, open_engine() as duck:
        ours = [_derived(warehouse.table(engine, "events")) for engine in (duck, spark)]
        for name in ("stretches", "views"):
            keys = [column for column in ("view", "stretch", "start_seconds") if column in ours[0][name].columns]
            one, other = (
                engine.rows(tables[name].order_by(keys)) for engine, tables in zip((duck, spark), ours, strict=True)
            )
            assert len(one) == len(other) > 0
            for left, right in zip(one, other, strict=True):
                assert {key: str(value) for key, value in left.items() if not isinstance(value, float)} == {
                    key: str(value) for key, value in right.items() if not isinstance(value, float)
                }
                assert np.allclose(numbers(left), numbers(right), rtol=0, atol=1e-9)
        for measure in measures:
            one, other = measure("duckdb"), measure("spark://local")
            assert numbers(one)
            assert np.allclose(numbers(one), numbers(other), rtol=0, atol=1e-9)
            assert one.as_text() == other.as_text()


def _derived(events):
    stretches = playback.stretches(events)
    spans = playback.spans(stretches)
    covered = playback.covered(spans)
    return {"stretches": stretches, "spans": spans, "covered": covered, "views": playback.views(stretches, covered)}


def test_without_java_spark_says_what_is_missing(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ModelError, match="needs Java"):
        measure_retention(fill(played("ann", (0, 20))).events(), engine="spark://local")


def test_duckdb_reads_nothing_outside_its_folders(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "secret.csv"
    inside.mkdir()
    outside.write_text("a\n1\n", encoding="utf-8")
    base = DuckDB([inside])
    try:
        with pytest.raises(StorageError, match="could not read"):
            base.rows(f"SELECT * FROM read_csv('{outside}')")
        with pytest.raises((StorageError, InputError)):
            base.run("SET enable_external_access = true")
        with pytest.raises(StorageError):
            base.run(f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'")
    finally:
        base.close()


def test_out_of_memory_is_one_sentence(tmp_path: Path) -> None:
    base = DuckDB([tmp_path], memory_gb=0.05)
    try:
        with pytest.raises((LimitError, StorageError), match=r"memory|space"):
            base.rows("SELECT list(i::VARCHAR || repeat('x', 1000)) FROM range(10000000) t(i)")
    finally:
        base.close()


def test_models_need_their_engine_too(fill: Fill) -> None:
    with pytest.raises(InputError, match="no engine"):
        model_retention(fill(played("ann", (0, 20))).events(), (), engine="none")
