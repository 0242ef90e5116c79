"""Words worth putting on the screen: a quotation, a figure, a key phrase."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from rushlight.artifacts import Script, Word
from rushlight.create.pictures.match import STOP_WORDS, stems
from rushlight.models.reading import caption_text

__all__ = ["Figure", "key_phrase", "salient_number", "spoken_quote"]

_QUOTE = re.compile(r"[“\"«]([^”\"»]{12,160})[”\"»]")
_NUMBER = re.compile(
    r"(?P<money>[€$£¥])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?"
    r"(?P<percent>%|percent\b|per cent\b)?(?P<scale>\s?(?:thousand|million|billion|trillion)\b)?"
)
# Words that a phrase on the screen neither begins nor ends with, besides the stop words.
_LOOSE_ENDS = frozenset(
    "across along already always among around away back became become becomes behind being beside beyond came come "
    "despite ever except gave give given goes going gone got inside kept left made make makes many much near never "
    "now often onto outside per put said say says seen since still taken them there till today together took toward "
    "towards until upon used via went within yet".split()
)
_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"


@dataclass(frozen=True)
class Figure:
    """A number in a sentence: its value, unit, how it was written, and the words that say what it counts."""

    value: float
    unit: str
    shown: str
    label: str


def spoken_quote(text: str) -> str:
    """The quotation in a text, if it makes up a good part of it; else empty."""
    match = _QUOTE.search(text)
    return match.group(1).strip() if match and len(match.group(1)) > 0.45 * len(text) else ""


def salient_number(text: str) -> Figure | None:
    """The number most worth showing large: money, percentages and large counts; years and small ordinals are not."""
    best: tuple[float, Figure] | None = None
    for match in _NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        digits = match.group("digits")
        value = float(digits.replace(",", ""))
        scale = (match.group("scale") or "").strip()
        marked = bool(match.group("money") or match.group("percent") or scale or "," in digits)
        is_year = not marked and re.fullmatch(r"1[0-9]\d\d|20\d\d", digits) is not None
        is_date = re.search(_MONTHS + r"\s*$", before.lower()) or re.match(r"\s*" + _MONTHS, after.lower())
        if is_year or is_date or re.match(r"(st|nd|rd|th|s)\b|[-–/:]\d|\w", after) or re.search(r"[\w.,–/-]$", before):
            continue
        unit_word = re.match(r"\s+([a-zA-Z°/]+)", after)
        if not marked and (value < 10 or unit_word is None):
            continue
        unit = match.group("money") or ("%" if match.group("percent") else "")
        worth = (2.0 if marked else 1.0) + min(log(max(value * _SCALE.get(scale, 1), 1)) / 20, 1)
        figure = Figure(value * _SCALE.get(scale, 1), unit, match.group(0).strip(), _label(before, after))
        if best is None or worth > best[0]:
            best = (worth, figure)
    return best[1] if best else None


def _label(before: str, after: str) -> str:
    """The words right after a number, up to the clause's end; when there are few, those before it."""
    following = re.split(r"[,.;:!?—–(]", after.strip())[0].strip()
    words = following.split()
    counts_a_thing = not re.search(r"\b(by|to|at|from|of|about|nearly|almost|over|under)\s*$", before.lower())
    if len(words) >= 2 and (counts_a_thing or words[0] in ("of", "more", "fewer", "less")):
        label = " ".join(words[:9])
    else:
        label = " ".join([*re.split(r"[.;:!?—–]", before.strip())[-1].split()[-8:], "…", *words[:6]])
    label = re.sub(r"\s+(a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|as|than|that)$", "", label)
    return label[:1].upper() + label[1:]


def key_phrase(words: Sequence[Word], script: Script) -> list[tuple[Word, bool]]:
    """The three to seven neighbouring words that carry most, with the one or two strongest marked.

    A word carries more the rarer it is in the script; names and numbers count extra. A phrase does not begin or end
    on a small word and does not cross a sentence or clause.
    """
    counts = Counter(stems(" ".join(caption_text(line.text) for _, line in script.lines())))
    total = sum(counts.values()) or 1

    def weight(position: int) -> float:
        bare = re.sub(r"[^\w]", "", words[position].text)
        if not bare or bare.lower() in STOP_WORDS or bare.lower() in _LOOSE_ENDS:
            return 0.0
        found = stems(bare)
        rare = log(total / counts.get(found[0], 1)) if found else 1.0
        named = 1.4 if bare[0].isupper() and position > 0 and not _ends(words[position - 1].text) else 1.0
        return rare * (1.6 if any(map(str.isdigit, bare)) else named)

    weights = [weight(position) for position in range(len(words))]
    best: tuple[float, int, int] = (-1.0, 0, min(len(words), 5))
    for first in range(len(words)):
        for after in range(first + 1, min(first + 7, len(words)) + 1):
            if after - first > 1 and _parts(words[after - 2].text):
                break
            if weights[first] and weights[after - 1] and not _splits(words, first, after):
                length = after - first
                score = sum(weights[first:after]) / (length + 1.5) + (0.8 if 3 <= length <= 6 else 0)
                best = max(best, (score, first, after), key=lambda item: item[0])
    _, first, after = best
    strong = sorted(range(first, after), key=lambda position: -weights[position])[: 1 if after - first < 5 else 2]
    return [(words[position], position in strong) for position in range(first, after)]


def _splits(words: Sequence[Word], first: int, after: int) -> bool:
    """Whether a phrase would begin or end inside a name."""
    inside = [first] if first else []
    inside += [after] if after < len(words) else []
    return any(
        words[place - 1].text[:1].isupper()
        and words[place].text[:1].isupper()
        and place > 1
        and not _parts(words[place - 1].text)
        for place in inside
    )


def _ends(text: str) -> bool:
    return bool(re.search(r"[.!?][\"”’)]*$", text))


def _parts(text: str) -> bool:
    return bool(re.search(r"[.!?;:,—–][\"”’)]*$", text))
