"""Model cards: those built in and a person's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from rushlight.core.errors import InputError, ModelError
from rushlight.models.cards import BUILT_IN, Card, CardFile, find_card, is_present, known_cards, models_folder

OWN = """
[[model]]
name = "piper-en_GB-mine"
task = "voice"
licence = "CC0-1.0"
files = [{name = "mine.onnx", url = "https://example.org/mine.onnx", bytes = 5, sha256 = "%s"}]
""" % ("0" * 64)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()


def test_every_built_in_card_says_what_a_person_must_know() -> None:
    for card in BUILT_IN:
        assert card.licence
        assert card.summary
        assert card.trained_on != "not known"
        assert card.page.startswith("https://")
        # No hash is known for certain, so none may be fetched by itself; a pin needs all three.
        for file in card.files:
            assert file.pinned == bool(file.sha256 and file.bytes)


def test_own_cards_are_added_and_can_be_fetched(tmp_path: Path) -> None:
    (tmp_path / "models" / "models.toml").write_text(OWN)
    card = find_card("piper-en_GB-mine", known_cards())
    assert card.fetchable
    assert card.bytes == 5
    assert not is_present(card)
    (models_folder() / card.name).mkdir()
    (models_folder() / card.name / "mine.onnx").write_bytes(b"12345")
    assert is_present(card)


def test_a_project_adds_cards_but_replaces_none(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(OWN)
    assert len(known_cards(tmp_path)) == len(BUILT_IN) + 1
    (tmp_path / "models.toml").write_text(OWN.replace("piper-en_GB-mine", "kokoro-v1.0"))
    with pytest.raises(InputError, match="already"):
        known_cards(tmp_path)
    shutil.copy(tmp_path / "models.toml", tmp_path / "models" / "models.toml")
    (tmp_path / "models.toml").unlink()
    assert find_card("kokoro-v1.0", known_cards(tmp_path)).fetchable


@pytest.mark.parametrize(
    "text",
    [
        "[[model",
        OWN.replace('task = "voice"', ""),
        OWN.replace("mine.onnx", "../mine.onnx"),
        OWN.replace("mine.onnx", "mine.pkl"),
        OWN.replace("mine.onnx", "mine.bin"),
        OWN.replace("piper-en_GB-mine", "../../etc"),
        OWN.replace("0" * 64, "beef"),
        OWN.replace("bytes = 5", "bytes = -5"),
    ],
)
def test_wrong_cards_are_explained(tmp_path: Path, text: str) -> None:
    (tmp_path / "models" / "models.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        known_cards()
    assert "models.toml" in str(caught.value)


def test_unknown_names_get_near_ones() -> None:
    with pytest.raises(ModelError) as caught:
        find_card("kokoro-v1", BUILT_IN)
    assert "kokoro-v1.0" in caught.value.hint


def test_cards_are_frozen() -> None:
    card = Card(name="a", task="voice", licence="MIT", files=(CardFile(name="a.onnx"),))
    with pytest.raises(ValidationError):
        card.licence = "GPL"  # type: ignore[misc]
