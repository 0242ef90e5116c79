"""A screenplay laid out on paper, as data: which words stand in which row and column of which page.

The standard layout: 12-point Courier at ten characters and six rows an inch, 55 rows on US Letter, from 1.5 inches on.
Columns are counted from 0 in tenths of an inch from the paper's left edge; rows from 1 at one inch from its top. One
page is about one minute on screen.

Reference:
    Riley, *The Hollywood Standard*, 3rd edition, 2021; measures as in Final Draft's screenplay template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.timeline.screenplay.inline import Run, read_runs
from rushlight.timeline.screenplay.plain_form import SPEECH_PARTS
from rushlight.timeline.screenplay.wrapping import upper, width_of, wrap

__all__ = ["COLUMNS", "PAPERS", "PageRow", "Pages", "Paper", "lay_out"]


@dataclass(frozen=True)
class Paper:
    """A size of paper; `rows` is how many stand on a page."""

    width_inches: float
    height_inches: float
    rows: int


PAPERS = {"letter": Paper(8.5, 11.0, 55), "a4": Paper(210 / 25.4, 297 / 25.4, 58)}

COLUMNS: dict[str, tuple[int, int]] = {
    "scene_heading": (15, 60),
    "action": (15, 60),
    "character": (37, 38),
    "parenthetical": (31, 25),
    "dialogue": (25, 35),
    "lyrics": (25, 35),
    "transition": (15, 60),
    "centered": (15, 60),
}
"""For each kind, the column it begins in and how many it may take."""

_DUAL_AT = (15, 46)
_DUAL: dict[str, tuple[int, int]] = {
    "character": (8, 21),
    "parenthetical": (2, 25),
    "dialogue": (0, 29),
    "lyrics": (0, 29),
}
_RIGHT_EDGE = 75
_FEWEST = 2
"""Of a paragraph that is cut, so many rows stay together at either side."""


@dataclass(frozen=True)
class PageRow:
    """Words in one place."""

    page: int
    """From 1; 0 is the title page."""
    row: int
    """From 1; page numbers stand in row -2."""
    column: int
    runs: tuple[Run, ...]
    kind: str
    """The element's kind, or `page_number`, `scene_number`, `more`, `title`."""
    element: int = -1
    """Index in `Screenplay.elements`; -1 where there is none."""

    @property
    def text(self) -> str:
        """The words without their style."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Pages:
    """A laid-out screenplay."""

    paper: Paper
    rows: tuple[PageRow, ...]
    count: int
    """Without the title page."""
    last_row: int = 0
    """The last row used on the last page."""

    @property
    def length_pages(self) -> float:
        """How many pages, the last one in part."""
        return max(self.count - 1, 0) + self.last_row / self.paper.rows if self.count else 0.0


Piece = tuple[int, tuple[Run, ...], str, int]
"""Column, words, kind, element."""


@dataclass
class _Block:
    """Rows that are placed together, as far as they may not be cut."""

    kind: Literal["heading", "text", "speech", "whole", "break"]
    rows: list[list[Piece]] = field(default_factory=list)
    space: int = 1
    """Empty rows before it, but at a page's top."""
    name: str = ""
    parts: list[str] = field(default_factory=list)
    """Of a speech: the kind of each row."""
    element: int = -1

    def cuts(self) -> list[int]:
        """After how many rows the block may be cut, so that what is left on either side can stand."""
        size = len(self.rows)
        if self.kind == "text":
            return list(range(_FEWEST, size - _FEWEST + 1))
        if self.kind != "speech":
            return []
        # A cut stands inside dialogue, with two rows of words at either side.
        said = [kind in ("dialogue", "lyrics") for kind in self.parts]
        return [
            at for at in range(2, size - 1)
            if said[at - 1] and sum(said[:at]) >= _FEWEST and sum(said[at:]) >= _FEWEST
        ]  # fmt: skip

    def least(self) -> int:
        """The fewest rows that may begin at a page's foot."""
        cuts = self.cuts()
        return min(cuts[0] + (self.kind == "speech"), len(self.rows)) if cuts else len(self.rows)


def lay_out(screenplay: Screenplay, paper: Literal["letter", "a4"] = "letter") -> Pages:
    """Lay a screenplay out on paper.

    Headings and transitions are set in capitals. Sections, synopses, notes and boneyards are not printed. A speech that
    goes over a page's end gets (MORE) and (CONT'D); no heading stands last on a page, and no paragraph leaves one row
    alone.
    """
    size = PAPERS[paper]
    press = _Press(size)
    blocks = list(_blocks(screenplay))
    for at, block in enumerate(blocks):
        press.place(block, blocks[at + 1 :])
    rows = [*_title(screenplay, size), *press.rows]
    numbered = [
        PageRow(page, -2, _RIGHT_EDGE - len(f"{page}."), (Run(f"{page}."),), "page_number")
        for page in range(2, press.page + 1)
    ]
    rows = sorted([*rows, *numbered], key=lambda row: (row.page, row.row, row.column))
    return Pages(size, tuple(rows), press.page if press.rows else 0, press.row)


class _Press:
    """Puts blocks on pages, one after the other."""

    def __init__(self, paper: Paper) -> None:
        self.capacity = paper.rows
        self.page, self.row = 1, 0
        self.rows: list[PageRow] = []

    def place(self, block: _Block, following: Sequence[_Block]) -> None:
        if block.kind == "break":
            if self.row:
                self._turn()
            return
        needed = len(block.rows)
        if block.kind == "heading" and following and following[0].kind != "break":
            needed += following[0].space + following[0].least()
        if self._left(block) >= needed:
            self._set(block, 0, len(block.rows))
            return
        cut = max((at for at in block.cuts() if at + (block.kind == "speech") <= self._left(block)), default=0)
        if not cut and self.row:
            self._turn()
            self.place(block, following)
            return
        self._divide(block, cut, following)

    def _left(self, block: _Block) -> int:
        return self.capacity - self.row - (block.space if self.row else 0)

    def _divide(self, block: _Block, cut: int, following: Sequence[_Block]) -> None:
        """Cut a block; on an empty page that cannot hold it, wherever the page ends."""
        speech = block.kind == "speech"
        cut = cut or min(self.capacity - speech, len(block.rows))
        self._set(block, 0, cut)
        if cut == len(block.rows):
            return
        rest = _Block(block.kind, block.rows[cut:], 0, block.name, block.parts[cut:], block.element)
        if speech:
            column = COLUMNS["character"][0]
            self.row += 1
            self.rows.append(PageRow(self.page, self.row, column, (Run("(MORE)"),), "more"))
            name = block.name if "CONT'D" in block.name.upper().replace("’", "'") else f"{block.name} (CONT'D)"
            again: list[list[Piece]] = [
                [(column, tuple(row), "character", -1)] for row in wrap([Run(name)], COLUMNS["character"][1])[:1]
            ]
            rest.rows, rest.parts = [*again, *rest.rows], ["character", *rest.parts]
        self._turn()
        self.place(rest, following)

    def _turn(self) -> None:
        self.page, self.row = self.page + 1, 0

    def _set(self, block: _Block, start: int, end: int) -> None:
        self.row += block.space if self.row else 0
        for pieces in block.rows[start:end]:
            self.row += 1
            for column, runs, kind, element in pieces:
                if runs:
                    self.rows.append(PageRow(self.page, self.row, column, runs, kind, element))


# -- elements as blocks ------------------------------------------------------------------------------


def _blocks(screenplay: Screenplay) -> Sequence[_Block]:
    blocks: list[_Block] = []
    elements = screenplay.elements
    at = 0
    while at < len(elements):
        element = elements[at]
        end = at + 1
        if element.kind == "character":
            while end < len(elements) and elements[end].kind in SPEECH_PARTS:
                end += 1
            other = _second_voice(elements, end)
            if other is not None and not element.dual:
                blocks.append(_dual(elements, (at, end), other))
                at = other[1]
                continue
            blocks.append(_speech(elements, at, end))
        elif element.kind == "page_break":
            blocks.append(_Block("break"))
        else:
            block = _paragraph(element, at)
            if block is not None:
                blocks.append(block)
        at = end
    return blocks


def _second_voice(elements: Sequence[Element], start: int) -> tuple[int, int] | None:
    while start < len(elements) and elements[start].kind in ("note", "boneyard"):
        start += 1
    if start == len(elements) or elements[start].kind != "character" or not elements[start].dual:
        return None
    end = start + 1
    while end < len(elements) and elements[end].kind in SPEECH_PARTS:
        end += 1
    return start, end


def _paragraph(element: Element, at: int) -> _Block | None:
    runs = read_runs(element.text)
    if element.kind not in COLUMNS or not any(run.text.strip() for run in runs):
        return None
    column, columns = COLUMNS[element.kind]
    if element.kind in ("scene_heading", "transition"):
        runs = upper(runs)
    rows = [tuple(row) for row in wrap(runs, columns)]
    if element.kind in ("transition", "centered"):
        widths = [width_of("".join(run.text for run in row)) for row in rows]
        share = 1 if element.kind == "transition" else 2
        places = [column + (columns - width) // share for width in widths]
    else:
        places = [column] * len(rows)
    kind: str = element.kind
    pieces: list[list[Piece]] = [[(place, row, kind, at)] for place, row in zip(places, rows, strict=True)]
    if element.kind == "scene_heading":
        if element.scene_number:
            number = (Run(element.scene_number[:9]),)
            left = max(column - 2 - len(number[0].text), 2)
            pieces[0] += [(left, number, "scene_number", at), (_RIGHT_EDGE + 1, number, "scene_number", at)]
        return _Block("heading", pieces, 2, element=at)
    return _Block("text", pieces, element=at)


def _spoken(element: Element, columns: tuple[int, int]) -> list[tuple[int, tuple[Run, ...]]]:
    """The rows of a part of a speech, each with its column."""
    runs = read_runs(element.text)
    if element.kind == "parenthetical":
        runs = [Run("("), *runs, Run(")")]
    if element.kind == "lyrics":
        runs = [run._replace(italic=True) for run in runs]
    column, width = columns
    rows = wrap(runs, width - (element.kind == "parenthetical"))
    # The second row of a parenthetical hangs one column in, behind the bracket.
    hang = element.kind == "parenthetical"
    return [(column + (hang and number > 0), tuple(row)) for number, row in enumerate(rows)]


def _speech(elements: Sequence[Element], start: int, end: int) -> _Block:
    block = _Block("speech", name="".join(run.text for run in read_runs(elements[start].text)), element=start)
    for at in range(start, end):
        for column, row in _spoken(elements[at], COLUMNS[elements[at].kind]):
            piece: Piece = (column, row, elements[at].kind, at)
            block.rows.append([piece])
            block.parts.append(elements[at].kind)
    return block


def _dual(elements: Sequence[Element], first: tuple[int, int], second: tuple[int, int]) -> _Block:
    sides: list[list[Piece]] = []
    for left, (start, end) in zip(_DUAL_AT, (first, second), strict=True):
        side: list[Piece] = [
            (left + column, row, elements[at].kind, at)
            for at in range(start, end)
            for column, row in _spoken(elements[at], _DUAL[elements[at].kind])
        ]
        sides.append(side)
    rows = [
        list(chain.from_iterable(side[number : number + 1] for side in sides)) for number in range(max(map(len, sides)))
    ]
    return _Block("whole", rows, element=first[0])


# -- the title page ----------------------------------------------------------------------------------


def _title(screenplay: Screenplay, paper: Paper) -> list[PageRow]:
    fields = {field.key.strip().lower(): field.lines for field in screenplay.title_page}
    if not any(fields.values()):
        return []
    rows: list[PageRow] = []
    row = paper.rows // 3 - 2
    for keys in (("title",), ("credit",), ("author", "authors", "writer", "writers"), ("source",)):
        lines = [line for key in keys for line in fields.pop(key, ())]
        for line in chain.from_iterable(wrap(read_runs(text), 60) for text in lines):
            width = width_of("".join(run.text for run in line))
            rows.append(PageRow(0, row, 15 + (60 - width) // 2, tuple(line), "title"))
            row += 1
        row += 2 if lines else 0
    foot = [line for lines in fields.values() for text in lines for line in wrap(read_runs(text), 60)]
    first = max(paper.rows - len(foot) + 1, row + 1)
    rows += [PageRow(0, first + at, 15, tuple(line), "title") for at, line in enumerate(foot)]
    return [one for one in rows if one.row <= paper.rows + 3]
