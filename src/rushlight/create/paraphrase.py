"""Whether a line in other words says what the sentences say that it rests on: its numbers, dates and names.

Nothing is looked for elsewhere in the source: a number from the next paragraph is no evidence for this one. Only a
name may come from just before, where the sentences themselves speak of `he`, `she` or `it`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rushlight.create.claims import START_WORDS, Found, find_claims
from rushlight.create.quantities import Quantity, is_said_by, read_quantities

__all__ = ["Fault", "paraphrase_faults"]

Fault = tuple[Found, str]

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(sorted([*_MONTHS, *(f"{month[:3]}\\.?" for month in _MONTHS), "Sept\\.?"], key=len, reverse=True))
_DATES = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})(?:,?(?: of)? (?P<year>\d{{4}}))?(?!\w)"
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH}) (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<year>\d{{4}}))?(?!\w)"
    ),
    re.compile(rf"\b(?P<month>{_MONTH})(?:,| of| in)? (?P<year>\d{{4}})(?!\w)"),
    re.compile(r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})[/.](?P<number>\d{1,2})[/.](?P<year>\d{4})\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? day of (?P<month>{_MONTH})(?!\w)"),
)
_TITLES = frozenset(
    "mr mrs ms miss dr doctor prof professor sir dame lord lady captain capt colonel general mayor president chairman "
    "chairwoman director minister chancellor king queen saint st reverend father mother sister brother".split()
)
_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|his|hers|its|their|them|there|this|that|these|those|the)\b", re.I)
_KIND = re.compile(
    r"\bthe (?:city|town|village|island|country|region|company|firm|bank|museum|mill|club|school|church|river|lake)\b"
)
_PERSON = re.compile(r"(?:^|[.!?]\s+)(?:He|She|They) ")
_JOINTS = frozenset("of the de la le von van der and du al bin for in on".split())
_PEOPLES = {
    "french": "france", "dutch": "netherlands", "danish": "denmark", "spanish": "spain", "swiss": "switzerland",
    "welsh": "wales", "british": "britain", "scottish": "scotland", "english": "england", "irish": "ireland",
    "greek": "greece", "turkish": "turkey", "polish": "poland", "german": "germany", "swedish": "sweden",
    "finnish": "finland", "norwegian": "norway", "chinese": "china", "american": "america", "icelandic": "iceland",
}  # fmt: skip
_ENDINGS = ("ing", "ed", "ly", "er", "ion", "ions", "ment", "ness", "ity", "est", "al", "ic")
_ACTS = re.compile(
    r"(?:,? who\b|['’]s\b|,|\s+(?:was|were|had|has|is|wrote|said|says|built|found|became|took|gave|made|went|came|ran|"
    r"led|told|saw|won|held|kept|met|left|sold|paid|bought|lent|sent|wants?|got|began|died|put|\w+ed)\b)"
)
# A plural may do much, but it is not `a botanist` and never `was` anything.
_ACTS_ALONE = re.compile(
    r"(?:, (?:an?|the|who)\b|['’]\s|\s+(?:was|has|is|wants|says|said|won|had|wrote|told|became)\b)"
)
_STRONG = frozenset(
    "rose rise rises risen rising grew grow grows grown growing increased increase increases climbed climb climbs "
    "soared surged jumped fell fall falls fallen falling dropped drop drops declined decline declines decreased "
    "shrank shrunk sank plunged".split()
)
_BY_HOW_MUCH = re.compile(r"(?: \w+){0,2}? (?:by|from|to) (?:(?!within)\w+ ){0,2}?[$€£]?\d|[.!?]?$")
_SUPERLATIVE = re.compile(r"\b(?:height|record|ever|never|\w{3,}est|most|least|best|worst|top|peak\w*)\b", re.I)


def paraphrase_faults(line: str, evidence: str, before: str, title: str, article: str = "") -> list[Fault]:
    """What of a line its evidence does not say.

    Args:
        line: the line.
        evidence: the sentences that it rests on.
        before: what stands just before them in the source.
        title: the source's title; names in it may stand for `the city`, `the company`.
        article: the whole source, in which a surname may have its first name.

    Returns:
        Each claim at fault with the reason; none when all is borne out.
    """
    dates, given_dates = list(_dates(line)), list(_dates(evidence))
    taken = [(found.start, found.end) for found, _ in dates]
    numbers = read_quantities(line, taken)
    given = read_quantities(evidence, [(found.start, found.end) for found, _ in given_dates])
    faults = [
        (found, f"The place this line names does not say {found.text!r}.")
        for found, options in dates
        if not any(_same_date(mine, theirs) for mine in options for _, all_ in given_dates for theirs in all_)
    ]
    years = [float(option[0]) for _, options in given_dates for option in options if option[0]]
    years += [q.low for q in given if q.kind == "year"]
    for number in numbers:
        if not _borne_out(number, given, years):
            found = Found("number", number.text, number.start, number.end, value=number.low)
            faults.append((found, f"The place this line names does not say {number.text!r}."))
    busy = [*taken, *((q.start, q.end) for q in numbers)]
    faults += _name_faults(line, evidence, before, title, article, busy)
    faults += _direction_faults(line, evidence, busy)
    return sorted(faults, key=lambda fault: fault[0].start)


# --- dates ------------------------------------------------------------------------------------------------------


def _dates(text: str) -> Iterator[tuple[Found, list[tuple[int, int, int]]]]:
    """Dates with the ways to read them: 5/10/2020 has two."""
    used: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in used):
                continue
            parts = match.groupdict()
            day, year = int(parts.get("day") or 0), int(parts.get("year") or 0)
            if parts.get("month"):
                names = [month[:3].lower() for month in _MONTHS]
                options = [(year, names.index(parts["month"][:3].lower()) + 1, day)]
            else:
                number = int(parts["number"])
                options = [(year, number, day), (year, day, number)]
            used.append(match.span())
            yield Found("date", match.group(), *match.span(), date=options[0]), options


def _same_date(mine: tuple[int, int, int], theirs: tuple[int, int, int]) -> bool:
    return all(said in (0, true) for said, true in zip(mine, theirs, strict=True))


# --- numbers ----------------------------------------------------------------------------------------------------


def _borne_out(number: Quantity, given: list[Quantity], years: list[float]) -> bool:
    if number.kind == "ordinal":
        # `A sixth line` may be read as the share that it could be as well.
        known = {q.low for q in given if q.kind in ("ordinal", "count")}
        known |= {round(1 / q.low) for q in given if q.kind == "share" and q.text.lower().startswith("a ")}
        return number.low == 1 or number.low in known
    if number.kind == "years":
        spans = [(q.low, q.high) for q in given if q.kind == "years"]
        return any(number.low <= year <= number.high for year in years) or any(
            number.low <= low and high <= number.high for low, high in spans
        )
    if number.kind == "year":
        spans_of_years = [q.low for q in given if q.unit == "years"]
        reached = {year + sign * span for year in years for span in spans_of_years for sign in (1, -1)}
        plain = {q.low for q in given if q.kind == "count"}
        return number.low in {*years, *reached, *plain}
    # `2,000 years, but only 70`: a number without a unit may take one that stands beside another.
    units = {other.unit for other in given}
    unstated = [replace(other, unit=number.unit) for other in given if not other.unit and number.unit in units]
    if any(_matches(number, other) for other in [*given, *unstated]):
        return True
    return _derived(number, given, years)


def _matches(number: Quantity, other: Quantity) -> bool:
    if {number.kind, other.kind} == {"ordinal", "count"} or other.kind in ("years", "year"):
        return False
    if number.kind != other.kind:
        return False
    if number.unit and other.unit != number.unit:
        # `Nearly thirty` of a thing whose unit goes without saying may be said with it, never the reverse.
        return False
    if is_said_by(number, other.low):
        return True
    # Both round: `about 30 million` of `31 million`, which the source itself may call `nearly`.
    return bool(other.hedge) and is_said_by(number, other.low)


def _derived(number: Quantity, given: list[Quantity], years: list[float]) -> bool:
    """Numbers that follow from two of the evidence: a difference that is called one, a span of years, a ratio."""
    plain = [q for q in given if q.kind == "count"]
    pairs = [(a, b) for a in plain for b in plain if a is not b and (a.unit == b.unit or not (a.unit and b.unit))]
    if number.kind == "count":
        if number.is_change and any(
            number.unit in ("", a.unit) and is_said_by(number, a.low - b.low) for a, b in pairs if a.low > b.low
        ):
            return True
        shares = [q.low * 100 for q in given if q.kind == "share"]
        if number.is_change and number.unit == "points":
            return any(is_said_by(number, a - b) for a in shares for b in shares if a > b)
        if number.unit in ("years", "") and any(is_said_by(number, b - a) for a in years for b in years if b > a):
            return number.unit == "years"
        weeks = {"months": 30.4, "weeks": 7.0, "days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440, "years": 365.25}
        return number.unit in weeks and any(
            other.unit in weeks
            and other.unit != number.unit
            and is_said_by(number, other.low * weeks[other.unit] / weeks[number.unit])
            for other in plain
        )
    ratios = [a.low / b.low for a, b in pairs if b.low and (a.low < b.low) == (number.kind == "share")]
    return len(plain) <= 4 and number.kind in ("share", "fold") and any(is_said_by(number, ratio) for ratio in ratios)


# --- names ------------------------------------------------------------------------------------------------------


def _name_faults(
    line: str, evidence: str, before: str, title: str, article: str, busy: list[tuple[int, int]]
) -> Iterator[Fault]:
    here, earlier = _Names(evidence), _Names(f"{before} {title}")
    titled = _Names(title)
    named = [found for found in find_claims(line, busy) if found.kind == "name"]
    if first := _first_name(line, evidence, f"{before} {title} {article}", named, busy):
        named.insert(0, first)
    pieces = [piece for found in named for piece in _pieces(found)]
    spoken = set(_words(line))
    lost = [name for name in here.names if not (spoken & _telling(name) or _initials(name) in spoken)]
    for piece in pieces:
        if here.has(piece.text):
            continue
        # A name in place of another is a lie; one beside all the others says who `she` is.
        if earlier.has(piece.text) and (_PERSON.search(evidence) or (_PRONOUN.search(evidence) and not lost)):
            continue
        if titled.has(piece.text) and _KIND.search(evidence):
            continue
        if _is_whole_name(piece.text, evidence, article):
            continue
        yield piece, f"The place this line names does not say {piece.text!r}."


def _is_whole_name(name: str, evidence: str, article: str) -> bool:
    """Whether a name is the whole one of somebody whom the evidence calls by the surname alone."""
    words = _words(name)
    alone = re.search(rf"(?<![A-Z]\w )\b{re.escape(words[-1])}\b", evidence) if len(words) > 1 else None
    before = evidence[: alone.start()].split()[-1:] if alone else []
    return bool(alone and not any(word[0].isupper() for word in before) and name in article)


class _Names:
    """Names of a stretch of text, and whether a name is one of them in another form."""

    def __init__(self, text: str) -> None:
        self.words = {word.casefold() for word in _words(text)}
        dates = [(f.start, f.end) for f, _ in _dates(text)]
        found = [claim for claim in find_claims(text, dates) if claim.kind == "name"]
        self.names = [piece.text for claim in found for piece in _pieces(claim) if piece.text not in _MONTHS]
        # The first word of a sentence may be a name too; for looking up, all capitals count.
        self.runs = self.names + re.findall(r"(?:[A-Z][\w'’-]*)(?: (?:of |for |the )*[A-Z][\w'’-]*)*", text)
        self.runs = [run for run in dict.fromkeys(self.runs) if not START_WORDS.match(run) and run not in _MONTHS]
        parts = [part for run in self.runs for part in (run, *re.split(r" (?:of|for|and|the)(?: the)? ", run))]
        self.initials = {_initials(part) for part in parts}

    def has(self, name: str) -> bool:
        words = [word for word in _words(name) if word.casefold() not in _JOINTS]
        plain = [word for word in words if word.casefold() not in _TITLES or word.casefold() in self.words]
        if not plain:
            return True
        if name.replace(".", "").replace("s", "") in self.initials or name.replace(".", "") in self.initials:
            return True
        known = [[word.casefold() for word in _words(run)] for run in self.runs]
        capitals = [word.casefold() for word in plain if any(word.casefold() in run for run in known)]
        if capitals and not any(all(word in run for word in capitals) for run in known):
            return False
        return all(self._knows(word.casefold()) for word in plain)

    def _knows(self, word: str) -> bool:
        if word in self.words or word.removesuffix("s") in self.words or f"{word}s" in self.words:
            return True
        other = _PEOPLES.get(word) or next((people for people, land in _PEOPLES.items() if land == word), "")
        if other and other in self.words:
            return True
        if len(word) == 1:
            return any(run[:1].casefold() == word for run in self.runs)
        shared = {run.casefold() for run in self.runs if " " not in run and len(run) >= 5} | {
            piece.casefold() for run in self.runs for piece in run.split() if len(piece) >= 5
        }
        return len(word) >= 5 and any(
            word[:4] == name[:4]
            and abs(len(word) - len(name)) <= 4
            and (_is_people(word, name) or _is_people(name, word))
            for name in shared
        )


def _is_people(word: str, land: str) -> bool:
    """Whether a word is made of a land's name as words for its people are: Japanese, Norwegian, Tervanian."""
    return bool(re.fullmatch(r"(?:i|e)?(?:an|n|ese|ish|ic|i|er|egian|wegian)s?", word[len(_shared(word, land)) :]))


def _shared(one: str, other: str) -> str:
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def _words(text: str) -> list[str]:
    return [re.sub(r"['’]s$|['’]$", "", word) for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*['’]?", text)]


def _telling(run: str) -> set[str]:
    """Words of a name that are not titles or joints."""
    return {word for word in _words(run) if word.casefold() not in _TITLES | _JOINTS}


def _initials(run: str) -> str:
    words = [word for word in _words(run) if word.casefold() not in _JOINTS]
    return "".join(word[0] for word in words) if len(words) > 1 else "\0"


def _pieces(found: Found) -> Iterator[Found]:
    """A run of names parted where `and` joins two of them."""
    at = 0
    for part in re.split(r"( and )", found.text):
        if part != " and " and part.strip():
            yield Found("name", part, found.start + at, found.start + at + len(part))
        at += len(part)


def _first_name(line: str, evidence: str, before: str, named: list[Found], busy: list[tuple[int, int]]) -> Found | None:
    """The first word of a line as a name, when it seems to be one: its capital letter alone says nothing."""
    match = re.match(r"[^\w]*([A-Z][\w-]*)", line)
    if match is None or any(found.start <= match.start(1) < found.end for found in named):
        return None
    word = match[1]
    if START_WORDS.match(word) or any(start <= match.start(1) < end for start, end in busy):
        return None
    text = f"{evidence} {before}"
    lower = word.casefold()
    if re.search(rf"(?<!\w){re.escape(lower)}(?!\w)", text) or lower[:4] in {
        w[:4] for w in _words(evidence) if w.islower()
    }:
        return None
    known = re.search(rf"[a-z,;] {re.escape(word)}\b", text)
    acts = _ACTS_ALONE if lower.endswith("s") else _ACTS
    stranger = acts.match(line[match.end() :]) and not lower.endswith(_ENDINGS)
    return Found("name", word, match.start(1), match.end(1)) if known or stranger or word.isupper() else None


# --- directions -------------------------------------------------------------------------------------------------


def _went(evidence: str) -> float:
    """Which way two figures of one kind go in a text: 1 up, -1 down, 0 where there are not exactly two."""
    dates = [(found.start, found.end) for found, _ in _dates(evidence)]
    counts = [quantity for quantity in read_quantities(evidence, dates) if quantity.kind == "count"]
    if len(counts) != 2 or counts[0].unit != counts[1].unit:
        return 0.0
    return float((counts[1].low > counts[0].low) - (counts[1].low < counts[0].low))


def _direction_faults(line: str, evidence: str, busy: list[tuple[int, int]]) -> Iterator[Fault]:
    given = [found for found in find_claims(evidence) if found.kind in ("direction", "extreme")]
    for found in find_claims(line, busy):
        if found.kind not in ("direction", "extreme") or re.match(r" than [\w$€£]", line[found.end :]):
            continue
        if any(other.kind == found.kind and other.value == found.value for other in given):
            continue
        if found.kind == "direction" and _went(evidence) == found.value:
            continue
        against = any(other.kind == found.kind for other in given)
        if found.kind == "extreme":
            against = against or not _SUPERLATIVE.search(evidence)
        measured = found.text.lower() in _STRONG and _BY_HOW_MUCH.match(line[found.end :])
        particle = found.text.lower() in ("up", "down", "lost") and not _BY_HOW_MUCH.match(line[found.end :])
        if (against and not particle) or measured:
            yield found, f"The place this line names does not say {found.text!r}."
