"""Whether a line has who and whom the other way round from its evidence: who pays whom, what is more than what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rushlight.create.claims import Found
from rushlight.create.grounding.clauses import clauses
from rushlight.create.grounding.lexicon import Word, is_comparative, lemmas, told_words

__all__ = ["role_faults"]

_BE = frozenset("is are was were be been being gets got".split())
_LIGHT = frozenset("be have do can could may might must shall should will would".split())
_OBJECT_PRONOUNS = frozenset("him her them it".split())
_BEFORE_VERBS = frozenset(
    "now also never still to who he she they we i will would can could may might must shall should has had have".split()
)
# As much as, the same as: either side may stand first.
_SYMMETRIC = re.compile(r"\bsame (?:\w+ )?as\b|\bas (?:much|many|\w+) as\b|\beach other\b|\bequal", re.IGNORECASE)
# `Nobody had ordered one before` names no doer.
_DENIED = re.compile(r"^(?:no|nobody|never|none|not since)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[\w'’-]+")


@dataclass(frozen=True)
class _Act:
    """A verb with the words on its two sides, the doer's first even in the passive.

    Attributes:
        verb: as written.
        start: character offset.
        lemmas: what it may be a form of.
        doers: words of the clause on the side of the doer.
        others: words on the other side.
        to_pronoun: whether it is done to `him` or `them`.
    """

    verb: str
    start: int
    lemmas: frozenset[str]
    doers: tuple[Word, ...]
    others: tuple[Word, ...]
    to_pronoun: bool


def role_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """Verbs and comparisons of a line whose two sides its evidence has the other way round, with the reason."""
    if _SYMMETRIC.search(f"{line} {evidence}") or _DENIED.search(line):
        return
    given = [*_acts(evidence)]
    for act in _acts(line):
        alike = [other for other in given if act.lemmas & other.lemmas]
        if alike and all(_is_reversed(act, other) or _is_another_doer(act, other, line, evidence) for other in alike):
            found = Found("measure", act.verb, act.start, act.start + len(act.verb))
            yield found, f"The place this line names has others on the two sides of {act.verb!r}."
    comparisons = [*_comparisons(evidence)]
    for word, start, left, right in _comparisons(line):
        for other, _, more, less in comparisons:
            if other == word and left & less and right & more and not right & less:
                yield (
                    Found("measure", word, start, start + len(word)),
                    f"{word!r} is the other way round in the source.",
                )


def _acts(text: str) -> Iterator[_Act]:
    for clause in clauses(text):
        tokens = list(_TOKEN.finditer(clause.text))
        for place, token in enumerate(tokens):
            verbs = lemmas(token.group()).get("VERB", ())
            forms = frozenset(verb for verb in verbs if verb not in _LIGHT)
            if not forms or token.group().endswith("ing") or token.group()[0].isupper() or not _is_verb(tokens, place):
                continue
            left, right = clause.text[: token.start()], clause.text[token.end() :]
            passive = any(other.group().lower() in _BE for other in tokens[max(place - 2, 0) : place])
            passive = passive or right.startswith(" by ")
            by = re.match(r"(?: [\w.,$€£]+){0,5}? by ", right)
            if passive and by is None:
                continue
            following = tokens[place + 1].group().lower() if place + 1 < len(tokens) else ""
            sides = (tuple(told_words(left)), tuple(told_words(right[by.end() :] if passive and by else right)))
            doers, others = sides[::-1] if passive else sides
            yield _Act(token.group(), clause.start + token.start(), forms, doers, others, following in _OBJECT_PRONOUNS)


def _is_verb(tokens: list[re.Match[str]], place: int) -> bool:
    """Whether a word that may be a verb is one here: it can be nothing else, or stands where a verb must."""
    forms = lemmas(tokens[place].group())
    before = tokens[place - 1].group() if place else ""
    return not {"NOUN", "ADJ"} & set(forms) or before.lower() in _BEFORE_VERBS or (before[:1].isupper() and place > 1)


def _is_name(word: Word) -> bool:
    return word.text[0].isupper() and not lemmas(word.text)


def _keys(words: tuple[Word, ...]) -> frozenset[str]:
    return frozenset(key for word in words for key in word.keys)


def _is_reversed(act: _Act, other: _Act) -> bool:
    sides = [act.doers, act.others, other.doers, other.others]
    if all(any(_is_name(word) for word in side) for side in sides):
        sides = [tuple(word for word in side if _is_name(word)) for side in sides]
        act, other = replace(act, doers=sides[0], others=sides[1]), replace(other, doers=sides[2], others=sides[3])
    doers, others = _keys(act.doers), _keys(act.others)
    if _heads_are_reversed(act, other):
        return True
    if not doers or not others or doers & _keys(other.doers) or others & _keys(other.others):
        return False
    names = frozenset(key for word in act.others if word.text[0].isupper() for key in word.keys)
    from_name = any(_is_name(word) for word in act.doers) and bool(others & _keys(other.doers))
    to_name = other.to_pronoun and (bool(names & _keys(other.doers)) or from_name)
    return to_name or (bool(others & _keys(other.doers)) and bool(doers & _keys(other.others)))


def _heads_are_reversed(act: _Act, other: _Act) -> bool:
    """Whether the words next to the verb have changed sides."""
    if not act.doers or not act.others:
        return False
    doer, done = act.doers[-1].keys, act.others[0].keys
    doers, others = _keys(other.doers), _keys(other.others)
    return bool(doer & others and done & doers) and not doer & doers and not done & others


def _is_another_doer(act: _Act, other: _Act, line: str, evidence: str) -> bool:
    """Whether a line has one name of its evidence do to the same thing what another name there does."""
    names, true = ({word.text for word in words if _is_name(word)} for words in (act.doers, other.doers))
    if not names or not true or _keys(act.doers) & _keys(other.doers) or not _keys(act.others) & _keys(other.others):
        return False
    return all(name in evidence for name in names) and not any(name in line for name in true)


def _comparisons(text: str) -> Iterator[tuple[str, int, frozenset[str], frozenset[str]]]:
    """Comparatives with what is more and what is less."""
    for match in re.finditer(r"\b(more|less|fewer|\w+er)\b((?:\s+[\w-]+){0,6}?)\s+than\s+([^,;:.!?]+)", text, re.I):
        word = match[1].lower()
        if word not in ("more", "less", "fewer") and not is_comparative(word):
            continue
        start = max(text.rfind(stop, 0, match.start()) for stop in ",;:.!?") + 1
        left = _keys(tuple(told_words(text[start : match.start()] + match[2])))
        yield word, match.start(), left, _keys(tuple(told_words(match[3])))
