from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rushlight.core.artifact import FileRef
from rushlight.core.project import create_project
from rushlight.core.record import InputUse, Record
from rushlight.trust.work_history import work_history

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def test_who_did_what_is_read_off_the_records(tmp_path: Path, picture: Path) -> None:
    project = create_project(tmp_path / "p")
    file = FileRef.of(picture)
    (project.root / "rights.toml").write_text(
        f'[[item]]\nname = "Harbour"\nsha256 = "{file.sha256}"\nholder = "Ole Holm"\nlicence = "CC-BY-4.0"\n'
    )
    project.note_edit(file, "scripts/x.md")
    script = Record(
        key="a" * 64, capability="write_script", version=1, parameters={"writer": "x", "seed": 0}, passed=("writer",),
        output_digest="d", models=({"name": "qwen3", "revision": "", "licence": ""},), asked_by="anna", started=WHEN,
    )  # fmt: skip
    film = Record(
        key="b" * 64, capability="render_film", version=1, asked_by="anna", started=WHEN, job="make-1",
        parameters={"crf": 20},
        inputs=(
            InputUse(name="script", kind="Script", digest="d", made_by="a" * 64),
            InputUse(name="x", kind="File", digest="e", files=(file.sha256,)),
        ),
    )  # fmt: skip
    for record in (script, film):
        project.ledger.add(record)
    history = work_history(project, film, [file])
    deeds = {deed.step: deed for deed in history.deeds}
    assert deeds["write_script"].contributor.kind == "model"
    assert (deeds["write_script"].chosen, deeds["write_script"].left) == (("writer",), ("seed",))
    assert (deeds["render_film"].chosen, deeds["render_film"].left) == ((), ("crf",))
    assert deeds["edit of scripts/x.md"].is_edit
    assert deeds["edit of scripts/x.md"].contributor.kind == "person"
    assert history.media[0].contributor.name == "Ole Holm"
    assert "CC-BY-4.0" in history.media[0].evidence
