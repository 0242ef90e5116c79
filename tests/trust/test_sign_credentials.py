from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import c2pa
import pytest

from rushlight.artifacts import Act, Document, Ingredient, Origin, SignedFile
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, MediaError, ModelError
from rushlight.core.project import create_project
from rushlight.trust.keys import KeyFolder
from rushlight.trust.sign_credentials import sign_credentials
from rushlight.trust.verify_credentials import judge, verify_file

Sign = Callable[..., SignedFile]


def report(path: Path) -> dict:
    found = json.loads(c2pa.Reader(str(path)).detailed_json())
    return found["manifests"][found["active_manifest"]]["assertion_store"]


def test_the_first_act_is_how_it_began_and_every_edit_has_its_own_source_type(picture: Path, sign: Sign) -> None:
    acts = (
        Act(action="c2pa.addedText", source_type="trainedAlgorithmicMedia", by="some-writer 3", what="Script"),
        Act(action="c2pa.edited", source_type="humanEdits", what="script.md changed by a person"),
    )
    origin = Origin(title="Clock", made="created", source_type="compositeWithTrainedAlgorithmicMedia", acts=acts)
    signed = sign(picture, origin)
    said = report(signed.file.path)
    actions = said["c2pa.actions.v2"]["actions"]
    assert [action["action"] for action in actions] == ["c2pa.created", "c2pa.addedText", "c2pa.edited"]
    assert [action["digitalSourceType"].rpartition("/")[2] for action in actions] == [
        "compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia", "humanEdits",
    ]  # fmt: skip
    assert said["c2pa.actions.v2"]["allActionsIncluded"] is True
    assert said["cawg.training-mining"]["entries"]["cawg.ai_training"] == {"use": "notAllowed"}
    verdict = judge(signed.file.path, None, KeyFolder().anchors())
    assert (verdict.verdict, verdict.is_generated, verdict.training) == ("trusted", True, "notAllowed")


def test_ingredients_keep_their_own_credentials(picture: Path, sound: Path, sign: Sign) -> None:
    inner = sign(picture)
    part = Ingredient(title="harbour", relation="componentOf", file=inner.file)
    origin = Origin(title="Film", made="created", source_type="composite", ingredients=(part,))
    outer = sign(sound, origin)
    found = json.loads(c2pa.Reader(str(outer.file.path)).detailed_json())
    assert len(found["manifests"]) == 2
    assert judge(outer.file.path, None, KeyFolder().anchors()).ingredients == ("harbour",)


def test_what_was_signed_before_is_opened_and_kept(picture: Path, sign: Sign) -> None:
    first = sign(picture)
    second = sign(first.file.path, source_type="")
    assert second.actions == ("c2pa.opened",)
    found = json.loads(c2pa.Reader(str(second.file.path)).detailed_json())
    assert len(found["manifests"]) == 2
    assert judge(second.file.path, None, KeyFolder().anchors()).verdict == "trusted"


def test_the_file_itself_is_not_touched(picture: Path, sign: Sign) -> None:
    before = picture.read_bytes()
    signed = sign(picture)
    assert picture.read_bytes() == before
    assert signed.file.path.read_bytes() != before


def test_captions_are_signed_beside(tmp_path: Path, sign: Sign) -> None:
    path = tmp_path / "film.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    signed = sign(path)
    assert signed.sidecar is not None
    anchors = KeyFolder().anchors()
    beside = path.with_name("film.srt.c2pa")
    beside.write_bytes(signed.sidecar.path.read_bytes())
    assert verify_file(path).verdict == "trusted"
    path.write_text(path.read_text().replace("Hello", "Goodbye"))
    assert verify_file(path).verdict == "invalid"
    beside.unlink()
    assert judge(path, None, anchors).verdict == "absent"


def test_no_secret_leaves_the_folder_of_keys(picture: Path, sign: Sign, tmp_path: Path) -> None:
    sign(picture)
    project = create_project(tmp_path / "p")
    project.run(sign_credentials, Document(file=FileRef.of(picture)), None, source_type="digitalCreation")
    secrets = [line for path in KeyFolder().folder.glob("*.key") for line in path.read_bytes().split(b"\n")[1:3]]
    assert secrets
    for path in [*project.root.rglob("*"), *(tmp_path / "signed").rglob("*")]:
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in secrets), path


def test_signing_the_same_again_is_kept(picture: Path, identity: KeyFolder, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p")
    document = Document(file=FileRef.of(picture))
    first = project.run(sign_credentials, document, None, source_type="digitalCreation")
    assert project.run(sign_credentials, document, None, source_type="digitalCreation") == first


def test_what_cannot_be_signed_is_one_sentence(picture: Path, tmp_path: Path, sign: Sign) -> None:
    with pytest.raises(InputError, match="Nothing is known"):
        sign(picture, source_type="")
    with pytest.raises(InputError, match="not a digital source type"):
        sign(picture, source_type="madeUp")
    strange = tmp_path / "film.xyz"
    strange.write_bytes(b"hello")
    with pytest.raises(InputError, match="not signed"):
        sign(strange)
    broken = tmp_path / "broken.png"
    broken.write_bytes(picture.read_bytes()[:40])
    with pytest.raises(MediaError, match="cannot be signed"):
        sign(broken)
    act = Act(action="c2pa.invented")
    with pytest.raises(InputError, match="action"):
        sign(picture, Origin(title="x", made="created", source_type="digitalCreation", acts=(act,)))


def test_without_keys_the_error_says_how_to_make_them(
    picture: Path, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "RUSHLIGHT_KEYS", str(picture.parent / "none"))
    with pytest.raises(ModelError, match="no keys") as caught:
        sign(picture)
    assert "trust keys" in caught.value.hint


def test_an_authority_that_is_away_leaves_the_file_signed_without_stamp(picture: Path, sign: Sign) -> None:
    signed = sign(picture, time_authority="http://127.0.0.1:9/none")
    assert not signed.time_stamped
    assert judge(signed.file.path, None, KeyFolder().anchors()).verdict == "trusted"
