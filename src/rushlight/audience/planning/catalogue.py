"""Titles with what they are made of: themes, people, styles, and what has to be taken out before they compare."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rushlight.audience.planning.tables import moment, number, read_table
from rushlight.core.errors import InputError

__all__ = [
    "GROUPS",
    "Catalogue",
    "CatalogueTitle",
    "likeness",
    "load_catalogue",
    "rarity",
    "title_of_words",
    "titles_of_warehouse",
    "warehouse_titles",
]

# Group of properties, and the columns that name them.
GROUPS: dict[str, tuple[str, ...]] = {
    "theme": ("theme", "themes", "genre", "genres", "category", "categories", "topic", "topics", "subject"),
    "cast": ("cast", "actor", "actors", "person", "people", "star", "stars", "host", "presenter"),
    "director": ("director", "directors", "writer", "writers", "creator", "creators", "author"),
    "style": ("style", "styles", "tone", "look", "format", "mood"),
}
_NUMBERS = {
    "demand": ("demand", "value", "views", "viewers", "watch_hours", "plays", "count", "gross"),
    "position": ("position", "rank", "place", "catalogue_position"),
    "duration": ("duration", "duration_seconds", "minutes", "runtime"),
    "budget": ("budget", "cost"),
}
_SPLIT = re.compile(r"\s*[|;]\s*")
_MOST_LETTERS = 80


@dataclass(frozen=True)
class CatalogueTitle:
    """One title.

    Attributes:
        id: of the title; `name` as people know it.
        properties: group and name of each thing it has.
        demand: how much it was wanted; None where nobody knows.
        released: the day it came out.
        numbers: position, duration and budget, where they are given.
    """

    id: str
    name: str
    properties: frozenset[tuple[str, str]]
    demand: float | None = None
    released: date | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalogue:
    """Titles, and what of the table could not be read."""

    titles: tuple[CatalogueTitle, ...]
    notes: tuple[str, ...] = ()


def load_catalogue(path: Path) -> Catalogue:
    """Titles of a table: title_id, demand, and columns of themes, people and styles; several are parted by | or ;.

    Raises:
        InputError: no such table, no column of properties, or no title in it.
    """
    columns = {
        "title_id": ("title_id", "title", "id", "name", "proposal"),
        "name": ("name", "title"),
        "released": ("released", "release", "release_date", "year", "date"),
        **_NUMBERS,
        **{f"{group}.{usual}": (usual,) for group, names in GROUPS.items() for usual in names},
    }
    rows, found = read_table(path, columns, ("title_id",))
    if not any("." in name for name in found):
        raise InputError(
            "This table says nothing of what titles are made of.", path=path, where="line 1",
            hint="Add columns such as theme, cast, director or style; several of one are parted by |.",
        )  # fmt: skip
    titles: dict[str, CatalogueTitle] = {}
    doubled = unreadable = below = unnamed = 0
    for row in rows:
        key = row["title_id"]
        if not key:
            unnamed += 1
            continue
        demand = number(row.get("demand", "")) if row.get("demand") else None
        unreadable += bool(row.get("demand")) and demand is None
        if demand is not None and demand < 0:
            below, demand = below + 1, None
        doubled += key in titles
        titles[key] = CatalogueTitle(
            key, row.get("name") or key, _properties(row), demand, _released(row.get("released", "")),
            {name: value for name in _NUMBERS if name != "demand" and (value := number(row.get(name, ""))) is not None},
        )  # fmt: skip
    if not titles:
        raise InputError("There is no title in this table.", path=path, hint="Its first column is title_id.")
    said = [
        (doubled, "rows name a title that was there already: the later one counts."),
        (unreadable, "rows have a demand that is no number: taken as unknown."),
        (below, "rows have a negative demand: taken as unknown."),
        (unnamed, "rows name no title and are left out."),
    ]
    return Catalogue(tuple(titles.values()), tuple(f"{count:,} {words}" for count, words in said if count))


def titles_of_warehouse(known: Mapping[str, Mapping[str, str]], path: Path) -> tuple[CatalogueTitle, ...]:
    """Titles as a warehouse was told of them.

    Raises:
        InputError: it was told of no properties.
    """
    found = tuple(warehouse_titles(known).values())
    if not any(one.properties for one in found):
        raise InputError(
            "This warehouse was told nothing of what titles are made of.", path=path,
            hint="Tell it: rushlight audience import TITLES.csv --form titles, with a column category.",
        )  # fmt: skip
    return found


def warehouse_titles(known: Mapping[str, Mapping[str, str]]) -> dict[str, CatalogueTitle]:
    """The same by id, whatever is known of them."""
    found: dict[str, CatalogueTitle] = {}
    for key, facts in sorted(known.items()):
        row = {f"{group}.{name}": facts[name].replace(",", "|") for group, names in GROUPS.items() for name in names
               if facts.get(name)}  # fmt: skip
        released = _released(facts.get("released", ""))
        found[key] = CatalogueTitle(key, facts.get("name", key), _properties(row), None, released)
    return found


def title_of_words(words: str, name: str) -> CatalogueTitle:
    """A proposed title from words such as `theme=politics|power; cast=Ann Lee; style=dark`.

    Raises:
        InputError: words of another form, or a property of no known group.
    """
    row: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in words.split(";"))):
        column, sign, value = part.partition("=")
        group = next((group for group, names in GROUPS.items() if column.strip().lower() in names), "")
        if not sign or not group:
            raise InputError(
                f"{part[:60]!r} describes no property.", hint=f"Write theme=politics|power; known: {', '.join(GROUPS)}."
            )
        row[f"{group}.{column.strip().lower()}"] = value
    if not row:
        raise InputError("This proposal says nothing of the title.", hint="Write theme=politics|power; cast=Ann Lee.")
    return CatalogueTitle(name, name, _properties(row))


def rarity(titles: Sequence[CatalogueTitle]) -> dict[tuple[str, str], float]:
    """What it says that two titles share a property: more the fewer have it."""
    counted = Counter(pair for title in titles for pair in title.properties)
    return {pair: math.log(1 + len(titles) / count) for pair, count in counted.items()}


def likeness(
    first: frozenset[tuple[str, str]], second: frozenset[tuple[str, str]], rare: Mapping[tuple[str, str], float]
) -> float:
    """Share of what either has that both have, rare things counting more; 0 to 1."""
    rarest = max(rare.values(), default=1.0)
    whole = sum(rare.get(pair, rarest) for pair in first | second)
    return sum(rare.get(pair, rarest) for pair in first & second) / whole if whole else 0.0


def _properties(row: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (column.partition(".")[0], " ".join(value.split())[:_MOST_LETTERS])
        for column, text in row.items() if "." in column
        for value in _SPLIT.split(text.strip()) if value.strip()
    )  # fmt: skip


def _released(text: str) -> date | None:
    text = text.strip()
    if len(text) == 4 and text.isdigit():
        # The middle of a year that is all that is known.
        text += "-07-01"
    at = moment(text) if not text[:4].isdigit() or text[:4] >= "1970" else None
    if at is None and len(text) >= 10:
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None
    return at.date() if at else (date(int(text[:4]), 7, 1) if text[:4].isdigit() and text[:4] >= "1880" else None)
