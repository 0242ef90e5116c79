from __future__ import annotations

import shutil
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rushlight.core.project import open_project
from rushlight.flows.cut_footage import CutWishes, cut_footage
from rushlight.flows.inspect_files import inspect_files
from rushlight.flows.make_film import Film, make_film
from rushlight.flows.sign_result import announce_keys, marks_made, sign_file
from rushlight.media.encode import read_wav, write_wav
from rushlight.trust.keys import KeyFolder
from rushlight.trust.verify_credentials import judge
from tests.flows.conftest import SMALL, small_project
from tests.flows.time_authority import time_authority


def check(path: Path):
    return judge(path, None, KeyFolder().anchors())


def test_a_made_film_is_signed_and_says_that_ai_was_used(made: tuple[Path, Film]) -> None:
    found = check(made[1].renders["16:9"])
    assert found.verdict == "trusted"
    assert found.actions[0] == "c2pa.created"
    assert "c2pa.addedText" in found.actions
    assert found.source_types[0] == "compositeSynthetic"
    assert found.is_generated
    assert found.ingredients == ("clock.md",)


def test_the_render_in_the_store_is_not_touched_by_signing(made: tuple[Path, Film]) -> None:
    project = open_project(made[0] / "film")
    render = next(record for record in project.ledger.all() if record.capability == "render_film")
    signed = next(record for record in project.ledger.all() if record.capability == "sign_credentials")
    assert signed.inputs[0].files[0] in render.files()
    assert check(project.root / render.output["file"]["path"]).verdict == "absent"


@pytest.mark.slow
def test_off_is_said_recorded_and_leaves_the_film_unsigned(tmp_path: Path) -> None:
    project, document = small_project(tmp_path)
    film = make_film(project, document, replace(SMALL, credentials=False))
    assert check(film.renders["16:9"]).verdict == "absent"
    assert any("Credentials are off" in message for message in film.weak)
    assert any(record.parameters.get("credentials") == "off" for record in project.ledger.all())


def test_a_cut_recording_is_the_parent_of_the_cut(tmp_path: Path) -> None:
    project, _ = small_project(tmp_path)
    recording = tmp_path / "talk.wav"
    rate = 48_000
    tone = 0.2 * np.sin(np.arange(rate * 4) * 300 * 2 * np.pi / rate)
    tone[rate : 3 * rate] = 0
    write_wav(recording, tone[:, None].astype(np.float32), rate)
    made = cut_footage(project, [recording], CutWishes(remove=("silence",)))
    assert made.film is not None
    found = check(made.film)
    assert (found.verdict, found.actions[0], found.ingredients) == ("trusted", "c2pa.opened", ("talk.wav",))
    assert not found.is_generated


def test_the_first_key_is_announced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHLIGHT_KEYS", str(tmp_path / "keys"))
    said: list[str] = []
    announce_keys(said.append)
    announce_keys(said.append)
    assert len(said) == 1
    assert str(tmp_path / "keys") in said[0]


def test_a_cut_of_synthetic_sound_says_so_aloud(tmp_path: Path) -> None:
    project, _ = small_project(tmp_path)
    recording = tmp_path / "voice.wav"
    tone = 0.2 * np.sin(np.arange(48_000 * 4) * 300 * 2 * np.pi / 48_000)
    tone[48_000 : 3 * 48_000] = 0
    write_wav(recording, tone[:, None].astype(np.float32), 48_000)
    announce_keys(lambda message: None)
    signed = tmp_path / "signed.wav"
    shutil.copyfile(sign_file(project, recording, source_type="trainedAlgorithmicMedia").file.path, signed)
    made = cut_footage(project, [signed], CutWishes(remove=("silence",)))
    assert made.film is not None
    assert "disclose_sound" in {record.capability for record in project.ledger.all()}
    found = check(made.film)
    assert (found.verdict, found.is_generated) == ("trusted", True)
    assert found.ingredients == ("signed.wav",)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is not on this machine")
def test_a_time_stamp_is_asked_for_until_the_authority_answers(tmp_path: Path) -> None:
    project, _ = small_project(tmp_path)
    recording = tmp_path / "talk.wav"
    tone = 0.2 * np.sin(np.arange(48_000 * 4) * 300 * 2 * np.pi / 48_000)
    tone[48_000 : 3 * 48_000] = 0
    write_wav(recording, tone[:, None].astype(np.float32), 48_000)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    marker = project.root / "rushlight.toml"
    marker.write_text(f'{marker.read_text()}\n[trust]\ntime_authority = "http://127.0.0.1:{port}/"\n')

    def cut() -> Path:
        film = cut_footage(project, [recording], CutWishes()).film
        assert film is not None
        return film

    assert check(cut()).signed_at == ""
    with time_authority(tmp_path / "authority", port):
        stamped = cut()
    assert check(stamped).signed_at
    assert check(stamped).verdict == "trusted"
    before = stamped.read_bytes()
    assert cut().read_bytes() == before


@pytest.mark.slow
def test_a_mark_that_was_asked_for_is_named_in_the_credentials_and_finds_a_stripped_copy(tmp_path: Path) -> None:
    project, _ = small_project(tmp_path)
    settings = project.root / "rushlight.toml"
    settings.write_text(settings.read_text() + "\n[trust]\nwatermark = true\n")
    project = open_project(project.root)
    rng = np.random.default_rng(5)
    recording = tmp_path / "street.wav"
    rate = 48_000
    noise = np.cumsum(rng.normal(0, 1, rate * 14))
    noise = 0.02 * (noise - np.convolve(noise, np.ones(40) / 40, "same"))
    noise[rate : 3 * rate] = 0
    write_wav(recording, noise[:, None].astype(np.float32), rate)
    made = cut_footage(project, [recording], CutWishes(remove=("silence",)))
    assert made.film is not None
    found = check(made.film)
    assert found.verdict == "trusted"
    assert "c2pa.watermarked" in found.actions
    samples, _ = read_wav(made.film)
    stripped = tmp_path / "stripped.wav"
    write_wav(stripped, samples[rate:], rate)
    (inspected,) = inspect_files(stripped, against=project, deep=True).files
    assert inspected.marks is not None
    assert inspected.marks.found
    assert inspected.known_as
    assert next(iter(marks_made(project))).endswith(inspected.marks.found[0].payload)
