"""The capability `convert_screenplay`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from rushlight.artifacts import Document, Screenplay
from rushlight.artifacts.screenplay import plain_text
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.timeline.screenplay.fountain import write_fountain
from rushlight.timeline.screenplay.pages import lay_out

__all__ = ["convert_screenplay"]

_TYPES = {"fountain": "text/plain", "fdx": "application/xml", "pdf": "application/pdf"}


@capability(version=1, metrics=("pages",))
def convert_screenplay(
    screenplay: Screenplay,
    /,
    *,
    to: Annotated[
        Literal["fountain", "fdx", "pdf"], Field(description="Fountain, Final Draft, or pages to print.")
    ] = "fountain",
    paper: Annotated[Literal["letter", "a4"], Field(description="Paper of a PDF.")] = "letter",
) -> Document:
    """Write a screenplay as a Fountain, Final Draft or PDF file.

    Fountain and Final Draft lose nothing: what the one has no place for is kept in the other out of sight, and comes
    back. The PDF has the standard layout: 12-point Courier, 55 rows on US Letter, (MORE) and (CONT'D), a title page.

    Returns:
        The file.
    """
    run = current_run()
    name = re.sub(r"[^\w\-]+", "-", screenplay.title.lower()).strip("-")[:60] or "screenplay"
    path = run.new_file(f"{name}.{to}")
    run.progress(0.1, "Writing")
    pages = lay_out(screenplay, paper)
    run.figure("pages", pages.count)
    if to == "fountain":
        path.write_bytes(write_fountain(screenplay).encode("utf-8", errors="replace"))
    elif to == "fdx":
        from rushlight.timeline.screenplay.fdx import write_fdx

        path.write_bytes(write_fdx(screenplay))
    else:
        from rushlight.timeline.screenplay.pdf import draw_pdf

        authors = [
            plain_text(line)
            for field in screenplay.title_page
            if field.key.strip().lower() in ("author", "authors")
            for line in field.lines
        ]
        path.write_bytes(draw_pdf(pages, title=screenplay.title, author=" ".join(authors)))
    run.progress(1.0, "Written")
    return Document(file=FileRef.of(path, _TYPES[to]))
