from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.trust.containers import EMBEDDED, bmff_layout, find_store, holds_remnants, media_type_of


def test_the_form_is_told_by_the_first_bytes(tmp_path: Path, picture: Path, sound: Path) -> None:
    lied = tmp_path / "film.mp4"
    lied.write_bytes(picture.read_bytes())
    assert media_type_of(lied) == "image/png"
    assert media_type_of(sound) == "audio/wav"
    named = tmp_path / "film.srt"
    named.write_text("1")
    assert media_type_of(named) == "application/x-subrip"
    with pytest.raises(InputError):
        media_type_of(tmp_path / "none")


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(sorted(set(EMBEDDED.values()))))
def test_any_bytes_have_a_layout_and_never_crash(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bin"
    for head in (
        b"",
        b"RIFF\x90\x01\x00\x00WAVE",
        b"\xff\xd8\xff\xeb",
        b"ID3\x04\x00\x00",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
    ):
        path.write_bytes(head + data)
        layout = find_store(path, kind)
        assert layout is not None
        assert layout.store == b"" or layout.ranges


def test_boxes_of_an_mp4(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    ftyp = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 512)
    free, mdat = struct.pack(">I4s", 12, b"free") + b"word", struct.pack(">I4s", 12, b"mdat") + b"data"
    path.write_bytes(ftyp + free + mdat)
    assert [(one["type"], one["size"], "sha256" in one) for one in bmff_layout(path)] == [
        ("ftyp", 16, True), ("free", 12, True), ("mdat", 12, False),
    ]  # fmt: skip
    layout = find_store(path, "video/mp4")
    assert layout is not None
    assert [kind for kind, _ in layout.loose] == ["free"]


def test_credentials_of_a_cover_picture_are_not_the_sounds_own(tmp_path: Path) -> None:
    mark = b"c2ma" + bytes.fromhex("00110010800000aa00389b71")
    path = tmp_path / "x.mp3"
    path.write_bytes(b"ID3" + bytes(50) + b"\xff\xeb\x01\x00JP" + bytes(20) + mark)
    assert not holds_remnants(path, "audio/mpeg")
    path.write_bytes(b"ID3" + bytes(90) + mark)
    assert holds_remnants(path, "audio/mpeg")
