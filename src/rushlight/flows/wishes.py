"""What a person asks of a film, and how it is settled: the command line first, then brief, project, default.

Nothing heavy is imported here, so that a wish that cannot be granted is refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rushlight.core.errors import ApprovalError, InputError
from rushlight.core.units import parse_rate, parse_seconds

__all__ = ["ASPECTS", "SCREENPLAY_SUFFIXES", "FilmWishes", "Settings", "settle", "wanted_here"]

SCREENPLAY_SUFFIXES = frozenset((".fountain", ".spmd", ".fdx"))
"""Endings of the documents that are screenplays."""

ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "4:3": (4, 3)}
CAPTIONS = ("burned", "track", "none")
_SHORTEST, _LONGEST = Fraction(5), Fraction(3600)
_LEAST_HEIGHT, _MOST_HEIGHT = 144, 2160
_LEAST_RATE, _MOST_RATE = 5, 120
_LEAST_LUFS, _MOST_LUFS = -36.0, -8.0


@dataclass(frozen=True)
class FilmWishes:
    """What a person asks for; None means: as the brief says, else the project, else the default."""

    length: str | None = None
    aspect: str | None = None
    style: str | None = None
    voice: str | None = None
    writer: str | None = None
    genre: str | None = None
    language: str | None = None
    pictures: tuple[Path, ...] = ()
    height: int | None = None
    rate: str | None = None
    loudness_lufs: float | None = None
    captions: str | None = None
    music: bool | None = None
    disclosure: bool | None = None
    credentials: bool | None = None
    seed: int = 0


@dataclass(frozen=True)
class Settings:
    """Every setting of a film, decided."""

    length: Fraction | None
    """Seconds; None for whatever the script takes."""
    aspects: tuple[str, ...]
    style: str
    voice: str
    writer: str
    genre: str
    height_px: int
    """Of the shorter side."""
    rate: Fraction
    loudness_lufs: float
    captions: str
    music: bool
    disclosure: bool
    credentials: bool
    folders: tuple[Path, ...]
    """Folders of the person's own pictures."""

    def size(self, aspect: str) -> tuple[int, int]:
        """Width and height in pixels, both even."""
        wide, tall = ASPECTS[aspect]
        short = self.height_px
        width, height = (short * wide // tall, short) if wide >= tall else (short, short * tall // wide)
        return width - width % 2, height - height % 2


def settle(wishes: FilmWishes, asked: Mapping[str, Any], defaults: Mapping[str, Any]) -> Settings:
    """Decide every setting.

    Args:
        wishes: what was asked for now.
        asked: what the brief says.
        defaults: `[defaults]` of the project.

    Raises:
        InputError: a wish cannot be granted; the sentence names it.
        ApprovalError: the brief alone names a writer on another machine.
    """

    def choose(name: str, default: Any) -> Any:
        values = (getattr(wishes, name, None), asked.get(name), defaults.get(name))
        return next((value for value in values if value not in (None, "", ())), default)

    if not wishes.writer and asked.get("writer"):
        _agreed(str(asked["writer"]), str(defaults.get("writer", "")))
    folders = (*wishes.pictures, *([Path(asked["pictures"])] if asked.get("pictures") else []))
    for folder in folders:
        if not folder.is_dir():
            what = "is a file, not a folder" if folder.exists() else "does not exist"
            raise InputError(f"This folder of pictures {what}.", path=folder, hint="Give a folder of photos and clips.")
    return Settings(
        length=_length(str(choose("length", "60"))),
        aspects=_aspects(str(choose("aspect", "16:9"))),
        style=str(choose("style", "house")),
        voice=str(choose("voice", "espeak/en-gb")),
        writer=str(choose("writer", "auto")),
        genre=str(choose("genre", "documentary")),
        height_px=_whole("height", choose("height", 720), _LEAST_HEIGHT, _MOST_HEIGHT),
        rate=_rate(choose("rate", "30")),
        loudness_lufs=_loudness(choose("loudness_lufs", choose("loudness", -14.0))),
        captions=_one_of("captions", str(choose("captions", "burned")), CAPTIONS),
        music=_yes_or_no("music", choose("music", True)),
        disclosure=_yes_or_no("disclosure", choose("disclosure", True)),
        # A brief may come from anybody; whether a film is signed is not for it to say.
        credentials=_yes_or_no("credentials", wanted_here(wishes.credentials, defaults.get("credentials"))),
        folders=folders,
    )


def wanted_here(wished: bool | None, default: Any) -> Any:
    """What was asked for now, else what the project says, else yes."""
    return next((value for value in (wished, default) if value is not None), True)


def _agreed(writer: str, own: str) -> None:
    """A brief may come from anybody: what it says may not be sent to a host that only the brief names."""
    host = urlsplit(writer).hostname if writer.lower().startswith(("http:", "https:")) else None
    if host and host not in ("localhost", "127.0.0.1", "::1") and writer != own:
        raise ApprovalError(
            f"The brief wants its text sent to {host}, and nobody has agreed to that.",
            hint=f"To agree, run again with --writer {writer.partition('#')[0]}#MODEL.",
        )


def _length(text: str) -> Fraction | None:
    if text == "auto":
        return None
    seconds = parse_seconds(text)
    if not _SHORTEST <= seconds <= _LONGEST:
        raise InputError(
            f"A length of {text} is out of range.", hint="Give between 5 seconds and an hour, such as 90s, or auto."
        )
    return seconds


def _aspects(text: str) -> tuple[str, ...]:
    found = [part.strip() for part in text.split(",") if part.strip()]
    for aspect in found:
        if aspect not in ASPECTS:
            raise InputError(f"{aspect!r} is not an aspect.", hint=f"Choose among {', '.join(ASPECTS)}.")
    return tuple(dict.fromkeys(found)) or ("16:9",)


def _rate(value: Any) -> Fraction:
    rate = parse_rate(value)
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise InputError(
            f"A film cannot have {value} frames a second.", hint=f"Give {_LEAST_RATE} to {_MOST_RATE}, such as 25."
        )
    return rate


def _whole(name: str, value: Any, least: int, most: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = least - 1
    if not least <= number <= most:
        raise InputError(f"{name}: {value!r} is not a whole number from {least} to {most}.", hint="Give one, or none.")
    return number


def _loudness(value: Any) -> float:
    try:
        lufs = float(value)
    except (TypeError, ValueError):
        lufs = 0.0
    if not _LEAST_LUFS <= lufs <= _MOST_LUFS:
        raise InputError(
            f"loudness: {value!r} is not a loudness from {_LEAST_LUFS:.0f} to {_MOST_LUFS:.0f} LUFS.",
            hint="Give -14 for the web, -16 for podcasts, -23 for European television.",
        )
    return lufs


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise InputError(f"{name}: {value!r} is not known.", hint=f"Choose {', '.join(known[:-1])} or {known[-1]}.")
    return value


def _yes_or_no(name: str, value: Any) -> bool:
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    found = value if isinstance(value, bool) else words.get(str(value).strip().lower())
    if found is None:
        raise InputError(f"{name}: {value!r} is neither true nor false.", hint="Write true or false.")
    return found
