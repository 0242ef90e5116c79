"""Storyboards to print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from rushlight.timeline.storyboard_pdf import PrintedPanel, storyboard_to_pdf


def panels(folder: Path, count: int, aspect: float = 16 / 9) -> list[PrintedPanel]:
    path = folder / "panel.jpg"
    Image.new("RGB", (round(90 * aspect), 90), "#804020").save(path)
    return [
        PrintedPanel(
            path, f"1{n} · MS · 50 mm", "INT. ROOM" if n == 0 else "", "Что-то происходит. " * 20, "ANNA: Да.", "00:01"
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "aspect", "pages"), [(1, 16 / 9, 1), (6, 16 / 9, 1), (7, 16 / 9, 2), (9, 1.0, 2), (6, 9 / 16, 2)]
)
def test_six_wide_panels_stand_on_a_page(tmp_path: Path, count: int, aspect: float, pages: int) -> None:
    data = storyboard_to_pdf("Фильм", "A. B.", panels(tmp_path, count, aspect), aspect)
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == pages
    assert b"SourceSansPro" in data, "letters beyond Latin need a font of their own"


def test_the_same_panels_give_the_same_bytes(tmp_path: Path) -> None:
    found = panels(tmp_path, 4)
    assert storyboard_to_pdf("T", "", found, 16 / 9) == storyboard_to_pdf("T", "", found, 16 / 9)
