"""Tables: CSV of any common make, and Parquet, into typed columns with labels and units."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from rushlight.artifacts import TableColumn
from rushlight.core.errors import InputError, LimitError
from rushlight.create.sources.columns import describe_header, is_year_header
from rushlight.create.sources.plain import decode, read_bytes

__all__ = ["Table", "load_table"]

MAX_BYTES = 100_000_000
MAX_ROWS, MAX_COLUMNS = 2_000_000, 2_000
_NOTHING = {"", "na", "n/a", "nan", "null", "none", "-", "–", "—", "..", "...", "#n/a", "#na", "?", "nil", "missing"}
_NUMBER_MARKS = re.compile(
    r"^[\s$€£¥]*([-−+]?)[\s$€£¥]*([\d][\d.,'’\s]*|\.\d+)(e[-+]?\d+)?\s*([%$€£¥]?)$", re.IGNORECASE
)
_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%d %b %Y", "%Y%m%d")
_MONTH_FORMATS = ("%Y-%m", "%Y/%m", "%b %Y", "%B %Y")
_TRUTH = {"true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True)
class Table:
    """A table read into memory.

    `frame` has one column per entry of `columns`, under the file's own names: Int64, Float64, Boolean, Date or
    String; a column of whole years has type `date` and dtype Int64. Missing cells are null. Numbers stand as in the
    file: a column in `millions` holds 3.4, not 3,400,000.
    """

    frame: pl.DataFrame
    columns: tuple[TableColumn, ...]
    title: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    """What comment lines above the header say, such as `source` and `note`."""

    def column(self, name: str) -> TableColumn:
        """The description of a column by its name in the file."""
        return next(column for column in self.columns if column.name == name)


def load_table(path: Path) -> Table:
    """Read a table.

    Lines starting with `#` above the header are comments; `# title: …`, `# source: …` and `# note: …` are kept.

    Raises:
        InputError: no rows, no header, duplicate or ragged columns, or not a table at all.
        LimitError: above 100 MB, two million rows or two thousand columns.
    """
    data = read_bytes(path, limit_bytes=MAX_BYTES)
    facts: dict[str, str] = {}
    if data.startswith(b"PAR1"):
        frame = _read_parquet(data, path)
        semicolons = False
    else:
        text = decode(data, path)
        facts, text, skipped = _split_comments(text)
        frame, semicolons = _read_delimited(text, path, skipped)
    _check_shape(frame, path)
    commas = semicolons or any(_surely_comma(frame[name]) for name in frame.columns if frame[name].dtype == pl.String)
    columns, series = [], []
    shouting = all(name.upper() == name for name in frame.columns)
    for name in frame.columns:
        typed, kind, mark = _typed(frame[name], commas)
        series.append(typed)
        label, unit = describe_header(name, shouting=shouting)
        columns.append(TableColumn(name=name, type=kind, unit=unit or mark, label=label))  # type: ignore[arg-type]
    return Table(pl.DataFrame(series), tuple(columns), facts.get("title", ""), facts)


def _read_parquet(data: bytes, path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(io.BytesIO(data), n_rows=MAX_ROWS + 1)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError("This Parquet file is damaged.", path=path, hint="Write it again.") from error
    kept = []
    for column in frame.get_columns():
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            raise InputError(
                f"Column {column.name!r} holds nested or binary values.", path=path, hint="Drop or flatten it."
            )
        if column.dtype == pl.Datetime:
            column = column.dt.date()
        kept.append(column)
    return pl.DataFrame(kept)


def _split_comments(text: str) -> tuple[dict[str, str], str, int]:
    facts: dict[str, str] = {}
    lines = text.split("\n")
    count = 0
    while count < len(lines) and (lines[count].startswith("#") or not lines[count].strip()):
        key, colon, value = lines[count].lstrip("# ").partition(":")
        if colon and value.strip():
            facts.setdefault(key.strip().lower(), value.strip())
        count += 1
    return facts, "\n".join(lines[count:]), count


def _read_delimited(text: str, path: Path, skipped: int) -> tuple[pl.DataFrame, bool]:
    delimiter = _find_delimiter(text)
    try:
        header = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    except csv.Error as error:
        raise InputError(f"The header cannot be read ({error}).", path=path, where=f"line {skipped + 1}") from error
    header = [name.strip() for name in header]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise InputError("This table is empty.", path=path, hint="Give a header line and at least one row.")
    names = [name or f"column {place + 1}" for place, name in enumerate(header)]
    twice = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
    if twice:
        raise InputError(
            f"Two columns are named {twice[0]!r}.", path=path, where=f"line {skipped + 1}", hint="Rename one of them."
        )
    if len(names) > MAX_COLUMNS:
        raise LimitError(f"This table has {len(names)} columns; at most {MAX_COLUMNS} are read.", path=path)
    rows = _rows(text, delimiter, len(names), path, skipped)
    if not rows:
        raise InputError(
            "This table has a header but no rows.", path=path, hint="Give at least one row of values under it."
        )
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame, delimiter == ";"


def _find_delimiter(text: str) -> str:
    sample = "\n".join(text.split("\n")[:60])
    best, best_score = ",", 0.0
    for delimiter in ",;\t|":
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        score = (count / max(sum(widths.values()), 1)) ** 2 * min(width - 1, 5) + (width > 1) * 0.01
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str, width: int, path: Path, skipped: int) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        next(reader)
        for row in reader:
            cells = [html.unescape(cell.strip()) for cell in row]
            if not any(cells):
                continue
            if len(cells) > width and any(cells[width:]):
                raise InputError(
                    f"This row has {len(cells)} cells, the header {width}.",
                    path=path,
                    where=f"line {skipped + reader.line_num}",
                    hint="Put quotation marks around cells that hold the separator.",
                )
            if len(rows) >= MAX_ROWS:
                raise LimitError(f"This table has more than {MAX_ROWS:,} rows.", path=path, hint="Summarise it first.")
            padded: list[str | None] = [*cells[:width], *[None] * (width - len(cells))]
            rows.append(padded)
    except csv.Error as error:
        raise InputError(
            f"This line cannot be read ({error}).", path=path, where=f"line {skipped + reader.line_num}"
        ) from error
    return rows


def _check_shape(frame: pl.DataFrame, path: Path) -> None:
    if frame.width == 0:
        raise InputError("This table has no columns.", path=path)
    if frame.height == 0:
        raise InputError("This table has a header but no rows.", path=path, hint="Give at least one row of values.")
    if frame.height > MAX_ROWS or frame.width > MAX_COLUMNS:
        raise LimitError(
            f"This table has {frame.height:,} rows and {frame.width:,} columns; too many.",
            path=path,
            hint="Summarise it first.",
        )


def _surely_comma(series: pl.Series) -> bool:
    """Whether a column can only be read with decimal commas, such as `12,5` or `1.234,5`."""
    values = [value for value in series.head(2000).drop_nulls() if value.lower() not in _NOTHING]
    if not values or not all(_NUMBER_MARKS.match(value) for value in values):
        return False
    return any(re.search(r",(\d{1,2}|\d{4,})\D*$", value) for value in values)


def _typed(series: pl.Series, commas: bool) -> tuple[pl.Series, str, str]:
    """One column with its type and the mark (`%`, `$`) its cells carry."""
    if series.dtype == pl.Boolean:
        return series, "boolean", ""
    if series.dtype == pl.Date:
        return series, "date", ""
    if series.dtype.is_numeric():
        return _numeric(series)
    texts = [None if value is None or value.lower() in _NOTHING else value for value in series.cast(pl.String)]
    known = [value for value in texts if value is not None]
    name = series.name
    if not known:
        return pl.Series(name, [None] * len(texts), dtype=pl.String), "text", ""
    if all(value.lower() in _TRUTH for value in known):
        return pl.Series(name, [None if v is None else _TRUTH[v.lower()] for v in texts]), "boolean", ""
    if (not is_year_header(name) and all(len(value) == 8 and value.isdigit() for value in known)) or not known[
        0
    ].isdigit():
        dates = _as_dates(name, texts, known)
        if dates is not None:
            return dates, "date", ""
    numbers = _as_numbers(name, texts, commas)
    if numbers is not None:
        typed, kind, _ = _numeric(numbers)
        marks = {match.group(4) or value.strip()[0] for value in known if (match := _NUMBER_MARKS.match(value))}
        mark = next(iter(marks)) if len(marks) == 1 else ""
        return typed, kind, mark if mark in "%$€£¥" else ""
    return pl.Series(name, texts, dtype=pl.String), "text", ""


def _numeric(series: pl.Series) -> tuple[pl.Series, str, str]:
    floats = series.cast(pl.Float64)
    floats = floats.set(~floats.is_finite().fill_null(True), None)
    known = floats.drop_nulls()
    if len(known) == 0 or not bool((known == known.floor()).all()) or float(known.abs().max() or 0) > 2**53:  # type: ignore[arg-type]
        return floats, "number", ""
    integers = floats.cast(pl.Int64)
    lowest, highest = int(known.min() or 0), int(known.max() or 0)  # type: ignore[arg-type]
    if is_year_header(series.name) and lowest >= 1000 and highest <= 2200:
        return integers, "date", ""
    return integers, "integer", ""


def _as_numbers(name: str, texts: list[str | None], commas: bool) -> pl.Series | None:
    values: list[float | None] = []
    for text in texts:
        if text is None:
            values.append(None)
            continue
        bracketed = text.startswith("(") and text.endswith(")")
        match = _NUMBER_MARKS.match(text[1:-1] if bracketed else text)
        if match is None:
            return None
        digits = re.sub(r"[\s'’]", "", match.group(2))
        digits = digits.replace(".", "").replace(",", ".") if commas else _without_thousands(digits)
        try:
            value = float(digits + (match.group(3) or ""))
        except ValueError:
            return None
        values.append(-value if bracketed or match.group(1) in ("-", "−") else value)
    # Codes such as 007 or postcodes are names, not amounts.
    if any(text and re.match(r"^0\d+$", text) for text in texts):
        return None
    return pl.Series(name, values, dtype=pl.Float64)


def _without_thousands(digits: str) -> str:
    if re.fullmatch(r"\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?", digits):
        return digits.replace(",", "")
    return digits


def _as_dates(name: str, texts: list[str | None], known: list[str]) -> pl.Series | None:
    sample = pl.Series(name, known[:500])
    formats = list(_DATE_FORMATS)
    if all("/" in value for value in known[:500]) and not re.match(r"^\d{4}", known[0]):
        # 13/02 settles the order of day and month; without such a date the column stays text rather than be guessed.
        firsts = {int(part) for value in known if (part := value.split("/")[0]).isdigit()}
        seconds = {int(part) for value in known if (part := value.split("/")[1]).isdigit()}
        if max(firsts, default=0) > 12:
            formats = ["%d/%m/%Y"]
        elif max(seconds, default=0) > 12:
            formats = ["%m/%d/%Y"]
        else:
            return None
    series = pl.Series(name, texts, dtype=pl.String)
    for form in formats:
        if sample.str.to_date(form, strict=False).null_count() == 0:
            dates = series.str.to_date(form, strict=False)
            return dates if dates.null_count() == series.null_count() else None
    for form in _MONTH_FORMATS:
        if ("1 " + sample).str.to_date(f"%d {form}", strict=False).null_count() == 0:
            dates = ("1 " + series).str.to_date(f"%d {form}", strict=False)
            return dates if dates.null_count() == series.null_count() else None
    return None
