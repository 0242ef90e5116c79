"""Comments as they come: from the warehouse, or from a file of any platform."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.makers import MAKERS
from rushlight.audience.warehouse.warehouse import MANIFEST, Warehouse
from rushlight.core.errors import InputError

__all__ = ["Comment", "load_comments"]

_MOST_BYTES = 1_000_000_000
_MOST_LETTERS = 20_000
_BINARY_SHARE = 0.02
_COLUMNS = {
    "text": ("text", "comment", "body", "content", "message", "review", "textoriginal", "textdisplay"),
    "author": ("author", "viewer", "user", "username", "name", "account", "authordisplayname"),
    "said_at": (
        "said_at", "ts_client", "time", "date", "created_at", "createdat", "published_at", "publishedat", "timestamp",
    ),
    "title_id": ("title_id", "title", "video", "video_id", "videoid", "film"),
    "id": ("id", "event_id", "comment_id"),
    "parent": ("parent", "reply_to", "in_reply_to", "parent_id", "share_of"),
    "at": ("current_time_seconds", "at_seconds", "position_seconds"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment before it is read."""

    id: str
    author: str
    title_id: str
    said_at: datetime | None
    text: str
    parent: str = ""
    at_seconds: float | None = None


def load_comments(path: Path, titles: tuple[str, ...] = ()) -> tuple[list[Comment], list[str]]:
    """Comments of a warehouse (its manifest, `warehouse.json`) or of a file: CSV, TSV, JSON, JSON lines, text.

    Returns:
        The comments in the order of their times, and what was left out, in sentences.

    Raises:
        InputError: no such file, no comments in it, or it is no text.
    """
    if path.name == MANIFEST:
        found = _of_warehouse(Warehouse(path.parent))
        notes: list[str] = []
    else:
        found, notes = _of_file(path)
    if titles:
        found = [one for one in found if one.title_id in titles]
    late = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: one.said_at or late), notes


def _of_warehouse(warehouse: Warehouse) -> list[Comment]:
    with open_engine() as engine:
        events = warehouse.table(engine, "events")
        said = events.filter((events.event == "comment") & events.text.notnull())
        rows = engine.rows(
            said.select("event_id", "viewer", "title_id", "ts_client", "current_time_seconds", "text").order_by(
                ["ts_client", "event_id"]
            )
        )
    return [
        Comment(str(row["event_id"]), str(row["viewer"]), str(row["title_id"]), _utc(row["ts_client"]),
                row["text"][:_MOST_LETTERS], "", row["current_time_seconds"])
        for row in rows if row["text"].strip()
    ]  # fmt: skip


def _of_file(path: Path) -> tuple[list[Comment], list[str]]:
    if not path.is_file():
        raise InputError("There is no file of comments here.", path=path)
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This file of comments is larger than 1 GB.", path=path, hint="Split it by days.")
    _check_is_text(path)
    reader = {".csv": _table, ".tsv": _table, ".json": _objects, ".jsonl": _objects, ".ndjson": _objects}
    rows = list(reader.get(path.suffix.lower(), _lines)(path))
    people: dict[str, str] = {}
    found, empty, shortened, names = [], 0, 0, set()
    for number, row in enumerate(rows, 1):
        text = str(row.get("text") or "").replace("\x00", "").strip()
        if not text:
            empty += 1
            continue
        shortened += len(text) > _MOST_LETTERS
        author = str(row.get("author") or "")
        # Names of people do not leave the file: a number tells them apart.
        known = people.setdefault(author, f"person-{len(people) + 1}") if author else ""
        key = str(row.get("id") or f"line-{number}")
        if key in names:
            continue
        names.add(key)
        found.append(Comment(key, known, str(row.get("title_id") or ""), _when(row.get("said_at")),
                             text[:_MOST_LETTERS],
                             str(row.get("parent") or ""), _seconds(row.get("at"))))  # fmt: skip
    if not found:
        raise InputError("This file holds no comments.", path=path, hint="It needs a column or field `text`.")
    notes = [f"{empty:,} rows without words left out."] if empty else []
    doubled = len(rows) - empty - len(found)
    if doubled:
        notes.append(f"{doubled:,} comments with an id that was there before left out.")
    if shortened:
        notes.append(f"{shortened:,} comments are read up to {_MOST_LETTERS:,} letters.")
    return found, notes


def _check_is_text(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(65_536)
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if head and odd > _BINARY_SHARE * len(head):
        raise InputError("This file is no text, so it holds no comments.", path=path, hint="Give CSV, JSON or text.")


def _table(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        # A field may be as long as the file allows.
        csv.field_size_limit(10_000_000)
        clean = (line.replace("\x00", "") for line in file)
        reader = csv.DictReader(clean, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        try:
            columns = {name: _column(reader.fieldnames or (), known) for name, known in _COLUMNS.items()}
            if columns["text"] is None:
                raise InputError(
                    "This table has no column `text`.", path=path, hint="Name the column of comments `text`."
                )
            for row in reader:
                yield {name: row.get(column) for name, column in columns.items() if column is not None}
        except csv.Error as error:
            raise InputError(f"This table cannot be read ({error}).", path=path) from error


def _column(present: Any, known: tuple[str, ...]) -> str | None:
    names = {str(name).strip().lower(): str(name) for name in present if name is not None}
    return next((names[one] for one in known if one in names), None)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        whole = json.loads(text)
        items = whole if isinstance(whole, list) else [whole]
    except (ValueError, RecursionError):
        items = []
        for line in text.splitlines():
            try:
                items.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
    for item in items:
        if not isinstance(item, dict):
            continue
        flat = {str(key).lower(): value for key, value in item.items()}
        if any(flat.get(name) is not None and isinstance(flat[name], str) for name in _COLUMNS["text"]):
            yield {name: next((_plain(flat[one]) for one in known if flat.get(one) is not None), None)
                   for name, known in _COLUMNS.items()}  # fmt: skip
            continue
        try:
            for row in MAKERS["comments"]([item]):
                yield {"text": row["text"], "author": row["viewer"], "said_at": row["ts_client"],
                       "title_id": row["title_id"],
                       "id": row["event_id"], "at": row.get("current_time_seconds")}  # fmt: skip
        except (KeyError, TypeError, AttributeError, ValueError):
            continue


def _plain(value: Any) -> Any:
    return (value.get("name") or value.get("id") or value.get("uuid")) if isinstance(value, dict) else value


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
        yield {"text": line}


def _when(value: Any) -> datetime | None:
    if isinstance(value, int | float) and math.isfinite(value) and 0 < value < 1e11:
        return datetime.fromtimestamp(float(value), UTC)
    try:
        return _utc(datetime.fromisoformat(str(value).strip()))
    except ValueError:
        return None


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _seconds(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
