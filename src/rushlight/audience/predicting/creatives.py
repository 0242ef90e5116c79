"""Tests of titles, pictures, trailers or advertisements as tables: variants with their words, pictures and counts."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import MANIFEST, Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.store import write_atomically

__all__ = ["Creative", "creatives_of", "import_creatives", "import_drafts", "read_candidates", "read_tests"]

_FOLDER = "creatives"
_MOST_BYTES = 1_000_000_000
_COLUMNS = {
    "test": ("test", "test_id", "experiment_id", "experiment", "clickability_test_id"),
    "variant": ("variant", "variant_id", "name", "arm"),
    "text": ("text", "headline", "title", "copy"),
    "picture": ("picture", "image", "thumbnail", "file", "trailer", "eyecatcher"),
    "impressions": ("impressions", "shown", "views"),
    "clicks": ("clicks", "clicked"),
}


@dataclass(frozen=True)
class Creative:
    """One variant of a test.

    Attributes:
        test: which test.
        variant: its name.
        text: its words, empty where it has none.
        picture: name of its picture or film, empty where it has none.
        impressions: how often it was shown; 0 for one that is yet to be.
        clicks: how often it was clicked.
        numbers: further columns that the person named.
    """

    test: str
    variant: str
    text: str = ""
    picture: str = ""
    impressions: int = 0
    clicks: int = 0
    numbers: dict[str, float] = field(default_factory=dict)


def read_tests(file: FileRef, engine: str, features: tuple[str, ...], notes: list[str]) -> list[Creative]:
    """Variants of past tests that were shown; of a table, or of a warehouse's experiments.

    A warehouse knows how often variants were shown and clicked; what they say and look like was imported beside it.

    Raises:
        InputError: no such table or column, or no test of two variants.
    """
    if file.path.name == MANIFEST:
        rows = _of_warehouse(Warehouse(file.path.parent), engine, features, notes)
    else:
        rows = _of_table(file.path, features, counted=True)
    return _usable(rows, file.path, notes)


def read_candidates(path: Path, features: tuple[str, ...], notes: list[str]) -> list[Creative]:
    """Variants that are yet to be shown: test, variant, text, picture; without `test` all are of one.

    Raises:
        InputError: no such table, or fewer than two variants.
    """
    rows = _of_table(path, features, counted=False)
    sizes = Counter(one.test for one in rows)
    alone = [one for one in rows if sizes[one.test] < 2]
    if alone:
        notes.append(f"{len(alone)} variants have nothing to be compared with and are left out.")
    kept = [one for one in rows if sizes[one.test] >= 2]
    if not kept:
        raise InputError("There are fewer than two variants to compare.", path=path, hint="Give two rows or more.")
    return kept


def import_creatives(warehouse: Warehouse, path: Path) -> int:
    """Keep a table of what tested variants say and look like, with the pictures that lie beside it. Gives how many.

    Replaces what was known.

    Raises:
        InputError: no such table or column.
    """
    return _imported(warehouse, path, "creatives.csv")


def import_drafts(warehouse: Warehouse, path: Path) -> int:
    """Keep a table of variants that are yet to be shown, with the pictures that lie beside it. Gives how many.

    Raises:
        InputError: no such table or column.
    """
    return _imported(warehouse, path, "drafts.csv")


def creatives_of(warehouse: Warehouse) -> tuple[Path | None, Path | None, tuple[Path, ...]]:
    """The tables of tested variants and of drafts that were imported, and their pictures."""
    folder = warehouse.folder / _FOLDER
    tables = [folder / name for name in ("creatives.csv", "drafts.csv")]
    there = [table if table.is_file() else None for table in tables]
    rows = [one for table in there if table for one in _of_table(table, (), counted=False)]
    names = sorted({one.picture for one in rows if one.picture})
    return there[0], there[1], tuple(folder / name for name in names if (folder / name).is_file())


def _imported(warehouse: Warehouse, path: Path, name: str) -> int:
    rows = _of_table(path, (), counted=False)
    pictures = sorted({one.picture for one in rows if one.picture and (path.parent / one.picture).is_file()})
    with warehouse.writing():
        folder = warehouse.folder / _FOLDER
        folder.mkdir(exist_ok=True)
        for picture in pictures:
            write_atomically(folder / picture, path.parent / picture)
        write_atomically(folder / name, path)
        manifest = warehouse.manifest()
        # What was found out before this was known is found out anew.
        warehouse.commit(manifest.model_copy(update={"generation": manifest.generation + 1}))
    return len(rows)


def _of_table(path: Path, features: tuple[str, ...], *, counted: bool) -> list[Creative]:
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise InputError("There is no table here, or it is over 1 GB.", path=path, hint="Give CSV or TSV.")
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = (line.replace("\x00", "") for line in file)
        reader = csv.DictReader(lines, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        try:
            known = {(name or "").strip().lower(): name for name in reversed(reader.fieldnames or ())}
            found = {
                what: next((known[name] for name in names if name in known), "") for what, names in _COLUMNS.items()
            }
            _check(found, features, list(reader.fieldnames or ()), path, counted)
            return [_creative(row, found, features, number) for number, row in enumerate(reader, 1)]
        except csv.Error as error:
            raise InputError(f"This is no table ({error}).", path=path, hint="Give CSV or TSV.") from error


def _check(found: dict[str, str], features: tuple[str, ...], names: list[str], path: Path, counted: bool) -> None:
    for what in ("test", "impressions", "clicks") if counted else ():
        if not found[what]:
            raise InputError(
                f"This table has no column `{what}`.", path=path,
                hint="Columns: test, variant, impressions, clicks, text, picture.",
            )  # fmt: skip
    if not (found["text"] or found["picture"] or features):
        raise InputError(
            "This table has neither `text` nor `picture`, so nothing tells its variants apart.", path=path,
            hint="Add one of them, or name columns with --features.",
        )  # fmt: skip
    missing = [name for name in features if name not in names]
    if missing:
        raise InputError(f"This table has no column {missing[0]!r}.", path=path, hint="Check --features.")


def _creative(row: dict[str, str], found: dict[str, str], features: tuple[str, ...], number: int) -> Creative:
    def text(what: str) -> str:
        return str(row.get(found[what]) or "").strip()[:2_000] if found[what] else ""

    return Creative(
        test=text("test"), variant=text("variant") or text("text") or text("picture") or f"row {number}",
        text=text("text"), picture=Path(text("picture")).name, impressions=_count(text("impressions")),
        clicks=_count(text("clicks")),
        numbers={name: value for name in features if math.isfinite(value := _number(row.get(name)))},
    )  # fmt: skip


def _number(value: str | None) -> float:
    try:
        return float(value or "nan")
    except ValueError:
        return math.nan


def _count(value: str) -> int:
    """A count; −1 where it is none."""
    number = _number(value)
    return int(number) if math.isfinite(number) and 0 <= number < 1e15 else -1


def _of_warehouse(warehouse: Warehouse, engine: str, features: tuple[str, ...], notes: list[str]) -> list[Creative]:
    """Each viewer who was shown one variant counts once, as clicked or not."""
    with open_engine(engine) as served:
        events = warehouse.table(served, "events")
        ours = events.filter(events.experiment_id.notnull() & events.variant.notnull())
        ours = ours.filter(ours.event.isin(["impression", "click"]))
        each = ours.group_by(["experiment_id", "variant", "viewer"]).agg(
            shown=(ours.event == "impression").cast("int64").max(), clicked=(ours.event == "click").cast("int64").max()
        )
        each = each.filter(each.shown > 0)
        sums = each.group_by(["experiment_id", "variant"]).agg(shown=each.count(), clicked=each.clicked.sum())
        rows = served.rows(sums.order_by(["experiment_id", "variant"]))
    path = warehouse.folder / _FOLDER / "creatives.csv"
    if not path.is_file():
        raise InputError(
            "Nothing is known of what the tested variants of this warehouse say and look like.", path=warehouse.folder,
            hint="Import a table of test, variant, text, picture: rushlight audience import FILE --form creatives.",
        )  # fmt: skip
    said = {(one.test, one.variant): one for one in _of_table(path, features, counted=False)}
    found = []
    for row in rows:
        content = said.get((str(row["experiment_id"]), str(row["variant"])))
        if content is not None:
            found.append(replace(content, impressions=int(row["shown"]), clicks=int(row["clicked"])))
    if len(found) < len(rows):
        notes.append(f"{len(rows) - len(found)} tested variants were not described and are left out.")
    return found


def _usable(rows: list[Creative], path: Path, notes: list[str]) -> list[Creative]:
    """Variants that were shown, of tests that have two; the same row twice counts once."""
    reasons = {
        "name no test": [one for one in rows if not one.test],
        "have a count that is none": [one for one in rows if one.test and min(one.impressions, one.clicks) < 0],
        "were never shown": [one for one in rows if one.test and one.impressions == 0 and one.clicks >= 0],
        "were clicked more often than shown": [one for one in rows if one.test and one.clicks > one.impressions > 0],
    }
    for reason, wrong in reasons.items():
        if wrong:
            notes.append(f"{len(wrong):,} variants {reason} and are left out.")
    left_out = {id(one) for wrong in reasons.values() for one in wrong}
    kept: dict[tuple[str, ...], Creative] = {}
    doubled = 0
    for one in rows:
        key = (one.test, one.variant, one.text, one.picture, str(one.impressions), str(one.clicks))
        if id(one) not in left_out:
            doubled += key in kept
            kept.setdefault(key, one)
    if doubled:
        notes.append(f"{doubled:,} rows were there before and are left out.")
    sizes = Counter(one.test for one in kept.values())
    found = [one for one in kept.values() if sizes[one.test] >= 2]
    if len(found) < len(kept):
        notes.append(f"{len(kept) - len(found):,} variants are alone in their test and are left out.")
    if not found:
        raise InputError(
            "There is no test with two variants that were shown.", path=path, hint=" ".join(notes) or "Check its rows."
        )
    return sorted(found, key=lambda one: one.test)
