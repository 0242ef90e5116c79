"""A killed job goes on where it was. The benchmark `resume` kills at every step and at thirty random moments."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_film import ARTICLE, kill_and_resume
from rushlight.core.project import create_project


@pytest.mark.slow
@pytest.mark.parametrize("plan", [{"after_steps": 6}, {"after_steps": 14}, {"after_seconds": 3.1}])
def test_killed_then_run_again(tmp_path: Path, plan: dict[str, float]) -> None:
    document = tmp_path / "clock.md"
    document.write_text(ARTICLE, encoding="utf-8")
    create_project(tmp_path / "film")
    outcome = kill_and_resume(tmp_path / "film", document, **plan)  # type: ignore[arg-type]
    assert outcome.killed
    assert outcome.good, outcome
