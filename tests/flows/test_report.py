"""The report, in a real browser when there is one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from rushlight.flows.make_film import Film


def test_every_link_leads_to_a_file(made: tuple[Path, Film]) -> None:
    page = made[0] / "film" / "report.html"
    links = re.findall(r'(?:src|href)="([^"#]+)"', page.read_text(encoding="utf-8"))
    assert len(links) > 8
    for link in links:
        assert not link.startswith(("http", "/"))
        assert (page.parent / link).is_file(), link


def test_it_shows_every_line_with_its_source(made: tuple[Path, Film]) -> None:
    text = (made[0] / "film" / "report.html").read_text(encoding="utf-8")
    for _, line in made[1].script.lines():
        assert line.text.split(",")[0] in text.replace("&#39;", "'")
    assert "(characters " in text
    assert "estimated" in text


def test_hostile_titles_stay_text(made: tuple[Path, Film]) -> None:
    from rushlight.artifacts import ContactSheet
    from rushlight.flows.report import storyboard_page

    page = storyboard_page("<script>alert(1)</script>", ContactSheet(frames=()), [], made[1].script)
    assert "<script>alert" not in page


def test_it_works_in_a_browser(made: tuple[Path, Film]) -> None:
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is a developer's extra")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("requestfailed", lambda request: problems.append(request.url))
        page.goto((made[0] / "film" / "report.html").as_uri())
        page.wait_for_function("document.getElementById('film').readyState >= 1")
        assert page.evaluate("document.getElementById('film').duration") == pytest.approx(12, abs=0.1)
        page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
        page.wait_for_function("[...document.images].every(i => i.complete)")
        assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
        page.locator("button.jump").last.click()
        page.wait_for_function("document.getElementById('film').currentTime > 1")
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 362, "no sideways scrolling on a telephone"
        browser.close()
    assert [problem for problem in problems if "ERR_ABORTED" not in problem and not problem.endswith(".mp4")] == []
