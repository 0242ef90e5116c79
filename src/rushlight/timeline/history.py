"""The history of a script: every version with its author, so that any can be shown and brought back."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from rushlight.core.errors import InputError, StorageError
from rushlight.core.store import storage_explained, write_atomically
from rushlight.timeline.authorship import VersionText

__all__ = ["History", "Version"]


class Version(BaseModel):
    """One version of a script."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    """From 1, in order."""
    sha256: str
    """Of its text; the text lies in a file of that name."""
    author: str
    """A person's name, or what wrote it, such as `grammar`."""
    is_person: bool
    made: datetime
    key: str = ""
    """Of the record of the step that made it; empty when a person did."""
    note: str = ""
    """What was done, such as `rewrite s2.4`."""


class _Versions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: tuple[Version, ...] = ()


class History:
    """The versions of one script, in a folder of their own.

    Args:
        folder: such as `.rushlight/history/film.fountain`; made when the first version comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._list = folder / "versions.json"

    def versions(self) -> tuple[Version, ...]:
        """All versions, oldest first.

        Raises:
            StorageError: the list is damaged.
        """
        try:
            return _Versions.model_validate_json(self._list.read_text(encoding="utf-8")).versions
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError, UnicodeDecodeError) as error:
            raise StorageError(
                "The list of this script's versions is damaged.",
                path=self._list,
                hint="The versions themselves lie beside it as text files, named by their hash.",
            ) from error

    def text(self, version: Version) -> str:
        """A version's text, exactly as it was.

        Raises:
            StorageError: it is missing or damaged.
        """
        path = self.folder / f"{version.sha256}.txt"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StorageError(f"Version {version.number} cannot be read ({error.strerror}).", path=path) from error
        if hashlib.sha256(data).hexdigest() != version.sha256:
            raise StorageError(f"Version {version.number} is damaged.", path=path, hint="Choose another version.")
        return data.decode("utf-8", errors="surrogatepass")

    def add(self, text: str, author: str, *, is_person: bool, key: str = "", note: str = "") -> Version:
        """Keep a version, unless it is the last one already.

        Returns:
            The version: the new one, or the last one when it has the same text.

        Raises:
            StorageError: it cannot be written; the history is as it was.
        """
        data = text.encode("utf-8", errors="surrogatepass")
        digest = hashlib.sha256(data).hexdigest()
        with storage_explained(self.folder), self._locked():
            versions = self.versions()
            if versions and versions[-1].sha256 == digest:
                return versions[-1]
            write_atomically(self.folder / f"{digest}.txt", data)
            version = Version(
                number=len(versions) + 1,
                sha256=digest,
                author=author,
                is_person=is_person,
                made=datetime.now(UTC),
                key=key,
                note=note,
            )
            write_atomically(self._list, _Versions(versions=(*versions, version)).model_dump_json(indent=1))
        return version

    def find(self, name: str) -> Version:
        """The version that a person names: by number (`-1` is the last), or by the start of its hash.

        Raises:
            InputError: there is none, or several.
        """
        versions = self.versions()
        found = [
            version for version in versions if re.fullmatch(r"[0-9a-f]{6,64}", name) and version.sha256.startswith(name)
        ]
        if re.fullmatch(r"-?\d{1,6}", name):
            number = int(name)
            number = number if number > 0 else len(versions) + 1 + number
            found = [version for version in versions if version.number == number]
        if not found:
            raise InputError(
                f"There is no version {name!r}; there are {len(versions)}.",
                hint="`rushlight script history` lists them.",
            )
        return found[-1]

    def last_by_machine(self) -> Version | None:
        """The newest version that no person wrote: what a person's file was made from."""
        return next((version for version in reversed(self.versions()) if not version.is_person), None)

    def traced(self) -> list[VersionText]:
        """All versions with their texts, for `trace_authors`."""
        return [VersionText(self.text(version), version.author, version.is_person) for version in self.versions()]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
