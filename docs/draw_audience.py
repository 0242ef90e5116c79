"""The picture of a retention curve in the docs: simulated viewers of a film that Rushlight made.

Run: `python docs/draw_audience.py FILM.mp4`; needs Chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from rushlight.audience.report_audience import report_audience
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events, write_events
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.media.probe import probe


def main() -> None:
    """Simulate, report, take a picture."""
    film = probe(Path(sys.argv[1]))
    hazard = np.full(int(film.duration), 0.012)
    hazard[18:20] = 0.08
    title = SimulatedTitle(film.file.path.stem, hazard, rewatch=0.2, rewatch_at=6)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        rows = simulate_events([title], viewers=2000, seed=4, ping_seconds=2)
        warehouse = Warehouse.create(folder / "audience", buckets=2)
        import_events(warehouse, [write_events(rows, folder / "events.jsonl")])
        made = report_audience(warehouse.events(), (film,), simulated=True)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1040, "height": 900})
        page.goto(f"file://{made.page.path}")
        shot = page.locator("#retention figure").screenshot()
        browser.close()
    target = Path(__file__).parent / "pictures" / "retention.jpg"
    Image.open(io.BytesIO(shot)).convert("RGB").save(target, quality=88)


if __name__ == "__main__":
    main()
