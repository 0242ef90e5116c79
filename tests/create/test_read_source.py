"""What `read_source` reads, and what it refuses in one clear sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from rushlight.artifacts import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, LimitError
from rushlight.create.read_source import load_source, read_source
from rushlight.create.sources import plain
from rushlight.create.sources.columns import describe_header, scale_and_unit
from rushlight.create.sources.table import load_table

MARKDOWN = """---
title: "From the front matter"
---

An opening *paragraph* with a [link](https://example.org) and a note.[^1]

## First part

Line one
goes on. ![a picture](x.png)

- an item with words
- another item

> A quotation stands here.

```
code is dropped
```

| a | b |
|---|---|
| 1 | 2 |

<script>alert("never")</script>

[^1]: The note.
"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_markdown_keeps_prose_and_headings_and_drops_the_rest(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, "a.md", MARKDOWN))
    assert source.form == "article"
    assert source.title == "From the front matter"
    paragraphs = source.text.split("\n\n")
    assert paragraphs[0] == "An opening paragraph with a link and a note."
    assert "Line one goes on." in paragraphs
    assert "another item" in paragraphs
    assert "A quotation stands here." in paragraphs
    for dropped in ("code is dropped", "alert", "| 1", "a picture"):
        assert dropped not in source.text
    (heading,) = source.headings
    assert source.text[heading.start :].startswith("First part\n\n")


def test_html_gives_main_text_without_scripts(tmp_path: Path) -> None:
    page = """<html><head><title>The bridge</title><style>p{}</style><script>var x = "evil words";</script></head>
    <body><nav><a href="/">Home</a> <a href="/x">Menu entry</a></nav>
    <article><h1>The bridge</h1>
    <p>The old bridge was built in 1874 by Anna Keller, and it carried trains over the river for ninety years.</p>
    <h2>The flood</h2>
    <p>In the flood of 1921 the water rose by 6.4 metres, and two of the five piers were lost.</p>
    <p>It took three years to build them again, this time in stone from the quarry at Harn.</p>
    </article></body></html>"""
    source = load_source(write(tmp_path, "a.html", page))
    assert source.title == "The bridge"
    assert "6.4 metres" in source.text
    assert [heading.text for heading in source.headings] == ["The flood"]
    assert "evil" not in source.text


def test_plain_text_finds_title_and_headings(tmp_path: Path) -> None:
    text = "The long walk\n\nIt began in the rain. Nobody spoke.\n\nThe second day\n\nThen the sun came out."
    source = load_source(write(tmp_path, "a.txt", text))
    assert source.title == "The long walk"
    assert [heading.text for heading in source.headings] == ["The second day"]


def test_capability_reads_a_document(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "One sentence is here. Another one follows it.")
    source = read_source(Document(file=FileRef.of(path)), title="Given", language="en-GB")
    assert (source.title, source.language) == ("Given", "en-GB")
    assert source.file.sha256 == FileRef.of(path).sha256


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8-sig", "Café Zürich is a place where many people meet. It opened in 1901."),
        ("utf-16", "Café Zürich is a place where many people meet. It opened in 1901."),
        ("cp1252", "Das Café in Zürich öffnete 1901 – für alle. Es wurde schön gefunden und häufig besucht."),
    ],
)
def test_common_encodings(tmp_path: Path, encoding: str, content: str) -> None:
    source = load_source(write(tmp_path, "a.txt", content.encode(encoding)))
    assert source.text == content


def test_absurd_nesting_is_read_quickly_as_what_it_says(tmp_path: Path) -> None:
    marks = ">" * 100_000 + " quoted words\n\n" + "[" * 100_000 + "\n\n" + "- " * 50_000
    hostile = marks + "x\n\nA real sentence is here."
    source = load_source(write(tmp_path, "a.md", hostile))
    assert "A real sentence is here." in source.text
    assert len(source.text) < 200


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.md", "", "empty"),
        ("a.md", "   \n\n ", "empty"),
        ("a.md", "# Only a title\n", "no text"),
        ("a.md", b"Some text \x00 with NUL", "NUL"),
        ("a.txt", bytes(range(1, 32)) * 50, "binary"),
        ("a.txt", "Zürich ist schön, très café, naïve.".encode() * 20 + b"\xff", "damaged"),
        ("a.pdf", b"%PDF-1.7", "cannot be read as a source"),
        ("a.csv", "a,b\n", "no rows"),
        ("a.csv", "a,A\n1,2\n", "Two columns"),
        ("a.csv", "a,b\n1,2,3\n", "3 cells, the header 2"),
        ("a.parquet", b"PAR1 but not really", "Parquet"),
        ("a.toml", "title = \n", "not valid TOML"),
        ("a.toml", 'text = "Some words are here."\ncolor = "red"\n', "Unknown key"),
        ("a.toml", 'title = "x"\n', "nothing to tell"),
        ("a.toml", 'text = "a"\npoints = ["b"]\n', "both"),
        ("a.toml", 'text = "Some words are here now."\naspect = "wide"\n', "picture shape"),
        ("a.toml", 'text = "Some words are here now."\nlength = "-3"\n', "negative"),
        ("a.toml", 'article = "nowhere.md"\n', "no file"),
        ("a.toml", 'article = "https://example.org/x"\n', "not an address"),
        ("a.toml", "a = " + "[" * 5000, "not valid TOML|nested"),
    ],
)
def test_bad_input_is_refused_with_the_file_named(tmp_path: Path, name: str, content: str | bytes, says: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InputError, match=says) as caught:
        load_source(path)
    assert str(path) in str(caught.value)


def test_refusals_name_the_line_and_a_likely_key(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", 'text = "Some words are here."\n\nlenght = "60s"\n')
    with pytest.raises(InputError, match="line 3") as caught:
        load_source(path)
    assert "'length'" in caught.value.hint
    with pytest.raises(InputError, match="line 3"):
        load_source(write(tmp_path, "b.csv", "a,b\n1,2\n1,2,3\n"))


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_source(tmp_path / "none.md")
    (tmp_path / "x.md").mkdir()
    with pytest.raises(InputError, match="folder"):
        load_source(tmp_path / "x.md")


def test_huge_files_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(LimitError, match="200 MB"):
        load_source(path)


def test_brief_with_points_and_settings(tmp_path: Path) -> None:
    (tmp_path / "pics").mkdir()
    points = 'points = ["Bees dance", "They tell each other where to fly."]\n'
    brief = f'title = "Bees"\n{points}length = "45s"\npictures = "pics"\n'
    source = load_source(write(tmp_path, "a.toml", brief))
    assert source.form == "brief"
    assert source.text == "Bees dance.\n\nThey tell each other where to fly."
    assert source.settings["length"] == "45s"
    assert Path(source.settings["pictures"]) == (tmp_path / "pics").resolve()


def test_brief_naming_a_table_is_a_table_with_settings(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", "# source: a test\nyear,visitors\n2001,5\n2002,7\n2003,6\n")
    source = load_source(write(tmp_path, "a.toml", 'table = "t.csv"\ntitle = "Visitors"\nlength = 30\n'))
    assert (source.form, source.title, source.row_count) == ("table", "Visitors", 3)
    assert source.settings == {"source": "a test", "length": "30"}
    assert source.file.path.name == "t.csv"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name,amount\nA,"1,234.5"\nB,"2,000"\n', [1234.5, 2000.0]),
        ("name;amount\nA;1.234,5\nB;2.000\n", [1234.5, 2000.0]),
        ("name\tamount\nA\t1 234\nB\t2 000\n", [1234, 2000]),
        ("name|amount\nA|1'234\nB|−5\n", [1234, -5]),
        ("name,amount\nA,$5\nB,(3)\n", [5, -3]),
        ("name,amount\nA,5\nB,n/a\n", [5, None]),
        ("name,amount\nA,1e3\nB,.5\n", [1000.0, 0.5]),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, text: str, expected: list[float | None]) -> None:
    table = load_table(write(tmp_path, "t.csv", text))
    assert table.frame["amount"].to_list() == expected
    assert table.column("amount").type in ("number", "integer")


def test_column_types(tmp_path: Path) -> None:
    text = "Year,Day,Code,Open,Share (%),Note\n2001,2020-01-31,007,yes,12.5,a\n2002,2020-02-29,012,no,13,b &amp; c\n"
    table = load_table(write(tmp_path, "t.csv", text))
    assert [column.type for column in table.columns] == ["date", "date", "text", "boolean", "number", "text"]
    assert table.frame["Day"].to_list() == [dt.date(2020, 1, 31), dt.date(2020, 2, 29)]
    assert table.frame["Open"].to_list() == [True, False]
    assert table.frame["Note"].to_list() == ["a", "b & c"]


def test_ambiguous_days_stay_text(tmp_path: Path) -> None:
    unclear = load_table(write(tmp_path, "t.csv", "d,v\n01/02/2020,1\n03/04/2020,2\n"))
    assert unclear.column("d").type == "text"
    clear = load_table(write(tmp_path, "u.csv", "d,v\n01/02/2020,1\n13/04/2020,2\n"))
    assert clear.frame["d"].to_list() == [dt.date(2020, 2, 1), dt.date(2020, 4, 13)]


def test_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"city": ["A", "B"], "when": [dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1)], "x": [1.5, None]}
    )
    frame.write_parquet(tmp_path / "t.parquet")
    table = load_table(tmp_path / "t.parquet")
    assert [column.type for column in table.columns] == ["text", "date", "number"]
    pl.DataFrame({"x": [[1, 2]]}).write_parquet(tmp_path / "n.parquet")
    with pytest.raises(InputError, match="nested"):
        load_source(tmp_path / "n.parquet")
    frame.clear().write_parquet(tmp_path / "e.parquet")
    with pytest.raises(InputError, match="no rows"):
        load_source(tmp_path / "e.parquet")


@pytest.mark.parametrize(
    ("header", "label", "unit"),
    [
        ("Population (millions)", "population", "millions"),
        ("price_eur", "price", "€"),
        ("speed [km/h]", "speed", "km/h"),
        ("share %", "share", "%"),
        ("Cargo (thousand tonnes)", "cargo", "thousand tonnes"),
        ("incidents_85_99", "incidents 85–99", ""),
        ("RottenTomatoes_User", "Rotten Tomatoes user", ""),
        ("actual_max_temp", "actual maximum temperature", ""),
        ("GDP (2013)", "GDP (2013)", ""),
    ],
)
def test_labels_and_units(header: str, label: str, unit: str) -> None:
    assert describe_header(header) == (label, unit)


def test_units_split_into_scale_and_rest() -> None:
    assert scale_and_unit("€ millions") == (1e6, "€")
    assert scale_and_unit("thousand tonnes") == (1e3, "tonnes")
    assert scale_and_unit("m") == (1.0, "m")
    assert scale_and_unit("") == (1.0, "")


def test_flatten_leaves_no_line_breaks_or_invisible_marks() -> None:
    assert plain.flatten("a\n b\u200b\u00adc\t d") == "a bc d"
