"""Three-way merging of sequences and of words: what a person changed always stands.

Given a base and two versions made from it, every change that only one side made is taken; where both changed the same,
the person's version stands and the machine's is handed back, for the caller to keep as an alternative.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Choice", "Key", "align", "merge_sequences", "merge_words", "words_of"]

T = TypeVar("T")


class Key(NamedTuple):
    """By what an item is recognised in another version."""

    group: Hashable
    """Only items of one group are versions of one another."""
    words: str
    kind: Hashable = None
    """Within its group: items of two kinds are versions of one another only when they share most of their words."""


_WORD = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")
_CLOSEST = 0.45
"""Paragraphs that share less are not versions of one another."""
_CLOSEST_OF_TWO_KINDS = 0.6
_WIDEST = 400
"""Of a changed stretch, so many pairs of paragraphs are compared word by word at most, on either side."""


def words_of(text: str) -> list[str]:
    """A text as words, white space and marks; joined again they are the text."""
    return _WORD.findall(text)


def _changes(base: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int, int, int]]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """Both changes in one text, or None where they touch."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    words, first, second = words_of(base), words_of(mine), words_of(theirs)
    ours = [(a, b, first[c:d]) for a, b, c, d in _changes(words, first)]
    others = [(a, b, second[c:d]) for a, b, c, d in _changes(words, second)]
    if any(_touch(words, one[:2], other[:2]) for one in ours for other in others):
        return None
    merged: list[str] = []
    done = 0
    for start, end, new in sorted([*ours, *others], key=lambda change: change[:2]):
        merged += [*words[done:start], *new]
        done = end
    return "".join([*merged, *words[done:]])


def _touch(words: list[str], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two changed stretches have no word between them."""
    first, second = sorted((one, other))
    return not any(word[0].isalnum() for word in words[first[1] : second[0]])


def align(base: Sequence[T], other: Sequence[T], key: Callable[[T], Key]) -> list[int | None]:
    """For each item of `base` the place of its version in `other`, or None where it has none; in rising order.

    Args:
        base: items.
        other: items made from them.
        key: by what an item is recognised.
    """
    before, after = [key(item) for item in base], [key(item) for item in other]
    found: list[int | None] = [None] * len(base)
    done_a = done_b = 0
    matcher = SequenceMatcher(None, [one[:2] for one in before], [one[:2] for one in after], autojunk=False)
    for start, place, size in matcher.get_matching_blocks():
        for number, other_number in _similar(before, after, (done_a, start), (done_b, place)):
            found[number] = other_number
        for offset in range(size):
            found[start + offset] = place + offset
        done_a, done_b = start + size, place + size
    _pair_rest(before, after, found)
    return found


def _pair_rest(before: list[Key], after: list[Key], found: list[int | None]) -> None:
    """What stands where another item of its kind stood is its version, however little they share."""
    done = 0
    for number, place in enumerate(found):
        if place is not None:
            done = place + 1
            continue
        until = next((later for later in found[number + 1 :] if later is not None), len(after))
        wanted = before[number]
        free = next((at for at in range(done, until) if (after[at].group, after[at].kind) == wanted[::2]), None)
        if free is not None:
            found[number] = free
            done = free + 1


def _similar(before: list[Key], after: list[Key], a: tuple[int, int], b: tuple[int, int]) -> list[tuple[int, int]]:
    """The pairing of two changed stretches, in order, in which most words are shared."""
    rows, columns = range(*a), range(*b)
    if not rows or not columns:
        return []
    if len(rows) > _WIDEST or len(columns) > _WIDEST:
        pairs = zip(rows, columns, strict=False)
        return [(x, y) for x, y in pairs if _likeness(before[x], after[y]) >= _CLOSEST]
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    score = {}
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            alike = score[i, j] = _likeness(before[rows[i]], after[columns[j]])
            with_pair = alike + best[i + 1][j + 1] if alike >= _CLOSEST else 0.0
            best[i][j] = max(with_pair, best[i + 1][j], best[i][j + 1])
    pairs_found, i, j = [], 0, 0
    while i < len(rows) and j < len(columns):
        alike = score[i, j]
        if alike >= _CLOSEST and best[i][j] == alike + best[i + 1][j + 1]:
            pairs_found.append((rows[i], columns[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs_found


def _likeness(first: Key, second: Key) -> float:
    if first.group != second.group:
        return 0.0
    one, other = first.words.split(), second.words.split()
    if not one and not other:
        return 1.0 if first.kind == second.kind else 0.0
    rest = Counter(other)
    shared = sum((Counter(one) & rest).values())
    alike = 2 * shared / (len(one) + len(other))
    if first.kind != second.kind:
        return alike if alike >= _CLOSEST_OF_TWO_KINDS else 0.0
    # Two short names are versions of one another although they share no word.
    return max(alike, 0.5 if max(len(one), len(other)) <= 3 else 0.0)


@dataclass
class Choice(Generic[T]):
    """What was merged: the items, and what was set aside for them."""

    items: list[T] = field(default_factory=list)
    set_aside: dict[int, list[T]] = field(default_factory=dict)
    """For a place in `items`, the machine's versions that did not come in."""
    dropped: list[T] = field(default_factory=list)
    """The machine's new versions of what the person deleted."""


def merge_sequences(
    base: Sequence[T],
    mine: Sequence[T],
    theirs: Sequence[T],
    *,
    key: Callable[[T], Key],
    blend: Callable[[T, T, T], T | None],
    same: Callable[[T, T], bool],
    held: Callable[[T], bool] = lambda item: False,
) -> Choice[T]:
    """Merge two versions of a sequence.

    Args:
        base: what both were made from.
        mine: the person's version.
        theirs: the machine's version.
        key: by what an item is recognised in another version.
        blend: base, mine and theirs of one item, all different, as one; None where the changes touch.
        same: whether two items say the same.
        held: whether an item of `mine` may not be changed by the machine.

    Returns:
        The person's sequence with the machine's changes that touch none of the person's.
    """
    to_mine, to_theirs = align(base, mine, key), align(base, theirs, key)
    mine_new, theirs_new = _between(to_mine, len(mine)), _between(to_theirs, len(theirs))
    made: Choice[T] = Choice()
    for number in range(len(base) + 1):
        own = [mine[at] for at in mine_new[number]]
        made.items += own
        made.items += [theirs[at] for at in theirs_new[number] if not any(same(theirs[at], item) for item in own)]
        if number == len(base):
            break
        at, other = to_mine[number], to_theirs[number]
        old = base[number]
        if at is None:
            if other is not None and not same(theirs[other], old):
                made.dropped.append(theirs[other])
            continue
        _merge_item(made, old, mine[at], None if other is None else theirs[other], blend, same, held)
    return made


def _merge_item(
    made: Choice[T],
    old: T,
    own: T,
    new: T | None,
    blend: Callable[[T, T, T], T | None],
    same: Callable[[T, T], bool],
    held: Callable[[T], bool],
) -> None:
    untouched = same(own, old)
    if new is None:
        if not untouched or held(own):
            made.items.append(own)
        return
    if same(new, old) or same(new, own):
        made.items.append(own)
    elif held(own):
        made.items.append(own)
        made.set_aside.setdefault(len(made.items) - 1, []).append(new)
    else:
        merged = blend(old, own, new)
        made.items.append(own if merged is None else merged)
        if merged is None:
            made.set_aside.setdefault(len(made.items) - 1, []).append(new)


def _between(places: list[int | None], size: int) -> list[list[int]]:
    """For each item of the base, and the end, which items of the other version are new before it."""
    new: list[list[int]] = []
    done = 0
    for place in places:
        new.append([])
        if place is not None:
            new[-1] = list(range(done, place))
            done = place + 1
    new.append(list(range(done, size)))
    return new
