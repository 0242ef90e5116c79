"""Whether the names of a line are those of its evidence, in whatever form: surnames, initials, peoples for lands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from rushlight.create.claims import START_WORDS, Found, find_claims
from rushlight.create.grounding.dates import MONTHS, find_dates
from rushlight.create.grounding.evidence import Evidence
from rushlight.create.grounding.lexicon import is_known, lemmas

__all__ = ["name_faults"]

_TITLES = frozenset(
    "mr mrs ms miss dr doctor prof professor sir dame lord lady captain capt colonel general mayor president chairman "
    "chairwoman director minister chancellor king queen saint st reverend father mother sister brother".split()
)
_JOINTS = frozenset("of the de la le von van der and du al bin for in on".split())
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
# Peoples whose name is not made of their land's; the rest are told by their endings.
_LANDS = {
    "america": "american americans", "britain": "british briton britons", "china": "chinese",
    "denmark": "danish danes dane",
    "england": "english", "finland": "finnish finns finn", "france": "french", "germany": "german germans",
    "greece": "greek greeks", "iceland": "icelandic", "ireland": "irish", "netherlands": "dutch", "norway": "norwegian",
    "poland": "polish poles", "scotland": "scottish scots scotch", "spain": "spanish spaniards",
    "sweden": "swedish swedes swede", "switzerland": "swiss", "turkey": "turkish turks", "wales": "welsh",
}  # fmt: skip
_LAND_OF = {form: land for land, forms in _LANDS.items() for form in (land, *forms.split())}
_PERSON = re.compile(r"\b(?:he|she|they|him|her|his|hers|them|their|the \d+-year-old)\b", re.IGNORECASE)
_POINTER = re.compile(r"\b(?:he|she|it|they|him|her|his|hers|its|their|them|there|this|that|these|those|the)\b", re.I)
_KIN = re.compile(
    r"\b([A-Z]\w+)['’]s? (?:\w+ )?(?:(?:great-)?grand)?"
    r"(?:son|daughter|brother|sister|wife|husband|widow|nephew|niece|cousin|father|mother|twin),? ([A-Z]\w+)"
)
_PREPOSITION = re.compile(
    r"\b(?:at|in|on|to|from|of|by|for|with|off|near|into|under|over|than|the|between|after|before)\s+$", re.IGNORECASE
)
_KIND = re.compile(
    r"\bthe (?:[\w-]+ ){0,2}"
    r"(?:city|town|village|island|country|region|company|firm|bank|museum|mill|club|school|church|river|lake)\b"
)


def name_faults(line: str, evidence: Evidence, busy: list[tuple[int, int]]) -> Iterator[tuple[Found, str]]:
    """Each name of a line that its evidence does not say, with the reason.

    Args:
        line: the line.
        evidence: the sentences that it rests on.
        busy: spans of the line that are dates and numbers.
    """
    article, text = evidence.article, evidence.text
    here, titled = _Names(text, article), _Names(evidence.title, article)
    earlier = _Names(" ".join([*evidence.before[:1], evidence.title]), article)
    told = [_antecedents(*place, article) for place in zip(evidence.places, evidence.before, strict=False)]
    meant = _Names(" ".join(told), article)
    named = [found for found in find_claims(line, busy) if found.kind == "name"]
    around = " ".join([*evidence.before, evidence.title, article])
    named += _opening_names(line, text, around, [*busy, *((f.start, f.end) for f in named)])
    spoken = {form for word in _words(line) for form in (word, word.removesuffix("s"))}
    lost = [name for name in here.names if not (spoken & _telling(name) or _initials(name) in spoken)]
    for piece in (piece for found in named for piece in _pieces(found)):
        if (
            here.has(piece.text)
            or _has_owner_and_owned(here, piece.text)
            or any(_is_whole_name(piece.text, said, article) for said in (text, *told))
        ):
            continue
        # A name in place of another is a lie; one beside all the others, or that does something, says who `she` is.
        acts = not _PREPOSITION.search(line[: piece.start])
        if meant.has(piece.text) and (acts or not lost):
            continue
        if earlier.has(piece.text) and _POINTER.search(text) and not lost:
            continue
        if titled.has(piece.text) and _KIND.search(text):
            continue
        yield piece, f"The place this line names does not say {piece.text!r}."


def _has_owner_and_owned(names: _Names, name: str) -> bool:
    """Whether both names of `Benedetti's Hermione` are known."""
    owner, owns, owned = re.sub("’", "'", name).partition("'s ")
    return bool(owns) and names.has(owner) and names.has(owned)


def _antecedents(evidence: str, before: str, article: str) -> str:
    """The sentences that say who `she` is, when the evidence says so before it names anyone.

    These are the sentences back to the first that names somebody before it says `she` itself.
    """
    pronoun = _PERSON.search(evidence)
    names = _Names(evidence, article).starts_of_people
    if pronoun is None or (names and min(names) < pronoun.start()):
        return ""
    read: list[str] = []
    for sentence in reversed(re.split(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])", before)):
        read.append(sentence)
        again, starts = _PERSON.search(sentence), _Names(sentence, article).starts
        if starts and (again is None or min(starts) < again.start()):
            break
    return " ".join(reversed(read))


def _is_whole_name(name: str, evidence: str, article: str) -> bool:
    """Whether a name is the whole one of somebody whom the evidence calls by one part of it alone."""
    words = _words(name)
    if len(words) < 2 or " ".join(words) not in re.sub(r"\b(\w+) and \w+ (\w+)", r"\g<0>, \1 \2", article):
        return False
    for word in words[-1:] if is_known(words[-1]) else (words[-1], words[0]):
        alone = re.search(rf"\b{re.escape(word)}\b", evidence)
        around = [*evidence[: alone.start()].split()[-1:], *evidence[alone.end() :].split()[:1]] if alone else []
        if alone and not any(other[:1].isupper() and other.casefold().strip(".") not in _TITLES for other in around):
            return True
    return False


class _Names:
    """Names of a stretch of text, and whether a name is one of them in another form."""

    def __init__(self, text: str, article: str) -> None:
        self.text, self.article = text, article
        self.words = {part.casefold() for word in _words(text) for part in (word, *word.split("-"))}

    @cached_property
    def _found(self) -> list[Found]:
        dates = [(date.found.start, date.found.end) for date in find_dates(self.text)]
        found = [claim for claim in find_claims(self.text, dates) if claim.kind == "name"]
        found += _opening_names(self.text, "", self.article, [*dates, *((f.start, f.end) for f in found)])
        pieces = [piece for claim in found for piece in _pieces(claim)]
        return [
            piece
            for piece in pieces
            if piece.text not in MONTHS and piece.text.casefold() not in _DAYS and not re.search(r"-[a-z]", piece.text)
        ]

    @property
    def names(self) -> list[str]:
        """The names, in order; months, days and words such as `Rotterdam-based` left out."""
        return [piece.text for piece in self._found]

    @property
    def starts_of_people(self) -> list[int]:
        """Where names begin that may be a person's: not those that end in a common word, such as `Wetland Trust`."""
        return [piece.start for piece in self._found if not is_known(_words(piece.text)[-1])]

    @property
    def starts(self) -> list[int]:
        """Where they begin."""
        return [piece.start for piece in self._found]

    @cached_property
    def runs(self) -> list[str]:
        """Runs of capital words: the first word of a sentence may be a name too; for looking up, all of them count."""
        runs = self.names + [f"{match[2]} {match[1]}" for match in _KIN.finditer(self.text)]
        runs += re.findall(r"(?:[A-Z][\w'’-]*)(?: (?:of |for |the |and )*[A-Z][\w'’-]*)*", self.text)
        return [run for run in dict.fromkeys(runs) if not START_WORDS.match(run) and run not in MONTHS]

    @cached_property
    def initials(self) -> set[str]:
        """Acronyms that the names make."""
        parts = [part for run in self.runs for part in (run, *re.split(r" (?:of|for|and|the)(?: the)? ", run))]
        return {_initials(part) for part in parts}

    def has(self, name: str) -> bool:
        """Whether a name is one of these: its surname, initials, land or people alone, with or without a title."""
        words = [word for word in _words(name) if word.casefold() not in _JOINTS]
        plain = [
            word
            for place, word in enumerate(words, 1)
            if word.casefold() in self.words or not self._is_title(word, is_last=place == len(words))
        ]
        if not plain:
            return True
        if name.replace(".", "").replace("s", "") in self.initials or name.replace(".", "") in self.initials:
            return True
        known = [[part.casefold() for word in _words(run) for part in (word, *word.split("-"))] for run in self.runs]
        capitals = [word.casefold() for word in plain if any(word.casefold() in run for run in known)]
        if capitals and not any(all(word in run for word in capitals) for run in known):
            return False
        return all(self._knows(word.casefold()) for word in plain)

    def _is_title(self, word: str, *, is_last: bool) -> bool:
        """Whether a word before a name is its title, or what the article calls the person in small letters."""
        if word.casefold() in _TITLES:
            return True
        return not is_last and "NOUN" in lemmas(word) and re.search(rf"\b{word.lower()}\b", self.article) is not None

    def _knows(self, word: str) -> bool:
        if word in self.words or word.removesuffix("s") in self.words or f"{word}s" in self.words:
            return True
        if word in _LAND_OF and any(_LAND_OF.get(other) == _LAND_OF[word] for other in self.words):
            return True
        if re.sub(r"(?:ish|s)$", "", word) in {
            re.sub(r"(?:ish|s)$", "", other) for other in self.words if len(other) > 3
        }:
            return True
        if len(word) == 1:
            return any(run[:1].casefold() == word for run in self.runs)
        shared = {piece.casefold() for run in self.runs for piece in run.split() if len(piece) >= 5}
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
    """A run of names parted where `and` joins two of them; a weekday before it is none of it."""
    day = re.match(r"(?:\w+day|[A-Z]\w+) the (?=[A-Z])", found.text)
    at = day.end() if day and found.text.split()[0].casefold() in _DAYS else 0
    for part in re.split(r"( and )", found.text[at:]):
        if part != " and " and part.strip():
            yield Found("name", part, found.start + at, found.start + at + len(part))
        at += len(part)


def _opening_names(text: str, evidence: str, around: str, busy: list[tuple[int, int]]) -> list[Found]:
    """First words of sentences that seem to be names: their capital letter alone says nothing.

    A word that no dictionary has is one, and so is one that has a capital inside a sentence elsewhere.
    """
    found = []
    for match in re.finditer(r"(?:^|[.!?:]['\"”’)]*\s+)[\"“‘'(]*([A-Z][\w-]*(?:['’](?!s\b)\w+)?)", text):
        word, start, end = match[1], match.start(1), match.end(1)
        lower = word.casefold()
        if START_WORDS.match(word) or any(left < end and start < right for left, right in busy):
            continue
        if re.search(rf"(?<!\w){re.escape(lower)}(?!\w)", f"{evidence} {around}"):
            continue
        if lower[:4] in {other[:4] for other in _words(evidence) if other.islower()}:
            continue
        is_capital = re.search(rf"[a-z,;] {re.escape(word)}\b", f"{evidence} {around}")
        if is_capital or not is_known(word) or (word.isupper() and len(word) > 1):
            found.append(Found("name", word, start, end))
    return found
