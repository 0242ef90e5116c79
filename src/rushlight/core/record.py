"""Records: what was done, with what, by whom, at what cost. One file each, written once, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rushlight.core.artifact import canonical_json
from rushlight.core.errors import StorageError
from rushlight.core.store import write_atomically

__all__ = ["InputUse", "Ledger", "Record", "cache_key"]


def cache_key(
    capability: str, version: int, parameters: dict[str, Any], inputs: list[tuple[str, str]], revision: str
) -> str:
    """The hash a result is kept under: capability and version, parameters, input digests, model revision."""
    payload = [capability, version, parameters, inputs, revision]
    return hashlib.sha256(canonical_json(payload).encode()).hexdigest()


class InputUse(BaseModel):
    """One input of a step: its place in the signature, its digest, and the record that made it, if one did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: str
    digest: str
    made_by: str = ""
    files: tuple[str, ...] = ()
    """SHA-256 of the files the input rests on."""


class Record(BaseModel):
    """One act: a capability that ran, or a person who edited, approved or published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    capability: str
    version: int
    parameters: dict[str, Any] = {}
    """All parameters, defaults too."""
    passed: tuple[str, ...] = ()
    """Names of the parameters that were passed."""
    inputs: tuple[InputUse, ...] = ()
    output_kind: str = ""
    output_digest: str = ""
    output: dict[str, Any] = {}
    """The artifact itself; file paths inside the project are relative to it."""
    models: tuple[dict[str, str], ...] = ()
    revision: str = ""
    seed: int | None = None
    asked_by: str = ""
    approved_by: str = ""
    started: datetime
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    energy_wh: float = 0.0
    """Estimated: processor seconds times a nominal 15 W a core; marked as an estimate wherever shown."""
    cost_eur: float = 0.0
    figures: dict[str, float] = {}
    weak: tuple[str, ...] = ()
    action: str = ""
    source_type: str = ""
    job: str = ""
    """The whole job this act was part of, such as `make`."""
    rushlight_version: str = ""

    def files(self) -> set[str]:
        """SHA-256 of every file in the output."""
        return set(_hashes(self.output))


def _hashes(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "sha256" in value and "path" in value:
            yield value["sha256"]
        for item in value.values():
            yield from _hashes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _hashes(item)


class Ledger:
    """All records of a project, one JSON file each, named by key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, key: str) -> Record | None:
        """The record with this key, or None.

        Raises:
            StorageError: the record is there but damaged.
        """
        path = self.root / f"{key}.json"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return Record.model_validate_json(text)
        except (ValidationError, json.JSONDecodeError) as error:
            raise StorageError(
                "This record is damaged.", path=path, hint="Delete the file; the step will run again."
            ) from error

    def add(self, record: Record) -> None:
        """Write a record; this is the moment its step counts as finished."""
        write_atomically(self.root / f"{record.key}.json", record.model_dump_json(indent=1))

    def all(self) -> list[Record]:
        """Every record, oldest first."""
        keys = [path.stem for path in self.root.glob("*.json")] if self.root.is_dir() else []
        found = [record for key in keys if (record := self.get(key)) is not None]
        return sorted(found, key=lambda record: (record.started, record.key))

    def made(self, *, digest: str = "", file: str = "") -> Record | None:
        """The newest record whose output has this digest, or holds a file with this hash."""
        for record in reversed(self.all()):
            if (digest and record.output_digest == digest) or (file and file in record.files()):
                return record
        return None
