"""Articles: Markdown, plain text and HTML into plain paragraphs with headings, so that offsets count simply."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rushlight.artifacts import Heading
from rushlight.core.errors import InputError
from rushlight.create.sources.plain import flatten

__all__ = ["Article", "read_html", "read_markdown", "read_plain"]

_NOTE_MARK = re.compile(r"\s?\[(?:\^[^\]\s]{1,40}|\d{1,3}|citation needed)\]")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_DROPPED = ("script", "style", "noscript", "template", "svg", "nav", "footer", "form", "iframe", "head", "object")


@dataclass
class Article:
    """Plain text that grows by paragraphs; headings are paragraphs of their own, noted with their offset."""

    title: str = ""
    text: str = ""
    headings: list[Heading] = field(default_factory=list)

    def add(self, paragraph: str, *, level: int = 0) -> None:
        """Append a paragraph, or a heading when `level` is above 0; the first level-1 heading is the title."""
        paragraph = flatten(_NOTE_MARK.sub("", paragraph))
        if not paragraph:
            return
        if level == 1 and not self.title:
            self.title = paragraph
            return
        if self.text:
            self.text += "\n\n"
        if level:
            self.headings.append(Heading(text=paragraph, level=level, start=len(self.text)))
        self.text += paragraph

    def checked(self, path: Path) -> Article:
        """The article, if it holds at least one sentence of prose.

        Raises:
            InputError: it is empty but for headings, links or code.
        """
        prose = len(self.text) - sum(len(heading.text) for heading in self.headings)
        if prose < 20 or not re.search(r"\w\s+\w", self.text):
            raise InputError(
                "This article holds no text to speak of.", path=path, hint="Give at least a few full sentences."
            )
        return self


def read_markdown(text: str, path: Path) -> Article:
    """Read CommonMark: prose, quotations and list items are kept; code, tables, HTML and pictures are dropped."""
    article = Article()
    if match := _FRONT_MATTER.match(text):
        if found := re.search(r"^title:\s*(.+)$", match.group(1), re.MULTILINE):
            article.title = found.group(1).strip().strip("\"'")
        text = text[match.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": 40, "html": True}).enable("table")
    level, in_table = 0, False
    for token in parser.parse(_shallow(text)):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        elif token.type == "inline" and not in_table:
            article.add(_inline_text(token.children or []), level=level)
    return article.checked(path)


def _shallow(text: str) -> str:
    """Cut absurd nesting marks: no article nests quotations or brackets dozens deep, only an attack does."""
    text = re.sub(r"^(?:[ \t]*[>*+-]){12,}", "", text, flags=re.MULTILINE)
    return re.sub(r"([\[\](){}<>*_`~!&|])\1{8,}", r"\1", text)


def _inline_text(children: list[Token]) -> str:
    parts = []
    for token in children:
        if token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def read_plain(text: str, path: Path) -> Article:
    """Read plain text: blank lines part paragraphs; short ones without a stop are headings, the first the title."""
    article = Article()
    for block in re.split(r"\n[ \t]*\n", text):
        line = flatten(block)
        is_heading = 0 < len(line.split()) <= 12 and line[-1] not in ".!?…:;,\"”'’)" and "\n" not in block.strip()
        if is_heading and not article.text and not article.title:
            article.add(line, level=1)
        else:
            article.add(line, level=2 if is_heading and article.text else 0)
    return article.checked(path)


def read_html(text: str, path: Path) -> Article:
    """Read the main text of a web page: no scripts, styles, menus or comments; nothing in it is run or fetched."""
    import trafilatura  # slow to import, as is lxml, and Markdown does without
    from lxml import etree

    article = Article()
    xml = trafilatura.extract(
        text, output_format="xml", include_comments=False, include_tables=False, with_metadata=True, favor_recall=True
    )
    if xml:
        root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        article.title = flatten(root.get("title") or "")
        for element in root.iterfind("./main//*"):
            # A nested paragraph comes with the item or quotation around it.
            if any(parent.tag in ("p", "item", "head") for parent in element.iterancestors()):
                continue
            if element.tag == "head":
                heading = " ".join(element.itertext())
                rank = int((element.get("rend") or "h2")[-1]) if (element.get("rend") or "h2")[-1].isdigit() else 2
                if flatten(heading) != article.title:
                    article.add(heading, level=max(rank, 2))
            elif element.tag in ("p", "item") or (element.tag == "quote" and element.find(".//p") is None):
                article.add("".join(element.itertext()))
    if not article.text:
        _read_bare_html(text, article)
    return article.checked(path)


def _read_bare_html(text: str, article: Article) -> None:
    """Pages too short for main-text extraction: their headings, paragraphs and items as they stand."""
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return
    title = root.findtext(".//title")
    article.title = article.title or flatten(title or "")
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    for element in root.iter("h1", "h2", "h3", "h4", "p", "li", "blockquote"):
        if element.tag in ("li", "blockquote") and element.find(".//p") is not None:
            continue
        heading = "".join(element.itertext())
        if element.tag.startswith("h") and flatten(heading) == article.title:
            continue
        article.add(heading, level=int(element.tag[1]) if element.tag.startswith("h") else 0)
