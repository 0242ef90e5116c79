"""Whether screenplays survive: Fountain read and written, through Final Draft and back, and printed as PDF.

Run `python benchmarks/screenplay_formats/run.py`; it prints and writes `RESULTS.md` beside itself. Peers are compared
where they are installed: `pip install screenplay-tools screenplain`.

Conventions. *Same text* is write(parse(text)) equal to the text, byte for byte; *through FDX* is the same by way of a
Final Draft file; *same script* is that what is said and printed (kind, words, scene number, dual dialogue of every
paragraph but notes, boneyards, sections and synopses, as `parse_fountain` reads it; in capitals, white space aside)
survives. Scripts are the fixtures, 1,000 generated ones (`generate.py`: every kind of paragraph; every third with odd
pieces, every fifth with other line breaks) and mutations of both. A *crash* is any error; *slow* is a text that takes
longer than a second plus ten seconds for every million characters. *Screenplays from code* are random paragraphs of
every kind, which Fountain must be forced to say.

Layout is judged by the PDF alone: where each piece of text begins on its page, in inches, read with pypdf, against the
standard's columns; how wide it is; how many rows a page has; that no page ends with a heading.
"""

from __future__ import annotations

import io
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pypdf
from generate import generate_script, mutated

from rushlight.artifacts.screenplay import Element, ElementKind, Screenplay, plain_text
from rushlight.timeline.screenplay.fdx import parse_fdx, write_fdx
from rushlight.timeline.screenplay.fountain import meaning, parse_fountain, write_fountain
from rushlight.timeline.screenplay.pages import lay_out
from rushlight.timeline.screenplay.pdf import draw_pdf
from rushlight.timeline.screenplay.plain_form import settled
from rushlight.timeline.screenplay.wrapping import width_of

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
GENERATED, FUZZED, BUILT = 1000, 3000, 1000
sys.path.insert(0, str(ROOT / "benchmarks"))

# Inches from the left edge: where a row may begin, and where it must end.
STANDARD = {
    "scene_heading": (1.5, 7.5),
    "action": (1.5, 7.5),
    "dialogue": (2.5, 6.0),
    "lyrics": (2.5, 6.0),
    "parenthetical": (3.1, 5.6),
    "character": (3.7, 7.5),
    "more": (3.7, 7.5),
    "transition": (1.5, 7.5),
    "centered": (1.5, 7.5),
}
UNPRINTED = ("note", "boneyard", "section", "synopsis")


def printed(screenplay: Screenplay) -> list[tuple[object, ...]]:
    """What a script says and prints."""
    said = []
    for element in screenplay.elements:
        if element.kind not in UNPRINTED:
            words = " ".join(plain_text(element.text).upper().split())
            said.append((element.kind, words, element.scene_number, element.dual))
    return [one for one in said if one[1] or one[0] == "page_break"]


class Tally:
    """Counts what held, for each way and each set of scripts."""

    def __init__(self) -> None:
        self.held: Counter[tuple[str, str]] = Counter()
        self.seen: Counter[tuple[str, str]] = Counter()
        self.crashes: Counter[str] = Counter()
        self.slow: Counter[str] = Counter()

    def try_(self, way: str, group: str, text: str, check: Callable[[], bool]) -> None:
        """Run one check."""
        self.seen[way, group] += 1
        started = time.process_time()
        try:
            self.held[way, group] += bool(check())
        except Exception:
            self.crashes[way] += 1
        self.slow[way] += time.process_time() - started > 1 + len(text) / 50_000

    def share(self, way: str, group: str) -> str:
        """As `held/seen`."""
        return f"{self.held[way, group]}/{self.seen[way, group]}" if self.seen[way, group] else "-"


def same_text(text: str) -> bool:
    """Read and written."""
    return write_fountain(parse_fountain(text)) == text


def through_fdx(text: str) -> bool:
    """Fountain, Final Draft, Fountain."""
    return write_fountain(parse_fdx(write_fdx(parse_fountain(text)))) == text


LOST: dict[str, Counter[str]] = {}


def same_script(name: str, text: str, again: Screenplay) -> bool:
    """Whether a peer's script says the same; what it does not is counted by kind."""
    before, after = Counter(printed(parse_fountain(text))), Counter(printed(again))
    numbers = Counter(one[2] for one in before.elements() if one[2]) - Counter(one[2] for one in after.elements())
    gone = Counter(str(one[0]) for one in (before - after).elements())
    gone["scene number"] += numbers.total()
    gone["paragraphs in all"] += before.total()
    LOST.setdefault(name, Counter()).update(gone)
    return before == after


def peers() -> dict[str, Callable[[str], bool]]:
    """What other programs make of a script; empty where none is installed."""
    found: dict[str, Callable[[str], bool]] = {}
    try:
        from screenplay_tools.fdx.parser import Parser as FdxParser
        from screenplay_tools.fdx.writer import Writer as FdxWriter
        from screenplay_tools.fountain.parser import Parser
        from screenplay_tools.fountain.writer import Writer

        def read(text: str) -> object:
            parser = Parser()
            parser.add_text(text)
            parser.finalize()
            return parser.script

        found["screenplay-tools, same text"] = lambda text: Writer().write(read(text)) == text
        found["screenplay-tools, same script"] = lambda text: same_script(
            "screenplay-tools", text, parse_fountain(Writer().write(read(text)))
        )
        found["screenplay-tools, same script through FDX"] = lambda text: same_script(
            "screenplay-tools through FDX",
            text,
            parse_fountain(Writer().write(FdxParser().parse(FdxWriter().write(read(text))))),
        )
    except ImportError:
        print("screenplay-tools is not installed")
    try:
        from screenplain.export import fdx
        from screenplain.parsers import fountain

        def convert(text: str) -> bool:
            out = io.StringIO()
            fdx.to_fdx(fountain.parse(io.StringIO(text)), out)
            return same_script("screenplain's FDX", text, parse_fdx(out.getvalue().encode()))

        found["screenplain, same script in FDX"] = convert
    except ImportError:
        print("screenplain is not installed")
    return found


def built(seed: int) -> Screenplay:
    """A screenplay from code."""
    dice = random.Random(seed)
    texts = generate_script(seed).split("\n")
    return Screenplay(
        elements=tuple(
            Element(
                kind=dice.choice(get_args(ElementKind)),
                text="\n".join(dice.choice(texts) for _ in range(dice.choice([1, 1, 1, 2]))),
                scene_number=dice.choice(["", "4B"]),
                dual=dice.random() < 0.2,
                depth=dice.randint(0, 3),
            )
            for _ in range(dice.randint(1, 12))
        )
    )


def reads_back(screenplay: Screenplay) -> bool:
    """Whether what is written says the same, as far as Fountain can."""
    return meaning(parse_fountain(write_fountain(screenplay))) in (meaning(settled(screenplay)), meaning(screenplay))


def together(screenplay: Screenplay) -> set[int]:
    """Places of the elements that are spoken at the same time as others, and stand side by side."""
    speeches: list[list[int]] = []
    for at, element in enumerate(screenplay.elements):
        if element.kind == "character":
            speeches.append([at])
        elif element.kind in ("dialogue", "parenthetical", "lyrics") and speeches and speeches[-1][-1] == at - 1:
            speeches[-1].append(at)
    found: set[int] = set()
    for one, other in zip(speeches, speeches[1:], strict=False):
        between = screenplay.elements[one[-1] + 1 : other[0]]
        first, second = screenplay.elements[one[0]], screenplay.elements[other[0]]
        if second.dual and not first.dual and all(e.kind in ("note", "boneyard") for e in between):
            found |= {*one, *other}
    return found


def layout_of(text: str, tally: Counter[str]) -> None:
    """Judge a PDF by itself."""
    screenplay = parse_fountain(text)
    pages = lay_out(screenplay)
    twos = together(screenplay)
    expected = Counter((row.page, round(row.column / 10, 2), row.row) for row in pages.rows if row.text.strip())
    kinds = {(row.page, round(row.column / 10, 2), row.row): row for row in pages.rows}
    reader = pypdf.PdfReader(io.BytesIO(draw_pdf(pages)))
    first = 0 if any(row.page == 0 for row in pages.rows) else 1
    tally["pages"] += len(reader.pages)
    tally["right page count"] += len(reader.pages) == max(pages.count, 1 - first) + (1 - first)
    tally["scripts"] += 1
    for number, page in enumerate(reader.pages, first):
        pieces: list[tuple[float, float, str]] = []

        def visit(words, _matrix, place, _font, _size, pieces=pieces):
            if words.strip():
                pieces.append((place[4] / 72, (float(page.mediabox.height) - place[5]) / 72, words))  # noqa: B023

        page.extract_text(visitor_text=visit)
        rows: dict[int, list[tuple[float, str]]] = {}
        for x, y, words in pieces:
            row = round((y - 1 - 9 / 72) * 6) + 1
            rows.setdefault(row, []).append((round(x, 2), words))
            tally["on the grid"] += abs((y - 1 - 9 / 72) * 6 + 1 - row) < 0.01 and abs(x * 10 - round(x * 10)) < 0.01
            tally["pieces"] += 1
            tally["rows too low"] += row > 55
        judge_rows(number, rows, kinds, twos, tally)
        last = max((row for row in rows if row > 0), default=0)
        heads = [one for one in pages.rows if one.page == number and one.row == last and one.kind == "scene_heading"]
        tally["headings at the foot"] += any(not own_break(screenplay, head.element) for head in heads)
    tally["placed twice"] += sum(count > 1 for count in expected.values())


def own_break(screenplay: Screenplay, at: int) -> bool:
    """Whether the author ends the page, or the script, after this heading."""
    rest = [element for element in screenplay.elements[at + 1 :] if element.kind not in UNPRINTED]
    return not rest or rest[0].kind == "page_break"


def judge_rows(
    number: int, rows: dict[int, list[tuple[float, str]]], kinds: dict, twos: set[int], tally: Counter[str]
) -> None:
    """Every row's column and width against the standard."""
    for row, found in rows.items():
        for x, _ in found:
            placed = kinds.get((number, x, row))
            if placed is None or placed.kind not in STANDARD:
                continue
            left, right = STANDARD[placed.kind]
            dual = placed.element in twos
            left, right = (1.5, 7.5) if dual else (left, right)
            exact = placed.kind in ("scene_heading", "action", "dialogue", "lyrics", "character", "more") and not dual
            width = width_of(placed.text) / 10
            tally["rows"] += 1
            tally["column right"] += (x == left) if exact else left <= x
            tally["width right"] += x + width <= right + 0.01
            if placed.kind == "transition":
                tally["transitions"] += 1
                tally["transitions to the right"] += abs(x + width - right) < 0.01


def main() -> None:
    """Measure and report."""
    from results import write_results

    files = sorted((FIXTURES / "text" / "screenplay").glob("*.fountain"))
    fixtures = [path.read_bytes().decode("utf-8") for path in files]
    generated = [generate_script(seed) for seed in range(GENERATED)]
    dice = random.Random(0)
    pool = fixtures + generated[:200]
    fuzzed = [mutated(dice.choice(pool)[: dice.randint(10, 4000)], dice, dice.randint(1, 40)) for _ in range(FUZZED)]
    hard = ["[[" * 300_000, "/*" * 300_000, "A" + " " * 900_000 + "b", "(" * 900_000, "AB\nx\n\n" * 50_000,
            "[[a\n\n" * 100_000 + "]]", "\\" * 900_000, "/*" * 200_000 + "*/" * 200_000, "\n" * 900_000]  # fmt: skip
    sets = {"fixtures": fixtures, "generated": generated, "mutated": fuzzed, "made to be slow": hard}
    tally = Tally()
    others = peers()
    for group, texts in sets.items():
        for text in texts:
            tally.try_(
                "Rushlight, same text", group, text, lambda text=text: write_fountain(parse_fountain(text)) == text
            )
            if group != "made to be slow":
                tally.try_("Rushlight, same text through FDX", group, text, lambda text=text: through_fdx(text))
            if group in ("fixtures", "generated"):
                for name, check in others.items():
                    tally.try_(name, group, text, lambda text=text, check=check: check(text))
    for seed in range(BUILT):
        one = built(seed)
        tally.try_("Rushlight, screenplays from code", "generated", "", lambda one=one: reads_back(one))
    layout: Counter[str] = Counter()
    for text in fixtures + [text for seed, text in enumerate(generated[:150]) if seed % 3 and seed % 5]:
        layout_of(text, layout)
    ways = list(dict.fromkeys(way for way, _ in tally.seen))
    rows = [["way", *sets, "crashes", "slow"]]
    rows += [
        [way, *(tally.share(way, group) for group in sets), str(tally.crashes[way]), str(tally.slow[way])]
        for way in ways
    ]
    notes = [
        f"Layout, from {layout['scripts']} PDFs with {layout['pages']} pages: columns right in "
        f"{layout['column right']} of {layout['rows']} rows, widths in {layout['width right']}, transitions at the "
        f"right margin {layout['transitions to the right']}/{layout['transitions']}, pieces of text on the grid of ten "
        f"characters and six rows an inch {layout['on the grid']}/{layout['pieces']}, below row 55: "
        f"{layout['rows too low']}, page counts right {layout['right page count']}/{layout['scripts']}, headings alone "
        f"at a page's foot: {layout['headings at the foot']}.",
        *(
            f"Not brought back by {name}, of {lost.pop('paragraphs in all')} printed paragraphs: "
            + ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in lost.most_common(8) if count)
            + "."
            for name, lost in LOST.items()
        ),
    ]
    write_results(__file__, (__doc__ or "").split("Conventions. ")[1], rows, notes)


if __name__ == "__main__":
    main()
