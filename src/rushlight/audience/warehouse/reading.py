"""Files of events of many makers as rows of one shape: every column of the schema, as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rushlight.audience.warehouse.engine import DuckDB, quoted
from rushlight.audience.warehouse.schema import FIELDS, Field
from rushlight.core.errors import InputError

__all__ = ["FORMS", "Reading", "read_as", "tell_form"]

_NAMES = tuple(item.name for item in FIELDS)
_WHOLE = ("int8", "int16", "int32", "int64")
_TYPED = {"DOUBLE": ("double", "float", *_WHOLE), "INTEGER": _WHOLE, "BOOLEAN": ("bool",)}
_HEAD_BYTES = 65_536
_SAMPLES = 8
_BLOCK_BYTES = 1 << 24
_NEWLINE = 10


@dataclass
class Reading:
    """How one file is read.

    Attributes:
        original: the file the person gave.
        path: the file that is read; another one where it had to be rewritten first.
        select: SQL that gives columns of the schema, as text, of the rows that hold nothing in other columns of it.
        occurring: columns that occur; where that would take reading all of it, those of a sample.
        rows: how many rows there are, broken ones included.
        broken: rows that are not even of the file's form: reason and text of each.
    """

    original: Path
    path: Path
    select: Callable[[Sequence[str]], str]
    occurring: tuple[str, ...]
    rows: Callable[[DuckDB], int]
    broken: Callable[[DuckDB], list[tuple[str, str]]] = field(default=lambda base: [])


def read_as(path: Path, form: str, scratch: Path) -> Reading:
    """How to read a file of events.

    Args:
        path: the file.
        form: one of `FORMS`, or `auto`.
        scratch: a folder for files that have to be rewritten.

    Raises:
        InputError: no such file, an unknown form, or one that cannot be told.
    """
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"This file {kind}.", path=path, hint="Give a file of events.")
    path = path.absolute()
    form = tell_form(path) if form == "auto" else form
    if form not in FORMS:
        raise InputError(f"There is no form {form!r}.", hint=f"Choose from {', '.join(FORMS)}.")
    return FORMS[form](path, scratch)


def tell_form(path: Path) -> str:
    """What kind of events a file holds, from its name and its first lines."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head[:4] == b"PAR1":
        return "parquet"
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff \r\n")
    if not text:
        raise InputError("This file is empty.", path=path, hint="Give a file of events.")
    if text[0] in "{[":
        return _json_form(text)
    if suffix in (".csv", ".tsv", ".txt") or "," in text.splitlines()[0]:
        return "csv"
    raise InputError("This is no file of events.", path=path, hint=f"Choose with --form from {', '.join(FORMS)}.")


def _json_form(text: str) -> str:
    from rushlight.audience.warehouse.makers import MARKS

    line = text.splitlines()[0]
    for form, marks in MARKS.items():
        if any(mark in line or mark in text[:4096] for mark in marks):
            return form
    return "json" if text[0] == "[" else "jsonl"


def _jsonl(path: Path, scratch: Path) -> Reading:
    del scratch
    columns = "{" + ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in _NAMES) + "}"
    source = f"read_json({quoted(path)}, columns={columns}, format='newline_delimited', ignore_errors=true)"

    def select(wanted: Sequence[str]) -> str:
        others = " AND ".join(f"{name} IS NULL" for name in _NAMES if name not in wanted)
        # A line that is no JSON comes as a row of nothing; it is told from its text and counted once.
        something = " OR ".join(f"{name} IS NOT NULL" for name in _NAMES)
        return f"SELECT {', '.join(wanted)} FROM {source} WHERE {others or something}"

    return Reading(path, path, select, _sampled(path), lambda base: _lines(path), lambda base: _broken_lines(path))


def _sampled(path: Path) -> tuple[str, ...]:
    """Columns in lines from all over a file of lines."""
    size, seen = path.stat().st_size, set[str]()
    with path.open("rb") as file:
        for part in range(_SAMPLES):
            file.seek(size * part // _SAMPLES)
            for line in file.read(_HEAD_BYTES).splitlines():
                try:
                    value = json.loads(line)
                except ValueError:
                    continue
                if isinstance(value, dict):
                    seen.update(name for name, held in value.items() if held is not None)
    return tuple(name for name in _NAMES if name in seen)


def _lines(path: Path) -> int:
    """Lines of a file that are not empty."""
    import numpy as np

    whole = np.memmap(path, dtype=np.uint8, mode="r")
    count, inside = 0, False
    for start in range(0, len(whole), _BLOCK_BYTES):
        block = np.asarray(whole[start : start + _BLOCK_BYTES])
        breaks = np.flatnonzero(block == _NEWLINE)
        # A line counts when something that is not white stands in it; most files hold no empty line at all.
        lengths = np.diff(breaks, prepend=-1) - 1
        short = np.flatnonzero(lengths <= 8)
        count += len(breaks)
        for index in short:
            begins = breaks[index] - lengths[index]
            if not block[begins : breaks[index]].tobytes().strip() and not (index == 0 and inside):
                count -= 1
        rest = block[breaks[-1] + 1 :] if len(breaks) else block
        inside = bool(rest.tobytes().strip()) or (inside and not len(breaks))
    return count + inside


def _broken_lines(path: Path) -> list[tuple[str, str]]:
    """Lines that hold no JSON object of ours, with the reason."""
    found: list[tuple[str, str]] = []
    known = set(_NAMES)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.decode("utf-8", errors="replace").strip()
            if not text:
                continue
            try:
                value = json.loads(line)
            except ValueError:
                found.append(("line is no JSON", f"{number}: {text[:2000]}"))
                continue
            if not isinstance(value, dict) or all(value.get(name) is None for name in known):
                found.append(("line has no field of the schema", f"{number}: {text[:2000]}"))
    return found


def _json(path: Path, scratch: Path) -> Reading:
    """A JSON array, rewritten as lines."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InputError(f"This file is no JSON ({error}).", path=path) from error
    rows = rows if isinstance(rows, list) else [rows]
    lines = scratch / "lines.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    made = _jsonl(lines, scratch)
    made.original = path
    return made


def _csv(path: Path, scratch: Path) -> Reading:
    del scratch
    options = "all_varchar=true, header=true, ignore_errors=true, null_padding=false, strict_mode=true"

    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        import csv

        dialect = "\t" if path.suffix.lower() == ".tsv" else ","
        header = {name.strip().lower(): name for name in next(csv.reader(file, delimiter=dialect), [])}
    if "event" not in header:
        raise InputError(
            "This table has no column `event`.", path=path, hint="Name the columns as in the schema, or give --form."
        )
    options += f", delim={quoted(dialect)}, quote='\"', escape='\"'"
    source = f"read_csv({quoted(path)}, {options})"
    rejects = (
        f"read_csv({quoted(path)}, {options}, store_rejects=true, rejects_table='rejected', rejects_scan='scanned')"
    )

    def broken(base: DuckDB) -> list[tuple[str, str]]:
        base.run("DROP TABLE IF EXISTS rejected")
        base.run("DROP TABLE IF EXISTS scanned")
        base.rows(f"SELECT count(*) FROM (SELECT * FROM {rejects})")
        rows = base.rows("SELECT line, any_value(csv_line) FROM rejected GROUP BY line ORDER BY line")
        return [("line has the wrong number of columns", f"{line}: {text}") for line, text in rows]

    def rows(base: DuckDB) -> int:
        good = int(base.rows(f"SELECT count(*) FROM (SELECT * FROM {source})")[0][0])
        return good + len(broken(base))

    def select(wanted: Sequence[str]) -> str:
        columns = (_named(header[name], name) if name in header else f"NULL::VARCHAR AS {name}" for name in wanted)
        return f"SELECT {', '.join(columns)} FROM {source}"

    return Reading(path, path, select, tuple(name for name in _NAMES if name in header), rows, broken)


def _parquet(path: Path, scratch: Path) -> Reading:
    del scratch
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
    except Exception as error:
        raise InputError(f"This Parquet file cannot be read ({error}).", path=path) from error
    present = {name.lower(): name for name in file.schema_arrow.names}
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    count = file.metadata.num_rows
    file.close()
    if "event" not in present:
        raise InputError("This table has no column `event`.", path=path, hint="Name the columns as in the schema.")

    def select(wanted: Sequence[str]) -> str:
        columns = (_column(item, present.get(item.name), kinds) for item in FIELDS if item.name in wanted)
        return f"SELECT {', '.join(columns)} FROM read_parquet({quoted(path)})"

    return Reading(path, path, select, tuple(name for name in _NAMES if name in present), lambda base: count)


def _column(item: Field, name: str | None, kinds: dict[str, str]) -> str:
    """A column as text, or as the number or truth value that it is already."""
    if name is None:
        return f"NULL::VARCHAR AS {item.name}"
    is_typed = item.type in ("DOUBLE", "INTEGER", "BOOLEAN") and kinds[name] in _TYPED[item.type]
    return _named(name, item.name) if is_typed else _named(name, item.name, "::VARCHAR")


def _named(column: str, name: str, cast: str = "") -> str:
    """A column of a file under the name of the schema."""
    return '"{}"{} AS {}'.format(column.replace('"', '""'), cast, name)


def _made_by(form: str) -> Callable[[Path, Path], Reading]:
    def read(path: Path, scratch: Path) -> Reading:
        from rushlight.audience.warehouse.makers import rewrite

        lines = scratch / "lines.jsonl"
        rewrite(form, path, lines)
        made = _jsonl(lines, scratch)
        made.original = path
        return made

    return read


FORMS: dict[str, Callable[[Path, Path], Reading]] = {
    "jsonl": _jsonl,
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
    **{form: _made_by(form) for form in ("snowplow", "xapi", "cmcd", "comments")},
}
