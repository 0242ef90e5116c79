from pathlib import Path

import pytest

from rushlight.artifacts import Captions, Script
from rushlight.cli.options import options_for, parse_values, read_artifact, show
from rushlight.core.errors import InputError
from rushlight.core.index import load_index

SPEAK = load_index()["capabilities"]["speak_script"]["parameters"]


def test_one_option_for_each_parameter() -> None:
    names = {option.name for option in options_for(SPEAK)}
    assert names == set(SPEAK["properties"])


def test_only_what_was_typed_is_passed() -> None:
    given = {"voice": "espeak/de", "voices": ("anna=espeak/fr",), "words_per_minute": None}
    assert parse_values(SPEAK, given) == {"voice": "espeak/de", "voices": {"anna": "espeak/fr"}}
    with pytest.raises(InputError, match="NAME=VALUE"):
        parse_values(SPEAK, {"voices": ("anna",)})


def test_artifacts_are_read_from_their_own_files_or_json(tmp_path: Path) -> None:
    subtitles = tmp_path / "a.srt"
    subtitles.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello.\n")
    captions = read_artifact(subtitles, Captions)
    path = tmp_path / "a.json"
    path.write_text(captions.model_dump_json())
    assert read_artifact(path, Captions) == captions
    with pytest.raises(InputError, match="does not hold a Script"):
        read_artifact(path, Script)


def test_long_fields_are_shortened_for_people() -> None:
    text = show(Script(title="t" * 300, beats=(), writer="x"))
    assert max(map(len, text.splitlines())) <= 122
