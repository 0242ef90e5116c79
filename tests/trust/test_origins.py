from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rushlight.core.artifact import FileRef
from rushlight.core.project import Project, create_project
from rushlight.core.record import InputUse, Record
from rushlight.trust.origins import ancestors, is_generated, maker_of, origin_of

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


def add(project: Project, name: str, number: int, *after: Record, **given: Any) -> Record:
    inputs = tuple(InputUse(name="x", kind="X", digest=one.output_digest, made_by=one.key) for one in after)
    record = Record(
        key=f"{number:064x}", capability=name, version=1, inputs=inputs, output_digest=f"d{number}",
        started=WHEN + timedelta(seconds=number), rushlight_version="1", **given,
    )  # fmt: skip
    project.ledger.add(record)
    return record


def cut_of(file: FileRef) -> dict[str, Any]:
    return {"media": [file.model_dump(mode="json")]}


def test_a_made_film_was_created_and_its_steps_follow(project: Project, picture: Path) -> None:
    voice = add(
        project, "speak_script", 2, add(project, "write_script", 1, models=({"name": "qwen3"},)),
        action="c2pa.created", source_type="algorithmicMedia", models=({"name": "espeak/en-gb"},),
    )  # fmt: skip
    laid = add(project, "lay_timeline", 3, voice, output_kind="Cut", output=cut_of(FileRef.of(picture)))
    film = add(project, "render_film", 4, laid, action="c2pa.created", source_type="compositeSynthetic")
    add(project, "compose_music", 9)  # Of another film.
    origin = origin_of(project, film, title="Clock")
    assert (origin.made, origin.source_type) == ("created", "compositeWithTrainedAlgorithmicMedia")
    assert [(act.action, act.source_type) for act in origin.acts] == [
        ("c2pa.addedText", "trainedAlgorithmicMedia"), ("c2pa.edited", "algorithmicMedia"), ("c2pa.edited", ""),
        ("c2pa.edited", ""),
    ]  # fmt: skip
    assert [(one.title, one.relation) for one in origin.ingredients] == [("harbour.png", "componentOf")]
    assert is_generated(origin)


def test_the_cut_of_one_recording_was_opened(project: Project, sound: Path) -> None:
    laid = add(project, "lay_cut", 1, output_kind="Cut", output=cut_of(FileRef.of(sound)))
    film = add(project, "render_cut_sound", 2, laid, action="c2pa.edited", source_type="digitalCapture")
    origin = origin_of(project, film, title="Talk")
    assert (origin.made, origin.ingredients[0].relation) == ("opened", "parentOf")
    assert not is_generated(origin)


def test_a_recording_that_is_gone_is_missed(project: Project, sound: Path) -> None:
    laid = add(project, "lay_cut", 1, output_kind="Cut", output=cut_of(FileRef.of(sound)))
    film = add(project, "render_film", 2, laid, action="c2pa.edited", source_type="digitalCapture")
    sound.unlink()
    origin = origin_of(project, film, title="Talk")
    assert (origin.made, origin.complete, origin.missing) == ("created", False, ("tone.wav",))


def test_an_edit_by_hand_is_an_act(project: Project, picture: Path) -> None:
    file = FileRef.of(picture)
    project.note_edit(file, "scripts/x.md")
    use = InputUse(name="x", kind="Document", digest="d", files=(file.sha256,))
    film = Record(key="f" * 64, capability="render_film", version=1, inputs=(use,), action="c2pa.created",
                  started=datetime.now(UTC))  # fmt: skip
    project.ledger.add(film)
    acts = origin_of(project, film, title="x").acts
    assert (acts[0].source_type, acts[0].by) == ("humanEdits", "")


def test_looking_back_ends_at_what_was_signed(project: Project) -> None:
    first = add(project, "render_film", 1)
    signed = add(project, "sign_credentials", 2, first)
    cut = add(project, "lay_cut", 3, signed)
    assert [one.capability for one in ancestors(project, cut)] == ["lay_cut"]


def test_the_maker_of_a_signed_copy_is_the_step_that_made_the_render(project: Project, picture: Path) -> None:
    assert maker_of(project, picture) is None
