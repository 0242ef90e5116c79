"""How a comment feels about what it is on: S = Σ wᵢ xᵢ over words, phrases, emoji and ratings.

wᵢ is what a term weighs in the lexicon (-4 to +4), xᵢ what its place does to it: negation turns it, degree words,
capitals, drawn-out letters and exclamation marks strengthen it, `but` weakens what stands before and strengthens what
stands after, wishes turn praise around, questions weaken. Every score comes with its terms, and they add up to it
exactly.

Limits: irony without a sign of it (an emoji that rolls its eyes) is read as it is written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rushlight.audience.language.lexicon import Lexicon, Subject, load_lexicon, load_modifiers, read_terms
from rushlight.audience.language.tokens import Token, folded, read_tokens

__all__ = ["Feeling", "FeelingLabel", "Term", "feel", "label_of"]

FeelingLabel = Literal["positive", "negative", "neutral", "mixed"]

# S is bounded to -1 … 1 as S / √(S² + 15), the scale of the general lexicon's authors.
_BOUND = 15.0
_LEAST = 0.5
_MIXED_SHARE, _MIXED_SUM = 0.45, 1.3
_STRONG, _WEAK, _LOUD, _LONG = 1.25, 0.75, 1.3, 1.2
_TURNED_PRAISE, _TURNED_BLAME, _WISHED = -0.75, -0.55, -0.6
_BEFORE_BUT, _AFTER_BUT, _CONCEDED = 0.55, 1.3, 0.5
_ASKED, _EXCLAIMED, _AGAIN, _LAUGHED_AT = 0.4, 0.3, 0.5, 0.5
_SCOPE = 3
_MOST_CRIES = 4
_MISSING_ASSET = -2.0
_LAUGHTER = frozenset(
    ["lol", "lmao", "lmfao", "rofl", "haha", "hahaha", "hahahaha", "hehe", "xd", "😂", "🤣", "😅", "😭", "💀", "😆"]
)
_ROLLED_EYES = frozenset(["🙄", "😒"])
_ASKING = frozenset(
    "who what when where which why how is are was were do does did can could will would has have any anyone".split()
)
_MORE_SO = frozenset(["so", "such", "this", "more", "as", "that"])
_ONLY = frozenset(["only", "just", "sure", "to"])
_NUMBERS = {"zero": 0.0, "half": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
            "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the sum.

    Attributes:
        text: the words as they stand in the comment.
        start: where they begin, in characters.
        weight: wᵢ.
        factor: xᵢ.
        value: wᵢ xᵢ, in thousandths: whole numbers add up exactly.
        why: what made the factor, such as `turned by "not"`.
    """

    text: str
    start: int
    weight: float
    factor: float
    value: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Feeling:
    """What was found: S in thousandths, its bounded form, a label, and the terms that add up to S."""

    sum: int
    score: float
    label: FeelingLabel
    terms: tuple[Term, ...]


def feel(text: str, subject: Subject = "film", *, lexicon: Lexicon | None = None, tokens: list[Token] | None = None,
         language: str = "en") -> Feeling:  # fmt: skip
    """The feeling of an English comment.

    Args:
        text: the comment.
        subject: `film` for comments on films, where plot words are no feeling and slang is praise; `anything` else.
        lexicon: use this one instead, such as another language's.
        tokens: its tokens where they are read already.
        language: the lexicon's, for its negations.

    Raises:
        ModelError: the general lexicon is not installed.
    """
    read = tokens if tokens is not None else read_tokens(text)
    terms = _Reading(text, read, lexicon or load_lexicon(subject), language).terms()
    total = sum(term.value for term in terms)
    return Feeling(total, bounded(total / 1000), label_of(total / 1000, terms), tuple(terms))


def bounded(total: float) -> float:
    """S between -1 and 1."""
    return round(total / math.sqrt(total * total + _BOUND), 4)


def label_of(total: float, terms: list[Term]) -> FeelingLabel:
    """Positive, negative, mixed where both balance, else neutral."""
    praise = sum(term.value for term in terms if term.value > 0) / 1000
    blame = -sum(term.value for term in terms if term.value < 0) / 1000
    if min(praise, blame) >= _MIXED_SHARE * max(praise, blame) > 0.6 and abs(total) < _MIXED_SUM:
        return "mixed"
    return "positive" if total >= _LEAST else "negative" if total <= -_LEAST else "neutral"


@dataclass(slots=True)
class _Found:
    """A term before its factor is known."""

    first: int
    last: int
    weight: float
    factor: float = 1.0
    why: str = ""

    def times(self, factor: float, why: str) -> None:
        self.factor *= factor
        self.why = f"{self.why}; {why}" if self.why else why


class _Reading:
    """One comment on its way to a sum."""

    def __init__(self, text: str, tokens: list[Token], lexicon: Lexicon, language: str = "en"):
        self.text, self.tokens, self.lexicon = text, tokens, lexicon
        self.forms = [token.form for token in tokens]
        self.taken = [False] * len(tokens)
        self.turning: set[int] = set()
        kinds = load_modifiers()
        self.strong, self.weak = kinds["strong"], kinds["weak"]
        self.negators = kinds["negators"].words if language == "en" else _negators(language)
        self.irrealis, self.contrast, self.concession = kinds["irrealis"], kinds["contrast"], kinds["concession"]
        self.assets = kinds["assets"]

    def terms(self) -> list[Term]:
        found = self._ratings() + self._weighed()
        found.sort(key=lambda one: one.first)
        if not found:
            return []
        starters = {one.first for one in found}
        found = [one for one in found if not self._is_degree(one, starters)]
        self._repeated(found)
        for one in found:
            if self.tokens[one.first].kind in ("word", "tag"):
                self._degree(one)
                self._negation(one)
        found = [one for one in found if one.first not in self.turning]
        self._contrast(found)
        self._asked(found)
        self._laughter(found)
        terms = [self._term(one) for one in found if round(1000 * one.weight * one.factor)]
        return [*terms, *self._exclaimed(terms)]

    def _exclaimed(self, terms: list[Term]) -> list[Term]:
        """Exclamation marks strengthen whatever the comment says, by as much for a strong word as for a weak one."""
        total = sum(term.value for term in terms)
        marks = [token for token in self.tokens if token.kind == "mark" and "!" in token.form]
        if not total or not marks:
            return []
        weight = math.copysign(_EXCLAIMED, total)
        count = min(sum(token.form.count("!") for token in marks), _MOST_CRIES)
        first = marks[0]
        text = self.text[first.start : first.end].strip()
        return [Term(text, first.start, weight, float(count), round(1000 * weight * count), "strengthens the rest")]

    def _term(self, one: _Found) -> Term:
        start, end = self.tokens[one.first].start, self.tokens[one.last].end
        value = round(1000 * one.weight * one.factor)
        return Term(self.text[start:end], start, one.weight, value / 1000 / one.weight, value, one.why)

    # -- What weighs something

    def _weighed(self) -> list[_Found]:
        """Phrases, then words; a missing asset (`no plot`) is blame."""
        found, index, count = [], 0, len(self.tokens)
        while index < count:
            token = self.tokens[index]
            if self.taken[index] or token.kind in ("mark", "time", "mention", "address", "stars", "rating"):
                index += 1
                continue
            phrase = self.lexicon.phrases.longest(self.forms, index) if token.kind in ("word", "number") else None
            if phrase is not None:
                for place in range(index, index + phrase[0]):
                    self.taken[place] = True
                if phrase[1]:
                    found.append(_Found(index, index + phrase[0] - 1, phrase[1]))
                index += phrase[0]
                continue
            weight = self._single(index)
            if weight:
                found.append(_Found(index, index, weight))
                self._loud(found[-1])
            index += 1
        return found

    def _single(self, index: int) -> float | None:
        token = self.tokens[index]
        form = token.form.lstrip("#＃") if token.kind == "tag" else token.form
        weight = self.lexicon.weight(form, is_long=token.is_long)
        if not weight and form in self.assets.words:
            return self._missing(index)
        return weight

    def _missing(self, index: int) -> float | None:
        """Blame, when a negation that is not part of a phrase stands right before what a film should have."""
        for back in range(index - 1, max(index - 4, -1), -1):
            form = self.forms[back]
            if (
                form in ("no", "zero", "without", "lacks", "lack", "little", "hardly", "any", "not")
                and not self.taken[back]
            ):
                if form == "any":
                    continue
                self.taken[back] = True
                return _MISSING_ASSET
            if self.tokens[back].kind == "mark" or form not in ("a", "any", "real", "actual", "character", "of", "the"):
                return None
        return None

    def _loud(self, one: _Found) -> None:
        token = self.tokens[one.first]
        words = [other for other in self.tokens if other.kind == "word" and other.end - other.start > 1]
        if (token.is_loud and not all(other.is_loud for other in words)) or (token.is_loud and len(words) <= 4):
            one.times(_LOUD, "in capitals")
        if token.is_long:
            one.times(_LONG, "drawn out")

    def _ratings(self) -> list[_Found]:
        """8/10, ★★☆☆☆, `three stars out of five`: praise above 65 in a hundred, blame below 50."""
        found = []
        for index, token in enumerate(self.tokens):
            share, last = None, index
            if token.kind == "rating":
                given, best = token.form.replace(",", ".").split("/")
                share = float(given) / float(best)
            elif token.kind == "stars":
                share = _star_share(token.form)
            elif self._number(index) is not None and not self.taken[index]:
                share, last = self._spoken_rating(index)
            if share is None or share > 1:
                continue
            for place in range(index, last + 1):
                self.taken[place] = True
            weight = 10 * (share - 0.6) if not 0.5 <= share <= 0.65 else 0.0
            if weight:
                found.append(_Found(index, last, max(round(weight, 2), -4.0), 1.0, "a rating"))
        return found

    def _number(self, index: int) -> float | None:
        token = self.tokens[index]
        if token.kind == "number" and len(token.form) <= 4:
            return float(token.form.replace(",", "."))
        return _NUMBERS.get(token.form) if token.kind == "word" else None

    def _spoken_rating(self, index: int) -> tuple[float | None, int]:
        value = self._number(index)
        assert value is not None
        forms = [*self.forms[index + 1 : index + 8], *[""] * 7]
        place = index + 1
        if forms[:3] == ["and", "a", "half"]:
            value, forms, place = value + 0.5, forms[3:], place + 3
        best, is_rating = 5.0, False
        if forms[0] in ("star", "stars"):
            is_rating, forms, place = True, forms[1:], place + 1
        if forms[:2] == ["out", "of"] and place + 2 < len(self.tokens):
            whole = self._number(place + 2)
            if whole in (5.0, 10.0, 100.0):
                is_rating, best, place = True, float(whole), place + 3
        return (value / best, place - 1) if is_rating else (None, index)

    # -- What its place does to it

    def _is_degree(self, one: _Found, starters: set[int]) -> bool:
        """Whether it only strengthens what follows at once: `crazy good`, `painfully bad`."""
        return one.first == one.last and self.forms[one.first] in self.strong.words and one.last + 1 in starters

    def _repeated(self, found: list[_Found]) -> None:
        seen: dict[str, int] = {}
        for one in found:
            form = " ".join(self.forms[one.first : one.last + 1])
            count = seen.get(form, 0)
            if count:
                one.times(_AGAIN**count, "said again")
            seen[form] = count + 1

    def _degree(self, one: _Found) -> None:
        for back in range(one.first - 1, max(one.first - 3, -1), -1):
            form = self.forms[back]
            if self.tokens[back].kind != "word" or (self.taken[back] and form not in self.strong.words):
                return
            if form in self.strong.words:
                loud = _LOUD if self.tokens[back].is_loud else 1.0
                one.times(_STRONG * loud if back == one.first - 1 else 1.1, f'strengthened by "{form}"')
            elif form in self.weak.words:
                one.times(_WEAK, f'weakened by "{form}"')

    def _negation(self, one: _Found) -> None:
        steps = 0
        turns: list[str] = []
        between: set[str] = set()
        for back in range(one.first - 1, -1, -1):
            token = self.tokens[back]
            if token.kind == "mark" or token.form in self.contrast.words:
                break
            if self.taken[back]:
                break
            if token.form in self.negators and self.forms[back + 1] not in _ONLY:
                if token.form == "never" and between & _MORE_SO:
                    one.times(_STRONG, 'strengthened by "never … so"')
                else:
                    turns.append(token.form)
                    self.turning.add(back)
            wished = self._irrealis_at(back, one.first)
            if wished and one.weight > 0:
                one.times(_WISHED, f'only wished ("{wished}")')
                return
            if token.form not in self.strong.words and token.form not in self.weak.words:
                steps += 1
            between.add(token.form)
            if steps > _SCOPE:
                break
        if len(turns) == 1:
            one.times(_TURNED_PRAISE if one.weight > 0 else _TURNED_BLAME, f'turned by "{turns[0]}"')
        elif len(turns) > 1:
            one.times(0.7, f'turned twice, by "{turns[1]}" and "{turns[0]}"')

    def _irrealis_at(self, back: int, before: int) -> str:
        form = self.forms[back]
        if form in self.irrealis.words:
            return form
        found = self.irrealis.phrases.longest(self.forms[:before], back)
        return " ".join(self.forms[back : back + found[0]]) if found else ""

    def _contrast(self, found: list[_Found]) -> None:
        turn = max(
            (i for i, form in enumerate(self.forms) if form in self.contrast.words and 0 < i < len(self.forms) - 1),
            default=None,
        )
        for one in found:
            if turn is not None and found[0].first < turn:
                if one.last < turn:
                    one.times(_BEFORE_BUT, f'before "{self.forms[turn]}"')
                else:
                    one.times(_AFTER_BUT, f'after "{self.forms[turn]}"')
        for index, form in enumerate(self.forms[:-1]):
            if form not in self.concession.words:
                continue
            end = next((i for i in range(index, len(self.tokens)) if self.tokens[i].kind == "mark"), len(self.tokens))
            inside = [one for one in found if index < one.first < end]
            if len(inside) < len(found):
                for one in inside:
                    one.times(_CONCEDED, f'granted with "{form}"')

    def _asked(self, found: list[_Found]) -> None:
        start = 0
        for index, token in enumerate([*self.tokens, None]):
            if token is not None and not (token.kind == "mark" and token.form[:1] in ".!?…。"):
                continue
            inside = [one for one in found if start <= one.first < index]
            mark = token.form if token is not None else ""
            if "?" in mark and "!" not in mark and index > start and self.forms[start] in _ASKING:
                for one in inside:
                    if one.first == one.last:
                        one.times(_ASKED, "in a question")
            start = index + 1

    def _laughter(self, found: list[_Found]) -> None:
        """Laughter goes with what is said: at blame it is no praise. Eyes that roll take praise back."""
        rest = sum(one.weight * one.factor for one in found if not self._is(one, _LAUGHTER))
        if any(self._is(one, _ROLLED_EYES) for one in found):
            for one in found:
                if one.weight * one.factor > 0:
                    one.times(0.2, "eyes rolled")
        if rest < -_LEAST:
            for one in found:
                if self._is(one, _LAUGHTER) and one.weight > 0:
                    one.times(_LAUGHED_AT, "laughed at")

    def _is(self, one: _Found, forms: frozenset[str]) -> bool:
        return one.first == one.last and self.forms[one.first] in forms


@lru_cache(maxsize=32)
def _negators(language: str) -> dict[str, float]:
    heads = dict(read_terms("languages.txt"))
    return {folded(term)[0]: 1.0 for term in heads.get(f"{language}:not", [])}


def _star_share(stars: str) -> float | None:
    """The share of full stars; ⭐ alone count out of five. One ★ by itself says nothing."""
    full, hollow, half = sum(stars.count(one) for one in "★⭐🌟"), stars.count("☆"), stars.count("½") / 2
    if hollow:
        return (full + half) / (full + hollow) if full + hollow in (4, 5, 10) or full else None
    if full > 5:
        return full / 10 if full <= 10 else None
    return (full + half) / 5 if full > 1 or half else None
