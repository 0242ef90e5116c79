from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import ImageColor

from rushlight.core.errors import InputError, ModelError
from rushlight.timeline.style import STYLES, Style, find_font, load_style


def _light(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((_light(one), _light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", STYLES)
def test_what_is_written_can_be_read(name: str) -> None:
    style = load_style(name)
    for ground in (style.background, style.background_edge):
        assert contrast(style.ink, ground) > 7
        assert contrast(style.quiet, ground) > 3
        assert all(contrast(accent, ground) > 2.9 for accent in style.accents)


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_fonts_that_ship_are_found(style: Style) -> None:
    for font in (style.display_font, style.text_font, style.quote_font):
        assert find_font(font).is_file()


def test_changes_are_laid_over_a_style(tmp_path: Path) -> None:
    style = load_style("paper", {"accent": "#123456", "accents": ["#111111", "#222222"], "logo": "l.png"}, tmp_path)
    assert style.accent == "#123456"
    assert style.accents == ("#111111", "#222222")
    assert style.logo == str(tmp_path / "l.png")
    assert style.ink == STYLES["paper"].ink


@pytest.mark.parametrize(
    ("name", "changes", "error"),
    [
        ("papr", {}, InputError),
        ("paper", {"colour": "#ffffff"}, InputError),
        ("paper", {"ink": "blackish"}, InputError),
        ("paper", {"ink": 7}, InputError),
        ("paper", {"text_font": "Comic Sans Bold"}, ModelError),
        ("paper", {"text_font": "missing.ttf"}, ModelError),
    ],
)
def test_wrong_settings_are_said(name: str, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        load_style(name, changes)
    assert getattr(caught.value, "hint", "")


def test_a_font_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.ttf").write_bytes(b"no font")
    with pytest.raises(ModelError, match="cannot be read"):
        load_style("house", {"text_font": "x.ttf"}, tmp_path)
