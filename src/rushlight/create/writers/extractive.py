"""The writer `extractive`: a script of sentences chosen from an article or brief, word for word.

Sentences are scored by centrality, place, concreteness and how well they are spoken; a local search then looks for
the set that scores best, repeats itself least, touches most sections and meets the word budget. A sentence that
points back (`It …`, `This …`) is taken only together with the one before it. Nothing is added: no word stands in the
script that the source does not hold. Left out may be a leading adverbial (`However, …`) and parentheses; every piece
that is spoken has its own trace, so `Source.text[start:end]` is exactly what is said, but for the capital letter of
a sentence whose opening was left out.

Reference:
    Erkan, Radev 2004 (LexRank); Carbonell, Goldstein 1998 (maximal marginal relevance).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import Beat, Line, Script, Source, Trace
from rushlight.core.errors import InputError
from rushlight.create.prose.mood import with_steady_moods
from rushlight.create.prose.salience import centrality, likeness, picture_words, telling
from rushlight.create.prose.sentences import CONTRASTS, Sentence, find_sentences, spans_to_speak
from rushlight.create.writers import Assignment

__all__ = ["is_speakable", "quoted_line", "write"]

# A long article is narrowed to its best sentences before the search, which looks at every pair.
_CANDIDATES = 240
_TOLERANCE = 0.08
# Half a thought: `Building on land was one thing.` wants the sentence after it.
_POINTS_AHEAD = re.compile(
    r"\b(?:was|is|were|are) one thing[.;]$|\bthings[.:]$|\b(?:as follows|the following|these)[.:]$"
)
# A first name and a last one that stand where no sentence begins; `Bell Rock` may match too, which does no harm.
_WHOLE_NAME = re.compile(r"(?<=[a-z,0-9] )[A-Z][a-z]+ (?:[A-Z][a-z]+ )?([A-Z][a-z]{2,})\b")
_BEAT_LINES, _BEAT_WORDS = 3, 55


@dataclass(frozen=True)
class _Field:
    """Sentences to choose from, with what the search needs to know of each; arrays have shape (n,) or (n, n)."""

    sentences: list[Sentence]
    words: NDArray[np.int64]
    scores: NDArray[np.float64]
    alike: NDArray[np.float64]
    sections: NDArray[np.int64]
    needs: list[int]
    """Index of the sentence that must come with it, or -1; -2 when that one cannot be had."""


def write(assignment: Assignment) -> Script:
    """Choose sentences for the assignment.

    Raises:
        InputError: the source is a table, or has no whole sentence.
    """
    source = assignment.source
    if source.form == "table":
        raise InputError(
            "The extractive writer needs text, and this source is a table.",
            path=source.file.path,
            hint="Use the writer 'data'.",
        )
    sentences = [sentence for sentence in find_sentences(source) if is_speakable(sentence)]
    if not sentences:
        raise InputError("This source has no whole sentence to speak.", path=source.file.path, hint="Write some prose.")
    field = _measure(sentences)
    chosen = _choose(field, assignment.target_words)
    notes = _notes(field, chosen, assignment.target_words)
    beats = _arrange(field, chosen, source)
    return Script(
        title=assignment.title,
        language=source.language,
        beats=with_steady_moods(beats),
        writer="extractive",
        source_sha256=source.file.sha256,
        notes=tuple(notes),
    )


def is_speakable(sentence: Sentence) -> bool:
    """Whether a sentence is whole and made of words that can be read aloud."""
    text = sentence.text
    letters = sum(char.isalpha() for char in text)
    return (
        len(text.split()) >= 3
        and letters >= 0.6 * len(text.replace(" ", ""))
        and text[-1] in ".!?…”\"’')»。！？"
        and "http" not in text
        and "*" not in text
        and not _POINTS_AHEAD.search(text)
    )


def _measure(sentences: list[Sentence]) -> _Field:
    alike = likeness([sentence.text for sentence in sentences]) if len(sentences) <= 3000 else np.eye(len(sentences))
    central = centrality(alike)
    count = len(sentences)
    place = np.arange(count) / max(count - 1, 1)
    scores = np.array(
        [
            1.0 * central[i]
            + 0.5 * float(np.exp(-4 * place[i]))
            + 0.15 * (i == 0 or sentences[i - 1].paragraph != s.paragraph)
            + 0.8 * telling(s.text)
            - 0.35 * s.leans
            - 0.02 * max(s.words - 28, 0)
            - 0.05 * max(7 - s.words, 0)
            - 0.25 * s.text.endswith("?")
            for i, s in enumerate(sentences)
        ]
    )
    kept = np.sort(np.argsort(-scores, kind="stable")[:_CANDIDATES])
    if count > _CANDIDATES:
        befores = [i - 1 for i in kept if sentences[i].leans and i > 0]
        kept = np.unique(np.concatenate([kept, [0, count - 1], befores])).astype(np.int64)
    introduced = _introductions(sentences)
    if count > _CANDIDATES:
        kept = np.unique(np.concatenate([kept, [introduced[i] for i in kept if i in introduced]])).astype(np.int64)
    places = {int(old): new for new, old in enumerate(kept)}
    needs = []
    for old in kept:
        sentence = sentences[old]
        if not sentence.leans:
            needs.append(places[introduced[old]] if old in introduced else -1)
        elif old > 0 and sentences[old - 1].section == sentence.section and int(old) - 1 in places:
            needs.append(places[int(old) - 1])
        else:
            needs.append(-2)
    chosen = [sentences[i] for i in kept]
    return _Field(
        chosen,
        np.array([s.words for s in chosen], dtype=np.int64),
        scores[kept],
        alike[np.ix_(kept, kept)],
        np.array([s.section for s in chosen], dtype=np.int64),
        needs,
    )


def _introductions(sentences: list[Sentence]) -> dict[int, int]:
    """For each sentence that calls someone by a last name alone, the earlier sentence that gave the whole name."""
    introduced: dict[int, int] = {}
    first_given: dict[str, int] = {}
    for place, sentence in enumerate(sentences):
        whole = {match.group(1) for match in _WHOLE_NAME.finditer(sentence.text)}
        for name in re.findall(r"\b[A-Z][a-z]{2,}\b", sentence.text):
            if name in first_given and name not in whole:
                introduced.setdefault(place, first_given[name])
        for name in whole:
            first_given.setdefault(name, place)
    return introduced


def _closure(field: _Field, index: int) -> frozenset[int] | None:
    """A sentence with those it leans on, or None when one cannot be had."""
    group = []
    while index >= 0:
        group.append(index)
        index = field.needs[index]
    return None if index == -2 or len(group) > 3 else frozenset(group)


def _worth(field: _Field, chosen: frozenset[int], target: int) -> float:
    if not chosen:
        return -1e9
    picked = np.array(sorted(chosen))
    off = abs(int(field.words[picked].sum()) - target) / target
    pairs = field.alike[np.ix_(picked, picked)]
    repeated = float(np.square(pairs).sum() - len(picked)) / 2
    sections = len(set(field.sections[picked].tolist()))
    gain = float((field.scores[picked] * np.sqrt(field.words[picked] / 18)).sum())
    ends = field.sentences[picked[-1]].paragraph == field.sentences[-1].paragraph
    penalty = 4.0 * off + (60.0 * (off - _TOLERANCE) if off > _TOLERANCE else 0.0)
    return float(gain - 1.2 * repeated + 0.45 * sections + 0.9 * ends - penalty)


def _choose(field: _Field, target: int) -> frozenset[int]:
    """Greedy choice, then single changes (add, drop, swap) for as long as one makes the set better."""
    groups = {index: group for index in range(len(field.words)) if (group := _closure(field, index))}
    if not groups:
        groups = {index: frozenset([index]) for index in range(len(field.words))}
    chosen: frozenset[int] = frozenset()
    worth = -1e9
    limit = target * (1 + _TOLERANCE)
    for _ in range(2 * len(groups) + 8):
        best, best_worth = chosen, worth
        for option in _changes(field, groups, chosen, limit):
            value = _worth(field, option, target)
            if value > best_worth + 1e-9:
                best, best_worth = option, value
        if best == chosen:
            break
        chosen, worth = best, best_worth
    if not chosen:
        shortest = min(groups, key=lambda index: (sum(field.words[list(groups[index])]), index))
        chosen = groups[shortest]
    return chosen


def _changes(
    field: _Field, groups: dict[int, frozenset[int]], chosen: frozenset[int], limit: float
) -> list[frozenset[int]]:
    def sound(option: frozenset[int]) -> bool:
        return all(field.needs[index] < 0 or field.needs[index] in option for index in option)

    smaller = [option for index in sorted(chosen) if sound(option := chosen - {index})]
    spoken = int(field.words[sorted(chosen)].sum()) if chosen else 0
    found = list(smaller)
    bases = [(chosen, spoken)] + [
        (option, int(field.words[sorted(option)].sum()) if option else 0) for option in smaller
    ]
    for base, words in bases:
        for index, group in groups.items():
            if index not in base:
                added = group - base
                if words + int(field.words[sorted(added)].sum()) <= limit:
                    found.append(base | added)
    return found


def _notes(field: _Field, chosen: frozenset[int], target: int) -> list[str]:
    words = int(field.words[sorted(chosen)].sum())
    if abs(words - target) <= _TOLERANCE * target:
        return []
    total = int(field.words.sum())
    if total < target * (1 - _TOLERANCE):
        return [f"The source is too short: the script has {words} of the {target} words wanted."]
    return [f"No set of whole sentences meets the length: the script has {words} words, {target} were wanted."]


def _arrange(field: _Field, chosen: frozenset[int], source: Source) -> list[Beat]:
    order = sorted(chosen)
    hook = _hook(field, order)
    rest = [index for index in order if index != hook]
    groups: list[tuple[str, list[int]]] = [("hook", [hook])]
    close: list[int] = []
    if len(rest) >= 3:
        close = [rest.pop()]
        while rest and field.needs[close[0]] == rest[-1] and len(rest) > 1:
            close.insert(0, rest.pop())
    for index in rest:
        role, members = groups[-1]
        fits = (
            len(groups) > 1
            and field.sections[members[-1]] == field.sections[index]
            and len(members) < _BEAT_LINES
            and field.words[members].sum() + field.words[index] <= _BEAT_WORDS
        )
        if (fits or field.needs[index] == members[-1]) and role != "hook":
            members.append(index)
        else:
            groups.append(("", [index]))
    if close:
        groups.append(("close", close))
    beats = []
    for number, (role, members) in enumerate(groups):
        lines = tuple(quoted_line(field.sentences[index], source) for index in members)
        section = int(field.sections[members[0]])
        beats.append(
            Beat(
                id=f"b{number + 1:02d}",
                role=role or _role(number, field.sentences[members[0]]),  # type: ignore[arg-type]
                heading=source.headings[section - 1].text if section and role != "hook" else "",
                lines=lines,
                picture=picture_words([line.text for line in lines], source.text),
            )
        )
    return beats


def _role(number: int, first: Sentence) -> str:
    if number == 1:
        return "lead"
    if first.text[: first.opener].strip(", ").lower() in {word.lower() for word in CONTRASTS}:
        return "turn"
    return "context" if number == 2 else "development"


def _hook(field: _Field, order: list[int]) -> int:
    """The chosen sentence that opens best: short, concrete, standing alone, with nothing leaning on it."""
    leaned_on = {field.needs[index] for index in order}

    def pull(index: int) -> float:
        sentence = field.sentences[index]
        short = 1.0 - abs(sentence.words - 14) / 20
        settled = re.search(r"\b(?:said|says|according to)\b", sentence.text)
        return telling(sentence.text) + 0.8 * short + 0.6 * (index == order[0]) - 0.4 * bool(settled)

    free = [i for i in order if field.needs[i] == -1 and i not in leaned_on and not field.sentences[i].opener]
    # The last chosen sentence is the close; to open with it would give the end away.
    last = field.sections[order[-1]]
    free = [i for i in free if i != order[-1] and (field.sections[i] != last or last == 0)] or free
    return max(free, key=lambda index: (pull(index), -index)) if free else order[0]


def quoted_line(sentence: Sentence, source: Source) -> Line:
    """A sentence of a source as a spoken line, word for word, with its traces."""
    pieces = spans_to_speak(sentence)
    text = " ".join(piece for piece, _, _ in pieces)
    text = re.sub(r"\s+([.,;:!?…”’)])", r"\1", text)
    text = text[:1].upper() + text[1:]
    traces = tuple(Trace(source_sha256=source.file.sha256, start=start, end=end) for _, start, end in pieces)
    return Line(text=text, traces=traces)
