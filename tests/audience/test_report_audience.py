from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.report import panels
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.report_audience import report_audience
from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events
from rushlight.audience.warehouse.titles import import_titles
from rushlight.core.errors import InputError
from rushlight.media.probe import probe
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played
from tests.edit.test_detect_shots import film, scene

HOSTILE = "<script>alert(1)</script>"


def warehouse_of_two(fill: Fill, tmp_path: Path):
    titles = [
        SimulatedTitle("harbour", np.full(40, 0.01), rewatch=0.2, rewatch_at=15),
        SimulatedTitle(HOSTILE, np.full(60, 0.01)),
    ]
    rows = simulate_events(titles, viewers=300, seed=2, impressions=0.8, ping_seconds=5)
    for name, hazard in (("a", 0.02), ("b", 0.005)):
        arm = SimulatedTitle("trailer", np.full(30, hazard), experiment_id="opening", variant=name)
        rows += [{**row, "viewer": name + row["viewer"]} for row in simulate_events([arm], viewers=200, seed=3)]
    warehouse = fill(rows)
    table = tmp_path / "titles.csv"
    table.write_text("title_id,name,category,film\nharbour,The harbour & clock,Drama,clip.mp4\n", encoding="utf-8")
    import_titles(warehouse, table)
    return warehouse


def test_the_page_shows_curves_over_frames_figures_and_tests(fill: Fill, tmp_path: Path) -> None:
    warehouse = warehouse_of_two(fill, tmp_path)
    clip = film(tmp_path / "clip.mp4", scene(1, 20) + scene(2, 20))
    found = report_audience(warehouse.events(), (probe(clip),), simulated=True)
    page = found.page.path.read_text("utf-8")
    assert found.panels == ("retention", "engagement", "tests", "predictions", "privacy")
    assert page.count("data:image/jpeg;base64,") == 16
    assert "The harbour &amp; clock" in page
    assert "seen again" in page
    assert "opening" in page
    assert "Simulated viewers" in page
    assert HOSTILE not in page
    assert "v_" not in page.replace("v_page", "")
    assert "nan" not in page.lower().split("<script>")[0].replace("finance", "")


def test_it_opens_in_a_browser_without_a_network(fill: Fill, tmp_path: Path) -> None:
    sync = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    found = report_audience(warehouse_of_two(fill, tmp_path).events(), ())
    asked: list[str] = []
    errors: list[str] = []
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 400, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"file://{found.page.path}")
        page.hover(".plot svg", position={"x": 150, "y": 40})
        assert "%" in page.inner_text(".told >> nth=0")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert errors == []


def test_nothing_watched_is_a_page_that_says_so(fill: Fill) -> None:
    warehouse = fill([event(n, "impression", n, viewer=f"v{n}", view=None) for n in range(3)])
    found = report_audience(warehouse.events(), ())
    assert found.panels == ("privacy",)
    assert "No view was played" in found.as_text()


def test_others_add_panels_and_a_broken_one_takes_nothing_with_it(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    from markupsafe import Markup

    def weather_panel(context: Context) -> Panel:
        return Panel("weather", "Weather", 50, Markup("<p>{}</p>").format(f"{context.events.rows} drops"))

    def broken_panel(context: Context) -> Panel:
        raise InputError("the barometer is broken")

    own = panels.panel_makers()
    monkeypatch.setattr("rushlight.audience.report_audience.panel_makers", lambda: [*own, weather_panel, broken_panel])
    rows = [row for n in range(12) for row in played(f"v{n}", (0, 50))]
    found = report_audience(fill(rows).events(), ())
    assert found.panels[0] == "weather"
    assert "retention" in found.panels
    assert "broken panel could not be drawn: the barometer is broken" in found.notes[0]
    assert f"{len(rows)} drops" in found.page.path.read_text("utf-8")
