"""Files kept by the hash of their bytes, written so that a kill at any moment leaves nothing torn."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rushlight.core.artifact import FileRef, file_sha256
from rushlight.core.errors import RushlightError, StorageError

__all__ = ["Store", "storage_explained", "write_atomically"]

_STORAGE_ERRORS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOENT, errno.ENOTDIR)
)


@contextmanager
def storage_explained(path: Path) -> Iterator[None]:
    """Turn the system's errors about disks and rights, inside the block, into a `StorageError` in plain words."""
    try:
        yield
    except OSError as error:
        if isinstance(error, RushlightError) or error.errno not in _STORAGE_ERRORS:
            raise
        reasons = {
            errno.ENOSPC: (
                "The disk is full.",
                "Free some space and run the command again; finished steps are kept.",
            ),
            errno.EDQUOT: ("Your disk quota is used up.", "Free some space and run the command again."),
            errno.EACCES: ("There is no permission to write here.", "Choose another folder or change its rights."),
            errno.ENOENT: (f"A file that is needed is gone: {error.filename}.", "Bring it back, or run again."),
            errno.EROFS: ("This disk is read-only.", "Choose another folder."),
        }
        message, hint = reasons.get(error.errno or 0, (f"Writing failed ({error.strerror}).", "Look at the disk."))
        raise StorageError(message, path=path, hint=hint) from error


def write_atomically(path: Path, data: bytes | str | Path) -> None:
    """Write bytes, text or a copy of a file under a final name: beside it first, flushed, then renamed.

    Raises:
        StorageError: disk full, no permission, or the disk failed; the old file is untouched.
    """
    with storage_explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                if isinstance(data, Path):
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, file, 1 << 20)
                else:
                    file.write(data.encode() if isinstance(data, str) else data)
                file.flush()
                os.fsync(file.fileno())
            beside.chmod(0o644)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


class Store:
    """A folder of immutable files named by SHA-256.

    Args:
        root: the folder; made when the first file comes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, sha256: str, suffix: str) -> Path:
        """Where a file with this hash lies, whether or not it is there."""
        return self.root / sha256[:2] / f"{sha256}{suffix}"

    def adopt(self, file: FileRef) -> FileRef:
        """Take a file in (moved when it is on the same disk) and return the reference to the kept one."""
        kept = self.path_of(file.sha256, file.path.suffix)
        if not (kept.exists() and kept.stat().st_size == file.bytes):
            with storage_explained(kept):
                kept.parent.mkdir(parents=True, exist_ok=True)
                with file.path.open("rb") as handle:
                    os.fsync(handle.fileno())
                file.path.replace(kept) if _same_disk(file.path, kept.parent) else write_atomically(kept, file.path)
                kept.chmod(0o444)
        return file.model_copy(update={"path": kept})

    def holds(self, file: FileRef) -> bool:
        """Whether the kept file is there in full length (its hash was checked when it came in)."""
        try:
            return file.path.stat().st_size == file.bytes
        except OSError:
            return False

    def verify(self) -> list[Path]:
        """Every kept file whose bytes no longer match its name."""
        damaged = []
        for path in sorted(self.root.glob("??/*")):
            if not path.name.startswith(".") and file_sha256(path) != path.name.split(".")[0]:
                damaged.append(path)
        return damaged


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def free_bytes(path: Path) -> int:
    """Free space on the disk that holds `path`."""
    usage: Any = shutil.disk_usage(path)
    return int(usage.free)
