from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.report.campaign_panel import campaign_panel
from rushlight.audience.report.commission_panel import commission_panel
from rushlight.audience.report.forecast_panel import forecast_panel
from rushlight.audience.report.panels import Context, panel_makers
from rushlight.audience.report.planning_charts import forecast_line, ratios
from rushlight.audience.report.release_panel import release_panel
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.simulating import write_events
from rushlight.audience.warehouse.titles import import_titles
from rushlight.audience.warehouse.warehouse import Warehouse
from tests.audience.conftest import Fill
from tests.audience.planning.tastes import view
from tests.audience.viewing import played

pytest.importorskip("statsforecast")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """Twelve titles over six weeks, some of them much wanted."""
    folder = tmp_path_factory.mktemp("report")
    rng = np.random.default_rng(1)
    rows, lines = [], ["title_id,name,category"]
    for number in range(12):
        title = HOSTILE if number == 0 else f"t{number}"
        lines.append(f"{title},Film {title},{('sea', 'city')[number % 2]}")
        for viewer in range(14 + 10 * (number % 2)):
            at = datetime(2026, 3, 2, 20) + timedelta(days=int(rng.integers(44)), minutes=int(rng.integers(50)))
            rows += view(f"v{viewer}", title, at)
    warehouse = Warehouse.create(folder / "audience", buckets=1)
    import_events(warehouse, [write_events(rows, folder / "events.jsonl")])
    (folder / "titles.csv").write_text("\n".join(lines), encoding="utf-8")
    import_titles(warehouse, folder / "titles.csv")
    warehouse = Warehouse(folder / "audience")
    return Context(warehouse.events(), warehouse)


@pytest.mark.parametrize("make", [forecast_panel, commission_panel, campaign_panel, release_panel])
def test_panels_show_what_there_is_and_nothing_hostile(context: Context, make: object) -> None:
    assert make in panel_makers()
    panel = make(context)  # type: ignore[operator]
    assert panel is not None
    page = str(panel.body)
    assert "<svg" in page or "bars" in page
    assert HOSTILE not in page
    assert "nan" not in (page + " ".join(panel.notes)).lower()
    assert panel.notes


def test_panels_have_nothing_to_show_where_there_is_nothing(fill: Fill) -> None:
    warehouse = fill(played("ann", (0, 50)))
    alone = Context(warehouse.events(), warehouse)
    assert [make(alone) for make in (forecast_panel, commission_panel, campaign_panel, release_panel)] == [None] * 4


def test_the_commission_says_what_is_more_wanted(context: Context) -> None:
    panel = commission_panel(context)
    assert panel is not None
    assert str(panel.body).index("theme city") < str(panel.body).index("theme sea")
    assert "not what causes it" in " ".join(panel.notes)


def test_charts_of_nothing_and_of_zeros_are_charts(tmp_path: Path) -> None:
    for chart in (forecast_line([], [0.0], [0.0], [0.0], label="x"), forecast_line([1, 2], [], [], [], label="x")):
        assert "nan" not in str(chart)
    assert "nan" not in str(ratios([("x", 1.0, 0.0, 1e9, "")], label="x"))
