"""Numbers, times and names as sentences say them, each piece with the derivation it rests on."""

from __future__ import annotations

import datetime as dt
import random
import re
import string
from dataclasses import dataclass
from typing import Any

from rushlight.artifacts import CellRef, Line, Trace
from rushlight.core.errors import InputError
from rushlight.create.derivation import derive
from rushlight.create.sources.columns import UNIT_WORDS
from rushlight.create.tabular.profile import Profile

__all__ = ["Fact", "Piece", "count_text", "name_text", "number_text", "realise", "time_text", "words_in"]

# A trace over more cells than this lists only the cells that decide the claim; its derivation names the columns.
MAX_CELLS = 2000
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


@dataclass(frozen=True)
class Piece:
    """Some words and the derivation that bears them out; without one they claim nothing."""

    text: str
    derivation: str = ""


@dataclass(frozen=True)
class Fact:
    """Something worth saying: several wordings, what they rest on, how newsworthy it is, and what to show.

    Attributes:
        kind: what sort of fact, such as `change` or `leader`; a story avoids too many of one kind.
        topic: the column it is about; lines on one topic make a beat.
        score: newsworthiness, about 0 to 1.
        wordings: templates with `{piece}` places.
        pieces: what stands in them.
        chart: what to show; see `rushlight.create.writers.data`.
        role: where in a story it may stand: `any`, `context`, `turn` or `close`.
    """

    kind: str
    topic: str
    score: float
    wordings: tuple[str, ...]
    pieces: dict[str, Piece]
    chart: dict[str, Any] | None = None
    role: str = "any"
    picture: str = ""


def number_text(value: float, unit: str = "", decimals: int = 2) -> str:
    """A number as people say it, with its unit in words: `about 34,800`, `€41.2 million`, `88.1 percent`."""
    sign, size = ("minus " if value < 0 else ""), abs(value)
    body, rounded = _digits(size, decimals)
    hedge = "about " if abs(rounded - size) > 1e-9 * max(size, 1) and abs(rounded - size) > 0.004 * size else ""
    if unit in "$€£¥" and unit:
        return f"{hedge}{sign}{unit}{body}"
    word = UNIT_WORDS.get(unit, (unit, unit))[1 if body != "1" else 0]
    return f"{hedge}{sign}{body} {word}".strip()


def _digits(size: float, decimals: int) -> tuple[str, float]:
    """Digits for a size, and the value they state: three significant digits, or exact below ten thousand."""
    for scale, word in _SCALES:
        if size >= scale * 0.99995:
            places = 2 if size < 10 * scale else 1 if size < 100 * scale else 0
            text = f"{size / scale:.{places}f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return f"{text} {word}", float(text) * scale
    if size >= 10_000:
        step = 10 ** (len(str(int(size))) - 3)
        value = round(size / step) * step
        # `1,000,000` is better said as a million; the next line up has no rounding to hide it.
        return (f"{value:,}", float(value)) if value < 1_000_000 else ("1 million", 1e6)
    if size >= 100 or float(size).is_integer():
        value = round(size)
        return f"{value:,}", float(value)
    places = min(decimals, 2 if size >= 1 else 3)
    text = f"{size:.{places}f}"
    if float(text) == 0 and size > 0:
        text = f"{size:.2g}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text, float(text)


def count_text(count: int) -> str:
    """A count of things: in words up to ten, in digits above."""
    return _SMALL[count] if 0 < count <= 10 else number_text(float(count))


def name_text(value: Any) -> str:
    """A cell's name as a sentence shows it: without the quotation marks and capitals a file puts round it."""
    text = " ".join(str(value).split()).strip("\"'“”‘’").strip()
    text = re.sub(r"[*†‡]+$", "", text).strip()
    if text.isupper() and len(text) > 5:
        text = string.capwords(text)
    return text or "?"


def time_text(value: Any, *, monthly: bool = False, preposition: bool = False) -> str:
    """A year, month or day in words, with `in` or `on` when asked."""
    if isinstance(value, dt.date):
        months = value.strftime("%B %Y")
        if monthly:
            return f"in {months}" if preposition else months
        return f"on {value.day} {months}" if preposition else f"{value.day} {months}"
    return f"in {value}" if preposition else str(value)


def words_in(text: str) -> int:
    """Words of a text, parted by white space."""
    return len(text.split())


def realise(fact: Fact, profile: Profile, sha256: str, chooser: random.Random) -> Line:
    """Put a fact into words: one of its wordings, its pieces in place, a trace for each piece in spoken order."""
    template = chooser.choice(fact.wordings)
    parts: list[str] = []
    traces: list[Trace] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            piece = fact.pieces[name]
            parts.append(piece.text)
            if piece.derivation:
                cells = _cells(piece.derivation, profile)
                traces.append(Trace(source_sha256=sha256, cells=cells, derivation=piece.derivation))
    text = " ".join("".join(parts).split())
    return Line(text=text[:1].upper() + text[1:], traces=tuple(traces))


def _cells(derivation: str, profile: Profile) -> tuple[CellRef, ...]:
    """All cells a derivation rests on, or the deciding ones alone where a whole column would be too many."""
    try:
        found = derive(derivation, profile.table)
    except InputError:
        return ()
    single = sorted(found.cells)
    whole = sorted(found.columns) if re.search(r"[a-z_]+\(", derivation.replace("col(", "")) else []
    whole = [name for name in whole if len(single) < 2 or found.words - {"percent", "points"} or not single]
    if len(whole) * profile.rows > MAX_CELLS:
        return tuple(CellRef(row=row, column=column) for row, column in single)
    cells = {(row, column) for row, column in single}
    for name in whole:
        if found.words & {
            "max",
            "min",
            "sum",
            "mean",
            "median",
            "count",
            "rank",
            "rank_up",
            "holders",
            "top",
            "steps",
        } or (found.words & {"corr", "pairs", "missing", "longest_rise", "longest_fall", "span", "gaps", "distinct"}):
            cells |= {(row, name) for row in range(profile.rows)}
    return tuple(CellRef(row=row, column=column) for row, column in sorted(cells, key=lambda cell: (cell[1], cell[0])))
