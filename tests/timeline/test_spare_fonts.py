"""Letters that a style's fonts lack are set in fonts of packages, joined and in the order in which they are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import features

from rushlight.timeline import spare_fonts
from rushlight.timeline.graphics.lettering import font, letter_rgba, system_fonts_for, text_width
from rushlight.timeline.spare_fonts import can_draw, is_of_system, spare_font_for
from rushlight.timeline.style import find_font

pytest.importorskip("justmytype_intl_rtl")
pytest.importorskip("manimgx_fonts_cjk")
NAME = "Source Sans Pro Semibold"


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("مرحبا بكم في الميناء", "NotoSansArabic"),
        ("שלום עולם", "NotoSansHebrew"),
        ("灯塔里的钟每天都在走", "NotoSansCJK"),
        ("港の時計は動いている", "NotoSansCJK"),
        ("항구의 시계", "NotoSansCJK"),
    ],
)
def test_scripts_find_their_font(text: str, family: str) -> None:
    assert not can_draw(find_font(NAME), text)
    found = spare_font_for(text)
    assert found is not None
    assert found.name.startswith(family)
    assert not is_of_system(found)
    assert system_fonts_for([text], NAME) == []


def test_no_font_has_what_stands_for_nothing() -> None:
    assert spare_font_for("\U000f0000") is None


@pytest.mark.skipif(not features.check("fribidi"), reason="FriBidi is not on this machine")
def test_letters_join_and_run_from_the_right() -> None:
    face = font(NAME, 40)
    apart = sum(text_width(sign, face) for sign in "مرحبا")
    assert text_width("مرحبا", face) < apart * 0.9
    # What is read first stands on the right: a short word, then a long row of wide letters.
    ink = letter_rgba(["ا سسسسسس"], face, "#ffffff")[..., 3] > 128
    columns = np.flatnonzero(ink.any(axis=0))
    alif, tail = ink[:, columns[-1] - 3 : columns[-1] + 1], ink[:, columns[0] : columns[0] + 4]
    assert alif.any(axis=1).sum() > 1.4 * tail.any(axis=1).sum()


def test_the_computers_own_fonts_stand_in_and_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = spare_font_for("שלום")
    assert own is not None
    copy = tmp_path / "Somebody-Sans.ttf"
    copy.write_bytes(own.read_bytes())
    monkeypatch.setattr(spare_fonts, "_packaged", lambda: ())
    monkeypatch.setattr(spare_fonts, "_system_fonts", lambda: (copy,))
    spare_fonts._of_system.cache_clear()
    try:
        assert spare_font_for("שלום") == copy
        assert system_fonts_for(["Hello", "שלום"], NAME) == ["Somebody-Sans"]
        assert spare_font_for("灯塔") is None
    finally:
        spare_fonts._of_system.cache_clear()
