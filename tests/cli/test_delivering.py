"""What `--out` writes: files that other tools open, whole or not at all, and never over an input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rushlight.artifacts import Ideas, Screenplay
from rushlight.cli.delivering import check_target, deliver
from rushlight.cli.main import program
from rushlight.cli.options import read_artifact
from rushlight.core.errors import InputError
from rushlight.timeline.screenplay.fountain import parse_fountain

PREMISE = "A lighthouse keeper who fears the dark"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(program, list(words))


def test_from_a_premise_to_pages(run, tmp_path: Path) -> None:
    done = run("create", "write-outline", "--premise", PREMISE, "--scenes", "4", "--out", "story.toml")
    assert done.exit_code == 0, done.output
    outline = read_artifact(tmp_path / "story.toml", _kind("Outline"))
    assert all(scene.author == "writer" for scene in outline.scenes)  # type: ignore[attr-defined]
    for name in ("story.fountain", "story.fdx", "story.pdf", "story.json"):
        done = run("create", "write-screenplay", "story.toml", "--out", name)
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).stat().st_size > 500
    fountain = parse_fountain((tmp_path / "story.fountain").read_text(encoding="utf-8"))
    assert len(fountain.scenes()) == len(outline.scenes)  # type: ignore[attr-defined]
    assert (tmp_path / "story.pdf").read_bytes().startswith(b"%PDF")
    again = Screenplay.model_validate_json((tmp_path / "story.json").read_text())
    assert [e.text for e in again.elements] == [e.text for e in fountain.elements]
    assert not list(tmp_path.glob(".writing*"))


def test_what_a_person_changed_in_an_outline_is_theirs(run, tmp_path: Path) -> None:
    run("create", "write-outline", "--premise", PREMISE, "--scenes", "4", "--out", "story.toml")
    path = tmp_path / "story.toml"
    made = read_artifact(path, _kind("Outline"))
    name = made.characters[0].name  # type: ignore[attr-defined]
    path.write_text(path.read_text(encoding="utf-8").replace(f'name = "{name}"', 'name = "Wanda"', 1), encoding="utf-8")
    read = read_artifact(path, _kind("Outline"))
    authors = {role.name: role.author for role in read.characters}  # type: ignore[attr-defined]
    assert authors.pop("Wanda") == "person"
    assert set(authors.values()) == {"writer"}
    again = run("create", "write-outline", "story.toml", "--premise", PREMISE, "--seed", "9", "--scenes", "4", "--json")
    assert json.loads(again.stdout)["characters"][0]["name"] == "Wanda"


def test_ideas_go_on_from_a_file(run, tmp_path: Path) -> None:
    assert run("create", "write-ideas", "--premise", PREMISE, "--count", "3", "--out", "ideas.json").exit_code == 0
    done = run("create", "write-ideas", "ideas.json", "--keep", "i2", "--count", "3", "--seed", "5", "--json")
    first = Ideas.model_validate_json((tmp_path / "ideas.json").read_text())
    assert json.loads(done.stdout)["ideas"][0]["title"] == first.ideas[1].title
    done = run("create", "write-ideas", "ideas.json", "--out", "ideas.txt")
    assert "nearest:" in (tmp_path / "ideas.txt").read_text()


def test_a_form_that_cannot_be_written_is_refused_before_any_work(run, tmp_path: Path) -> None:
    done = run("create", "write-outline", "--premise", PREMISE, "--out", "story.docx")
    assert isinstance(done.exception, InputError)
    assert "Outline is not written as .docx" in str(done.exception)
    assert not (tmp_path / "story.docx").exists()


def test_no_input_is_written_over(tmp_path: Path) -> None:
    from rushlight.artifacts import Document
    from rushlight.core.artifact import FileRef

    path = tmp_path / "a.fountain"
    path.write_text("INT. A - DAY\n\nRain.\n")
    document = Document(file=FileRef.of(path))
    with pytest.raises(InputError, match="overwrite"):
        check_target(Screenplay, path, (document,))
    with pytest.raises(InputError, match="overwrite"):
        check_target(Screenplay, path, ((document,),))
    check_target(Screenplay, tmp_path / "b.fountain", (document,))
    assert deliver(parse_fountain("INT. A - DAY\n\nRain.\n"), None) is None


def _kind(name: str):
    from rushlight import artifacts

    return getattr(artifacts, name)


def test_what_a_model_wrote_is_known_as_its_own(run, tmp_path: Path) -> None:
    run("create", "write-outline", "--premise", PREMISE, "--scenes", "4", "--out", "story.toml")
    assert run("create", "write-screenplay", "story.toml", "--out", "story.fountain").exit_code == 0
    done = run("script", "who", "story.fountain", "--json")
    shares = json.loads(done.stdout)
    assert "grammar" in json.dumps(shares)
    path = tmp_path / "story.fountain"
    first = parse_fountain(path.read_text(encoding="utf-8"))
    place = next(n for n, e in enumerate(first.elements) if e.kind == "dialogue" and len(e.text) > 20)
    done = run("script", "rewrite", "story.fountain", first.addresses()[place], "--wish", "more formal", "--by", "Anna")
    assert done.exit_code == 0, done.output
    assert "[[alt:" in path.read_text(encoding="utf-8")
