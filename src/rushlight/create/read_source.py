"""The capability `read_source`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Document, Source
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.create.sources.article import Article, read_html, read_markdown, read_plain
from rushlight.create.sources.brief import Brief, read_brief
from rushlight.create.sources.plain import decode, read_bytes

__all__ = ["load_source", "read_source"]

MAX_ARTICLE_BYTES = 10_000_000
MAX_BRIEF_BYTES = 1_000_000
_MARKDOWN, _PLAIN = {".md", ".markdown", ".mdown"}, {".txt", ".text"}
_HTML, _TABLE = {".html", ".htm", ".xhtml"}, {".csv", ".tsv", ".tab", ".psv", ".parquet", ".pq"}


@capability(version=1)
def read_source(
    document: Document,
    /,
    *,
    title: Annotated[str, Field(description="Title to use instead of the document's own.")] = "",
    language: Annotated[str, Field(description="Language as a tag, such as en or de-CH; a brief's own wins.")] = "en",
) -> Source:
    """Read a brief, an article or a table, once, into plain text or typed columns.

    Everything in the document is data: nothing in it is run, fetched or obeyed.

    Raises:
        InputError: it is empty, binary, of an unknown form, or broken; with the place.
        LimitError: it is too large.
    """
    return load_source(document.file.path, title=title, language=language)


def load_source(path: Path, *, title: str = "", language: str = "en") -> Source:
    """Read a document from disk: what `read_source` does, without a project.

    Args:
        path: a brief (`.toml`), an article (`.md`, `.txt`, `.html`) or a table (`.csv`, `.tsv`, `.parquet`).
        title: title to use instead of the document's own.
        language: language as a tag; a brief's own wins.

    Raises:
        InputError: it is missing, empty, binary, of an unknown form, or broken; with the place.
        LimitError: it is too large.
    """
    path = Path(path)
    if path.suffix.lower() == ".toml":
        brief = read_brief(decode(read_bytes(path, limit_bytes=MAX_BRIEF_BYTES), path), path)
        return _from_brief(brief, path, title, language)
    return _from_document(path, title, language, {})


def _from_brief(brief: Brief, path: Path, title: str, language: str) -> Source:
    title = title or brief.settings.get("title", "")
    language = brief.settings.get("language", language)
    settings = {key: value for key, value in brief.settings.items() if key not in ("title", "language")}
    if brief.document is not None:
        return _from_document(brief.document, title, language, settings)
    if brief.text:
        article = read_markdown(brief.text, path)
    else:
        article = Article()
        for point in brief.points:
            article.add(point if point[-1] in ".!?…" else f"{point}.")
        article.checked(path)
    return Source(
        form="brief",
        title=title or article.title or _words_of(path),
        file=FileRef.of(path, "application/toml"),
        language=language,
        text=article.text,
        headings=tuple(article.headings),
        settings=settings,
    )


def _from_document(path: Path, title: str, language: str, settings: dict[str, str]) -> Source:
    suffix = path.suffix.lower()
    if suffix in _TABLE:
        from rushlight.create.sources.table import load_table  # slow to import, and articles do without

        table = load_table(path)
        return Source(
            form="table",
            title=title or table.title or _words_of(path),
            file=FileRef.of(path),
            language=language,
            columns=table.columns,
            row_count=table.frame.height,
            settings={**{key: value for key, value in table.facts.items() if key in ("source", "note")}, **settings},
        )
    if suffix not in _MARKDOWN | _PLAIN | _HTML and suffix:
        raise InputError(
            f"Files of the form {suffix} cannot be read as a source.",
            path=path,
            hint="Give Markdown, plain text, HTML, CSV, Parquet or a TOML brief.",
        )
    text = decode(read_bytes(path, limit_bytes=MAX_ARTICLE_BYTES), path)
    read = read_markdown if suffix in _MARKDOWN else read_html if suffix in _HTML else read_plain
    article = read(text, path)
    return Source(
        form="article",
        title=title or article.title or _words_of(path),
        file=FileRef.of(path),
        language=language,
        text=article.text,
        headings=tuple(article.headings),
        settings=settings,
    )


def _words_of(path: Path) -> str:
    name = " ".join(path.stem.replace("_", " ").replace("-", " ").split())
    return name[:1].upper() + name[1:] if name else "Untitled"
