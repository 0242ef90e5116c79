"""Planted lies: one number, date or name of a true line made false, by word lists that the check does not share.

*digits*: the leading digit of a number, or any digit of a year. *words*: a number in words. *borrowed*: a number of
another sentence of the article. *date*: day, month or year of a date. *name*: another name of the article that the
cited sentences do not hold. *stranger*: a name from nowhere. A number that is said to be rounded (`about`, `nearly`,
`over`, …) is moved by at least a fifth, so that the lie is one.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

__all__ = ["KINDS", "Lie", "lies_about"]

KINDS = ("digits", "words", "borrowed", "date", "name", "stranger")
_SMALL = "two three four five six seven eight nine ten eleven twelve fourteen fifteen sixteen seventeen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALED = {"hundred": "thousand", "thousand": "million", "million": "billion"}
_PARTS = {
    "nearly half": "nearly a third", "just under half": "a third", "half": "a fifth", "a third": "half",
    "one in three": "one in five", "four-fifths": "two-fifths", "a quarter": "half", "two-thirds": "a quarter",
    "a twentieth": "a fifth", "a tenth": "a third", "double": "triple", "triple": "double", "a dozen": "two dozen",
    "eightfold": "threefold", "two decades": "three decades", "six in ten": "three in ten",
}  # fmt: skip
_MONTHS = "January February March April May June July August September October November December".split()
_NUMBER = re.compile(r"(?<![\w.,/-])\d[\d,.]*\d|(?<![\w.,/-])\d(?![\w/])")
_ROUND = re.compile(
    r"(?:about|around|some|nearly|almost|over|under|roughly|more than|just over|just under|well over|up to)\s+[€£$]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Lie:
    """A true line made false, and how."""

    kind: str
    before: str
    after: str


def lies_about(
    text: str, evidence: str, article: str, names: list[list[str]], strangers: list[list[str]], chooser: random.Random
) -> list[Lie]:
    """One lie of every kind that the line allows.

    Args:
        text: a true line.
        evidence: the sentences it rests on.
        article: the whole article.
        names: names of the article, each with its forms.
        strangers: names that are not in it.
        chooser: decides where.
    """
    made = {
        "digits": _digits(text, evidence, chooser),
        "words": _words(text, chooser),
        "borrowed": _borrowed(text, evidence, article, chooser),
        "date": _date(text, evidence, chooser),
        "name": _name(text, evidence, names, [n for n in names if n[0] not in evidence], chooser),
        "stranger": _name(text, evidence, names, strangers, chooser),
    }
    return [Lie(kind, text, after) for kind, after in made.items() if after and after != text]


def _digits(text: str, evidence: str, chooser: random.Random) -> str:
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return ""
    match = chooser.choice(numbers)
    written = match.group()
    rounded = bool(_ROUND.search(text[: match.start()])) or len(written) < 2
    year = bool(re.fullmatch(r"1[6-9]\d\d|20\d\d", written))
    place = chooser.choice([1, 2, 3]) if year else 0
    old = int(written[place])
    options = [d for d in range(1, 10) if d != old and (year or not rounded or abs(d - old) >= max(2, 0.3 * old))]
    changed = written[:place] + str(chooser.choice(options)) + written[place + 1 :]
    return "" if changed in evidence else text[: match.start()] + changed + text[match.end() :]


def _words(text: str, chooser: random.Random) -> str:
    options: list[tuple[int, int, str]] = []
    for old, new in _PARTS.items():
        options += [(m.start(), m.end(), new) for m in re.finditer(rf"(?<!and a )\b{old}\b", text, re.IGNORECASE)]
    taken = list(options)
    for group in (_SMALL, _TENS):
        for number, word in enumerate(group):
            new = group[(number + chooser.choice([2, 3, 4])) % len(group)]
            options += [(m.start(), m.end(), new) for m in re.finditer(rf"\b{word}\b", text, re.IGNORECASE)]
    for old, new in _SCALED.items():
        options += [(m.start(), m.end(), new) for m in re.finditer(rf"(?<=\w ){old}\b", text)]
    options = [o for o in options if o in taken or not any(s <= o[0] < e for s, e, _ in taken)]
    if not options:
        return ""
    start, end, new = chooser.choice(options)
    new = new.capitalize() if text[start].isupper() else new
    return text[:start] + new + text[end:]


def _borrowed(text: str, evidence: str, article: str, chooser: random.Random) -> str:
    numbers = list(_NUMBER.finditer(text))
    others = sorted({m.group() for m in _NUMBER.finditer(article)} - {m.group() for m in _NUMBER.finditer(evidence)})
    if not numbers:
        return ""
    match = chooser.choice(numbers)
    value = float(match.group().replace(",", ""))
    far = [other for other in others if not 0.75 <= float(other.replace(",", "")) / value <= 1.3]
    return text[: match.start()] + chooser.choice(far) + text[match.end() :] if far else ""


def _date(text: str, evidence: str, chooser: random.Random) -> str:
    months = list(re.finditer(rf"\b(?:{'|'.join(_MONTHS)})\b", text))
    if not months:
        return ""
    match = chooser.choice(months)
    new = chooser.choice([month for month in _MONTHS if month not in evidence and month not in text])
    return text[: match.start()] + new + text[match.end() :]


def _name(text: str, evidence: str, names: list[list[str]], others: list[list[str]], chooser: random.Random) -> str:
    inside = [
        (form, place)
        for forms in names
        for place, form in enumerate(forms)
        if re.search(rf"\b{re.escape(form)}\b", text) and not any(form != f and form in f and f in text for f in forms)
    ]
    inside = [(form, place) for form, place in inside if not any(form != f and form in f for f, _ in inside)]
    if not inside or not others:
        return ""
    form, place = chooser.choice(inside)
    person = lambda forms: len(forms) > 1 and not forms[1].isupper()  # noqa: E731
    same = [forms for forms in others if person(forms) == person(next(f for f in names if form in f))] or others
    other = chooser.choice(same)
    new = other[min(place, len(other) - 1)]
    return re.sub(rf"\b{re.escape(form)}\b", new, text) if new not in evidence else ""
