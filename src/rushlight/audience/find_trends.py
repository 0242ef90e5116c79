"""The capability `find_trends`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.comments import CommentReading, Comments
from rushlight.artifacts.trends import Influencer, Rise, Spread, Trends
from rushlight.audience.spreading.influence import Passing, find_reach, quick_accounts
from rushlight.audience.spreading.rising import discovered, expected_and_excess
from rushlight.audience.spreading.terms import terms_of
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["find_trends"]

Floats = NDArray[np.float64]

_LEAST_RATIO = 1.5
_LEAST_DAYS = 21
_MOST_SHOWN_DAYS = 120
_REGULAR, _LEAST_REGULAR = 0.25, 8
_MOST_A_DAY = 40.0


@dataclass(frozen=True, slots=True)
class _Post:
    """A comment with its day, and who wrote it; where that is unknown, each is somebody."""

    row: CommentReading
    day: int
    seconds: float
    who: str


@capability(version=1, metrics=("rises", "terms"))
def find_trends(
    comments: Comments,
    /,
    *,
    titles: Annotated[tuple[str, ...], Field(description="Only comments on these titles.")] = (),
    window_days: Annotated[int, Field(ge=1, le=90, description="The last days, which are judged.")] = 7,
    false_rate: Annotated[float, Field(gt=0, le=0.5, description="Share of rises that may be chance.")] = 0.02,
    least_people: Annotated[
        int, Field(ge=1, description="Terms that fewer wrote in the last days are not judged.")
    ] = 5,
    most: Annotated[int, Field(ge=1, le=500, description="At most so many rises, spreads and people.")] = 20,
) -> Trends:
    """Find what rises beyond its season among comments, what is spreading, and whose words carry far.

    Hashtags and terms are counted by people a day; level, weekday and time of year make what is expected, and what is
    judged is the last days against it, at a held rate of false discoveries. Accounts that repeat themselves, write
    like a clock or pass on faster than a person reads are left out as bots. Who is influential is told from who
    passes on whom.

    Returns:
        `Trends`; without times of comments or three weeks of them it names no rises and says so.
    """
    rows = [row for row in comments.rows() if not titles or row.title_id in titles]
    current_run().progress(0.2, "telling bots from people")
    posts = _posts(rows)
    passings = _passings(posts)
    bots = {post.who for post in posts if "account" in post.row.flags} | _clockwork(posts) | quick_accounts(passings)
    people = [post for post in posts if post.who not in bots and post.row.weight > 0]
    current_run().progress(0.4, "counting people a day")
    notes: list[str] = []
    rises, judged = _rises(people, posts, bots, window_days, false_rate, least_people, notes)
    current_run().progress(0.8, "following what is passed on")
    last = max((post.day for post in posts), default=0)
    kept = [one for one in passings if one.of not in bots and one.by not in bots]
    influencers = _influencers(kept, people)[:most]
    spreads = _spreads(people, last - window_days)[:most]
    current_run().figure("rises", len(rises))
    current_run().figure("terms", judged)
    if not passings:
        notes.append("No comment says what it answers or shares, so nothing is known of who carries far.")
    return Trends(
        rises=tuple(rises[:most]), spreads=tuple(spreads), influencers=tuple(influencers),
        first_day=_name(min((post.day for post in posts), default=None)), last_day=_name(last if posts else None),
        window_days=window_days, terms=judged, bots=len(bots), notes=tuple(notes),
    )  # fmt: skip


def _posts(rows: Sequence[CommentReading]) -> list[_Post]:
    found = []
    for row in rows:
        if row.said_at:
            at = datetime.fromisoformat(row.said_at).astimezone(UTC)
            found.append(_Post(row, at.toordinal(), at.timestamp(), row.author or f"comment {row.id}"))
    return sorted(found, key=lambda post: (post.seconds, post.row.id))


def _name(day: int | None) -> str:
    return "" if day is None else datetime.fromordinal(day).date().isoformat()


def _passings(posts: Sequence[_Post]) -> list[Passing]:
    """Who passed on whom: by what comments answer or share."""
    known = {post.row.id: post for post in posts}
    found = []
    for post in posts:
        of = known.get(post.row.parent)
        if of is not None and of.who != post.who:
            found.append(Passing(of.who, post.who, max(post.seconds - of.seconds, 0.0)))
    return found


def _clockwork(posts: Sequence[_Post]) -> set[str]:
    """Accounts that write at even intervals, or more a day than people do."""
    times: dict[str, list[float]] = defaultdict(list)
    for post in posts:
        times[post.who].append(post.seconds)
    found = set()
    for who, at in times.items():
        if len(at) < _LEAST_REGULAR:
            continue
        gaps = np.diff(np.asarray(at))
        mean = float(gaps.mean())
        is_even = mean > 0 and float(gaps.std()) < _REGULAR * mean
        days = Counter(int(one // 86_400) for one in at)
        if is_even or len(at) / len(days) > _MOST_A_DAY:
            found.add(who)
    return found


def _rises(
    people: Sequence[_Post], posts: Sequence[_Post], bots: set[str], window_days: int, false_rate: float,
    least_people: int, notes: list[str],
) -> tuple[list[Rise], int]:  # fmt: skip
    if not people:
        notes.append("No comment says when it was written, so nothing can be said of what rises.")
        return [], 0
    first, last = people[0].day, max(post.day for post in people)
    days = last - first + 1
    if days < _LEAST_DAYS + window_days:
        notes.append(
            f"Comments of {days} days are too few to tell a rise from what is usual; "
            f"{_LEAST_DAYS + window_days} are needed."
        )
        return [], 0
    if days < 400:
        notes.append("There is no earlier year, so what every year brings may be among the rises.")
    seen: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for post in people:
        for term in terms_of(post.row.text):
            seen[term].add((post.day - first, post.who))
    recent = days - window_days
    names = sorted(term for term, those in seen.items() if sum(day >= recent for day, _ in those) >= least_people)
    if not names:
        return [], 0
    counts = np.zeros((len(names), days))
    for index, name in enumerate(names):
        np.add.at(counts[index], [day for day, _ in seen[name]], 1.0)
    # Busier days lift every word: what rises is above what words do as a whole. Hashtags are chosen one by one.
    kinds = np.asarray([_kind(name) for name in names])
    found = expected_and_excess(counts, window_days, kinds)
    p_values = np.asarray([one.p_value for one in found])
    # Apart, since a rate over both would let many words hide few hashtags.
    believed = np.zeros(len(names), dtype=np.bool_)
    written_lately = Counter(_kind(name) for name, those in seen.items() if any(day >= recent for day, _ in those))
    for kind in (-1, 0, 1):
        believed[kinds == kind] = discovered(p_values[kinds == kind], false_rate, written_lately[kind])
    written = _bots_by_term(posts, bots, set(names), first + recent)
    rises = []
    for index, one in enumerate(found):
        ratio = one.people / max(one.likely, 0.5)
        if not believed[index] or ratio < _LEAST_RATIO:
            continue
        own = counts[index]
        rises.append(Rise(
            term=names[index], kind="hashtag" if names[index].startswith("#") else "term", people=one.people,
            expected=round(one.likely, 3), ratio=round(ratio, 3), p_value=float(f"{one.p_value:.3g}"),
            since=_name(first + _since(own, one.expected, window_days)),
            days=tuple(float(x) for x in own[-_MOST_SHOWN_DAYS:]),
            expected_days=tuple(round(float(x), 3) for x in one.expected[-_MOST_SHOWN_DAYS:]),
            bots=written.get(names[index], 0),
        ))  # fmt: skip
    rises.sort(key=lambda rise: (rise.p_value, -rise.ratio, rise.term))
    return _without_parts(rises), len(names)


def _kind(term: str) -> int:
    """Hashtags, words and pairs are judged apart, each with as many tests as there are of them."""
    return -1 if term.startswith("#") else int(" " in term)


def _without_parts(rises: list[Rise]) -> list[Rise]:
    """A word whose rise is that of a longer term is not named twice."""
    longer = [(rise.term.split(), rise.people) for rise in rises if " " in rise.term]
    return [
        rise
        for rise in rises
        if not any(rise.term in words and people >= 0.8 * rise.people for words, people in longer)
    ]


def _since(own: Floats, expected: Floats, window_days: int) -> int:
    """The first day of the last run of weeks that lay above what was expected."""
    day = len(own) - window_days
    while day > 0 and own[max(day - 3, 0) : day].sum() > 1.3 * expected[max(day - 3, 0) : day].sum():
        day -= 1
    return day


def _bots_by_term(posts: Sequence[_Post], bots: set[str], names: set[str], since: int) -> dict[str, int]:
    found: dict[str, set[str]] = defaultdict(set)
    for post in posts:
        if post.day >= since and (post.who in bots or post.row.weight == 0):
            for term in terms_of(post.row.text):
                if term in names:
                    found[term].add(post.who)
    return {term: len(those) for term, those in found.items()}


def _influencers(passings: Sequence[Passing], people: Sequence[_Post]) -> list[Influencer]:
    written = Counter(post.who for post in people)
    return [
        Influencer(author=one.author, reach=round(one.reach, 4), direct=one.direct, centrality=round(one.centrality, 6),
                   comments=written[one.author])
        for one in find_reach(passings, dict(written)) if one.direct and not one.author.startswith("comment ")
    ]  # fmt: skip


def _spreads(people: Sequence[_Post], recent_day: int) -> list[Spread]:
    """Comments that others follow, by how many do: through answers to answers too."""
    known = {post.row.id: post for post in people}
    root: dict[str, str] = {}
    depth: dict[str, int] = {}
    followers: dict[str, set[str]] = defaultdict(set)
    recent: dict[str, set[str]] = defaultdict(set)
    deepest: Counter[str] = Counter()
    for post in people:
        of = post.row.parent
        if of not in known or of == post.row.id or of not in depth:
            root[post.row.id], depth[post.row.id] = post.row.id, 0
            continue
        top = root[of]
        root[post.row.id], depth[post.row.id] = top, depth[of] + 1
        deepest[top] = max(deepest[top], depth[post.row.id])
        if post.who != known[top].who:
            followers[top].add(post.who)
            if post.day > recent_day:
                recent[top].add(post.who)
    ranked = sorted(followers, key=lambda key: (-len(recent[key]), -len(followers[key]), key))
    return [Spread(comment=key, text=known[key].row.text[:200], people=len(followers[key]), recent=len(recent[key]),
                   depth=deepest[key]) for key in ranked if len(followers[key]) > 1]  # fmt: skip
