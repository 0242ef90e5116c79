import json
import multiprocessing
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Beat, Line, Script
from rushlight.core.errors import CancelledError, InputError, ProjectError, StorageError
from rushlight.core.project import Project, Watcher, create_project, find_project, open_project, slug
from tests.core.sample_capabilities import count_words_capability

SCRIPT = Script(title="t", beats=(Beat(id="b01", role="hook", lines=(Line(text="Hi."),)),), writer="x")


def calls(folder: Path) -> int:
    path = folder / "calls.txt"
    return len(path.read_text()) if path.exists() else 0


def test_a_finished_step_never_runs_twice(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_cached")
    project = create_project(tmp_path / "film")
    first = project.run(step, SCRIPT, gain=0.5)
    again = open_project(tmp_path / "film").run("tally_cached", SCRIPT, gain=0.5)
    assert first == again
    assert calls(tmp_path) == 1
    project.run(step, SCRIPT, gain=0.6)
    assert calls(tmp_path) == 2


def test_the_record_is_complete(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_recorded")
    project = create_project(tmp_path / "film")
    project.asked_by = "Ada"
    artifact = project.run(step, SCRIPT, gain=0.5, label="weak")
    (record,) = project.ledger.all()
    assert record.capability == "tally_recorded"
    assert record.parameters == {"gain": 0.5, "label": "weak"}
    assert record.passed == ("gain", "label")
    assert record.inputs[0].digest == SCRIPT.digest()
    assert record.output_digest == artifact.digest()
    assert record.figures == {"words": 1.0}
    assert record.weak == ("Something weaker was used.",)
    assert record.asked_by == "Ada"
    assert (record.action, record.source_type) == ("c2pa.created", "algorithmicMedia")
    assert record.seconds >= 0
    assert record.peak_memory_mb > 0


def test_a_weak_result_is_announced_again_when_it_comes_from_the_store(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_weak")
    project = create_project(tmp_path / "film")
    heard: list[str] = []
    project.watcher = Watcher(on_weak=heard.append)
    for _ in range(2):
        project.run(step, SCRIPT, label="weak")
    assert heard == ["Something weaker was used."] * 2


def test_a_failed_step_leaves_nothing(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_failing")
    project = create_project(tmp_path / "film")
    with pytest.raises(ValueError, match="asked to fail"):
        project.run(step, SCRIPT, label="fail")
    assert project.ledger.all() == []
    assert list((project.memory / "scratch").iterdir()) == []
    assert not (project.memory / "objects").exists()


def test_cancelling_stops_and_keeps_nothing_of_that_step(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_cancelled")
    project = create_project(tmp_path / "film")
    project.watcher = Watcher(is_cancelled=lambda: True)
    with pytest.raises(CancelledError):
        project.run(step, SCRIPT)
    assert project.ledger.all() == []


def test_a_project_can_be_moved(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_moved")
    create_project(tmp_path / "here").run(step, SCRIPT)
    shutil.move(tmp_path / "here", tmp_path / "there")
    artifact = open_project(tmp_path / "there").run(step, SCRIPT)
    assert calls(tmp_path) == 1
    assert all(file.path.is_relative_to(tmp_path / "there") for file in artifact.files())
    assert all(file.path.exists() for file in artifact.files())


def test_a_lost_file_is_made_again(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_lost")
    project = create_project(tmp_path / "film")
    artifact = project.run(step, SCRIPT)
    for file in artifact.files():
        file.path.unlink()
    assert project.run(step, SCRIPT) == artifact
    assert calls(tmp_path) == 2


def test_wrong_inputs_are_named(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_inputs")
    project = create_project(tmp_path / "film")
    with pytest.raises(InputError, match=r"takes script \(Script\)"):
        project.run(step)
    with pytest.raises(InputError, match="must be Script"):
        project.run(step, project.run(step, SCRIPT))


def test_a_persons_file_is_told_from_ours(tmp_path: Path) -> None:
    project = create_project(tmp_path / "film")
    path = project.publish("ours", "scripts/a.md")
    assert project.edited("scripts/a.md") is None
    path.write_text("theirs")
    edited = project.edited("scripts/a.md")
    assert edited is not None
    project.note_edit(edited, "scripts/a.md")
    (record,) = project.ledger.all()
    assert (record.capability, record.source_type) == ("person", "humanEdits")
    (project.root / "scripts" / "b.md").write_text("all theirs")
    assert project.edited("scripts/b.md") is not None
    path.unlink()
    assert project.edited("scripts/a.md") is None


def test_a_kill_between_note_and_rename_does_not_make_our_file_a_persons(tmp_path: Path) -> None:
    project = create_project(tmp_path / "film")
    path = project.publish("first", "scripts/a.md")
    notes = json.loads((project.memory / "written.json").read_text())
    project.publish("second", "scripts/a.md")
    # As if killed before the rename: the note knows the second text, the file still holds the first.
    path.write_text("first")
    assert project.edited("scripts/a.md") is None
    assert len(notes["scripts/a.md"]) == 1


def hold(root: Path, started: object, release: object) -> None:
    with Project(root).job("make"):
        started.set()  # type: ignore[attr-defined]
        release.wait(20)  # type: ignore[attr-defined]


def test_two_jobs_do_not_work_in_one_project(tmp_path: Path) -> None:
    project = create_project(tmp_path / "film")
    context = multiprocessing.get_context("spawn")
    started, release = context.Event(), context.Event()
    other = context.Process(target=hold, args=(project.root, started, release))
    other.start()
    assert started.wait(20)
    with pytest.raises(ProjectError, match="Another Rushlight"), project.job("make"):
        pass
    release.set()
    other.join(20)
    with project.job("make"):
        pass


def test_leftovers_of_killed_runs_are_removed(tmp_path: Path) -> None:
    project = create_project(tmp_path / "film")
    dead = project.memory / "scratch" / "4194304-abc"
    dead.mkdir(parents=True)
    (project.root / "renders" / ".writing-x").touch()
    with project.job("make"):
        pass
    assert not dead.exists()
    assert not (project.root / "renders" / ".writing-x").exists()


def test_projects_are_found_from_inside(tmp_path: Path) -> None:
    project = create_project(tmp_path / "film", title='My "film"')
    found = find_project(project.root / "scripts")
    assert found is not None
    assert found.root == project.root
    assert project.settings()["project"]["title"] == 'My "film"'
    with pytest.raises(ProjectError, match="no Rushlight project"):
        open_project(tmp_path)
    with pytest.raises(ProjectError, match="already"):
        create_project(tmp_path / "film")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thing").touch()
    with pytest.raises(InputError, match="not empty"):
        create_project(tmp_path / "full")


def test_broken_settings_name_the_line(tmp_path: Path) -> None:
    project = create_project(tmp_path / "film")
    (project.root / "rushlight.toml").write_text("[project\n")
    with pytest.raises(InputError, match="line 1"):
        project.settings()


def test_a_damaged_record_says_what_to_do(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_damaged")
    project = create_project(tmp_path / "film")
    project.run(step, SCRIPT)
    (path,) = (project.memory / "records").iterdir()
    path.write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        project.ledger.all()


@pytest.mark.parametrize(
    ("title", "name"), [("The Light!", "the-light"), ("Ünï cödé", "ünï-cödé"), ("///", "film"), ("a" * 99, "a" * 60)]
)
def test_slug(title: str, name: str) -> None:
    assert slug(title) == name


def test_energy_is_an_estimate_from_processor_time(tmp_path: Path) -> None:
    step = count_words_capability(tmp_path, "tally_energy")
    project = create_project(tmp_path / "film")
    project.run(step, SCRIPT)
    (record,) = project.ledger.all()
    assert Fraction(str(record.energy_wh)) == pytest.approx(record.cpu_seconds * 15 / 3600, abs=1e-6)
