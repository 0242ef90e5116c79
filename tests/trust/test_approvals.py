from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.core.errors import ApprovalError, InputError
from rushlight.core.project import Project, create_project
from rushlight.trust.approvals import approvals_of, approve, require_approval


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


@pytest.fixture
def film(project: Project) -> Path:
    path = project.root / "renders" / "film.mp4"
    path.write_bytes(b"one")
    return path


def test_nothing_passes_before_somebody_agreed(project: Project, film: Path) -> None:
    with pytest.raises(ApprovalError, match="1 person has yet to agree to publish") as caught:
        require_approval(project, film, "publish")
    assert caught.value.exit_code == 10
    approve(project, film, "publish", "Anna Brandt", told=("trusted",))
    found = require_approval(project, film, "publish")
    assert [(one.who, one.told) for one in found] == [("Anna Brandt", ("trusted",))]
    with pytest.raises(ApprovalError):
        require_approval(project, film, "send")


def test_what_changed_since_has_to_be_seen_again(project: Project, film: Path) -> None:
    approve(project, film, "publish", "Anna Brandt")
    film.write_bytes(b"two")
    with pytest.raises(ApprovalError):
        require_approval(project, film, "publish")
    film.write_bytes(b"one")
    assert require_approval(project, film, "publish")


def test_two_persons_and_the_same_person_twice(project: Project, film: Path) -> None:
    marker = project.root / "rushlight.toml"
    marker.write_text(marker.read_text() + "\n[trust.approvals]\npublish = 2\n")
    approve(project, film, "publish", "Anna Brandt")
    approve(project, film, "publish", "anna brandt")
    with pytest.raises(ApprovalError, match="1 person has yet"):
        require_approval(project, film, "publish")
    approve(project, film, "publish", "Ole Holm")
    assert len(require_approval(project, film, "publish")) == 2


def test_a_refusal_stands_until_it_is_taken_back(project: Project, film: Path) -> None:
    approve(project, film, "publish", "Anna Brandt")
    approve(project, film, "publish", "Ole Holm", refused=True)
    with pytest.raises(ApprovalError, match="Ole Holm refused"):
        require_approval(project, film, "publish")
    approve(project, film, "publish", "Ole Holm")
    assert len(approvals_of(project, film, "publish")) == 2
    assert require_approval(project, film, "publish")


def test_nonsense_is_one_sentence(project: Project, film: Path) -> None:
    with pytest.raises(InputError, match="no gate"):
        approve(project, film, "fly", "Anna")
    with pytest.raises(InputError, match="name of a person"):
        approve(project, film, "publish", " ")
    with pytest.raises(InputError, match="does not exist"):
        approve(project, film.with_name("none"), "publish", "Anna")
    marker = project.root / "rushlight.toml"
    marker.write_text(marker.read_text() + '\n[trust.approvals]\npublish = "many"\n')
    with pytest.raises(InputError, match="makes no sense"):
        require_approval(project, film, "publish")
