"""Captions written and read back: the same words at the same milliseconds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Captions, Cue
from rushlight.core.errors import InputError
from rushlight.timeline.captionfile import captions_to_ass, captions_to_srt, captions_to_vtt, read_captions


def as_ass(captions: Captions) -> str:
    return captions_to_ass(captions, width_px=1280, height_px=720)


WRITERS = {"srt": captions_to_srt, "vtt": captions_to_vtt, "ass": as_ass}

SPECIAL = [
    "a {b} c", "{\\b1}bold{\\b0}", "back\\slash", "\\N and \\n and \\h", "1 < 2 > 0", "<i>not italic</i>", "AT&T",
    "&lt; &amp;", "a --> b", "00:00:01,000 --> 00:00:02,000", "12", "end}", "{", "}", "\\", "ends in \\", "\\{x\\}",
    "NOTE this", "WEBVTT", "STYLE", "comma, comma", "“quotes” 'and' \"more\"", "灯塔", "ضوء", "é e\u0301", "- dash",
    "<00:00:01.000>", "<v Anna>hi", "{c:$0000ff}",
]  # fmt: skip


def film(*texts: tuple[str, ...]) -> Captions:
    return Captions(
        cues=tuple(
            Cue(start=Fraction(2 * number + 1), end=Fraction(2 * number + 2) + Fraction(57, 100), lines=lines)
            for number, lines in enumerate(texts)
        )
    )


def round_trip(captions: Captions, form: str, folder: Path) -> Captions:
    path = folder / f"c.{form}"
    path.write_text(WRITERS[form](captions), encoding="utf-8")
    return read_captions(path)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("text", SPECIAL)
def test_special_characters_survive(tmp_path: Path, form: str, text: str) -> None:
    captions = film(("Before.",), (text, "second line"), ("first line", text), (text,))
    assert round_trip(captions, form, tmp_path).cues == captions.cues


LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf", "Cn", "Co"]), min_size=1, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(LINE, min_size=1, max_size=2).map(tuple), min_size=1, max_size=4))
@pytest.mark.parametrize("form", WRITERS)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, form: str, texts: list[tuple[str, ...]]) -> None:
    captions = film(*texts)
    assert round_trip(captions, form, tmp_path_factory.mktemp("c")).cues == captions.cues


def test_times_are_written_to_the_nearest_millisecond(tmp_path: Path) -> None:
    captions = Captions(cues=(Cue(start=Fraction(1, 3), end=Fraction(3661) + Fraction(2, 3), lines=("x",)),))
    assert "00:00:00,333 --> 01:01:01,667" in captions_to_srt(captions)
    assert "00:00:00.333 --> 01:01:01.667" in captions_to_vtt(captions)


@pytest.mark.parametrize("form", WRITERS)
def test_files_saved_by_other_editors_are_read(tmp_path: Path, form: str) -> None:
    text = WRITERS[form](film(("One.",), ("Two.",)))
    (tmp_path / "c").write_bytes(b"\xef\xbb\xbf" + text.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    assert [cue.lines for cue in read_captions(tmp_path / "c").cues] == [("One.",), ("Two.",)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"1\n00:00:02,000 --> 00:00:01,000\nbackwards\n",
        b"WEBVTT\n\nNOTE nothing here\n",
    ],
)
def test_what_is_no_caption_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.srt").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_captions(tmp_path / "c.srt")
    assert "c.srt" in str(caught.value)


def test_styles_that_editors_add_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(
        "1\n0:00:01,5 --> 0:00:02,000 X1:1\n<i>One</i> {\\an8}<font color='red'>two</font>\n"
    )
    cue = read_captions(tmp_path / "a.srt").cues[0]
    assert (cue.start, cue.lines) == (Fraction(3, 2), ("One two",))
    (tmp_path / "a.vtt").write_text(
        "WEBVTT\n\nSTYLE\n::cue {}\n\nid\n00:01.000 --> 00:02.000 align:left\n<v Anna>Hi &amp; ho</v>\n"
    )
    assert read_captions(tmp_path / "a.vtt").cues[0].lines == ("Hi & ho",)
