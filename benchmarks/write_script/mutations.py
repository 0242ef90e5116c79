"""Small lies: ways to make a true sentence false, as a careless edit or a model's slip would.

They are made from the sentence alone, by word lists of their own, so that they share nothing with the check they test.
Every mutation changes what is said: the leading digits of a number (never noughts that stand for rounding), which of
two names stands where, a unit or scale, up for down, the upper extreme for the lower.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

__all__ = ["KINDS", "Mutation", "mutate"]

KINDS = ("digit", "names", "unit", "direction", "extreme")
_UNITS = {
    "percent": "percentage points", "percentage points": "percent", "million": "billion", "billion": "million",
    "kilometres": "miles", "metres": "feet", "tonnes": "kilograms", "decibels": "degrees", "minutes": "hours",
    "months": "weeks", "years": "months", "days": "weeks", "€": "$", "$": "€", "crowns": "dollars",
}  # fmt: skip
_FLIPS = [
    ("rose", "fell"), ("climbed", "dropped"), ("rise", "fall"), ("up", "down"), ("risen", "fallen"), ("more", "less"),
    ("above", "below"), ("climbed", "declined"),
]  # fmt: skip
_BOUNDS = [
    ("highest", "lowest"), ("most", "fewest"), ("greatest", "smallest"), ("most", "least"), ("largest", "smallest"),
    ("oldest", "youngest"), ("tallest", "shortest"), ("peaked", "reached its lowest point"),
]  # fmt: skip
_NUMBER = re.compile(r"(?<![\w–-])\d[\d,.]*\d|(?<![\w–-])\d")
_NAME = re.compile(r"(?<=[\w,;:“] )[A-Z][\w'’/&:-]+(?: (?:(?:of|the|and) )?(?:[A-Z][\w'’/&:-]*|/))*")


@dataclass(frozen=True)
class Mutation:
    """A sentence made false, and how."""

    kind: str
    before: str
    after: str


def mutate(text: str, names: list[str], chooser: random.Random) -> list[Mutation]:
    """One mutation of every kind that the sentence allows.

    Args:
        text: a true sentence.
        names: names of the source, to put in the place of one in the sentence.
        chooser: decides where.
    """
    made = {
        "digit": _digit(text, chooser),
        "names": _names(text, names, chooser),
        "unit": _replaced(text, list(_UNITS.items()), chooser, after_number=True),
        "direction": _replaced(text, [*_FLIPS, *((b, a) for a, b in _FLIPS)], chooser),
        "extreme": _replaced(text, [*_BOUNDS, *((b, a) for a, b in _BOUNDS)], chooser),
    }
    return [Mutation(kind, text, after) for kind, after in made.items() if after and after != text]


def _digit(text: str, chooser: random.Random) -> str:
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return ""
    match = chooser.choice(numbers)
    written = match.group()
    places = [place for place, char in enumerate(written) if char.isdigit()][:3]
    stated = [place for place in places if written[place] != "0"] or places[:1]
    place = chooser.choice(stated)
    others = [digit for digit in "123456789" if digit != written[place]]
    changed = written[:place] + chooser.choice(others) + written[place + 1 :]
    return text[: match.start()] + changed + text[match.end() :]


def _names(text: str, names: list[str], chooser: random.Random) -> str:
    inside = sorted({name for name in names if len(name) > 3 and name in text}, key=lambda name: (-len(name), name))
    found = [name for place, name in enumerate(inside) if not any(name in longer for longer in inside[:place])]
    found = found or [match.group() for match in _NAME.finditer(text)]
    found = list(dict.fromkeys(found))
    if len(found) >= 2:
        one, other = chooser.sample(found, 2)
        return text.replace(one, "\0").replace(other, one).replace("\0", other)
    others = [name for name in names if name not in text and name not in found]
    if found and others:
        return text.replace(found[0], chooser.choice(sorted(others)))
    return ""


def _replaced(text: str, pairs: list[tuple[str, str]], chooser: random.Random, *, after_number: bool = False) -> str:
    options = []
    for old, new in pairs:
        if old in ("€", "$"):
            pattern = re.escape(old) + r"(?=\d)"
        elif after_number:
            pattern = rf"(?<=\d ){re.escape(old)}\b|(?<=illion ){re.escape(old)}\b"
        else:
            pattern = rf"\b{re.escape(old)}\b"
        options += [(match, new) for match in re.finditer(pattern, text)]
    if not options:
        return ""
    match, new = chooser.choice(options)
    return text[: match.start()] + new + text[match.end() :]
