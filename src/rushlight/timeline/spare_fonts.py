"""Fonts for letters that the fonts of a style lack: from packages (`pip install rushlight[fonts]`), then the system's.

Noto Sans Arabic and Hebrew and Noto Sans CJK come as packages under the SIL Open Font Licence. Where they are not
installed, fonts of the computer are used, which may look different on another one; `is_of_system` tells them apart.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

__all__ = ["can_draw", "is_of_system", "sized", "spare_font_for"]

_PACKAGES = {"justmytype_intl_rtl": "fonts/ofl/*/*.[ot]t[fc]", "manimgx_fonts_cjk": "*.[ot]t[fc]"}
_SUFFIXES = frozenset([".ttf", ".otf", ".ttc"])
_MOST_FILES = 4000
# As heavy as the captions of the house style.
_WEIGHT = 600
# Collections of Noto Sans CJK begin with the Japanese, Korean and simplified Chinese faces.
_JAPANESE, _KOREAN, _CHINESE = 0, 1, 2


def can_draw(path: Path, text: str) -> bool:
    """Whether a font has every letter of a text; marks that only join or direct letters need none."""
    return all(_has(str(path), sign) for sign in text)


def spare_font_for(text: str) -> Path | None:
    """The first font of a package, else of the system, that has every letter of a text; None when none has."""
    if found := next((path for path in _packaged() if can_draw(path, text)), None):
        return found
    return _of_system(text)


def is_of_system(path: Path) -> bool:
    """Whether a font is the computer's own and not one of a package."""
    return path not in _packaged()


@lru_cache(maxsize=256)
def sized(path: Path, size_px: int, text: str) -> ImageFont.FreeTypeFont:
    """A spare font at a size, in the form that the language of a text wants, as heavy as the fonts beside it."""
    index = _face_index(text) if path.suffix.lower() == ".ttc" and "CJK" in path.name else 0
    face = ImageFont.truetype(str(path), max(size_px, 4), index=index)
    with suppress(OSError):  # a font of one weight
        axes = face.get_variation_axes()
        face.set_variation_by_axes(
            [
                float(_WEIGHT if bytes(axis["name"] or b"").lower() == b"weight" else axis["default"] or 0)
                for axis in axes
            ]
        )
    return face


def _face_index(text: str) -> int:
    if any("\u3040" <= sign <= "\u30ff" for sign in text):
        return _JAPANESE
    return _KOREAN if any("\uac00" <= sign <= "\ud7a3" or "\u1100" <= sign <= "\u11ff" for sign in text) else _CHINESE


@cache
def _packaged() -> tuple[Path, ...]:
    found: list[Path] = []
    for package, pattern in _PACKAGES.items():
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            found += sorted(Path(folder).glob(pattern))
    return tuple(found)


@lru_cache(maxsize=1024)
def _of_system(text: str) -> Path | None:
    return next((path for path in _system_fonts() if can_draw(path, text)), None)


@cache
def _system_fonts() -> tuple[Path, ...]:
    """Upright fonts of the computer, those most like captions first."""
    found = [path for path in _files() if not {"italic", "oblique"} & set(path.stem.lower().split("-"))]

    def rank(path: Path) -> tuple[bool, bool, bool, str]:
        name = path.stem.lower()
        return "noto" not in name, "sans" not in name, "mono" in name or "emoji" in name, name

    return tuple(sorted(found, key=rank))


def _files() -> Iterator[Path]:
    home = Path.home()
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts"]
    if sys.platform == "darwin":
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    elif sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts"]
    count = 0
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                count += 1
                if count > _MOST_FILES:
                    return
                if Path(name).suffix.lower() in _SUFFIXES:
                    yield Path(root, name)


@lru_cache(maxsize=512)
def _probe_face(path: str) -> tuple[ImageFont.FreeTypeFont, tuple[int, int], bytes] | None:
    try:
        face = ImageFont.truetype(path, 24)
        missing = face.getmask("\uffff")
    except OSError:
        return None
    return face, missing.size, bytes(missing)


@lru_cache(maxsize=16384)
def _has(path: str, sign: str) -> bool:
    """Whether a font draws a sign as something other than its box for missing ones."""
    if sign.isspace() or sign in "\u200c\u200d\u200e\u200f\u2060":
        return True
    probe = _probe_face(path)
    if probe is None:
        return False
    drawn = probe[0].getmask(sign)
    return drawn.size != probe[1] or bytes(drawn) != probe[2]
