from __future__ import annotations

import json
from pathlib import Path

import pytest

from rushlight.core.errors import InputError
from rushlight.edit.listening.transcriptfile import load_transcript


def _file(folder: Path, name: str, content: object) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_captions_share_their_time_out_over_words(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:03,000\nThe harbour clock\n\n2\n00:00:04,000 --> 00:00:05,000\nstopped.\n"
    read = load_transcript(_file(tmp_path, "a.srt", srt))
    assert [word.text for word in read.words] == ["The", "harbour", "clock", "stopped."]
    assert (read.words[0].start, read.words[2].end, read.words[3].start) == (1, 3, 4)
    assert not read.exact_times


def test_whisper_json_keeps_times_of_words_where_it_has_them(tmp_path: Path) -> None:
    words = [{"word": " Hello", "start": 0.5, "end": 0.9, "probability": 0.8}, {"word": " you", "start": 1, "end": 1.2}]
    read = load_transcript(_file(tmp_path, "a.json", {"language": "en", "segments": [{"words": words}]}))
    assert [(w.text, float(w.start), w.confidence) for w in read.words] == [("Hello", 0.5, 0.8), ("you", 1.0, None)]
    assert read.exact_times
    plain = {"transcription": [{"offsets": {"from": 1000, "to": 2000}, "text": " Hello you"}]}
    assert not load_transcript(_file(tmp_path, "b.json", plain)).exact_times


def test_its_own_json_comes_back_unchanged(tmp_path: Path) -> None:
    read = load_transcript(_file(tmp_path, "a.srt", "1\n00:00:01,000 --> 00:00:03,000\nThe clock\n"))
    assert load_transcript(_file(tmp_path, "own.json", read.model_dump_json())) == read


@pytest.mark.parametrize(
    "content", ["nonsense", [], {}, {"segments": [{"text": "a", "start": -1, "end": 1}]}, {"segments": [3]},
                {"segments": [{"words": [{"word": "a", "start": "NaN"}]}]}, {"segments": []}, {"words": 3}],
)  # fmt: skip
def test_what_is_no_transcript_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(InputError) as caught:
        load_transcript(_file(tmp_path, "bad.json", content))
    assert caught.value.path is not None
