from pathlib import Path

import pytest

from rushlight.core.errors import CancelledError
from rushlight.core.run import Run, current_run, running


def test_a_direct_call_has_a_run_of_its_own() -> None:
    run = current_run()
    path = run.new_file("x.txt")
    assert path.parent.is_dir()
    assert current_run() is run


def test_the_current_run_is_the_innermost(tmp_path: Path) -> None:
    outer, inner = Run(scratch=tmp_path / "a"), Run(scratch=tmp_path / "b")
    with running(outer):
        with running(inner):
            assert current_run() is inner
        assert current_run() is outer


def test_new_files_never_meet(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path)
    first = run.new_file("a.wav")
    first.touch()
    second = run.new_file("a.wav")
    second.touch()
    assert len({first, second, run.new_file("a.wav")}) == 3


def test_progress_is_where_cancelling_happens(tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    run = Run(scratch=tmp_path, on_progress=lambda done, what: seen.append((done, what)))
    run.progress(2.0, "past the end")
    assert seen == [(1.0, "past the end")]
    run.is_cancelled = lambda: True
    with pytest.raises(CancelledError):
        run.progress(0.1)


def test_cached_parts_are_made_once_and_never_half(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path / "s", cache=tmp_path / "c")
    made = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_text("whole")

    def fail(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        run.cached("k", ".txt", fail)
    assert list((tmp_path / "c").iterdir()) == []
    assert run.cached("k", ".txt", make) == run.cached("k", ".txt", make)
    assert len(made) == 1


def test_weak_points_are_noted_once(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path)
    run.note_weak("draft voice")
    run.note_weak("draft voice")
    run.figure("f1", 1)
    run.use_model("m", "r", "MIT")
    assert run.weak == ["draft voice"]
    assert run.figures == {"f1": 1.0}
    assert run.models[0].licence == "MIT"
