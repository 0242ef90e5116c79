"""Comments that are no viewer's own word: copies, bursts of one voice, accounts that repeat themselves, advertising.

What is flagged is kept and shown; it counts less or nothing in figures.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.language.comments import Comment

__all__ = ["WEIGHTS", "screen", "similar_groups"]

# What a comment with this flag counts for.
WEIGHTS = {"duplicate": 0.0, "repeated": 0.0, "account": 0.0, "advert": 0.0, "burst": 0.2}
_LEAST_WORDS, _LEAST_COPIES = 4, 3
# Fewer different words may well be the same by chance.
_LEAST_COMPARED = 6
_HASHES, _BANDS = 24, 8
_SIMILAR = 0.6
_BURST_SECONDS, _LEAST_BURST, _ONE_VOICE, _NEWCOMERS, _BURST_RATIO = 3600.0, 20, 0.85, 0.7, 8.0
_MOST_AN_HOUR, _LEAST_OWN, _OWN_ALIKE = 30, 4, 0.6
_WORD = re.compile(r"\w+")
_LINK = re.compile(r"https?://|www\.|\bt\.me/|\bbit\.ly/|\.(?:com|ru|xyz|top|shop)\b", re.IGNORECASE)
_PITCH = re.compile(
    r"\b(?:sub(?:scribe)? to my|my channel|check (?:out )?my|follow me|follow for follow|giveaway"
    r"|free (?:gift|robux|followers|movies?|download)"
    r"|whats ?app|telegram|crypto|bitcoin|invest(?:ment)? with|earn \$|make money|promo ?code|dm me"
    r"|click (?:here|the link)|link in (?:my )?bio|onlyfans|casino|hot girls)\b",
    re.IGNORECASE,
)  # fmt: skip


def screen(comments: Sequence[Comment], labels: Sequence[str]) -> list[tuple[str, ...]]:
    """The flags of each comment.

    Args:
        comments: in the order of their times.
        labels: what each feels; a burst is one of a single feeling.

    Returns:
        Flags of each, empty for most:

        - `duplicate`: nearly the words of an earlier comment, where there are three or more of them;
        - `repeated`: the same author's words once more, short ones too;
        - `account`: an author of more than 30 comments an hour, or most of whose comments are copies;
        - `burst`: in an hour with eight times as many comments as is usual for the title, all of one feeling and
          mostly by people who wrote nothing else: brigading looks so, and so may the day of a release;
        - `advert`: it sells something.
    """
    flags: list[set[str]] = [set() for _ in comments]
    groups = similar_groups([one.text for one in comments])
    _copies(comments, groups, flags)
    _accounts(comments, groups, flags)
    _bursts(comments, labels, flags)
    for index, one in enumerate(comments):
        if _PITCH.search(one.text) and (_LINK.search(one.text) or len(one.text) < 200):
            flags[index].add("advert")
    return [tuple(sorted(one)) for one in flags]


def _copies(comments: Sequence[Comment], groups: list[int], flags: list[set[str]]) -> None:
    members: dict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    for found in members.values():
        if len(found) < 2:
            continue
        is_long = len(_WORD.findall(comments[found[0]].text)) >= _LEAST_WORDS
        seen: set[str] = set()
        for place, index in enumerate(found):
            author = comments[index].author
            if author and author in seen:
                flags[index].add("repeated")
            elif is_long and place and len(found) >= _LEAST_COPIES:
                flags[index].add("duplicate")
            seen.add(author)


def _accounts(comments: Sequence[Comment], groups: list[int], flags: list[set[str]]) -> None:
    sizes = Counter(groups)
    own: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(comments):
        if one.author:
            own[one.author].append(index)
    for written in own.values():
        if len(written) < _LEAST_OWN:
            continue
        copied = sum(
            sizes[groups[index]] > 1 and len(_WORD.findall(comments[index].text)) >= _LEAST_WORDS for index in written
        )
        hours = Counter(int(at.timestamp() // 3600) for index in written if (at := comments[index].said_at))
        if copied >= _OWN_ALIKE * len(written) or max(hours.values(), default=0) > _MOST_AN_HOUR:
            for index in written:
                flags[index].add("account")


def _bursts(comments: Sequence[Comment], labels: Sequence[str], flags: list[set[str]]) -> None:
    by_title: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    wrote = Counter(one.author for one in comments)
    for index, one in enumerate(comments):
        if one.said_at is not None:
            by_title[one.title_id][int(one.said_at.timestamp() // _BURST_SECONDS)].append(index)
    for hours in by_title.values():
        span = max(hours) - min(hours) + 1
        for found in hours.values():
            # What is usual is told by the other hours.
            usual = (sum(map(len, hours.values())) - len(found)) / max(span - 1, 1)
            if len(found) < _LEAST_BURST or len(found) < _BURST_RATIO * usual or span < 6:
                continue
            voice, count = Counter(labels[index] for index in found).most_common(1)[0]
            new = sum(wrote[comments[index].author] == 1 for index in found)
            if (
                voice in ("positive", "negative")
                and count >= _ONE_VOICE * len(found)
                and new >= _NEWCOMERS * len(found)
            ):
                for index in found:
                    if labels[index] == voice:
                        flags[index].add("burst")


def similar_groups(texts: Sequence[str]) -> list[int]:
    """A group number for each text: texts of nearly the same words are in one group.

    Reference:
        Broder 1997, "On the resemblance and containment of documents": minimum hashes of words, in bands.
    """
    distinct: dict[str, int] = {}
    own = [distinct.setdefault(" ".join(_WORD.findall(text.lower())) or text, len(distinct)) for text in texts]
    parents = list(range(len(distinct)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    buckets: dict[tuple[int, bytes], int] = {}
    shingles: dict[int, frozenset[int]] = {}
    for text, index in distinct.items():
        words = _words(text)
        if len(words) < _LEAST_COMPARED:
            continue
        shingles[index] = words
        signature = _signature(words)
        for band in range(_BANDS):
            key = (band, signature[band * 3 : band * 3 + 3].tobytes())
            first = buckets.setdefault(key, index)
            if first != index and root(first) != root(index) and _overlap(shingles[first], words) >= _SIMILAR:
                parents[root(index)] = root(first)
    return [root(index) for index in own]


_RANDOM = np.random.default_rng(7)
_PRIME = np.uint64((1 << 31) - 1)
_A = _RANDOM.integers(1, (1 << 31) - 1, _HASHES, dtype=np.uint64)
_B = _RANDOM.integers(0, (1 << 31) - 1, _HASHES, dtype=np.uint64)


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big") >> 1


def _words(text: str) -> frozenset[int]:
    return frozenset(_hash(word) for word in text.split()[:400])


def _signature(words: frozenset[int]) -> NDArray[np.uint64]:
    values = np.fromiter(words, dtype=np.uint64, count=len(words))
    found: NDArray[np.uint64] = ((values[:, None] * _A + _B) % _PRIME).min(axis=0)
    return found


def _overlap(first: frozenset[int], second: frozenset[int]) -> float:
    return len(first & second) / len(first | second)
