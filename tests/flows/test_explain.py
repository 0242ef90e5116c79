from pathlib import Path

import pytest

from rushlight.core.errors import InputError
from rushlight.core.project import open_project
from rushlight.flows.explain import explain_file, explain_moment
from rushlight.flows.make_film import Film


def test_a_film_leads_back_to_its_article(made: tuple[Path, Film]) -> None:
    project = open_project(made[0] / "film")
    answer = explain_file(project, project.root / "renders" / "clock.mp4")
    names = [step["capability"] for step in answer.steps]
    assert names[:2] == ["sign_credentials", "render_film"]
    assert {"lay_timeline", "plan_pictures", "speak_script", "write_script", "read_source", "compose_music"} <= set(
        names
    )


def test_a_moment_names_what_is_seen_said_and_its_source(made: tuple[Path, Film]) -> None:
    folder, film = made
    project = open_project(folder / "film")
    line = film.narration.lines[1]
    answer = explain_moment(project, project.root / "renders" / "clock.mp4", str(float(line.start) + 0.2))
    assert answer.seen[0]["track"] == "Pictures"
    assert answer.seen[0]["reason"]
    assert answer.said[0]["text"] == " ".join(word.text for word in line.words)
    assert "characters" in answer.said[0]["sources"][0]
    assert "Made by" in answer.as_text()


def test_what_we_did_not_make_is_said_so(made: tuple[Path, Film], tmp_path: Path) -> None:
    project = open_project(made[0] / "film")
    stranger = tmp_path / "x.mp4"
    stranger.write_bytes(b"x")
    with pytest.raises(InputError, match="No step of this project"):
        explain_file(project, stranger)
    with pytest.raises(InputError, match="film ends"):
        explain_moment(project, project.root / "renders" / "clock.mp4", "99")
