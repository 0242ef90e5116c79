"""Artifacts: frozen values that capabilities read and return, known by the hash of what they hold."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from rushlight.core.errors import InputError, StorageError

__all__ = ["Artifact", "FileRef", "canonical_json", "file_sha256"]


def file_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as file:  # noqa: PTH123 - hashlib wants the raw file
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical_json(value: Any) -> str:
    """One text for one value: keys sorted, no spaces, Unicode kept; NaN and infinity are refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class FileRef(BaseModel):
    """A file that an artifact rests on: where it is now, and what its bytes hash to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    sha256: str
    bytes: int
    media_type: str = "application/octet-stream"

    @classmethod
    def of(cls, path: str | os.PathLike[str], media_type: str = "") -> Self:
        """Describe a file on disk.

        Raises:
            InputError: there is no such file, or it is a folder.
            StorageError: it cannot be read.
        """
        path = Path(path)
        try:
            if not path.is_file():
                kind = "is a folder" if path.is_dir() else "does not exist"
                raise InputError(f"This file {kind}.", path=path, hint="Check the name and the folder you are in.")
            digest, size = file_sha256(path), path.stat().st_size
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise StorageError(f"This file cannot be read ({error}).", path=str(path)) from error
        guessed = media_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(path=path.absolute(), sha256=digest, bytes=size, media_type=guessed)


class Artifact(BaseModel):
    """Base of all artifacts. Subclasses add typed, documented fields and nothing mutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_media: ClassVar[bool] = False
    """True when the artifact is picture or sound, so that whoever returns it must state a provenance action."""

    @classmethod
    def kind(cls) -> str:
        """The artifact's name in records and schemas."""
        return cls.__name__

    def digest(self) -> str:
        """SHA-256 over kind and content. Where files lie does not count, only what is in them."""
        payload = _without_paths(self.model_dump(mode="json"))
        return hashlib.sha256(f"{self.kind()}\n{canonical_json(payload)}".encode()).hexdigest()

    def files(self) -> Iterator[FileRef]:
        """Every file this artifact rests on, in field order."""
        yield from _find_files(self)

    def with_files(self, move: Callable[[FileRef], FileRef]) -> Self:
        """A copy in which every file reference went through `move`."""
        moved = _map_files(self, move)
        assert isinstance(moved, type(self))
        return moved


def _without_paths(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"path", "sha256", "bytes", "media_type"}:
            return {"sha256": value["sha256"]}
        return {key: _without_paths(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_paths(item) for item in value]
    return value


def _find_files(value: object) -> Iterator[FileRef]:
    if isinstance(value, FileRef):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _find_files(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _find_files(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _find_files(item)


def _map_files(value: Any, move: Callable[[FileRef], FileRef]) -> Any:
    if isinstance(value, FileRef):
        return move(value)
    if isinstance(value, BaseModel):
        changed = {name: _map_files(getattr(value, name), move) for name in type(value).model_fields}
        return value.model_copy(update=changed)
    if isinstance(value, tuple):
        return tuple(_map_files(item, move) for item in value)
    if isinstance(value, list):
        return [_map_files(item, move) for item in value]
    if isinstance(value, dict):
        return {key: _map_files(item, move) for key, item in value.items()}
    return value
