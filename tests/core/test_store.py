import os
from pathlib import Path

import pytest

from rushlight.core.artifact import FileRef
from rushlight.core.errors import StorageError
from rushlight.core.store import Store, write_atomically


def test_adopting_twice_keeps_one_file_and_its_hash(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    kept = []
    for name in ("a.txt", "b.txt"):
        path = tmp_path / name
        path.write_bytes(b"same")
        kept.append(store.adopt(FileRef.of(path)))
    assert kept[0] == kept[1].model_copy(update={"path": kept[0].path})
    assert len(list((tmp_path / "store").rglob("*.txt"))) == 1
    assert store.holds(kept[0])
    assert store.verify() == []


def test_damage_is_noticed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = tmp_path / "a.txt"
    path.write_bytes(b"good bytes")
    kept = store.adopt(FileRef.of(path))
    kept.path.chmod(0o644)
    kept.path.write_bytes(b"bad bytes!")
    assert store.verify() == [kept.path]
    kept.path.write_bytes(b"short")
    assert not store.holds(kept)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "film.srt"
    write_atomically(target, "old")
    with pytest.raises(StorageError):
        write_atomically(target, tmp_path / "missing-source")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_full_disk_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The kernel's own always-full device stands in for the temporary file, so the error is a real ENOSPC.
    def open_full(prefix: str, dir: Path) -> tuple[int, str]:
        path = tmp_path / f"{prefix}x"
        path.touch()
        return os.open("/dev/full", os.O_WRONLY), str(path)

    monkeypatch.setattr("rushlight.core.store.tempfile.mkstemp", open_full)
    with pytest.raises(StorageError, match="disk is full") as caught:
        write_atomically(tmp_path / "out.bin", b"x" * 100_000)
    assert "Free some space" in caught.value.hint
    assert not (tmp_path / "out.bin").exists()
