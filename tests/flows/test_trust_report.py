from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rushlight.core.errors import ApprovalError, InputError
from rushlight.core.project import Project, open_project
from rushlight.flows.make_film import Film
from rushlight.flows.release import release_file, what_to_tell
from rushlight.flows.trust_report import gather_trust, write_trust_report
from rushlight.trust.approvals import approve


@pytest.fixture
def project(made: tuple[Path, Film], tmp_path: Path) -> Project:
    """A copy of the made film's project, to change things in."""
    shutil.copytree(made[0], tmp_path / "copy")
    return open_project(tmp_path / "copy" / "film")


def film(project: Project) -> Path:
    return project.root / "renders" / "clock.mp4"


def test_one_page_and_the_same_for_machines(project: Project) -> None:
    page, matter = write_trust_report(project, film(project))
    html, said = page.read_text(), json.loads(page.with_suffix(".json").read_text())
    for words in ("What to look at", "Where it comes from", "Narration synthesised", "Who contributed what",
                  "Approvals", "Energy and cost", "clock.md"):  # fmt: skip
        assert words in html, words
    assert "http://" not in html.replace("http://cv.iptc.org", "")
    assert html.count("data:image/jpeg") == 6
    assert said["credentials"]["verdict"] == "trusted"
    assert said["disclosure"]["visible label"] == "“Made with AI”"
    assert said["ledger"]["verdict"] == "whole"
    assert said["risks"] == matter.risks
    assert any("invisible mark" in risk for risk in matter.risks)
    seconds = [e for e in said["contributions"]["entries"] if e["measure"] == "picture_seconds"]
    assert seconds
    assert said["claims"]["claims"]
    assert str(project.root) not in page.with_suffix(".json").read_text()


def test_words_of_strangers_cannot_get_into_the_page_as_code(project: Project) -> None:
    (project.root / "rights.toml").write_text(
        '[[item]]\nname = "<script>alert(1)</script>"\nmodel = "espeak/en-gb"\npurposes = ["show"]\n'
    )
    page, _ = write_trust_report(project, film(project))
    assert "<script>" not in page.read_text()
    assert "&lt;script&gt;" in page.read_text()


def test_nothing_leaves_before_somebody_agreed_to_exactly_this(project: Project, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    with pytest.raises(ApprovalError, match="yet to agree"):
        release_file(project, film(project), target)
    approve(project, film(project), "publish", "Anna Brandt", told=what_to_tell(gather_trust(project, film(project))))
    assert release_file(project, film(project), target).read_bytes() == film(project).read_bytes()
    left = [record for record in project.ledger.all() if "released" in record.parameters]
    assert left[0].approved_by == "Anna Brandt"
    (project.root / "rights.toml").write_text(
        '[[item]]\nname = "Voice"\nmodel = "espeak/en-gb"\nforbidden = ["show"]\n'
    )
    with pytest.raises(ApprovalError, match="must not be used any more"):
        release_file(project, film(project), target)
    target.write_bytes(b"another")
    with pytest.raises(InputError, match="has this name"):
        release_file(project, film(project), target)


def test_a_file_of_no_step_has_no_report(project: Project) -> None:
    other = project.root / "media" / "x.txt"
    other.write_text("x")
    with pytest.raises(InputError, match="No step"):
        gather_trust(project, other)
