"""What a comment is tied to because it names it: times of the film, scenes, characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from rushlight.artifacts.screenplay import Screenplay
from rushlight.artifacts.shot_table import ShotTable
from rushlight.audience.language.tokens import Token

__all__ = ["Film", "times_named"]

_LONGEST_SECONDS = 6 * 3600.0
_MINUTES = re.compile(
    r"\b(?P<a>\d{1,3})[ -]?(?:min(?:ute)?s?\b)(?:\s+(?:in(?:to)?\b|mark\b))"
    r"|\bmin(?:ute)?s?\s+(?P<b>\d{1,3})\b(?!\s*[:/])"
    r"|\b(?:at|from|after|around|about|the)\s+(?:about\s+|the\s+|around\s+)?(?P<c>\d{1,3})[ -]?min(?:ute)?s?\b"
    r"(?!\s+(?:long|of|later|too|short))"
    r"|\b(?P<h>\d)h\s?(?P<m>\d{1,2})m?(?:\s?(?P<s>\d{1,2})s)?\b|\b(?P<m2>\d{1,3})m\s?(?P<s2>\d{1,2})s\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\s*(?:am|pm|a\.m|p\.m|o'?clock|uhr|gmt|utc|cet|est)\b", re.IGNORECASE)
_SCENE = re.compile(r"\bscene\s+(?:no\.?\s*|number\s+|#\s*)?(\d{1,3}[A-Za-z]?)\b", re.IGNORECASE)


def times_named(text: str, tokens: list[Token], duration_seconds: float | None = None) -> tuple[list[float], int]:
    """Times of the film that a comment names: `3:42`, `1:02:10`, `20 minutes in`, `3m42s`.

    Times of day (`8:30 pm`) are none, and nothing behind the film's end is.

    Returns:
        Seconds in the order they are named, each once, and how many times lay behind the end.
    """
    end = duration_seconds or _LONGEST_SECONDS
    found: list[float] = []
    for token in tokens:
        if token.kind == "time" and not _CLOCK.match(text, token.end):
            parts = [float(part) for part in token.form.split(":")]
            found.append(parts[0] * 60 + parts[1] if len(parts) == 2 else parts[0] * 3600 + parts[1] * 60 + parts[2])
    if "m" in text or "M" in text or "h" in text:
        for match in _MINUTES.finditer(text[:2000]):
            minutes = match["a"] or match["b"] or match["c"]
            if minutes:
                found.append(60.0 * int(minutes))
            elif match["h"]:
                found.append(3600.0 * int(match["h"]) + 60.0 * int(match["m"]) + int(match["s"] or 0))
            else:
                found.append(60.0 * int(match["m2"]) + int(match["s2"]))
    inside = list(dict.fromkeys(at for at in found if at <= end))
    return inside, len(set(found)) - len(inside)


@dataclass(frozen=True)
class Film:
    """What is known of a film that comments may name.

    Attributes:
        characters: small-letter names and how each is written.
        scenes: numbers of its scenes.
        shot_starts: seconds at which its shots begin.
        duration_seconds: its length; None when unknown.
    """

    characters: dict[str, str]
    scenes: frozenset[str]
    shot_starts: tuple[float, ...]
    duration_seconds: float | None

    @classmethod
    def of(cls, screenplay: Screenplay | None, shots: ShotTable | None) -> Film:
        """From a screenplay and a table of shots, either may be missing."""
        names: dict[str, str] = {}
        numbers: set[str] = set()
        for scene in screenplay.scenes() if screenplay else ():
            numbers.add(scene.number.lower())
            for speech in scene.speeches():
                for part in speech.character.split():
                    if len(part) > 2 and part.isalpha():
                        names[part.lower()] = part.title()
        starts = tuple(float(row.start) for row in shots.rows) if shots else ()
        return cls(names, frozenset(numbers), starts, float(shots.rows[-1].end) if shots and shots.rows else None)

    def characters_named(self, text: str, tokens: list[Token]) -> tuple[str, ...]:
        """Characters of the screenplay whose names stand in a comment, written large or all in small letters."""
        is_small = text.islower()
        return tuple(dict.fromkeys(
            self.characters[token.form] for token in tokens
            if token.form in self.characters and (is_small or text[token.start].isupper())
        ))  # fmt: skip

    def scenes_named(self, text: str) -> tuple[str, ...]:
        """Scenes of the screenplay that a comment names by number."""
        if not self.scenes:
            return ()
        return tuple(dict.fromkeys(one.upper() for one in _SCENE.findall(text) if one.lower() in self.scenes))

    def shots_at(self, seconds: list[float]) -> tuple[int, ...]:
        """Numbers of the shots at these times, from 1."""
        return (
            tuple(dict.fromkeys(max(bisect_right(self.shot_starts, at), 1) for at in seconds))
            if self.shot_starts
            else ()
        )
