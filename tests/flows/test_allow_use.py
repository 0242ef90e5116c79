from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rushlight.core.artifact import FileRef
from rushlight.core.errors import ApprovalError, StorageError
from rushlight.core.project import Project
from rushlight.flows.allow_use import (
    consent_book,
    note_consent,
    require_training_rights,
    require_use,
)
from rushlight.flows.cut_footage import CutWishes, cut_footage
from rushlight.flows.make_film import make_film
from rushlight.media.encode import write_wav
from rushlight.trust.ledger import log_signer
from tests.flows.conftest import SMALL, small_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return small_project(tmp_path)[0]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    tone = 0.2 * np.sin(np.arange(48_000 * 4) * 300 * 2 * np.pi / 48_000)
    tone[48_000 : 3 * 48_000] = 0
    write_wav(path, tone[:, None].astype(np.float32), 48_000)
    return path


def agree(project: Project, **given: Any) -> Any:
    said = {"person": "Anna Brandt", "aspects": ("voice",), "starts": date(2026, 1, 1), **given}
    made = consent_book(project).record(log_signer(), **said)
    note_consent(project, made)
    return made


def test_nothing_registered_nothing_asked(project: Project, talk: Path) -> None:
    assert require_use(project, [FileRef.of(talk)], ("espeak/en-gb",), work="x") == []
    assert project.ledger.all() == []


def test_a_revoked_voice_is_not_cut_again_under_any_name(project: Project, talk: Path) -> None:
    consent = agree(project, references=(talk,))
    assert cut_footage(project, [talk], CutWishes()).film is not None
    note_consent(project, consent_book(project).revoke(consent.id, "", log_signer()))
    renamed = talk.with_name("somebody.wav")
    shutil.copyfile(talk, renamed)
    for path in (talk, renamed):
        with pytest.raises(ApprovalError, match="revoked"):
            cut_footage(project, [path], CutWishes())
    asked = [record for record in project.ledger.all() if record.capability == "check_use"]
    assert [one["allowed"] for record in asked for one in record.output["decisions"]] == [True, False, False]


def test_a_voice_of_somebody_speaks_only_with_consent(tmp_path: Path) -> None:
    project, document = small_project(tmp_path)
    consent = agree(project, models=("espeak/en-us",))
    note_consent(project, consent_book(project).revoke(consent.id, "", log_signer()))
    with pytest.raises(ApprovalError, match="Anna Brandt: the consent was revoked"):
        make_film(project, document, replace(SMALL, voice="espeak/en-us"))
    assert not [record for record in project.ledger.all() if record.capability == "speak_script"]


def test_an_older_or_missing_consent_is_noticed(project: Project, talk: Path) -> None:
    consent = agree(project, references=(talk,))
    path = next((project.root / "consents").glob("*.json"))
    older = path.read_bytes()
    note_consent(project, consent_book(project).revoke(consent.id, "", log_signer()))
    path.write_bytes(older)
    with pytest.raises(StorageError, match="not the version"):
        require_use(project, [FileRef.of(talk)], work="x")
    path.unlink()
    with pytest.raises(StorageError, match="not there any more"):
        require_use(project, [FileRef.of(talk)], work="x")


def test_a_recording_without_the_right_stops_the_cut(project: Project, talk: Path) -> None:
    (project.root / "rights.toml").write_text(
        f'[[item]]\nname = "Talk"\nfile = "{talk}"\nlicence = "CC-BY-NC-4.0"\n'
    )  # fmt: skip
    assert cut_footage(project, [talk], CutWishes()).film is not None
    marker = project.root / "rushlight.toml"
    marker.write_text(marker.read_text() + '\n[trust]\npurposes = ["show", "commercial"]\n')
    with pytest.raises(ApprovalError, match=r"talk\.wav must not be used commercially: CC-BY-NC-4\.0"):
        cut_footage(project, [talk], CutWishes())


def test_training_refuses_what_is_not_to_be_learned(tmp_path: Path) -> None:
    (tmp_path / "a.fountain").write_text("INT. ROOM - DAY\n\nRain.\n")
    require_training_rights(tmp_path, ["a.fountain"])
    (tmp_path / "rights.toml").write_text('[[item]]\nname = "A"\nfile = "a.fountain"\ntdm = "reserved"\n')
    with pytest.raises(ApprovalError, match=r"a\.fountain must not be used to train"):
        require_training_rights(tmp_path, ["a.fountain"])
