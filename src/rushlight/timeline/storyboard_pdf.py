"""A storyboard as a PDF to print: panels on a grid, each with its slate, what happens and what is said."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rushlight.core.errors import ModelError

__all__ = ["PrintedPanel", "storyboard_to_pdf"]

_COLUMNS = {"wide": 3, "square": 4, "tall": 5}


@dataclass(frozen=True)
class PrintedPanel:
    """One panel as it is printed."""

    picture: Path
    slate: str
    scene: str
    action: str
    dialogue: str
    time: str


def storyboard_to_pdf(title: str, byline: str, panels: Sequence[PrintedPanel], aspect: float) -> bytes:
    """Six panels on an A4 page across (more when the picture is narrow), the same bytes for the same panels.

    Args:
        title: of the film.
        byline: who wrote it; may be empty.
        panels: in order.
        aspect: width of a picture over its height.

    Raises:
        ModelError: the package that writes PDF is not installed.
    """
    try:
        from reportlab.lib.pagesizes import A4, landscape
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise ModelError("Writing PDF needs a package.", hint="pip install reportlab") from error
    width, height = landscape(A4)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor(byline)
    face, bold = _fonts(pdfmetrics, TTFont)
    margin, gutter, head = 34.0, 16.0, 40.0
    columns = _COLUMNS["wide" if aspect > 1.2 else "square" if aspect > 0.8 else "tall"]
    rows = 2 if aspect > 0.8 else 1
    wide = (width - 2 * margin - (columns - 1) * gutter) / columns
    room = (height - 2 * margin - head) / rows
    tall = min(wide / aspect, room - 84)
    each = columns * rows
    pages = max(-(-len(panels) // each), 1)
    for page in range(pages):
        canvas.setFont(bold, 13)
        canvas.drawString(margin, height - margin - 8, _fitted(canvas, title, bold, 13, width * 0.6))
        canvas.setFont(face, 9)
        canvas.drawRightString(width - margin, height - margin - 8, f"{byline}  ·  {page + 1}/{pages}".strip(" ·"))
        canvas.setLineWidth(0.8)
        canvas.line(margin, height - margin - 16, width - margin, height - margin - 16)
        for place, panel in enumerate(panels[page * each : (page + 1) * each]):
            x = margin + (place % columns) * (wide + gutter)
            top = height - margin - head - (place // columns) * room + 12
            across = tall * aspect
            canvas.drawImage(ImageReader(str(panel.picture)), x, top - tall, across, tall, preserveAspectRatio=True)
            canvas.setLineWidth(0.6)
            canvas.rect(x, top - tall, across, tall)
            y = top - tall - 11
            canvas.setFont(bold, 8)
            canvas.drawString(x, y, _fitted(canvas, panel.slate, bold, 8, wide - 34))
            canvas.setFont(face, 8)
            canvas.drawRightString(x + wide, y, panel.time)
            y -= 10
            for text, font, most in ((panel.scene, bold, 1), (panel.action, face, 3), (panel.dialogue, face, 4)):
                for line in _wrapped(canvas, text, font, 7.5, wide)[:most]:
                    canvas.setFont(font, 7.5)
                    canvas.drawString(x, y, line)
                    y -= 9
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _fonts(pdfmetrics: object, face: object) -> tuple[str, str]:
    """Our own fonts where they are in a form that PDF takes, else the built-in ones."""
    from rushlight.timeline.style import find_font

    names = []
    for name in ("Source Sans Pro Regular", "Source Sans Pro Semibold"):
        # OpenType outlines cannot be put into a PDF by this library; the same font as TrueType can.
        path = find_font(name).with_suffix(".ttf")
        if not path.is_file():
            return "Helvetica", "Helvetica-Bold"
        short = name.replace(" ", "")
        pdfmetrics.registerFont(face(short, str(path)))  # type: ignore[attr-defined, operator]
        names.append(short)
    return names[0], names[1]


def _fitted(canvas: object, text: str, font: str, size: float, width: float) -> str:
    measure = canvas.stringWidth  # type: ignore[attr-defined]
    while text and measure(text, font, size) > width:
        text = text[:-2].rstrip() + "…" if not text.endswith("…") else text[:-2].rstrip("… ") + "…"
        if len(text) < 2:
            break
    return text


def _wrapped(canvas: object, text: str, font: str, size: float, width: float) -> list[str]:
    measure = canvas.stringWidth  # type: ignore[attr-defined]
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}", font, size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
