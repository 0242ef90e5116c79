"""Where words stand on the page."""

from __future__ import annotations

import io

import pypdf
import pytest
from hypothesis import given, settings

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.timeline.screenplay.fountain import parse_fountain
from rushlight.timeline.screenplay.inline import Run, read_runs, write_runs
from rushlight.timeline.screenplay.pages import COLUMNS, PAPERS, lay_out
from rushlight.timeline.screenplay.pdf import draw_pdf
from rushlight.timeline.screenplay.wrapping import width_of, wrap
from tests.timeline.screenplay.test_fountain import ODD_TEXT, SCRIPT

LONG = " ".join(["word"] * 400)


def placed(pdf: bytes) -> list[list[tuple[float, float, str]]]:
    """What a PDF says of itself: for each page, the words with the column and row they begin in."""
    pages = []
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        found = []
        height = float(page.mediabox.height)

        def visit(text, _matrix, place, _font, _size, found=found, height=height):
            if text.strip():
                found.append((place[4] / 7.2, (height - place[5] - 72 - 9) / 12 + 1, text.strip("\n")))

        page.extract_text(visitor_text=visit)
        pages.append(found)
    return pages


def test_columns_are_the_standard_ones_in_the_file_itself():
    text = "INT. A - DAY #7#\n\nAction here.\n\nMARA\n(softly)\nHello there.\n\nCUT TO:\n"
    pages = lay_out(parse_fountain(text))
    [page] = placed(draw_pdf(pages))
    columns = {words.strip(): (round(column, 2), round(row, 2)) for column, row, words in page}
    assert columns["INT. A - DAY"] == (15, 1)
    assert columns["Action here."] == (15, 3)
    assert columns["MARA"] == (37, 5)
    assert columns["(softly)"] == (31, 6)
    assert columns["Hello there."] == (25, 7)
    assert columns["CUT TO:"] == (75 - len("CUT TO:"), 9)
    assert sorted(round(column) for column, _, words in page if words.strip() == "7") == [12, 76]


def test_widths_are_kept():
    script = f"INT. A - DAY\n\n{LONG}\n\nMARA\n({LONG[:99]})\n{LONG}\n"
    for row in lay_out(parse_fountain(script)).rows:
        if row.kind in COLUMNS and row.kind != "character":
            column, columns = COLUMNS[row.kind]
            assert column <= row.column
            assert row.column + len(row.text) <= column + columns
            assert (
                len(row.text) > columns - 6
                or row.text.endswith("word")
                or row.kind == "scene_heading"
                or ")" in row.text
            )


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_pages_are_full_and_not_overfull(paper):
    pages = lay_out(parse_fountain("\n\n".join([LONG[:200]] * 100)), paper)
    assert pages.count > 4
    for page in range(1, pages.count):
        last = max(row.row for row in pages.rows if row.page == page)
        assert PAPERS[paper].rows - 4 <= last <= PAPERS[paper].rows


def test_a_long_speech_says_more_and_contd():
    filler = "\n\n".join(["Action."] * 24)
    pages = lay_out(parse_fountain(f"{filler}\n\nMARA (V.O.)\n{LONG[:700]}\n"))
    rows = [(row.page, row.row, row.column, row.text) for row in pages.rows if row.kind in ("more", "character")]
    assert [(page, column, text) for page, _, column, text in rows] == [
        (1, 37, "MARA (V.O.)"),
        (1, 37, "(MORE)"),
        (2, 37, "MARA (V.O.) (CONT'D)"),
    ]
    said = [row.page for row in pages.rows if row.kind == "dialogue"]
    assert said.count(1) >= 2
    assert said.count(2) >= 2


@pytest.mark.parametrize("before", range(18, 28))
def test_no_heading_stands_alone_at_the_foot(before):
    filler = "\n\n".join(["Action."] * before)
    pages = lay_out(parse_fountain(f"{filler}\n\nINT. A - DAY\n\n{LONG[:240]}\n"))
    heading = next(row for row in pages.rows if row.kind == "scene_heading")
    after = [row for row in pages.rows if row.kind == "action" and row.element > heading.element]
    assert sum(row.page == heading.page for row in after) >= 2
    assert sum(row.page != heading.page for row in after) != 1


def test_two_speak_side_by_side():
    pages = lay_out(parse_fountain("MARA\nYes.\n\nJON ^\nNo.\n"))
    assert [(row.row, row.column, row.text) for row in pages.rows] == [
        (1, 23, "MARA"), (1, 54, "JON"), (2, 15, "Yes."), (2, 46, "No."),
    ]  # fmt: skip


def test_what_is_not_printed():
    pages = lay_out(parse_fountain("# Act\n\n= syn\n\n[[note]]\n\n/* cut */\n\nSeen [[not this]] /*nor this*/ here.\n"))
    assert [row.text for row in pages.rows] == ["Seen   here."]


def test_title_page_and_page_numbers():
    pages = lay_out(parse_fountain(SCRIPT))
    title = [row for row in pages.rows if row.page == 0]
    assert title[0].text == "The Lamp"
    assert title[0].runs[0].bold
    assert [(row.page, row.row, row.column, row.text) for row in pages.rows if row.kind == "page_number"] == [
        (2, -2, 73, "2.")
    ]


def test_other_scripts_are_drawn_and_read_back():
    text = "Жили-были старик. Ελληνικά. Ünïcödé — “quoted”. **Жирный** _линия_."
    [page] = placed(draw_pdf(lay_out(parse_fountain(text))))
    words = "".join(words for _, _, words in page)
    for word in ("Жили-были", "Ελληνικά", "Ünïcödé", "Жирный", "линия"):
        assert word in words


def test_the_same_pages_give_the_same_file():
    pages = lay_out(parse_fountain(SCRIPT))
    assert draw_pdf(pages) == draw_pdf(pages)


def test_nothing_gives_one_empty_page():
    pages = lay_out(Screenplay(elements=(Element(kind="section", text="x"),)))
    assert pages.count == 0
    assert len(pypdf.PdfReader(io.BytesIO(draw_pdf(pages))).pages) == 1


@settings(deadline=None, max_examples=100)
@given(ODD_TEXT)
def test_any_screenplay_fits_its_pages(text):
    pages = lay_out(parse_fountain(text * 3))
    for row in pages.rows:
        assert row.row <= pages.paper.rows + 3
        assert row.column >= 2
        assert row.column + width_of(row.text) <= 86 or row.kind == "scene_number"


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("*a* b", [Run("a", italic=True), Run(" b")]),
        ("_**a** b_", [Run("a", bold=True, underline=True), Run(" b", underline=True)]),
        ("***x***", [Run("x", bold=True, italic=True)]),
        ("2 * 3 * 4", [Run("2 * 3 * 4")]),
        ("a_b_c", [Run("a_b_c")]),
        ("f\\*ck \\_x\\_", [Run("f*ck _x_")]),
        ("*a\nb*", [Run("*a\nb*")]),
        ("**a *b* c**", [Run("a ", bold=True), Run("b", bold=True, italic=True), Run(" c", bold=True)]),
    ],
)
def test_emphasis(text, runs):
    assert read_runs(text) == runs
    assert "".join(run.text for run in read_runs(write_runs(runs))) == "".join(run.text for run in runs)


def test_rows_break_at_spaces_and_long_words_are_cut():
    rows = ["".join(run.text for run in row) for row in wrap([Run("  ab cdef ghijklmnop q")], 6)]
    assert rows == ["  ab", "cdef", "ghijkl", "mnop q"]
    assert ["".join(run.text for run in row) for row in wrap([Run("日本語です")], 4)] == ["日本", "語で", "す"]
