"""From a folder of screenplays to a house writer that writes, on the command line."""
# ruff: noqa: E402 - what it needs is looked for first

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `learning` (torch), which is not installed")
pytest.importorskip("tokenizers", reason="training needs the extra `learning` (tokenizers), which is not installed")

from click.testing import CliRunner

from rushlight.cli.main import program
from rushlight.core.errors import InputError, ModelError
from rushlight.create.storytellers import find_storyteller
from rushlight.create.storytellers.grammar import GrammarStoryteller
from rushlight.create.storytellers.house import house_names
from rushlight.flows.train_writer import read_corpus, train_house_writer
from rushlight.timeline.screenplay.fountain import write_fountain
from tests.models.house_writer.test_house_writer import stories, structure_faults


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for number, story in enumerate(stories(6)):
        (folder / f"{number}.fountain").write_text(write_fountain(story), encoding="utf-8")
    (folder / "copy.fountain").write_bytes((folder / "0.fountain").read_bytes())
    (folder / "picture.fountain").write_bytes(bytes(range(256)))
    (folder / "diary.txt").write_text("Dear diary, nothing happened.\n")
    return folder


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path / "models"))
    torch.set_num_threads(1)
    return tmp_path / "models"


def test_what_is_no_screenplay_is_named_and_a_copy_counts_once(corpus: Path) -> None:
    found = read_corpus(corpus)
    assert len(found.files) == 6
    assert len(found.skipped) == 2
    assert any("picture.fountain" in sentence for sentence in found.skipped)
    assert any("diary.txt" in sentence for sentence in found.skipped)


def test_train_and_write(corpus: Path, models: Path) -> None:
    card, _ = train_house_writer(corpus, "ours", steps=25, seed=3)
    assert (models / "writers" / "ours" / "weights.safetensors").is_file()
    assert not list((models / "writers").glob(".writing*"))
    assert len(card.corpus) == 6
    assert house_names() == ["ours"]
    teller = find_storyteller("house/ours?temperature=0.7")
    assert teller.name == "house/ours"
    outline = teller.outline("A thief", structure="three_act", scenes=4, language="en", seed=0, keep=None)
    assert any("house writer" in note for note in outline.notes)
    scene = teller.scene(outline, "s02", (), words=50, tone="", seed=1)
    assert scene[0].text == outline.scenes[1].heading
    assert structure_faults(scene) == []
    names = {element.text for element in scene if element.kind == "character"}
    assert names <= {name.upper() for name in outline.scenes[1].characters}
    again = teller.scene(outline, "s02", (), words=50, tone="", seed=1)
    assert again == scene
    with pytest.raises(InputError, match="already"):
        train_house_writer(corpus, "ours", steps=5)
    assert find_storyteller("house/ours").revision == teller.revision


def test_on_the_command_line(corpus: Path, models: Path) -> None:
    runner = CliRunner()
    tried = runner.invoke(program, ["models", "train", "writer", "--corpus", str(corpus), "--dry-run", "--json"])
    assert json.loads(tried.stdout)["screenplays"] == 6
    assert not models.exists()
    done = runner.invoke(
        program, ["models", "train", "writer", "--corpus", str(corpus), "--name", "x", "--steps", "25", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["figures"]["scenes"] > 20


def test_wrong_wishes(tmp_path: Path, models: Path, corpus: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, words in ((empty, "no screenplay"), (tmp_path / "none", "does not exist")):
        with pytest.raises(InputError, match=words):
            train_house_writer(folder, "x")
    (empty / "one.fountain").write_text("INT. A - DAY\n\nRain.\n")
    with pytest.raises(InputError, match="at least"):
        train_house_writer(empty, "x")
    with pytest.raises(InputError, match="no name"):
        train_house_writer(corpus, "../x")
    with pytest.raises(InputError, match="no device"):
        train_house_writer(corpus, "x", device="quantum")
    for setting in ("house/none", "house"):
        with pytest.raises(ModelError, match="house"):
            find_storyteller(setting)
    assert not models.exists() or not list(models.rglob("card.json"))
    assert GrammarStoryteller().name == "grammar"
