"""`rushlight trust …` as a person meets it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rushlight.core.project import create_project


def rushlight(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RUSHLIGHT_KEYS": str(folder / "keys"), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "rushlight.cli.main", "trust", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    y, x = np.mgrid[0:48, 0:64]
    Image.fromarray(np.stack([x * 3, y * 4, 255 - x], axis=-1).astype(np.uint8)).save(tmp_path / "harbour.png")
    return tmp_path


def test_keys_sign_and_verify(folder: Path) -> None:
    made = json.loads(rushlight(folder, "keys", "--name", "Aurora Films", "--json").stdout)
    assert made["name"] == "Aurora Films"
    assert stat.S_IMODE((folder / "keys" / "leaf.key").stat().st_mode) == 0o600
    assert rushlight(folder, "sign-credentials", "harbour.png", "--source-type", "digitalCapture").returncode == 0
    said = json.loads(rushlight(folder, "verify-credentials", "harbour-signed.png", "--json").stdout)
    assert (said["verdict"], said["reasons"]) == ("trusted", [])
    data = bytearray((folder / "harbour-signed.png").read_bytes())
    data[-40] ^= 1
    (folder / "changed.png").write_bytes(data)
    said = json.loads(rushlight(folder, "verify-credentials", "changed.png", "--json").stdout)
    assert said["verdict"] == "invalid"
    assert said["reasons"]
    text = rushlight(folder, "inspect", ".").stdout
    assert "1 absent, 1 invalid, 1 trusted" in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("verify-credentials", "none.png"), 3, "does not exist"),
        (("sign-credentials", "harbour.png"), 3, "Nothing is known"),
        (("sign-credentials", "harbour.png", "--out", "harbour.png"), 3, "overwrite"),
        (("keys", "--certificate", "harbour.png"), 3, "go together"),
        (("inspect", "none"), 3, "no such file"),
        (("report", "harbour.png"), 7, "no Rushlight project"),
        (("ledger", "check"), 7, "no Rushlight project"),
        (("approve", "harbour.png", "--by", "Anna", "--yes"), 7, "no Rushlight project"),
    ],
)
def test_errors_are_one_sentence(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = rushlight(folder, *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refused_use_and_a_broken_ledger_have_exit_codes(folder: Path) -> None:
    project = create_project(folder / "p")
    inside = project.root / "media" / "harbour.png"
    inside.write_bytes((folder / "harbour.png").read_bytes())
    where = ("--project", "p")
    assert rushlight(folder, "rights", "add", "Harbour", "--file", str(inside), "--licence", "CC-BY-NC-4.0", *where)
    assert rushlight(folder, "rights", "check", "harbour.png", *where).returncode == 0
    done = rushlight(folder, "rights", "check", "harbour.png", "--purpose", "commercial", *where)
    assert done.returncode == 10
    assert "NOT ALLOWED" in done.stdout
    rushlight(folder, "consent", "add", "Anna Brandt", "--aspect", "face", "--reference", "harbour.png", *where)
    said = json.loads(rushlight(folder, "consent", "list", "--json", *where).stdout)["consents"]
    assert rushlight(folder, "consent", "check", "harbour.png", *where).returncode == 0
    rushlight(folder, "consent", "revoke", said[0]["id"], *where)
    assert rushlight(folder, "consent", "check", "harbour.png", *where).returncode == 10
    assert rushlight(folder, "ledger", "update", *where).returncode == 0
    assert rushlight(folder, "ledger", "check", *where).returncode == 0
    record = next((project.memory / "records").glob("*.json"))
    record.write_text(record.read_text().replace('"version": 1', '"version": 2'))
    assert rushlight(folder, "ledger", "check", *where).returncode == 8
