"""A local index of works: one SQLite file with the prints of what is protected, and of what is one's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError
from rushlight.trust.similarity.prints import Print, pack, take_print, unpack

__all__ = ["Catalogue", "Whose", "Work"]

Whose = Literal["protected", "own"]
_APPLICATION = 0x52554C43
_TABLE = """
CREATE TABLE IF NOT EXISTS works (
    sha256 TEXT PRIMARY KEY, title TEXT NOT NULL, whose TEXT NOT NULL, holder TEXT NOT NULL, place TEXT NOT NULL,
    print BLOB NOT NULL
)
"""


@dataclass(frozen=True)
class Work:
    """One work of the index."""

    sha256: str
    title: str
    whose: Whose
    holder: str
    place: str
    """Where it lay when it was added."""
    kept: Print


class Catalogue:
    """An index of works in a file.

    Args:
        path: the file; made when something is added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, file: Path, *, title: str = "", whose: Whose = "protected", holder: str = "") -> bool:
        """Take the print of a work and keep it; the file itself is not kept.

        Returns:
            Whether it is new; a work that is there already gets the new title.

        Raises:
            InputError: no such file, or the index is another program's.
            MediaError: nothing of it can be decoded.
        """
        sha256 = file_sha256(file)
        values = (title or file.stem, whose, holder, str(file.absolute()))
        with closing(self._opened()) as index, index:
            index.execute(_TABLE)
            known = index.execute("SELECT 1 FROM works WHERE sha256 = ?", (sha256,)).fetchone()
            if known:
                index.execute("UPDATE works SET title=?, whose=?, holder=?, place=? WHERE sha256=?", (*values, sha256))
                return False
            index.execute("INSERT INTO works VALUES (?, ?, ?, ?, ?, ?)", (sha256, *values, pack(take_print(file))))
        return True

    def remove(self, sha256: str) -> bool:
        """Forget a work; whether it was there."""
        with closing(self._opened()) as index, index:
            return index.execute("DELETE FROM works WHERE sha256 = ?", (sha256,)).rowcount > 0

    def works(self) -> Iterator[Work]:
        """All works, by title.

        Raises:
            InputError: there is no such index, or it is damaged.
        """
        if not self.path.is_file():
            raise InputError(
                "There is no such index.",
                path=self.path,
                hint="Make one: rushlight trust catalogue FILE… --index INDEX.",
            )
        with closing(self._opened()) as index:
            try:
                rows = index.execute(
                    "SELECT sha256, title, whose, holder, place, print FROM works ORDER BY title COLLATE NOCASE, sha256"
                )
                for sha256, title, whose, holder, place, data in rows:
                    yield Work(sha256, title, whose, holder, place, unpack(data))
            except sqlite3.DatabaseError as error:
                raise InputError("This index is damaged, or none.", path=self.path, hint="Make it anew.") from error

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            index = sqlite3.connect(self.path)
            (application,) = index.execute("PRAGMA application_id").fetchone()
            (tables,) = index.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if application not in (0, _APPLICATION) or (application == 0 and tables):
                raise InputError("This file is another program's.", path=self.path, hint="Choose another name.")
            index.execute(f"PRAGMA application_id = {_APPLICATION}")
        except sqlite3.DatabaseError as error:
            raise InputError("This is no index of works.", path=self.path, hint="Choose another name.") from error
        return index
