"""Screenplays from files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rushlight.core.errors import InputError, LimitError
from rushlight.create.read_screenplay import load_screenplay
from rushlight.timeline.screenplay.fdx import write_fdx
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures")) / "text" / "screenplay"
TEXT = "INT. KITCHEN - NIGHT\n\nMARA\nIs it on?\n"


def test_every_fixture_comes_back_byte_for_byte():
    files = sorted(FIXTURES.glob("*.fountain"))
    if not files:
        pytest.skip("no screenplays here: set RUSHLIGHT_FIXTURES to a folder of them")
    for path in files:
        screenplay = load_screenplay(path)
        assert write_fountain(screenplay).encode() == path.read_bytes(), path.name
        assert screenplay.scenes(), path.name


@pytest.mark.parametrize("name", ["a.fountain", "a.spmd", "a.txt", "a.FOUNTAIN"])
def test_fountain_by_any_name(tmp_path, name):
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    assert load_screenplay(tmp_path / name).characters() == ("MARA",)


def test_final_draft(tmp_path):
    (tmp_path / "a.fdx").write_bytes(write_fdx(parse_fountain(TEXT)))
    assert load_screenplay(tmp_path / "a.fdx").scenes()[0].title == "INT. KITCHEN - NIGHT"


def test_old_encodings_are_recognised(tmp_path):
    text = "MÜLLER\nÜber den Dächern weht “kalte” Luft, und früh müssen wir gehen – für €5.\n"
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))
    assert "für €5" in load_screenplay(tmp_path / "a.txt").elements[1].text


@pytest.mark.parametrize(
    ("name", "data", "error", "says"),
    [
        ("a.fountain", b"\x89PNG\r\n\x1a\n\0\0\0", InputError, "binary"),
        ("a.fountain", b"", InputError, "empty"),
        ("a.docx", b"PK", InputError, "docx"),
        ("a.fdx", b"not xml", InputError, "broken"),
        ("a.fountain", b"x" * 10_000_000, LimitError, "10 MB"),
        ("a.fountain", b"x" * 6_000_000, LimitError, "characters"),
        ("a.fdx", b"x" * 10_000_000, LimitError, "10 MB"),
    ],
)
def test_bad_files_get_one_sentence(tmp_path, name, data, error, says):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error, match=says) as caught:
        load_screenplay(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint
