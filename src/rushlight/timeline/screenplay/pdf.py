"""Screenplay pages drawn as PDF."""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rushlight.core.errors import ModelError
from rushlight.timeline.screenplay.inline import Run
from rushlight.timeline.screenplay.pages import PageRow, Pages
from rushlight.timeline.screenplay.wrapping import width_of

__all__ = ["draw_pdf"]

_POINTS = 72.0
_SIZE = 12.0
_PITCH = 7.2
_LEADING = 12.0
_COURIER = {
    (False, False): "Courier",
    (True, False): "Courier-Bold",
    (False, True): "Courier-Oblique",
    (True, True): "Courier-BoldOblique",
}


def draw_pdf(pages: Pages, *, title: str = "", author: str = "") -> bytes:
    """Draw laid-out pages as a PDF; the same pages give the same bytes.

    Latin text is set in Courier, which every reader of PDF has; other scripts in JetBrains Mono, of the same width,
    which is put into the file. What neither has is drawn as an empty box.

    Raises:
        ModelError: the fonts for other scripts are needed and not installed.
    """
    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    paper = (pages.paper.width_inches * _POINTS, pages.paper.height_inches * _POINTS)
    canvas = Canvas(made, pagesize=paper, invariant=1, initialFontName="Courier", initialFontSize=_SIZE)
    canvas.setTitle(title or "Screenplay")
    canvas.setAuthor(author)
    canvas.setCreator("Rushlight")
    by_page: dict[int, list[PageRow]] = {}
    for row in pages.rows:
        by_page.setdefault(row.page, []).append(row)
    for page in range(0 if 0 in by_page else 1, max(pages.count, 0 if 0 in by_page else 1) + 1):
        for row in by_page.get(page, []):
            _draw(canvas, row, paper[1])
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def _draw(canvas: Any, row: PageRow, height: float) -> None:
    # The first baseline lies so that its capitals begin one inch from the top.
    y = height - _POINTS - (row.row - 1) * _LEADING - _SIZE * 0.75
    column = row.column
    for run in row.runs:
        start = column
        for text, font in _in_fonts(run):
            _draw_text(canvas, text, font, column * _PITCH, y, bold=run.bold)
            column += width_of(text)
        if run.underline and run.text.strip():
            canvas.setLineWidth(0.6)
            canvas.line(start * _PITCH, y - 1.8, column * _PITCH, y - 1.8)


def _draw_text(canvas: Any, text: str, font: str, x: float, y: float, *, bold: bool) -> None:
    words = canvas.beginText(x, y)
    words.setFont(font, _SIZE)
    if not font.startswith("Courier"):
        # The font has no bold cut: its outline is drawn as well.
        words.setTextRenderMode(2 if bold else 0)
        canvas.setLineWidth(0.35)
    words.textOut(text)
    if not font.startswith("Courier"):
        words.setTextRenderMode(0)
    canvas.drawText(words)


def _in_fonts(run: Run) -> list[tuple[str, str]]:
    """The run in pieces of one font each."""
    pieces: list[tuple[str, str]] = []
    for char in run.text:
        try:
            char.encode("cp1252")
            font = _COURIER[run.bold, run.italic]
        except UnicodeEncodeError:
            font = _other_font(run.italic)
        if pieces and pieces[-1][1] == font:
            pieces[-1] = (pieces[-1][0] + char, font)
        else:
            pieces.append((char, font))
    return pieces


@cache
def _other_font(italic: bool) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    spec = find_spec("fontpkg_jetbrains_mono")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "The font for letters beyond the Latin ones is not installed.", hint="pip install fontpkg-jetbrains-mono"
        )
    folder = Path(spec.submodule_search_locations[0]) / "files"
    name = "JetBrainsMono-Italic" if italic else "JetBrainsMono"
    pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}[wght].ttf")))
    return name
