from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rushlight.core.errors import InputError, ModelError, StorageError
from rushlight.trust.certificates import make_chain
from rushlight.trust.keys import KeyFolder


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    identity = folder.make("Aurora Films")
    assert stat.S_IMODE(folder.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.folder.iterdir()} == {0o600}
    assert "PRIVATE" not in repr(identity)
    assert folder.identity() == identity


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.make("Aurora Films")
    (folder.folder / "leaf.key").chmod(0o644)
    with pytest.raises(StorageError, match="Others can read"):
        folder.identity()


def test_no_keys_and_second_keys(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    with pytest.raises(ModelError, match="no keys"):
        folder.identity()
    first = folder.make("Aurora Films")
    with pytest.raises(InputError, match="already"):
        folder.make("Aurora Films")
    assert folder.make("Aurora Films", replace=True).fingerprint != first.fingerprint


def test_a_leaf_about_to_end_is_renewed_under_the_same_root(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.make("Aurora Films")
    old = make_chain("Aurora Films", datetime.now(UTC) - timedelta(days=5 * 365 - 3))
    for name, content in (
        ("root.pem", old.root), ("intermediate.pem", old.intermediate), ("chain.pem", old.chain),
        ("leaf.key", old.key), ("intermediate.key", old.intermediate_key),
    ):  # fmt: skip
        (folder.folder / name).write_bytes(content)
    identity = folder.identity()
    assert identity.leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1000)
    assert identity.root == old.root
    assert identity.key != old.key
    assert folder.identity() == identity


def test_further_roots_are_trusted(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.make("Aurora Films")
    other = make_chain("Other House").root
    assert folder.trust(other) == 1
    assert other.strip() in folder.anchors()
    with pytest.raises(InputError, match="no list"):
        folder.trust(b"hello")


def test_a_damaged_description_is_one_sentence(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.make("Aurora Films")
    (folder.folder / "identity.json").write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        folder.identity()


def test_the_keyring_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}

    class Ring:
        priority = 1

        def set_password(self, service: str, name: str, secret: str) -> None:
            kept[(service, name)] = secret

        def get_password(self, service: str, name: str) -> str | None:
            return kept.get((service, name))

    monkeypatch.setattr("rushlight.trust.keys._keyring", Ring)
    folder = KeyFolder(tmp_path / "keys")
    identity = folder.make("Aurora Films", in_keyring=True)
    assert not list(folder.folder.glob("*.key"))
    assert json.loads((folder.folder / "identity.json").read_text())["in_keyring"]
    assert identity.key.decode() in kept.values()
