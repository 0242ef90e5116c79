"""Piper voices through the real piper-tts, with a tiny network of the same interface."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import ModelError
from rushlight.models.reading import read_line
from rushlight.models.voice import load_voice

pytest.importorskip("piper", reason="the extra `piper` is not installed")
pytest.importorskip("onnx", reason="onnx, which makes the tiny network, is not installed")

LINE = "The light of the tower was lit. It stood, [pause 0.4s] for 120 years."


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path))
    return tmp_path / "piper-en_GB-tiny" / "en_GB-tiny.onnx"


def test_word_times_are_the_network_s_own(model: Path) -> None:
    from tests.models.test_kokoro import check_words_sound_where_they_are
    from tests.models.tiny_voices import write_piper

    write_piper(model)
    voice = load_voice("piper/en_GB-tiny")
    assert voice.exact_times
    assert voice.trained
    words = read_line(LINE)
    spoken = voice.speak([words], words_per_minute=165)[0]
    check_words_sound_where_they_are(spoken, [word.text for word in words])
    assert spoken.words[words.index(next(w for w in words if w.text == "for"))].start > 0
    assert np.array_equal(spoken.samples, voice.speak([words], words_per_minute=165)[0].samples)
    assert len(voice.speak([words], words_per_minute=110)[0].samples) > 1.2 * len(spoken.samples)


def test_a_path_names_a_voice_and_times_may_be_estimated(model: Path) -> None:
    from tests.models.tiny_voices import write_piper

    write_piper(model, timed=False)
    voice = load_voice(f"piper/{model}")
    assert not voice.exact_times
    words = read_line("A light on a rock needs no password.")
    spoken = voice.speak([words, []], words_per_minute=165)[0]
    starts = [word.start for word in spoken.words]
    assert starts == sorted(set(starts))
    assert spoken.phonemes == ()


def test_what_is_missing_is_said(model: Path) -> None:
    with pytest.raises(ModelError, match="not complete") as caught:
        load_voice("piper/en_GB-tiny")
    assert "rushlight models fetch piper-en_GB-tiny" in caught.value.hint
    from tests.models.tiny_voices import write_piper

    write_piper(model)
    model.with_name(f"{model.name}.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be used"):
        load_voice("piper/en_GB-tiny")
