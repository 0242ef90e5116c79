from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Transcript
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.edit.align_script import align_script
from rushlight.models.reading import read_line
from rushlight.models.voice import load_voice
from tests.edit.recordings import spoken

LINES = ["The keeper of the lamp wrote 1984 letters home.", "Then Zelenka closed the old green door."]


def _aligned(folder: Path, said: list[str], text: str) -> Transcript:
    (folder / "script.txt").write_text(text, encoding="utf-8")
    return align_script(spoken(folder, said, picture=False), Document(file=FileRef.of(folder / "script.txt")))


def test_every_word_is_placed_where_the_voice_said_it(tmp_path: Path) -> None:
    found = _aligned(tmp_path, LINES[1:], LINES[1])
    voice = load_voice("espeak/en-gb")
    (utterance,) = voice.speak([read_line(LINES[1])], words_per_minute=150)
    onsets = [1.2 + word.start / voice.sample_rate for word in utterance.words]
    assert [word.text for word in found.words] == LINES[1].split()
    errors = [abs(float(word.start) - onset) for word, onset in zip(found.words, onsets, strict=True)]
    assert np.median(errors) < 0.04
    assert found.recogniser == "script"
    assert not found.draft


def test_words_that_were_not_said_are_left_out(tmp_path: Path) -> None:
    found = _aligned(tmp_path, LINES, f"{LINES[0]} Elephants danced upon tables until breakfast. {LINES[1]}")
    texts = [word.text for word in found.words]
    assert len({"Elephants", "danced", "tables", "breakfast."} & set(texts)) <= 1
    assert {"keeper", "lamp", "Zelenka", "door."} <= set(texts)
    assert "not said" in found.notes[0]


def test_words_that_are_not_in_the_text_do_no_harm(tmp_path: Path) -> None:
    found = _aligned(tmp_path, [LINES[0], "Sorry, may we begin once more please?", LINES[1]], " ".join(LINES))
    assert [word.text for word in found.words] == " ".join(LINES).split()
    pause = max(b.start - a.end for a, b in zip(found.words, found.words[1:], strict=False))
    assert pause > 2


def test_another_text_and_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="were found"):
        _aligned(tmp_path, LINES, "Quarterly dividends outperformed expectations across Pacific subsidiaries.")
    with pytest.raises(InputError, match="no words"):
        _aligned(tmp_path, LINES, " … 5 …! ".replace("5", ""))
