"""The look of a film: colours, fonts, logo. Named styles ship; a project's `[style]` table changes any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import ImageColor, ImageFont

from rushlight.core.errors import InputError, ModelError

__all__ = ["STYLES", "Style", "find_font", "load_style"]


@dataclass(frozen=True)
class Style:
    """A look. Colours are `#rrggbb`; fonts are names that `find_font` knows or paths of font files."""

    name: str
    background: str = "#12182b"
    background_edge: str = "#0a0d18"
    ink: str = "#f4f1ea"
    quiet: str = "#9aa3b8"
    accent: str = "#ffb454"
    accents: tuple[str, ...] = ("#ffb454", "#5cc8ff", "#7ee0a1", "#ff7d7d", "#c79bff")
    display_font: str = "Hanken Grotesk Bold"
    text_font: str = "Source Sans Pro Semibold"
    quote_font: str = "Source Serif Pro Italic"
    logo: str = ""
    """Path of a picture with transparency, shown in a corner; empty for none."""


STYLES: dict[str, Style] = {
    "house": Style("house"),
    "paper": Style(
        "paper",
        background="#f3eee3",
        background_edge="#e4dccb",
        ink="#20242c",
        quiet="#6b6f78",
        accent="#b3372b",
        accents=("#b3372b", "#1f5f8b", "#3c7a4e", "#a8741a", "#6a4c93"),
        display_font="Source Serif Pro Bold",
        text_font="Source Sans Pro Semibold",
    ),
    "night": Style(
        "night",
        background="#0d1f24",
        background_edge="#050b0d",
        ink="#eefaf7",
        quiet="#86a8a6",
        accent="#3ee0c0",
        accents=("#3ee0c0", "#ffd166", "#7aa7ff", "#ff8fab", "#b8f28c"),
    ),
    "signal": Style(
        "signal",
        background="#1c1c1e",
        background_edge="#0c0c0d",
        ink="#ffffff",
        quiet="#a0a0a6",
        accent="#ff453a",
        accents=("#ff453a", "#ffd60a", "#30d158", "#64d2ff", "#bf5af2"),
        display_font="Hanken Grotesk Bold",
    ),
}
"""The styles that ship."""

_PACKAGES = ("font_hanken_grotesk", "font_source_sans_pro", "font_source_serif_pro")
_SHORT = {"Italic": "It", "Bold Italic": "BoldIt", "Semibold Italic": "SemiboldIt"}


@cache
def _shipped_fonts() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for package in _PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            # OpenType before TrueType: sorted puts .otf first, and the first of a name is kept.
            for path in sorted(Path(folder, "files").glob("*.[ot]tf")):
                found.setdefault(path.stem.lower(), path)
    return found


def find_font(name: str) -> Path:
    """The file of a font: a path, or a name such as `Source Sans Pro Semibold`.

    Raises:
        ModelError: no such font; the hint names near ones.
    """
    if Path(name).suffix.lower() in (".ttf", ".otf", ".ttc"):
        if not Path(name).is_file():
            raise ModelError("This font file does not exist.", path=name, hint="Check `[style]` in rushlight.toml.")
        return Path(name)
    fonts = _shipped_fonts()
    family, _, weight = name.rpartition(" ")
    for long, short in _SHORT.items():
        if name.endswith(" " + long):
            family, weight = name.removesuffix(" " + long), short
    for candidate in (f"{family}-{weight}", f"{family}-{weight}".replace("It", "Italic"), f"{name}-Regular"):
        key = candidate.replace(" ", "").lower()
        if key in fonts:
            return fonts[key]
    near = get_close_matches(name.replace(" ", "").lower(), list(fonts), 3, 0.3)
    raise ModelError(f"There is no font {name!r}.", hint=f"Give a font file, or one of: {', '.join(near)}.")


def load_style(name: str, changes: Mapping[str, Any] | None = None, root: Path | None = None) -> Style:
    """The style with this name, with a project's own changes.

    Args:
        name: `house`, `paper`, `night` or `signal`.
        changes: the `[style]` table of `rushlight.toml`.
        root: folder that `logo` and font paths are relative to.

    Raises:
        InputError: an unknown style or setting, or a colour that is none.
        ModelError: a font that is not there.
    """
    if name not in STYLES:
        near = get_close_matches(name, STYLES, 1)
        raise InputError(
            f"There is no style {name!r}.",
            hint=f"Did you mean {near[0]}?" if near else f"Styles: {', '.join(STYLES)}.",
        )
    style = STYLES[name]
    known = {field.name for field in fields(Style)} - {"name"}
    for key, value in (changes or {}).items():
        if key == "name":
            continue
        if key not in known:
            raise InputError(f"[style] has no setting {key!r}.", hint=f"Settings: {', '.join(sorted(known))}.")
        if root and isinstance(value, str) and (key == "logo" or value.endswith((".ttf", ".otf", ".ttc"))):
            value = str(root / value)
        change: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value}
        style = replace(style, **change)
    for colour in (style.background, style.background_edge, style.ink, style.quiet, style.accent, *style.accents):
        try:
            ImageColor.getrgb(colour)
        except (ValueError, AttributeError, TypeError) as error:
            raise InputError(f"{colour!r} is not a colour.", where="[style]", hint="Write it as #rrggbb.") from error
    for font in (style.display_font, style.text_font, style.quote_font):
        try:
            ImageFont.truetype(str(find_font(font)), 10)
        except OSError as error:
            raise ModelError("This font file cannot be read.", path=font, hint="Choose another.") from error
    return style
