"""Finding where a line of a script is said, and which shot shows what it tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np

from rushlight.artifacts import TranscriptWord
from rushlight.artifacts.shot_table import ShotDescription
from rushlight.edit.assembling.material import Footage, Key

__all__ = ["ScriptLine", "Take", "picture_odds", "read_lines", "takes_of"]

# Aligning words: what a word that is heard alike gives, and what one too many or too few costs.
_ALIKE_FROM, _WRONG, _SKIPPED = 0.72, -0.5, -0.35
_MARKS = re.compile(r"^\s*(?:[-*>•]|\d+[.)])\s+")
# Words of a line that name what is measured of a shot: the measure and whether much (1) or little (−1) of it is meant.
_TOLD = {
    "people": "face person people man woman men women he she they somebody someone everybody crowd portrait interview",
    "close": "close closeup detail macro", "wide": "wide landscape view panorama establishing outside street city sky",
    "moving": "fast quick run running runs ride riding race chase action fight battle jump dance drive driving move",
    "still": "calm quiet still slow rest peaceful silence wait waiting sleep",
    "dark": "dark night shadow black evening", "bright": "bright light day sun sunny white morning snow",
    "loud": "loud noise shout shouting music explosion crash bang", "red": "red fire blood", "orange": "orange sunset",
    "green": "green grass tree trees forest garden leaf leaves park", "blue": "blue sea water ocean",
    "pink": "pink rose", "yellow": "yellow gold sand",
}  # fmt: skip
_MEANT = {word: trait for trait, words in _TOLD.items() for word in words.split()}
# Places of the eight hues of a description's histogram.
_HUES = {"red": (0,), "orange": (1,), "yellow": (1,), "green": (2, 3), "blue": (5,), "pink": (7,)}


@dataclass(frozen=True)
class ScriptLine:
    """One line of a script."""

    number: int
    text: str
    words: tuple[str, ...]
    """Small letters and digits alone."""
    is_picture: bool
    """In brackets: it tells what is seen, and is not looked for among what is said."""


@dataclass(frozen=True)
class Take:
    """Where a line is said: words first to last of a recording, and the share of the line that was heard."""

    source: int
    first: int
    last: int
    share: float


def read_lines(text: str) -> list[ScriptLine]:
    """The lines of a plain text or Markdown script; headings, rules and empty lines are passed over."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = _MARKS.sub("", line).strip()
        if not plain or plain.startswith(("#", "//")) or not re.search(r"\w", plain):
            continue
        picture = plain[0] in "[(" and plain[-1] in "])"
        plain = plain.strip("[]()").strip() if picture else plain
        words = tuple(_plain(word) for word in plain.split() if _plain(word))
        if words:
            found.append(ScriptLine(number, plain, words, picture))
    return found


def _plain(word: str) -> str:
    return re.sub(r"[^\w]", "", word.casefold().replace("'", "").replace("’", ""))


def takes_of(line: ScriptLine, spoken: Sequence[Sequence[TranscriptWord]], *, least: float) -> list[Take]:
    """Everywhere a line is said, in order of recordings and time.

    Local alignment of words in each transcript; where one take ends the next may begin.

    Args:
        line: what is looked for.
        spoken: the words of each recording.
        least: share of the line that must be heard.

    Reference:
        Smith and Waterman 1981, "Identification of common molecular subsequences".
    """
    found = []
    for source, words in enumerate(spoken):
        heard = [_plain(word.text) for word in words]
        taken: list[tuple[int, int]] = []
        for _ in range(20):
            best = _aligned(line.words, heard, taken)
            if best is None or best.share < least:
                break
            taken.append((best.first, best.last))
            found.append(Take(source, best.first, best.last, best.share))
    return sorted(found, key=lambda take: (take.source, take.first))


@dataclass(frozen=True)
class _Run:
    first: int
    last: int
    share: float


def _aligned(line: Sequence[str], heard: Sequence[str], taken: Sequence[tuple[int, int]]) -> _Run | None:
    """The best alignment of a line that touches nothing taken."""
    count = len(line)
    scores = np.zeros(count + 1)
    starts: list[int] = [-1] * (count + 1)
    hits = [0.0] * (count + 1)
    best: tuple[float, _Run] | None = None
    for place, word in enumerate(heard):
        if any(first <= place <= last for first, last in taken):
            scores, starts, hits = np.zeros(count + 1), [-1] * (count + 1), [0.0] * (count + 1)
            continue
        fresh, began, got = np.zeros(count + 1), [-1] * (count + 1), [0.0] * (count + 1)
        for number in range(1, count + 1):
            alike = _likeness(line[number - 1], word)
            options = (
                (scores[number - 1] + (alike or _WRONG), starts[number - 1], hits[number - 1] + alike),
                (scores[number] + _SKIPPED, starts[number], hits[number]),
                (fresh[number - 1] + _SKIPPED, began[number - 1], got[number - 1]),
            )
            score, start, hit = max(options, key=lambda option: option[0])
            if score <= 0:
                continue
            fresh[number], began[number], got[number] = score, start if start >= 0 else place, hit
            if alike and (best is None or score > best[0] + 1e-9):
                best = float(score), _Run(began[number], place, hit / count)
        scores, starts, hits = fresh, began, got
    return best[1] if best else None


@lru_cache(maxsize=200_000)
def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if not one or not other or min(len(one), len(other)) < 3:
        return 0.0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return ratio if ratio >= _ALIKE_FROM else 0.0


def picture_odds(line: ScriptLine, footage: Footage, names: Sequence[str]) -> dict[Key, float]:
    """How well each shot shows what a line tells of: above 0.3 it is likely, at 0 nothing speaks for it.

    A line is held against the names of the recordings, what is said in a shot, and words that name what is measured:
    people, how near, motion, light, colours, loudness.
    """
    ranks = _ranks(footage)
    found = {}
    for key in footage.keys:
        row = footage.rows[key]
        name = [_plain(part) for part in re.split(r"[\W_\d]+", names[key[0]])]
        said = {_plain(word) for word in row.words.split()}
        points = []
        for word in line.words:
            if len(word) > 2 and any(len(part) > 2 and _likeness(_stem(part), _stem(word)) for part in name):
                points.append(1.0)
            elif word in said and len(word) > 3:
                points.append(0.6)
            elif word in _MEANT:
                points.append(_shown(_MEANT[word], row, ranks[key]))
        found[key] = float(sum(points) / np.sqrt(len(points))) if points else 0.0
    return found


def _stem(word: str) -> str:
    return re.sub(r"(ing|es|s)$", "", word) if len(word) > 4 else word


def _shown(trait: str, row: ShotDescription, ranks: dict[str, float]) -> float:
    """How much a shot has of what a word means, 0 to 1."""
    if trait == "people":
        return 0.9 if row.faces else 0.0
    if trait == "close":
        return {"close": 0.9, "medium": 0.4}.get(row.framing, 0.0)
    if trait == "wide":
        return {"wide": 0.7, "none": 0.5}.get(row.framing, 0.0)
    if trait in _HUES:
        shares = np.array(row.colours[:24]).reshape(8, 3).sum(axis=1) if len(row.colours) >= 24 else np.zeros(8)
        return float(min(2 * shares[list(_HUES[trait])].sum(), 1.0))
    measure, way = {
        "moving": ("motion", 1), "still": ("motion", -1), "bright": ("light", 1), "dark": ("light", -1),
        "loud": ("loudness", 1),
    }[trait]  # fmt: skip
    return 0.8 * (ranks[measure] if way > 0 else 1 - ranks[measure])


def _ranks(footage: Footage) -> dict[Key, dict[str, float]]:
    measures = {
        "motion": [footage.rows[key].camera_motion + footage.rows[key].subject_motion for key in footage.keys],
        "light": [footage.rows[key].brightness for key in footage.keys],
        "loudness": [footage.rows[key].loudness_db or -80.0 for key in footage.keys],
    }
    span = max(len(footage.keys) - 1, 1)
    ranked = {name: np.argsort(np.argsort(values, kind="stable")) / span for name, values in measures.items()}
    return {
        key: {name: float(values[place]) for name, values in ranked.items()} for place, key in enumerate(footage.keys)
    }
