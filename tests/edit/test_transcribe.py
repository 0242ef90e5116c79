from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.core.errors import ModelError
from rushlight.core.run import Run, running
from rushlight.edit.transcribe import transcribe
from tests.edit.recordings import spoken


def test_a_draft_says_that_it_is_one_and_knows_own_words(tmp_path: Path) -> None:
    media = spoken(tmp_path, ["Good morning, Zelenka. This is Okonkwo speaking."], picture=False)
    run = Run(scratch=tmp_path / "scratch")
    with running(run):
        draft = transcribe(media, words=("Okonkwo", "Zelenka"))
    assert draft.draft
    assert draft.recogniser == "pocketsphinx/en-us"
    assert "draft" in run.weak[0]
    texts = [word.text for word in draft.words]
    assert {"Okonkwo", "Zelenka"} & set(texts)
    assert len(texts) >= 4
    assert all(0 <= word.start <= word.end <= draft.duration for word in draft.words)
    assert {word.speaker for word in draft.words} == {""}


@pytest.mark.parametrize("name", ["nobody/x", "pocketsphinx/de", "faster-whisper/none", "sherpa-onnx/none"])
def test_recognisers_that_are_not_there_are_named(tmp_path: Path, name: str) -> None:
    media = spoken(tmp_path, ["Hello there."], picture=False)
    with pytest.raises(ModelError) as caught:
        transcribe(media, model=name)
    assert caught.value.hint


def test_a_language_it_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'de'"):
        transcribe(spoken(tmp_path, ["Guten Morgen alle."], picture=False), language="de")
