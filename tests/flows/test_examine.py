from pathlib import Path

import pytest

from rushlight.core.project import create_project
from rushlight.flows.examine import Finding, examine_machine
from tests.models.text.hostile_server import Behaviour, serving


def test_every_task_has_a_finding_and_every_gap_a_hint() -> None:
    findings = {finding.name: finding for finding in examine_machine()}
    assert {"python", "ffmpeg", "decoder", "fonts", "voice: espeak", "writer", "music", "pictures"} <= set(findings)
    assert all(finding.hint for finding in findings.values() if finding.state != "ok")
    assert findings["ffmpeg"].as_dict()["state"] == "ok"


def model_finding(folder: Path, setting: str, monkeypatch: pytest.MonkeyPatch) -> Finding:
    project = create_project(folder / "film")
    (project.root / "rushlight.toml").write_text(f'[defaults]\nwriter = "{setting}"\n')
    monkeypatch.chdir(project.root)
    return next(finding for finding in examine_machine() if finding.name == "writer: model")


def test_the_text_model_is_named_only_where_one_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "writer: model" not in {finding.name for finding in examine_machine()}
    with serving(Behaviour()) as url:
        found = model_finding(tmp_path, f"{url}#tiny", monkeypatch)
    assert (found.state, found.detail) == ("ok", "tiny, served on this machine")


def test_a_text_model_that_is_not_there_is_bad_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Behaviour()) as url:
        found = model_finding(tmp_path, f"{url}#huge", monkeypatch)
    assert (found.state, found.hint) == ("bad", "The server has: tiny, large.")
    found = model_finding(tmp_path / "other", f"{url}#tiny", monkeypatch)
    assert found.state == "bad"
    assert "refused" in found.detail
    assert "ollama serve" in found.hint
