"""Whether a line denies what its evidence says, or says what it denies; and whether it says `all` for `most`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rushlight.create.claims import Found
from rushlight.create.grounding.clauses import clauses
from rushlight.create.grounding.implied import implied_quantities
from rushlight.create.grounding.lexicon import content_words, keys_of
from rushlight.create.grounding.quantities import read_quantities

__all__ = ["negation_faults", "universal_faults"]

_NOT = re.compile(
    r"\b(?:(?:not|never|cannot)\b"
    r"(?! (?:only|even|just|all|every|quite|until|before|an?\b|one\b|least|as\b|so\b|less|more|out of|without|fail\w*|"
    r"un\w+))|\w+n['’]t\b|no longer\b)",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:no(?! (?:longer|more|less|fewer|other \w+ (?:has|had|is|was)))|neither \w+)\b", re.IGNORECASE)
_DENIES = re.compile(rf"{_NOT.pattern}|{_NO.pattern}|\b(?:not even|without(?: an?| any| the)?|yet to)\b", re.IGNORECASE)
# Words that deny without a `not`, or under which a `not` may say the same.
_NEGATIVE = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|nor|neither|without|cannot|\w+n['’]t|only|until|except|but|few|little|hardly|"
    r"barely|scarcely|instead|rather|unless|too|lest|unlike|refus\w+|fail\w*|lack\w*|stop\w*|end\w*|prevent\w*|avoid\w*|"
    r"reject\w*|den(?:y|ied|ies)\w*|doubt\w*|lost|lose\w*|miss\w*|abandon\w*|aband\w+|last|former\w*|free of|away|"
    r"if|whether|might|could|would|should|may|fear\w*|expect\w*|hop(?:e|es|ed|ing)|want\w*|plan\w*|propos\w*|wish\w*|"
    r"un[a-z]{3,}|in(?:able|capable)\w*|dis[a-z]{4,}|\w+less|else|other|ever|any\w*|than|first)\b",
    re.IGNORECASE,
)
_ALL_BUT = re.compile(r"\b(?:only|except|apart from|other than|but not|all but)\b", re.IGNORECASE)
# `Never was more power needed` says that it was needed.
_COMPARES = re.compile(r"\b(?:more|less|better|so|such|as|than)\b", re.IGNORECASE)
_SCOPE_WORDS, _NEARLY_ALL = 4, 0.75
_ALL = re.compile(
    r"\b(?<!not )(?:(?<!of )(?<!in )(?<!at )(?<!above )(?<!after )(?<!for )all"
    r"(?! (?:told|the same|over|along|but|right|year|day|night|in all|of it)\b)|all(?= the [a-z]+s\b)|"
    r"every(?:one|body|thing)?"
    r"(?! (?:other|\w*(?:day|week|month|year|hour|minute|morning|evening|night|time|decade|second|third)s?|\d+|two|"
    r"three|four|five|ten)\b)|none|nobody|no one|entirely|the (?:whole|entire))\b",
    re.IGNORECASE,
)
_UNIVERSAL = re.compile(
    r"\b(?:all(?! the same)|every\w*|each|anyone|whole|entire\w*|none|no|nobody|nothing|never|always|total\w*|"
    r"throughout|altogether)\b|\bnot an? \b",
    re.IGNORECASE,
)
_PARTIAL = re.compile(
    r"\b(?:most|many|some|several|few|part|parts|partly|mostly|except|nearly|almost|minority|majority|largely)\b", re.I
)


def negation_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """Words that a line denies and its evidence says, or the reverse, with the reason."""
    denied, said = _polarities(evidence, _DENIES)
    # `No school is smaller` denies no school: of a line only a `not` is read.
    line_denied, _ = _polarities(line, _NOT)
    if _ALL_BUT.search(line) or _COMPARES.search(line):
        line_denied = {}
    if any(number.kind == "share" for number in read_quantities(evidence)):
        # Three in four want to return, so a quarter do not.
        line_denied = {}
    for text, keys in line_denied.items():
        if keys & said and not keys & _all(denied):
            yield _found(line, text), f"The place this line names says {text!r} without a `not`."
    # `One in four does not know` lets three in four know.
    if _NEGATIVE.search(line) or any(number.kind == "share" for number in read_quantities(line)):
        return
    for word in content_words(line):
        if (re.search(rf"\b(?:un|in|im|dis){word.text.lower()}\b", evidence) and not word.keys & said) or (
            word.keys & _all(denied) and not word.keys & said
        ):
            yield Found("measure", word.text, word.start, word.end), f"The place this line names denies {word.text!r}."


def _all(polarity: dict[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*polarity.values())


def _found(line: str, word: str) -> Found:
    start = line.index(word)
    return Found("measure", word, start, start + len(word))


def _polarities(text: str, pattern: re.Pattern[str]) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """What a text denies, by word, and the keys of what it says plainly: in clauses without any negative word."""
    denied: dict[str, frozenset[str]] = {}
    said: set[str] = set()
    for part in (part for clause in clauses(text) for part in re.split(r",(?=\s)|\band\b", clause.text)):
        for match in pattern.finditer(part):
            scope = re.match(rf"(?:\W+[\w'’-]+){{0,{_SCOPE_WORDS}}}", part[match.end() :])
            words = content_words(scope.group() if scope else "")
            if re.match(r" (?:\w+ )?against\b", part[match.end() :]):
                denied["against"] = frozenset({"against"})
            elif words and not (match.group().lower().startswith(("no ", "no")) and _COMPARES.search(part)):
                denied[words[0].text] = words[0].keys
        negative = [keys_of(match.group()) for match in _NEGATIVE.finditer(part)]
        words = [word for word in content_words(part) if not word.text.endswith("ing")]
        said |= {key for word in words if all(other & word.keys for other in negative) for key in word.keys}
        said |= {"against"} if not negative and re.search(r"\bagainst\b", part) else set()
    return denied, frozenset(said)


def universal_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """`All`, `every` and `nobody` of a line whose evidence speaks of a part and of no whole, with the reason."""
    match = _ALL.search(line)
    if match is None or _UNIVERSAL.search(evidence):
        return
    is_nearly = re.search(r"\b(?:nearly|almost|virtually|practically) $", line[: match.start()], re.IGNORECASE)
    numbers = [*read_quantities(evidence), *implied_quantities(evidence)]
    of_some = match.group().lower().startswith(("all", "every"))
    is_partial = any((of_some and number.whole) or (number.kind == "share" and number.low < 1) for number in numbers)
    if is_nearly:
        shares = [number.low for number in numbers if number.kind == "share"]
        is_partial = (
            bool(shares) and max(shares) < _NEARLY_ALL and not re.search(r"\b(?:most|nearly|almost|but)\b", evidence)
        )
    if is_partial or (not is_nearly and _PARTIAL.search(evidence)):
        yield (
            Found("measure", match.group(), *match.span()),
            f"The place this line names does not say {match.group()!r}.",
        )
