"""Tables that people give, read with care: columns by any of their usual names, and what cannot be read counted."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from rushlight.core.errors import InputError

__all__ = ["as_text_cell", "moment", "number", "read_table"]

_MOST_BYTES = 200_000_000
_BINARY_SHARE = 0.02
# Nothing that is watched or earned is more; sums of it stay exact enough.
_MOST = 1e15


def read_table(
    path: Path, columns: Mapping[str, tuple[str, ...]], needed: Sequence[str]
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Rows of a CSV or TSV as text, and which column of the file stands for which name.

    Args:
        path: the file.
        columns: the usual names of each column, in lower case.
        needed: columns without which the table says nothing.

    Raises:
        InputError: no such file, too large, no text, empty, or a needed column is missing.
    """
    if not path.is_file():
        raise InputError("There is no table here.", path=path, hint="Check the name and the folder you are in.")
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This table is larger than 200 MB.", path=path, hint="Split it, or import it as events.")
    raw = path.read_bytes()
    if raw[:4096].count(0) > _BINARY_SHARE * min(len(raw), 4096):
        raise InputError("This file is no text.", path=path, hint="Give a CSV.")
    lines = raw.decode("utf-8-sig", errors="replace").replace("\x00", "").splitlines()
    if not lines:
        raise InputError("This table is empty.", path=path, hint=f"Its first line names columns: {', '.join(needed)}.")
    comma = max((",", ";", "\t"), key=lines[0].count)
    reader = csv.DictReader(lines, delimiter=comma)
    names = {name.strip().lower(): name for name in reader.fieldnames or () if name}
    found = {
        kind: names[next(one for one in usual if one in names)]
        for kind, usual in columns.items()
        if any(one in names for one in usual)
    }
    missing = [name for name in needed if name not in found]
    if missing:
        raise InputError(
            f"This table has no column {' and no column '.join(f'`{name}`' for name in missing)}.",
            path=path, where="line 1", hint=f"Columns: {', '.join(columns)}.",
        )  # fmt: skip
    rows = [{kind: str(row.get(name) or "").strip() for kind, name in found.items()} for row in reader]
    return rows, found


def number(text: str) -> float | None:
    """A number that something can be counted to, or None; a comma may be the decimal point where there is no other."""
    if "," in text and "." not in text and text.count(",") == 1:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= _MOST else None


def moment(text: str) -> datetime | None:
    """A day or a time in UTC, as ISO 8601, `2026/01/31`, or seconds since 1970; None for anything else."""
    text = text.strip()
    try:
        if text.isdigit() and len(text) in (9, 10):
            return datetime.fromtimestamp(int(text), UTC)
        found = datetime.fromisoformat(text.replace("/", "-"))
    except (ValueError, OverflowError, OSError):
        return None
    if not date(1970, 1, 1) <= found.date() <= date(2200, 1, 1):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def as_text_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r", "|", "%") and text else text
