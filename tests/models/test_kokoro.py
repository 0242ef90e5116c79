"""Kokoro voices through the real kokoro-onnx, with a tiny network of the same interface."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import ModelError
from rushlight.models import kokoro
from rushlight.models.reading import read_line
from rushlight.models.voice import Utterance, load_voice

pytest.importorskip("kokoro_onnx", reason="the extra `kokoro` is not installed")
pytest.importorskip("onnx", reason="onnx, which makes the tiny network, is not installed")

LINE = "The light of the tower, built in 1823, [pause 0.5s] stood {Nguyen|nwin} — still."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path))
    return tmp_path / "kokoro-v1.0"


def check_words_sound_where_they_are(spoken: Utterance, texts: list[str]) -> None:
    """Each said word has sound within its times, silence is between, and order is kept."""
    assert [word.text for word in spoken.words] == texts
    size = np.abs(spoken.samples)
    for word, following in itertools.pairwise(spoken.words):
        assert word.start <= word.end <= following.start
    for word in spoken.words:
        if word.text != "—":
            assert size[word.start : word.end].max() > 0.05, word
    between = [size[a.end + 40 : b.start - 40] for a, b in itertools.pairwise(spoken.words)]
    assert max((part.max(initial=0.0) for part in between), default=0.0) < 0.05


def test_exact_times_where_the_model_reports_durations(folder: Path) -> None:
    from tests.models.tiny_voices import write_kokoro

    write_kokoro(folder, timed=True)
    voice = load_voice("kokoro/af_heart")
    assert (voice.exact_times, voice.trained, voice.licence, voice.sample_rate) == (True, True, "Apache-2.0", 24000)
    words = read_line(LINE)
    spoken, empty, dash = voice.speak([words, [], read_line("—")], words_per_minute=170)
    check_words_sound_where_they_are(spoken, [word.text for word in words])
    assert spoken.phonemes
    stood = next(word for word in spoken.words if word.text == "stood")
    before = next(word for word in spoken.words if word.text == "1823,")
    assert stood.start - before.end >= 0.5 * 24000
    assert len(empty.samples) == 0
    assert [word.text for word in dash.words] == ["—"]
    assert np.array_equal(spoken.samples, voice.speak([words], words_per_minute=170)[0].samples)
    slower = voice.speak([words], words_per_minute=110)[0]
    assert len(slower.samples) > 1.2 * len(spoken.samples)


def test_estimated_times_are_marked(folder: Path) -> None:
    from tests.models.tiny_voices import write_kokoro

    write_kokoro(folder, timed=False)
    voice = load_voice("kokoro/bf_emma")
    assert not voice.exact_times
    words = read_line("A light on a rock needs no password.")
    spoken = voice.speak([words], words_per_minute=170)[0]
    assert spoken.phonemes == ()
    starts = [word.start for word in spoken.words]
    assert starts == sorted(set(starts))
    assert spoken.words[-1].end <= len(spoken.samples)


def test_revision_follows_the_files(folder: Path) -> None:
    from tests.models.tiny_voices import write_kokoro

    write_kokoro(folder, timed=True)
    first = load_voice("kokoro/af_heart").revision
    assert load_voice("kokoro/bf_emma").revision == first
    write_kokoro(folder, timed=False)
    assert load_voice("kokoro/af_heart").revision != first


def test_what_is_missing_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        kokoro.load("af_heart")
    assert "rushlight models fetch kokoro-v1.0" in caught.value.hint
    from tests.models.tiny_voices import write_kokoro

    write_kokoro(folder, timed=True)
    with pytest.raises(ModelError) as caught:
        kokoro.load("af_hart")
    assert "af_heart" in caught.value.hint
    (folder / "kokoro-v1.0.onnx").write_bytes(b"\x08not a network")
    with pytest.raises(ModelError, match="cannot be used"):
        kokoro.load("af_heart")
