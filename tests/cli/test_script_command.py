"""Scripts written together, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rushlight.cli.main import program
from rushlight.cli.script_command import script
from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.flows.co_write import ScriptFile
from rushlight.timeline.screenplay.fdx import write_fdx
from rushlight.timeline.screenplay.fountain import parse_fountain

TEXT = """Title: Lamp

INT. KITCHEN - NIGHT

Mara slowly lights the lamp and looks at the window.

MARA
I think it was his. I really do not know.

EXT. YARD - DAY

Rain falls.
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_project(tmp_path / "p")
    path = tmp_path / "p" / "scripts" / "lamp.fountain"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(script, [str(argument) for argument in arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_pins_comments_and_their_history(path):
    run("pin", path, "s1.1", "--by", "Anna")
    run("comment", path, "s2.1", "more?", "--by", "Anna")
    assert "looks at the window. [[pin]]" in path.read_text()
    assert "Rain falls. [[Anna: more?]]" in path.read_text()
    versions = json.loads(run("history", path, "--json"))["versions"]
    assert [one["note"] for one in versions] == ["", "pin s1.1", "comment s2.1"]
    run("unpin", path, "s1.1")
    assert "[[pin]]" not in path.read_text()
    assert "+Rain falls. [[Anna: more?]]" in run("diff", path, "2", "3")
    run("restore", path, "1")
    assert path.read_text() == TEXT


def test_dry_runs_write_nothing(path):
    assert "[[pin]]" in run("pin", path, "s1.1", "--dry-run")
    assert path.read_text() == TEXT


def test_what_a_person_wrote_is_rewritten_only_when_asked(path):
    with pytest.raises(InputError, match="person"):
        run("rewrite", path, "s1.3", "--wish", "shorter")
    run("rewrite", path, "s1.3", "--wish", "shorter", "--replace-own")
    assert "[[alt: I think it was his. I really do not know.]]" in path.read_text()
    [one] = json.loads(run("alternatives", path, "--json"))["alternatives"]
    run("choose", path, one["address"], one["number"], "--by", "Anna")
    assert "I think it was his. I really do not know. [[alt: " in path.read_text()


def test_who_wrote_what(path):
    opened = ScriptFile(path, create_project(path.parents[2] / "q"), "Anna")
    opened.text()
    opened.write(TEXT.replace("Rain falls.", "Rain falls. A grey dog waits."), "grammar", is_person=False)
    shares = {share.author: share.words for share in opened.authorship().shares}
    assert shares["grammar"] == 4
    assert opened.written_by_people() == ("s1.0", "s1.1", "s1.2", "s1.3", "s2.0", "s2.1")


def test_a_models_version_is_merged_and_nothing_of_a_person_is_lost(path, tmp_path):
    base, new = tmp_path / "base.fountain", tmp_path / "new.fountain"
    base.write_text(TEXT)
    path.write_text(TEXT.replace("slowly lights", "hurriedly lights").replace("Rain falls.\n", "Snow falls.\n"))
    new.write_text(TEXT.replace("the window", "the door").replace("Rain falls.\n", "Hail falls.\n"))
    with pytest.raises(InputError, match="No model"):
        run("merge", path, new)
    said = run("merge", path, new, "--base", base)
    text = path.read_text()
    assert "Mara hurriedly lights the lamp and looks at the door." in text
    assert "Snow falls. [[alt by machine: Hail falls.]]" in text
    assert "s2.1" in said
    # The next merge starts from the model's version.
    new.write_text(
        TEXT.replace("the window", "the door").replace("Rain falls.\n", "Hail falls.\n").replace("NIGHT", "DUSK")
    )
    run("merge", path, new)
    assert "KITCHEN - DUSK" in path.read_text()
    assert "Snow falls." in path.read_text()


def test_a_file_that_changed_meanwhile_is_merged(path, tmp_path):
    opened = ScriptFile(path, create_project(tmp_path / "q"), "Anna")
    opened.text()
    path.write_text(TEXT.replace("Rain falls.", "Snow falls."))
    opened.write(TEXT.replace("KITCHEN", "CELLAR"), "grammar", is_person=False, note="rewrite")
    assert "Snow falls." in path.read_text()
    assert "CELLAR" in path.read_text()


def test_markdown_and_final_draft_have_histories_too(tmp_path):
    project = create_project(tmp_path / "p")
    film = tmp_path / "p" / "scripts" / "lamp.fdx"
    film.write_bytes(write_fdx(parse_fountain(TEXT)))
    run("pin", film, "s2.1")
    assert b"ScriptNote" in film.read_bytes()
    assert "100%" in run("who", film)
    notes = tmp_path / "p" / "scripts" / "a.md"
    notes.write_text("# A\n\n## b01 hook: X\n\nOne line. [^1]\n")
    assert "100%" in run("who", notes)
    with pytest.raises(InputError, match="Markdown"):
        run("pin", notes, "s1.1")
    assert len(ScriptFile(notes, project).history.versions()) == 1


def test_the_command_is_there_and_bad_files_are_refused(tmp_path):
    assert "merge" in CliRunner().invoke(program, ["script", "--help"]).output
    (tmp_path / "x.fountain").write_bytes(b"\0\1\2")
    with pytest.raises(InputError, match="binary"):
        run("who", tmp_path / "x.fountain")
