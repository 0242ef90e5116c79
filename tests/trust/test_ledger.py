from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.core.record import Record
from rushlight.trust.ledger import ProjectLedger, Witness
from rushlight.trust.notes import NoteSigner

SIGNER = NoteSigner("rushlight/test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = NoteSigner("rushlight/witness", Ed25519PrivateKey.from_private_bytes(bytes(32)))
START = datetime(2026, 3, 1, tzinfo=UTC)


def add(project: Project, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        project.ledger.add(
            Record(
                key=f"{number:064x}", capability="write_script", version=1, parameters={"name": "Anna Brandt"},
                started=START + timedelta(seconds=number),
            )
        )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> ProjectLedger:
    project = create_project(tmp_path / "p")
    add(project, 9)
    log = ProjectLedger(project, SIGNER)
    assert log.update() == 9
    return log


def kinds(log: ProjectLedger) -> set[str]:
    return {finding.kind for finding in log.check().findings}


def test_an_untouched_log_is_whole_and_grows(log: ProjectLedger) -> None:
    assert log.check().is_whole
    assert kinds(log) == set()
    assert log.update() == 0
    add(log.project, 3, start=9)
    assert kinds(log) == {"unlogged"}
    assert log.update() == 3
    assert log.check().is_whole
    assert log.check().size == 12


def test_a_changed_record_is_seen(log: ProjectLedger) -> None:
    path = log.project.ledger.root / f"{4:064x}.json"
    path.write_text(path.read_text().replace("Anna", "Anne"))
    assert kinds(log) == {"changed"}
    log.update()
    assert "again" in kinds(log)


def test_a_deleted_record_is_seen(log: ProjectLedger) -> None:
    (log.project.ledger.root / f"{4:064x}.json").unlink()
    assert kinds(log) == {"missing"}


@pytest.mark.parametrize("change", ["edit", "delete", "reorder", "cut"])
def test_a_changed_log_is_seen(log: ProjectLedger, change: str) -> None:
    for name in ("entries.jsonl", "openings.jsonl"):
        path = log.folder / name
        lines = path.read_text().splitlines()
        if change == "edit":
            lines[3] = lines[3].replace("write_script", "person").replace('"number":3', '"number": 3')
        elif change == "delete":
            del lines[3]
        elif change == "reorder":
            lines[3], lines[4] = lines[4], lines[3]
        else:
            lines = lines[:-1]
        path.write_text("".join(f"{line}\n" for line in lines))
    found = log.check()
    assert not found.is_whole
    assert "rewritten" in {finding.kind for finding in found.findings}


def test_a_log_written_anew_is_seen_by_whoever_kept_a_checkpoint(log: ProjectLedger) -> None:
    kept = log.checkpoint()
    assert kept is not None
    for path in log.folder.rglob("*"):
        if path.is_file() and path.name != "origin":
            path.unlink()
    record = log.project.ledger.root / f"{4:064x}.json"
    record.write_text(record.read_text().replace("Anna", "Anne"))
    log.update()
    assert log.check().is_whole
    assert not log.check([kept]).is_whole


def test_a_witness_refuses_a_fork_and_co_signs_growth(log: ProjectLedger, tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness", WITNESS)
    key = (log.folder / "key").read_text().strip()
    first = log.checkpoint()
    assert first is not None
    witness.cosign(first, key, [], at=1)
    add(log.project, 2, start=9)
    log.update()
    second = log.checkpoint()
    assert second is not None
    assert len(witness.cosign(second, key, log.growth(witness.last_size(second.origin)), at=2).signatures) == 2
    with pytest.raises(InputError, match="rewritten"):
        witness.cosign(first, key, [], at=3)
    with pytest.raises(InputError, match="another key"):
        witness.cosign(WITNESS.sign(second), f"{_key(WITNESS)}", [], at=4)


def _key(signer: NoteSigner) -> str:
    from rushlight.trust.notes import public_key_text

    return public_key_text(signer.name, signer.public)


def test_personal_data_is_not_in_the_log_and_erasure_leaves_it_whole(log: ProjectLedger) -> None:
    key = f"{4:064x}"
    text = (log.folder / "entries.jsonl").read_text()
    assert "Anna" not in text
    assert key not in text
    assert log.erase(key, "asked for") == 1
    assert log.project.ledger.get(key) is None
    assert key not in (log.folder / "openings.jsonl").read_text()
    found = log.check()
    assert found.is_whole
    assert {finding.kind for finding in found.findings} == {"erased"}
    with pytest.raises(InputError, match="knows no record"):
        log.erase(key, "again")


def script(folder: Path, *arguments: Path) -> subprocess.CompletedProcess[str]:
    """The script on a bare interpreter: no site packages, no Rushlight."""
    command = [sys.executable, "-I", "-S", str(folder / "check_ledger.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_third_party_checks_the_export_with_the_script_alone(log: ProjectLedger, tmp_path: Path) -> None:
    folder = log.export(tmp_path / "out", with_records=True)
    assert "import rushlight" not in (folder / "check_ledger.py").read_text()
    done = script(folder)
    assert (done.returncode, done.stdout[:5]) == (0, "whole"), done.stdout + done.stderr
    proof = tmp_path / "one.proof.json"
    proof.write_text(json.dumps(log.prove(f"{4:064x}")))
    assert script(folder, proof).returncode == 0
    proof.write_text(proof.read_text().replace("Anna", "Anne"))
    done = script(folder, proof)
    assert done.returncode == 1
    assert "not what the entry commits to" in done.stdout
    entries = folder / "entries.jsonl"
    entries.write_text(entries.read_text().replace("write_script", "person", 1))
    assert "not those that were signed" in script(folder).stdout


def test_the_script_and_the_library_agree_on_signatures(log: ProjectLedger, tmp_path: Path) -> None:
    folder = log.export(tmp_path / "out")
    text = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:])
    assert "not signed by the key" in script(folder).stdout


def test_exporting_needs_an_empty_folder(log: ProjectLedger, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    with pytest.raises(InputError, match="not empty"):
        log.export(tmp_path / "full")
    with pytest.raises(InputError, match="No checkpoint covers"):
        log.prove("f" * 64)
