"""The ledger: an append-only log of a project's records that shows every later change.

Each record becomes an entry of the log: its number, its step, and a salted commitment to all of it. What a record says
stays in the record; whoever is to be shown it gets the record and the salt. When salt and record are deleted, nobody
can tell from the log what was there, and the log stays whole. Checkpoints sign the size and the root of the log; a
witness who saw one notices when the log is ever rewritten.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rushlight.core.artifact import canonical_json
from rushlight.core.errors import InputError, StorageError
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.core.store import storage_explained, write_atomically
from rushlight.trust.keys import KeyFolder
from rushlight.trust.merkle import MerkleTree, leaf_hash, proves_growth, proves_presence
from rushlight.trust.notes import Checkpoint, NoteSigner, parse_checkpoint, public_key_text, verifies

__all__ = ["Finding", "LedgerCheck", "ProjectLedger", "Witness", "commitment", "log_signer"]

_ENTRIES, _OPENINGS, _CHECKPOINT = "entries.jsonl", "openings.jsonl", "checkpoint"
_SCRIPT = "check_ledger.py"


def commitment(salt: bytes, record: bytes) -> str:
    """What the log holds of a record."""
    return hashlib.sha256(b"rushlight record v1\0" + salt + record).hexdigest()


def log_signer(folder: KeyFolder | None = None) -> NoteSigner:
    """The key that signs checkpoints; made on first use, in the folder of keys."""
    folder = folder or KeyFolder()
    raw = folder.secret("ledger", lambda: Ed25519PrivateKey.generate().private_bytes_raw().hex().encode())
    name = folder.folder.parent.name if not folder.exists else folder.identity().name
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-") or "ledger"
    return NoteSigner(f"rushlight/{plain}", Ed25519PrivateKey.from_private_bytes(bytes.fromhex(raw.decode())))


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing."""

    kind: str
    """`changed`, `missing`, `unlogged`, `rewritten`, `signature`, `erased`, `again`."""
    said: str

    @property
    def is_wrong(self) -> bool:
        """Whether it speaks against the ledger; an erasure and a step that ran again do not."""
        return self.kind not in ("erased", "again", "unlogged")


@dataclass
class LedgerCheck:
    """What a check found."""

    size: int
    root: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, deleted, moved or forked."""
        return not any(finding.is_wrong for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        found = [{"kind": finding.kind, "said": finding.said} for finding in self.findings]
        return {"verdict": "whole" if self.is_whole else "broken", "size": self.size, "root": self.root,
                "findings": found}  # fmt: skip


class ProjectLedger:
    """The log of one project, in `.rushlight/ledger/`.

    Args:
        project: whose records it keeps.
        signer: who signs checkpoints; none are written without.
    """

    def __init__(self, project: Project, signer: NoteSigner | None = None) -> None:
        self.project, self.signer = project, signer
        self.folder = project.memory / "ledger"

    # -- writing -------------------------------------------------------------------------------

    def update(self) -> int:
        """Log every record that is not in the log, sign a checkpoint, and say how many were added.

        A record that was written anew under the same key is logged again; both entries stay.
        """
        with self._locked():
            known = {opening["key"]: opening for opening in self._openings() if not opening.get("erased")}
            fresh = []
            for record in self.project.ledger.all():
                data, opening = _record_bytes(record), known.get(record.key)
                if opening is None or commitment(bytes.fromhex(opening["salt"]), data) != opening["commitment"]:
                    fresh.append((record, data))
            if fresh:
                self.append(fresh)
            if fresh or not (self.folder / _CHECKPOINT).exists():
                self._sign_checkpoint()
        return len(fresh)

    def append(self, records: Iterable[tuple[Record, bytes]]) -> None:
        """Add entries for records; on the disk when this returns."""
        number = sum(1 for _ in self._entry_lines())
        given = list(records)
        salts = secrets.token_bytes(32 * len(given))
        steps: dict[str, str] = {}
        entries, openings = [], []
        for place, (record, data) in enumerate(given):
            salt = salts[32 * place : 32 * place + 32]
            bound, step = commitment(salt, data), record.capability
            # Canonical JSON, put together by hand: a log may take a hundred thousand entries at once.
            quoted = steps.get(step) or steps.setdefault(step, canonical_json(step))
            entries.append(f'{{"commitment":"{bound}","number":{number},"step":{quoted}}}\n')
            key = canonical_json(record.key)
            openings.append(f'{{"commitment":"{bound}","key":{key},"number":{number},"salt":"{salt.hex()}"}}\n')
            number += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        # The openings first: an entry without its opening could never be shown to anybody.
        for name, lines in ((_OPENINGS, openings), (_ENTRIES, entries)):
            with storage_explained(self.folder), (self.folder / name).open("a", encoding="utf-8") as file:
                file.write("".join(lines))
                file.flush()
                os.fsync(file.fileno())

    def erase(self, key: str, reason: str) -> int:
        """Delete a record and the salts of its entries, for good; returns how many entries it had.

        Raises:
            InputError: the ledger knows no such record.
        """
        with self._locked():
            openings = list(self._openings())
            mine = [opening for opening in openings if opening["key"] == key]
            if not mine:
                raise InputError(f"The ledger knows no record {key[:12]}.", hint="`rushlight log --json` names them.")
            kept = [
                {"commitment": one["commitment"], "erased": reason, "key": "", "number": one["number"], "salt": ""}
                if one["key"] == key
                else one
                for one in openings
            ]
            write_atomically(self.folder / _OPENINGS, "".join(canonical_json(one) + "\n" for one in kept))
            (self.project.ledger.root / f"{key}.json").unlink(missing_ok=True)
        return len(mine)

    def _sign_checkpoint(self) -> None:
        if self.signer is None:
            return
        tree = self.tree()
        note = self.signer.sign(Checkpoint(self.origin, len(tree), tree.root()))
        write_atomically(self.folder / _CHECKPOINT, note.text())
        write_atomically(self.folder / "checkpoints" / f"{len(tree):09d}", note.text())
        key = public_key_text(self.signer.name, self.signer.public)
        write_atomically(self.folder / "key", key + "\n")

    # -- reading -------------------------------------------------------------------------------

    @property
    def origin(self) -> str:
        """The log's name: random, made once, so that it tells nothing of the project."""
        path = self.folder / "origin"
        if not path.is_file():
            write_atomically(path, f"rushlight/ledger/{secrets.token_hex(8)}\n")
        return path.read_text(encoding="utf-8").strip()

    def tree(self) -> MerkleTree:
        """The tree over all entries."""
        return MerkleTree(self._entry_lines())

    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint, or None."""
        try:
            return parse_checkpoint((self.folder / _CHECKPOINT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def _entry_lines(self) -> Iterator[bytes]:
        try:
            with (self.folder / _ENTRIES).open("rb") as file:
                for line in file:
                    yield line.rstrip(b"\n")
        except FileNotFoundError:
            return

    def _openings(self) -> Iterator[dict[str, Any]]:
        try:
            with (self.folder / _OPENINGS).open(encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    try:
                        yield json.loads(line)
                    except ValueError as error:
                        raise StorageError(
                            "The ledger's list of salts is damaged.", path=self.folder / _OPENINGS,
                            where=f"line {number}", hint="Bring it back from a copy.",
                        ) from error  # fmt: skip
        except FileNotFoundError:
            return

    def check(self, seen: Iterable[Checkpoint] = (), key: str = "") -> LedgerCheck:
        """Compare the log with the records, with its checkpoints, and with checkpoints that others have seen.

        Args:
            seen: checkpoints that a witness, a client or an earlier export holds.
            key: public key of the log; the one beside it when not given.
        """
        tree = self.tree()
        found = LedgerCheck(len(tree), tree.root().hex())
        key = key or self._public_key()
        own = []
        for path in sorted((self.folder / "checkpoints").glob("*")):
            try:
                own.append(parse_checkpoint(path.read_text(encoding="utf-8", errors="replace")))
            except InputError:
                found.findings.append(Finding("signature", f"The checkpoint {path.name} is damaged."))
        for checkpoint in (*own, *seen):
            found.findings += _against(checkpoint, tree, key)
        signed = max((checkpoint.size for checkpoint in own), default=0)
        if len(tree) and not signed:
            found.findings.append(Finding("missing", "No checkpoint signs any of it."))
        elif signed < len(tree):
            found.findings.append(Finding("unlogged", f"{len(tree) - signed} entries are not signed yet."))
        found.findings += self._against_records(list(self._entry_lines()))
        return found

    def _public_key(self) -> str:
        path = self.folder / "key"
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

    def _against_records(self, lines: list[bytes]) -> Iterator[Finding]:
        openings = list(self._openings())
        if len(openings) != len(lines):
            yield Finding("missing", f"The log has {len(lines)} entries and {len(openings)} salts.")
        last: dict[str, dict[str, Any]] = {}
        for opening, line in zip(openings, lines, strict=False):
            entry = _entry(line)
            if entry.get("commitment") != opening.get("commitment") or entry.get("number") != opening.get("number"):
                yield Finding("changed", f"Entry {opening.get('number')} is not the one that was logged.")
            if opening.get("erased"):
                yield Finding("erased", f"Entry {opening['number']} was erased: {opening['erased']}.")
                continue
            if opening["key"] in last:
                yield Finding("again", f"The step {opening['key'][:12]} ran again and was logged a second time.")
            last[opening["key"]] = opening
        records = {record.key: record for record in self.project.ledger.all()}
        for key, opening in last.items():
            record = records.pop(key, None)
            if record is None:
                yield Finding("missing", f"The record {key[:12]} of entry {opening['number']} is not there any more.")
            elif commitment(bytes.fromhex(opening["salt"]), _record_bytes(record)) != opening["commitment"]:
                yield Finding("changed", f"The record {key[:12]} of entry {opening['number']} was changed.")
        for key in records:
            yield Finding("unlogged", f"The record {key[:12]} is not in the log yet.")

    def prove(self, key: str) -> dict[str, Any]:
        """All that shows to an outsider that a record stands in the log: record, salt, entry, proof and checkpoint.

        Raises:
            InputError: the record is not in the log, or no checkpoint covers it.
        """
        checkpoint, tree = self.checkpoint(), self.tree()
        opening = next((one for one in reversed(list(self._openings())) if one["key"] == key), None)
        record = self.project.ledger.get(key)
        if opening is None or record is None or checkpoint is None or opening["number"] >= checkpoint.size:
            raise InputError(f"No checkpoint covers a record {key[:12]}.", hint="`rushlight trust ledger update`.")
        number = int(opening["number"])
        lines = list(self._entry_lines())
        proof = tree.presence_proof(number, checkpoint.size)
        assert proves_presence(leaf_hash(lines[number]), number, checkpoint.size, proof, checkpoint.root)
        return {
            "record": _record_bytes(record).decode(),
            "salt": opening["salt"],
            "entry": lines[number].decode(),
            "number": number,
            "proof": [step.hex() for step in proof],
            "checkpoint": checkpoint.text(),
            "key": self._public_key(),
        }

    def growth(self, before: int) -> list[bytes]:
        """The proof that the log only grew since it had `before` entries."""
        tree = self.tree()
        return tree.growth_proof(before, len(tree)) if before else []

    def export(self, folder: Path, *, with_records: bool = False) -> Path:
        """Write the log so that a third party can check it with the script beside it.

        Args:
            folder: new or empty.
            with_records: the records and salts too; without, the log shows that nothing changed, and not what it was.
        """
        if folder.exists() and any(folder.iterdir()):
            raise InputError("This folder is not empty.", path=folder, hint="Pick a new name.")
        for name in (_ENTRIES, _CHECKPOINT, "key"):
            if (self.folder / name).is_file():
                write_atomically(folder / name, (self.folder / name).read_bytes())
        for path in sorted((self.folder / "checkpoints").glob("*")):
            write_atomically(folder / "checkpoints" / path.name, path.read_bytes())
        if with_records:
            opened = []
            for opening in self._openings():
                record = self.project.ledger.get(opening["key"]) if opening["key"] else None
                if record is not None:
                    opened.append(canonical_json({**opening, "record": _record_bytes(record).decode()}) + "\n")
            write_atomically(folder / "records.jsonl", "".join(opened))
        script = files("rushlight.trust").joinpath("standalone", _SCRIPT).read_text(encoding="utf-8")
        write_atomically(folder / _SCRIPT, script)
        return folder

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with storage_explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("a+")
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _against(checkpoint: Checkpoint, tree: MerkleTree, key: str) -> Iterator[Finding]:
    if key and not verifies(checkpoint, key):
        yield Finding("signature", f"The checkpoint of {checkpoint.size} entries is not signed by this log.")
    if checkpoint.size > len(tree):
        yield Finding(
            "rewritten", f"There were {checkpoint.size} entries once; now there are {len(tree)}."
        )  # fmt: skip
    elif tree.root(checkpoint.size) != checkpoint.root:
        yield Finding("rewritten", f"The first {checkpoint.size} entries are not those that were signed.")


def _record_bytes(record: Record) -> bytes:
    return canonical_json(record.model_dump(mode="json")).encode()


def _entry(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


class Witness:
    """Somebody who remembers the last checkpoint of each log they saw, and co-signs only what grew from it.

    Args:
        folder: where what was seen is kept; not the log's own disk, if it is to be of use.
        signer: who co-signs.
    """

    def __init__(self, folder: Path, signer: NoteSigner) -> None:
        self.folder, self.signer = folder, signer

    def cosign(self, checkpoint: Checkpoint, key: str, growth: list[bytes], at: int | None = None) -> Checkpoint:
        """Check a checkpoint against the last one seen, remember it, and co-sign it.

        Args:
            checkpoint: the new one.
            key: public key of the log; the first time it is believed, from then on it has to be the same.
            growth: proof that the log grew from the size last seen.
            at: seconds since 1970; now when not given.

        Raises:
            InputError: not signed by the log, another key than before, or the log did not grow from what was seen.
        """
        path = self.folder / f"{hashlib.sha256(checkpoint.origin.encode()).hexdigest()[:32]}.json"
        if not verifies(checkpoint, key):
            raise InputError("This checkpoint is not signed by the log.", hint="Ask for the log's public key.")
        if path.is_file():
            known = json.loads(path.read_text(encoding="utf-8"))
            if known["key"] != key:
                raise InputError("The log has another key than when it was first seen.", hint="Ask whoever keeps it.")
            seen = parse_checkpoint(known["checkpoint"])
            if checkpoint.size < seen.size or not (
                seen.size == 0 or proves_growth(seen.size, checkpoint.size, growth, seen.root, checkpoint.root)
            ):
                raise InputError(
                    f"The log was rewritten: it does not grow from the {seen.size} entries that were seen.",
                    hint="Both checkpoints together are the proof; keep them.",
                )
        write_atomically(path, json.dumps({"key": key, "checkpoint": checkpoint.text()}, indent=1))
        return self.signer.cosign(checkpoint, int(time.time()) if at is None else at)

    def last_size(self, origin: str) -> int:
        """How many entries the log had when it was last seen; 0 for one that was not."""
        path = self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"
        if not path.is_file():
            return 0
        return parse_checkpoint(json.loads(path.read_text(encoding="utf-8"))["checkpoint"]).size
