"""Words worth putting on the screen: a quotation, a figure, a key phrase."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from rushlight.artifacts import Script, Word
from rushlight.create.pictures.match import STOP_WORDS, stems
from rushlight.models.reading import caption_text

__all__ = ["Figure", "dated_events", "key_phrase", "salient_number", "spoken_change", "spoken_quote"]

_QUOTE = re.compile(r"[“\"«]([^”\"»]{12,160})[”\"»]")
_AMOUNT = (
    r"(?P<money{0}>[€$£¥])?(?P<digits{0}>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(?P<percent{0}>%|percent\b|per cent\b))?(?:\s(?P<scale{0}>thousand|million|billion|trillion)\b)?"
)
_NUMBER = re.compile(_AMOUNT.format(""))
_CHANGE = re.compile(
    r"(?:\b[Bb]etween (?P<first>\d{4}) and (?P<last>\d{4}),? )?(?P<what>[A-Za-z][^,.;:!?\d]{2,60}?) "
    r"(?:rose|fell|grew|dropped|climbed|sank|went|increased|decreased|declined|shrank|jumped) from "
    + _AMOUNT.format("_a") + r" to " + _AMOUNT.format("_b")
)  # fmt: skip
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
        scale = match.group("scale") or ""
        value = float(digits.replace(",", "")) * _SCALE.get(scale, 1)
        marked = bool(match.group("money") or match.group("percent") or scale or "," in digits)
        is_year = not marked and re.fullmatch(r"1[0-9]\d\d|20\d\d", digits) is not None
        is_date = re.search(_MONTHS + r"\s*$", before.lower()) or re.match(r"\s*" + _MONTHS, after.lower())
        if (
            is_year
            or is_date
            or re.match(r"(st|nd|rd|th|s)\b|\s(BC|AD|BCE|CE)\b|[-–/:]\d|\w", after)
            or re.search(r"[\w.,:–/-]$", before)
        ):
            continue
        counted = re.match(r"\s+([a-zA-Z°/²³-]+)", after)
        if not marked and (value < 10 or counted is None or counted.group(1).lower() in STOP_WORDS):
            continue
        unit = match.group("money") or ("%" if match.group("percent") else "")
        worth = (2.0 if marked else 1.0) + min(log(max(value, 1)) / 20, 1)
        shown, label = _captioned(match.group(0).strip(), before, after, bool(unit))
        lasts = re.search(r"\b(over|for|after|within|in)\s$", before.lower()) and re.search(
            r"(years|days|months)$", shown
        )
        # How long something took tells little without what it was.
        if len(label.split()) < 2 or (lasts and re.search(r"\d", label)):
            continue
        if best is None or worth > best[0]:
            best = (worth, Figure(value, unit, shown, label))
    return best[1] if best else None


_QUALIFIED = re.compile(
    r"\s*\b(more than|over|at least|about|around|nearly|almost|some|only|just|another|fewer than|less than|up to|"
    r"as many as|roughly|exactly)$",
    re.IGNORECASE,
)
_MEASURES = frozenset(
    "kilometres kilometers metres meters miles feet years months weeks days hours minutes seconds decibels tonnes "
    "degrees litres kilograms crowns dollars pounds euros".split()
)
_LINKING = re.compile(r"\s+(a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|as|than|that|is|was|were|are|had|has)$")


def _captioned(shown: str, before: str, after: str, has_unit: bool) -> tuple[str, str]:
    """How a number stands on the screen, and the words under it: what it counts, else what the sentence says of it."""
    qualified = _QUALIFIED.search(before.rstrip())
    lead = _QUALIFIED.sub("", before.rstrip())
    if qualified and qualified.group(1).lower() in ("more than", "over", "at least") and shown[-1].isdigit():
        shown += "+"
    elif qualified and qualified.group(1).lower() in ("fewer than", "less than", "up to", "nearly", "almost", "about"):
        shown = f"{qualified.group(1).lower()} {shown}"
    clauses = re.split(r"[,;:!?—–(]|\.(?!\d)", after.strip(), maxsplit=2)
    following = clauses[0].split()
    added = clauses[1].split() if len(clauses) > 1 and after.strip()[len(clauses[0]) :][:1] == "," else []
    if following and following[0].lower() in _MEASURES:
        shown, following = f"{shown} {following[0]}", following[1:]
        has_unit = True
        if len(following) < 3:
            following, added = [], []
    is_change = re.search(r"\b(by|to|at|from|of)$", lead.lower()) is not None
    if len(following) >= 2 and not is_change:
        label = " ".join(following[:10])
    elif following and added and added[0] in ("more", "fewer", "less", "most", "up", "down", "almost", "nearly"):
        label = f"{following[0]}, {' '.join(added[:9])}"
    else:
        clause = re.split(r"[;:!?—–]|\.(?!\d)", lead)[-1].split()
        if following and not has_unit and len(following) <= 2 and following[0].lower() not in STOP_WORDS:
            shown, following = f"{shown} {' '.join(following)}", []
        said = re.sub(r"\s+(by|to|at|from|of)$", "", " ".join(clause[-10:]))
        label = " ".join([said, *following[:6]])
    while label != (shorter := _LINKING.sub("", label)):
        label = shorter
    label = re.sub(r"^(and|but|or|then|so|while|however,?)\s+", "", label.strip(), flags=re.IGNORECASE)
    return shown, label[:1].upper() + label[1:]


def spoken_change(text: str) -> dict[str, Any] | None:
    """The bars for words such as `the number fell from 1.4 million to 0.6 million`; None where there are none."""
    match = _CHANGE.search(text)
    if match is None:
        return None
    values, units = [], []
    for side in ("a", "b"):
        scale = match.group(f"scale_{side}") or (match.group("scale_b") or "" if side == "a" else "")
        values.append(float(match.group(f"digits_{side}").replace(",", "")) * _SCALE.get(scale, 1))
        units.append(match.group(f"money_{side}") or ("%" if match.group(f"percent_{side}") else ""))
    unit = units[1] or units[0]
    if units[0] not in ("", unit) or (not unit and max(values) < 10):
        return None
    what = re.sub(
        r"^((and|but|then|so|while|when|as|the|a|an|its|their|his|her)\s+)+", "", match.group("what").strip().lower()
    )
    first, last = match.group("first") or "before", match.group("last") or "after"
    return {
        "kind": "bar_chart", "title": what[:1].upper() + what[1:], "unit": unit, "labels": [first, last],
        "values": values, "highlight": 1,
    }  # fmt: skip


_DATE = re.compile(rf"\b(?:(?:\d{{1,2}} )?{_MONTHS} )?(?P<year>1[0-9]\d\d|20\d\d)\b", re.IGNORECASE)


def dated_events(sentences: Sequence[str]) -> list[tuple[str, str, int]]:
    """The dates that sentences name and what happened, as (date, event, number of the sentence), rising in time.

    A sentence gives at most one event; the list is empty unless at least three different years rise from sentence to
    sentence.
    """
    found: list[tuple[str, str, int]] = []
    years: list[int] = []
    for number, sentence in enumerate(sentences):
        match = _DATE.search(sentence)
        if match is None or (years and int(match.group("year")) <= years[-1]):
            continue
        before, after = sentence[: match.start()], sentence[match.end() :]
        said = re.sub(r"\b(in|on|by|since|until|around|from|during|of)\s*$", "", before.strip(), flags=re.IGNORECASE)
        rest = re.split(r"[;:—–]|\.(?!\d)", after.strip(" ,"))[0].strip()
        event = rest if len(said.split()) < 4 else re.split(r"[;:—–]", said)[-1].strip(" ,")
        if len(event.split()) < 2:
            continue
        event = " ".join(event.split()[:10]).rstrip(",")
        while event != (shorter := _LINKING.sub("", event)):
            event = shorter
        years.append(int(match.group("year")))
        found.append((match.group(0), event[:1].upper() + event[1:], number))
    return found if len(found) >= 3 else []


def key_phrase(words: Sequence[Word], script: Script) -> list[tuple[Word, bool]]:
    """The three to nine neighbouring words that carry most, with the one or two strongest marked.

    A word carries more the rarer it is in the script; names and numbers count extra. A phrase does not cross a
    sentence or clause; short sentences are best shown whole, and one cut out neither begins nor ends on a small word
    nor parts a verb from its object.
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
    best: tuple[float, int, int] = (-9.0, 0, min(len(words), 5))
    for first in range(len(words)):
        for after in range(first + 1, min(first + 9, len(words)) + 1):
            if after - first > 1 and _parts(words[after - 2].text):
                break
            whole = _is_whole(words, first, after)
            if (whole or (weights[first] and weights[after - 1])) and not _splits(words, first, after):
                length = after - first
                score = sum(weights[first:after]) / (length + 1.5)
                score += (1.2 if 3 <= length <= 7 else 0.6 if length > 7 else 0.0) + _cut(words, first, after)
                best = max(best, (score + whole, first, after), key=lambda item: item[0])
    _, first, after = best
    strong = sorted(range(first, after), key=lambda position: -weights[position])[: 1 if after - first < 5 else 2]
    return [(words[position], position in strong) for position in range(first, after)]


_DETERMINERS = frozenset("a an the his her its their our your my no this that these those every each".split())
# A clause that begins with one of these hangs on what came before.
_HANGING = frozenset("and but or nor which who whom that so than as it he she they then".split())


def _is_whole(words: Sequence[Word], first: int, after: int) -> float:
    """What a phrase gains by being a whole sentence, or a whole clause that can stand alone."""
    if after - first < 3 or not _parts(words[after - 1].text) or (first and not _parts(words[first - 1].text)):
        return 0.0
    if (first == 0 or _ends(words[first - 1].text)) and _ends(words[after - 1].text):
        return 2.2
    return 0.0 if words[first].text.lower() in _HANGING else 0.9


def _cut(words: Sequence[Word], first: int, after: int) -> float:
    """What a phrase loses by being cut out of its surroundings: a verb from its object, a name from its adjective."""
    loss = 0.0
    if after < len(words) and not _parts(words[after - 1].text):
        following = re.sub(r"\W", "", words[after].text).lower()
        # Before an article the last word is mostly a verb that waits for its object.
        loss -= 1.8 if following in _DETERMINERS else 0.3 if following in STOP_WORDS else 1.6
    else:
        loss += 0.4
    if first and not _parts(words[first - 1].text):
        leading = re.sub(r"\W", "", words[first - 1].text).lower()
        loss -= 0.0 if leading in STOP_WORDS else 0.8
    return loss


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
