"""What is known of titles beside how they are watched: names, categories, lengths."""

from __future__ import annotations

import csv
from pathlib import Path

from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

__all__ = ["import_titles"]

_KNOWN = ("name", "category", "released", "film", "theme", "cast", "director", "style")
_MOST_BYTES = 100_000_000


def import_titles(warehouse: Warehouse, path: Path) -> int:
    """Note a table of titles: CSV with `title_id` and any of name, category, released, film (a file to show), theme,
    cast, director and style (several of one parted by |).

    Gives how many titles are known now; what was known of others stays.

    Raises:
        InputError: no such table.
    """
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise InputError("There is no table of titles here, or it is over 100 MB.", path=path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig", errors="replace").splitlines()))
    if not rows or "title_id" not in rows[0]:
        raise InputError(
            "This table has no column `title_id`.", path=path, hint=f"Columns: title_id, {', '.join(_KNOWN)}."
        )
    known = {row["title_id"]: {name: row[name] for name in _KNOWN if row.get(name)} for row in rows if row["title_id"]}
    with warehouse.writing():
        manifest = warehouse.manifest()
        titles = {**manifest.titles, **known}
        warehouse.commit(manifest.model_copy(update={"titles": titles, "generation": manifest.generation + 1}))
    return len(titles)
