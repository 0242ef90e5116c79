"""Briefs: a TOML file that says what film is wanted, with its text in it or beside it."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rushlight.core.errors import InputError
from rushlight.core.units import parse_seconds

__all__ = ["Brief", "read_brief"]

_CONTENT = ("text", "article", "table", "points")
_SETTINGS = {
    "title": "text", "length": "length", "aspect": "aspect", "style": "text", "voice": "text", "writer": "text",
    "audience": "text", "language": "text", "pictures": "folder", "music": "text", "presenter": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """A brief as read: exactly one of `text`, `points` and `document` is filled."""

    settings: dict[str, str]
    text: str = ""
    points: tuple[str, ...] = ()
    document: Path | None = None


def read_brief(text: str, path: Path) -> Brief:
    """Read a brief.

    Keys: one of `text`, `article` (a path), `table` (a path) or `points` (a list of sentences); and any of `title`,
    `length`, `aspect`, `style`, `voice`, `writer`, `audience`, `language`, `pictures`, `music`, `presenter`.

    Raises:
        InputError: broken TOML, an unknown key, a wrong value, no text or two; with the line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+)", str(error))
        line = f"line {where.group(1)}" if where else "last line"
        problem = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise InputError(
            f"This brief is not valid TOML: {problem}.", path=path, where=line, hint='Write `key = "value"`.'
        ) from error
    except RecursionError as error:
        raise InputError("This brief is nested too deeply.", path=path, hint="A brief has no nested values.") from error
    for key in data:
        if key not in _CONTENT and key not in _SETTINGS:
            close = difflib.get_close_matches(key, [*_CONTENT, *_SETTINGS], n=1)
            known = ", ".join(sorted([*_CONTENT, *_SETTINGS]))
            raise InputError(
                f"Unknown key {key!r}.",
                path=path,
                where=_line_of(text, key),
                hint=f"Did you mean {close[0]!r}?" if close else f"Known keys: {known}.",
            )
    given = [key for key in _CONTENT if key in data]
    if len(given) != 1:
        found = f"both {given[0]!r} and {given[1]!r}" if given else "nothing to tell"
        raise InputError(f"This brief holds {found}.", path=path, hint=f"Give exactly one of {', '.join(_CONTENT)}.")
    settings = {key: _setting(key, value, path, _line_of(text, key)) for key, value in data.items() if key in _SETTINGS}
    return _with_content(given[0], data[given[0]], settings, path, _line_of(text, given[0]))


def _line_of(text: str, key: str) -> str:
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(rf"\s*[\[\"']*{re.escape(key)}[\"'\]]*\s*(=|\.|$)", line):
            return f"line {number}"
    return f"key {key}"


def _setting(key: str, value: Any, path: Path, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputError(f"{key!r} must be a single value.", path=path, where=where, hint=f'Write {key} = "…".')
    written = str(value).strip()
    form = _SETTINGS[key]
    if form == "length":
        try:
            seconds = parse_seconds(written)
        except InputError as error:
            raise InputError(f"'length': {error.message}", path=path, where=where, hint=error.hint) from error
        if seconds <= 0:
            raise InputError("'length' must be above zero.", path=path, where=where)
    elif form == "aspect" and not re.fullmatch(r"\d{1,4}:\d{1,4}", written):
        raise InputError(f"{written!r} is not a picture shape.", path=path, where=where, hint='Write aspect = "16:9".')
    elif form == "folder":
        folder = (path.parent / written).expanduser()
        if not folder.is_dir():
            raise InputError(f"There is no folder {written!r}.", path=path, where=where, hint="Check 'pictures'.")
        written = str(folder.resolve())
    return written


def _with_content(key: str, value: Any, settings: dict[str, str], path: Path, where: str) -> Brief:
    if key == "points":
        if not isinstance(value, list) or not value or not all(isinstance(point, str) for point in value):
            raise InputError(
                "'points' must be a list of sentences.", path=path, where=where, hint='Write points = ["…", "…"].'
            )
        points = tuple(point.strip() for point in value if point.strip())
        if not points:
            raise InputError("'points' is empty.", path=path, where=where)
        return Brief(settings, points=points)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{key!r} is empty.", path=path, where=where, hint="Give it some text.")
    if key == "text":
        return Brief(settings, text=value)
    if "://" in value:
        raise InputError(f"{key!r} must be a file, not an address.", path=path, where=where, hint="Save it first.")
    document = (path.parent / value).expanduser()
    if not document.is_file():
        raise InputError(f"There is no file {value!r}.", path=path, where=where, hint="Paths count from the brief.")
    if document.suffix.lower() == ".toml":
        raise InputError("A brief cannot name another brief.", path=path, where=where)
    return Brief(settings, document=document)
